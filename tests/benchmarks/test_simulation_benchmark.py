"""The simulation's benchmark: it reads corpora as they are installed, and its breaker breaks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import corpora, simulation
from benchmarks.breaking import Subject
from benchmarks.import_breaker import WAYS, broken
from benchmarks.simulated_trees import Tree
from consolidator.names import ModuleName

FILES = {
    "pkg/__init__.py": "from pkg import one\nfrom pkg.two import *\nimport dependency\n",
    "pkg/one.py": (
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "from pkg import two\n"
        "from pkg.two import Base\n"
        "__all__ = ['C']\n"
        "if TYPE_CHECKING:\n    import json\n"
        "class C(Base):\n    pass\n"
        "def f():\n    from pkg import three\n    return three\n"
    ),
    "pkg/two.py": "class Base:\n    pass\ndef g():\n    pass\n",
    "pkg/three.py": "from pkg.one import C\ndef h():\n    return C\n",
    "pkg/wrong.py": "from pkg.three import nothing\n",
    "pkg/_added/vendored/__init__.py": "",
}
MODULES = [ModuleName(n) for n in ("pkg", "pkg.one", "pkg.two", "pkg.three")]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> corpora.Corpus:
    """A corpus that stands in the cache as `corpora.install` leaves it."""
    corpus = corpora.Corpus("made", "1", ("pkg",), layout="src")
    monkeypatch.setenv("CONSOLIDATE_CORPORA", str(tmp_path))
    monkeypatch.setattr(corpora, "CORPORA", (corpus,))
    monkeypatch.setattr(simulation, "CORPORA", (corpus,))
    for path, text in FILES.items():
        (corpus.tree / "src" / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus.tree / "src" / path).write_text(text)
    corpus.site.mkdir(parents=True)
    (corpus.site / "dependency.py").touch()
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "made").write_text(corpus.stamp)
    return corpus


def test_every_corpus_is_taken_by_default(
    installed: corpora.Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulation.main([]) == 0
    assert "| made | 6 | 5 | 1 | 0 | 0 | 0 | 100.00 % | 0 |" in capsys.readouterr().out
    assert not list(installed.tree.rglob("__pycache__"))


def test_copies_are_broken_and_compared(
    installed: corpora.Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulation.main(["--broken", "4", "--seed", "1", "2", "--", "made"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("| all"))
    assert "100.00 %" in row and int(row.split("|")[4]) > 1
    assert {p.read_text() for p in installed.tree.rglob("*.py")} == set(FILES.values())


def test_folders_that_a_package_may_put_on_the_path(installed: corpora.Corpus) -> None:
    tree = Tree.of_corpus(installed)
    assert tree.find("vendored") is not None
    init = installed.tree / "src/pkg/__init__.py"
    init.write_text(f"import sys\nsys.path.append('_added')\n{init.read_text()}")
    assert Tree.of_corpus(installed).find("vendored") is None


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_breaking_finds_a_place(installed: corpora.Corpus, way: str) -> None:
    root = installed.tree / "src"
    chance = random.Random(3)
    edits = [broken(root, MODULES, chance, [way]) for _ in range(5)]
    for path, edit in [item for each in edits for item in each.items()]:
        assert edit.way == way
        assert edit.data != path.read_bytes()
    assert any(edits)


def test_a_base_is_swapped_with_its_import() -> None:
    text = "from a import B\n@deco\nclass C(\n    B,\n):\n    x = 1\n"
    root = Path(__file__).parent
    subject = Subject(text, root / "m.py", root, [ModuleName("made")], random.Random(1))
    subject.defined = lambda module, kinds: ["Other"]  # type: ignore[method-assign]
    start, end, new = WAYS["swap-base"](subject) or (0, 0, "")
    lines = text.splitlines(keepends=True)
    assert "".join([*lines[:start], new, *lines[end:]]) == (
        "from a import B\nfrom made import Other\n@deco\nclass C(Other):\n    x = 1\n"
    )
