"""Trees for the workspace tests, built under tmp_path."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from consolidator.workspace import Workspace

Tree = Mapping[str, str | bytes]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project directory that is in no repository."""
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


@pytest.fixture
def write(project: Path) -> Callable[[Tree], Path]:
    """Write files, given by relative path, into the project."""

    def write(files: Tree) -> Path:
        for path, content in files.items():
            target = project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return project

    return write


@pytest.fixture
def opened(write: Callable[[Tree], Path]) -> Callable[[Tree], Workspace]:
    """Write files and open the project as a workspace."""
    return lambda files: Workspace.open(write(files))


@pytest.fixture
def git(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run git in the project, without the settings of whoever runs the tests."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=project, check=True, capture_output=True, text=True
        ).stdout

    return git
