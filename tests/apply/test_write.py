"""`write`: what it does to the tree, and what it refuses."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from faults import (
    BEFORE,
    CHANGES,
    EXPECTED,
    FaultyDisk,
    Kill,
    apply,
    apply_next,
    codes_of,
    make_project,
    problems_of,
    snapshot,
)

from consolidator.apply import log, require_settled, write
from consolidator.workspace.changes import FileChange


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def test_all_files_are_as_planned_and_nothing_else_is_touched(root: Path) -> None:
    untouched = snapshot(root)["pkg/untouched.py"]
    done = apply(root)
    for change in CHANGES:
        path = root / change.path
        assert (path.read_bytes() if path.exists() else None) == change.after
    assert snapshot(root)["pkg/untouched.py"] == untouched
    assert not list(root.rglob("*.tmp"))
    assert done.state == "done"
    assert done.paths == tuple(sorted(change.path for change in CHANGES))
    assert log(root) == [done]


def test_an_edited_file_keeps_its_mode_and_a_new_one_gets_the_one_asked_for(root: Path) -> None:
    apply(root)
    assert stat.S_IMODE((root / "pkg/a.py").stat().st_mode) == 0o755
    write(root, [FileChange("run", None, b"x", 0o750), FileChange("s", None, b"")], "new", {})
    assert stat.S_IMODE((root / "run").stat().st_mode) == 0o750
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((root / "s").stat().st_mode) == 0o666 & ~umask


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_an_edited_file_keeps_its_extended_attributes_and_owner(root: Path) -> None:
    target = root / "pkg/a.py"
    try:
        os.setxattr(target, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    if os.geteuid() == 0:
        os.chown(target, 1234, 1234)
    owner = target.stat().st_uid
    apply(root)
    assert os.getxattr(target, "user.note") == b"kept"
    assert target.stat().st_uid == owner


def test_changes_that_change_nothing_are_left_out(root: Path) -> None:
    same = FileChange("pkg/a.py", BEFORE["pkg/a.py"], BEFORE["pkg/a.py"])
    with pytest.raises(ValueError, match="must be some"):
        write(root, [same], "nothing", {})
    with pytest.raises(ValueError, match="one for each path"):
        write(root, [CHANGES[0], CHANGES[0]], "twice", {})


@pytest.mark.parametrize(
    ("path", "data"), [("pkg/untouched.py", b"x = 1\n"), ("pkg/b.py", b""), ("pkg/old.py", None)]
)
def test_a_file_that_changed_since_it_was_read_is_named(
    root: Path, path: str, data: bytes | None
) -> None:
    (root / path).unlink()
    if data is not None:
        (root / path).write_bytes(data)
    tree = snapshot(root)
    problems = problems_of(lambda: apply(root))
    assert [(problem.code, problem.location.path) for problem in problems if problem.location] == [
        ("changed-meanwhile", path)
    ]
    assert snapshot(root) == tree
    assert not (root / ".git/consolidate").exists()


def test_a_new_file_that_exists_by_now_is_not_overwritten(root: Path) -> None:
    (root / "pkg/new/deep").mkdir(parents=True)
    (root / "pkg/new/deep/home.py").write_bytes(b"")
    assert codes_of(lambda: apply(root)) == ["changed-meanwhile"]
    (root / "pkg/new/deep/home.py").unlink()
    (root / "pkg/new/deep/home.py").mkdir()
    assert codes_of(lambda: apply(root)) == ["changed-meanwhile"]


def test_a_file_that_changes_while_we_write_is_found_before_the_first_rename(root: Path) -> None:
    class Racing(FaultyDisk):
        def copy_attributes(self, source: Path, target: Path) -> None:
            super().copy_attributes(source, target)
            (root / "pkg/old.py").write_bytes(b"saved by an editor")

    assert codes_of(lambda: apply(root, Racing())) == ["changed-meanwhile"]
    assert (root / "pkg/old.py").read_bytes() == b"saved by an editor"
    assert (root / "pkg/a.py").read_bytes() == BEFORE["pkg/a.py"]
    assert not (root / "pkg/new").exists()
    assert not list(root.rglob("*.tmp"))
    assert log(root) == []


def test_a_death_after_such_a_find_does_not_look_like_one_midway(root: Path) -> None:
    class RacingToDeath(FaultyDisk):
        def sync_directory(self, path: Path) -> None:
            super().sync_directory(path)
            if self.steps[-2] == ("replace", path / MANIFEST):
                (root / "pkg/old.py").write_bytes(b"saved by an editor")

        def unlink(self, path: Path) -> None:
            if path.suffix == ".tmp" and path.parent == root / "pkg":
                raise Kill
            super().unlink(path)

    with pytest.raises(Kill):
        apply(root, RacingToDeath())
    require_settled(root)
    apply_next(root)
    assert not list(root.rglob("*.tmp"))
    assert (root / "pkg/old.py").read_bytes() == b"saved by an editor"


def test_a_file_that_was_read_through_a_link_still_counts_as_read(root: Path) -> None:
    (root / "link.py").symlink_to("pkg/untouched.py")
    write(root, CHANGES, "move", {**EXPECTED, "link.py": EXPECTED["pkg/untouched.py"]})


def edit(path: str, before: bytes | None = b"x\n") -> FileChange:
    return FileChange(path, before, b"y\n")


def test_links_are_not_written_through(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_bytes(b"x\n")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "dangling.py").symlink_to("nowhere")
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to("pkg")
    tree = snapshot(root)
    for path, code in [
        ("link.py", "symlink"),
        ("dangling.py", "symlink"),
        ("out/outside.py", "outside-root"),
        ("out/new.py", "outside-root"),
        ("in/a.py", "outside-root"),
    ]:
        assert codes_of(lambda path=path: write(root, [edit(path)], "t", {})) == [code], path
    (root / "twin.py").hardlink_to(root / "pkg/a.py")
    assert codes_of(lambda: apply(root)) == ["hard-link"]
    (root / "twin.py").unlink()
    assert snapshot(root) == tree
    assert (tmp_path / "outside.py").read_bytes() == b"x\n"


@pytest.mark.parametrize(
    "path",
    [
        *("../x.py", "a/../../x.py", "/etc/x.py", "", ".", "./x.py", "a//b.py", "a/", "nul\0.py"),
        *(".git/hooks/pre-commit", ".GIT/config", "sub/.git/config", ".consolidate/x"),
    ],
)
def test_paths_out_of_the_root_are_refused(root: Path, path: str) -> None:
    assert codes_of(lambda: write(root, [edit(path, None)], "t", {})) == ["outside-root"]


def test_other_paths_that_cannot_be_written(root: Path) -> None:
    assert codes_of(lambda: write(root, [edit("\udcff.py", None)], "t", {})) == ["path-not-utf8"]
    long = "x" * 300 + ".py"
    assert codes_of(lambda: write(root, [edit(long, None)], "t", {})) == ["write-failed"]
    tree = snapshot(root)
    in_a_file = "pkg/a.py/x.py"
    assert codes_of(lambda: write(root, [edit(in_a_file, None)], "t", {})) == ["write-failed"]
    assert snapshot(root) == tree


def test_read_only_files_stay_so_also_for_the_superuser(root: Path) -> None:
    (root / "pkg/a.py").chmod(0o555)
    (root / "pkg/old.py").chmod(0o444)
    tree = snapshot(root)
    assert codes_of(lambda: apply(root)) == ["read-only", "read-only"]
    assert snapshot(root) == tree


def test_the_lock_says_who_holds_it(root: Path) -> None:
    journal = root / ".git/consolidate"
    program = (
        "import sys, time; from pathlib import Path; from consolidator.apply.disk import Disk\n"
        "from consolidator.apply.journal import locate\n"
        "from consolidator.apply.locking import locked\n"
        "with locked(locate(Path(sys.argv[1]), Disk())):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        started = time.monotonic()
        [problem] = problems_of(lambda: apply(root))
        assert problem.code == "locked"
        assert f"process {other.pid} " in problem.message
        assert time.monotonic() - started < 5
        other.kill()
    assert (journal / "holder").exists()  # as the killed process left it
    apply(root)
    assert not (journal / "holder").exists()


def test_two_runs_of_the_same_plan_give_one_change(root: Path) -> None:
    apply(root)
    after = snapshot(root)
    assert set(codes_of(lambda: apply(root))) == {"changed-meanwhile"}
    assert snapshot(root) == after
    assert len(log(root)) == 1


def test_nothing_is_renamed_before_its_bytes_and_the_record_are_safe(root: Path) -> None:
    disk = FaultyDisk()
    apply(root, disk)
    steps = disk.steps
    created = {path for name, path in steps if name == "create"}
    targets = {root / change.path for change in CHANGES}
    renames = [n for n, (_, path) in enumerate(steps) if path in targets and is_rename(steps[n])]
    prepared, applying, done = (
        n for n, (name, path) in enumerate(steps) if (name, path.name) == ("replace", MANIFEST)
    )
    assert len(renames) == len(CHANGES)
    assert applying < min(renames) < max(renames) < done
    assert ("sync directory", steps[applying][1].parent) in steps[applying : min(renames)]
    unsynced = created - {path for name, path in steps[: min(renames)] if name == "sync file"}
    assert {path.name for path in unsynced} == {"holder"}
    saved = {path for path in created if path.suffix in (".before", ".after")}
    assert saved <= {path for name, path in steps[:prepared] if name == "sync file"}
    for target in targets:
        assert ("sync directory", target.parent) in steps[max(renames) : done]


MANIFEST = "manifest.json"


def is_rename(step: tuple[str, Path]) -> bool:
    """Whether the step changes a file of the project."""
    return step[0] in ("replace", "unlink")


def test_saved_contents_are_only_for_their_owner(root: Path) -> None:
    done = apply(root)
    blobs = [path for path in done.folder.iterdir() if path.suffix in (".before", ".after")]
    assert len(blobs) == 6
    assert {stat.S_IMODE(blob.stat().st_mode) for blob in blobs} == {0o600}
    saved = {sha256(blob.read_bytes()).hexdigest() for blob in blobs}
    assert EXPECTED["pkg/old.py"] in saved
