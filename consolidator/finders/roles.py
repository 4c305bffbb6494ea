"""What a file is for: test code, test modules, scripts."""

from __future__ import annotations

import re

from consolidator.finders.scene import Scene
from consolidator.index.class_identity.facts import lines_of
from consolidator.index.outline import Outline, OutlinedClass
from consolidator.workspace import Workspace

_COLLECTED = re.compile(r"(?:test_.*|.*_test|conftest)\.py")
_TEST_FOLDER = re.compile(r"(?:\w+_)?tests")
_TOOLS = frozenset({"pytest", "unittest", "hypothesis"})
_TEST_METHOD = re.compile(r"\s+(?:async\s+)?def\s+test(?:_|[A-Z])")
_MAIN = re.compile(rb"^if[ \t(]+__name__[ \t]*==[ \t]*['\"]__main__['\"]", re.MULTILINE)


def is_test_module(path: str) -> bool:
    """Whether pytest collects tests from the file, or reads it for that: `test_*`, `conftest`."""
    return _COLLECTED.fullmatch(path.rpartition("/")[2]) is not None


def is_test(path: str) -> bool:
    """Whether the path is that of test code: a test module, or anything in a folder of tests.

    `pkg/test/` and `pkg/testing/` are no such folders: packages keep there what helps their users
    to test. `all_test_code` looks closer.
    """
    folders = path.split("/")[:-1]
    return (
        is_test_module(path) or any(map(_TEST_FOLDER.fullmatch, folders)) or folders[:1] == ["test"]
    )


def all_test_code(scene: Scene) -> frozenset[str]:
    """The paths of all test code; ask for it by `scene.once(all_test_code)`.

    A folder called `test` is one of tests when test modules stand in it. Outside such folders
    `connection_test.py` and `test_endpoints.py` may be anything, until they show that they test.
    """
    modules = {
        path
        for path, outline in scene.outlines.items()
        if is_test_module(path) and (path.endswith("conftest.py") or shows_tests(scene, path))
    }
    folders = {path.rpartition("/")[0] for path in modules}
    tests = {folder for folder in folders if folder.rpartition("/")[2] == "test"}
    return frozenset(
        path
        for path in scene.outlines
        if path in modules or is_test(_folder(path)) or not tests.isdisjoint(_folders(path))
    )


def _folder(path: str) -> str:
    """The path without the name of the file, which then says nothing."""
    return path.rpartition("/")[0] + "/"


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def holds_tests(outline: Outline) -> bool:
    """Whether a file has tests: `tests/test_helpers.py` may hold none, whatever its name says."""
    return any(name.startswith("test") for name in outline.bound) or any(
        map(_may_test, outline.classes)
    )


def shows_tests(scene: Scene, path: str) -> bool:
    """Whether a file has tests, wherever it stands: `pkg/test/storage.py` for who subclasses it."""
    outline = scene.outlines[path]
    is_equipped = any(item.module.split(".")[0] in _TOOLS for item in outline.imports)
    return (is_equipped and holds_tests(outline)) or any(
        has_test_methods(scene, path, item) for item in outline.classes
    )


def has_test_methods(scene: Scene, path: str, item: OutlinedClass) -> bool:
    """Whether a class has tests of its own, so that who subclasses it inherits them.

    `test_user: str` is a field.
    """
    if not _may_test(item):
        return False
    lines = lines_of(scene.index, path)[item.first_line - 1 : item.last_line]
    return any(map(_TEST_METHOD.match, lines))


def _may_test(item: OutlinedClass) -> bool:
    return any(member.startswith("test") for member in item.members)


def is_script(workspace: Workspace, path: str) -> bool:
    """Whether the file is made to be run: it has a main block and stands in no package.

    A folder called `scripts` or `bin` is none in this sense; one below a package belongs to it,
    with or without an `__init__.py` of its own.
    """
    folders = _folders(path)
    in_package = any(workspace.has(f"{folder}/__init__.py") for folder in folders)
    if in_package and folders[-1].rpartition("/")[2] not in {"scripts", "bin"}:
        return False
    return _MAIN.search(workspace.file(path).data) is not None
