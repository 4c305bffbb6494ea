"""`undo`, `recover` and `log` on a sound disk; test_faults.py has the unsound ones."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from faults import (
    BEFORE,
    CHANGES,
    Kill,
    apply,
    apply_next,
    codes_of,
    dies_at,
    make_project,
    problems_of,
    snapshot,
)

from consolidator.apply import log, recover, require_settled, undo
from consolidator.apply.disk import Disk
from consolidator.errors import UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def test_undo_restores_every_byte_mode_and_directory(root: Path) -> None:
    before = snapshot(root)
    done = apply(root)
    undone = undo(root)
    assert snapshot(root) == before
    assert stat.S_IMODE((root / "pkg/old.py").stat().st_mode) == 0o640
    assert (undone.undoes, undone.title) == (done.id, "undo: move A")
    assert [entry.undone_by for entry in log(root)] == [undone.id, None]


def test_undoing_the_undo_makes_the_change_again_and_so_on(root: Path) -> None:
    before = snapshot(root)
    done = apply(root)
    after = snapshot(root)
    latest = done
    for number in range(5):
        latest = undo(root, latest.id)
        assert snapshot(root) == (after if number % 2 else before)
    assert undo(root, latest.id).undoes == latest.id
    assert undo(root).undoes == done.id  # made again by undoing, it can be undone by default


def test_the_latest_change_is_undone_first_and_then_the_one_before(root: Path) -> None:
    before = snapshot(root)
    one, two = apply(root), apply_next(root)
    assert [undo(root).undoes, undo(root).undoes] == [two.id, one.id]
    assert snapshot(root) == before
    assert codes_of(lambda: undo(root)) == ["nothing-to-undo"]


def test_an_earlier_change_is_undone_by_the_beginning_of_its_id(root: Path) -> None:
    one = apply(root)
    apply_next(root)
    undo(root, one.id[:-3])
    assert (root / "pkg/a.py").read_bytes() == BEFORE["pkg/a.py"]
    assert (root / "pkg/untouched.py").read_bytes() == b"x = 'next'\n"
    assert codes_of(lambda: undo(root, one.id)) == ["nothing-to-undo"]
    with pytest.raises(UsageError):
        undo(root, "1999")
    with pytest.raises(UsageError):
        undo(root, "2")  # begins more than one


def test_nothing_to_undo_leaves_no_trace(root: Path) -> None:
    assert codes_of(lambda: undo(root)) == ["nothing-to-undo"]
    assert recover(root) == []
    assert log(root) == []
    require_settled(root)
    assert not (root / ".git/consolidate").exists()


@pytest.mark.parametrize("path", [change.path for change in CHANGES])
def test_a_file_that_was_edited_since_is_not_undone(root: Path, path: str) -> None:
    apply(root)
    (root / path).write_bytes(b"edited since\n")
    tree = snapshot(root)
    [problem] = problems_of(lambda: undo(root))
    assert problem.code == "undo-conflict"
    assert problem.location is not None
    assert problem.location.path == path
    assert snapshot(root) == tree


def test_a_file_that_became_a_link_or_read_only_is_not_undone(root: Path) -> None:
    apply(root)
    (root / "pkg/b.py").chmod(0o444)
    assert codes_of(lambda: undo(root)) == ["read-only"]
    (root / "pkg/b.py").rename(root / "elsewhere.py")
    (root / "pkg/b.py").symlink_to("../elsewhere.py")
    assert codes_of(lambda: undo(root)) == ["symlink"]


def test_a_directory_that_is_not_empty_again_stays(root: Path) -> None:
    apply(root)
    (root / "pkg/new/mine.txt").write_bytes(b"")
    undo(root)
    assert (root / "pkg/new/mine.txt").exists()
    assert not (root / "pkg/new/deep").exists()


def test_saved_contents_that_were_changed_are_not_used(root: Path) -> None:
    done = apply(root)
    blob = next(done.folder.glob("*.before"))
    blob.write_bytes(b"other")
    tree = snapshot(root)
    assert codes_of(lambda: undo(root)) == ["journal-damaged"]
    blob.unlink()
    assert codes_of(lambda: undo(root)) == ["journal-damaged"]
    assert snapshot(root) == tree


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "../../evil.py"),
        ("path", "/tmp/evil.py"),
        ("path", ".git/config"),
        ("before", "0"),
        ("mode", 0o100644),
        ("extra", 1),
    ],
)
def test_a_forged_record_writes_nothing(root: Path, field: str, value: object) -> None:
    done = apply(root)
    manifest = json.loads((done.folder / "manifest.json").read_text())
    manifest["files"][0][field] = value
    (done.folder / "manifest.json").write_text(json.dumps(manifest))
    tree = snapshot(root)
    for call in (undo, recover):
        assert codes_of(lambda call=call: call(root)) == ["journal-damaged"]
    assert snapshot(root) == tree


def interrupt_after(root: Path, renames: int) -> None:
    """Kill the change when so many files have been replaced."""
    seen = 0

    class Dying(Disk):
        def replace(self, source: Path, target: Path) -> None:
            self.count(target)
            super().replace(source, target)

        def unlink(self, path: Path) -> None:
            self.count(path)
            super().unlink(path)

        def count(self, path: Path) -> None:
            nonlocal seen
            if ".git" not in path.parts:
                seen += 1
                if seen > renames:
                    raise Kill

    with pytest.raises(Kill):
        apply(root, Dying())


def test_an_interrupted_change_stops_every_other_until_recovered(root: Path) -> None:
    before = snapshot(root)
    interrupt_after(root, 2)
    middle = snapshot(root)
    for call in (apply_next, undo, require_settled):
        [problem] = problems_of(lambda call=call: call(root))
        assert problem.code == "interrupted"
        assert "consolidate recover" in problem.remedy
    assert snapshot(root) == middle
    assert [entry.state for entry in log(root)] == ["interrupted"]
    assert [entry.state for entry in recover(root)] == ["rolled-back"]
    assert snapshot(root) == before
    assert recover(root) == []
    require_settled(root)
    apply(root)


def test_a_file_that_was_edited_since_the_interruption_is_not_overwritten(root: Path) -> None:
    interrupt_after(root, 2)
    (root / "pkg/a.py").write_bytes(b"edited since\n")
    middle = snapshot(root)
    [problem] = problems_of(lambda: recover(root))
    assert problem.code == "recover-conflict"
    blob = problem.message.split("before the change: ")[1].split(";")[0]
    assert Path(blob).read_bytes() == BEFORE["pkg/a.py"]
    assert snapshot(root) == middle
    (root / "pkg/a.py").write_bytes(BEFORE["pkg/a.py"])
    assert [entry.state for entry in recover(root)] == ["rolled-back"]


def test_what_was_killed_before_the_first_rename_does_not_stand_in_the_way(root: Path) -> None:
    before = snapshot(root)
    with pytest.raises(Kill):
        apply(root, dies_at(30))
    (root / "pkg/a.py").write_bytes(b"edited since\n")
    require_settled(root)
    apply_next(root)
    (root / "pkg/a.py").write_bytes(BEFORE["pkg/a.py"])
    undo(root)
    assert snapshot(root) == before
