"""The files of the cache: found, counted, and removed when their day is over."""

from __future__ import annotations

import os
import time
from pathlib import Path

from consolidator.index import cache_files
from consolidator.index.cache_files import count_entries, discard
from consolidator.index.facts_cache import FactsCache

DAY = 24 * 60 * 60


def made(folder: Path, name: str, days: float = 0) -> Path:
    path = folder / f"facts-{name}.sqlite3"
    cache = FactsCache(path)
    cache.keep({"a": "1", "b": "2"})
    cache.save()
    cache.close()
    then = time.time() - days * DAY
    os.utime(path, (then, then))
    return path


def test_what_there_is(tmp_path: Path) -> None:
    older, newer = made(tmp_path, "1", days=2), made(tmp_path, "2", days=1)
    (tmp_path / "other.txt").write_text("")
    found = cache_files.cache_files(tmp_path)
    assert [file.path for file in found] == [newer, older]
    assert all(file.size >= file.path.stat().st_size for file in found)
    assert count_entries(newer) == 2


def test_no_folder_is_no_cache(tmp_path: Path) -> None:
    assert cache_files.cache_files(tmp_path / "none") == []


def test_a_damaged_file_has_no_count(tmp_path: Path) -> None:
    (tmp_path / "facts-1.sqlite3").write_bytes(b"no database" * 100)
    assert count_entries(tmp_path / "facts-1.sqlite3") is None


def test_a_new_cache_ends_those_unused_for_a_month(tmp_path: Path) -> None:
    old, recent = made(tmp_path, "old", days=31), made(tmp_path, "recent", days=29)
    new = made(tmp_path, "new")
    assert not old.exists()
    assert recent.exists()
    assert new.exists()


def test_only_so_many_versions_are_kept(tmp_path: Path) -> None:
    for number in range(15):
        made(tmp_path, str(number), days=15 - number)
    left = {file.path.name for file in cache_files.cache_files(tmp_path)}
    assert left == {f"facts-{number}.sqlite3" for number in range(5, 15)}


def test_use_is_noted_once_a_day(tmp_path: Path) -> None:
    path = made(tmp_path, "1", days=20)
    FactsCache(path).close()
    assert time.time() - path.stat().st_mtime < DAY


def test_one_that_has_grown_too_large_starts_anew(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    path = made(tmp_path, "1")
    monkeypatch.setattr(cache_files, "_MOST_BYTES", 10)
    assert FactsCache(path).find(["a"]) == {}


def test_discarding_what_is_not_there(tmp_path: Path) -> None:
    discard(tmp_path / "none.sqlite3")
