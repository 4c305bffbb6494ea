"""Jobs come after what they need."""

from __future__ import annotations

from pathlib import Path

from small_tree import opened

from consolidator.names import ModuleName, QualifiedName
from consolidator.plan.order import Job, in_order

FILES = {
    "a.py": "class Base: pass\n\ndef helper(): pass\n",
    "b.py": "from a import Base, helper\n\nclass Sub(Base):\n    def m(self): helper()\n",
}


def name(text: str) -> QualifiedName:
    module, _, last = text.rpartition(".")
    return QualifiedName(ModuleName(module), last)


def job(item: str, takes: str = "", gives: str = "", asks: str = "") -> Job[str]:
    return Job(item, *(tuple(map(name, text.split())) for text in (takes, gives, asks)))


def test_a_base_comes_before_its_subclass_which_rests_on_it(tmp_path: Path) -> None:
    jobs = [job("sub", "b.Sub", "c.Sub"), job("base", "a.Base", "c.Base")]
    steps = in_order(opened(tmp_path, FILES), jobs)
    assert [step.job.item for step in steps] == ["base", "sub"]
    assert [step.rests_on for step in steps] == [frozenset(), frozenset({0})]


def test_what_is_called_later_comes_first_and_is_not_rested_on(tmp_path: Path) -> None:
    jobs = [job("sub", "b.Sub", "c.Sub"), job("helper", "a.helper", "c.helper")]
    steps = in_order(opened(tmp_path, FILES), jobs)
    assert [step.job.item for step in steps] == ["helper", "sub"]
    assert steps[1].rests_on == frozenset()


def test_a_chain_of_moves_rests_on_its_beginning(tmp_path: Path) -> None:
    jobs = [job("second", "c.Base", "d.Base"), job("first", "a.Base", "c.Base")]
    steps = in_order(opened(tmp_path, FILES), jobs)
    assert [step.job.item for step in steps] == ["first", "second"]
    assert steps[1].rests_on == frozenset({0})


def test_a_cycle_is_cut_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    files = {"a.py": "import b\nclass A: x = b.B\n", "b.py": "import a\nclass B: x = a.A\n"}
    jobs = [job("a", "a.A", "b.A"), job("b", "b.B", "a.B"), job("c", "a.A", "c.A")]
    steps = in_order(opened(tmp_path, files), jobs)
    assert sorted(step.job.item for step in steps) == ["a", "b", "c"]
