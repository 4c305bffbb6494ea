"""What git says about the files of a tree, without letting the tree's own settings run anything."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path

# What would point git at another repository, or make it start a program.
_DANGEROUS = re.compile(r"GIT_(?!CONFIG|CEILING|DISCOVERY|EXEC_PATH).*")
_SAFE = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def git_files(root: Path) -> Collection[str] | None:
    """What git tracks or would track under `root`, relative to it; None when git is not in charge.

    git is not in charge outside a repository, below an ignored directory of one, when there is no
    git outside the tree, and when git fails.
    """
    top = next((d for d in (root, *root.parents) if os.path.lexists(d / ".git")), None)
    program = None if top is None else git_outside(root)
    if program is None:
        return None
    output = run_git(
        program, root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    )
    if not output:
        # A repository may be empty, but a folder that git ignores is a project like any other.
        return () if output is not None and top == root else None
    # A file in conflict is listed once for each side.
    return dict.fromkeys(os.fsdecode(output).rstrip("\0").split("\0"))


def run_git(program: str, root: Path, arguments: list[str], asked: bytes = b"") -> bytes | None:
    """What git says in `root`, with `asked` on its standard input; None when it fails."""
    import subprocess

    environment = {k: v for k, v in os.environ.items() if not _DANGEROUS.fullmatch(k)} | _SAFE
    command = [program, "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"]
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=root,
            env=environment,
            input=asked,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def git_outside(root: Path) -> str | None:
    """The first git on PATH that does not lie inside the tree."""
    tree = root.resolve()
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        # An empty or relative entry means the working directory, which the tree may fill.
        found = shutil.which("git", path=entry) if Path(entry).is_absolute() else None
        if found and not any(
            path.is_relative_to(tree) for path in (Path(entry).resolve(), Path(found).resolve())
        ):
            return found
    return None
