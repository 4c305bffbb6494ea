"""Functions that run while modules are imported must be found, however far they are called from."""

from __future__ import annotations

from pathlib import Path

from small_tree import opened

from consolidator.edits.deferring import deferrable_imports
from consolidator.names import ModuleName

MAKING = """\
from core.reading import Parser, Reader, Writer


class Step:
    def __init__(self):
        self.result = Reader().read()


class Builder:
    def build(self):
        return Step().result


def built(cls):
    builder = Builder()
    cls.size = builder.build()
    return cls


def written():
    return Writer()


def parsed():
    return Parser()
"""
TREE = {
    "core/__init__.py": "",
    "core/reading.py": "class Reader: ...\nclass Writer: ...\nclass Parser: ...\n",
    "core/making.py": MAKING,
    "core/views.py": "from core.making import parsed\n\nVIEWS = {'parsed': parsed}\n",
    "core/shown.py": "import core.making as m\n\n\n@m.built\nclass Shown:\n    pass\n",
}


def test_what_a_decorator_leads_to_runs_with_the_import(tmp_path: Path) -> None:
    index = opened(tmp_path, TREE)
    module = index.module(ModuleName("core.making"))
    assert module is not None

    assert deferrable_imports(index, module) == {"Parser", "Writer"}


def test_without_the_decorated_class_nothing_runs(tmp_path: Path) -> None:
    index = opened(tmp_path, {**TREE, "core/shown.py": ""})
    module = index.module(ModuleName("core.making"))
    assert module is not None

    assert deferrable_imports(index, module) == {"Parser", "Reader", "Writer"}


def test_what_goes_by_another_name_runs_as_well(tmp_path: Path) -> None:
    views = "from core.making import written as made\n\nmake = made\n"
    main = 'if __name__ {} "__main__":\n    make()\n'
    for line, expected in (
        ("make()\n", {"Parser", "Reader"}),
        (main.format("=="), {"Parser", "Reader", "Writer"}),
        (main.format("!="), {"Parser", "Reader"}),
        (main.format("==") + "else:\n    make()\n", {"Parser", "Reader"}),
    ):
        tree = {**TREE, "core/shown.py": "", "core/views.py": views + line}
        index = opened(tmp_path / str(len(list(tmp_path.iterdir()))), tree)
        module = index.module(ModuleName("core.making"))
        assert module is not None

        assert deferrable_imports(index, module) == expected, line
