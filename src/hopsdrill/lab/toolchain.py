"""Programs built from pinned Go modules, kept by the digest of what they were built from."""

import itertools
import json
import os
import resource
import shlex
import shutil
import time
from hashlib import sha256
from pathlib import Path

from hopsdrill.adapters import gotool
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import cache_dir, data_dir
from hopsdrill.lab.catalog import Tool, Toolchain
from hopsdrill.lab.progress import Progress


MANIFEST = "manifest.json"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        state = sha256()
        while block := file.read(1 << 20):
            state.update(block)
    return state.hexdigest()


def key(chain: Toolchain, tool: Tool) -> str:
    """Digest of everything that decides a tool's programs: module files, sources, flags, stamps, Go release."""
    module = data_dir("toolchain") / tool.name
    files = {path.name: digest(path) for path in sorted(module.iterdir()) if path.suffix in {".mod", ".sum", ".go"}}
    parts = [chain.go, chain.flags, chain.ldflags, tool.packages, tool.stamp, files]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def shelf(chain: Toolchain, tool: Tool) -> Path:
    """Where a tool's programs are kept."""
    return cache_dir() / "programs" / f"{tool.name}-{tool.version}-{key(chain, tool)[:16]}"


def program(chain: Toolchain, name: str) -> Path:
    """Path of a built program."""
    return shelf(chain, chain.program(name)) / name


def recorded(chain: Toolchain, tool: Tool) -> dict[str, str] | None:
    """Digests of a tool's programs as written when they were built; None when they were not."""
    try:
        found: dict[str, str] = json.loads((shelf(chain, tool) / MANIFEST).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found


def intact(chain: Toolchain, tool: Tool) -> str | None:
    """Name of the first program that is missing or differs from its record; None when all are as they were built."""
    manifest = recorded(chain, tool) or {}
    for name in tool.packages:
        path = shelf(chain, tool) / name
        if name not in manifest or not path.exists() or digest(path) != manifest[name]:
            return name
    return None


def ensure(chain: Toolchain, tool: Tool, progress: Progress) -> None:
    """Have a tool's programs, intact; builds them when they are not there or were damaged.

    Raises:
        OperationError: the build failed; the message has its last lines, the hint the command that repeats it.
    """
    if recorded(chain, tool) is not None:
        damaged = intact(chain, tool)
        if damaged is None:
            return
        progress.say(f"        {tool.name}: {damaged} in the cache differs from its digest; it is built again")
        shutil.rmtree(shelf(chain, tool))
    names = f" ({len(tool.packages)} programs)" if len(tool.packages) > 1 else ""
    with progress.step(f"building {tool.name} {tool.version}{names}", expected_s=expected_seconds(tool)):
        _build(chain, tool, progress)


def expected_seconds(tool: Tool) -> float:
    """Wall time a cold compile should take on this machine's cores."""
    return tool.cpu_s / max(1, min(os.cpu_count() or 1, 8)) * 1.1


def _build(chain: Toolchain, tool: Tool, progress: Progress) -> None:
    target = shelf(chain, tool)
    fresh = target.with_name(target.name + ".new")  # a killed build leaves no half shelf; go's cache resumes it
    fresh.mkdir(parents=True, exist_ok=True)
    started, cpu = time.monotonic(), _children_cpu()
    _compile(chain, tool, fresh, progress)
    manifest = {name: digest(fresh / name) for name in tool.packages}
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    fresh.rename(target)
    seconds, cpu = time.monotonic() - started, _children_cpu() - cpu
    record = {"tool": tool.name, "version": tool.version, "wall_s": round(seconds, 1), "cpu_s": round(cpu, 1)}
    with (cache_dir() / "builds.ndjson").open("a") as file:
        file.write(json.dumps(record | {"load": round(os.getloadavg()[0], 2)}, sort_keys=True) + "\n")


def _compile(chain: Toolchain, tool: Tool, folder: Path, progress: Progress) -> None:
    progress.detail("fetching Go and modules")
    go = gotool.go_binary(chain.go, cache_dir() / "go")
    module, env = data_dir("toolchain") / tool.name, gotool.environment(cache_dir())
    stamps = [f"-X {name}={value}" for name, value in tool.stamp.items()]
    flags = [*chain.flags, "-ldflags", " ".join([*chain.ldflags, *stamps])]
    total = gotool.package_count(go, module, list(tool.packages.values()), env)
    compiled = itertools.count(1)
    for name, package in tool.packages.items():
        seen = lambda line: progress.detail(f"{next(compiled)} of at most {total} packages, at {line[-60:]}")  # noqa: E731
        try:
            gotool.build([go, "build", "-v", *flags, "-o", folder / name, package], module=module, env=env, seen=seen)
        except OperationError as error:
            settings = " ".join(f"{key}='{value}'" for key, value in env.items())
            again = shlex.join([str(go), "build", *flags, "-o", "/dev/null", package])
            msg = f"Building {name} of {tool.name} failed. {error.message}\nThe command that repeats it: cd {module} && env {settings} {again}"
            raise OperationError(
                msg, hint="run `hopsdrill lab up` again: what was compiled is kept, it goes on from here"
            ) from error


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def prune(chain: Toolchain, progress: Progress) -> None:
    """Remove programs of other versions or keys: nothing refers to them any more."""
    wanted = {shelf(chain, tool).name for tool in chain.tools}
    for path in sorted((cache_dir() / "programs").glob("*")):
        if path.name not in wanted and path.suffix != ".new":
            shutil.rmtree(path)
            progress.say(f"        removed {path.name}, which no list names any more")


def drop_caches(progress: Progress) -> None:
    """Remove build and module caches; the programs are kept by digest, so only a changed pin needs them again."""
    for name in ("go-build", "go-mod", "go"):
        if (cache_dir() / name).exists():
            shutil.rmtree(cache_dir() / name)
            progress.say(f"        removed the cache {cache_dir() / name}")
