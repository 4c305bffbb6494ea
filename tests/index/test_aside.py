"""Work beside other work: the same result, wherever it was done and whatever became of it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from small_tree import plant

from consolidator.index import aside as aside_module
from consolidator.index.aside import aside
from consolidator.index.facts_cache import FactsCache
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.processes import can_fork
from consolidator.workspace import Workspace

FILES = {"a.py": "a = 1\n", "broken.py": "b = (\n"}


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside_module, "available_cores", lambda: 2)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(Workspace.open(plant(tmp_path / "p", FILES)), FactsCache(tmp_path / "facts"))


def length(text: str) -> int:
    compile(text, "", "exec")
    return len(text)


def never(text: str) -> int:
    raise AssertionError("it is known")


@pytest.mark.skipif(not can_fork(), reason="nothing is forked here")
def test_it_is_another_process(index: Index) -> None:
    assert aside(index, os.getpid)() != os.getpid()


def test_what_it_learns_is_known_here(index: Index) -> None:
    result = aside(index, lambda: file_facts(index, "length", length, FILES))
    assert result() == {"a.py": 6}
    assert list(index.unreadable) == ["broken.py"]
    assert file_facts(index, "length", never, ["a.py"]) == {"a.py": 6}
    index.cache.save()
    fresh = Index(index.workspace, FactsCache(index.cache.path))
    assert file_facts(fresh, "length", never, ["a.py"]) == {"a.py": 6}


def test_it_finds_what_is_known_here(index: Index) -> None:
    file_facts(index, "length", length, FILES)
    assert aside(index, lambda: file_facts(index, "length", never, ["a.py"]))() == {"a.py": 6}


def dies(here: int) -> Callable[[], str]:
    def work() -> str:
        if os.getpid() != here:
            os._exit(9)
        return "done here"

    return work


def test_one_that_dies_is_no_loss(index: Index) -> None:
    assert aside(index, dies(os.getpid()))() == "done here"


def test_a_defect_is_not_hidden(index: Index) -> None:
    def fails() -> None:
        raise KeyError("why")

    with pytest.raises(KeyError):
        aside(index, fails)()


def test_beside_a_thread_the_work_is_done_here(index: Index) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert aside(index, os.getpid)() == os.getpid()
    finally:
        done.set()
        thread.join()


def test_a_large_result(index: Index) -> None:
    assert len(aside(index, lambda: "x" * 5_000_000)()) == 5_000_000


@pytest.mark.skipif(not can_fork(), reason="nothing is forked here")
def test_one_whose_result_nobody_wants_ends(index: Index) -> None:
    result = aside(index, lambda: "x" * 5_000_000)
    (process,) = multiprocessing.active_children()
    del result
    process.join(30)
    assert process.exitcode is not None
