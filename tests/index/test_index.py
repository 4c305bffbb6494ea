"""What a name in a module means in the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import module_of, opened

from consolidator.index.index import Index

TREE = {
    "pkg/__init__.py": "from .deep import Re as Exported\nfrom .all import *\nfrom . import sub\n",
    "pkg/deep.py": "from pkg.base import Base as Re\nimport os\nimport pkg.base as pb\n",
    "pkg/base.py": "class Base: pass\n_private = 1\n",
    "pkg/all.py": "__all__ = ['Shown']\nclass Shown: pass\nclass Hidden: pass\n",
    "pkg/sub/__init__.py": "",
    "pkg/ring_a.py": "from pkg.ring_b import x\n",
    "pkg/ring_b.py": "from pkg.ring_a import x\n",
    "pkg/opaque.py": "from elsewhere import *\n",
    "pkg/lazy.py": "def __getattr__(name): ...\n",
    "pkg/filled.py": "globals().update(a=1)\n",
    "pkg/twice.py": "try:\n    from pkg.base import Base\nexcept ImportError:\n    Base = None\n",
    "pkg/broken.py": "def (:\n",
    "pkg/latin.py": b"# coding: utf-8\nx = '\xe9'\n",
    "space/mod.py": "x = 1\n",
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return opened(tmp_path, TREE)


@pytest.mark.parametrize(
    ("module", "name", "kind", "meaning"),
    [
        ("pkg.base", "Base", "definition", "pkg.base.Base"),
        ("pkg.deep", "Re", "definition", "pkg.base.Base"),
        ("pkg", "Exported", "definition", "pkg.base.Base"),
        ("pkg", "Shown", "definition", "pkg.all.Shown"),
        ("pkg", "Hidden", "unknown", "pkg.Hidden"),
        ("pkg", "sub", "module", "pkg.sub"),
        ("pkg", "ring_a", "module", "pkg.ring_a"),
        ("pkg.deep", "os", "module", "os"),
        ("pkg.deep", "pb", "module", "pkg.base"),
        ("pkg.ring_a", "x", "unknown", "pkg.ring_a.x"),
        ("pkg.twice", "Base", "definition", "pkg.base.Base"),
        ("space", "mod", "module", "space.mod"),
        ("json", "loads", "external", "json.loads"),
        ("pkg.broken", "x", "unknown", "pkg.broken.x"),
    ],
)
def test_resolve(index: Index, module: str, name: str, kind: str, meaning: str) -> None:
    origin = index.resolve(module, name)
    assert (origin.kind, str(origin)) == (kind, meaning)


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("pkg", "Exported", True),
        ("pkg", "base", True),
        ("pkg", "Hidden", False),
        ("pkg.base", "nothing", False),
        ("pkg.opaque", "anything", None),
        ("pkg.lazy", "anything", None),
        ("pkg.filled", "a", None),
        ("pkg.broken", "x", None),
        ("space", "nothing", False),
        ("json", "nothing", True),
    ],
)
def test_binds(index: Index, module: str, name: str, expected: bool | None) -> None:
    assert index.binds(module, name) is expected


def test_what_cannot_be_read_is_remembered(index: Index) -> None:
    assert index.readable("pkg/broken.py") is None
    assert index.readable("pkg/latin.py") is None
    assert index.unreadable["pkg/broken.py"].startswith("line 1: ")
    assert set(index.unreadable) == {"pkg/broken.py", "pkg/latin.py"}


def test_a_changed_workspace_shares_what_is_unchanged(index: Index) -> None:
    base = index.module("pkg.base")
    after = index.after(index.workspace.with_changes({"pkg/deep.py": b"Re = 1\n"}))
    assert after.module("pkg.base") is base
    assert str(after.resolve("pkg", "Exported")) == "pkg.deep.Re"
    assert str(index.resolve("pkg", "Exported")) == "pkg.base.Base"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from . import a", "pkg.sub"),
        ("from .a import b", "pkg.sub.a"),
        ("from .. import a", "pkg"),
        ("from ..a import b", "pkg.a"),
        ("from .... import a", ""),
        ("from a import b", "a"),
    ],
)
def test_relative_imports(text: str, expected: str) -> None:
    (item,) = module_of(text, "pkg.sub.mod").imports
    assert item.module == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',) + ('b',)", ("a", "b")),
        ("__all__ = ['a']\n__all__ += ['b']\n__all__.append('c')", ("a", "b", "c")),
        ("__all__ = ['a']\n__all__.extend(['b', 'c'])", ("a", "b", "c")),
        ("__all__: list[str] = ['a']", ("a",)),
        ("__all__ = other.__all__", None),
        ("x = ['a']", None),
    ],
)
def test_all(text: str, names: tuple[str, ...] | None) -> None:
    assert module_of(text).all_names == names


def test_where_an_import_stands() -> None:
    text = (
        "import a\nif TYPE_CHECKING:\n    import b\nelse:\n    import c\n"
        "def f():\n    import d\nclass K:\n    import e\n"
    )
    found = {i.bound: (i.is_typing_only, i.is_deferred) for i in module_of(text).imports}
    assert [name for name, (typing_only, _) in found.items() if typing_only] == ["b"]
    assert [name for name, (_, deferred) in found.items() if deferred] == ["d"]
