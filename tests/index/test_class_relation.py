"""What two classes are to each other: code, order and what names mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.index.class_relation import Comparison, relation
from consolidator.names import ModuleName, QualifiedName


def compared(tmp_path: Path, one: str, other: str, **more: str) -> Comparison:
    """What the class C of module a is to that of module b."""
    files = {"a.py": one, "b.py": other} | {f"{name}.py": text for name, text in more.items()}
    found = relation(
        opened(tmp_path, files),
        QualifiedName(ModuleName("a"), "C"),
        QualifiedName(ModuleName("b"), "C"),
    )
    assert found is not None
    return found


def members(found: Comparison) -> list[str]:
    return [difference.member for difference in found.differences]


PLAIN = """
    class C:
        limit = 3

        def f(self, x):
            return x + 1
"""


def test_equal_texts_are_identical(tmp_path: Path) -> None:
    assert compared(tmp_path, PLAIN, "import os\n" + PLAIN).relation == "identical"


@pytest.mark.parametrize(
    "other",
    [
        'class C:\n    """What it is."""\n    limit = 3\n    def f(self, x): return x + 1',
        "class C:\n    # how many\n    limit = (3)\n    def f(self, x,):\n        return (x\n + 1)",
        "class C(object):\n    def f(self, x):\n        'doc'\n        return x + 1\n    limit = 3",
    ],
)
def test_layout_comments_and_docstrings_are_no_code(tmp_path: Path, other: str) -> None:
    assert compared(tmp_path, PLAIN, other).relation == "same code"


def test_constants_are_not_folded(tmp_path: Path) -> None:
    found = compared(tmp_path, "class C:\n    x = 6\n", "class C:\n    x = 2 * 3\n")
    assert found.relation == "conflict"
    assert [(d.member, d.here, d.there) for d in found.differences] == [("x", "x = 6", "x = 2 * 3")]


def test_a_class_with_more_members_is_a_superset(tmp_path: Path) -> None:
    more = PLAIN + "\n        def g(self):\n            return 2\n"
    assert compared(tmp_path, more, PLAIN).relation == "superset"
    assert compared(tmp_path, PLAIN, more).relation == "subset"


@pytest.mark.parametrize(
    "extra",
    [
        "def __init__(self, y):\n            self.y = y",
        "def __eq__(self, other):\n            return True",
        "__slots__ = ()",
        "print('made')",
    ],
)
def test_what_changes_the_class_without_it_is_no_mere_addition(tmp_path: Path, extra: str) -> None:
    assert compared(tmp_path, PLAIN + f"\n        {extra}\n", PLAIN).relation == "conflict"


def test_an_abstract_method_more_is_no_mere_addition(tmp_path: Path) -> None:
    base = "import abc\n\n\nclass C(abc.ABC):\n    def f(self):\n        return 1\n"
    more = base + "\n    @abc.abstractmethod\n    def g(self): ...\n"
    assert compared(tmp_path, more, base).relation == "conflict"


def test_an_override_is_no_mere_addition(tmp_path: Path) -> None:
    base = "class Base:\n    def g(self):\n        return 1\n"
    less = "from c import Base\n\n\nclass C(Base):\n    def f(self):\n        return 2\n"
    more = less + "\n    def g(self):\n        return 3\n"
    assert compared(tmp_path, more, less, c=base).relation == "conflict"
    assert compared(tmp_path / "2", more.replace("g", "h"), less, c=base).relation == "superset"


def test_what_a_builtin_base_offers_is_known(tmp_path: Path) -> None:
    less = "class C(dict):\n    def f(self):\n        return 2\n"
    more = less + "\n    def get(self, key):\n        return 3\n"
    other = less + "\n    def fetch(self, key):\n        return 3\n"
    assert compared(tmp_path, more, less).relation == "conflict"
    assert compared(tmp_path / "2", other, less).relation == "superset"


def test_a_union_shares_half_of_the_smaller_one(tmp_path: Path) -> None:
    one = PLAIN + "\n        def g(self):\n            return 2\n"
    other = PLAIN + "\n        def h(self):\n            return 3\n"
    assert compared(tmp_path, one, other).relation == "union"
    little = "class C:\n    limit = 3\n    def k(self): ...\n    def l(self): ...\n"
    found = compared(tmp_path / "2", one, little)
    assert (found.relation, members(found)) == ("conflict", ["members"])


@pytest.mark.parametrize(
    ("imports", "head"),
    [
        ("from dataclasses import dataclass", "@dataclass\nclass C:"),
        ("from typing import NamedTuple", "class C(NamedTuple):"),
        ("import pydantic", "class C(pydantic.BaseModel):"),
        ("import c", "class C(c.Model):"),
    ],
)
def test_order_matters_where_fields_make_the_class(tmp_path: Path, imports: str, head: str) -> None:
    def written(*fields: str) -> str:
        return "\n".join([imports, "", "", head, *(f"    {field}: int" for field in fields), ""])

    model = "from pydantic import BaseModel\n\n\nclass Model(BaseModel):\n    pass\n"
    found = compared(tmp_path, written("x", "y"), written("y", "x"), c=model)
    assert (found.relation, members(found)) == ("conflict", ["order"])


def test_order_of_enum_members_matters(tmp_path: Path) -> None:
    one = "import enum\n\n\nclass C(enum.Enum):\n    A = 1\n    B = 2\n"
    other = "import enum\n\n\nclass C(enum.Enum):\n    B = 2\n    A = 1\n"
    assert members(compared(tmp_path, one, other)) == ["order"]


def test_order_of_methods_does_not_matter(tmp_path: Path) -> None:
    one = "class C:\n    def f(self): ...\n    def g(self): ...\n    x = 1\n"
    other = "class C:\n    x = 1\n    def g(self): ...\n    def f(self): ...\n"
    assert compared(tmp_path, one, other).relation == "same code"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = make()\n    y = make()", "y = make()\n    x = make()"),
        ("x = 1\n    y = x\n    z = 2", "y = x\n    x = 1\n    z = 2"),
    ],
)
def test_order_of_what_runs_with_the_class_matters(tmp_path: Path, one: str, other: str) -> None:
    start = "from c import make, x\n\n\nclass C:\n    "
    found = compared(tmp_path, start + one, start + other, c="def make(): ...\nx = 0\n")
    assert members(found) == ["order"]


BOUND = "class C(Base):\n    def f(self):\n        return 1\n"


def test_bases_of_different_modules_are_different(tmp_path: Path) -> None:
    one, other = f"from c import Base\n{BOUND}", f"from d import Base\n{BOUND}"
    registries = {
        "c": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
        "d": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
    }
    found = compared(tmp_path, one, other, **registries)
    assert (found.relation, members(found)) == ("conflict", ["what Base means"])


def test_each_declarative_base_is_a_registry_of_its_own(tmp_path: Path) -> None:
    start = (
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
    )
    assert compared(tmp_path, start + BOUND, start + BOUND).relation == "conflict"


def test_re_exports_lead_to_one_origin(tmp_path: Path) -> None:
    one, other = f"from c import Base\n{BOUND}", f"import d\nfrom d import Base\n{BOUND}"
    more = {"c": "class Base:\n    pass\n", "d": "from c import *\n"}
    assert compared(tmp_path, one, other, **more).relation == "identical"


def test_equal_helpers_of_each_module_are_named(tmp_path: Path) -> None:
    text = (
        "import logging\n\nlogger = logging.getLogger(__name__)\nLIMIT = 3\n\n\n"
        "def helper(x):\n    return x * LIMIT\n\n\n"
        "class C:\n    def f(self):\n        logger.info('f')\n        return helper(1)\n"
    )
    found = compared(tmp_path, text, text)
    assert found.relation == "identical"
    assert {(str(one), str(other)) for one, other in found.along} == {
        ("a.helper", "b.helper"),
        ("a.LIMIT", "b.LIMIT"),
        ("a.logger", "b.logger"),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = []", "LIMIT = []"),
        ("def LIMIT(): return 1", "def LIMIT(): return 2"),
        ("LIMIT = make()", "LIMIT = make()"),
        ("from c import LIMIT", "LIMIT = 4"),
        ("import c as LIMIT", "import d as LIMIT"),
    ],
)
def test_names_that_mean_other_things(tmp_path: Path, one: str, other: str) -> None:
    body = "\n\n\nclass C:\n    def f(self):\n        return LIMIT\n"
    found = compared(tmp_path, one + body, other + body, c="LIMIT = 3\n", d="")
    assert (found.relation, members(found)) == ("conflict", ["what LIMIT means"])


def test_the_name_of_a_method_is_bound_where_it_is_used(tmp_path: Path) -> None:
    one = "X = 1\n\n\nclass C:\n    def f(self): return Y\n    def g(self): return X\n"
    other = "X = 2\n\n\nclass C:\n    def f(self):\n        return Y\n"
    assert compared(tmp_path, one, other).relation == "superset"


def test_relative_imports_inside_mean_what_their_package_has(tmp_path: Path) -> None:
    text = "class C:\n    def f(self):\n        from .tool import run\n        return run()\n"
    index = opened(
        tmp_path,
        {"p/__init__.py": "", "p/a.py": text, "q/__init__.py": "", "q/b.py": text, "p/c.py": text},
    )
    places = [QualifiedName(ModuleName(name), "C") for name in ("p.a", "q.b", "p.c")]
    apart, together = (relation(index, places[0], place) for place in places[1:])
    assert apart is not None and apart.relation == "conflict"
    assert together is not None and together.relation == "identical"


def test_postponed_annotations_matter_where_they_are_evaluated(tmp_path: Path) -> None:
    future = "from __future__ import annotations\n"
    schema = "from dataclasses import dataclass\n\n\n@dataclass\nclass C:\n    x: int\n"
    assert members(compared(tmp_path, future + schema, schema)) == ["annotations"]
    plain = "class C:\n    x: int = 1\n"
    assert compared(tmp_path / "2", future + plain, plain).relation == "identical"


def test_a_class_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    index = opened(tmp_path, {"a.py": "class C:\n", "b.py": PLAIN})
    places = [QualifiedName(ModuleName(name), "C") for name in ("a", "b")]
    assert relation(index, *places) is None
    assert relation(index, places[1], QualifiedName(ModuleName("b"), "D")) is None
