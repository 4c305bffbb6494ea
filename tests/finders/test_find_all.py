"""All finders together: what is restricted to paths, what configured paths suppress, the order."""

from __future__ import annotations

from pathlib import Path

from small_tree import opened

from consolidator.finders.finders import find_all
from consolidator.finders.findings import BrokenImport, Duplicate, Findings, is_namesake
from consolidator.finders.fingerprint import identify
from consolidator.finders.scene import Scene
from consolidator.index.outlining import outline_all

COPY = '''
class Rate:
    """What one costs in the other."""

    def __init__(self, value):
        self.value = value

    def of(self, amount):
        return amount * self.value
'''
TREE = {
    "shop/__init__.py": "",
    "shop/bank.py": COPY,
    "shop/till.py": COPY,
    "shop/orders.py": "from shop.bank import Missing, Rate\n\nprint(Missing, Rate)\n",
    "shop/late.py": "def late():\n    from shop.bank import Missing\n    return Missing\n",
    "old/__init__.py": "",
    "old/orders.py": "from shop.till import Gone\n\nprint(Gone)\n",
}


def found(root: Path, *paths: str, settings: str = "", **more: str) -> Findings:
    """What is found in the tree with these settings and further files."""
    pyproject = f'[project]\nname = "shop"\n[tool.consolidate]\n{settings}\n'
    files = TREE | {path.replace("__", "/") + ".py": text for path, text in more.items()}
    index = opened(root, files | {"pyproject.toml": pyproject})
    return find_all(Scene(index, outline_all(index)), paths)


def kinds(findings: Findings) -> list[tuple[str, str]]:
    return [(identify(each).kind, identify(each).name) for each in findings.found]


def test_everything_is_found_in_a_stable_order(tmp_path: Path) -> None:
    findings = found(tmp_path)
    assert kinds(findings) == [
        ("broken-import", "shop.bank.Missing"),
        ("broken-import", "shop.till.Gone"),
        ("duplicate", "Rate"),
    ]
    assert dict(findings.counts) == {"files": 7, "classes": 2, "imports": 4}


def test_an_answer_is_worth_more_than_many_who_ask(tmp_path: Path) -> None:
    findings = found(tmp_path, shop__lost="class Gone:\n    def here(self):\n        return 1\n")
    broken = [each for each in findings.found if isinstance(each, BrokenImport)]
    assert [each.answer for each in broken] == ["defined once", "nowhere"]


def test_paths_restrict_what_is_reported_not_what_is_looked_at(tmp_path: Path) -> None:
    assert kinds(found(tmp_path / "a", "old")) == [("broken-import", "shop.till.Gone")]
    (copies,) = found(tmp_path / "b", "shop/till.py").found
    assert isinstance(copies, Duplicate)
    assert [copy.path for copy in copies.copies] == ["shop/bank.py", "shop/till.py"]


def test_a_path_is_no_prefix_of_a_name(tmp_path: Path) -> None:
    assert found(tmp_path, "shop/til").found == ()


def test_configured_paths_suppress_what_would_be_nothing_without_them(tmp_path: Path) -> None:
    findings = found(tmp_path, settings='suppress = ["till.py", "/old/"]')
    assert kinds(findings) == [("broken-import", "shop.bank.Missing")]
    names = {each.suppression.name for each in findings.suppressed if each.suppression}
    assert names == {"configured-path"}
    assert len(findings.suppressed) == 2


def test_two_copies_outside_of_configured_paths_are_still_copies(tmp_path: Path) -> None:
    findings = found(tmp_path, settings='suppress = ["till.py"]', shop__third=COPY)
    assert ("duplicate", "Rate") in kinds(findings)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    findings = found(tmp_path, shop__bad="from shop.bank import Missing\nclass (:\n  '''")
    assert [path for path, _ in findings.unreadable] == ["shop/bad.py"]


def test_classes_with_no_more_than_a_name_in_common_come_last(tmp_path: Path) -> None:
    other = "class Rate:\n    def of(self, day, hour):\n        return day / hour\n"
    findings = found(tmp_path, shop__other=other)
    assert is_namesake(findings.found[-1])
    assert not any(map(is_namesake, findings.found[:-1]))
