"""Whether a backup in the bucket is whole, judged by what lies there."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from hopsdrill.model.profile import RondbProfile


def lacking(keys: Iterable[str], profile: RondbProfile) -> list[str]:
    """What is missing from a backup, given its keys relative to its own prefix; empty when it is whole.

    Every node of the platform must have a folder, in it all parts that the part folders' own names announce, and in each
    part every kind of file that any part has: RonDB writes control, data and log files side by side.
    """
    found = sorted(keys)
    missing = [f"{name} is missing" for name in profile.backup_files if name not in found]
    parts: dict[int, dict[int, int]] = defaultdict(dict)
    kinds: dict[tuple[int, int], set[str]] = defaultdict(set)
    pattern = re.compile(rf"rondb/(?P<node>\d+)/{profile.part_folder}/.+")
    for key in found:
        if match := pattern.fullmatch(key):
            node, part = int(match["node"]), int(match["part"])
            parts[node][part] = int(match["parts"])
            kinds[node, part].add(key.rpartition(".")[2])
    for node in profile.node_ids:
        if node not in parts:
            missing.append(f"node {node} has no parts")
            continue
        wanted = set(range(1, max(parts[node].values()) + 1))
        missing += [
            f"node {node}: part {part} of {len(wanted)} is missing" for part in sorted(wanted - parts[node].keys())
        ]
    every = set().union(*kinds.values())
    missing += [
        f"node {node}: part {part} of {parts[node][part]} has no .{kind} file"
        for (node, part), own in sorted(kinds.items())
        if node in profile.node_ids
        for kind in sorted(every - own)
    ]
    missing += [f"node {node} is not of this platform" for node in sorted(parts.keys() - set(profile.node_ids))]
    return missing


def images_lacking(expected: Iterable[str], lying: Collection[str]) -> list[str]:
    """Digests of manifests and blobs that no object of a registry's backup has; ``lying`` are the digests of the objects."""
    return [f"nothing in the backup has the digest {digest}" for digest in sorted(set(expected) - set(lying))]
