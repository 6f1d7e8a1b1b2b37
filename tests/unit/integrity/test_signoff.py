"""Sign-offs cover exact bytes, by people with keys of their own."""

import pytest
import signed_run

from hopsdrill.core.errors import PreconditionError
from hopsdrill.integrity import VerifyStatus, sign_off, verify


KEYS = [signed_run.known(name) for name in ("runner", "reviewer", "approver")]


@pytest.fixture
def folder(tmp_path):
    """A signed folder."""
    return signed_run.make(tmp_path / "run")


def test_two_people_sign(folder):
    """Both are listed, and the folder is intact."""
    for role in ("reviewer", "approver"):
        sign_off(folder, role, "seen", signed_run.signer(role))
    found = verify(folder, KEYS)
    assert (found.status, found.sign_offs) == (VerifyStatus.INTACT, ["approver: approver", "reviewer: reviewer"])


@pytest.mark.parametrize("key", ["runner", "reviewer"])
def test_four_eyes(folder, key):
    """Neither the runner's key nor a reviewer's approves."""
    sign_off(folder, "reviewer", "", signed_run.signer("reviewer"))
    with pytest.raises(PreconditionError, match="four eyes"):
        sign_off(folder, "approver", "", signed_run.signer(key))
    assert len(list((folder / "signoff").iterdir())) == 1


def test_an_unknown_role_is_refused(folder):
    """The known ones are listed."""
    with pytest.raises(PreconditionError, match="no role 'boss'"):
        sign_off(folder, "boss", "", signed_run.signer("approver"))


def test_a_sign_off_of_other_bytes_does_not_hold(folder, tmp_path):
    """One copied from another run's folder."""
    other = signed_run.make(tmp_path / "other", name="reviewer")
    path = sign_off(other, "approver", "", signed_run.signer("approver"))
    (folder / "signoff").mkdir()
    (folder / "signoff" / path.name).write_bytes(path.read_bytes())
    found = verify(folder, KEYS)
    assert found.status is VerifyStatus.SIGN_OFF_INVALID
    assert "signed other bytes" in found.faults[0].text


def test_a_forger_who_signs_in_two_roles_is_found(folder):
    """The command refuses it; a file made by hand is found by whoever checks."""
    path = sign_off(folder, "approver", "", signed_run.signer("approver"))
    held = path.read_bytes()
    path.unlink()
    sign_off(folder, "reviewer", "", signed_run.signer("approver"))
    path.write_bytes(held)
    found = verify(folder, KEYS)
    assert found.status is VerifyStatus.SIGN_OFF_INVALID
    assert "four eyes" in found.faults[0].text


def test_an_unknown_key_and_rubbish_are_named(folder):
    """Each by its file."""
    sign_off(folder, "observer", "", signed_run.signer("stranger"))
    (folder / "signoff" / "zz.txt").write_text("approved, really")
    found = verify(folder, KEYS)
    assert [fault.status for fault in found.faults] == [VerifyStatus.SIGN_OFF_INVALID] * 2
    assert "not trusted here" in found.faults[0].text
