"""Sealing a backup set, checking it against its seal, and comparing what was restored with it.

``parts`` tells which objects belong to a set, ``take`` writes a seal, ``check`` looks whether the set is still what it was,
``point`` takes the stores' fingerprints at the recovery point, and ``compare`` holds live stores against them.
"""
