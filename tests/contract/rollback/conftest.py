"""Buckets of the tests' own on the lab's object store."""

from collections.abc import Iterator

import pytest
from version_shelf import Shelf


@pytest.fixture
def shelf(tmp_path) -> Iterator[Shelf]:
    """A bucket that keeps versions."""
    made = Shelf(folder=tmp_path)
    yield made
    made.remove()
