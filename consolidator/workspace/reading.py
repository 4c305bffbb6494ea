"""Reading files from disk, each once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.errors import Location, Problem, Refusal
from consolidator.workspace.source_file import SourceFile


@dataclass(frozen=True, eq=False)
class Reader:
    """The files below a directory, read when asked for and kept.

    It is shared by all snapshots of one tree; what was read does not change under them.
    """

    root: Path
    _read: dict[str, SourceFile] = field(default_factory=dict, repr=False)
    _failed: dict[str, str] = field(default_factory=dict, repr=False)
    mentioning: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """The files that hold a word, as far as that was asked."""

    def file(self, path: str) -> SourceFile:
        """The file at `path`; `Refusal` (`unreadable`) when the disk does not give it."""
        file = self._read.get(path)
        if file is None:
            try:
                file = self._read[path] = SourceFile(path, _read_bytes(f"{self.root}/{path}"))
            except OSError as error:
                self._failed[path] = error.strerror or str(error)
                raise self._refusal(path) from None
        return file

    def bytes_of(self, path: str) -> bytes:
        """The bytes at `path`; none when the disk does not give them."""
        try:
            return self.file(path).data
        except Refusal:
            return b""

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The files that could not be read, each with the reason."""
        return self._failed

    def _refusal(self, path: str) -> Refusal:
        return Refusal(
            Problem(
                "unreadable",
                f"{path} cannot be read: {self._failed[path]}",
                Location(path, 1),
                "make the file readable, or exclude it in [tool.consolidate]",
            )
        )


def _read_bytes(path: str) -> bytes:
    """The bytes of a file; `Path.read_bytes` takes three times as long for thousands of files."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        parts = [data]
        while more := os.read(descriptor, 1 << 20):
            parts.append(more)
        return b"".join(parts)
    finally:
        os.close(descriptor)
