"""Imports of modules that do not exist: which must be ours, and what could be meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from planted_scene import planted_scene

from consolidator.finders.broken_imports import find_broken_imports
from consolidator.finders.findings import MissingModule
from consolidator.finders.missing_modules import find_missing_modules

PACKAGE = {"pkg/__init__.py": "", "pkg/here.py": "class Here: ...\n"}


def found(root: Path, files: Mapping[str, str | bytes]) -> list[MissingModule]:
    return list(find_missing_modules(planted_scene(root, files)))


@pytest.mark.parametrize(
    "statement",
    [
        "from pkg.gone import A",
        "from .gone import A",
        "import pkg.gone",
        "import pkg.gone as g",
        "from pkg.gone import *",
        "from pkg.gone.deeper import A",
        "from pkg.here.inside import A",
    ],
)
def test_a_module_below_a_package_is_missing(tmp_path: Path, statement: str) -> None:
    (one,) = found(tmp_path, {**PACKAGE, "pkg/use.py": f"{statement}\n"})
    assert one.module.startswith("pkg.")
    assert one.names == (("A",) if statement.endswith("A") else ())


def test_a_package_that_only_looks_at_itself_opens_nothing(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "import sys\n\nhere = sys.modules[__name__]\n",
        "app.py": "import pkg.plugin\n",
    }
    assert [one.module for one in found(tmp_path, files)] == ["pkg.plugin"]


@pytest.mark.parametrize(
    "files",
    [
        # A folder is not the installed package of its name.
        {"docker/compose.yml": "", "docker/entry.py": "", "app.py": "import docker.errors\n"},
        {"alembic/env.py": "", "app.py": "from alembic.config import Config\n"},
        # Somebody else's top-level name.
        {"app.py": "from django.db import models\n"},
        # A package that looks for its modules elsewhere.
        {
            "pkg/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
            "app.py": "import pkg.plugin\n",
        },
        {"pkg/__init__.py": "", "pkg/six.py": "import sys\nsys.modules[__name__ + '.moves'] = 1\n"}
        | {"app.py": "from pkg.six.moves import urllib\n"},
        # It stands in a directory of the importer.
        {
            "helpers/__init__.py": "",
            "examples/helpers/shape.py": "",
            "examples/run.py": "from helpers.shape import x\n",
        },
        {
            "helpers/__init__.py": "",
            "examples/helpers/shape.py": "",
            "run.py": "import sys\nsys.path.insert(0, 'examples')\nfrom helpers.shape import x\n",
        },
        # A relative import that leads out of the packages.
        {"pkg/__init__.py": "", "pkg/a.py": "from ...b import c\n"},
        {"script.py": "from .b import c\n"},
        # A stub stands for a compiled module.
        {"pkg/__init__.py": "", "pkg/fast.pyi": "", "app.py": "from pkg.fast import run\n"},
        # The standard library has such a package.
        {"xml/__init__.py": "", "app.py": "from xml.dom import minidom\n"},
    ],
)
def test_what_is_not_certain_is_no_finding(
    tmp_path: Path, files: Mapping[str, str | bytes]
) -> None:
    assert found(tmp_path, files) == []


def test_a_folder_that_is_imported_from_is_ours(tmp_path: Path) -> None:
    files = {
        "tools/a.py": "",
        "one.py": "import tools.a\n",
        "two.py": "from tools.a import x\n",
        "three.py": "from tools.gone import x\n",
    }
    assert [one.module for one in found(tmp_path / "alone", files)] == ["tools.gone"]
    required = {**files, "requirements.txt": "tools-extra>=2\n"}
    assert found(tmp_path / "required", required) == []


def test_a_namesake_that_offers_every_name(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/a/__init__.py": "",
        "pkg/a/clients.py": "class A: ...\nfrom pkg.b.clients import B\n",
        "pkg/b/__init__.py": "",
        "pkg/b/clients.py": "class B: ...\n",
        "pkg/one.py": "from pkg.clients import A\n",
        "pkg/two.py": "def f():\n    from .clients import B\n    return B\n",
    }
    (one,) = found(tmp_path, files)
    assert (one.module, one.names, one.namesake) == ("pkg.clients", ("A", "B"), "pkg.a.clients")
    assert len(one.sites) == 2


def test_of_several_namesakes_those_with_the_longest_common_tail(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        **{f"{folder}/__init__.py": "" for folder in ("one", "one/core", "two", "two/core", "old")},
        "one/core/types.py": "class A: ...\n",
        "two/core/types.py": "class A: ...\n",
        "old/types.py": "class A: ...\n",
        "use.py": "from pkg.core.types import A\n",
    }
    (one,) = found(tmp_path, files)
    assert one.namesake is None
    assert one.namesakes == ("one.core.types", "two.core.types")


def test_a_namesake_must_have_the_names_itself(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/sub/__init__.py": "",
        "pkg/sub/clients.py": "from pkg.clients import A\n",
        "pkg/other.py": "class A: ...\n",
    }
    (one,) = found(tmp_path, files)
    assert (one.namesake, one.namesakes) == (None, ())
    ((name, candidates),) = one.candidates
    assert (name, [each.definer.path for each in candidates]) == ("A", ["pkg/other.py"])


def test_what_is_taken_from_the_module_as_attribute_is_asked_of_the_namesake(
    tmp_path: Path,
) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/sub/__init__.py": "",
        "pkg/sub/clients.py": "LIMIT = 1\n",
        "use.py": "from pkg import clients\nprint(clients.LIMIT)\n",
    }
    (one,) = found(tmp_path / "offered", files)
    assert (one.module, one.names, one.namesake) == ("pkg.clients", (), "pkg.sub.clients")
    files["use.py"] = "from pkg import clients\nprint(clients.OTHER)\n"
    (one,) = found(tmp_path / "lacking", files)
    assert one.namesake is None


def test_a_module_asked_of_its_package_is_no_broken_name_too(tmp_path: Path) -> None:
    files = {
        **PACKAGE,
        "one.py": "from pkg.gone import A\n",
        "two.py": "from pkg import gone\nprint(gone.B)\n",
    }
    scene = planted_scene(tmp_path, files)
    (one,) = find_missing_modules(scene)
    assert [site.location.path for site in one.sites] == ["one.py", "two.py"]
    assert list(find_broken_imports(scene)) == []


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({}, "pkg._version"),
        ({}, "pkg.api_pb2"),
        ({}, "pkg.api_pb2_grpc"),
        ({".gitignore": "/pkg/settings_local.py\n"}, "pkg.settings_local"),
        ({"pkg/.gitignore": "gen/\n"}, "pkg.gen.types"),
        ({"pkg/fast.c": ""}, "pkg.fast"),
        ({"pkg/native/impl.cpython-311-x86_64-linux-gnu.so": ""}, "pkg.native.impl"),
        ({"pyproject.toml": "[tool.x]\nwrite_to = 'pkg/build_info.py'\n"}, "pkg.build_info"),
        ({"setup.py": "Extension('pkg.speedups', ['x.c'])\n"}, "pkg.speedups"),
        ({".gitmodules": '[submodule "x"]\n\tpath = pkg/vendored\n'}, "pkg.vendored.lib"),
    ],
)
def test_modules_that_a_build_makes_are_suppressed(
    tmp_path: Path, files: Mapping[str, str], module: str
) -> None:
    (one,) = found(tmp_path, {**PACKAGE, **files, "use.py": f"from {module} import x\n"})
    assert one.suppression is not None and one.suppression.name == "generated-module"


def test_guarded_imports_of_missing_modules_are_suppressed(tmp_path: Path) -> None:
    files = {
        **PACKAGE,
        "a.py": "try:\n    from pkg.gone import A\nexcept ImportError:\n    A = None\n",
        "tests/test_a.py": "import pytest\npytest.importorskip('pkg.gone')\nimport pkg.gone\n",
    }
    (one,) = found(tmp_path, files)
    assert one.suppression is not None and one.suppression.name == "guarded-import"
