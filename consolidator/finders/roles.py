"""What a file is for, by where it stands: test code, test modules, scripts."""

from __future__ import annotations

import re

from consolidator.workspace import Workspace

_COLLECTED = re.compile(r"(?:test_.*|.*_test|conftest)\.py")
_TEST_FOLDER = re.compile(r"(?:\w+_)?tests")
_MAIN = re.compile(rb"^if[ \t(]+__name__[ \t]*==[ \t]*['\"]__main__['\"]", re.MULTILINE)


def is_test_module(path: str) -> bool:
    """Whether pytest collects tests from the file, or reads it for that: `test_*`, `conftest`."""
    return _COLLECTED.fullmatch(path.rpartition("/")[2]) is not None


def is_test(path: str) -> bool:
    """Whether the file is test code: a test module, or anything in a folder of tests.

    `pkg/test/` and `pkg/testing/` are no such folders: packages keep there what helps their users
    to test.
    """
    folders = path.split("/")[:-1]
    return (
        is_test_module(path) or any(map(_TEST_FOLDER.fullmatch, folders)) or folders[:1] == ["test"]
    )


def is_script(workspace: Workspace, path: str) -> bool:
    """Whether the file is made to be run: it has a main block and stands in no package."""
    folder = path.rpartition("/")[0]
    in_package = workspace.has(f"{folder}/__init__.py" if folder else "__init__.py")
    if in_package and folder.rpartition("/")[2] not in {"scripts", "bin"}:
        return False
    return _MAIN.search(workspace.file(path).data) is not None
