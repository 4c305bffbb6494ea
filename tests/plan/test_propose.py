"""From a little project to what is proposed for it: what is sure, and what is left to a person."""

from __future__ import annotations

from pathlib import Path

from test_home import ground_of

from consolidator.finders.finders import find_all
from consolidator.plan.plan import Plan
from consolidator.plan.propose import plan_from, proposals_for


def planned(root: Path, files: dict[str, str], *, allow_schema: bool = False) -> Plan:
    ground = ground_of(root, files)
    found = find_all(ground.scene).found
    return plan_from(proposals_for(ground, found, found, allow_schema=allow_schema))


def said(plan: Plan) -> str:
    """Everything that is left to a person, in one text."""
    return "\n".join(line for item in plan.undecided for line in (item.title, *item.evidence))


INVOICE = '''
class Invoice:
    """What a customer has to pay."""

    def __init__(self, net):
        self.net = net

    def total(self):
        return self.net * 2

    def half(self):
        return self.net / 2
'''
USER = "from shop.types import Invoice\n\nprint(Invoice(3).total())\n"


def test_identical_copies_are_merged(tmp_path: Path) -> None:
    files = {"shop/types.py": INVOICE, "shop/cart.py": INVOICE, "shop/user.py": USER}
    (entry,) = planned(tmp_path, files).merge
    assert (entry.name, entry.home, entry.drop) == ("Invoice", "shop.types", ("shop.cart:Invoice",))
    assert entry.policy == "identical" and entry.id.startswith("merge-Invoice-")
    assert any("shop/cart.py:2-12" in line for line in entry.evidence)


def test_a_tie_is_left_to_a_person(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"shop/one.py": INVOICE, "shop/two.py": INVOICE})
    assert not plan.entries and "nothing tells shop.one and shop.two apart" in said(plan)
    homes = [getattr(choice, "home", "") for choice in plan.undecided[0].choices]
    assert homes == ["shop.one", "shop.two"]


def test_pairs_of_modules_go_one_way(tmp_path: Path) -> None:
    other = INVOICE.replace("Invoice", "Receipt").replace("2", "7")
    files = {
        "shop/one.py": INVOICE + other,
        "shop/two.py": INVOICE + other,
        "shop/a.py": "from shop.one import Invoice\n\nprint(Invoice)\n",
        "shop/b.py": "from shop.one import Invoice\n\nprint(Invoice)\n",
        "shop/c.py": "from shop.two import Receipt\n\nprint(Receipt)\n",
    }
    plan = planned(tmp_path, files)
    assert len({entry.home for entry in plan.merge}) <= 1


def test_private_names_stay_private(tmp_path: Path) -> None:
    private = INVOICE.replace("Invoice", "_Invoice")
    files = {"shop/types.py": private, "shop/cart.py": private}
    files["shop/user.py"] = "from shop.types import _Invoice\n\nprint(_Invoice(3))\n"
    plan = planned(tmp_path, files)
    assert not plan.entries and "private to its modules" in said(plan)


def test_modules_that_would_need_each_other(tmp_path: Path) -> None:
    types = "from shop.cart import LIMIT\n" + INVOICE + "\n\nprint(LIMIT)\n"
    files = {"shop/types.py": types, "shop/cart.py": INVOICE + "\n\nLIMIT = 1\n"}
    plan = planned(tmp_path, files | {"shop/user.py": USER})
    assert not plan.merge and "shop/types.py imports shop.cart" in said(plan)


def test_another_package_that_is_imported_more_keeps_its_copy(tmp_path: Path) -> None:
    files = {
        "shop/types.py": INVOICE,
        "shop/user.py": USER,
        "tool/box.py": "from shop import rates\n" + INVOICE,
        "shop/rates.py": "",
        **{f"tool/u{n}.py": "from tool.box import Invoice\n\nprint(Invoice)\n" for n in range(3)},
        "tool/more.py": "from shop.rates import __name__ as rates\n",
    }
    plan = planned(tmp_path, files)
    assert not plan.entries and "tool.box, a package of its own" in said(plan)


def test_the_place_of_one_user_is_no_home_for_the_rest(tmp_path: Path) -> None:
    user = "from shop.cart.basket import Invoice\n\nprint(Invoice(3).total())\n"
    files = {
        "shop/cart/basket.py": INVOICE,
        "shop/cart/user.py": user,
        "shop/post/letter.py": INVOICE,
    }
    plan = planned(tmp_path / "far", files)
    assert not plan.entries and "no module for shared code" in said(plan)
    files["shop/cart/letter.py"] = files.pop("shop/post/letter.py")
    assert planned(tmp_path / "near", files).merge


def test_what_a_test_restates_stays_in_the_test(tmp_path: Path) -> None:
    own = INVOICE + "\n\ndef test_total():\n    assert Invoice(3).total() == 6\n"
    files = {"shop/types.py": INVOICE, "shop/user.py": USER, "tests/test_invoice.py": own}
    files["tests/test_user.py"] = "import shop.user\n\n\ndef test_it():\n    assert shop.user\n"
    plan = planned(tmp_path / "alone", files)
    assert not plan.entries and "its own copy of what it checks" in said(plan)
    files["shop/cart.py"] = INVOICE
    (entry,) = planned(tmp_path / "beside", files).merge
    assert entry.drop == ("shop.cart:Invoice",)


def test_a_script_stays_on_its_own(tmp_path: Path) -> None:
    main = "\n\nif __name__ == '__main__':\n    print(Invoice(1))\n"
    files = {"shop/types.py": INVOICE, "scripts/run.py": "import shop\n" + INVOICE + main}
    plan = planned(tmp_path, files | {"shop/user.py": USER, "shop/__init__.py": ""})
    assert not plan.merge and "scripts/run.py is a script" in said(plan)


def test_guarded_imports_are_left_to_a_person(tmp_path: Path) -> None:
    guarded = "try:\n    from shop.wrong import Invoice\nexcept ImportError:\n    Invoice = None\n"
    files = {"shop/types.py": INVOICE, "shop/wrong.py": "x = 1\n"}
    files["shop/user.py"] = guarded + "\nprint(Invoice and Invoice(3).total())\n"
    assert not planned(tmp_path, files).entries


def test_a_superset_takes_the_place(tmp_path: Path) -> None:
    larger = INVOICE + "\n    def third(self):\n        return self.net / 3\n"
    files = {"shop/types.py": larger, "shop/cart.py": INVOICE, "shop/user.py": USER}
    (entry,) = planned(tmp_path, files).merge
    assert (entry.home, entry.policy, entry.base) == ("shop.types", "superset", None)


FIELDS = "from dataclasses import dataclass\n\n\n@dataclass\nclass Invoice:\n    net: int\n"


def test_a_superset_of_fields_needs_leave(tmp_path: Path) -> None:
    larger = FIELDS + "    gross: int = 0\n    note: str = ''\n"
    files = {"shop/types.py": larger, "shop/cart.py": FIELDS + "    gross: int = 0\n"}
    files["shop/user.py"] = "from shop.types import Invoice\n\nprint(Invoice(3))\n"
    plan = planned(tmp_path / "a", files)
    assert not plan.merge and "--allow-schema" in said(plan)
    assert planned(tmp_path / "b", files, allow_schema=True).merge


def test_contradicting_classes_are_shown(tmp_path: Path) -> None:
    files = {"shop/types.py": INVOICE, "shop/cart.py": INVOICE.replace("* 2", "* 3")}
    plan = planned(tmp_path, files | {"shop/user.py": USER})
    assert not plan.entries
    assert "total differs:" in said(plan) and "imported by 1 file" in said(plan)


WRONG = "from shop.wrong import Invoice\n\nprint(Invoice(3).total())\n"


def test_a_class_in_a_proper_place_stays(tmp_path: Path) -> None:
    files = {"shop/types.py": INVOICE, "shop/wrong.py": "x = 1\n", "shop/user.py": WRONG}
    (entry,) = planned(tmp_path, files).rewrite_import
    assert (entry.source, entry.to, entry.names) == ("shop.wrong", "shop.types", ("Invoice",))


def test_a_class_in_a_test_is_moved_where_it_is_asked_for(tmp_path: Path) -> None:
    files = {
        "tests/test_pay.py": INVOICE,
        "kit/helpers.py": "x = 1\n",
        "tests/other.py": "from kit.helpers import Invoice\n\nprint(Invoice(3).total())\n",
    }
    (entry,) = planned(tmp_path, files).move
    assert (entry.names, entry.source, entry.to) == (("Invoice",), "test_pay", "kit.helpers")


def test_what_moves_for_certain_is_not_misplaced_as_well(tmp_path: Path) -> None:
    files = {
        "tests/__init__.py": "",
        "tests/test_bill.py": f"{INVOICE}\n\ndef test_it():\n    assert Invoice(1).half()\n",
        "tests/test_other.py": "from tests.test_bill import Invoice\n\nInvoice(1).half()\n",
        "shop/helpers.py": "",
        "shop/user.py": "from shop.helpers import Invoice\n\nInvoice(3).total()\n",
    }
    plan = planned(tmp_path, files)
    assert [entry.to for entry in plan.move] == ["shop.helpers"]
    assert not plan.undecided


def test_a_contradiction_is_never_hidden(tmp_path: Path) -> None:
    user = "from shop.wrong import Invoice\n\nprint(Invoice(3, 4).paid())\n"
    files = {"shop/types.py": INVOICE, "shop/wrong.py": "x = 1\n", "shop/user.py": user}
    plan = planned(tmp_path, files)
    assert not plan.entries and "contradicts the only definition" in said(plan)
    assert "shop/user.py:3" in said(plan)


def test_unused_imports_are_deleted(tmp_path: Path) -> None:
    files = {
        "shop/types.py": INVOICE,
        "shop/a.py": "from shop.types import Gone\n\nx = 1\n",
        "shop/b.py": "try:\n    from shop.types import Lost\nexcept ImportError:\n    pass\n",
    }
    (entry,) = planned(tmp_path, files).delete_import
    assert (entry.module, entry.name, entry.paths) == ("shop.types", "Gone", ("shop/a.py",))


def test_a_missing_module_with_one_namesake(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/deep/types.py": INVOICE,
        "shop/user.py": "from shop.types import Invoice\n\nprint(Invoice(3).total())\n",
    }
    (entry,) = planned(tmp_path, files).rewrite_import
    assert (entry.source, entry.to, entry.names) == ("shop.types", "shop.deep.types", ())


def test_a_namesake_in_another_package_is_left_to_a_person(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "bank/__init__.py": "",
        "shop/user.py": "from shop.limits import Limiter\n\nprint(Limiter())\n",
        "bank/limits.py": "class Limiter:\n    rate = 1\n",
    }
    plan = planned(tmp_path, files)
    assert not plan.entries and "bank is another package" in said(plan)


def test_an_equivalent_helper_is_said(tmp_path: Path) -> None:
    helper = "def create_test_token(user_id: str) -> str:\n    return user_id\n"
    tester = "\n\nclass Tester:\n    def run(self, user):\n        return create_test_token(user)\n"
    files = {
        "tests/test_pay.py": helper + tester,
        "kit/helpers.py": "def create_test_jwt_token(user_id: str, days: int) -> str:\n    ...\n",
        "tests/other.py": "from kit.helpers import Tester\n\nprint(Tester().run('a'))\n",
    }
    (entry,) = planned(tmp_path, files).move
    (hint,) = [line for line in entry.evidence if "equivalent" in line]
    assert "create_test_jwt_token (kit/helpers.py:1); both take user_id, both return str" in hint
    assert "also takes days" in hint


def test_contradictions_of_those_who_ask_a_missing_module(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/types.py": INVOICE,
        "shop/wrong.py": "x = 1\n",
        "shop/user.py": WRONG,
        "shop/late.py": "from shop.gone import Invoice\n\nprint(Invoice(3).paid())\n",
    }
    (entry,) = planned(tmp_path, files).rewrite_import
    (line,) = [line for line in entry.evidence if "shop.gone" in line]
    assert "shop/types.py is not what is used: shop/late.py:3" in line


def test_sweeping_is_done_on_request(tmp_path: Path) -> None:
    left = "# Invoice class moved to shop.types to maintain SSOT\nfrom shop.types import Invoice\n"
    files = {"shop/__init__.py": "", "shop/types.py": INVOICE, "shop/user.py": USER}
    files["shop/old.py"] = left + "\nx = 1\n"
    ground = ground_of(tmp_path, files)
    found = find_all(ground.scene).found
    assert not proposals_for(ground, found, found)
    (entry,) = plan_from(proposals_for(ground, found, found, sweep=True)).sweep
    assert (entry.module, entry.name) == ("shop.old", "Invoice")


def test_nothing_to_do(tmp_path: Path) -> None:
    assert planned(tmp_path, {"shop/types.py": INVOICE, "shop/user.py": USER}) == Plan()
