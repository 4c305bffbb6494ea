"""Import-time events kept between runs: in SQLite, by content, in the user's cache folder.

A file's events depend on its bytes, the name it is imported under, this version of the tool and
the running Python; all of that is in the key or in the file's name. A cache that cannot be read
or written is done without, and a damaged one is thrown away.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from consolidator import __version__
from consolidator.index.events.codes import Event
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

_PATIENCE = 2.0  # seconds to wait for another process that writes


def default_path() -> Path:
    """Where the facts of this version are kept."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"facts-{__version__}-{_fingerprint()}-py{python}-{sys.platform}.sqlite3"
    return user_cache_path("consolidate", appauthor=False) / name


def _fingerprint() -> str:
    """Another one for every edit of the code that reads the events, as in a working copy of it."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:12]


class FactsCache:
    """Reads events that an earlier run has left, and keeps new ones until `save`."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._connection = None if path is None else _open(path)
        self._new: dict[str, str] = {}

    def get(self, file: SourceFile, name: ModuleName, is_package: bool) -> list[Event] | None:
        """The events of a file under a module name, or None when no run has left them."""
        if self._connection is None:
            return None
        key = _key(file, name, is_package)
        try:
            row = self._connection.execute(
                "SELECT events FROM facts WHERE key = ?", (key,)
            ).fetchone()
            return None if row is None else json.loads(row[0])
        except (sqlite3.Error, ValueError):
            self._give_up()
            return None

    def put(self, file: SourceFile, name: ModuleName, is_package: bool, events: object) -> None:
        """Keep events for `save`."""
        if self._connection is not None:
            self._new[_key(file, name, is_package)] = json.dumps(events, separators=(",", ":"))

    def save(self) -> None:
        """Write what is new; does nothing when that cannot be done."""
        if self._connection is None or not self._new:
            return
        with suppress(sqlite3.Error), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", self._new.items()
            )
        self._new = {}

    def _give_up(self) -> None:
        """Throw a damaged cache away and go on without."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        if self.path is not None:
            _discard(self.path)


def _key(file: SourceFile, name: ModuleName, is_package: bool) -> str:
    return f"{file.sha256}:{name}:{'package' if is_package else 'module'}"


def _open(path: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=_PATIENCE)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, events TEXT) WITHOUT ROWID"
            )
            return connection
        except sqlite3.OperationalError:
            return None  # locked, or no place to write
        except sqlite3.DatabaseError:
            _discard(path)
        except OSError:
            return None
    return None


def _discard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink()
