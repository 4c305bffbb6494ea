"""Classes written several times: what is found, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_tree import opened

from consolidator.finders.duplicates import find_duplicates
from consolidator.finders.findings import Duplicate
from consolidator.finders.scene import Scene
from consolidator.finders.suppressions import SUPPRESSIONS
from consolidator.index.outlining import outline_all


def duplicates(tmp_path: Path, files: Mapping[str, str | bytes]) -> list[Duplicate]:
    index = opened(tmp_path, files)
    return list(find_duplicates(Scene(index, outline_all(index))))


def told(found: list[Duplicate]) -> list[tuple[str, str, list[str]]]:
    """The relation (or the suppression), the name and the modules of each finding."""
    return [
        (
            item.suppression.name if item.suppression else item.relation,
            item.name,
            [copy.qualified.module for copy in item.copies],
        )
        for item in found
    ]


MONEY = """
    class Money:
        def __init__(self, amount):
            self.amount = amount

        def doubled(self):
            return Money(self.amount * 2)
"""
OTHER = """
    class Money:
        def __init__(self, amount, currency):
            self.amount = amount
"""


def test_nothing_is_found_where_every_class_is_alone(tmp_path: Path) -> None:
    assert duplicates(tmp_path, {"a.py": MONEY, "b.py": "from a import Money\n"}) == []


def test_three_alike_and_a_fourth_that_differs(tmp_path: Path) -> None:
    files = {"a.py": MONEY, "b.py": MONEY, "c.py": MONEY, "d.py": OTHER}
    found = duplicates(tmp_path, files)
    assert told(found) == [
        ("identical", "Money", ["a", "b", "c"]),
        ("conflict", "Money", ["a", "d"]),
    ]
    assert [item.member for item in found[1].differences] == ["__init__"]
    assert [text for _, text in found[1].differences[0].values] == [
        "def __init__(self, amount)",
        "def __init__(self, amount, currency)",
    ]


def test_other_formatting_is_the_same_code(tmp_path: Path) -> None:
    other = MONEY.replace("return Money", "'What it says.'\n            return Money")
    files = {"a.py": MONEY, "b.py": other}
    assert told(duplicates(tmp_path, files)) == [("same code", "Money", ["a", "b"])]


def test_the_holder_comes_first(tmp_path: Path) -> None:
    more = MONEY + "\n        def halved(self):\n            return Money(self.amount / 2)\n"
    found = duplicates(tmp_path, {"a.py": MONEY, "b.py": more, "c.py": MONEY})
    assert told(found) == [
        ("identical", "Money", ["a", "c"]),
        ("superset", "Money", ["b", "a"]),
    ]
    assert [item.member for item in found[1].differences] == ["halved"]


def test_what_contradicts_nowhere_is_a_union(tmp_path: Path) -> None:
    one = MONEY + "\n        def halved(self):\n            return Money(self.amount / 2)\n"
    other = MONEY + "\n        def zero(self):\n            return Money(0)\n"
    found = duplicates(tmp_path, {"a.py": one, "b.py": other})
    assert told(found) == [("union", "Money", ["a", "b"])]


def test_the_same_body_under_another_name(tmp_path: Path) -> None:
    files = {"a.py": MONEY, "b.py": MONEY.replace("Money", "Cash")}
    assert told(duplicates(tmp_path, files)) == [("renamed", "Money", ["a", "b"])]


def test_copies_in_tests_come_last(tmp_path: Path) -> None:
    found = duplicates(tmp_path, {"a/tests/x.py": MONEY, "b.py": MONEY})
    assert [copy.path for copy in found[0].copies] == ["b.py", "a/tests/x.py"]


def test_fields_make_a_schema(tmp_path: Path) -> None:
    text = "from enum import Enum\n\n\nclass Color(Enum):\n    RED = 1\n"
    assert duplicates(tmp_path, {"a.py": text, "b.py": text})[0].is_schema
    assert not duplicates(tmp_path / "2", {"a.py": MONEY, "b.py": MONEY})[0].is_schema


def test_text_that_only_looks_like_a_class_is_none(tmp_path: Path) -> None:
    commented = "".join(f"# {line}\n" for line in MONEY.splitlines())
    quoted = f'TEXT = """\n{MONEY}\n"""\n'
    assert duplicates(tmp_path, {"a.py": MONEY, "b.py": commented, "c.py": quoted}) == []


def test_a_file_that_does_not_parse_hides_no_other(tmp_path: Path) -> None:
    files = {"a.py": MONEY, "b.py": "class Money(:\n", "c.py": MONEY, "d.py": b"\xff\xfe\x00"}
    assert told(duplicates(tmp_path, files)) == [("identical", "Money", ["a", "c"])]


def test_newlines_of_windows_are_other_bytes_of_the_same_code(tmp_path: Path) -> None:
    text = "class Money:\n    def f(self):\n        return 1\n"
    files = {"a.py": text, "b.py": text.replace("\n", "\r\n").encode()}
    assert told(duplicates(tmp_path, files))[0][0] in ("identical", "same code")


TESTS = "class {}:\n    def test_it(self):\n        assert f()\n"
FALLBACK = "try:\n    from fast import Money\nexcept ImportError:\n{}"
INDENTED = "    class Money:\n        def f(self):\n            return 1\n"
PLAIN = "class Money:\n    def f(self):\n        return 1\n"
MODEL = (
    "from sqlalchemy.orm import declarative_base\n"
    "Base = declarative_base()\n\n\nclass User(Base):\n    id = 1\n"
)
SCHEMA = "from pydantic import BaseModel\n\n\nclass User(BaseModel):\n    id: int\n"


def test_a_method_of_a_product_may_be_called_test(tmp_path: Path) -> None:
    probe = PLAIN + "\n    def test_connection(self):\n        return True\n"
    probe += "\n    def close(self):\n        pass\n"
    (one,) = duplicates(tmp_path, {"a.py": probe, "b.py": probe})
    assert one.suppression is None


@pytest.mark.parametrize(
    ("reason", "files"),
    [
        ("test-class", {"a.py": TESTS.format("Money"), "b.py": TESTS.format("Money")}),
        (
            "test-class",
            dict.fromkeys(
                ("a.py", "b.py"), "import unittest\n\n\nclass C(unittest.TestCase):\n    x = 1\n"
            ),
        ),
        ("nested", {"a.py": f"class A:\n{INDENTED}", "b.py": f"class B:\n{INDENTED}"}),
        ("nested", dict.fromkeys(("a.py", "b.py"), f"def make():\n{INDENTED}")),
        ("except-fallback", {"a.py": FALLBACK.format(INDENTED), "b.py": PLAIN}),
        ("except-fallback", {"a.py": f"if x:\n{INDENTED}else:\n{INDENTED}"}),
        ("redefined", {"a.py": PLAIN + PLAIN}),
        ("keep", {"a.py": "# consolidate: keep theirs differs soon\n" + PLAIN, "b.py": PLAIN}),
        ("orm-beside-schema", {"a.py": MODEL, "b.py": SCHEMA}),
        (
            "subclass-of-namesake",
            {"a.py": PLAIN, "b.py": f"import a\n\n\n{PLAIN.replace('Money', 'Money(a.Money)')}"},
        ),
        (
            "trivial",
            dict.fromkeys(
                ("a.py", "b.py"), "class MoneyError(Exception):\n    '''Too little.'''\n"
            ),
        ),
        ("generated", {"a.py": "# Generated by protoc. DO NOT EDIT.\n" + PLAIN, "b.py": PLAIN}),
        ("vendored", {"a/_vendor/m.py": PLAIN, "b.py": PLAIN}),
        ("migration", {"app/migrations/0001_initial.py": PLAIN, "b.py": PLAIN}),
        (
            "services",
            {"a/requirements.txt": "", "a/m.py": PLAIN, "b/requirements.txt": "", "b/m.py": PLAIN},
        ),
        (
            "name-matters",
            {
                "a.py": PLAIN.replace("Money", "AError(Exception)")
                + "\n    def g(self):\n        return 2\n",
                "b.py": PLAIN.replace("Money", "BError(Exception)")
                + "\n    def g(self):\n        return 2\n",
            },
        ),
    ],
)
def test_what_is_left_alone(tmp_path: Path, reason: str, files: dict[str, str]) -> None:
    found = duplicates(tmp_path, files)
    assert {name for name, _, _ in told(found)} == {reason}
    assert all(item.suppression and item.suppression.reason for item in found)


def test_the_reason_to_keep_is_that_of_the_comment(tmp_path: Path) -> None:
    kept = "# consolidate: keep theirs differs soon\n" + PLAIN
    found = duplicates(tmp_path, {"a.py": kept, "b.py": PLAIN, "c.py": PLAIN})
    assert told(found)[0] == ("identical", "Money", ["b", "c"])
    assert found[1].suppression is not None
    assert found[1].suppression.reason == "theirs differs soon"


def test_every_reason_is_listed() -> None:
    assert sorted(SUPPRESSIONS) == list(SUPPRESSIONS)


def test_helpers_whose_names_start_with_test_are_no_tests(tmp_path: Path) -> None:
    text = PLAIN.replace("Money", "TestClient")
    found = duplicates(tmp_path, {"tests/a.py": text, "tests/b.py": text})
    assert [item.relation for item in found if not item.suppression] == ["identical"]


def test_a_block_of_the_module_is_no_nest(tmp_path: Path) -> None:
    found = duplicates(tmp_path, {"a.py": f"if x:\n{INDENTED}", "b.py": PLAIN})
    assert told(found) == [("identical", "Money", ["a", "b"])]


def test_services_that_import_each_other_may_share(tmp_path: Path) -> None:
    files = {
        "a/requirements.txt": "",
        "a/m.py": PLAIN,
        "a/n.py": "import b.m\n",
        "b/requirements.txt": "",
        "b/m.py": PLAIN,
    }
    assert told(duplicates(tmp_path, files)) == [("identical", "Money", ["a.m", "b.m"])]


def test_configured_services_share_nothing(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.consolidate]\nservices = ['a', 'b']\n",
        "a/m.py": PLAIN,
        "a/n.py": "import b.m\n",
        "b/m.py": PLAIN,
        "c.py": PLAIN,
    }
    found = told(duplicates(tmp_path, files))
    assert found == [("identical", "Money", ["a.m", "b.m", "c"])]  # both may import c


def test_shared_code_that_differs_joins_no_services(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.consolidate]\nservices = ['a', 'b']\n",
        "a/m.py": PLAIN,
        "b/m.py": PLAIN,
        "c.py": PLAIN.replace("1", "2"),
    }
    assert told(duplicates(tmp_path, files)) == [
        ("services", "Money", ["a.m", "b.m"]),
        ("conflict", "Money", ["a.m", "b.m", "c"]),
    ]


def test_two_classes_of_other_names_in_one_module_are_meant_to_be_two(tmp_path: Path) -> None:
    text = MONEY + MONEY.replace("Money", "Cash")
    assert {name for name, _, _ in told(duplicates(tmp_path, {"a.py": text}))} == {"name-matters"}


@pytest.mark.parametrize("state", ["known = []", "def __init_subclass__(cls)"])
def test_state_that_one_class_would_share_is_said(tmp_path: Path, state: str) -> None:
    text = f"class Money:\n    {state}{':' if '(' in state else ''}\n".replace("):", "): ...")
    text += "\n    def f(self):\n        return 1\n"
    assert duplicates(tmp_path, {"a.py": text, "b.py": text})[0].state == state
    assert duplicates(tmp_path / "2", {"a.py": MONEY, "b.py": MONEY})[0].state == ""
