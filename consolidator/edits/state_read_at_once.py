"""What is computed at once from something that its module makes step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from consolidator.index.definitions import Definition, uses_of
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse


def misread(
    source: Module, definitions: Iterable[Definition], inside: Set[int]
) -> Iterator[tuple[Definition, str, int]]:
    """Travelling definitions that would find something in another state than they do today.

    With its name, and the statement that changes it; `inside` are the statements that travel.

    TYPES = Types()                                    # stays
    GZIP = TYPES.encodings[".gz"]                      # travels: it would ask for that too late
    TYPES.encodings.clear()                            # stays

    LIMITS = {}                                        # travels
    for name in NAMES: LIMITS[name] = len(name)        # stays
    class Order: names = tuple(LIMITS)                 # travels: it would find them empty

    KINDS = ("item",)                                  # travels, with the last line
    class Item: kinds = KINDS                          # stays: it would find all kinds
    KINDS += ("order",)
    """
    for item in definitions if source.in_place_changes or source.bound_in_steps else ():
        for name, changes in sorted(_read_at_once(source, item)):
            stays = not any(binding.statement in inside for binding in source.bindings(name))
            for change in changes:
                too_late = change > item.statements[0]
                if change not in inside and change not in item.statements and stays is too_late:
                    yield item, name, change
                    break
        for name in sorted(item.names & source.bound_in_steps.keys()):
            steps = source.bound_in_steps[name]
            readers = {use.statement for use in source.readers.get(name, ()) if _is_at_once(use)}
            if any(each < steps[-1] for each in readers - inside - {*item.statements}):
                yield item, name, steps[-1]


_Changing = tuple[str, tuple[int, ...]]
"""A name, and the statements that change what it stands for."""


def _read_at_once(source: Module, item: Definition) -> set[_Changing]:
    """What a definition looks into when it is made."""
    if item.kind == "function":
        return set()
    referred = set(_only_referred_to(source, item))
    uses = [use for use in uses_of(source, item.statements) if _is_at_once(use)]
    found: set[_Changing] = set()
    called: set[str] = set()
    while uses:
        use = uses.pop()
        if use.name in source.bound_in_steps and use.name not in item.names:
            found.add((use.name, source.bound_in_steps[use.name]))
        if use.node in referred:
            continue
        if use.name in source.in_place_changes and use.name not in item.names:
            found.add((use.name, source.in_place_changes[use.name]))
        uses += _used_by_function(source, use, called)
    return found


def _is_at_once(use: NameUse) -> bool:
    return not (use.deferred or use.is_type or use.never_read)


def _used_by_function(source: Module, use: NameUse, called: set[str]) -> Iterator[NameUse]:
    """What a function of the module uses that is called by its name, once for each."""
    bindings = source.bindings(use.name)
    if use.name in called or not any(binding.kind == "function" for binding in bindings):
        return
    called.add(use.name)
    for binding in bindings:
        yield from uses_of(source, (binding.statement,))


def _only_referred_to(source: Module, item: Definition) -> Iterator[ast.AST]:
    """`table = TABLE`, `def read(self, table=TABLE)`: whoever reads it there reads it later.

    `@TABLE.register` puts something in, and `class Order(db.Model)` names a class.
    """
    for number in item.statements:
        for node in ast.walk(source.body[number]):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                yield node.value
            elif isinstance(node, ast.arguments):
                yield from (each for each in (*node.defaults, *node.kw_defaults) if each)
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    yield from () if isinstance(base, ast.Starred) else ast.walk(base)
            for decorator in getattr(node, "decorator_list", ()):
                yield from ast.walk(decorator)
