"""Sets of files from Maven: what is asked for, what is refused, what an image's key covers."""

import io
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path

import pytest

from hopsdrill.adapters import maven
from hopsdrill.core import paths
from hopsdrill.core.errors import InternalError, OperationError
from hopsdrill.lab import jars, preflight
from hopsdrill.lab.catalog import catalog, toolchain
from hopsdrill.lab.images import Builder
from hopsdrill.lab.progress import Progress


GOOD, ARCHIVE = b"the real jar", b"the real archive"
# a client that writes what it is told to, where the pom says; it leaves a line a run
CLIENT = """#!/bin/sh
while [ "$1" != -f ]; do shift; done
out=$(sed -n 's:.*<outputDirectory>\\(.*\\)</outputDirectory>.*:\\1:p' "$2")
mkdir -p "$out" && cp {source}/* "$out"/ && echo run >> {log}
"""


def sha(content):
    """Its digest."""
    return sha256(content).hexdigest()


@pytest.fixture
def progress(tmp_path):
    """Progress into a text."""
    return Progress(1, 1.0, records=None, disk=tmp_path, stream=io.StringIO())


@pytest.fixture
def set_one(tmp_path, monkeypatch):
    """A set of two files, and a client that has them."""
    for name in ("toolchain/maven", "source", "bin"):
        (tmp_path / name).mkdir(parents=True)
    lock = f"org.example:one:1.0: {sha(GOOD)}\norg.example:two:2.0:zip: {sha(ARCHIVE)}\n"
    (tmp_path / "toolchain/maven/one.yaml").write_text(lock)
    (tmp_path / "source/one-1.0.jar").write_bytes(GOOD)
    (tmp_path / "source/two-2.0.zip").write_bytes(ARCHIVE)
    client = tmp_path / "bin/mvn"
    client.write_text(CLIENT.format(source=tmp_path / "source", log=tmp_path / "runs"))
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("HOPSDRILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(jars, "data_dir", lambda name: tmp_path / name)
    return tmp_path


def runs(folder):
    """How often the client ran."""
    return len((folder / "runs").read_text().split()) if (folder / "runs").exists() else 0


# --- fetching ----------------------------------------------------------------------------------------------------------


def test_a_set_is_fetched_once_and_each_file_has_its_digest(set_one, progress):
    """The second time nothing runs."""
    jars.ensure("one", progress)
    jars.ensure("one", progress)
    assert (jars.shelf("one") / "two-2.0.zip").read_bytes() == ARCHIVE
    assert runs(set_one) == 1


def test_a_file_with_another_digest_is_refused_and_nothing_of_it_is_kept(set_one, progress):
    """The error names the coordinate, and what was expected and seen."""
    (set_one / "source/one-1.0.jar").write_bytes(b"another jar")
    with pytest.raises(OperationError) as caught:
        jars.ensure("one", progress)
    assert all(part in str(caught.value) for part in ("org.example:one:1.0", sha(GOOD), sha(b"another jar")))
    assert not list((set_one / "cache/maven").glob("*"))


def test_a_file_the_client_did_not_bring_is_named(set_one, progress):
    """Not an error about a path somewhere below."""
    (set_one / "source/two-2.0.zip").unlink()
    with pytest.raises(OperationError, match=r"org\.example:two:2\.0:zip should have .* has no file"):
        jars.ensure("one", progress)


def test_a_damaged_file_is_told_by_its_digest_and_fetched_again(set_one, progress):
    """One changed byte is enough."""
    jars.ensure("one", progress)
    (jars.shelf("one") / "one-1.0.jar").write_bytes(b"the reel jar")
    jars.ensure("one", progress)
    assert (jars.shelf("one") / "one-1.0.jar").read_bytes() == GOOD
    assert "It is fetched again." in progress._stream.getvalue()


def test_a_client_that_fails_is_quoted(set_one, progress):
    """Its last words say which file it could not get."""
    (set_one / "bin/mvn").write_text("#!/bin/sh\necho 'Could not find artifact org.example:one:jar:1.0'\nexit 1\n")
    with pytest.raises(OperationError, match=r"Could not find artifact org\.example:one:jar:1\.0"):
        jars.ensure("one", progress)
    assert not (jars.shelf("one")).exists()


def test_sets_of_other_locks_are_removed(set_one, progress):
    """Only what the lists name stays."""
    jars.ensure("one", progress)
    (set_one / "cache/maven/gone-1234").mkdir()
    jars.prune(["one"], progress)
    assert [path.name for path in (set_one / "cache/maven").iterdir()] == [jars.shelf("one").name]


def test_the_client_is_asked_for_exact_files_and_for_no_dependencies(tmp_path):
    """A pom without dependencies; each file by its whole coordinate."""
    text = maven._pom([maven.coordinate("a:b:1:zip"), maven.coordinate("c:d:2")], tmp_path)
    items = [[child.text for child in item] for item in ET.fromstring(text).iter() if item.tag.endswith("artifactItem")]
    assert items == [["a", "b", "1", "zip"], ["c", "d", "2", "jar"]]
    assert "<dependenc" not in text


@pytest.mark.parametrize("text", ["a:b", "a:b:1:zip:x", "a::1", ""])
def test_what_is_no_coordinate_is_refused(text):
    """Such as one without a version."""
    with pytest.raises(InternalError, match="is not a Maven coordinate"):
        maven.coordinate(text)


# --- lists and keys ----------------------------------------------------------------------------------------------------


def test_every_set_is_locked_to_exact_versions_and_digests():
    """No ranges, no snapshots, no two files of one name."""
    names = {name for image in catalog().images for name in image.maven}
    assert names == {path.stem for path in (paths.data_dir("toolchain") / "maven").glob("*.yaml")}
    for name in names:
        lock = jars.lock(name)
        files = [maven.coordinate(text).file_name for text in lock]
        assert len(set(files)) == len(files)
        for text, digest in lock.items():
            assert not set("[](),") & set(text), text
            assert "SNAPSHOT" not in text
            assert len(digest) == 64
            assert not set(digest) - set("0123456789abcdef")


def test_a_broken_lock_says_what_it_should_be(set_one):
    """A list instead of lines, or no file at all."""
    (set_one / "toolchain/maven/one.yaml").write_text("- a:b:1\n")
    with pytest.raises(InternalError, match="is not a Maven lock"):
        jars.lock("one")
    with pytest.raises(InternalError, match="Tried to read the Maven lock"):
        jars.lock("none")


def test_an_images_key_covers_its_lock(tmp_path, monkeypatch):
    """Another digest of one jar makes another image, and another node."""
    images = catalog()
    builder = Builder(None, images, toolchain())
    before = {image.name: builder.key(image) for image in images.images}
    folder = tmp_path / "toolchain/maven"
    folder.mkdir(parents=True)
    for path in (paths.data_dir("toolchain") / "maven").glob("*.yaml"):
        text = path.read_text()
        (folder / path.name).write_text(text.replace("slf4j-simple:1.7.36: ", "slf4j-simple:1.7.36: 0"))
    monkeypatch.setattr(jars, "data_dir", lambda name: tmp_path / name)
    assert {image.name for image in images.images if builder.key(image) != before[image.name]} == {"kafka", "node"}


def test_a_file_of_a_set_goes_to_its_folder_in_the_image(set_one):
    """Linked or copied, with its content."""
    jars._root().mkdir(parents=True)
    jars.shelf("one").mkdir()
    (jars.shelf("one") / "one-1.0.jar").write_bytes(GOOD)
    image = catalog().get("kafka").model_copy(update={"maven": {"one": "/opt/one"}})
    Builder._jars(image, set_one / "root")
    assert Path(set_one / "root/opt/one/one-1.0.jar").read_bytes() == GOOD


def test_the_client_is_among_what_the_machine_must_have(monkeypatch):
    """With the Debian package that has it."""
    monkeypatch.setattr(preflight, "search_path", lambda: "/nowhere")
    found = [check for check in preflight.checks(cold=False, engine=True) if check.need == "the program mvn"]
    assert [(check.ok, check.package) for check in found] == [(False, "maven")]
