"""Secrets leave every text, in every form they may take."""

import base64
import json
import shlex
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.core.redact import Redactor


SECRET = "p@ss/w+rd 'quoted' \"twice\" äö"


def redactor(*values):
    """A registry of its own with some values."""
    made = Redactor()
    for value in values:
        made.register(value)
    return made


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps({"password": SECRET}),
        shlex.quote(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        base64.b64encode(b"me:" + SECRET.encode() + b"\n").decode(),
    ],
)
def test_every_encoding_is_masked(form):
    """Plain, URL, JSON, shell and base64 forms (also inside longer base64) are found and masked."""
    text = f"before {form} after"

    assert redactor(SECRET).found_in(text)
    assert not redactor(SECRET).found_in(redactor(SECRET).scrub(text))
    assert redactor(SECRET).scrub(text).startswith("before ")


def test_short_values_are_not_secrets():
    """Masking a short word would blank out ordinary text."""
    assert redactor("root").scrub("root cause") == "root cause"


@given(st.text(min_size=7, max_size=40), st.binary(max_size=7), st.binary(max_size=7))
def test_base64_of_any_surrounding_is_found_and_masked(secret, before, after):
    """Wherever a secret stands inside base64 text, it is found, and gone after scrubbing."""
    text = base64.b64encode(before + secret.encode() + after).decode()

    assert redactor(secret).found_in(text)
    assert not redactor(secret).found_in(redactor(secret).scrub(text))


def test_longer_secret_goes_first():
    """A secret that contains another one is masked whole."""
    assert redactor("secret-one", "secret-one-longer").scrub("x secret-one-longer y") == "x [redacted] y"
