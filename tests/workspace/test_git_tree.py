"""The files of a commit, written elsewhere: bytes as git keeps them, and nothing outside."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from small_tree import plant

from consolidator.errors import UsageError
from consolidator.workspace.git_tree import write_commit


def git(root: Path, *arguments: str, data: bytes = b"") -> str:
    """What git says, with nobody's settings."""
    environment = os.environ | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(root.parent),
    }
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, capture_output=True, env=environment, input=data
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def committed(root: Path, files: dict[str, str | bytes]) -> Path:
    """A repository with one commit of these files."""
    plant(root, files)
    git(root, "init", "-q")
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_the_commit_is_written_not_the_working_tree(tmp_path: Path) -> None:
    root = committed(tmp_path / "p", {"a.py": "x = 1\n", "pkg/b c.py": "y = 2\r\n"})
    (root / "a.py").write_text("changed = 1\n")
    (tmp_path / "out").mkdir()
    assert write_commit(root, "HEAD", tmp_path / "out") == ("a.py", "pkg/b c.py")
    assert (tmp_path / "out/a.py").read_bytes() == b"x = 1\n"
    assert (tmp_path / "out/pkg/b c.py").read_bytes() == b"y = 2\r\n"


def test_a_project_below_the_repository_gets_its_own_files(tmp_path: Path) -> None:
    root = committed(tmp_path / "p", {"top.py": "", "sub/a.py": "x = 1\n"})
    (tmp_path / "out").mkdir()
    assert write_commit(root / "sub", "HEAD", tmp_path / "out") == ("a.py",)


def test_no_filter_of_the_repository_runs(tmp_path: Path) -> None:
    root = committed(tmp_path / "p", {"a.py": "x = 1\n", ".gitattributes": "*.py filter=evil\n"})
    git(root, "config", "filter.evil.smudge", f"touch {tmp_path}/ran; cat")
    (tmp_path / "out").mkdir()
    write_commit(root, "HEAD", tmp_path / "out")
    assert not (tmp_path / "ran").exists()


def test_links_are_left_out_and_paths_stay_inside(tmp_path: Path) -> None:
    root = committed(tmp_path / "p", {"a.py": "x = 1\n"})
    (root / "link.py").symlink_to("/etc/passwd")
    git(root, "add", "-A")
    blob = git(root, "hash-object", "-w", "--stdin", data=b"evil = 1\n")
    inner = git(root, "mktree", data=f"100644 blob {blob}\tevil.py\n".encode())
    parent = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
        cwd=root,
        input=b"40000 ..\0" + bytes.fromhex(inner),
        capture_output=True,
    )
    tree = parent.stdout.decode().strip()
    (tmp_path / "out").mkdir()
    git(root, "commit", "-q", "-m", "second")
    assert write_commit(root, "HEAD", tmp_path / "out") == ("a.py",)
    assert write_commit(root, tree, tmp_path / "out") == ()
    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("ref", ["no-such-ref", "--output=/tmp/x", ""])
def test_an_unknown_ref_is_a_usage_error(tmp_path: Path, ref: str) -> None:
    root = committed(tmp_path / "p", {"a.py": ""})
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="does not know"):
        write_commit(root, ref, tmp_path / "out")


def test_many_files_come_whole(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"d{n % 7}/f{n}.py": f"x = {n}\n" for n in range(2100)}
    root = committed(tmp_path / "p", files | {"data.txt": b"\0" * (1 << 20) + b"\0"})
    (tmp_path / "out").mkdir()
    assert set(write_commit(root, "HEAD", tmp_path / "out")) == {*files, "data.txt"}
    assert (tmp_path / "out/d0/f7.py").read_text() == "x = 7\n"
    assert (tmp_path / "out/data.txt").read_bytes() == b""
