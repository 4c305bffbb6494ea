"""The few file-system steps that changing a project takes, in one place.

Everything that writes goes through a `Disk`, so that tests can fail or die at any step.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class Disk:
    """The file system as it is; every method does one step and raises `OSError` when it fails."""

    __slots__ = ()

    def read(self, path: Path) -> bytes:
        """The bytes of a file."""
        return path.read_bytes()

    def create(self, path: Path, data: bytes, mode: int | None = None) -> None:
        """Make a file that does not exist yet; `mode` is exact, `None` leaves it to the umask."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY
        shared = 0o666 if mode is None else 0o600
        with os.fdopen(os.open(path, flags, shared), "wb") as file:
            file.write(data)
        if mode is not None:
            path.chmod(mode)

    def copy_attributes(self, source: Path, target: Path) -> None:
        """Give `target` the owner, extended attributes and mode of `source`.

        Only the mode is a must: not everybody may give files away, not every disk keeps attributes.
        """
        status = source.stat()
        _copy_extended(source, target)
        if hasattr(os, "chown"):
            with suppress(OSError):
                os.chown(target, status.st_uid, status.st_gid)
        target.chmod(stat.S_IMODE(status.st_mode))  # last, as chown clears bits

    def sync_file(self, path: Path) -> None:
        """Wait until the file's bytes would survive a power cut."""
        _sync(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)

    def sync_directory(self, path: Path) -> None:
        """Wait until the directory's entries would survive a power cut."""
        if os.name != "nt":  # which cannot open a directory, and needs no such step
            _sync(path, os.O_RDONLY)

    def replace(self, source: Path, target: Path) -> None:
        """Rename, over what stands there, at once."""
        source.replace(target)

    def unlink(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def make_directory(self, path: Path) -> None:
        """Make one directory, whose parent exists."""
        path.mkdir()

    def remove_directory(self, path: Path) -> None:
        """Remove an empty directory."""
        path.rmdir()


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_extended(source: Path, target: Path) -> None:
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            with suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))
