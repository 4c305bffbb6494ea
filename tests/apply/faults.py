"""A small project, a four-file change to it, and a disk that fails or dies at a chosen step."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from consolidator.apply import Disk, Transaction, log, recover, require_settled, undo, write
from consolidator.errors import Problem, Refusal
from consolidator.workspace.changes import FileChange

Snapshot = dict[str, tuple[bytes, int] | None]

BEFORE = {
    "pkg/a.py": b"class A:\n    pass\n",
    "pkg/b.py": b"import a\r\n\x0cx = 1",
    "pkg/old.py": b"\xff gone soon\n",
    "pkg/untouched.py": b"x = 0\n",
}
CHANGES = [
    FileChange("pkg/a.py", BEFORE["pkg/a.py"], b"from pkg.new.deep.home import A\n"),
    FileChange("pkg/b.py", BEFORE["pkg/b.py"], b"import pkg.new\r\n"),
    FileChange("pkg/old.py", BEFORE["pkg/old.py"], None),
    FileChange("pkg/new/deep/home.py", None, b"class A:\n    pass\n"),
]
EXPECTED = {path: sha256(data).hexdigest() for path, data in BEFORE.items()}
NEXT = FileChange("pkg/untouched.py", BEFORE["pkg/untouched.py"], b"x = 'next'\n")


class Kill(BaseException):
    """The end of the process, in-process: no handler knows it."""


class FaultyDisk(Disk):
    """Counts its steps and calls `fault` at step `at`; from then on at every step if `lasting`.

    Creating a file is two steps, the second with half of its bytes written. Syncs only count: what
    they are for is not seen by a process that dies, and tests are many.
    """

    def __init__(
        self, at: int | None = None, fault: Callable[[], None] = lambda: None, lasting: bool = False
    ) -> None:
        self.at = at
        self.fault = fault
        self.lasting = lasting
        self.steps: list[tuple[str, Path]] = []

    def step(self, name: str, path: Path) -> None:
        self.steps.append((name, path))
        number = len(self.steps) - 1
        if self.at is not None and (number == self.at or (self.lasting and number > self.at)):
            self.fault()

    def read(self, path: Path) -> bytes:
        self.step("read", path)
        return super().read(path)

    def create(self, path: Path, data: bytes, mode: int | None = None) -> None:
        self.step("create", path)
        if len(self.steps) == self.at:
            super().create(path, data[: len(data) // 2])
        self.step("half created", path)
        super().create(path, data, mode)

    def copy_attributes(self, source: Path, target: Path) -> None:
        self.step("copy attributes", target)
        super().copy_attributes(source, target)

    def sync_file(self, path: Path) -> None:
        self.step("sync file", path)
        assert path.is_file()

    def sync_directory(self, path: Path) -> None:
        self.step("sync directory", path)
        assert path.is_dir()

    def replace(self, source: Path, target: Path) -> None:
        self.step("replace", target)
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        self.step("unlink", path)
        super().unlink(path)

    def make_directory(self, path: Path) -> None:
        self.step("make directory", path)
        super().make_directory(path)

    def remove_directory(self, path: Path) -> None:
        self.step("remove directory", path)
        super().remove_directory(path)


def dies_at(step: int) -> FaultyDisk:
    """A disk under a process that ends at a step; nothing works after it, not even cleaning up."""

    def fault() -> None:
        raise Kill

    return FaultyDisk(step, fault, lasting=True)


def killed_at(step: int) -> FaultyDisk:
    """A disk at one step of which the process gets a real SIGKILL."""
    return FaultyDisk(step, lambda: os.kill(os.getpid(), signal.SIGKILL))


def fails_at(step: int, code: int = errno.ENOSPC, lasting: bool = False) -> FaultyDisk:
    """A disk that refuses one step, or all from that step on."""

    def fault() -> None:
        raise OSError(code, os.strerror(code))

    return FaultyDisk(step, fault, lasting)


def make_project(root: Path, in_git: bool = True) -> Path:
    """The project before the change, with what looks like a git directory."""
    root.mkdir(parents=True)
    for path, data in BEFORE.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)
    (root / "pkg/a.py").chmod(0o755)
    (root / "pkg/old.py").chmod(0o640)
    if in_git:
        make_git(root / ".git")
    return root


def make_git(directory: Path) -> None:
    """A directory that looks like git's."""
    (directory / "objects").mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/main\n")


def snapshot(root: Path) -> Snapshot:
    """Every file with its bytes and mode, every directory; without the journal."""
    return {
        path.relative_to(root).as_posix(): (
            (path.read_bytes(), path.stat().st_mode) if path.is_file() else None
        )
        for path in sorted(root.rglob("*"))
        if path.relative_to(root).parts[0] not in (".git", ".consolidate")
    }


def apply(root: Path, disk: Disk | None = None) -> Transaction:
    """Make the four-file change."""
    return write(root, CHANGES, "move A", EXPECTED, disk)


def apply_next(root: Path, disk: Disk | None = None) -> Transaction:
    """Make another change, which fits before and after the first."""
    return write(root, [NEXT], "next", {}, disk)


def problems_of(call: Callable[[], object]) -> list[Problem]:
    """The problems with which a call is refused."""
    try:
        call()
    except Refusal as refusal:
        return list(refusal.problems)
    raise AssertionError("not refused")


def codes_of(call: Callable[[], object]) -> list[str]:
    """The codes with which a call is refused."""
    return [problem.code for problem in problems_of(call)]


@dataclass(frozen=True)
class Trial:
    """A project made ready for an operation, and the tree if it is refused and if it is done."""

    root: Path
    run: Callable[[Disk], object]
    refused: Snapshot
    done: Snapshot


def trial(operation: str, root: Path) -> Trial:
    """Make ready for `apply`, `undo`, or `recover N`: after a death at step N of applying."""
    make_project(root)
    before, after = snapshot(root), after_apply(root.with_name("example"))
    if operation == "undo":
        apply(root, FaultyDisk())
        return Trial(root, lambda disk: undo(root, disk=disk), after, before)
    if operation == "apply":
        return Trial(root, lambda disk: apply(root, disk), before, after)
    with suppress(Kill):
        apply(root, dies_at(int(operation.removeprefix("recover "))))
    return Trial(root, lambda disk: recover(root, disk), before, after)


def after_apply(example: Path) -> Snapshot:
    """The tree that the change makes of the project, in an example that is made once."""
    if not example.exists():
        apply(make_project(example), FaultyDisk())
    return snapshot(example)


def count_steps(operation: str, root: Path) -> int:
    """How many steps the operation takes when nothing goes wrong."""
    disk = FaultyDisk()
    trial(operation, root).run(disk)
    shutil.rmtree(root)
    return len(disk.steps)


def check_survival(root: Path, allowed: Sequence[Snapshot]) -> str:
    """After an accident: one of the allowed trees is reached, and work goes on.

    Gives what the next command said before anything was recovered.
    """
    disk = FaultyDisk()
    log(root, disk)
    said = "fine"
    try:
        require_settled(root, disk)
    except Refusal as refusal:
        said = refusal.problems[0].code
        assert said == "interrupted"
    if said == "interrupted":
        recover(root, disk)
        assert snapshot(root) in allowed
    apply_next(root, disk)  # clears away what is left of a change that touched nothing
    undo(root, disk=disk)
    assert snapshot(root) in allowed
    assert recover(root, disk) == []
    return said
