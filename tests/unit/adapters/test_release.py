"""How a release's chart is named in a report."""

import pytest

from hopsdrill.adapters.helm import Release
from hopsdrill.core.paths import data_dir


@pytest.mark.parametrize(
    ("chart", "shown"),
    [
        (str(data_dir("charts") / "hopsworks-standin"), "charts/hopsworks-standin"),
        ("/srv/charts/hopsworks", "/srv/charts/hopsworks"),
        ("hopsworks/hopsworks", "hopsworks/hopsworks"),
        ("my-chart", "my-chart"),
    ],
)
def test_a_packaged_chart_is_named_by_its_place_in_the_package(chart, shown):
    """The same on every machine; any other as the plan names it."""
    assert Release("hopsworks", chart, "0.1.0", "hopsworks").shown == shown
