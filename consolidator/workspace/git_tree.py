"""The files of a commit, written to a directory of their own; nothing in them is ever run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from consolidator.errors import UsageError
from consolidator.workspace.discovery import PYTHON_SUFFIXES
from consolidator.workspace.git import git_outside, run_git

_LARGEST = 1 << 20
"""Of other files than Python's; a larger one is left empty, for nobody reads it."""
_REGULAR = (b"100644", b"100755", b"100664")
_AT_ONCE = 2000
"""How many files are asked of git at a time."""


@dataclass(frozen=True, slots=True)
class _Blob:
    path: str
    name: bytes
    """By which git knows the content."""


def write_commit(root: Path, ref: str, directory: Path) -> tuple[str, ...]:
    """Write the files that `ref` has below `root` to `directory`; their paths, relative to both.

    The bytes are those that git keeps: no filter and no conversion is applied. Symbolic links and
    submodules are left out, and so is a path that would lead out of the directory. Raises
    `UsageError` when git cannot tell what the ref holds.
    """
    program = git_outside(root)
    if program is None:
        raise UsageError("git is needed to read a ref, and none was found")
    commit = run_git(
        program, root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{tree}}"]
    )
    if not commit:
        raise UsageError(
            f"git does not know {ref!r} in {root} (a shallow clone has to fetch it first)"
        )
    # Without --full-tree only what lies below `root` is listed, relative to it.
    arguments = ["ls-tree", "-r", "-z", "-l", commit.decode().strip()]
    listing = run_git(program, root, arguments)
    if listing is None:
        raise UsageError(f"git cannot list the files of {ref!r}")
    written: list[str] = []
    blobs = list(_blobs(listing))
    for start in range(0, len(blobs), _AT_ONCE):
        written += _write(program, root, directory, blobs[start : start + _AT_ONCE], ref)
    return tuple(written)


def _blobs(listing: bytes) -> Iterator[_Blob]:
    """`100644 blob 1a2b…    123\\tpath`, one for each file, ended by a zero byte."""
    for entry in listing.split(b"\0"):
        head, tab, path = entry.partition(b"\t")
        if not tab:
            continue
        mode, _, name, size = head.split()
        decoded = os.fsdecode(path)
        if mode not in _REGULAR or not _stays_inside(decoded):
            continue
        is_read = decoded.endswith(PYTHON_SUFFIXES) or int(size) <= _LARGEST
        yield _Blob(decoded, name if is_read else b"")


def _stays_inside(path: str) -> bool:
    """Whether a path that a commit names lies in its tree; git forbids others, usually."""
    parts = path.split("/")
    odd = {"", ".", ".."}
    return not odd & set(parts) and ".git" not in map(str.lower, parts) and "\\" not in path


def _write(
    program: str, root: Path, directory: Path, blobs: Sequence[_Blob], ref: str
) -> Iterator[str]:
    asked = b"".join(blob.name + b"\n" for blob in blobs if blob.name)
    answer = run_git(program, root, ["cat-file", "--batch"], asked)
    if answer is None:
        raise UsageError(f"git cannot read the files of {ref!r}")
    contents = _contents(answer)
    for blob in blobs:
        content = next(contents) if blob.name else b""
        if content is None:
            raise UsageError(f"git does not have {blob.path} of {ref!r} here")
        path = directory / PurePosixPath(blob.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        yield blob.path


def _contents(answer: bytes) -> Iterator[bytes | None]:
    """The contents in what `cat-file --batch` says: `name type size\\n`, the bytes, `\\n`."""
    start = 0
    while start < len(answer):
        end = answer.index(b"\n", start)
        head = answer[start:end].split()
        if len(head) < 3:  # name missing
            yield None
            start = end + 1
            continue
        size = int(head[2])
        yield answer[end + 1 : end + 1 + size]
        start = end + 2 + size
