"""Where a new module goes, what must be made with it, and what it must not hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from consolidator.errors import Refusal
from consolidator.workspace import Workspace

Opened = Callable[[Mapping[str, str]], Workspace]


def refusal(workspace: Workspace, module: str, near: str | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        workspace.new_module_path(module, near)
    [problem] = caught.value.problems
    assert problem.remedy
    return problem.code


class TestWhere:
    def test_in_an_existing_package(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/sub/__init__.py": ""})
        assert workspace.new_module_path("pkg.sub.new") == "pkg/sub/new.py"
        assert workspace.new_module_files("pkg.sub.new") == ("pkg/sub/new.py",)

    def test_packages_on_the_way_are_made(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": ""})
        assert workspace.new_module_files("pkg.x.y.new") == (
            "pkg/x/__init__.py",
            "pkg/x/y/__init__.py",
            "pkg/x/y/new.py",
        )

    def test_a_namespace_package_stays_one(self, opened: Opened) -> None:
        workspace = opened({"ns/a.py": "", "pkg/__init__.py": ""})
        assert workspace.new_module_files("ns.x.new") == ("ns/x/new.py",)

    def test_a_new_top_level_package(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "ns/a.py": ""})
        assert workspace.new_module_files("other.new") == ("other/__init__.py", "other/new.py")
        assert opened({}).new_module_files("top") == ("top.py",)

    def test_a_new_top_level_package_among_namespaces(self, opened: Opened) -> None:
        assert opened({"ns/a.py": ""}).new_module_files("other.new") == ("other/new.py",)

    def test_in_an_empty_project(self, opened: Opened) -> None:
        assert opened({}).new_module_files("other.new") == ("other/__init__.py", "other/new.py")

    def test_a_folder_of_data_becomes_a_package(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/data/x.json": ""})
        assert workspace.new_module_files("pkg.data.new") == (
            "pkg/data/__init__.py",
            "pkg/data/new.py",
        )

    def test_beside_a_folder_of_data(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/data/x.json": ""})
        assert workspace.new_module_path("pkg.data") == "pkg/data.py"

    def test_beside_a_stub(self, opened: Opened) -> None:
        assert opened({"pkg/a.pyi": ""}).new_module_path("pkg.a") == "pkg/a.py"

    def test_a_module_that_exists_keeps_its_path(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/a.py": ""})
        assert workspace.new_module_path("pkg") == "pkg/__init__.py"
        assert workspace.new_module_files("pkg.a") == ("pkg/a.py",)


class TestUnderWhichRoot:
    SRC: ClassVar[dict[str, str]] = {
        "src/pkg/__init__.py": "",
        "tests/__init__.py": "",
        "tests/test_a.py": "",
    }

    def test_where_its_package_is(self, opened: Opened) -> None:
        workspace = opened(self.SRC)
        assert workspace.new_module_path("pkg.a") == "src/pkg/a.py"
        assert workspace.new_module_path("tests.helpers") == "tests/helpers.py"

    def test_a_new_package_goes_to_the_sources(self, opened: Opened) -> None:
        workspace = opened(self.SRC)
        assert workspace.new_module_path("other.a") == "src/other/a.py"
        assert workspace.new_module_path("other.a", near="tests/test_a.py") == "src/other/a.py"

    TWO: ClassVar[dict[str, str]] = {
        "pyproject.toml": "[tool.consolidate]\nroots = ['one', 'two']\n",
        "one/co/a.py": "",
        "one/co/deep/x.py": "",
        "two/co/b.py": "",
        "two/solo.py": "",
    }

    def test_two_that_fit(self, opened: Opened) -> None:
        workspace = opened(self.TWO)
        assert refusal(workspace, "other.new") == "ambiguous-root"
        assert refusal(workspace, "co.new") == "ambiguous-root"
        assert workspace.new_module_path("co.deep.new") == "one/co/deep/new.py"

    def test_the_file_that_it_comes_from_decides(self, opened: Opened) -> None:
        workspace = opened(self.TWO)
        assert workspace.new_module_path("other.new", near="one/co/a.py") == "one/other/new.py"
        assert workspace.new_module_path("co.new", near="two/solo.py") == "two/co/new.py"

    def test_a_test_folder_that_is_its_own_entry(self, opened: Opened) -> None:
        workspace = opened({"src/pkg/__init__.py": "", "tests/test_a.py": ""})
        assert workspace.new_module_path("helpers", near="tests/test_a.py") == "tests/helpers.py"
        assert workspace.new_module_path("helpers", near="src/pkg/__init__.py") == "src/helpers.py"
        assert refusal(workspace, "tests.helpers") == "other-module-name"


class TestRefused:
    @pytest.mark.parametrize(
        "module", ["", "a.", ".a", "a..b", "a-b", "pkg.class", "1a", "a b", "a/b", "pkg.__init__"]
    )
    def test_names_that_no_import_can_say(self, opened: Opened, module: str) -> None:
        assert refusal(opened({"pkg/__init__.py": ""}), module) == "bad-module-name"

    @pytest.mark.parametrize("module", ["types", "json.new", "email.mime.new"])
    def test_the_standard_library(self, opened: Opened, module: str) -> None:
        assert refusal(opened({"pkg/__init__.py": ""}), module) == "shadows-module"

    def test_not_below_a_package(self, opened: Opened) -> None:
        assert opened({"pkg/__init__.py": ""}).new_module_path("pkg.types") == "pkg/types.py"

    def test_not_where_the_project_has_such_a_package_already(self, opened: Opened) -> None:
        assert opened({"types/a.py": ""}).new_module_path("types.b") == "types/b.py"

    def test_below_a_module(self, opened: Opened) -> None:
        assert refusal(opened({"pkg/a.py": ""}), "pkg.a.new") == "shadows-module"

    def test_over_a_namespace_package(self, opened: Opened) -> None:
        assert refusal(opened({"pkg/ns/a.py": ""}), "pkg.ns") == "shadows-module"

    @pytest.mark.parametrize("module", ["pkg.Utils", "Pkg.a", "pkg.UTILS", "PKG"])
    def test_only_the_case_differs(self, opened: Opened, module: str) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/utils.py": ""})
        if module == "PKG":  # a file PKG.py beside a folder pkg
            assert workspace.new_module_path(module) == "PKG.py"
        else:
            assert refusal(workspace, module) == "shadows-module"

    def test_the_case_of_a_file_that_is_no_module(self, opened: Opened) -> None:
        assert refusal(opened({"pkg/Data/x.json": "", "pkg/a.py": ""}), "pkg.data.b") == (
            "shadows-module"
        )

    def test_a_file_that_git_ignores(self, opened: Opened) -> None:
        workspace = opened({".gitignore": "gen.py\n", "pkg/a.py": "", "pkg/gen.py": ""})
        assert refusal(workspace, "pkg.gen") == "shadows-module"

    def test_a_package_that_is_excluded(self, opened: Opened) -> None:
        config = "[tool.consolidate]\nexclude = ['gen/']\n"
        workspace = opened({"pyproject.toml": config, "pkg/a.py": "", "pkg/gen/__init__.py": ""})
        assert refusal(workspace, "pkg.gen") == "shadows-module"

    @pytest.mark.parametrize(
        "name", ["fast.so", "fast.cpython-311-x86_64-linux-gnu.so", "fast.abi3.so", "fast.pyd"]
    )
    def test_a_compiled_module(self, opened: Opened, name: str) -> None:
        workspace = opened({"pkg/a.py": "", f"pkg/{name}": ""})
        assert refusal(workspace, "pkg.fast") == "shadows-module"
        assert workspace.new_module_path("pkg.faster") == "pkg/faster.py"

    def test_through_a_symlink(self, opened: Opened, project: Path) -> None:
        workspace = opened({"pkg/a.py": ""})
        (project / "linked").symlink_to("pkg")
        assert refusal(workspace, "linked.new") == "shadows-module"

    def test_below_a_file_that_is_no_module(self, opened: Opened) -> None:
        assert refusal(opened({"pkg/a.py": "", "pkg/LICENSE": ""}), "pkg.LICENSE.b") == (
            "shadows-module"
        )


class TestAfterChanges:
    def test_a_deleted_file_makes_room(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/a.py": ""})
        after = workspace.with_changes({"pkg/a.py": None})
        assert after.path_of("pkg.a") is None
        assert after.new_module_path("pkg.a") == "pkg/a.py"
        assert after.new_module_path("pkg.A") == "pkg/A.py"

    def test_a_planned_file_counts(self, opened: Opened) -> None:
        after = opened({"pkg/__init__.py": ""}).with_changes({"pkg/new/a.py": b""})
        assert refusal(after, "pkg.new.A") == "shadows-module"
        assert refusal(after, "pkg.new") == "shadows-module"
        assert after.new_module_files("pkg.new.b") == ("pkg/new/b.py",)
