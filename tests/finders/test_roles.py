"""What files are for."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_scene import planted_scene

from consolidator.finders.roles import all_test_code, is_script, is_test, is_test_module

TESTING = "def test_it(): ...\nimport pytest\n"


@pytest.mark.parametrize(
    ("path", "module", "anything"),
    [
        ("tests/test_a.py", True, True),
        ("pkg/a_test.py", True, True),
        ("pkg/conftest.py", True, True),
        ("pkg/tests/helpers.py", False, True),
        ("unit_tests/helpers.py", False, True),
        ("test/helpers.py", False, True),
        ("pkg/test/client.py", False, False),
        ("pkg/testing/client.py", False, False),
        ("pkg/latest.py", False, False),
        ("pkg/contest.py", False, False),
    ],
)
def test_by_path(path: str, module: bool, anything: bool) -> None:
    assert (is_test_module(path), is_test(path)) == (module, anything)


def test_by_what_stands_in_it(tmp_path: Path) -> None:
    files = {
        "pkg/test/test_a.py": TESTING,
        "pkg/test/helpers.py": "",
        "lib/test/client.py": "",
        "lib/connection_test.py": "class Connection: ...\n",
        "lib/real_test.py": TESTING,
        "lib/test_results.py": "class TestResult:\n    test_name: str\n",
        "app/tests/helpers.py": "",
    }
    assert planted_scene(tmp_path, files).once(all_test_code) == {
        "pkg/test/test_a.py",
        "pkg/test/helpers.py",
        "lib/real_test.py",
        "app/tests/helpers.py",
    }


def test_scripts(tmp_path: Path) -> None:
    main = "if __name__ == '__main__':\n    pass\n"
    files = {
        "pkg/__init__.py": "",
        "pkg/tool.py": main,
        "pkg/demo/game.py": main,
        "pkg/scripts/run.py": main,
        "scripts/__init__.py": "",
        "scripts/run.py": main,
        "run.py": main,
        "other.py": f"def f():\n    {main}",
    }
    workspace = planted_scene(tmp_path, files).index.workspace
    scripts = [path for path in workspace.paths() if is_script(workspace, path)]
    assert scripts == ["pkg/scripts/run.py", "run.py", "scripts/run.py"]
