"""`consolidate cache`, and what is told of progress."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from consolidator.cli import DONE, USAGE, progress, run_cli
from consolidator.index.cache_files import default_path
from consolidator.index.facts_cache import FactsCache


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return default_path().parent


def fill(path: Path) -> None:
    cache = FactsCache(path)
    cache.keep({"a": "1", "b": "2", "c": "3"})
    cache.save()
    cache.close()


class TestCache:
    def test_info_of_nothing(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run_cli(["cache", "info"]) == DONE
        lines = capsys.readouterr().out.splitlines()
        assert lines == [f"folder\t{place}", "size\t0.0 MB", "versions\t0"]

    def test_info(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        fill(default_path())
        fill(place / "facts-0.0.1-old.sqlite3")
        (place / "facts-0.0.2-bad.sqlite3").write_bytes(b"x" * 200_000)
        assert run_cli(["cache", "info"]) == DONE
        out = capsys.readouterr().out
        assert "size\t0.2 MB\nversions\t3\n" in out
        rows = {line.split("\t")[0]: line for line in out.splitlines()[3:]}
        assert "3 entries" in rows[default_path().name]
        assert rows[default_path().name].endswith("(this version)")
        assert "(this version)" not in rows["facts-0.0.1-old.sqlite3"]
        assert "cannot be read" in rows["facts-0.0.2-bad.sqlite3"]

    def test_clear(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        fill(default_path())
        fill(place / "facts-0.0.1-old.sqlite3")
        (place / "other").write_text("not ours")
        assert run_cli(["cache", "clear"]) == DONE
        assert capsys.readouterr().out.startswith("removed 2 files, ")
        assert [path.name for path in place.iterdir()] == ["other"]

    def test_something_else(self) -> None:
        assert run_cli(["cache", "fill"]) == USAGE


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    def shown(self, monkeypatch: pytest.MonkeyPatch, file: io.StringIO, patience: float) -> str:
        screen = Console(file=file, force_terminal=True, width=60)
        monkeypatch.setattr(progress, "console", lambda: screen)
        monkeypatch.setattr(progress, "_PATIENCE", patience)
        monkeypatch.setattr(progress, "_BETWEEN", 0)
        with progress.progress_on_terminal() as tell:
            tell("outline", 100, 5000)
            tell("outline", 200, 5000)
        return file.getvalue()

    def test_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = self.shown(monkeypatch, Terminal(), -1)
        assert "outline" in written
        assert "200/5000" in written

    def test_not_for_what_is_soon_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.shown(monkeypatch, Terminal(), 60) == ""

    def test_not_into_a_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.shown(monkeypatch, io.StringIO(), -1) == ""
