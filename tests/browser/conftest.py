"""Tests in a real Chromium: they fail, and never skip, where it or npm is not there."""

from pathlib import Path

import axe as axe_core
import pytest


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """The text of axe.min.js."""
    return axe_core.fetch(tmp_path_factory.mktemp("axe"))
