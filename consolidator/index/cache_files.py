"""The files of the facts cache: where they are, and which of them have had their day.

There is one file for each version of the tool and of Python. Those that no run has used for a
month go when another one is made, and so do all but the last ones used.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from consolidator import __version__

_DAY = 24 * 60 * 60
_UNUSED = 30 * _DAY  # seconds after which a file goes
_MOST_FILES = 10
_MOST_BYTES = 1 << 30  # one that is larger starts anew
_PATTERN = "facts-*.sqlite3"
_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class CacheFile:
    """The cache of one version of the tool, and what it takes up."""

    path: Path
    size: int
    """In bytes, with what SQLite keeps beside it."""
    used: float
    """When a run last used it, to the day; seconds since the epoch."""


def default_path() -> Path:
    """Where the facts of this version are kept."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"facts-{__version__}-{_fingerprint()}-py{python}-{sys.platform}.sqlite3"
    return user_cache_path("consolidate", appauthor=False) / name


def cache_files(folder: Path) -> list[CacheFile]:
    """The caches of all versions in a folder, the one used last first."""
    found = []
    for path in folder.glob(_PATTERN):
        with suppress(OSError):  # another process may clear it meanwhile
            size = sum(part.stat().st_size for part in _parts(path) if part.exists())
            found.append(CacheFile(path, size, path.stat().st_mtime))
    return sorted(found, key=lambda file: file.used, reverse=True)


def count_entries(path: Path) -> int | None:
    """How many facts a cache holds; None when that cannot be told."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM facts").fetchone()[0])
    except sqlite3.Error:
        return None


def prepare(path: Path) -> None:
    """Make the folder of a cache that is about to be opened, and note that the cache is in use.

    Raises `OSError` when there can be no such folder.
    """
    try:
        found = path.stat()
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _prune(path.parent)
        return
    if found.st_size > _MOST_BYTES:
        discard(path)
    elif time.time() - found.st_mtime > _DAY:
        with suppress(OSError):
            os.utime(path)


def discard(path: Path) -> None:
    """Remove a cache, as far as that can be done."""
    for part in _parts(path):
        with suppress(OSError):
            part.unlink()


def _prune(folder: Path) -> None:
    for number, file in enumerate(cache_files(folder), 1):
        if number >= _MOST_FILES or time.time() - file.used > _UNUSED:
            discard(file.path)


def _parts(path: Path) -> list[Path]:
    return [Path(f"{path}{suffix}") for suffix in _PARTS]


def _fingerprint() -> str:
    """Another one for every edit of the code that reads facts, as in a working copy of it."""
    package = Path(__file__).parents[1]
    files = sorted(package.rglob("*.py"))
    stats = [
        (str(path.relative_to(package)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
    ]
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:12]
