"""What signatures take, and what a definition is across modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from consolidator.index.offer import call_answer, members_of, offer_of
from consolidator.index.offer.names import meaning
from consolidator.index.offer.offers import Entry, Unseen
from consolidator.index.offer.signatures import Arguments, signature_fact, signature_of
from consolidator.names import ModuleName, QualifiedName
from tests.small_tree import opened


def call(text: str) -> Arguments:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    plain = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    names = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
    stars = len(plain) < len(node.args)
    return len(plain), stars, names, len(names) < len(node.keywords)


@pytest.mark.parametrize(
    "parameters",
    ["", "a", "a, b=1", "a, /, b", "a, *, b", "a=1, *args, b=2", "*, a=1, **k", "*a, **k",
     "a, b, /, c=1, *, d", "**k"],
)  # fmt: skip
@pytest.mark.parametrize(
    "arguments",
    ["", "1", "1, 2", "1, 2, 3", "a=1", "1, b=2", "1, a=2", "b=1", "1, 2, d=3", "z=1"],
)
def test_signatures_agree_with_the_interpreter(parameters: str, arguments: str) -> None:
    definition = f"def f({parameters}): ...\n"
    node = ast.parse(definition).body[0]
    assert isinstance(node, ast.FunctionDef)
    scope: dict[str, object] = {}
    exec(f"{definition}", scope)
    try:
        exec(f"f({arguments})", scope)
        fails = False
    except TypeError:
        fails = True
    objection = signature_of(signature_fact(node.args)).objection(call(f"f({arguments})"))
    assert bool(objection) == fails, objection


@pytest.mark.parametrize("arguments", ["*x", "1, *x", "**k", "1, **k", "*x, b=1"])
def test_what_stars_bring_is_not_known(arguments: str) -> None:
    node = ast.parse("def f(a, b): ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert not signature_of(signature_fact(node.args)).objection(call(f"f({arguments})"))


def lineage(root: Path, files: dict[str, str], name: str) -> list[str]:
    module, _, last = name.rpartition(".")
    offer = offer_of(opened(root, files), QualifiedName(ModuleName(module), last))
    return [
        item.name if isinstance(item, Entry) else "?" if isinstance(item, Unseen) else item.__name__
        for item in offer.lineage
    ]


def test_bases_are_in_the_order_of_resolution(tmp_path: Path) -> None:
    text = "class A: ...\nclass B(A): ...\nclass C(A): ...\nclass D(B, C): ..."
    assert lineage(tmp_path, {"m.py": text}, "m.D") == ["D", "B", "C", "A", "object"]


def test_bases_come_through_reexports_and_aliases(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from .a import *\nfrom . import b as other",
        "pkg/a.py": "class A(dict): ...",
        "pkg/b.py": "from lib import X\nclass B(X): ...\nAlias = B",
        "m.py": "import pkg\nfrom pkg import A as First\nclass D(First, pkg.other.Alias): ...",
    }
    assert lineage(tmp_path, files, "m.D") == ["D", "A", "dict", "B", "?", "object"]


def test_a_circle_of_bases_comes_to_an_end(tmp_path: Path) -> None:
    files = {"a.py": "from b import B\nclass A(B): ...", "b.py": "from a import A\nclass B(A): ..."}
    assert lineage(tmp_path, files, "a.A") == ["A", "B", "?", "object"]


def test_members_through_bases(tmp_path: Path) -> None:
    text = "class A:\n    x: int\n    def f(self): self.y = 1\nclass B(A):\n    z = 1"
    offer = offer_of(opened(tmp_path, {"m.py": text}), QualifiedName(ModuleName("m"), "B"))
    assert members_of(offer) == {"x", "y", "f", "z"}


def test_a_base_that_two_branches_bind_is_not_known(tmp_path: Path) -> None:
    files = {
        "m.py": "if w:\n    from a import B\nelse:\n    from b import B\nclass C(B): ...",
        "a.py": "class B: ...",
        "b.py": "class B: ...",
    }
    index = opened(tmp_path, files)
    assert meaning(index, ModuleName("m"), "B").kind == "unknown"
    offer = offer_of(index, QualifiedName(ModuleName("m"), "C"))
    assert offer.gap == "its base B is not a class of the project"
    assert call_answer(offer, call("C(1)")).holds is None


def test_a_module_that_cannot_be_read_shows_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, {"m.py": "class C(:", "n.py": "from m import C\nclass D(C): ..."})
    assert offer_of(index, QualifiedName(ModuleName("m"), "C")).kind == "unknown"
    assert lineage(tmp_path / "again", {"m.py": "x", "n.py": "class D(C): ..."}, "n.D")[1] == "?"
