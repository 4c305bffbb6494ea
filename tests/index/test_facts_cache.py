"""The cache of import-time events: used when it can be, done without when it cannot."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import plant

from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile, Workspace

FILE, NAME = SourceFile("a.py", b"x = 1\n"), ModuleName("a")
EVENTS = [["bind", 1, "x"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "facts.sqlite3"


def filled(path: Path) -> None:
    cache = FactsCache(path)
    cache.put(FILE, NAME, False, EVENTS)
    cache.save()


def rows(path: Path) -> int:
    return int(sqlite3.connect(path).execute("SELECT count(*) FROM facts").fetchone()[0])


def test_miss_and_hit(path: Path) -> None:
    assert FactsCache(path).get(FILE, NAME, False) is None
    filled(path)
    assert FactsCache(path).get(FILE, NAME, False) == EVENTS


@pytest.mark.parametrize(
    ("file", "name", "is_package"),
    [
        (SourceFile("a.py", b"x = 2\n"), NAME, False),
        (FILE, ModuleName("b"), False),
        (FILE, NAME, True),
    ],
)
def test_other_content_name_or_kind_is_a_miss(
    path: Path, file: SourceFile, name: ModuleName, is_package: bool
) -> None:
    filled(path)
    assert FactsCache(path).get(file, name, is_package) is None


def test_the_path_is_not_in_the_key(path: Path) -> None:
    filled(path)
    assert FactsCache(path).get(SourceFile("other.py", FILE.data), NAME, False) == EVENTS


def test_nothing_is_written_before_save(path: Path) -> None:
    cache = FactsCache(path)
    cache.put(FILE, NAME, False, EVENTS)
    assert rows(path) == 0
    cache.save()
    cache.save()
    assert rows(path) == 1


def test_without_a_path_it_keeps_nothing() -> None:
    cache = FactsCache(None)
    cache.put(FILE, NAME, False, EVENTS)
    cache.save()
    assert cache.get(FILE, NAME, False) is None


@pytest.mark.parametrize(
    "rubbish", [b"no database at all" * 100, b"SQLite format 3\0" + b"\1" * 4096]
)
def test_a_damaged_file_is_thrown_away(path: Path, rubbish: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(rubbish)
    assert FactsCache(path).get(FILE, NAME, False) is None
    filled(path)
    assert FactsCache(path).get(FILE, NAME, False) == EVENTS


def test_a_damaged_row_is_a_miss_and_the_end_of_the_file(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE facts SET facts = '[[['")
    cache = FactsCache(path)
    assert cache.get(FILE, NAME, False) is None
    assert not path.exists()
    assert cache.get(FILE, NAME, False) is None
    cache.put(FILE, NAME, False, EVENTS)
    cache.save()


def test_an_unknown_table_layout_does_no_harm(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE facts (other TEXT)")
    cache = FactsCache(path)
    assert cache.get(FILE, NAME, False) is None
    cache.put(FILE, NAME, False, EVENTS)
    cache.save()


def test_a_place_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    filled(tmp_path / "file" / "facts.sqlite3")
    assert FactsCache(tmp_path / "file" / "facts.sqlite3").get(FILE, NAME, False) is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the folder stays writable")
def test_an_unwritable_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        filled(tmp_path / "facts.sqlite3")
        assert FactsCache(tmp_path / "facts.sqlite3").get(FILE, NAME, False) is None
    finally:
        tmp_path.chmod(0o700)


def test_two_processes_may_fill_it(path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        from consolidator.index.facts_cache import FactsCache
        from consolidator.names import ModuleName
        from consolidator.workspace import SourceFile
        for number in range(20):
            cache = FactsCache(Path(sys.argv[1]))
            file = SourceFile("a.py", f"{sys.argv[2]} = {number}".encode())
            cache.put(file, ModuleName("a"), False, [number])
            cache.save()
    """
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("x", "y")
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    cache = FactsCache(path)
    for name in ("x", "y"):
        kept = [
            cache.get(SourceFile("a.py", f"{name} = {number}".encode()), NAME, False)
            for number in range(20)
        ]
        # a process that waits too long for the other one does without, on a busy machine
        assert all(facts in (None, [number]) for number, facts in enumerate(kept))
        assert any(kept)


def test_a_writer_does_not_block_readers(path: Path) -> None:
    filled(path)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert FactsCache(path).get(FILE, NAME, False) == EVENTS
    finally:
        writer.execute("ROLLBACK")
        writer.close()


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert default_path().parent == tmp_path / "consolidate"
    assert f"py{sys.version_info.major}.{sys.version_info.minor}" in default_path().name


def test_events_from_the_cache_are_those_of_the_file(path: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(plant(tmp_path / "project", {"a.py": "import b\nx = b.y\n"}))
    fresh = Index(workspace, FactsCache(path))
    expected = fresh.events("a.py")
    assert expected
    fresh.cache.save()
    again = FactsCache(path)
    found = again.get(workspace.file("a.py"), ModuleName("a"), False)
    assert found is not None
    listed = [list(event) if isinstance(event, tuple) else event for event in expected]
    assert len(found) == len(listed)
    assert [event[0] for event in found] == [event[0] for event in listed]
