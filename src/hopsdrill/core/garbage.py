"""Leaving the collector of reference cycles out of work that makes very many objects and no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do the body without it: while a hundred thousand entries are read and kept, it would walk all of them again and again, for half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
