"""Working copies of a corpus: what changed in them, and how to put it back."""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# What a tool may keep beside the code; the judge looks at the code only.
_PRIVATE = (".consolidate", ".git", ".ropeproject", "__pycache__", ".pytest_cache", ".ruff_cache")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The hash of every file of a tree."""

    hashes: Mapping[str, str]

    def changed_since(self, before: Snapshot) -> list[str]:
        """Files that were written, added or removed since `before`."""
        paths = {*self.hashes, *before.hashes}
        return sorted(path for path in paths if self.hashes.get(path) != before.hashes.get(path))


Memo = dict[str, tuple[tuple[int, int, int, int], str]]
"""By path, what the file system says of a file, and the hash it had then."""


def snapshot(tree: Path, memo: Memo | None = None) -> Snapshot:
    """Hash every file below `tree`; with a memo, only those written since.

    The memo goes by the time at which the file system changed the file's record, which no tool
    can set.
    """
    hashes = {}
    known = {} if memo is None else memo
    for folder, folders, files in _walk(tree):
        folders[:] = [name for name in folders if not name.startswith(_PRIVATE)]
        for name in files:
            file = folder / name
            path = file.relative_to(tree).as_posix()
            facts = file.stat()
            signature = (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
            if path not in known or known[path][0] != signature:
                digest = hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
                known[path] = (signature, digest)
            hashes[path] = known[path][1]
    return Snapshot(hashes)


def _walk(tree: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    for folder, folders, files in os.walk(tree):
        yield Path(folder), folders, files


def copy_tree(pristine: Path, copy: Path) -> None:
    """A plain copy (never hard links, for tools write), replacing what stood there."""
    if copy.exists():
        shutil.rmtree(copy)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(pristine, copy, symlinks=True)


def restore(
    pristine: Path, copy: Path, clean: Snapshot, bytecode: Path, memo: Memo | None = None
) -> None:
    """Put back every file that differs from the pristine tree, and prove that none does."""
    for path in snapshot(copy, memo).changed_since(clean):
        drop_bytecode(bytecode, copy / path)
        if path in clean.hashes:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(pristine / path, copy / path)
        else:
            (copy / path).unlink()
    _drop_private(copy)
    left = snapshot(copy, memo).changed_since(clean)
    if left:
        raise RuntimeError(f"{copy}: could not be restored: {left[:5]}")


def _drop_private(copy: Path) -> None:
    for name in _PRIVATE:
        if (copy / name).is_dir():
            shutil.rmtree(copy / name)


def drop_bytecode(bytecode: Path, file: Path) -> None:
    """Forget what Python compiled from this file: two versions may share time and size."""
    folder = bytecode / file.parent.relative_to(file.anchor)
    for compiled in folder.glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def contents(tree: Path, paths: list[str]) -> dict[str, bytes | None]:
    """The bytes of some files; None for one that is not there."""
    return {path: (tree / path).read_bytes() if (tree / path).is_file() else None for path in paths}


def write(tree: Path, files: Mapping[str, bytes | None], bytecode: Path) -> None:
    """Make the files hold these bytes."""
    for path, data in files.items():
        drop_bytecode(bytecode, tree / path)
        if data is None:
            (tree / path).unlink(missing_ok=True)
        else:
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data)


def diff(pristine: Path, after: Mapping[str, bytes | None]) -> str:
    """A unified diff of the changed files, to be read by people."""
    return "".join(
        "".join(_diff_file(path, _lines(pristine / path), _decode(data)))
        for path, data in sorted(after.items())
    )


def _diff_file(path: str, before: list[str], after: list[str]) -> list[str]:
    lines = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]


def _lines(file: Path) -> list[str]:
    return _decode(file.read_bytes() if file.is_file() else None)


def _decode(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines(keepends=True)
