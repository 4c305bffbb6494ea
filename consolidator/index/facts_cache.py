"""Facts about files kept between runs: in SQLite, by content, in the user's cache folder.

Facts depend on a file's bytes, perhaps on the name it is imported under, on this version of the
tool and on the running Python; all of that is in the key or in the name of the cache. A cache that
cannot be read or written is done without, and a damaged one is thrown away.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from consolidator.index.cache_files import default_path, discard, prepare
from consolidator.index.events.codes import Event
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

__all__ = ["FactsCache", "default_path"]

_PATIENCE = 2.0  # seconds to wait for another process that writes
_LAYOUT = "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, facts TEXT)"
_MANY = 500  # so that a run that is interrupted has not worked in vain
_KEYS_A_QUERY = 900  # older versions of SQLite take no more than 999


class FactsCache:
    """Reads facts that an earlier run has left, and keeps new ones until `save`."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._connection = None if path is None else _open(path)
        self._inherited: sqlite3.Connection | None = None
        self._new: dict[str, str] = {}

    def find(self, keys: Collection[str]) -> dict[str, Any]:
        """The facts kept under some of these keys, by this run or an earlier one."""
        fresh = {key: json.loads(self._new[key]) for key in keys if key in self._new}
        try:
            rows = list(self._rows([key for key in keys if key not in fresh]))
            return fresh | {key: json.loads(facts) for key, facts in rows}
        except (sqlite3.Error, ValueError):
            self._give_up()
            return fresh

    def keep(self, facts: Mapping[str, str]) -> None:
        """Keep facts, as JSON texts by key, for `save`; many are saved at once."""
        if self._connection is not None:
            self._new.update(facts)
            if len(self._new) > _MANY:
                self.save()

    def get(self, file: SourceFile, name: ModuleName, is_package: bool) -> list[Event] | None:
        """The import-time events of a file under a module name, or None when no run left them."""
        key = _events_key(file, name, is_package)
        events: list[Event] | None = self.find([key]).get(key)
        return events

    def put(self, file: SourceFile, name: ModuleName, is_package: bool, events: object) -> None:
        """Keep import-time events for `save`."""
        if self._connection is not None:
            key = _events_key(file, name, is_package)
            self._new[key] = json.dumps(events, separators=(",", ":"))

    def save(self) -> None:
        """Write what is new; does nothing when that cannot be done."""
        if self._connection is None or not self._new:
            return
        with suppress(sqlite3.Error), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", self._new.items()
            )
        self._new = {}

    @property
    def unsaved(self) -> dict[str, str]:
        """What is kept so far and not yet written."""
        return dict(self._new)

    def reopen(self) -> None:
        """Go on in a forked process, which must not use (nor close) what the other one opened."""
        self._inherited = self._connection
        if self._connection is not None and self.path is not None:
            self._connection = _open(self.path)
        self._new = {}

    def close(self) -> None:
        """Let go of the file; from now on nothing is found or kept."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _rows(self, keys: list[str]) -> Iterator[tuple[str, str]]:
        if self._connection is None:
            return
        for start in range(0, len(keys), _KEYS_A_QUERY):
            asked = keys[start : start + _KEYS_A_QUERY]
            marks = ",".join("?" * len(asked))
            yield from self._connection.execute(
                f"SELECT key, facts FROM facts WHERE key IN ({marks})", asked
            )

    def _give_up(self) -> None:
        """Throw a damaged cache away and go on without."""
        self.close()
        if self.path is not None:
            discard(self.path)


def _events_key(file: SourceFile, name: ModuleName, is_package: bool) -> str:
    return f"{file.sha256}:{name}:{'package' if is_package else 'module'}"


def _open(path: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        try:
            prepare(path)
            connection = sqlite3.connect(path, timeout=_PATIENCE)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, facts TEXT)"
            )
            return connection
        except sqlite3.OperationalError:
            return None  # locked, or no place to write
        except sqlite3.DatabaseError:
            discard(path)
        except OSError:
            return None
    return None
