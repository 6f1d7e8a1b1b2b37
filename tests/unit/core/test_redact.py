"""Secrets leave every text, in every form they may take."""

import base64
import html
import json
import shlex
import time
from urllib.parse import quote, quote_plus

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


GO = {ord("&"): "\\u0026", ord("<"): "\\u003c", ord(">"): "\\u003e"}
AMPERSAND = "a longer one & <one> 'quoted' \"twice\" ö"
IN_A_SECRET = json.dumps({"data": {"password": base64.b64encode(SECRET.encode()).decode()}})
FORMS = {
    "plain": SECRET,
    "URL": quote(SECRET, safe=""),
    "URL, as a path": quote(SECRET),
    "URL, as a form": quote_plus(SECRET),
    "URL, lower case": quote(SECRET, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "JSON": json.dumps({"password": SECRET}),
    "JSON, as it is": json.dumps({"password": SECRET}, ensure_ascii=False),
    "JSON, by Go": json.dumps(AMPERSAND).translate(GO),
    "JSON, in JSON": json.dumps(json.dumps(SECRET)),
    "JSON, by Go, in a log": json.dumps(json.dumps(AMPERSAND, ensure_ascii=False).translate(GO), ensure_ascii=False),
    "Python": repr({"password": SECRET}),
    "shell": shlex.quote(SECRET),
    "HTML": html.escape(SECRET),
    "hexadecimal": SECRET.encode().hex(),
    "HEXADECIMAL": SECRET.encode().hex().upper(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64, for URLs": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "base64, one later": base64.b64encode(b"user:" + SECRET.encode()).decode(),
    "base64, two later": base64.b64encode(b"me:" + SECRET.encode() + b"\n").decode(),
    "base64, for URLs, later": base64.urlsafe_b64encode(b"\xff\xfe" + SECRET.encode()).decode(),
    "base64 of a Secret": base64.b64encode(IN_A_SECRET.encode()).decode(),
    "wrapped": f"{SECRET[:11]}\n    {SECRET[11:]}",
    "base64, wrapped": base64.encodebytes(SECRET.encode() * 3).decode(),
    "wrapped, in JSON": json.dumps(base64.encodebytes(SECRET.encode() * 3).decode()),
    "wrapped, in JSON in JSON": json.dumps(json.dumps(base64.encodebytes(SECRET.encode() * 3).decode())),
    "cut off": SECRET[:20],
    "base64, cut off": base64.b64encode(SECRET.encode()).decode()[:30],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_masked(form):
    """Found, and gone after scrubbing, with all that stands around it left."""
    text, made = f"before {FORMS[form]} after", redactor(SECRET, AMPERSAND)

    assert made.found_in(text)
    scrubbed = made.scrub(text)
    assert not made.found_in(scrubbed)
    assert "twice" not in scrubbed
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")


def test_of_what_is_cut_off_nothing_is_left():
    """The mask goes as far as the secret does."""
    assert redactor("0123456789abcdefghijklmnop").scrub("x 0123456789abcdefghij... y") == "x [redacted]... y"
    assert redactor("0123456789abcdefghijklmnop").scrub("x 0123456789abc... y") == "x 0123456789abc... y"


def test_each_long_line_of_a_key_is_a_secret():
    """A log that shows one line of it has shown enough; the frame around it is no secret."""
    lines = [
        "-----BEGIN PRIVATE KEY-----",
        "MC4CAQAwBQYDK2VwBCIEIKu1",
        "9HqRzT0pXw4yLk2mVb7sEd8f",
        "-----END PRIVATE KEY-----",
    ]
    made = redactor("\n".join(lines))
    assert made.scrub(f"line 2: {lines[2]}") == "line 2: [redacted]"
    assert made.scrub(lines[3]) == lines[3]
    indented = made.scrub("a: |\n" + "".join(f"    {line}\n" for line in lines))
    assert not [line for line in lines[1:3] if line in indented]


def test_what_was_replaced_stays_a_secret():
    """After a rotation the old value is still in logs, and may still open something."""
    made = redactor("the-first-password")
    made.scrub("anything")
    made.register("the-second-password")
    assert made.scrub("the-first-password the-second-password") == "[redacted] [redacted]"


def test_spaces_without_end_cost_no_time():
    """A search for what is wrapped does not try all ways to share them out."""
    made = redactor("abcdefghijklmnop")
    text = "abcdefgh" + " " * 20_000 + "X" + "".join(f"{each}\n" for each in "abcdefghijklmnop")
    started = time.monotonic()
    assert made.scrub(text).endswith("X[redacted]\n")
    assert time.monotonic() - started < 5


def test_a_value_of_json_is_masked_text_by_text():
    """Numbers and names of fields stay; an escape is never cut in two, as it could be in the text of all of it."""
    made = redactor("first line of it\nand the second")
    value = {"log": ["first line of it\\", 7, None], "first line of it": True}
    assert made.scrub_all(value) == {"log": ["[redacted]", 7, None], "first line of it": True}


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
