"""Skipping what refused a move must tell needless refusals from justified ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import movers, needless, trees
from benchmarks.judge import Bench
from benchmarks.probe import Baseline, Environment, Probe
from benchmarks.results import Results
from benchmarks.sample import Move
from benchmarks.slots import Slot
from benchmarks.texts import Texts

WRITERS = """\
WRITERS = []


def writer(made):
    WRITERS.append(made)
    return made


@writer
class Text:
    pass


@writer
class Csv:
    pass


@writer
class Tsv(Csv):
    pass


def first():
    return WRITERS[0]
"""
PATHS = """\
class Here:
    file = __file__
"""
TWICE = """\
class Order:
    version = 1


OLD = Order.version


class Order:
    version = 2
"""
# The package imports `parts` first, that needs `sizes` at once, and `sizes` would need `parts`.
CYCLE = """\
from shop.parts import Part


class Whole(Part):
    pass
"""
SHOP = {
    "shop/__init__.py": "import shop.parts\n",
    "shop/writers.py": WRITERS,
    "shop/paths.py": PATHS,
    "shop/twice.py": TWICE,
    "shop/wholes.py": CYCLE,
    "shop/parts.py": "from shop.sizes import SIZE\n\n\nclass Part:\n    size = SIZE\n",
    "shop/sizes.py": "SIZE = 3\n",
    "shop/other.py": "",
}


@pytest.fixture(scope="module")
def slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slot]:
    folder = tmp_path_factory.mktemp("shop")
    pristine, tree, site = folder / "pristine", folder / "copy", folder / "site"
    trees.write(pristine, {path: text.encode() for path, text in SHOP.items()}, folder)
    trees.copy_tree(pristine, tree)
    untouched = Environment(pristine, site, folder / "bytecode-pristine")
    environment = Environment(tree, site, folder / "bytecode")
    with Probe(untouched) as before, Probe(environment) as after:
        baseline = Baseline(before, folder / "baseline", "1")
        bench = Bench(pristine, tree, baseline, after, Texts.read(pristine))
        yield Slot(pristine, trees.snapshot(pristine), environment, folder / "state", bench)


def asked_again(slot: Slot, name: str, source: str, target: str) -> dict[str, Any]:
    """What became of one move, asked for again."""
    move = Move("shop", 0, name, f"shop.{source}", f"shop/{source}.py", f"shop.{target}",
                f"shop/{target}.py", "sibling")  # fmt: skip
    results = Results(slot.state.parent / f"{name}.jsonl")
    server = movers.Server()
    needless.Skipper(server, results, 60)(move, slot)
    server.close()
    assert slot.changed() == []
    return results.records[move.key]


def test_what_works_once_it_is_accepted_was_refused_needlessly(slot: Slot) -> None:
    found = asked_again(slot, "Csv", "writers", "other")

    assert found["needless"] == needless.NEEDLESS
    assert [each["way"] for each in found["tries"]] == ["as it is", "--accept registration-order"]


def test_what_means_something_else_once_it_is_accepted_was_not(slot: Slot) -> None:
    found = asked_again(slot, "Here", "paths", "other")

    assert found["needless"] == needless.JUSTIFIED
    assert "meaning: shop.other.Here" in str(found["tries"][-1]["findings"])


def test_a_cycle_that_really_fails_is_tried_draft_by_draft(slot: Slot) -> None:
    found = asked_again(slot, "Whole", "wholes", "sizes")

    drafts = [each for each in found["tries"] if each["notes"]]
    assert found["needless"] == needless.JUSTIFIED
    assert len(drafts) > 1
    assert all(each["findings"] for each in drafts)


def test_what_gives_no_result_cannot_be_skipped(slot: Slot) -> None:
    found = asked_again(slot, "Order", "twice", "other")

    assert found["needless"] == needless.UNSKIPPABLE
    assert {each["codes"] for each in found["tries"]} == {("defined-twice",)}
