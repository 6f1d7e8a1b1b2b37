#!/bin/bash
# Turns a minimal Debian into a kind node: no boot-time services but containerd and kubelet.
set -euo pipefail
wants=/usr/lib/systemd/system
ln -sf /lib/systemd/systemd /sbin/init
# a container has no devices, consoles or modules of its own to set up
rm -f $wants/sysinit.target.wants/systemd-tmpfiles-setup.service $wants/sockets.target.wants/*{udev,initctl}*
rm -rf /etc/systemd/system/*.wants $wants/{multi-user,local-fs,basic}.target.wants/*
for unit in systemd-binfmt.service systemd-udevd.service systemd-udev-trigger.service systemd-logind.service \
            systemd-modules-load.service getty.target; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
systemctl enable containerd.service kubelet.service 2>/dev/null
mkdir -p /opt/cni/bin
cp /usr/lib/cni/* /opt/cni/bin/
# containerd's stock runtime spec pins the number of open files to 1024
ctr oci spec | jq 'del(.process.rlimits)' > /etc/containerd/base-spec.json
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
