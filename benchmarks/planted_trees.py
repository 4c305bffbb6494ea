"""Package trees with planted duplicates and with what only looks like them, made by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WORDS = (
    "amount",
    "border",
    "colour",
    "depth",
    "edge",
    "field",
    "grain",
    "height",
    "index",
    "joint",
    "kind",
    "label",
    "margin",
)
VERBS = (
    "add",
    "build",
    "count",
    "draw",
    "find",
    "give",
    "hold",
    "keep",
    "lift",
    "make",
    "name",
    "open",
    "pack",
    "read",
    "sort",
    "turn",
)


@dataclass(frozen=True)
class Expected:
    """A finding that a scan has to make, or a set of classes that it has to treat as said."""

    kind: str
    """A relation, or the name of a suppression; `none` for what is no class at all."""
    name: str
    modules: frozenset[str]
    label: str
    """What was planted: `superset`, `another registry`."""


@dataclass
class Tree:
    """The files of a tree that grows, and what is to be found in it."""

    choice: random.Random
    files: dict[str, str] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    used: int = 0

    def name(self) -> str:
        """A class name that was not there before."""
        self.used += 1
        return f"{self.choice.choice(VERBS).title()}{self.choice.choice(WORDS).title()}{self.used}"

    def put(self, text: str, folder: str = "") -> str:
        """Write a module with some noise around the text; its name is returned."""
        folder = folder or f"pkg{self.choice.randrange(8)}"
        self.used += 1
        stem = f"m{self.used}"
        noise = f"\n\ndef helper_{self.used}(x):\n    return x + {self.used}\n"
        self.files.setdefault(f"{folder}/__init__.py", "")
        self.files[f"{folder}/{stem}.py"] = text + noise
        return f"{folder}.{stem}".replace("/", ".")

    def expect(self, kind: str, name: str, modules: Sequence[str], label: str) -> None:
        self.expected.append(Expected(kind, name, frozenset(modules), label))


@dataclass(frozen=True)
class Body:
    """A class as a list of members, which can be written in several ways."""

    members: tuple[str, ...]
    """Each a statement without indentation."""

    def text(self, name: str, bases: str = "") -> str:
        lines = [f"class {name}{f'({bases})' if bases else ''}:"]
        for member in self.members:
            lines += [f"    {line}" if line else "" for line in member.split("\n")] + [""]
        return "\n".join(lines).replace("OWN", name)

    def rewritten(self, choice: random.Random, name: str, bases: str = "") -> str:
        """The same class with other quotes, comments and docstrings."""
        text = self.text(name, bases).replace("'", '"')
        lines = text.split("\n")
        lines.insert(1, f'    """What a {name} is for."""')
        at = choice.randrange(2, len(lines))
        while lines[at].strip():
            at = (at + 1) % len(lines)
        lines.insert(at, "    # a remark that only this copy has")
        return "\n".join(lines).replace("return (", "return ( ").replace("self, x)", "self, x,)")


def method(choice: random.Random, number: int) -> str:
    """A method of a few lines."""
    verb, word = choice.choice(VERBS), choice.choice(WORDS)
    lines = [
        f"def {verb}_{word}_{number}(self, x):",
        f"    '''Takes {word}.'''",
        f"    found = [{choice.randrange(99)}, x]",
        f"    for item in range({choice.randrange(2, 9)}):",
        f"        found.append(item * {choice.randrange(2, 99)})",
        "    return (found, 'end')",
    ]
    return "\n".join(lines)


def body(choice: random.Random, few: int = 2, many: int = 6) -> Body:
    """A class body with `__init__` and some methods."""
    start = f"def __init__(self, {choice.choice(WORDS)}=1):\n    self.twin = OWN"
    methods = (method(choice, number) for number in range(choice.randint(few, many)))
    return Body((start, *methods))


def equal_copies(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    count = tree.choice.randint(2, 4)
    modules = [tree.put(made.text(name)) for _ in range(count)]
    tree.expect("identical", name, modules, "identical")


def same_code(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    modules = [tree.put(made.text(name)), tree.put(made.rewritten(tree.choice, name))]
    tree.expect("same code", name, modules, "same code")


def superset(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    more = Body((*made.members, method(tree.choice, 77), method(tree.choice, 78)))
    modules = [tree.put(made.text(name)), tree.put(more.rewritten(tree.choice, name))]
    tree.expect("superset", name, modules, "superset")


def union(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    copies = [Body((*made.members, method(tree.choice, number))) for number in (77, 78)]
    tree.expect("union", name, [tree.put(copy.text(name)) for copy in copies], "union")


def conflict(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    changed = Body((made.members[0].replace("=1", "=2"), *made.members[1:]))
    modules = [tree.put(copy.text(name)) for copy in (made, changed)]
    tree.expect("conflict", name, modules, "conflict")


def three_and_one(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    changed = Body((made.members[0].replace("=1", "=2"), *made.members[1:]))
    alike = [tree.put(made.text(name)) for _ in range(3)]
    other = tree.put(changed.text(name))
    tree.expect("identical", name, alike, "three alike")
    tree.expect("conflict", name, [min(alike, key=path_of), other], "the fourth")


def renamed(tree: Tree) -> None:
    names, made = [tree.name(), tree.name()], body(tree.choice)
    modules = [tree.put(made.text(name)) for name in names]
    tree.expect("renamed", first_of(names, modules), modules, "renamed")


def equal_helpers(tree: Tree) -> None:
    """Each module has the helper that the class uses, and they are equal."""
    name, made = tree.name(), body(tree.choice)
    uses = Body((*made.members, "def ask(self, x):\n    return lookup(x) + LIMIT"))
    helper = "LIMIT = 7\n\n\ndef lookup(x):\n    return x * LIMIT\n\n\n"
    modules = [tree.put(helper + uses.text(name)) for _ in range(2)]
    tree.expect("identical", name, modules, "equal helpers")


# -- what looks the same and is not ----------------------------------------------------------


def another_registry(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    start = "import registry\n\nBase = registry.make_base()\n\n\n"
    modules = [tree.put(start + made.text(name, "Base")) for _ in range(2)]
    tree.expect("conflict", name, modules, "another registry")


def another_helper(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    uses = Body((*made.members, "def ask(self, x):\n    return lookup(x)"))
    modules = [
        tree.put(f"def lookup(x):\n    return x * {factor}\n\n\n{uses.text(name)}")
        for factor in (2, 3)
    ]
    tree.expect("conflict", name, modules, "another helper")


def other_order(tree: Tree) -> None:
    name = tree.name()
    fields = [f"{word}_{tree.used}" for word in tree.choice.sample(WORDS, 3)]
    start = "from dataclasses import dataclass\n\n\n@dataclass\n"
    modules = [
        tree.put(start + Body(tuple(f"{item}: int" for item in order)).text(name))
        for order in (fields, [*fields[1:], fields[0]])
    ]
    tree.expect("conflict", name, modules, "other order")


def commented_out(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    comment = "".join(f"# {line}\n" for line in made.text(name).splitlines())
    quoted = f'TEXT = """\n{made.text(name)}\n"""\n'.replace("'''", "''")
    modules = [tree.put(made.text(name)), tree.put(comment), tree.put(quoted)]
    tree.expect("none", name, modules, "comments and strings")


def re_exported(tree: Tree) -> None:
    name = tree.name()
    home = tree.put(body(tree.choice).text(name))
    modules = [home, tree.put(f"from {home} import {name}\n"), tree.put(f"from {home} import *\n")]
    tree.expect("none", name, modules, "re-exports")


# -- what is to be left alone ----------------------------------------------------------------


def tests(tree: Tree) -> None:
    name = tree.name()
    text = f"class {name}:\n    def test_it(self):\n        assert {tree.choice.randrange(9)} + 1\n"
    tree.expect("test-class", name, [tree.put(text) for _ in range(2)], "test classes")


def nested(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    inner = "".join(f"    {line}\n" for line in made.text(name).splitlines())
    modules = [tree.put(f"class {tree.name()}:\n{inner}"), tree.put(f"def made_here():\n{inner}")]
    tree.expect("nested", name, modules, "nested")


def fallback(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    inner = "".join(f"    {line}\n" for line in made.text(name).splitlines())
    head = f"try:\n    from fast_things import {name}\nexcept ImportError:\n"
    modules = [tree.put(head + inner), tree.put(made.text(name))]
    tree.expect("except-fallback", name, modules, "fallbacks")


def kept(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    comment = "# consolidate: keep the two will part soon\n"
    modules = [tree.put(comment + made.text(name)), tree.put(made.text(name))]
    tree.expect("keep", name, modules, "kept")


def trivial(tree: Tree) -> None:
    name = tree.name()
    texts = [
        f"class {name}(ValueError):\n    pass\n",
        f"class {name}(ValueError):\n    '''No.'''\n",
    ]
    tree.expect("trivial", name, [tree.put(text) for text in texts], "trivial")


def subclass(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    home = tree.put(made.text(name))
    derived = f"import {home}\n\n\n{made.text(name, f'{home}.{name}')}"
    tree.expect("subclass-of-namesake", name, [home, tree.put(derived)], "subclass of its namesake")


def orm_and_schema(tree: Tree) -> None:
    name, field_name = tree.name(), tree.choice.choice(WORDS)
    table = f"from django.db import models\n\n\nclass {name}(models.Model):\n    {field_name} = 1\n"
    schema = (
        f"from pydantic import BaseModel\n\n\nclass {name}(BaseModel):\n    {field_name}: int\n"
    )
    modules = [tree.put(table), tree.put(schema)]
    tree.expect("orm-beside-schema", name, modules, "ORM beside schema")


def in_services(tree: Tree) -> None:
    name, made = tree.name(), body(tree.choice)
    modules = [tree.put(made.text(name), f"services/{letter}") for letter in "ab"]
    for letter in "ab":
        tree.files[f"services/{letter}/requirements.txt"] = ""
    tree.expect("services", name, modules, "services")


def exceptions(tree: Tree) -> None:
    names, made = [tree.name(), tree.name()], body(tree.choice)
    modules = [tree.put(made.text(name, "Exception")) for name in names]
    tree.expect("name-matters", first_of(names, modules), modules, "renamed exceptions")


KINDS: tuple[Callable[[Tree], None], ...] = (
    *(equal_copies, same_code, superset, union, conflict, three_and_one, renamed, equal_helpers),
    *(another_registry, another_helper, other_order, commented_out, re_exported),
    *(tests, nested, fallback, kept, trivial, subclass, orm_and_schema, in_services, exceptions),
)


def planted_tree(seed: int, of_each: int) -> Tree:
    """A tree with so many of each kind."""
    tree = Tree(random.Random(seed))
    for plant in KINDS:
        for _ in range(of_each):
            plant(tree)
    return tree


def first_of(names: Sequence[str], modules: Sequence[str]) -> str:
    """The name in the module that comes first, which a finding goes by."""
    return names[modules.index(min(modules, key=path_of))]


def path_of(module: str) -> str:
    """The path of a planted module, by which copies are ordered."""
    return module.replace(".", "/") + ".py"
