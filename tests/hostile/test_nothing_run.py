"""Planning runs nothing of the project: an audit hook sees what is opened and started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from trap_tree import make_trap_tree

import consolidator

DRIVER = Path(__file__).with_name("audit_driver.py")
OURS = [
    Path(consolidator.__file__).parent,
    *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
]
DEVICES = {"/dev/null", "/etc/localtime", "/dev/urandom"}

PLANNING = (
    ["move", "shop.orders:Invoice", "--to", "shop.billing", "--dry-run"],
    ["move", "shop.orders:Invoice", "--to", "shop.copies", "--dry-run", "--format", "json"],
    ["roots"],
    ["log"],
)


def run_in_traps(tmp_path: Path, arguments: list[str]) -> tuple[dict[str, Any], Path, Path]:
    """Run a command in the trap tree; what the audit hook saw, the tree, and the mark."""
    root = tmp_path / "tree"
    mark = make_trap_tree(root)
    mark.unlink(missing_ok=True)  # making the repository may have run a poisoned setting
    answer = tmp_path / "answer.json"
    cache = tmp_path / "cache"
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(cache),
        # the tree's own programs come first, as in a shell with `.` on its PATH
        "PATH": os.pathsep.join([str(root / "bin"), ".", str(root), os.environ["PATH"]]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-P", str(DRIVER), str(answer), *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.exists(), done.stderr
    said: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    said["stderr"] = done.stderr
    return said, root, mark


@pytest.mark.parametrize("arguments", PLANNING, ids=lambda arguments: " ".join(arguments))
def test_planning_runs_nothing(tmp_path: Path, arguments: list[str]) -> None:
    said, root, mark = run_in_traps(tmp_path, arguments)
    assert said["code"] in (0, 1, 3), said["stderr"]
    assert not mark.exists(), f"run: {mark.read_text()}"
    cache = tmp_path / "cache"
    for kind, what, more in said["events"]:
        if kind == "start":
            program = Path(what)
            assert program.is_absolute(), f"{what} {more}"
            assert not program.is_relative_to(root), f"{what} {more}"
            assert program.name in {"git", "ruff"}, f"{what} {more}"
        elif kind == "write":
            assert Path(what).is_relative_to(cache) or what in DEVICES, what
        elif kind == "read":
            path = (root / what).resolve()
            allowed = [root.resolve(), cache.resolve(), *(own.resolve() for own in OURS)]
            assert what in DEVICES or any(path.is_relative_to(own) for own in allowed), what
        elif kind == "exec":
            assert not Path(what).is_relative_to(root), f"executed {what}"
        else:
            raise AssertionError(f"{kind} {what} {more}")


def test_rope_does_not_read_the_settings_of_the_project(tmp_path: Path) -> None:
    said, root, _ = run_in_traps(tmp_path, PLANNING[0])
    config = root / ".ropeproject" / "config.py"
    assert not any(Path(what) == config and kind == "exec" for kind, what, _ in said["events"])


def test_the_traps_work(tmp_path: Path) -> None:
    """The test above can fail: importing the package does leave a mark."""
    root = tmp_path / "tree"
    mark = make_trap_tree(root)
    mark.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-c", "import shop"], cwd=root / "src", check=True)
    assert str(root / "src/shop/__init__.py") in mark.read_text()
