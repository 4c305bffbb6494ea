"""Who takes names from a module."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.index.importers import importers, names_set, names_taken, star_importers
from consolidator.names import ModuleName

MOD = ModuleName("pkg.mod")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("from pkg.mod import A, B as C", {"A", "B"}),
        ("from .mod import A", {"A"}),
        ("from . import mod\nmod.A.b", {"A"}),
        ("import pkg.mod\npkg.mod.A()", {"A"}),
        ("import pkg.mod as m\nm.A", {"A"}),
        ("from pkg import mod as m\ndef f(): return m.A", {"A"}),
        ("from pkg.mod import *", {"*"}),
        ("def f():\n    from pkg.mod import A", {"A"}),
        ("patch('pkg.mod.A.b')", {"A"}),
        ("import pkg.mod\npkg.mod.A = 1", {"A"}),
        ("from pkg import mod\nsetattr(mod, 'A', 1)", {"A"}),
        ("from pkg import mod\ndef f(mod): mod.A", {"A"}),  # rather one too many
        ("from pkg.model import A", set()),
        ("from other.mod import A", set()),
        ("import pkg\nprint('mod')", set()),
    ],
)
def test_names_taken(tmp_path: Path, text: str, taken: set[str]) -> None:
    tree = {"pkg/__init__.py": "", "pkg/mod.py": "A = B = 1\n", "pkg/user.py": text + "\n"}
    assert names_taken(opened(tmp_path, tree), MOD) == taken


def test_released_strings_do_not_count(tmp_path: Path) -> None:
    tree = {"pkg/mod.py": "A = 1\n", "test.py": "patch('pkg.mod.A')\n"}
    assert names_taken(opened(tmp_path, tree), MOD, frozenset({"A"})) == frozenset()


def test_names_set(tmp_path: Path) -> None:
    text = """\
        from pkg import mod
        import pkg.mod
        mod.a = 1
        pkg.mod.b += 1
        del mod.c
        patch.object(mod, "d")
        monkeypatch.setattr(mod, "e", 1)
        setattr(pkg.mod, "f", 1)
        setattr(other, "g", 1)
        print(mod.h)
    """
    tree = {"pkg/__init__.py": "", "pkg/mod.py": "", "pkg/user.py": text}
    assert names_set(opened(tmp_path, tree), MOD) == set("abcdef")


def test_importers_and_star_importers(tmp_path: Path) -> None:
    tree = {
        "pkg/__init__.py": "from .mod import *\n",
        "pkg/mod.py": "from pkg.mod import x\n",
        "one.py": "import pkg.mod\n",
        "two.py": "def f():\n    from pkg.mod import x\n",
        "three.py": "import pkg  # mod\n",
        "broken.py": "import pkg.mod\ndef (:\n",
        "stub.pyi": "from pkg.mod import x\n",
    }
    index = opened(tmp_path, tree)
    found = {module.path for module in importers(index, MOD)}
    assert found == {"pkg/__init__.py", "one.py", "two.py", "stub.pyi"}
    assert [module.path for module in star_importers(index, MOD)] == ["pkg/__init__.py"]
    assert "broken.py" in index.unreadable
