"""OpenSearch's part: a real OpenSearch, backed up and restored through its snapshot API.

From the outside in: ``setup``, ``backup``, ``restore`` and ``check`` (one Job each); below them ``repos``,
``snapshots`` and ``indices``; ``selection`` is pure, ``api`` speaks HTTP.
"""
