"""What happens to one file of the project, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileChange:
    """The bytes of a file before and after a change, `None` where there is no file.

    `path` is relative to the root, with forward slashes. `mode` holds the permission bits of a file
    that the change creates (`None`: what the umask gives) or deletes; an edited file keeps its own.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None
