#!/bin/bash
# The registry, the libraries it is linked to, a shell, and busybox for looking around: 40 MB instead of a whole Debian.
set -euo pipefail
programs="/usr/bin/docker-registry /usr/bin/bash /usr/bin/busybox"
libraries=$(ldd /usr/bin/docker-registry /usr/bin/bash | grep -o '/[^ :]*' | grep -v '^/usr/s\?bin' | sort -u)
mkdir -p /out/usr/{bin,sbin,lib,lib64} /out/etc /out/tmp /out/var/lib/registry
for part in bin sbin lib lib64; do ln -s "usr/$part" "/out/$part"; done
for file in $programs $libraries; do
  folder=$(dirname "$file")
  [[ $folder == /usr/* ]] || folder=/usr$folder
  mkdir -p "/out$folder"
  cp -L "$file" "/out$folder/"
done
for name in $(busybox --list); do
  [[ -e /out/usr/bin/$name ]] || ln -s busybox "/out/usr/bin/$name"
done
# seen to start from inside: a missing library would only show in a pod
chroot /out /usr/bin/docker-registry --version >/dev/null
chroot /out /bin/bash -c 'ls /' >/dev/null
