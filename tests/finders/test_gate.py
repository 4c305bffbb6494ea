"""What a gate minds beside the findings of a scan: classes that stray from their home."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_findings import BROKEN, DUPLICATE, EXPIRED, MISPLACED, MISSING
from small_tree import opened

from consolidator.finders.finders import find_all
from consolidator.finders.findings import Finding, SecondDefinition, ThroughLeaveBehind
from consolidator.finders.gate import minded, relapses
from consolidator.finders.scene import Scene
from consolidator.index.outlining import outline_all

CLASS = "class Rate:\n    def of(self, amount):\n        return amount\n"
OTHER = "class Rate:\n    def per(self, day, hour):\n        return day / hour\n"
LEFT = "# Rate class moved to shop.bank to maintain SSOT\nfrom shop.bank import Rate\n"
TREE = {"shop/__init__.py": "", "shop/bank.py": CLASS, "shop/till.py": LEFT}


def strayed(root: Path, **files: str) -> list[SecondDefinition | ThroughLeaveBehind]:
    """The relapses in the tree with further files; `pyproject` is the tool's own table."""
    settings = files.pop("pyproject", "")
    more = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    more["pyproject.toml"] = f'[project]\nname = "shop"\n[tool.consolidate]\n{settings}\n'
    index = opened(root, TREE | more)
    scene = Scene(index, outline_all(index))
    return list(relapses(scene, find_all(scene)))


@pytest.mark.parametrize(
    ("finding", "is_minded"),
    [(BROKEN, True), (MISSING, True), (DUPLICATE, True), (MISPLACED, False), (EXPIRED, False)],
)
def test_what_breaks_or_scatters_is_minded(finding: Finding, is_minded: bool) -> None:
    assert minded(finding) is is_minded


def test_a_home_alone_is_no_relapse(tmp_path: Path) -> None:
    assert strayed(tmp_path) == []


def test_a_class_that_a_leave_behind_sends_home_is_defined_again(tmp_path: Path) -> None:
    (relapse,) = strayed(tmp_path, shop__new=OTHER)
    assert isinstance(relapse, SecondDefinition)
    assert (relapse.home, relapse.definer.path) == ("shop.bank", "shop/new.py")
    assert "shop/till.py:1" in relapse.why


def test_also_where_the_leave_behind_stands(tmp_path: Path) -> None:
    found = strayed(tmp_path, shop__till=LEFT + "\n\n" + CLASS)
    assert [each.definer.path for each in found if isinstance(each, SecondDefinition)] == [
        "shop/till.py"
    ]


def test_a_configured_home_counts_once_the_class_is_there(tmp_path: Path) -> None:
    homes = 'homes = { Fee = "shop.bank" }'
    fee = CLASS.replace("Rate", "Fee")
    assert strayed(tmp_path / "a", shop__new=fee, pyproject=homes) == []
    (relapse,) = strayed(tmp_path / "b", shop__new=fee, shop__bank=CLASS + fee, pyproject=homes)
    assert isinstance(relapse, SecondDefinition)
    assert relapse.definer.path == "shop/new.py"


def test_a_home_can_be_that_of_one_module_only(tmp_path: Path) -> None:
    homes = 'homes = { "shop.a:Fee" = "shop.bank" }'
    fee = CLASS.replace("Rate", "Fee")
    found = strayed(tmp_path, shop__a=fee, shop__b=fee, shop__bank=CLASS + fee, pyproject=homes)
    assert [each.definer.path for each in found if isinstance(each, SecondDefinition)] == [
        "shop/a.py"
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"# consolidate: keep another thing\n{OTHER}",
        "class Rate(Exception):\n    pass\n",
        "class Rate:\n    def test_it(self):\n        assert True\n",
        "def make():\n    class Rate:\n        x = 1\n    return Rate\n",
        f"import shop\n\nclass Outer:\n    {OTHER.replace(chr(10), chr(10) + '    ')}\n",
    ],
    ids=["keep", "trivial", "test class", "in a function", "nested"],
)
def test_what_is_another_thing_for_a_reason_is_left_alone(tmp_path: Path, text: str) -> None:
    assert strayed(tmp_path, shop__new=text) == []


def test_configured_paths_are_left_alone(tmp_path: Path) -> None:
    assert strayed(tmp_path, shop__new=OTHER, pyproject='suppress = ["new.py"]') == []


def test_imports_through_a_leave_behind(tmp_path: Path) -> None:
    user = "def use():\n    from shop.till import Rate\n    return Rate\n"
    (relapse,) = strayed(tmp_path, shop__user=user)
    assert isinstance(relapse, ThroughLeaveBehind)
    assert str(relapse.location) == "shop/till.py:1"
    assert [str(site.location) for site in relapse.sites] == ["shop/user.py:2"]
