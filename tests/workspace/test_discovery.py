"""Which files are found, with git and without."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from consolidator.workspace.discovery import discover

Write = Callable[[Mapping[str, str | bytes]], Path]
Git = Callable[..., str]

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class TestWithoutGit:
    def test_python_and_text_files_apart(self, write: Write) -> None:
        root = write({"b.py": "", "a/c.pyi": "", "a/x.json": "", "README.md": "", "z.toml": ""})
        listing = discover(root)
        assert listing.python == ("a/c.pyi", "b.py")
        assert listing.text == ("README.md", "z.toml")

    def test_what_is_never_entered(self, write: Write) -> None:
        skipped = [".git", ".hg", "__pycache__", "node_modules", ".tox", "x/site-packages"]
        root = write({f"{directory}/a.py": "" for directory in skipped} | {".hidden/b.py": ""})
        assert discover(root).python == (".hidden/b.py",)

    def test_a_virtual_environment_by_any_name(self, write: Write) -> None:
        root = write({"env/pyvenv.cfg": "", "env/lib/a.py": "", "venv/b.py": ""})
        assert discover(root).python == ("venv/b.py",)

    def test_the_root_itself_may_be_called_anything(self, tmp_path: Path) -> None:
        root = tmp_path / "site-packages"
        root.mkdir()
        (root / "a.py").touch()
        (root / "pyvenv.cfg").touch()
        assert discover(root).python == ("a.py",)

    def test_gitignore_files_nested(self, write: Write) -> None:
        root = write(
            {
                ".gitignore": "# x\nbuild/\n*_pb2.py\n/top.py\ngen*\n!gen_kept.py\na/one.py\r\n",
                "a/.gitignore": "!x_pb2.py\nlocal.py\n",
                "build/a.py": "",
                "a/build/b.py": "",
                "a/x_pb2.py": "",
                "b/x_pb2.py": "",
                "top.py": "",
                "a/top.py": "",
                "a/local.py": "",
                "b/local.py": "",
                "a/one.py": "",
                "b/a/one.py": "",
                "gen_x.py": "",
                "gen_kept.py": "",
                "generated/m.py": "",
            }
        )
        assert discover(root).python == (
            "a/top.py",
            "a/x_pb2.py",
            "b/a/one.py",
            "b/local.py",
            "gen_kept.py",
        )

    def test_symlinks_are_remembered_and_not_followed(self, write: Write) -> None:
        root = write({"real.py": "", "pkg/a.py": ""})
        (root / "link.py").symlink_to("real.py")
        (root / "broken.py").symlink_to("/absent/x.py")
        (root / "linked_pkg").symlink_to("pkg")
        (root / "up").symlink_to("..")
        (root / "notes.md").symlink_to("real.py")
        listing = discover(root)
        assert listing.python == ("pkg/a.py", "real.py")
        assert listing.symlinks == {"link.py": "real.py", "broken.py": "/absent/x.py"}
        assert listing.text == ()

    def test_a_directory_called_like_a_file(self, write: Write) -> None:
        assert discover(write({"odd.py/a.py": ""})).python == ("odd.py/a.py",)

    def test_names_that_are_not_utf_8(self, project: Path) -> None:
        name = os.fsdecode(b"caf\xe9.py")
        (project / name).touch()
        assert discover(project).python == (name,)


class TestExclude:
    PATTERNS = ("gen/", "*_pb2.py", "/docs", "!docs/kept.py")

    FILES = ("a.py", "a_pb2.py", "docs/x.py", "docs/y.md", "p/docs/z.py", "p/gen/q/r.py", "gen.py")

    def test_without_git(self, write: Write) -> None:
        root = write(dict.fromkeys(self.FILES, ""))
        listing = discover(root, self.PATTERNS)
        assert listing.python == ("a.py", "gen.py", "p/docs/z.py")
        assert listing.text == ()

    @needs_git
    def test_with_git(self, write: Write, git: Git) -> None:
        root = write(dict.fromkeys(self.FILES, ""))
        git("init")
        listing = discover(root, self.PATTERNS)
        assert listing.python == ("a.py", "gen.py", "p/docs/z.py")
        assert listing.text == ()


@needs_git
class TestWithGit:
    def test_tracked_and_untracked_but_not_ignored(self, write: Write, git: Git) -> None:
        root = write(
            {
                ".gitignore": "ignored.py\nkept.py\n",
                "kept.py": "",
                "tracked.py": "",
                "untracked.py": "",
                "ignored.py": "",
                "gone.py": "",
                "gone.md": "",
                "node_modules/a.py": "",
                "here.md": "",
            }
        )
        git("init")
        git("add", "-f", "tracked.py", "kept.py", "gone.py", "gone.md", "here.md")
        (root / "gone.py").unlink()
        (root / "gone.md").unlink()
        listing = discover(root)
        assert listing.python == ("kept.py", "node_modules/a.py", "tracked.py", "untracked.py")
        assert listing.text == ("here.md",)

    def test_a_root_inside_the_repository(self, write: Write, git: Git) -> None:
        root = write({"sub/a.py": "", "b.py": "", ".gitignore": "c.py", "sub/c.py": ""})
        git("init")
        assert discover(root / "sub").python == ("a.py",)

    def test_a_root_that_the_repository_ignores(self, write: Write, git: Git) -> None:
        root = write({".gitignore": "sub/", "sub/a.py": ""})
        git("init")
        assert discover(root / "sub").python == ("a.py",)
        assert discover(root).python == ()

    def test_symlinks(self, write: Write, git: Git) -> None:
        root = write({"real.py": "", "pkg/a.py": "", "was/b.py": ""})
        (root / "link.py").symlink_to("real.py")
        git("init")
        git("add", ".")
        shutil.rmtree(root / "was")
        (root / "was").symlink_to("pkg")  # git still remembers was/b.py
        (root / "pkg/b.py").touch()
        listing = discover(root)
        assert listing.python == ("pkg/a.py", "pkg/b.py", "real.py")
        assert listing.symlinks == {"link.py": "real.py"}

    def test_submodules_are_not_entered(self, write: Write, git: Git, tmp_path: Path) -> None:
        root = write({"a.py": "", "dep/b.py": ""})
        git("init")
        git("-C", "dep", "init")
        git("-C", "dep", "add", ".")
        git("-C", "dep", "commit", "-m", "x")
        git("add", "a.py", "dep")
        assert discover(root).python == ("a.py",)

    def test_a_conflict_lists_a_file_once(self, write: Write, git: Git) -> None:
        root = write({"a.py": "1\n"})
        git("init", "-b", "main")
        git("add", ".")
        git("commit", "-m", "1")
        git("checkout", "-b", "other")
        write({"a.py": "2\n"})
        git("commit", "-am", "2")
        git("checkout", "main")
        write({"a.py": "3\n"})
        git("commit", "-am", "3")
        with pytest.raises(Exception, match="merge"):
            git("merge", "other")
        assert discover(root).python == ("a.py",)

    def test_nothing_of_the_repository_is_run(self, write: Write, git: Git) -> None:
        root = write({"a.py": "", "evil": "#!/bin/sh\ntouch ran\n"})
        (root / "evil").chmod(0o755)
        git("init")
        git("config", "core.fsmonitor", "./evil")
        git("config", "core.hooksPath", ".")
        shutil.copy(root / "evil", root / "post-index-change")
        assert discover(root).python == ("a.py",)
        assert not (root / "ran").exists()

    def test_a_git_inside_the_tree_is_not_run(
        self, write: Write, git: Git, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = write({"a.py": "", "bin/git": f"#!/bin/sh\ntouch {'$0'}.ran\n"})
        (root / "bin/git").chmod(0o755)
        git("init")
        real = os.environ["PATH"]
        monkeypatch.chdir(root / "bin")
        monkeypatch.setenv("PATH", os.pathsep.join([str(root / "bin"), "", ".", real]))
        assert discover(root).python == ("a.py",)
        assert not (root / "bin/git.ran").exists()

    def test_without_git_on_the_path(
        self, write: Write, git: Git, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = write({".gitignore": "b.py\n", "a.py": "", "b.py": ""})
        git("init")
        monkeypatch.setenv("PATH", "")
        assert discover(root).python == ("a.py",)

    def test_a_repository_that_git_cannot_read(self, write: Write) -> None:
        root = write({"a.py": "", ".git": "gitdir: /absent\n"})
        assert discover(root).python == ("a.py",)

    def test_the_environment_points_elsewhere(
        self, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = write({"a.py": ""})
        git("init")
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "absent"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
        assert discover(root).python == ("a.py",)

    def test_an_empty_repository(self, project: Path, git: Git) -> None:
        git("init")
        assert discover(project).python == ()
