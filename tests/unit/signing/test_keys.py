"""Keys: made, kept private, trusted by name."""

import pytest
import signed_run
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec

from hopsdrill.core.errors import PreconditionError
from hopsdrill.signing import KeyStore
from hopsdrill.signing.keys import public_key, signer_of


def test_a_new_key_signs_and_is_listed(tmp_path):
    """Its private half is readable by its owner alone."""
    store = KeyStore(tmp_path)
    made = store.new("auditor")
    assert (tmp_path / "keys" / "auditor.pem").stat().st_mode & 0o777 == 0o600
    assert [each.keyid for each in store.own()] == [made.keyid] == [store.signer("auditor").public_key.keyid]
    assert store.trusted() == []


def test_a_key_is_not_replaced(tmp_path):
    """What it has signed would be signed by nobody."""
    store = KeyStore(tmp_path)
    store.new("auditor")
    with pytest.raises(PreconditionError, match="already"):
        store.new("auditor")


def test_the_runner_has_one_key_for_good(tmp_path):
    """Made at the first need."""
    store = KeyStore(tmp_path)
    assert store.runner().public_key.keyid == store.runner().public_key.keyid


def test_trust_is_by_name(tmp_path):
    """The same key twice is no harm; another one under a known name is refused."""
    store = KeyStore(tmp_path)
    for name in ("runner", "stranger"):
        (tmp_path / f"{name}.pub").write_bytes(signed_run.public_pem(name))
    for _ in range(2):
        store.trust(tmp_path / "runner.pub", "site-a")
    with pytest.raises(PreconditionError, match="Another key"):
        store.trust(tmp_path / "stranger.pub", "site-a")
    assert [each.name for each in store.trusted()] == ["site-a"]


@pytest.mark.parametrize("name", ["", "../x", "Ä", "a/b", ".hidden"])
def test_a_name_that_is_none(tmp_path, name):
    """No path leads out of the folder."""
    with pytest.raises(PreconditionError, match="no name"):
        KeyStore(tmp_path).new(name)


def test_a_private_key_that_others_may_read_is_refused(tmp_path):
    """It protects nothing any more."""
    path = tmp_path / "key.pem"
    path.write_bytes(signed_run.private_pem("auditor"))
    path.chmod(0o644)
    with pytest.raises(PreconditionError, match="read by others"):
        signer_of(path)


def test_what_is_no_key_is_named(tmp_path):
    """Another file, another kind of key, nothing at all."""
    rubbish, curve = tmp_path / "rubbish", tmp_path / "curve"
    rubbish.write_text("no key")
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    curve.write_bytes(other.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo))
    for path, said in ((rubbish, "no public key"), (curve, "another kind"), (tmp_path / "absent", "No such file")):
        with pytest.raises(PreconditionError, match=said):
            public_key(path)
