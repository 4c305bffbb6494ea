"""The workspace: reading once, never changing, and giving the next workspace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import ClassVar

import pytest

from consolidator.errors import Refusal, UsageError
from consolidator.workspace import Config, Workspace

Opened = Callable[[Mapping[str, str | bytes]], Workspace]


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a directory"):
        Workspace.open(tmp_path / "absent")


def test_wrong_settings(opened: Opened) -> None:
    with pytest.raises(UsageError, match="colour"):
        opened({"pyproject.toml": "[tool.consolidate]\ncolour = 'red'\n"})


def test_a_relative_root(opened: Opened, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened({"a.py": "x = 1\n"})
    monkeypatch.chdir(project)
    workspace = Workspace.open(Path())
    monkeypatch.chdir("/")
    assert workspace.root.is_absolute()
    assert workspace.file("a.py").text == "x = 1\n"


def test_settings_and_files(opened: Opened) -> None:
    workspace = opened({"a.py": "x\n", "b.pyi": "", "docs/c.md": "", "d.json": ""})
    assert workspace.config == Config()
    assert workspace.paths() == ("a.py", "b.pyi")
    assert workspace.text_paths() == ("docs/c.md",)
    assert workspace.has("a.py")
    assert workspace.has("docs/c.md")
    assert not workspace.has("d.json")
    assert not workspace.has("absent.py")
    for path in ("d.json", "absent.py", "../a.py", "/etc/passwd"):
        with pytest.raises(KeyError):
            workspace.file(path)


def test_is_immutable(opened: Opened) -> None:
    workspace = opened({"a.py": ""})
    with pytest.raises(FrozenInstanceError):
        workspace.root = Path()  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        workspace.file("a.py").data = b""  # type: ignore[misc]


def test_a_file_is_read_once(opened: Opened, project: Path) -> None:
    workspace = opened({"a.py": "before\n"})
    first = workspace.file("a.py")
    (project / "a.py").write_text("after\n")
    assert workspace.file("a.py") is first
    assert workspace.with_changes({"b.py": b""}).file("a.py") is first


def test_symlinks(opened: Opened, project: Path) -> None:
    opened({"a.py": ""})
    (project / "b.py").symlink_to("a.py")
    workspace = Workspace.open(project)
    assert workspace.symlinks() == {"b.py": "a.py"}
    assert not workspace.has("b.py")


def test_a_file_that_vanished_or_cannot_be_read(opened: Opened, project: Path) -> None:
    workspace = opened({"a.py": "word\n", "gone.py": "word\n"})
    (project / "gone.py").unlink()
    with pytest.raises(Refusal) as caught:
        workspace.file("gone.py")
    assert [problem.code for problem in caught.value.problems] == ["unreadable"]
    assert [file.path for file in workspace.mentioning({"word"})] == ["a.py"]
    assert list(workspace.unreadable()) == ["gone.py"]


class TestWithChanges:
    FILES: ClassVar[dict[str, str]] = {
        "pkg/__init__.py": "",
        "pkg/a.py": "A\n",
        "pkg/b.py": "B\n",
        "x.py": "",
        "n.md": "",
    }

    def test_the_workspace_itself_stays(self, opened: Opened, project: Path) -> None:
        workspace = opened(self.FILES)
        after = workspace.with_changes(
            {"pkg/a.py": b"changed\n", "pkg/b.py": None, "new/c.py": b"C\n"}
        )
        assert workspace.paths() == ("pkg/__init__.py", "pkg/a.py", "pkg/b.py", "x.py")
        assert workspace.file("pkg/a.py").text == "A\n"
        assert workspace.path_of("new.c") is None
        assert after.paths() == ("new/c.py", "pkg/__init__.py", "pkg/a.py", "x.py")
        assert after.file("pkg/a.py").text == "changed\n"
        assert after.path_of("new.c") == "new/c.py"
        assert after.path_of("pkg.b") is None
        with pytest.raises(KeyError):
            after.file("pkg/b.py")
        assert not (project / "new").exists()
        assert (project / "pkg/b.py").exists()

    def test_changes_add_up(self, opened: Opened) -> None:
        one = opened(self.FILES).with_changes({"pkg/a.py": b"1", "new.py": b"1"})
        two = one.with_changes({"pkg/b.py": b"2", "new.py": None})
        assert two.file("pkg/a.py").data == b"1"
        assert two.file("pkg/b.py").data == b"2"
        assert not two.has("new.py")
        assert two.with_changes({"new.py": b"3"}).file("new.py").data == b"3"

    def test_text_files(self, opened: Opened) -> None:
        workspace = opened(self.FILES)
        after = workspace.with_changes({"n.md": b"text", "a.toml": b"x = 1"})
        assert after.text_paths() == ("a.toml", "n.md")
        assert after.file("n.md").text == "text"
        gone = after.with_changes({"n.md": None})
        assert gone.text_paths() == ("a.toml",)
        assert not gone.has("n.md")
        assert workspace.text_paths() == ("n.md",)

    def test_searches_see_them(self, opened: Opened) -> None:
        after = opened(self.FILES).with_changes({"pkg/b.py": b"A\n", "pkg/a.py": b"B\n"})
        assert [file.path for file in after.mentioning(["A"])] == ["pkg/b.py"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"x/__init__.py": b""},  # x.py is hidden
            {"pkg.py": b"", "pkg/__init__.py": None},  # everything in pkg is hidden
            {"pkg/__init__.py": None},  # a namespace package now
            {"x.py": None, "x/y.py": b"", "x/__init__.pyi": b""},
            {"pkg/deep/er/c.py": b"", "pkg/a.pyi": b"", "pkg/a.py": None},
            {},
        ],
    )
    def test_names_are_those_of_a_fresh_workspace(
        self, opened: Opened, tmp_path: Path, changes: dict[str, bytes | None]
    ) -> None:
        workspace = opened(self.FILES)
        assert workspace.path_of("pkg.a") == "pkg/a.py"  # the tables are built by now
        after = workspace.with_changes(changes)
        contents = {path: content.encode() for path, content in self.FILES.items()} | changes
        fresh_root = tmp_path / "fresh"
        for path, data in contents.items():
            if data is not None:
                (fresh_root / path).parent.mkdir(parents=True, exist_ok=True)
                (fresh_root / path).write_bytes(data)
        fresh = Workspace.open(fresh_root)
        assert after.paths() == fresh.paths()
        assert set(after.modules()) == set(fresh.modules())
        for path in fresh.paths():
            assert after.module_of(path) == fresh.module_of(path)
        for name in (
            "x",
            "x.y",
            "pkg",
            "pkg.a",
            "pkg.b",
            "pkg.deep",
            "pkg.deep.er",
            "pkg.deep.er.c",
        ):
            assert after.path_of(name) == fresh.path_of(name)
            assert after.stub_of(name) == fresh.stub_of(name)
            assert after.is_package(name) == fresh.is_package(name)
            assert after.is_first_party(name) == fresh.is_first_party(name)


def test_importing_the_package_does_not_import_pydantic_or_pathspec() -> None:
    code = (
        "import sys, consolidator.workspace\n"
        "slow = {'pydantic', 'pathspec', 'subprocess', 'tomllib', 'configparser'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
