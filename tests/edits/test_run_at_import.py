"""Functions that run while modules are imported must be found, however far they are called from."""

from __future__ import annotations

import ast
from pathlib import Path

from small_tree import opened

from consolidator.edits.called_code import Attribute, Receiver
from consolidator.edits.deferring import deferrable_imports
from consolidator.edits.moved_text import outermost_function
from consolidator.edits.run_at_import import Reach, functions_run_by
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName


def free_imports(index: Index, module: Module) -> frozenset[str]:
    """What no function needs that runs while any module of the tree is imported."""
    workspace = index.workspace
    names = {workspace.module_of(path) for path in workspace.paths() if path.endswith(".py")}
    running = functions_run_by(index, {name for name in names if name})
    return frozenset(
        name
        for name in deferrable_imports(index, module)
        if not running & {id(outermost_function(use)) for use in module.readers[name]}
    )


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

    assert free_imports(index, module) == {"Parser", "Writer"}


def test_without_the_decorated_class_nothing_runs(tmp_path: Path) -> None:
    index = opened(tmp_path, {**TREE, "core/shown.py": ""})
    module = index.module(ModuleName("core.making"))
    assert module is not None

    assert free_imports(index, module) == {"Parser", "Reader", "Writer"}


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

        assert free_imports(index, module) == expected, line


KIT = """\
import json

from core.reading import Parser, Reader, Writer


class Store:
    def __init__(self):
        self.parser = Parser()

    def dumps(self):
        return Reader()

    def close(self):
        return Writer()


def make():
    return Store()
"""


def deferrable(tmp_path: Path, using: str) -> frozenset[str]:
    """What `core.kit` could import in functions when `core.using` says `using`."""
    tree = {
        "core/__init__.py": "",
        "core/reading.py": TREE["core/reading.py"],
        "core/kit.py": KIT,
        "core/using.py": "import json\n\nfrom core import kit\nfrom core.kit import Store, make\n\n"
        + using,
    }
    index = opened(tmp_path / str(len(list(tmp_path.iterdir()))), tree)
    module = index.module(ModuleName("core.kit"))
    assert module is not None
    return free_imports(index, module)


def test_a_method_runs_only_where_somebody_has_its_class(tmp_path: Path) -> None:
    free = {"Parser", "Reader", "Writer"}
    for using, running in (
        ("json.dumps({})\n", set()),  # known to be another `dumps`
        ("print(dict.close)\n", set()),
        ("class Own(Store):\n    pass\n", set()),  # its class is made, nobody has it
        ("def show(store: Store = None): ...\n", set()),
        ("try:\n    import x\nexcept Store:\n    pass\n", set()),
        ("print(isinstance(3, Store))\n", set()),
        ("Store()\n", {"Parser"}),
        ("kit.Store()\n", {"Parser"}),
        ("make()\n", {"Parser"}),
        ("Store().dumps()\n", {"Parser", "Reader"}),
        ("made = [make() for _ in 'ab']\nmade[0].close()\n", {"Parser", "Writer"}),
        ("class Own(Store):\n    pass\n\n\nOwn().close()\n", {"Parser", "Writer"}),
        ("def show(one=make().dumps()): ...\n", {"Parser", "Reader"}),
        ("KINDS = {'store': Store}\nfor kind in KINDS.values():\n    kind()\n", {"Parser"}),
    ):
        assert deferrable(tmp_path, using) == free - running, using


def test_what_makes_or_decorates_a_class_may_call_its_methods(tmp_path: Path) -> None:
    hook = (
        "class Base:\n"
        "    def __init_subclass__(cls):\n"
        "        {}\n\n\n"
        "class Own(Base, Store):\n"
        "    pass\n"
    )
    decorator = "def add(cls):\n    {}\n    return cls\n\n\n@add\nclass Own(Store):\n    pass\n"
    for template in (hook, decorator):
        for call, running in (
            ("cls.close(None)", {"Writer"}),
            ("cls().close()", {"Parser", "Writer"}),
            ("print(cls)", set()),
        ):
            using = template.format(call)
            expected = {"Parser", "Reader", "Writer"} - running
            assert deferrable(tmp_path, using) == expected, using


def test_what_somebody_is_given_he_may_call(tmp_path: Path) -> None:
    head = "import ast\n\nfrom core.reading import Reader\n\n\n"
    decorated = "def now(f):\n    {}\n    return f\n\n\n@now\ndef show():\n    return Reader()\n"
    visitor = (
        "class Visitor({}):\n"
        "    def visit_Name(self, node):\n"
        "        return Reader()\n\n\n"
        "Visitor().visit(ast.parse('x'))\n"
    )
    steps = (
        "def first():\n    return Reader()\n\n\n"
        "class Base:\n"
        "    def __init_subclass__(cls):\n"
        "        for step in cls.{}:\n"
        "            step()\n\n\n"
        "class Own(Base):\n"
        "    steps = [first]\n"
    )
    for text, runs in (
        (decorated.format("f()"), True),
        (decorated.format("print(f)"), False),
        (visitor.format("ast.NodeVisitor"), True),
        (visitor.format("object"), False),
        (steps.format("steps"), True),
        (steps.format("others"), False),
        ("def __getattr__(name):\n    return Reader()\n", True),
    ):
        tree = {"core/__init__.py": "", "core/reading.py": TREE["core/reading.py"]}
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        index = opened(folder, tree | {"core/kit.py": head + text})
        module = index.module(ModuleName("core.kit"))
        assert module is not None

        assert ("Reader" not in free_imports(index, module)) is runs, text


def test_what_was_asked_of_anything_stays_so(tmp_path: Path) -> None:
    index = opened(tmp_path, {"core/__init__.py": "", "core/kit.py": "def run():\n    pass\n"})
    for first, then in (
        (Attribute("run"), Attribute("run", Receiver.OBJECT, called=True)),
        (Attribute("run", Receiver.OBJECT, called=True), Attribute("run")),
    ):
        reach = Reach(index)
        reach.ask_all(first)
        reach.ask_all(then)
        (function,) = reach.code(ModuleName("core.kit")).functions["run"]  # read after the question

        assert function.node in reach.run()


def test_what_a_function_imports_is_followed(tmp_path: Path) -> None:
    tree = {
        "core/__init__.py": "",
        "core/making.py": "def make():\n    from core.kit import Kit\n\n    return Kit()\n",
        "core/kit.py": "class Kit:\n    def __init__(self):\n        self.parts = []\n",
        "core/using.py": "from core.making import make\n\nKIT = make()\n",
    }
    index = opened(tmp_path, tree)
    kit = index.module(ModuleName("core.kit"))
    assert kit is not None
    made = {id(node) for node in ast.walk(kit.syntax.tree) if isinstance(node, ast.FunctionDef)}

    assert made <= functions_run_by(index, [ModuleName("core.using")])
