"""Definitions that live where their users would not look for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from planted_scene import planted_scene

from consolidator.finders.findings import Misplaced
from consolidator.finders.misplaced import find_misplaced


def found(root: Path, files: Mapping[str, str | bytes]) -> list[Misplaced]:
    return list(find_misplaced(planted_scene(root, files)))


def test_a_class_that_two_modules_are_asked_for(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/shared.py": "",
        "pkg/deep.py": "class Tool: ...\n",
        "pkg/one.py": "from pkg.shared import Tool\n",
        "pkg/two.py": "def f():\n    from pkg.gone import Tool as T\n    return T\n",
    }
    (one,) = found(tmp_path, files)
    assert (one.reason, one.expected) == ("asked for elsewhere", ("pkg.gone", "pkg.shared"))
    assert [str(site.location) for site in one.sites] == ["pkg/one.py:1", "pkg/two.py:2"]


def test_one_wrong_import_does_not_make_a_class_misplaced(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/shared.py": "",
        "pkg/deep.py": "class Tool: ...\n",
        "pkg/one.py": "from pkg.shared import Tool\n",
        "pkg/two.py": "from pkg.deep import Tool\n",
        "pkg/three.py": "from pkg.deep import Tool\n",
    }
    assert found(tmp_path, files) == []


def test_a_class_that_its_users_contradict_is_suppressed(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/shared.py": "",
        "pkg/deep.py": "class Tool:\n    def __init__(self): ...\n",
        "pkg/one.py": "from pkg.shared import Tool\n\n\ndef f():\n    return Tool(1, 2)\n",
    }
    (one,) = found(tmp_path, files)
    assert one.suppression is not None and one.suppression.name == "contradicted"
    assert "Tool(1, 2)" in one.suppression.reason


TEST_MODULE = "class Fake: ...\nclass TestIt:\n    def test_it(self): ...\n"


def test_what_test_modules_lend_to_others(tmp_path: Path) -> None:
    files = {
        "tests/test_a.py": TEST_MODULE,
        "tests/test_b.py": "from tests.test_a import Fake, TestIt\n",
    }
    fake, tests = found(tmp_path, files)
    assert (fake.reason, fake.suppression) == ("in a test module", None)
    assert tests.suppression is not None and tests.suppression.name == "test-class"


def test_a_module_of_helpers_for_tests_is_a_good_place(tmp_path: Path) -> None:
    files = {
        "tests/helpers.py": "class Fake: ...\n",
        "tests/test_helpers.py": "class Other: ...\n",
        "tests/test_b.py": "from tests.helpers import Fake\nfrom tests.test_helpers import Other\n",
    }
    assert found(tmp_path, files) == []


def test_other_code_imports_from_tests(tmp_path: Path) -> None:
    files = {
        "tests/__init__.py": "",
        "tests/helpers.py": "class Fake: ...\ndef make(): ...\nLIMIT = 1\nfrom json import dumps\n",
        "tests/test_b.py": "from tests.helpers import Fake\n",
        "app/__init__.py": "from tests.helpers import Fake, LIMIT, dumps, make\n",
    }
    places = found(tmp_path, files)
    assert {one.reason for one in places} == {"test code imported"}
    kinds = {one.definer.qualified.name: one.definer.kind for one in places}
    assert kinds == {"Fake": "class", "make": "function", "LIMIT": "constant"}
    assert all([site.location.path for site in one.sites] == ["app/__init__.py"] for one in places)


def test_what_a_script_lends_to_other_code_than_its_tests(tmp_path: Path) -> None:
    files = {
        "tools/run.py": "class Runner: ...\n\nif __name__ == '__main__':\n    Runner()\n",
        "tests/test_run.py": "from tools.run import Runner\n",
    }
    assert found(tmp_path / "tested", files) == []
    (one,) = found(tmp_path / "used", {**files, "app.py": "from tools.run import Runner\n"})
    assert (one.reason, len(one.sites)) == ("in a script", 1)
