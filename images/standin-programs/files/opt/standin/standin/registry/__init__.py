"""The container registry's part: a real registry, backed up image by image and by digest.

In the bucket: ``registry_backup/<ID>/index.json`` and ``images/<n>/{version,manifest.json,<sha256 of a blob>...}``.
"""
