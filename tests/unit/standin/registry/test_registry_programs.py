"""The judgements of the registry's programs, without a registry."""

import hashlib
import json

import pytest
from standin.registry import api, images, restore
from standin.say import StandinError


def image(tag="1", folder="images/0", digest="sha256:aa"):
    """One entry of an index."""
    files = {"manifest.json": 3, "version": 5}
    return {"repository": "project1/env", "tag": tag, "digest": digest, "folder": folder, "files": files}


def test_what_the_bucket_lacks_is_told_per_tag():
    """Missing files and files of another size."""
    there = {"images/0/manifest.json": 3, "images/0/version": 4}
    assert restore.incomplete([image()], there) == ["project1/env:1: images/0/version has 4 bytes instead of 5"]
    assert restore.incomplete([image()], {**there, "images/0/version": 5}) == []
    assert restore.incomplete([image("2", "images/1")], there)[0] == "project1/env:2: images/1/manifest.json is missing"


def test_an_image_is_judged_by_its_content(tmp_path):
    """Blobs are named by their digest, the manifest is the image's."""
    manifest, blob = b"{}", b"layer"
    name = hashlib.sha256(blob).hexdigest()
    (tmp_path / "manifest.json").write_bytes(manifest)
    (tmp_path / name).write_bytes(blob)
    (tmp_path / "version").write_text("Directory Transport Version: 1.1\n")
    digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    assert images.defects(tmp_path, digest) == []
    assert images.defects(tmp_path, "sha256:00") == ["manifest.json is not sha256:00"]
    (tmp_path / name).write_bytes(b"Layer")
    assert images.defects(tmp_path, digest) == [f"{name} has other content"]
    (tmp_path / "manifest.json").unlink()
    assert images.defects(tmp_path, digest) == ["manifest.json is missing"]


def test_after_a_restore_every_other_digest_is_named(monkeypatch):
    """A missing tag and a moved one."""
    now = {"1": "sha256:aa", "2": "sha256:bb", "3": None}
    monkeypatch.setattr(api, "digest", lambda _, tag: now[tag])
    restore.compare([image("1")])
    with pytest.raises(StandinError, match=r"env:2 is sha256:bb, wanted sha256:aa; project1/env:3 is missing"):
        restore.compare([image("1"), image("2"), image("3")])


@pytest.mark.parametrize(
    ("found", "said"), [([], "nothing below"), ([{"Path": "images/0/version", "Size": 1}], "was not finished")]
)
def test_a_backup_without_an_index_is_refused(monkeypatch, found, said):
    """Neither nothing nor half a backup passes for one, and the finished ones are listed."""
    monkeypatch.setenv("BUCKET", "b")
    monkeypatch.setenv("PATH_PREFIX", "registry_backup")

    def listing(_, *path, arguments=()):
        return found if path else [{"Path": "7/index.json", "Size": 1}]

    monkeypatch.setattr(restore.bucket, "listing", listing)
    with pytest.raises(StandinError, match=rf"registry: there is no backup 9: .*{said}.*known: 7"):
        restore.read_index("9")


def test_lists_are_read_to_their_last_page(monkeypatch):
    """The registry gives the address of the next page in a header."""
    answers = {
        "/v2/_catalog?n=500": ({"repositories": ["a"]}, {"link": '</v2/_catalog?last=a&n=500>; rel="next"'}),
        "/v2/_catalog?last=a&n=500": ({"repositories": None}, {}),
    }
    monkeypatch.setattr(api, "ask", lambda path: (json.dumps(answers[path][0]).encode(), answers[path][1]))
    assert api.pages("/v2/_catalog", "repositories") == ["a"]
