"""The search finds a cycle that a move would make, and puts up with one that was there."""

from __future__ import annotations

from pathlib import Path

from small_tree import drafted, opened

from consolidator.edits.import_trouble import import_trouble, trouble_of
from consolidator.edits.search import find_draft
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import survey
from consolidator.index.import_order import SimulatedProject, new_trouble
from consolidator.index.index import Index
from consolidator.index.simulation import simulate
from consolidator.names import ModuleName
from consolidator.plan import Move, MoveOptions

# The target needs Stays of the source, which would import C back from the target.
CYCLE = {
    "src.py": "class C:\n    pass\n\n\nclass Stays:\n    made = 1\n",
    "dst.py": "from src import Stays\n\nprint(Stays.made)\n",
}


def test_a_new_cycle_is_found_and_a_way_around_it(tmp_path: Path) -> None:
    trouble = import_trouble(drafted(tmp_path, CYCLE, "C"))
    assert {(item.first, item.failure.name) for item in trouble} == {("dst", "C"), ("src", "Stays")}
    index = opened(tmp_path / "again", CYCLE)
    move = Move(("C",), ModuleName("src"), ModuleName("dst"))
    outcome = find_draft(survey(index, move, MoveOptions()))
    assert not import_trouble(outcome.draft)
    assert outcome.attempts[0].problem.code == "import-cycle"


def test_a_lazy_leave_behind_makes_none(tmp_path: Path) -> None:
    draft = drafted(tmp_path, CYCLE, "C", strategy=Strategy(leave_behind="lazy"))
    assert not import_trouble(draft)


def test_a_cycle_that_was_there_is_no_new_trouble(tmp_path: Path) -> None:
    files = {
        "src.py": "from other import x\n\n\nclass C:\n    pass\n\n\ny = x\n",
        "other.py": "from src import y\n\nx = y\n",
        "dst.py": "",
    }
    assert not import_trouble(drafted(tmp_path, files, "C"))


def test_new_trouble_between_two_trees(tmp_path: Path) -> None:
    before = opened(tmp_path, {"a.py": "x = 1\n", "b.py": "from a import x\n"})
    after = before.after(before.workspace.with_changes({"a.py": b"y = 1\n"}))

    def found(old: Index, new: Index) -> list[tuple[str, str]]:
        names = [ModuleName("a"), ModuleName("b")]
        trouble = new_trouble(names, SimulatedProject(old), SimulatedProject(new), lambda k: k)
        return [(item.first, item.failure.name) for item in trouble]

    assert found(before, after) == [("b", "x")]
    assert found(after, after) == found(after, before) == found(before, before) == []


def test_a_risk_that_all_importers_of_a_package_take_is_no_news(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from pkg import config\n",
        "pkg/config.py": "import pkg.log\n\n\ndef note(x):\n    if x:\n        pkg.log.setup()\n"
        "\n\nnote(0)\n\n\ndef late():\n    pass\n",
        "pkg/log.py": "def setup():\n    from pkg.config import late\n\n    late()\n",
        "pkg/home.py": "",
        "src.py": "class C:\n    pass\n",
    }
    draft = drafted(tmp_path, files, "C", target="pkg.home")
    assert not import_trouble(draft)
    files["pkg/config.py"] = files["pkg/config.py"].replace("    if x:\n        ", "    ")
    draft = drafted(tmp_path / "certain", files, "C", target="pkg.home")
    assert [item.failure.name for item in import_trouble(draft)] == ["late"]


def test_a_plain_import_of_what_only_a_getattr_imported_is_tried(tmp_path: Path) -> None:
    lazy = (
        'def __getattr__(name):\n    if name == "C":\n        from b import C\n\n        return C\n'
    )
    files = {
        "a.py": "y = 1\nfrom b import D\n",
        "b.py": "from a import y\n\n\nclass C:\n    pass\n\n\nclass D:\n    pass\n",  # fails first
        "src.py": lazy + "    raise AttributeError(name)\n",
    }
    before = opened(tmp_path, files)
    changed = (files["src.py"] + "\n\nfrom b import D\n").encode()
    found = trouble_of(before, {"src.py": changed}, lambda key: key)
    assert [(item.first, item.failure.name) for item in found] == [("src", "D")]


def test_a_stub_without_its_module_offers_what_it_may(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": "from pkg._fast import run\n", "pkg/_fast.pyi": "def run(): ...\n"}
    project = SimulatedProject(opened(tmp_path, files))
    assert simulate(ModuleName("pkg"), project).succeeds


def test_what_only_a_branch_might_come_to_does_not_excuse_what_happens(tmp_path: Path) -> None:
    files = {
        "a.py": "import b\n\nlate = 1\n",
        "b.py": "import random\n\n\ndef ask():\n    from a import late\n\n    return late\n\n\n"
        "if random.random() > 2:\n    ask()\n",
    }
    before = opened(tmp_path, files)
    after = before.after(before.workspace.with_changes({"b.py": b"from a import late\n"}))
    names = [ModuleName("a")]
    assert [
        t.failure.name
        for t in new_trouble(
            names, SimulatedProject(before), SimulatedProject(after), lambda key: key
        )
    ] == ["late"]
