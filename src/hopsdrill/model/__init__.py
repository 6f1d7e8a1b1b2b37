"""Frozen shapes shared by all layers; this package imports nothing of ours."""
