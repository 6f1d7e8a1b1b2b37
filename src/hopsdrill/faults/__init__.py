"""Defects planted on purpose: the drill must find each, or it proves nothing."""
