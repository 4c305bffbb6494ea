"""What is said of the place of an import, read off the statement around it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from planted_scene import planted_scene

from consolidator.finders.broken_imports import find_broken_imports
from consolidator.finders.findings import Site


def site(root: Path, text: str, name: str = "use.py") -> Site:
    """The one import of `Name` in a text; `pkg.mod` does not have it."""
    files = {"pkg/__init__.py": "", "pkg/mod.py": "", f"pkg/{name}": dedent(text)}
    (one,) = find_broken_imports(planted_scene(root, files))
    (found,) = one.sites
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from pkg.mod import Name", ""),
        ("if x:\n    from pkg.mod import Name", ""),
        ("class C:\n    from pkg.mod import Name", ""),
        ("def f():\n    from pkg.mod import Name", "deferred"),
        ("def f(): from pkg.mod import Name", "deferred"),
        ("class C:\n    async def f(self):\n        from pkg.mod import Name", "deferred"),
        ("def f():\n    s = '''\ndef g():\n'''\n    from pkg.mod import Name", "deferred"),
        ("def f(a,\nb=1):\n    from pkg.mod import Name", "deferred"),
        ("if x:\n\tdef f():\n\t\tfrom pkg.mod import Name\n", "deferred"),
        ("if TYPE_CHECKING:\n    from pkg.mod import Name", "typing"),
        ("if typing.TYPE_CHECKING:\n    pass\nelse:\n    from pkg.mod import Name", ""),
    ],
)
def test_when_it_runs(tmp_path: Path, text: str, expected: str) -> None:
    found = site(tmp_path, text)
    assert (found.is_deferred, found.is_typing_only) == (
        expected == "deferred",
        expected == "typing",
    )


@pytest.mark.parametrize(
    ("text", "is_guarded"),
    [
        ("try:\n    from pkg.mod import Name\nexcept ImportError:\n    Name = None", True),
        ("try: from pkg.mod import Name\nexcept ImportError: Name = None", True),
        (
            "try:\n    from pkg.mod import Name\nexcept (KeyError, ModuleNotFoundError):\n    x()",
            True,
        ),
        ("try:\n    from pkg.mod import Name\nexcept Exception:\n    pass", True),
        ("try:\n    from pkg.mod import Name\nexcept:\n    pass", True),
        ("try:\n    from pkg.mod import Name\nexcept KeyError:\n    pass", False),
        ("try:\n    from pkg.mod import Name\nfinally:\n    x()", False),
        (
            "try:\n    x()\nexcept ImportError:\n    pass\nelse:\n    from pkg.mod import Name",
            False,
        ),
        ("try:\n    import ext\nexcept ImportError:\n    from pkg.mod import Name", True),
        ("try:\n    from pkg.mod import Name\nexcept ImportError as e:\n    raise X from e", False),
        ("try:\n    from pkg.mod import Name\nexcept ImportError:\n    pytest.fail('no')", False),
        ("with suppress(ImportError):\n    from pkg.mod import Name", True),
        ("with contextlib.suppress(KeyError):\n    from pkg.mod import Name", False),
        ("import sys\nif sys.version_info < (3, 0):\n    from pkg.mod import Name", True),
        ("if __name__ == '__main__':\n    from pkg.mod import Name", False),
        (
            "def f():\n  try:\n    from pkg.mod import Name\n  except ImportError:\n    x()",
            True,
        ),
        (
            "try:\n    def f():\n        from pkg.mod import Name\nexcept ImportError:\n    x()",
            False,
        ),
    ],
)
def test_whether_its_failure_shows(tmp_path: Path, text: str, is_guarded: bool) -> None:
    assert site(tmp_path, text).is_guarded is is_guarded


@pytest.mark.parametrize(
    ("text", "is_used"),
    [
        ("from pkg.mod import Name\nprint(Name)", True),
        ("from pkg.mod import Name\n# Name", False),
        ("from pkg.mod import Name\n'''\nA Name here.\n'''", False),
        ("from pkg.mod import Name\nx = 'A Name here'", False),
        ("from pkg.mod import Name\nx: 'list[Name]'", True),
        ("from pkg.mod import Name\nx = f'{Name}'", True),
        ("from pkg.mod import Name\n__all__ = ['Name']", True),
        ("from pkg.mod import Name\nNamed = other.Name", False),
        ("from pkg.mod import Name as N\nprint(Name)", False),
        ("from pkg.mod import Name as N\nprint(N)", True),
        ("from pkg.mod import Name as Name", True),
        ("from pkg.mod import (\n    Name,\n    Name,\n)", False),
        ("from pkg.mod import Name; print(Name)", True),
        ("from pkg.mod import Name\ndef test(Name): ...", True),
        ("def f():\n    from pkg.mod import Name\n    return Name", True),
        ("def f():\n    from pkg.mod import Name\n\ndef g():\n    return Name", False),
        ("def f():\n    from pkg.mod import Name\n    def g():\n        return Name", True),
        ("def f():\n    global Name\n    from pkg.mod import Name", True),
        ("try:\n    from pkg.mod import Name\n    OK = 1\nexcept ImportError:\n    OK = 0", True),
        ("try:\n    from pkg.mod import Name\nexcept ImportError as e:\n    raise X from e", True),
        ("with suppress(ImportError):\n    from pkg.mod import Name\n    x()", True),
        ("try:\n    from pkg.mod import Name\nexcept KeyError:\n    pass", False),
    ],
)
def test_whether_it_is_used(tmp_path: Path, text: str, is_used: bool) -> None:
    assert site(tmp_path, text).is_used is is_used


def test_what_a_package_and_a_conftest_import_is_for_others(tmp_path: Path) -> None:
    assert site(tmp_path / "a", "from pkg.mod import Name", "sub/__init__.py").is_used
    assert site(tmp_path / "b", "from pkg.mod import Name", "conftest.py").is_used


def test_what_others_take_from_the_importer_is_used(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "",
        "pkg/use.py": "from pkg.mod import Name\n",
        "pkg/last.py": "from pkg.use import Name\n",
    }
    (one,) = find_broken_imports(planted_scene(tmp_path, files))
    assert [site.is_used for site in one.sites] == [True]


def test_newlines_of_all_kinds(tmp_path: Path) -> None:
    text = "import os\r\n\r\ndef f():\r\n    from pkg.mod import Name\r\n    return Name\r\n"
    found = site(tmp_path, text)
    assert (found.location.line, found.is_deferred, found.is_used) == (4, True, True)
