"""Imports of names that a module does not have: which are certain, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from planted_scene import planted_scene

from consolidator.finders.broken_imports import find_broken_imports
from consolidator.finders.findings import BrokenImport


def found(root: Path, files: Mapping[str, str | bytes]) -> list[BrokenImport]:
    return list(find_broken_imports(planted_scene(root, files)))


def asked(root: Path, module: str, importer: str = "from pkg.mod import Name\n") -> list[str]:
    """What is missing when `pkg.mod` has this text."""
    files = {"pkg/__init__.py": "", "pkg/mod.py": module, "pkg/use.py": importer}
    return [str(one.asked) for one in found(root, files)]


@pytest.mark.parametrize(
    "module",
    [
        "Other = 1\n",
        "# Name\n",
        '"""Name = 1"""\n',
        "def f():\n    Name = 1\n",
        "class C:\n    Name = 1\n",
        "[Name for Name in ()]\n",
        "try:\n    pass\nexcept Exception as Name:\n    pass\n",
        "Name = 1\ndel Name\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.other import Name\n",
        "def __getattr__(name):\n    if name == 'Old':\n        return 1\n    raise KeyError\n",
        "found = globals().get('Other')\n",
        "import sys\nsys.modules['other'] = None\n",
        "import logging\nlogger = logging.getLogger(__name__)\n",
        "class C:\n    def f(self):\n        setattr(self, 'x', 1)\n",
    ],
)
def test_a_module_that_surely_lacks_the_name(tmp_path: Path, module: str) -> None:
    assert asked(tmp_path, module) == ["pkg.mod.Name"]


@pytest.mark.parametrize(
    "module",
    [
        "Name = 1\n",
        "Other, (Name, *Rest) = 1, (2, 3)\n",
        "if x:\n    Name = 1\n",
        "try:\n    from ext import Name\nexcept ImportError:\n    pass\n",
        "with open('f') as Name:\n    pass\n",
        "for Name in ():\n    pass\n",
        "while (Name := 1):\n    pass\n",
        "[Name := 1 for _ in ()]\n",
        "match 1:\n    case Name:\n        pass\n",
        "import Name.sub\n",
        "def f():\n    global Name\n    Name = 1\n",
        "Name: int\n",
        "from ext import *\n",
        "from . import *\n",
        "globals()['Na' + 'me'] = 1\n",
        "globals().update(Name=1)\n",
        "vars()['Na' + 'me'] = 1\n",
        "exec('Name = 1')\n",
        "import sys\nsys.modules[__name__] = object()\n",
        "import lazy\nlazy.install(__name__, ['Name'])\n",
        "def __getattr__(name):\n    return 1\n",
        "from ext import __getattr__\n",
        "__getattr__, __dir__, __all__ = attach(__name__)\n",
        "def __getattr__(name):\n    if name == 'Name':\n        return 1\n    raise KeyError\n",
        "import enum\n@enum.global_enum\nclass C(enum.Enum):\n    A = 1\n",
    ],
)
def test_a_module_that_may_have_the_name(tmp_path: Path, module: str) -> None:
    files = {
        "pkg/__init__.py": "from ext import *\n",
        "pkg/mod.py": module,
        "pkg/use.py": "from pkg.mod import Name\n",
    }
    assert found(tmp_path, files) == []


def test_names_come_through_star_imports_as_they_are_listed(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": "__all__ = ['A']\nA = B = _C = 1\n",
        "pkg/open.py": "D = _E = 1\n",
        "pkg/mod.py": "from .base import *\nfrom pkg.open import *\n",
        "pkg/use.py": "from .mod import A, B, D, _E\n",
    }
    assert [one.asked.name for one in found(tmp_path, files)] == ["B", "_E"]


def test_submodules_are_names_of_a_package(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "",
        "pkg/b/c.py": "",
        "pkg/stub.pyi": "",
        "use.py": "from pkg import a, b, stub, __file__\nfrom pkg.b import c\n",
    }
    assert found(tmp_path, files) == []


@pytest.mark.parametrize(
    "setter",
    [
        "import pkg.mod as m\nm.Name = 1\n",
        "from pkg import mod\nsetattr(mod, 'Name', 1)\n",
        "from pkg import mod\nsetattr(mod, computed(), 1)\n",
        "from . import mod\nmod.__dict__.update(found)\n",
    ],
)
def test_a_name_that_others_set_is_no_finding(tmp_path: Path, setter: str) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "",
        "pkg/setter.py": setter,
        "pkg/use.py": "from pkg.mod import Name\n",
    }
    assert found(tmp_path, files) == []


def test_a_helper_that_fills_its_callers_namespace_makes_it_uncertain(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/helper.py": """\
            import sys

            def also_as(name):
                space = sys._getframe(1).f_globals
                def decorate(function):
                    space[name] = function
                    return function
                return decorate
            """,
        "pkg/mod.py": "from .helper import also_as\n\n@also_as('Na' + 'me')\ndef f(): ...\n",
        "pkg/use.py": "from pkg.mod import Name\n",
    }
    assert found(tmp_path, files) == []


def test_what_is_there_for_type_checkers_fails_at_run_time_only(tmp_path: Path) -> None:
    typing = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": f"{typing}from pkg.a import A\n",
        "pkg/a.py": "class A: ...\n",
        "pkg/one.py": "from pkg.mod import A\n",
        "pkg/two.py": f"{typing}from pkg.mod import A\n",
    }
    (one,) = found(tmp_path, files)
    assert [site.location.path for site in one.sites] == ["pkg/one.py"]


def test_demand_is_added_up_over_files_spellings_and_statements(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "",
        "pkg/sub/__init__.py": "",
        "pkg/sub/a.py": "from ..mod import Name\n",
        "pkg/b.py": "from .mod import (\n    Name,\n    Name,\n)\n\ndef f():\n    import os\n"
        "    from pkg.mod import Name as N\n    return N\n",
    }
    (one,) = found(tmp_path, files)
    assert str(one.asked) == "pkg.mod.Name"
    assert [(str(site.location), site.bound, site.is_deferred) for site in one.sites] == [
        ("pkg/b.py:1", "Name", False),
        ("pkg/b.py:8", "N", True),
        ("pkg/sub/a.py:1", "Name", False),
    ]


def test_the_same_file_under_two_roots_is_one_module(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.consolidate]\nroots = ['.', 'service']\n",
        "service/app/__init__.py": "",
        "service/__init__.py": "",
        "service/app/mod.py": "",
        "service/app/use.py": "from app.mod import Name\n",
        "main.py": "from service.app.mod import Name\n",
    }
    (one,) = found(tmp_path, files)
    assert len(one.sites) == 2


@pytest.mark.parametrize(
    ("definitions", "answer"),
    [
        ({"a": "class Name: ...\n"}, "defined once"),
        ({"a": "class Name: ...\n", "b": "class Name: ...\n"}, "defined in several places"),
        ({"a": "class Name: ...\n", "b": "def Name(): ...\n"}, "defined once"),
        ({"a": "async def Name(): ...\n"}, "another kind"),
        ({"a": "Name = 1\n"}, "another kind"),
        ({"a": "# class Name:\n\nfrom ext import Name\n"}, "nowhere"),
        ({"a": "def f():\n    class Name: ...\n\nNames = 1\n"}, "nowhere"),
    ],
)
def test_the_answer(tmp_path: Path, definitions: Mapping[str, str], answer: str) -> None:
    files = {f"pkg/{stem}.py": text for stem, text in definitions.items()}
    files |= {"pkg/__init__.py": "", "pkg/mod.py": "", "pkg/use.py": "from .mod import Name\n"}
    (one,) = found(tmp_path, files)
    assert one.answer == answer
    assert bool(one.candidates) == (answer != "nowhere")


def test_the_nearer_candidate_comes_first(tmp_path: Path) -> None:
    files = {
        "other/__init__.py": "",
        "other/a.py": "class Name: ...\n",
        "tests/test_a.py": "class Name: ...\n",
        "pkg/__init__.py": "",
        "pkg/z.py": "class Name: ...\n",
        "pkg/mod.py": "",
        "pkg/use.py": "from .mod import Name\n",
    }
    (one,) = found(tmp_path, files)
    places = [str(each.definer.location) for each in one.candidates]
    assert places == ["pkg/z.py:1", "other/a.py:1", "tests/test_a.py:1"]


GUARDED = """\
    try:
        from pkg.mod import Name
    except ImportError:
        Name = None
    """


def test_only_guarded_imports_are_suppressed(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": "", "pkg/mod.py": "", "pkg/a.py": GUARDED}
    (one,) = found(tmp_path / "alone", files)
    assert one.suppression is not None and one.suppression.name == "guarded-import"
    (both,) = found(tmp_path / "both", {**files, "pkg/b.py": "from pkg.mod import Name\n"})
    assert both.suppression is None
    assert [site.is_guarded for site in both.sites] == [True, False]


def test_a_test_that_expects_the_failure_is_suppressed(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "",
        "tests/test_mod.py": """\
            import pytest

            def test_gone():
                with pytest.raises(ImportError):
                    from pkg.mod import Name
            """,
    }
    (one,) = found(tmp_path, files)
    assert one.suppression is not None and one.suppression.name == "expected-failure"


def test_generated_and_compiled_modules_are_suppressed(tmp_path: Path) -> None:
    files = {
        ".gitignore": "pkg/made_here.py\n",
        "pkg/__init__.py": "from pkg import _version, made_here, fast, gone\n",
        "pkg/fast.pyx": "",
    }
    names = {one.asked.name: one.suppression for one in found(tmp_path, files)}
    assert {name: bool(reason) for name, reason in names.items()} == {
        "_version": True,
        "made_here": True,
        "fast": True,
        "gone": False,
    }


def test_files_that_do_not_parse_are_no_evidence(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "def (\n",
        "pkg/use.py": "from pkg.mod import Name\n",
        "pkg/latin.py": "# -*- coding: ascii -*-\nname = 'é'\n".encode(),
    }
    assert found(tmp_path, files) == []


def test_a_directory_of_the_importer_may_hide_the_module(tmp_path: Path) -> None:
    files = {
        "tests/__init__.py": "",
        "tests/helpers.py": "",
        "backend/tests/helpers.py": "Name = 1\n",
        "backend/tests/test_a.py": "from tests.helpers import Name\n",
        "tests/test_b.py": "from tests.helpers import Name\n",
    }
    (one,) = found(tmp_path, files)
    assert [site.location.path for site in one.sites] == ["tests/test_b.py"]


def test_modules_of_the_standard_library_are_not_ours(tmp_path: Path) -> None:
    files = {"calendar.py": "", "main.py": "from calendar import monthrange\n"}
    assert found(tmp_path, files) == []


def test_a_script_hides_an_installed_package_from_its_neighbours_only(tmp_path: Path) -> None:
    files = {
        "scripts/redis.py": "def ping(): ...\n",
        "scripts/run.py": "from redis import ping, pong\n",
        "app/__init__.py": "",
        "app/cache.py": "from redis import Redis\n",
    }
    assert [str(one.asked) for one in found(tmp_path, files)] == ["redis.pong"]
