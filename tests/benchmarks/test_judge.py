"""The judge must catch each way in which a move can break a package, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import movers, moves, trees
from benchmarks.judge import Bench, Verdict, _meanings, _taken_out, judge
from benchmarks.probe import Baseline, Environment, Probe
from benchmarks.results import Results
from benchmarks.sample import Move
from benchmarks.slots import Slot
from benchmarks.testing import baseline_tests, new_failures, run_test_file, select_tests
from benchmarks.texts import Texts

MODELS = """\
import json
import os

LIMIT = 3
STATE = {}


def _check(order):
    return order.size <= LIMIT


class Order:
    size = 2

    def save(self):
        STATE[self.size] = json.dumps({"ok": _check(self), "most": LIMIT})
        return STATE


def count():
    return len(STATE)
"""
ORDER = MODELS[MODELS.index("class Order") : MODELS.index("def count")]
# A package that gives its classes its own name as soon as they are asked for.
LAZY_PACKAGE = """\
def __getattr__(name):
    if name != "Base":
        raise AttributeError(name)
    from shop.lazy.base import Base

    Base.__module__ = __name__
    return Base


def __dir__():
    return ["Base"]
"""
LAZY_HOME = "class Base:\n    pass\n"
BASE_LEFT = "from shop.lazy.home import Base\n"
PRINTER = """\
class Printer:
    def show(self):
        logging.getLogger(name=__name__).info(type(self).__name__)
"""
GENERIC = """\
import sys


class Generic:
    def __class_getitem__(cls, item):
        sys._getframe(1).f_globals[f"{cls.__name__}[{item.__name__}]"] = cls
        return cls
"""
BOX = "from shop.generic import Generic\n\n\nclass Box(Generic[int]):\n    pass\n"
WORD = "import os\n\n\nclass Word:\n    separator = os.sep\n"
# A class that carries its module in its name, as the steps of celery do.
STEP = 'class Step:\n    pass\n\n\nStep.__qualname__ = f"{Step.__module__}.Step"\n'
# A module that asks for settings which nobody makes, as those of Django.
ASKING = """\
class ImproperlyConfigured(Exception):
    pass


def ask(name):
    raise ImproperlyConfigured(f"{name}: no settings")
"""
LETTER = "import os\n\n\nclass Letter:\n    def path(self):\n        return {}\n"
PAPER = "class Paper:\n    pass\n\n\n"
BILL = "from shop.papers import Paper\n\n\nclass Bill(Paper):\n    pass\n"
TABLE = "TABLE = [each.__name__ for each in Paper.__subclasses__()]\n"
ROLE = "class Role:\n    pass\n"
# A module that needs a package which is not installed here, and says so once more.
WIRES = """\
from telegraph.errors import Gone

try:
    import telegraph
except ImportError as error:
    raise ImportError("install shop[wires]") from error


class Wire:
    def send(self):
        return telegraph, Gone
"""
SEATS = "class Seat:\n    pass\n\n\nclass Show:\n    seat = Seat\n"
SHOP = {
    "shop/wires.py": WIRES,
    "shop/steps.py": STEP,
    "shop/letters.py": LETTER.format("os.path.dirname(__file__)"),
    "shop/notes.py": LETTER.format("__file__"),
    "shop/papers.py": f"{PAPER}class Bill(Paper):\n    pass\n\n\n{TABLE}",
    "shop/asking.py": ASKING,
    "shop/roles.py": f"from shop.asking import ask\n\nask('A')\n\n\n{ROLE}",
    "shop/__init__.py": "",
    "shop/models.py": MODELS,
    "shop/carts.py": "LIMIT = 9\n\n\nclass Cart:\n    pass\n",
    "shop/report.py": "from shop.models import Order, os\n\n\ndef show():\n    return Order()\n",
    "shop/lists.py": '__all__ = ["Ticket"]\n\n\nclass Ticket:\n    pass\n',
    "shop/stars/__init__.py": "from shop.stars.lists import *\n\n__all__ = ['Ticket']\n",
    "shop/stars/lists.py": "class Ticket:\n    pass\n",
    "shop/halls/__init__.py": "from shop.halls.seats import *\n\n__all__ = ['Seat', 'Show']\n",
    "shop/halls/seats.py": SEATS,
    "shop/trade.py": "from shop.stars import Ticket\nfrom shop.carts import *\n",
    "shop/bundle/__init__.py": "from shop.bundle import parts\n",
    "shop/bundle/parts.py": "SIZE = 2\n",
    "shop/counting.py": "import shop.bundle\n\n\ndef size():\n    return shop.bundle.parts.SIZE\n",
    "shop/lazy/__init__.py": LAZY_PACKAGE,
    "shop/lazy/base.py": "class Base:\n    pass\n",
    "shop/lazy/home.py": "",
    "shop/logs.py": "import logging\n\n\n" + PRINTER,
    "shop/generic.py": GENERIC,
    "shop/things.py": BOX,
    "shop/words.py": WORD.replace("\n\n\n", '\n\n__all__ = ["Word"]\n\n\n'),
    "shop/texts.py": "import os\n\nfrom shop.words import *\n",
    "shop/tests/__init__.py": "",
    "shop/tests/test_models.py": (
        "from shop.models import Order\n\n\n"
        "def test_size():\n    assert Order().size == 2\n\n\n"
        "def test_that_never_passed():\n    assert Order().size == 7\n"
    ),
}
LEAVE_BEHIND = "from shop.orders import LIMIT, STATE, Order, _check\n\n\n"
# A move as it should be: what the class needs travels along and stays on offer.
GOOD = {
    "shop/models.py": "import os\n\n" + LEAVE_BEHIND + MODELS[MODELS.index("def count") :],
    "shop/orders.py": MODELS[: MODELS.index("def count")].replace("import os\n", ""),
}
MOVE = Move("shop", 0, "Order", "shop.models", "shop/models.py", "shop.orders", "shop/orders.py",
            "new")  # fmt: skip
INTO_CARTS = Move("shop", 1, "Order", "shop.models", "shop/models.py", "shop.carts",
                  "shop/carts.py", "sibling")  # fmt: skip

DOWN = Move("shop", 2, "Base", "shop.lazy.base", "shop/lazy/base.py", "shop.lazy.home",
            "shop/lazy/home.py", "sibling")  # fmt: skip
TO_PRINTERS = Move("shop", 3, "Printer", "shop.logs", "shop/logs.py", "shop.printers",
                   "shop/printers.py", "new")  # fmt: skip

TO_STAIRS = Move("shop", 4, "Step", "shop.steps", "shop/steps.py", "shop.stairs",
                 "shop/stairs.py", "new")  # fmt: skip
TO_PARTS = Move("shop", 5, "Role", "shop.roles", "shop/roles.py", "shop.players",
                "shop/players.py", "new")  # fmt: skip
TO_POSTS = Move("shop", 7, "Wire", "shop.wires", "shop/wires.py", "shop.posts",
                "shop/posts.py", "new")  # fmt: skip
TO_ROLES = Move("shop", 6, "Ticket", "shop.lists", "shop/lists.py", "shop.roles",
                "shop/roles.py", "sibling")  # fmt: skip


@pytest.fixture(scope="module")
def slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slot]:
    folder = tmp_path_factory.mktemp("shop")
    pristine = folder / "pristine"
    trees.write(pristine, {path: text.encode() for path, text in SHOP.items()}, folder)
    tree = folder / "copy"
    trees.copy_tree(pristine, tree)
    site = Path(pytest.__file__).parent.parent
    untouched = Environment(pristine, site, folder / "bytecode-pristine")
    environment = Environment(tree, site, folder / "bytecode")
    with Probe(untouched) as before, Probe(environment) as after:
        baseline = Baseline(before, folder / "baseline", "1")
        bench = Bench(pristine, tree, baseline, after, Texts.read(pristine))
        clean = trees.snapshot(pristine)
        yield Slot(pristine, clean, environment, folder / "state", bench)


def judged(slot: Slot, files: dict[str, str], move: Move = MOVE) -> Verdict:
    write(slot, files)
    try:
        return judge(move, slot.bench, trees.snapshot(slot.tree).changed_since(slot.clean))
    finally:
        slot.restore()


def write(slot: Slot, files: dict[str, str]) -> None:
    changed = {path: text.encode() for path, text in files.items()}
    trees.write(slot.tree, changed, slot.environment.bytecode)


def checks(verdict: Verdict) -> set[str]:
    return {finding.check for finding in verdict.findings}


def test_a_good_move_is_not_held_against_the_tool(slot: Slot) -> None:
    verdict = judged(slot, GOOD)

    assert verdict.findings == []
    assert verdict.removed == ["shop.models.json"]
    assert verdict.imported == 4


def test_a_cycle_is_caught_even_where_only_one_first_import_fails(slot: Slot) -> None:
    cyclic = "import shop.models\n" + GOOD["shop/orders.py"]

    verdict = judged(slot, GOOD | {"shop/orders.py": cyclic})

    failing = {finding.where for finding in verdict.findings if finding.check == "import"}
    assert failing == {"shop.orders"}


def test_an_import_that_others_read_must_stay(slot: Slot) -> None:
    models = GOOD["shop/models.py"].replace("import os\n", "")

    verdict = judged(slot, GOOD | {"shop/models.py": models})

    assert "import" in checks(verdict)


def test_an_import_may_go_with_the_type_comment_that_named_it(slot: Slot) -> None:
    extra = (
        "from typing import Sequence, final  # noqa\n{}"
        "@final\ndef lines():\n    # type: () -> Sequence[str]\n"
    )
    before, after = slot.bench.pristine / "before.py", slot.bench.pristine / "after.py"
    try:
        before.write_text(extra.format("") + "    return []\n")
        after.write_text("")
        taken = _taken_out(before, after)
        assert "Sequence" in taken
        assert "@final" in taken
    finally:
        before.unlink()
        after.unlink()


def test_a_name_read_later_is_missed(slot: Slot) -> None:
    models = GOOD["shop/models.py"].replace("def count", "def counted")

    verdict = judged(slot, GOOD | {"shop/models.py": models})

    assert [(each.check, each.where) for each in verdict.findings] == [
        ("names", "shop.models.count")
    ]


def test_the_class_must_stay_at_its_old_name(slot: Slot) -> None:
    files = {
        "shop/models.py": GOOD["shop/models.py"].replace(" Order,", ""),
        "shop/orders.py": GOOD["shop/orders.py"],
        "shop/report.py": SHOP["shop/report.py"].replace(
            "from shop.models import Order, os",
            "from shop.models import os\nfrom shop.orders import Order",
        ),
        "shop/tests/test_models.py": SHOP["shop/tests/test_models.py"].replace("models", "orders"),
    }

    verdict = judged(slot, files)

    assert [each.detail for each in verdict.findings] == ["the class is gone from its old module"]


LAZY = """\
def __getattr__(name):
    if name == "Order":
        from shop.orders import Order

        return Order
    raise AttributeError(name)


"""


@pytest.mark.parametrize(("asked", "held_against"), [("os.path.dirname(__file__)", False),
                                                     ("__file__", True)])  # fmt: skip
def test_the_folder_of_a_file_is_the_same_beside_it(
    slot: Slot, asked: str, held_against: bool
) -> None:
    path = "shop/letters.py" if asked != "__file__" else "shop/notes.py"
    old = path[:-3].replace("/", ".")
    to_mail = Move("shop", 8, "Letter", old, path, "shop.mail", "shop/mail.py", "new")
    files = {path: "from shop.mail import Letter\n", "shop/mail.py": LETTER.format(asked)}

    assert ("meaning" in checks(judged(slot, files, to_mail))) == held_against


def test_a_table_must_not_lack_what_is_made_too_late(slot: Slot) -> None:
    to_bills = Move("shop", 7, "Bill", "shop.papers", "shop/papers.py", "shop.bills",
                    "shop/bills.py", "new")  # fmt: skip
    left = LAZY.replace("orders", "bills").replace("Order", "Bill")

    verdict = judged(
        slot, {"shop/papers.py": f"{PAPER}{left}{TABLE}", "shop/bills.py": BILL}, to_bills
    )

    assert [(each.check, each.where) for each in verdict.findings] == [
        ("table", "shop.papers.TABLE")
    ]


def test_a_name_that_nobody_can_write_is_not_missed(slot: Slot) -> None:
    to_boxes = Move("shop", 4, "Box", "shop.things", "shop/things.py", "shop.boxes",
                    "shop/boxes.py", "new")  # fmt: skip
    left = "from shop.boxes import Box\n"

    found = judged(slot, {"shop/things.py": left, "shop/boxes.py": BOX}, to_boxes)

    assert not found.findings


def test_a_lazy_name_is_on_offer(slot: Slot) -> None:
    models = GOOD["shop/models.py"].replace(" Order,", "").replace("def count", LAZY + "def count")

    verdict = judged(slot, GOOD | {"shop/models.py": models})

    assert verdict.findings == []


def test_a_lazy_name_is_lost_on_who_imports_everything(slot: Slot) -> None:
    models = GOOD["shop/models.py"].replace(" Order,", "").replace("def count", LAZY + "def count")
    everything = {"shop/report.py": "from shop.models import *\n\n\ndef show():\n    return 1\n"}

    verdict = judged(slot, GOOD | {"shop/models.py": models} | everything)

    assert ("shop.models.__all__", "no Order for shop/report.py") in {
        (each.where, each.detail) for each in verdict.findings
    }


def test_what_is_listed_stays_listed(slot: Slot) -> None:
    before, after = '__all__ = ["Ticket"]\n', "__all__ = []\n"
    ticket = "class Ticket:\n    pass\n"
    move = Move("shop", 2, "Ticket", "shop.lists", "shop/lists.py", "shop.tickets",
                "shop/tickets.py", "new")  # fmt: skip

    kept = judged(
        slot,
        {"shop/lists.py": before + "from shop.tickets import Ticket\n", "shop/tickets.py": ticket},
        move,
    )
    lost = judged(
        slot,
        {"shop/lists.py": after + "from shop.tickets import Ticket\n", "shop/tickets.py": ticket},
        move,
    )

    assert kept.findings == []
    assert [each.detail for each in lost.findings] == ["Ticket is no longer listed"]


def test_a_star_import_takes_only_what_is_listed(slot: Slot) -> None:
    left = '__all__ = ["Word"]\n\nfrom shop.spelling import Word\n'
    move = Move("shop", 4, "Word", "shop.words", "shop/words.py", "shop.spelling",
                "shop/spelling.py", "new")  # fmt: skip

    verdict = judged(slot, {"shop/words.py": left, "shop/spelling.py": WORD}, move)

    assert verdict.findings == []
    assert verdict.removed == ["shop.words.os"]


def test_a_star_importer_may_import_the_class_by_itself(slot: Slot) -> None:
    lazy = (
        "def __getattr__(name):\n"
        "    if name != 'Ticket':\n"
        "        raise AttributeError(name)\n"
        "    from shop.stars.tickets import Ticket\n\n"
        "    return Ticket\n"
    )
    move = Move("shop", 5, "Ticket", "shop.stars.lists", "shop/stars/lists.py",
                "shop.stars.tickets", "shop/stars/tickets.py", "new")  # fmt: skip
    files = {
        "shop/stars/lists.py": lazy,
        "shop/stars/tickets.py": "class Ticket:\n    pass\n",
    }
    own = "from shop.stars.lists import *\n\n__all__ = ['Ticket']\n"

    lost = judged(slot, files, move)
    kept = judged(
        slot,
        files | {"shop/stars/__init__.py": "from shop.stars.tickets import Ticket\n" + own},
        move,
    )
    by_star = judged(
        slot, files | {"shop/stars/__init__.py": "from shop.stars.tickets import *\n" + own}, move
    )

    assert "names" in checks(lost)
    assert kept.findings == []
    assert by_star.findings == []


def test_a_helper_that_travelled_comes_with_the_star_of_the_home(slot: Slot) -> None:
    lazy = (
        "def __getattr__(name):\n"
        "    from shop.halls import shows\n\n"
        "    return getattr(shows, name)\n"
    )
    move = Move("shop", 6, "Show", "shop.halls.seats", "shop/halls/seats.py",
                "shop.halls.shows", "shop/halls/shows.py", "new")  # fmt: skip
    moved = {"shop/halls/seats.py": lazy, "shop/halls/shows.py": SEATS}
    own = SHOP["shop/halls/__init__.py"]

    lost = judged(slot, moved, move)
    by_star = judged(
        slot, moved | {"shop/halls/__init__.py": "from shop.halls.shows import *\n" + own}, move
    )

    assert "names" in checks(lost)
    assert by_star.findings == []


def test_a_star_importer_keeps_the_namesake_that_it_has(slot: Slot) -> None:
    carts = SHOP["shop/carts.py"] + "\n\nclass Ticket:\n    pass\n"
    move = Move("shop", 6, "Ticket", "shop.lists", "shop/lists.py", "shop.carts",
                "shop/carts.py", "sibling")  # fmt: skip
    left = {"shop/lists.py": '__all__ = ["Ticket"]\n\nfrom shop.carts import Ticket\n'}

    verdict = judged(slot, {"shop/carts.py": carts, **left}, move)

    assert [(each.check, each.where) for each in verdict.findings] == [
        ("identity", "shop.trade.Ticket")
    ]


def test_a_copy_is_not_a_move(slot: Slot) -> None:
    verdict = judged(slot, {"shop/orders.py": GOOD["shop/orders.py"]})

    assert "identity" in checks(verdict)


def test_a_class_may_carry_its_module_in_its_name(slot: Slot) -> None:
    left = "from shop.stairs import Step\n"

    verdict = judged(slot, {"shop/stairs.py": STEP, "shop/steps.py": left}, TO_STAIRS)

    assert verdict.findings == []


def test_what_is_missing_for_want_of_settings_may_be_asked_in_another_order(slot: Slot) -> None:
    left = "from shop.asking import ask\nfrom shop.players import Role\n\nask('B')\n"

    verdict = judged(slot, {"shop/players.py": ROLE, "shop/roles.py": left}, TO_PARTS)

    assert verdict.findings == []


def test_a_package_that_is_missing_may_be_missed_in_other_words(slot: Slot) -> None:
    explained = WIRES[WIRES.index("try:") : WIRES.index("class ")]
    moved = {
        "shop/wires.py": explained + "from shop.posts import Wire\n",
        "shop/posts.py": "class Wire:\n    def send(self):\n        import telegraph\n",
    }

    assert judged(slot, moved, TO_POSTS).findings == []


def test_a_lazy_name_is_to_be_had_once_there_are_settings(slot: Slot) -> None:
    lazy = LAZY.replace("shop.orders", "shop.roles").replace("Order", "Ticket")
    moved = {
        "shop/lists.py": f'__all__ = ["Ticket"]  # noqa: F822\n\n\n{lazy}',
        "shop/roles.py": SHOP["shop/roles.py"] + "\n\nclass Ticket:\n    pass\n",
    }

    assert judged(slot, moved, TO_ROLES).findings == []


def test_an_import_is_not_a_move(slot: Slot) -> None:
    verdict = judged(slot, {"shop/orders.py": "from shop.models import Order\n"})

    assert "__module__ is shop.models" in {each.detail for each in verdict.findings}


def test_a_name_that_only_a_call_needs_must_be_bound(slot: Slot) -> None:
    forgotten = GOOD["shop/orders.py"].replace("import json\n", "")

    verdict = judged(slot, GOOD | {"shop/orders.py": forgotten})

    assert checks(verdict) == {"lint", "unbound"}


def test_a_file_that_does_not_parse_is_caught(slot: Slot) -> None:
    verdict = judged(slot, GOOD | {"shop/orders.py": "class Order\n"})

    assert {"lint", "import"} <= checks(verdict)


def test_a_name_of_the_target_must_not_capture_one_of_the_class(slot: Slot) -> None:
    carts = GOOD["shop/orders.py"] + "\n\n" + SHOP["shop/carts.py"]
    models = GOOD["shop/models.py"].replace("shop.orders", "shop.carts")

    verdict = judged(slot, {"shop/models.py": models, "shop/carts.py": carts}, INTO_CARTS)

    assert [each.detail for each in verdict.findings] == [
        "was builtins.int 3, is builtins.int 9",
    ]


def test_state_must_not_become_two(slot: Slot) -> None:
    models = GOOD["shop/models.py"].replace(" STATE,", "").replace("def", "STATE = {}\n\n\ndef")

    verdict = judged(slot, GOOD | {"shop/models.py": models})

    assert [each.detail for each in verdict.findings] == ["is now two different objects"]


def test_the_meaning_of_a_constant_is_compared(slot: Slot) -> None:
    orders = GOOD["shop/orders.py"].replace("import json", "import ast as json")

    verdict = judged(slot, GOOD | {"shop/orders.py": orders})

    assert [each.detail for each in verdict.findings] == ["was module json, is module ast"]


def test_the_time_of_an_import_is_no_meaning(slot: Slot) -> None:
    was = {"CTIME": "builtins.str '2026-11-30 21:46+0000'", "DAY": "builtins.str '2026-11-30'"}
    now = {"CTIME": "builtins.str '2026-11-30 21:47+0000'", "DAY": "builtins.str '2026-12-01'"}
    case = SimpleNamespace(steps=[MOVE])

    found = [each.where for each in _meanings(MOVE, case, was, now)]  # type: ignore[arg-type]

    assert found == [f"{MOVE.target}.{MOVE.class_name}: DAY"]


def test_a_submodule_that_others_read_must_stay_loaded(slot: Slot) -> None:
    verdict = judged(slot, GOOD | {"shop/bundle/__init__.py": ""})

    assert [(each.check, each.where) for each in verdict.findings] == [
        ("names", "shop.bundle.parts")
    ]


def test_a_package_that_names_its_classes_changes_nothing_below_it(slot: Slot) -> None:
    verdict = judged(slot, {"shop/lazy/home.py": LAZY_HOME, "shop/lazy/base.py": BASE_LEFT}, DOWN)

    assert verdict.findings == []


def test_the_name_of_a_logger_is_each_modules_own(slot: Slot) -> None:
    before = SHOP["shop/logs.py"]
    moved = "\n\n\n".join((before[: before.index("class Printer")].strip(), PRINTER))

    verdict = judged(
        slot,
        {"shop/printers.py": moved, "shop/logs.py": "from shop.printers import Printer\n"},
        TO_PRINTERS,
    )

    assert verdict.findings == []


def test_new_failures_of_the_packages_tests_count_and_old_ones_do_not(slot: Slot) -> None:
    files = select_tests(MOVE, slot.tree, slot.bench.texts)
    before = baseline_tests(slot.bench.baseline, slot.environment, files)
    write(slot, GOOD | {"shop/orders.py": GOOD["shop/orders.py"].replace("size = 2", "size = 1")})
    after = run_test_file(slot.environment, files[0])
    slot.restore()

    found = new_failures(before[files[0]], after, files[0])

    assert [each.detail for each in found] == ["shop/tests/test_models.py::test_size"]
    assert new_failures(before[files[0]], before[files[0]], files[0]) == []


FAKE = """\
import pathlib, sys
root = pathlib.Path(sys.argv[sys.argv.index("--root") + 1])
file = root / "shop" / "models.py"
kept = root.parent / "kept"
if sys.argv[1] == "undo":
    {undo}
    sys.exit(0)
kept.write_bytes(file.read_bytes())
{move}
"""


@pytest.mark.parametrize(
    ("move", "undo", "outcome", "check"),
    [
        ("file.write_text('x = 1')", "file.write_bytes(kept.read_bytes())", "moved", None),
        ("file.write_text('x = 1')", "pass", "moved", "undo"),
        ("pass", "pass", "moved", "moved"),
        ("sys.exit(3)", "pass", "refused", None),
        ("file.write_text(''); sys.exit(3)", "pass", "refused", "dirty"),
        ("1 / 0", "pass", "crashed", None),
    ],
)
def test_the_tool_is_held_to_its_exit_codes(
    slot: Slot, tmp_path: Path, move: str, undo: str, outcome: str, check: str | None
) -> None:
    script = tmp_path / "fake.py"
    script.write_text(FAKE.format(move=move, undo=undo))
    results = Results(tmp_path / "results.jsonl")
    tool = moves.Tool("consolidate", movers.own_process((sys.executable, str(script))), 60)

    moves.attempt(tool, MOVE, slot, results)

    record = Results(tmp_path / "results.jsonl").records[MOVE.key]
    assert record["attempt"]["outcome"] == outcome
    assert [each["check"] for each in record["attempt_findings"]] == ([check] if check else [])
    assert trees.snapshot(slot.tree) == slot.clean


def test_codes_are_read_from_the_report(slot: Slot, tmp_path: Path) -> None:
    report = '{"version": 1, "problems": [{"code": "ambiguous-name", "message": "two of it"}]}'
    script = tmp_path / "fake.py"
    script.write_text(FAKE.format(move=f"print('''{report}'''); sys.exit(3)", undo="pass"))
    results = Results(tmp_path / "results.jsonl")

    moves.attempt(
        moves.Tool("consolidate", movers.own_process((sys.executable, str(script))), 60),
        MOVE,
        slot,
        results,
    )

    assert results.records[MOVE.key]["attempt"]["codes"] == ("ambiguous-name",)
