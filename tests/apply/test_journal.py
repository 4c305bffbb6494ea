"""Where the journal lies, and what stands in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from faults import apply, apply_next, codes_of, make_git, make_project, snapshot

from consolidator.apply import log, write
from consolidator.workspace.changes import FileChange


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def test_without_git_the_journal_hides_itself(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", in_git=False)
    apply(root)
    assert (root / ".consolidate/.gitignore").read_text() == "*\n"
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    shown = subprocess.run(status, cwd=root, check=True, capture_output=True, text=True).stdout
    assert "pkg/a.py" in shown
    assert ".consolidate" not in shown


def test_the_journal_is_in_the_git_directory_of_a_worktree_or_submodule(tmp_path: Path) -> None:
    root = make_project(tmp_path / "tree", in_git=False)
    git = tmp_path / "main/.git/worktrees/tree"
    git.mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/x\n")
    (git / "commondir").write_text("../..\n")
    (root / ".git").write_text("gitdir: ../main/.git/worktrees/tree\n")
    apply(root)
    assert (git / "consolidate").is_dir()


@pytest.mark.parametrize("content", ["gitdir: /etc\n", "nonsense", "gitdir: \0\n", "gitdir: ..\n"])
def test_a_git_file_that_names_no_git_directory_is_not_followed(
    tmp_path: Path, content: str
) -> None:
    root = make_project(tmp_path / "tree", in_git=False)
    (root / ".git").write_text(content)
    apply(root)
    assert (root / ".consolidate").is_dir()


def test_a_root_below_the_work_tree_has_its_journal_there_too(tmp_path: Path) -> None:
    make_git(tmp_path / "work/.git")
    root = make_project(tmp_path / "work/libs/one", in_git=False)
    other = make_project(tmp_path / "work/libs/two", in_git=False)
    done = apply(root)
    assert done.folder.parent == tmp_path / "work/.git/consolidate"
    assert log(root) == [done]
    assert log(other) == []


@pytest.mark.parametrize("obstacle", ["file", "link"])
def test_a_journal_that_cannot_be_made_is_a_refusal(root: Path, obstacle: str) -> None:
    place = root / ".git/consolidate"
    if obstacle == "file":
        place.write_text("")
    else:
        place.symlink_to(root / "pkg")
    tree = snapshot(root)
    assert codes_of(lambda: apply(root)) == ["journal-unwritable"]
    assert snapshot(root) == tree


def test_a_record_that_cannot_be_read_stops_writing_but_not_the_log(root: Path) -> None:
    done = apply(root)
    manifest = done.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
    assert codes_of(lambda: apply_next(root)) == ["journal-damaged"]
    assert [(entry.id, entry.state) for entry in log(root)] == [(done.id, "damaged")]


def test_ids_rise_also_when_the_clock_goes_back(root: Path) -> None:
    future = root / ".git/consolidate/29990101T000000000000-00000000"
    future.mkdir(parents=True)
    first = write(root, [FileChange("x", None, b"1")], "one", {})
    second = write(root, [FileChange("x", b"1", b"2")], "two", {})
    assert (
        [entry.id for entry in log(root)] == [first.id, second.id] == sorted([first.id, second.id])
    )
    assert not future.exists()  # without a manifest it was nobody's
