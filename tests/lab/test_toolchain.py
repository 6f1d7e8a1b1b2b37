"""Real compiling of a small module: interrupted, damaged, broken."""

import io
import json
import subprocess
import sys
import time

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.lab import toolchain
from hopsdrill.lab.catalog import Tool, Toolchain
from hopsdrill.lab.catalog import toolchain as load_toolchain
from hopsdrill.lab.progress import Progress


MAIN = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache of the test's own; Go is fetched into it once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def tiny(tmp_path, monkeypatch, cache):
    """A toolchain of one small program."""
    monkeypatch.setenv("HOPSDRILL_CACHE", str(cache))
    folder = tmp_path / "toolchain" / "tiny"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module tiny\n\ngo 1.25\n")
    (folder / "main.go").write_text(f"// {tmp_path}\n{MAIN}")
    monkeypatch.setattr(toolchain, "data_dir", lambda name: tmp_path / name)
    real = load_toolchain()
    tool = Tool(name="tiny", version="v1", cpu_s=5, packages={"tiny": "."})
    return folder, Toolchain(go=real.go, flags=real.flags, ldflags=real.ldflags, tools=[tool]), tool


def built(chain, tool):
    """Have it; gives what was said."""
    progress = Progress(1, 5.0, records=None, disk=toolchain.cache_dir(), stream=io.StringIO())
    toolchain.ensure(chain, tool, progress)
    return progress._stream.getvalue()


def test_a_program_is_built_once_and_again_when_damaged(tiny):
    """It runs; a flipped byte is seen by its digest, and the same bytes are built again."""
    _, chain, tool = tiny
    assert "building tiny v1" in built(chain, tool)
    program = toolchain.program(chain, "tiny")
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"hello\n"
    before = program.read_bytes()
    assert built(chain, tool) == ""
    program.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    assert "differs from its digest" in built(chain, tool)
    assert program.read_bytes() == before


def test_a_build_that_fails_tells_its_last_lines_and_how_to_repeat_it(tiny):
    """The compiler's words, the command, what to do; and nothing half-made is taken for built."""
    folder, chain, tool = tiny
    (folder / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(OperationError) as caught:
        built(chain, tool)
    text = str(caught.value)
    assert "undefined: undefined" in text
    assert f"The command that repeats it: cd {folder} && env" in text
    assert "hopsdrill lab up` again" in text
    assert toolchain.recorded(chain, tool) is None


def test_a_killed_build_goes_on(tiny, cache):
    """Kill -9 in the middle leaves no program that counts; the next one builds it."""
    folder, chain, tool = tiny
    (folder / "more.go").write_text('package main\n\nimport _ "net/http"\n')
    code = "import sys, json\nfrom pathlib import Path\nfrom hopsdrill.lab import toolchain\nfrom hopsdrill.lab.catalog import Tool, Toolchain\n"
    code += "from hopsdrill.lab.progress import Progress\nroot, chain, tool = sys.argv[1:]\ntoolchain.data_dir = lambda name: Path(root) / name\n"
    code += "toolchain.ensure(Toolchain.model_validate_json(chain), Tool.model_validate_json(tool), Progress(1, 5.0, records=None, disk=Path('/')))\n"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.parents[1]), chain.model_dump_json(), tool.model_dump_json()],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(2.5)
    child.kill()
    child.wait()
    assert toolchain.recorded(chain, tool) is None
    built(chain, tool)
    assert json.loads((toolchain.shelf(chain, tool) / toolchain.MANIFEST).read_text()).keys() == {"tiny"}
    assert cache in toolchain.shelf(chain, tool).parents
