"""Source roots: where they are found, in which order, and the reason given for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from consolidator.workspace import Workspace, find_root

Opened = Callable[[Mapping[str, str]], Workspace]
ROOT = ""


def directories(workspace: Workspace) -> list[str]:
    return [root.directory for root in workspace.roots]


def origin(workspace: Workspace, directory: str) -> str:
    [found] = [root.origin for root in workspace.roots if root.directory == directory]
    return found


class TestFindRoot:
    def test_the_nearest_upward(self, tmp_path: Path) -> None:
        (tmp_path / "a/b/c").mkdir(parents=True)
        (tmp_path / "pyproject.toml").touch()
        assert find_root(tmp_path / "a/b/c") == tmp_path
        (tmp_path / "a/.git").mkdir()
        assert find_root(tmp_path / "a/b/c") == tmp_path / "a"
        assert find_root(tmp_path / "a") == tmp_path / "a"

    def test_from_a_file_and_in_a_worktree(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / ".git").write_text("gitdir: elsewhere")
        (tmp_path / "a/x.py").touch()
        assert find_root(tmp_path / "a/x.py") == tmp_path

    def test_the_start_itself_when_there_is_none(self, tmp_path: Path) -> None:
        assert find_root(tmp_path) == tmp_path


class TestStubs:
    def test_of_other_projects_put_nothing_on_the_import_path(self, opened: Opened) -> None:
        workspace = opened(
            {
                "shop/__init__.py": "",
                "shop/orders.py": "import decimal\n",
                "shop/typeshed/numerics/base.pyi": "class Number: ...\n",
                "shop/typeshed/decimal.pyi": "from numerics.base import Number\n",
            }
        )
        assert directories(workspace) == [ROOT]
        assert not workspace.is_first_party("decimal")


class TestConfigured:
    def test_stands_alone(self, opened: Opened) -> None:
        workspace = opened(
            {
                "pyproject.toml": "[tool.consolidate]\nroots = ['./lib/', '.']\n",
                "src/a.py": "",
                "lib/b.py": "",
                "tests/test_c.py": "",
            }
        )
        assert directories(workspace) == ["lib", ROOT]
        assert origin(workspace, "lib") == "roots in [tool.consolidate]"

    def test_may_leave_the_project_root_out(self, opened: Opened) -> None:
        files = {
            "pyproject.toml": "[tool.consolidate]\nroots = ['lib']\n",
            "lib/b.py": "",
            "t.py": "",
        }
        workspace = opened(files)
        assert workspace.module_of("t.py") is None
        assert workspace.module_of("lib/b.py") == "b"


class TestLayouts:
    def test_flat(self, opened: Opened) -> None:
        workspace = opened({"pkg/__init__.py": "", "pkg/a.py": "", "tests/__init__.py": ""})
        assert directories(workspace) == [ROOT]
        assert origin(workspace, ROOT) == "flat layout"

    def test_src_and_the_project_root_for_the_tests(self, opened: Opened) -> None:
        workspace = opened(
            {"src/pkg/__init__.py": "", "tests/__init__.py": "", "tests/test_a.py": ""}
        )
        assert directories(workspace) == ["src", ROOT]
        assert origin(workspace, "src") == "src layout"
        assert workspace.module_of("tests/test_a.py") == "tests.test_a"
        assert [root.takes_new for root in workspace.roots] == [True, False]

    def test_src_that_is_a_package(self, opened: Opened) -> None:
        workspace = opened({"src/__init__.py": "", "src/a.py": ""})
        assert directories(workspace) == [ROOT]
        assert workspace.module_of("src/a.py") == "src.a"

    def test_src_that_is_imported_by_that_name(self, opened: Opened) -> None:
        files = {"src/pkg/a.py": "from src.pkg import b\n", "src/pkg/b.py": ""}
        workspace = opened(files)
        assert directories(workspace) == [ROOT]
        assert workspace.module_of("src/pkg/a.py") == "src.pkg.a"

    def test_a_stray_import_of_src_is_outvoted(self, opened: Opened) -> None:
        workspace = opened(
            {
                "docs/old.py": "from src.pkg import a\n",
                "src/pkg/a.py": "from pkg import b\n",
                "src/pkg/b.py": "import pkg.c\n",
            }
        )
        assert "src" in directories(workspace)

    def test_a_folder_of_packages_without_settings(self, opened: Opened) -> None:
        workspace = opened(
            {
                "homeassistant/__init__.py": "",
                "homeassistant/core.py": "",
                "homeassistant-2026.2.dist-info/METADATA.py": "",
            }
        )
        assert workspace.module_of("homeassistant/core.py") == "homeassistant.core"
        assert workspace.module_of("homeassistant-2026.2.dist-info/METADATA.py") is None

    def test_a_root_that_is_a_package_itself(self, opened: Opened) -> None:
        # `--root site-packages/project`, where `project` is what the files call themselves.
        files = {"__init__.py": "", "a.py": "from project.sub import b\n", "sub/b.py": ""}
        workspace = opened(files)
        assert workspace.module_of("sub/b.py") == "project.sub.b"
        assert workspace.module_of("__init__.py") == "project"
        assert workspace.path_of("project.a") == "a.py"
        assert workspace.path_of("a") is None
        assert workspace.is_package("project")

    def test_a_stray_init_at_the_root(self, opened: Opened) -> None:
        workspace = opened({"__init__.py": "", "pkg/a.py": "import pkg.b\n", "pkg/b.py": ""})
        assert workspace.module_of("pkg/a.py") == "pkg.a"
        assert workspace.module_of("__init__.py") is None

    def test_no_python_at_all(self, opened: Opened) -> None:
        assert directories(opened({"README.md": ""})) == [ROOT]


SETTINGS = [
    (
        "pyproject.toml",
        "[tool.setuptools]\npackage-dir = {'' = 'lib'}\n",
        "package-dir in [tool.setuptools]",
    ),
    (
        "pyproject.toml",
        "[tool.setuptools.packages.find]\nwhere = ['lib']\n",
        "where in [tool.setuptools.packages.find]",
    ),
    (
        "pyproject.toml",
        "[tool.hatch.build.targets.wheel]\npackages = ['lib/pkg']\n",
        "packages in [tool.hatch.build.targets.wheel]",
    ),
    (
        "pyproject.toml",
        "[tool.hatch.build.targets.wheel]\nsources = ['lib']\n",
        "sources in [tool.hatch.build.targets.wheel]",
    ),
    (
        "pyproject.toml",
        "[tool.hatch.build.targets.wheel.sources]\n'lib/pkg' = 'pkg'\n",
        "sources in [tool.hatch.build.targets.wheel]",
    ),
    (
        "pyproject.toml",
        "[tool.hatch.build]\ndev-mode-dirs = ['lib']\n",
        "dev-mode-dirs in [tool.hatch.build]",
    ),
    (
        "pyproject.toml",
        "[tool.poetry]\npackages = [{include = 'pkg', from = 'lib'}]\n",
        "packages in [tool.poetry]",
    ),
    (
        "pyproject.toml",
        "[tool.pdm.build]\npackage-dir = 'lib'\n",
        "package-dir in [tool.pdm.build]",
    ),
    (
        "pyproject.toml",
        "[tool.uv.build-backend]\nmodule-root = 'lib'\n",
        "module-root in [tool.uv.build-backend]",
    ),
    (
        "pyproject.toml",
        "[tool.maturin]\npython-source = 'lib'\n",
        "python-source in [tool.maturin]",
    ),
    (
        "pyproject.toml",
        "[tool.scikit-build]\nwheel.packages = ['lib/pkg']\n",
        "wheel.packages in [tool.scikit-build]",
    ),
    (
        "pyproject.toml",
        "[tool.flit.module]\nname = 'pkg'\n[build-system]\nbuild-backend='flit_core.buildapi'\n",
        "",
    ),
    ("setup.cfg", "[options]\npackage_dir =\n    =lib\n", "package_dir in setup.cfg"),
    (
        "setup.cfg",
        "[options]\npackages = find:\n[options.packages.find]\nwhere = lib\n",
        "where in [options.packages.find] of setup.cfg",
    ),
    (
        "setup.py",
        "from setuptools import setup\nsetup(name='p', package_dir={'': 'lib'})\n",
        "package_dir in setup.py",
    ),
    (
        "setup.py",
        "import setuptools as s\ns.setup(packages=s.find_packages('lib'))\n",
        "find_packages in setup.py",
    ),
]


class TestBuildSettings:
    @pytest.mark.parametrize(("name", "text", "reason"), SETTINGS)
    def test_each_backend(self, opened: Opened, name: str, text: str, reason: str) -> None:
        workspace = opened({name: text, "lib/pkg/__init__.py": "", "lib/pkg/a.py": "", "t.py": ""})
        if not reason:
            assert directories(workspace) == [ROOT]  # flit: src or the project root, found by look
            return
        assert directories(workspace) == ["lib", ROOT]
        assert origin(workspace, "lib") == reason
        assert workspace.module_of("lib/pkg/a.py") == "pkg.a"
        assert workspace.module_of("t.py") == "t"

    def test_uv_build_has_src_by_default(self, opened: Opened) -> None:
        build = "[build-system]\nbuild-backend = 'uv_build'\n"
        workspace = opened({"pyproject.toml": build, "src/pkg/a.py": "import src.pkg\n"})
        assert directories(workspace) == ["src", ROOT]

    def test_a_package_that_stands_under_another_name(self, opened: Opened) -> None:
        mapping = "[tool.setuptools]\npackage-dir = {'big.pkg' = 'code'}\n"
        workspace = opened({"pyproject.toml": mapping, "code/a.py": "", "code/sub/b.py": ""})
        assert workspace.module_of("code/sub/b.py") == "big.pkg.sub.b"
        assert workspace.path_of("big.pkg.a") == "code/a.py"
        assert workspace.is_package("big.pkg")
        assert workspace.new_module_path("big.pkg.sub.c") == "code/sub/c.py"

    def test_a_directory_that_is_not_there(self, opened: Opened) -> None:
        where = "[tool.setuptools.packages.find]\nwhere = ['python', '../x', 'absent']\n"
        assert directories(opened({"pyproject.toml": where, "pkg/a.py": ""})) == [ROOT]

    def test_the_project_root_declared(self, opened: Opened) -> None:
        wheel = "[tool.hatch.build.targets.wheel]\npackages = ['pkg']\n"
        workspace = opened({"pyproject.toml": wheel, "pkg/a.py": "", "src/junk.py": ""})
        assert directories(workspace) == [ROOT]
        assert origin(workspace, ROOT) == "packages in [tool.hatch.build.targets.wheel]"

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("setup.cfg", "not an ini file\n"),
            ("setup.py", "def (:\n"),
            ("setup.py", "from setuptools import setup\nsetup(package_dir=compute())\n"),
            ("pyproject.toml", "[tool]\nsetuptools = 3\npoetry = {packages = 'x'}\n"),
        ],
    )
    def test_settings_that_cannot_be_read(self, opened: Opened, name: str, text: str) -> None:
        assert directories(opened({name: text, "pkg/a.py": ""})) == [ROOT]

    def test_setup_py_is_not_run(self, opened: Opened, project: Path) -> None:
        opened({"setup.py": "open('ran', 'w')\nfrom setuptools import setup\nsetup()\n"})
        assert not (project / "ran").exists()

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['helpers', '.']\n"),
            ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = 'helpers .'\n"),
            ("pytest.ini", "[pytest]\npythonpath = helpers .\n"),
            ("tox.ini", "[pytest]\npythonpath = helpers\n"),
        ],
    )
    def test_pytest_pythonpath(self, opened: Opened, name: str, text: str) -> None:
        workspace = opened({name: text, "helpers/fake.py": "", "src/pkg/a.py": ""})
        assert set(directories(workspace)) == {"helpers", "src", ROOT}
        assert workspace.module_of("helpers/fake.py") == "fake"
        assert workspace.new_module_path("pkg.b") == "src/pkg/b.py"


class TestSeveralProjects:
    def test_a_monorepo(self, opened: Opened) -> None:
        workspace = opened(
            {
                "pyproject.toml": "",
                "packages/one/pyproject.toml": "",
                "packages/one/src/one/__init__.py": "",
                "packages/one/tests/__init__.py": "",
                "packages/two/setup.py": "from setuptools import setup\nsetup()\n",
                "packages/two/two/__init__.py": "",
                "tools/x.py": "",
            }
        )
        assert workspace.module_of("packages/one/src/one/__init__.py") == "one"
        assert workspace.module_of("packages/one/tests/__init__.py") == "tests"
        assert workspace.module_of("packages/two/two/__init__.py") == "two"
        assert workspace.module_of("tools/x.py") == "tools.x"
        assert origin(workspace, "packages/two") == "the project in packages/two"

    def test_projects_that_are_material(self, opened: Opened) -> None:
        files = {"tests/data/p/pyproject.toml": "", "tests/data/p/pkg/a.py": "", "pkg/a.py": ""}
        workspace = opened(files)
        assert workspace.path_of("pkg.a") == "pkg/a.py"

    def test_a_project_imported_by_its_long_name(self, opened: Opened) -> None:
        workspace = opened(
            {
                "backend/pyproject.toml": "",
                "backend/app/a.py": "from backend.app import b\n",
                "backend/app/b.py": "",
            }
        )
        assert workspace.module_of("backend/app/a.py") == "backend.app.a"

    def test_a_script_called_setup(self, opened: Opened) -> None:
        workspace = opened({"scripts/setup.py": "print()\n", "scripts/a.py": ""})
        assert workspace.module_of("scripts/a.py") == "scripts.a"


class TestOwnPath:
    def test_scripts_that_import_their_neighbours(self, opened: Opened) -> None:
        workspace = opened({"scripts/run.py": "import util\n", "scripts/util.py": "", "a.py": ""})
        assert workspace.module_of("scripts/util.py") == "util"
        assert origin(workspace, "scripts") == "scripts/run.py imports util from here"

    def test_a_service_started_from_its_directory(self, opened: Opened) -> None:
        workspace = opened(
            {
                "backend/app/main.py": "from app.models import user\n",
                "backend/app/models/user.py": "",
            }
        )
        assert workspace.module_of("backend/app/main.py") == "app.main"
        assert workspace.path_of("app.models.user") == "backend/app/models/user.py"

    def test_long_names_outvote_short_ones(self, opened: Opened) -> None:
        workspace = opened(
            {
                "scripts/run.py": "import util\n",
                "scripts/go.py": "from scripts import util\n",
                "scripts/do.py": "from scripts.util import x\n",
                "scripts/util.py": "",
            }
        )
        assert workspace.module_of("scripts/util.py") == "scripts.util"
        # A script finds its neighbour all the same; nobody else does.
        assert workspace.path_of("util", near="scripts/run.py") == "scripts/util.py"
        assert workspace.path_of("util") is None

    def test_what_other_projects_in_the_tree_import_does_not_count(self, opened: Opened) -> None:
        workspace = opened(
            {
                "tests/test_a.py": "import util\n",
                "tests/util.py": "",
                "fixtures/x/tests/__init__.py": "",
                "fixtures/x/tests/b.py": "import tests.c\n",
                "fixtures/x/tests/c.py": "from tests import b\n",
            }
        )
        assert workspace.module_of("tests/util.py") == "util"

    def test_relative_imports_say_package(self, opened: Opened) -> None:
        workspace = opened(
            {
                "ns/a.py": "from . import b\n",
                "ns/b.py": "from .a import x\n",
                "ns/c.py": "import a\n",
            }
        )
        assert workspace.module_of("ns/b.py") == "ns.b"

    @pytest.mark.parametrize(
        "files",
        [
            {"scripts/json.py": "", "scripts/a.py": "import json\n"},
            {"scripts/pkg.py": "", "scripts/a.py": "import pkg\n", "pkg/__init__.py": ""},
            {"examples/flask/app.py": "from flask import Flask\n"},
            {
                "scripts/redis.py": "",
                "scripts/a.py": "import redis\n",
                "app/b.py": "import redis\n",
                "app/c.py": "import redis\n",
            },
        ],
        ids=["standard library", "another root", "a folder's name", "third party"],
    )
    def test_what_is_no_neighbour(self, opened: Opened, files: dict[str, str]) -> None:
        assert directories(opened(files)) == [ROOT]

    def test_a_directory_whose_path_is_no_name(self, opened: Opened) -> None:
        workspace = opened({".github/scripts/a.py": "import b\n", ".github/scripts/b.py": ""})
        assert workspace.module_of(".github/scripts/b.py") == "b"


class TestPytestDirectories:
    PROJECT: ClassVar[dict[str, str]] = {"src/pkg/__init__.py": "", "src/pkg/a.py": ""}

    def test_without_init_its_own_entry(self, opened: Opened) -> None:
        workspace = opened({**self.PROJECT, "tests/test_a.py": "import pkg.a\n"})
        assert directories(workspace) == ["src", ROOT, "tests"]
        assert workspace.module_of("tests/test_a.py") == "test_a"
        assert workspace.path_of("tests.test_a") == "tests/test_a.py"  # by the project root

    def test_the_first_directory_without_init_upward(self, opened: Opened) -> None:
        workspace = opened(
            {**self.PROJECT, "tests/unit/__init__.py": "", "tests/unit/test_a.py": ""}
        )
        assert workspace.module_of("tests/unit/test_a.py") == "unit.test_a"

    @pytest.mark.parametrize(
        "files",
        [
            {"tests/__init__.py": ""},
            {"conftest.py": ""},
            {"tests/util.py": "", "tests/test_b.py": "from tests.util import x\n"},
            {"pytest.ini": "[pytest]\naddopts = -q --import-mode=importlib\n"},
            {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--import-mode importlib'\n"},
        ],
        ids=["package", "root conftest", "long imports", "importlib", "importlib in toml"],
    )
    def test_what_makes_long_names_work(self, opened: Opened, files: dict[str, str]) -> None:
        workspace = opened({**self.PROJECT, "tests/test_a.py": "", **files})
        assert workspace.module_of("tests/test_a.py") == "tests.test_a"

    def test_a_test_folder_inside_a_package(self, opened: Opened) -> None:
        workspace = opened({**self.PROJECT, "src/pkg/tests/test_a.py": ""})
        assert workspace.module_of("src/pkg/tests/test_a.py") == "pkg.tests.test_a"
