"""Names of files, and files of names, as the import system has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import pytest

from consolidator.errors import Refusal
from consolidator.names import ModuleName
from consolidator.workspace import Workspace

Opened = Callable[[Mapping[str, str]], Workspace]


def test_names_both_ways(opened: Opened) -> None:
    workspace = opened({"pkg/__init__.py": "", "pkg/a.py": "", "pkg/sub/b.py": "", "top.py": ""})
    names = {
        "pkg/__init__.py": "pkg",
        "pkg/a.py": "pkg.a",
        "pkg/sub/b.py": "pkg.sub.b",
        "top.py": "top",
    }
    for path, name in names.items():
        assert workspace.module_of(path) == name
        assert isinstance(workspace.module_of(path), ModuleName)
        assert workspace.path_of(name) == path
    assert sorted(workspace.modules()) == sorted(names.values())
    assert all(isinstance(name, ModuleName) for name in workspace.modules())


def test_namespace_packages(opened: Opened) -> None:
    workspace = opened({"ns/sub/a.py": "", "pkg/__init__.py": "", "empty/x.json": ""})
    assert workspace.path_of("ns") is None
    assert workspace.path_of("ns.sub") is None
    assert workspace.is_package("ns")
    assert workspace.is_package("ns.sub")
    assert workspace.is_first_party("ns.sub")
    assert workspace.is_package("pkg")
    assert not workspace.is_package("ns.sub.a")
    assert not workspace.is_first_party("empty")
    assert not workspace.is_first_party("ns.absent")
    assert not workspace.is_first_party("os")
    assert "ns" not in workspace.modules()


def test_a_module_beside_a_package_is_not_importable(opened: Opened) -> None:
    workspace = opened({"x.py": "", "x/__init__.py": "", "x/y.py": ""})
    assert workspace.path_of("x") == "x/__init__.py"
    assert workspace.module_of("x.py") is None
    assert workspace.path_of("x.y") == "x/y.py"


def test_a_module_beside_a_folder_hides_what_is_in_it(opened: Opened) -> None:
    workspace = opened({"x.py": "", "x/y.py": "", "x/z/__init__.py": ""})
    assert workspace.path_of("x") == "x.py"
    assert not workspace.is_package("x")
    assert workspace.module_of("x/y.py") is None
    assert workspace.path_of("x.y") is None
    assert workspace.module_of("x/z/__init__.py") is None


@pytest.mark.parametrize(
    "path", ["my-script.py", "a-b/c.py", "1x.py", "pkg/a.b.py", "__init__.py", ".hidden/a.py"]
)
def test_files_that_no_import_reaches(opened: Opened, path: str) -> None:
    assert opened({path: ""}).module_of(path) is None


def test_stubs(opened: Opened) -> None:
    workspace = opened(
        {
            "a.py": "",
            "a.pyi": "",
            "pkg/__init__.py": "",
            "pkg/__init__.pyi": "",
            "pkg/fast.pyi": "",
            "pkg/b.py": "",
            "foo-stubs/bar.pyi": "",
            "stubs/dep/c.pyi": "",
        }
    )
    assert workspace.stub_of("a") == "a.pyi"
    assert workspace.stub_of("pkg") == "pkg/__init__.pyi"
    assert workspace.stub_of("pkg.b") is None
    assert workspace.module_of("a.pyi") == "a"
    # A compiled module with a stub is ours, though no Python file is loaded for it.
    assert workspace.stub_of("pkg.fast") == "pkg/fast.pyi"
    assert workspace.path_of("pkg.fast") is None
    assert workspace.is_first_party("pkg.fast")
    assert workspace.module_of("foo-stubs/bar.pyi") is None
    assert workspace.module_of("stubs/dep/c.pyi") == "stubs.dep.c"
    assert workspace.paths()[-1] == "stubs/dep/c.pyi"


class TestSeveralRoots:
    AMBIGUOUS: ClassVar[dict[str, str]] = {
        "pyproject.toml": "[tool.consolidate]\nroots = ['one', 'two']\n",
        "one/a/__init__.py": "",
        "one/a/b.py": "",
        "one/a/only_one.py": "",
        "one/user.py": "",
        "two/a/__init__.py": "",
        "two/a/b.py": "",
        "two/a/only_two.py": "",
        "two/user.py": "",
        "outside.py": "",
    }

    def test_the_longest_root_names_the_file(self, opened: Opened) -> None:
        config = "[tool.consolidate]\nroots = ['.', 'lib', 'lib/deep']\n"
        workspace = opened({"pyproject.toml": config, "lib/deep/a.py": "", "lib/b.py": ""})
        assert workspace.module_of("lib/deep/a.py") == "a"
        assert workspace.module_of("lib/b.py") == "b"
        # The other names lead to the same file.
        assert workspace.path_of("deep.a") == workspace.path_of("lib.deep.a") == "lib/deep/a.py"
        assert workspace.is_first_party("lib.deep.a")
        assert set(workspace.modules()) == {"a", "b"}

    def test_ambiguity_is_refused_when_that_module_is_asked_for(self, opened: Opened) -> None:
        workspace = opened(self.AMBIGUOUS)
        assert workspace.path_of("a.only_one") == "one/a/only_one.py"
        assert workspace.path_of("a.only_two") == "two/a/only_two.py"
        assert workspace.module_of("two/a/b.py") == "a.b"
        assert workspace.is_first_party("a.b")
        assert workspace.is_package("a")
        with pytest.raises(Refusal) as caught:
            workspace.path_of("a.b")
        [problem] = caught.value.problems
        assert problem.code == "ambiguous-module"
        assert "one/a/b.py" in problem.message
        assert "two/a/b.py" in problem.message
        assert "roots" in problem.remedy

    def test_the_importing_file_decides(self, opened: Opened) -> None:
        workspace = opened(self.AMBIGUOUS)
        assert workspace.path_of("a.b", near="one/user.py") == "one/a/b.py"
        assert workspace.path_of("a.b", near="two/a/only_two.py") == "two/a/b.py"
        with pytest.raises(Refusal):
            workspace.path_of("a.b", near="outside.py")

    def test_a_namespace_over_two_roots(self, opened: Opened) -> None:
        config = "[tool.consolidate]\nroots = ['one', 'two']\n"
        workspace = opened({"pyproject.toml": config, "one/co/a.py": "", "two/co/b.py": ""})
        assert workspace.path_of("co.a") == "one/co/a.py"
        assert workspace.path_of("co.b") == "two/co/b.py"
        assert workspace.is_package("co")

    def test_a_neighbour_is_no_third_party_module(self, opened: Opened) -> None:
        workspace = opened(
            {
                "scripts/a.py": "",
                "scripts/json.py": "",
                "scripts/b.py": "",
                "pkg/__init__.py": "",
                "pkg/ns/a.py": "",
                "pkg/ns/b.py": "",
            }
        )
        assert workspace.path_of("b", near="scripts/a.py") == "scripts/b.py"
        assert workspace.path_of("json", near="scripts/a.py") is None
        assert workspace.path_of("b", near="pkg/ns/a.py") is None  # not run as a script
