"""What modules of generated programs have besides plain classes: one function for each.

A feature adds statements to a module, perhaps names that the classes after it use, and
expressions that tell whether it still works.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.generated_module import CALLABLE, Module, block, reach

Feature = Callable[[random.Random, Module, Sequence[Module]], None]
"""Given the modules that may be imported at the top, which are those made before."""


def _own(choice: random.Random, module: Module) -> str:
    """A class of the module for which `C().value()` works; empty for none."""
    found = module.of_kind(CALLABLE)
    return choice.choice(found) if found else ""


def _anyone(choice: random.Random, module: Module, earlier: Sequence[Module]) -> str:
    """Such a class of this module or another, as the module spells it."""
    own = _own(choice, module)
    there = [(m, c) for m in earlier for c in m.of_kind(CALLABLE)]
    if there and (not own or choice.random() < 0.6):
        return reach(choice, module, *choice.choice(there))
    return own


# -- state -----------------------------------------------------------------------------------------


def counter(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A number that a function rebinds through `global`."""
    n = module.number
    module.body += [
        f"_count_{n} = 0",
        block(
            f"def next_{n}(x=1):",
            f"global _count_{n}",
            f"_count_{n} += 1",
            f"return x if _count_{n} else 0",
        ),
    ]
    module.functions += [f"next_{n}"]
    module.shown += [f"_count_{n} + 1 == (next_{n}(), _count_{n})[1]"]


def tagged(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A decorator with an argument that fills a registry, and two classes in it."""
    n = module.number
    module.body += [
        f"_TAGS_{n} = {{}}",
        block(
            f"def tagged_{n}(tag):",
            "def wrap(cls):",
            f"    _TAGS_{n}.setdefault(tag, []).append(cls.__name__)",
            "    cls.tag = tag",
            "    return cls",
            "return wrap",
        ),
    ]
    for letter in "XY":
        name = f"C{n}Tagged{letter}"
        body = ["def value(self):", "    return len(self.tag)"]
        module.body += [f'@tagged_{n}("{letter}")\n' + block(f"class {name}:", *body)]
        module.classes += [name]
        module.kinds[name] = "plain"
    module.shown += [f"sorted(_TAGS_{n}.items())"]


def subclass_registry(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A base that knows its subclasses."""
    n = module.number
    base, child = f"C{n}Base", f"C{n}Child"
    module.body += [
        block(
            f"class {base}:",
            "known = []",
            "",
            "def __init_subclass__(cls, **kwargs):",
            "    super().__init_subclass__(**kwargs)",
            f"    {base}.known.append(cls.__name__)",
            "",
            "def value(self):",
            f"    return {len(base)}",
        ),
        block(f"class {child}({base}):", "def value(self):", "    return super().value() + 1"),
    ]
    module.classes += [base, child]
    module.kinds |= {base: "plain", child: "plain"}
    module.shown += [f"{child!r} in {base}.known"]  # others come as they are imported


def instance(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """An object made at import, and a table of classes."""
    n, name = module.number, _anyone(choice, module, earlier)
    if name:
        module.body += [
            f"DEFAULT_{n} = {name}()",
            f'TABLE_{n} = {{"one": {name}, "all": [{name}]}}',
        ]
        module.shown += [f"isinstance(DEFAULT_{n}, {name})", f'TABLE_{n}["one"]().value()']


def alias(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """A class by another name, and a type made of it."""
    n, name = module.number, _anyone(choice, module, earlier)
    if name:
        module.body += [f"Also_{n} = {name}", f"Pair_{n} = tuple[{name}, {name}]"]
        module.shown += [f"(Also_{n} is {name}, Pair_{n}.__args__[0] is {name})"]


# -- names -----------------------------------------------------------------------------------------


def shadows(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """Locals, parameters and comprehensions with the names of what the module has."""
    n, constant = module.number, choice.choice(module.constants)
    name = _own(choice, module) or constant
    module.body += [
        block(
            f"def shadow_{n}(x, {constant}=3):",
            f"{name} = [{constant} for {constant} in range({constant})]",
            "",
            f"def inner(y, {name}={name}):",
            f"    return y + len({name})",
            "",
            f"return inner(x) + sum(map(lambda {constant}: {constant} + 1, {name}))",
        )
    ]
    module.functions += [f"shadow_{n}"]


def builtin_names(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A function called as a builtin is."""
    name = choice.choice(["max", "hash", "id", "abs"])
    module.body += [block(f"def {name}(*given):", f"return len(given) + {module.number}")]
    module.shown += [f"{name}(1, 2)"]


def class_scope(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A class body that rebinds a global's name, private names, a class inside, a call at once."""
    n, constant = module.number, choice.choice(module.constants)
    called = choice.choice(module.functions)
    name = f"C{n}Scope"
    module.body += [
        block(
            f"class {name}:",
            f"{constant} = {constant} + 1",
            f"__rank = {called}({constant})",
            "",
            "class Meta:",
            f"    limit = {constant}",
            "",
            "def value(self):",
            f"    return self.__rank + self.{constant} + {constant} + {name}.Meta.limit",
        )
    ]
    module.classes += [name]
    module.kinds[name] = "plain"


def deleted(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A name that is gone in the end, and one that a loop binds."""
    n, constant = module.number, choice.choice(module.constants)
    module.body += [
        f"_temp_{n} = {constant} * 2\nKEPT_{n} = _temp_{n} + 1\ndel _temp_{n}",
        block(f"for LAST_{n} in (1, 2):", "pass"),
    ]
    module.constants += [f"KEPT_{n}", f"LAST_{n}"]


def walrus(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A name bound within a test, and one bound in both branches."""
    n, constant = module.number, choice.choice(module.constants)
    module.body += [
        f"if (CHECK_{n} := {constant} + 1) > 3:\n    WIDE_{n} = CHECK_{n}\nelse:\n    WIDE_{n} = 0"
    ]
    module.constants += [f"CHECK_{n}", f"WIDE_{n}"]


def conditional(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A function defined in one of two branches."""
    n, constant = module.number, choice.choice(module.constants)
    module.body += [
        f"if {constant} > 50:\n\n    def branch_{n}(x):\n        return x\n\nelse:\n\n"
        f"    def branch_{n}(x):\n        return x + {constant}"
    ]
    module.functions += [f"branch_{n}"]


def module_getattr(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A module that makes up a name when it is asked."""
    n, constant = module.number, choice.choice(module.constants)
    module.body += [
        block(
            "def __getattr__(name):",
            f'if name == "OLD_{n}":',
            f"    return {constant}",
            "raise AttributeError(name)",
        )
    ]
    module.shown += [f'__getattr__("OLD_{n}")']


# -- imports ---------------------------------------------------------------------------------------


def fallback(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """A package that is missing, and what serves instead."""
    n = module.number
    module.imported(
        f"try:\n    import no_such_codec as codec_{n}\nexcept ImportError:\n"
        f"    import json as codec_{n}"
    )
    module.body += [block(f"def coded_{n}(x):", f"return len(codec_{n}.dumps([x]))")]
    module.functions += [f"coded_{n}"]


def guarded(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """A class that is perhaps not there."""
    there = [(m, c) for m in earlier for c in m.of_kind(CALLABLE)]
    if there:
        n, (other, name) = module.number, choice.choice(there)
        module.imported(
            f"try:\n    from {other.name} import {name} as Maybe_{n}\nexcept ImportError:\n"
            f"    Maybe_{n} = None"
        )
        module.body += [block(f"def maybe_{n}(x):", f"return x + Maybe_{n}().value()")]
        module.functions += [f"maybe_{n}"]


def late_import(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """An import below definitions."""
    there = [(m, c) for m in earlier for c in m.of_kind(CALLABLE)]
    if there:
        n, (other, name) = module.number, choice.choice(there)
        module.body += [f"from {other.name} import {name} as Late_{n}  # noqa: E402"]
        module.body += [block(f"def lately_{n}(x):", f"return x + Late_{n}().value()")]
        module.functions += [f"lately_{n}"]


# -- syntax ----------------------------------------------------------------------------------------


def matched(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """A class in a pattern."""
    n, name = module.number, _anyone(choice, module, earlier)
    if name:
        module.body += [
            block(
                f"def kind_{n}(x):",
                "match x:",
                f"    case {name}():",
                f'        return "{name}"',
                "    case int() | str():",
                '        return "other"',
            )
        ]
        module.shown += [f"(kind_{n}({name}()), kind_{n}(3))"]


def formatted(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """Names within an f-string, and a lambda with a default."""
    n, constant = module.number, choice.choice(module.constants)
    called = choice.choice(module.functions)
    module.body += [
        f"pick_{n} = lambda x, step={constant}: x + step + {constant}",
        block(
            f"def label_{n}(x):",
            f'return f"{{{called}(x)!s:>{{{constant}}}}} {{pick_{n}(x)=}} {{{constant}:03d}}"',
        ),
    ]
    module.functions += [f"pick_{n}"]
    module.shown += [f"label_{n}(4)"]


def caught(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """An exception raised and caught."""
    errors = module.of_kind(frozenset({"error"}))
    if errors:
        n, name = module.number, choice.choice(errors)
        raising = ["try:", f"    raise {name}(x)", f"except {name} as error:"]
        module.body += [block(f"def caught_{n}(x):", *raising, "    return error.args[0]")]
        module.functions += [f"caught_{n}"]


def dispatched(choice: random.Random, module: Module, earlier: Sequence[Module]) -> None:
    """A function that chooses by the class of what it is given, one that remembers."""
    n, name = module.number, _anyone(choice, module, earlier)
    if name and not module.postponed:
        module.imported("import functools")
        module.body += [
            "@functools.singledispatch\n" + block(f"def about_{n}(x):", "return 0"),
            f"@about_{n}.register\n" + block(f"def _(x: {name}):", "return x.value()"),
            "@functools.lru_cache(maxsize=None)\n" + block(f"def cached_{n}(x):", "return x + 1"),
        ]
        module.functions += [f"cached_{n}"]
        module.shown += [f"(about_{n}({name}()), about_{n}(3))"]


def hinted(choice: random.Random, module: Module, _: Sequence[Module]) -> None:
    """Annotations that are read when the program runs."""
    found = module.of_kind(frozenset({"dataclass", "tuple"}))
    if found:
        module.imported("import typing")
        name = choice.choice(found)
        module.shown += [f"sorted(typing.get_type_hints({name}))"]


FEATURES: tuple[Feature, ...] = (
    counter, tagged, subclass_registry, instance, alias, shadows, builtin_names, class_scope,
    deleted, walrus, conditional, module_getattr, fallback, guarded, late_import, matched,
    formatted, caught, dispatched, hinted,
)  # fmt: skip


# -- once every module is there --------------------------------------------------------------------


def checked_import(choice: random.Random, module: Module, others: Sequence[Module]) -> None:
    """An import for the type checker, used in quoted annotations."""
    n, other = module.number, choice.choice(others)
    name = choice.choice(other.classes)
    module.checked += [f"from {other.name} import {name}"]
    quoted = name if module.postponed else f'"{name}"'
    class_name = f"C{n}Checked"
    module.body += [
        block(f"def accept_{n}(item: {quoted}) -> {quoted}:", "return item"),
        block(
            f"class {class_name}:",
            f"def value(self, item: {quoted} = None) -> 'list[{name}]':",
            f"    return accept_{n}(3)",
        ),
    ]
    module.classes += [class_name]
    module.kinds[class_name] = "plain"


def inner_import(choice: random.Random, module: Module, others: Sequence[Module]) -> None:
    """A class that imports inside its method."""
    there = [(m, c) for m in others for c in m.of_kind(CALLABLE)]
    if there:
        n, (other, name) = module.number, choice.choice(there)
        inside = choice.choice([f"from {other.name} import {name}", f"import {other.name} as far"])
        if other.is_hidden or inside.startswith("from"):
            inside, spelled = f"from {other.name} import {name}", name
        else:
            spelled = f"far.{name}"
        class_name = f"C{n}Inner"
        module.body += [
            block(
                f"class {class_name}:",
                "def value(self):",
                f"    {inside}",
                f"    return isinstance({spelled}(), {spelled})",
            )
        ]
        module.classes += [class_name]
        module.kinds[class_name] = "plain"


def asked_for(choice: random.Random, module: Module, others: Sequence[Module]) -> None:
    """A name that another module makes up."""
    makers = [m for m in others if any("def __getattr__" in part for part in m.body)]
    if makers:
        other = choice.choice(makers)
        module.body += [
            block(
                f"def asked_{module.number}():",
                f"from {other.name} import OLD_{other.number}",
                f"return OLD_{other.number}",
            )
        ]
        module.shown += [f"asked_{module.number}()"]


LATE_FEATURES: tuple[Feature, ...] = (checked_import, inner_import, asked_for)
