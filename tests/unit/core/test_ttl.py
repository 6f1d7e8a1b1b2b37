"""Times to live in both forms."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.core import ttl


@pytest.mark.parametrize(
    ("text", "age", "go"),
    [
        ("60d", timedelta(days=60), None),
        ("48h", timedelta(hours=48), timedelta(hours=48)),
        ("1440h0m0s", None, timedelta(days=60)),
        ("1.5h", None, timedelta(minutes=90)),
        ("8w", None, None),
        ("60", None, None),
        ("-1h", None, None),
        ("", None, None),
        ("0", None, timedelta()),
        ("9999999h", None, None),
    ],
)
def test_each_form_is_read_as_its_store_reads_it(text, age, go):
    """Hours alone are understood by both."""
    assert (ttl.age(text), ttl.go_duration(text)) == (age, go)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ttl", "60d", ""),
        ("ttl", "", ""),
        ("ttl", "1440h0m0s", "write '1440h'"),
        ("ttl_rondb", "8w", "such as 60d"),
        ("ttl_kubernetes", "1440h", ""),
        ("ttl_kubernetes", "60d", "write '1440h'"),
        ("ttl_kubernetes", "soon", "such as 1440h"),
    ],
)
def test_a_ttl_its_store_does_not_understand_is_named_with_the_right_form(name, text, said):
    """Whoever mixes the units up is told."""
    found = ttl.fault(name, text)
    assert (said in found, bool(found)) == (True, bool(said))


@given(st.integers(0, 40_000))
def test_what_is_proposed_is_understood(hours):
    """By both."""
    text = ttl.written(timedelta(hours=hours))
    assert ttl.age(text) == ttl.go_duration(text) == timedelta(hours=hours)
