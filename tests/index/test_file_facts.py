"""Facts about files: computed once, in parallel where that pays, and whatever the files hold."""

from __future__ import annotations

import ast
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_tree import plant

import consolidator
from consolidator.index import extraction
from consolidator.index.extraction import extracted
from consolidator.index.facts_cache import FactsCache
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.workspace import SourceFile, Workspace

PARENT = os.getpid()


def words(text: str) -> list[str]:
    compile(text, "", "exec")
    return text.split()


def where(text: str) -> int:
    return os.getpid()


def dies_elsewhere(text: str) -> int:
    if os.getpid() != PARENT:
        os._exit(9)
    return len(text)


def too_deep(text: str) -> int:
    return too_deep(text) + 1 if "deep" in text else 0


def fails(text: str) -> None:
    raise KeyError(text)


def forbidden(text: str) -> None:
    raise AssertionError("it is in the cache")


@pytest.fixture
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "_FEW_BYTES", 0)
    monkeypatch.setattr(extraction, "_MOST_CHUNK_BYTES", 10)
    monkeypatch.setattr(extraction, "available_cores", lambda: 2)


def files(count: int) -> dict[str, SourceFile]:
    return {f"k{n}": SourceFile(f"m{n}.py", f"a{n} = {n}\n".encode()) for n in range(count)}


def nothing(done: int, total: int) -> None: ...


def index_of(root: Path, tree: dict[str, str | bytes], cache: Path | None = None) -> Index:
    return Index(Workspace.open(plant(root / "project", tree)), FactsCache(cache))


TREE: dict[str, str | bytes] = {
    "a.py": "a = 1\n",
    "same.py": "a = 1\n",
    "broken.py": "a = (\n",
    "latin.py": b"a = '\xff'\n",
}


def test_facts_by_path_and_the_reasons_of_the_others(tmp_path: Path) -> None:
    index = index_of(tmp_path, TREE)
    found = file_facts(index, "words", words, TREE)
    assert found == {"a.py": ["a", "=", "1"], "same.py": ["a", "=", "1"]}
    assert index.unreadable["broken.py"].startswith("line 1: ")
    assert "0xff" in index.unreadable["latin.py"]


def test_a_file_that_is_gone_has_no_facts(tmp_path: Path) -> None:
    index = index_of(tmp_path, {"pkg/a.py": "a = 1\n", "pkg/b.py": "b = 1\n"})
    fresh = Index(Workspace.open(index.workspace.root))
    (index.workspace.root / "pkg/b.py").unlink()
    assert list(file_facts(fresh, "words", words, fresh.workspace.paths())) in (
        ["pkg/a.py"],
        ["pkg/a.py", "pkg/b.py"],  # it was read before, when the project was opened
    )


def test_a_second_run_computes_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "facts.sqlite3"
    first = index_of(tmp_path, TREE, cache)
    found = file_facts(first, "words", words, TREE)
    first.cache.save()
    again = index_of(tmp_path, TREE, cache)
    assert file_facts(again, "words", forbidden, TREE) == found
    assert again.unreadable == first.unreadable


def test_kinds_and_contents_are_kept_apart(tmp_path: Path) -> None:
    cache = tmp_path / "facts.sqlite3"
    first = index_of(tmp_path, TREE, cache)
    file_facts(first, "words", words, TREE)
    assert file_facts(first, "words", forbidden, ["a.py"]) == {"a.py": ["a", "=", "1"]}
    first.cache.save()
    other = index_of(tmp_path, {**TREE, "a.py": "b = 2\n"}, cache)
    assert file_facts(other, "words", words, ["a.py"]) == {"a.py": ["b", "=", "2"]}
    assert file_facts(other, "letters", len, ["a.py"]) == {"a.py": 6}


def test_more_files_than_one_query_takes(tmp_path: Path) -> None:
    tree: dict[str, str | bytes] = {f"m{n}.py": f"a = {n}\n" for n in range(2000)}
    cache = tmp_path / "facts.sqlite3"
    first = index_of(tmp_path, tree, cache)
    found = file_facts(first, "length", len, tree)
    first.cache.save()
    assert file_facts(index_of(tmp_path, tree, cache), "length", forbidden, tree) == found
    assert len(found) == 2000


@pytest.mark.usefixtures("several_processes")
class TestSeveralProcesses:
    def test_what_they_find_is_what_one_finds(self) -> None:
        tree = {**files(30), "bad": SourceFile("bad.py", b"a = (\n")}
        found = extracted(words, tree, nothing)
        assert found == {k: v for c in [tree] for k, v in extraction._extract_chunk(
            words, list(c.items())).items()}  # fmt: skip
        assert found["k7"] == '[["a7","=","7"]]'
        assert found["bad"].startswith('"line 1: ')

    def test_other_processes_do_the_work(self) -> None:
        found = {int(text.strip("[]")) for text in extracted(where, files(30), nothing).values()}
        assert found and PARENT not in found

    def test_one_that_dies_is_no_loss(self) -> None:
        assert len(extracted(dies_elsewhere, files(30), nothing)) == 30

    def test_no_process_to_be_had(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object, **options: object) -> Any:
            raise OSError("no more processes")

        monkeypatch.setattr(extraction, "ProcessPoolExecutor", refuse)
        assert len(extracted(words, files(30), nothing)) == 30

    def test_a_defect_is_not_hidden(self) -> None:
        with pytest.raises(KeyError):
            extracted(fails, files(30), nothing)

    def test_progress_comes_to_an_end(self) -> None:
        told: list[tuple[int, int]] = []
        extracted(words, files(30), lambda *now: told.append(now))
        assert told == sorted(told)
        assert told[-1] == (30, 30)

    def test_beside_a_thread_nothing_is_forked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str | None] = []
        real = multiprocessing.get_context

        def spy(method: str | None = None) -> Any:
            asked.append(method)
            return real(method)

        monkeypatch.setattr(multiprocessing, "get_context", spy)
        done = threading.Event()
        thread = threading.Thread(target=done.wait)
        thread.start()
        try:
            assert len(extracted(words, files(30), nothing)) == 30
        finally:
            done.set()
            thread.join()
        assert asked == ["spawn"]


def test_few_files_start_no_process() -> None:
    assert set(extracted(where, files(3), nothing).values()) == {f"[{PARENT}]"}


def test_what_is_nested_too_deeply_is_left_out() -> None:
    deep = {"deep": SourceFile("deep.py", b"deep = 1\n"), "flat": SourceFile("f.py", b"a = 1\n")}
    found = extracted(too_deep, deep, nothing)
    assert found["flat"] == "[0]"
    assert "deep" in found["deep"]


def test_the_index_passes_progress_on(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    tell: Callable[[str, int, int], None] = lambda *now: told.append(now)  # noqa: E731
    index = Index(Workspace.open(plant(tmp_path, {"a.py": "a = 1\n"})), progress=tell)
    file_facts(index.after(index.workspace), "words", words, ["a.py"])
    assert told == [("words", 1, 1)]


def test_no_two_kinds_of_facts_share_a_key_in_the_cache() -> None:
    found: dict[str, set[str]] = {}
    for path in Path(consolidator.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "file_facts":
                _, kind, extract, _ = map(ast.unparse, node.args)
                found.setdefault(kind, set()).add(extract)
    assert found and [kind for kind, extracts in found.items() if len(extracts) > 1] == []
