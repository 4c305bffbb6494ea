"""What is done to classes in an order that a move would change."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.closure import Closure
from consolidator.edits.pinned import place
from consolidator.edits.state_read_at_once import misread
from consolidator.edits.strategy import LeaveBehindForm
from consolidator.errors import Problem
from consolidator.index.definitions import Definition, uses_of
from consolidator.index.events.patterns import unwrapped
from consolidator.index.module import Module

_MUTABLE_CALLS = frozenset({"dict", "list", "set", "defaultdict", "OrderedDict", "deque"})


def reordered_registrations(closure: Closure) -> Iterator[Problem]:
    """Travelling functions that fill a travelling registry for code on both sides.

    @register("txt")       # stays, and came first
    class TextWriter: ...

    @register("csv")       # moves: now registered as soon as the helpers are imported
    class CsvWriter: ...
    """
    source, inside = closure.source, set(closure.statements)
    for helper in closure.helpers:
        if helper.kind != "function" or not _fills_a_registry(closure, helper):
            continue
        eager = [use for use in source.readers.get(helper.name, []) if not use.deferred]
        moved = [use.statement for use in eager if use.statement in inside]
        before = [use for use in eager if use.statement not in inside]
        if moved and any(use.statement < max(moved) for use in before):
            yield Problem(
                "registration-order",
                f"`{helper.name}` fills a registry for classes that stay and for ones that move; "
                "the order in which they register would change",
                place(source, before[0].node),
                f"move `{helper.name}` and its registry into a module of their own first, or go "
                "on with --accept registration-order",
            )


def overtaken_calls(closure: Closure) -> Iterator[Problem]:
    """What is called on something that travels once code that stays has been made with it.

    db = Database()                   # travels, and its calls with it
    class Teacher(db.Entity): ...     # stays
    db.generate_mapping()             # would run before there are any teachers
    """
    source, inside = closure.source, set(closure.statements)
    for item in closure.definitions:
        staying = [
            use.statement
            for use in source.readers.get(item.name, [])
            if not use.deferred and not use.is_type and use.statement not in inside
        ]
        for number in item.statements:
            is_late = any(item.statements[0] < other < number for other in staying)
            if is_late and _is_called_on(item.name, source.body[number]):
                yield Problem(
                    "registration-order",
                    f"what is called on `{item.name}` here would run before code that stays has "
                    "been made with it",
                    place(source, source.body[number]),
                    f"move all that is made with `{item.name}` together, or go on with --accept "
                    "registration-order",
                )
                break


def _is_called_on(name: str, statement: ast.stmt) -> bool:
    """`db.generate_mapping()`, `Base.metadata.create_all()`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called: ast.expr = statement.value.func
    while isinstance(called, ast.Attribute):
        called = called.value
    return isinstance(called, ast.Name) and called.id == name


def reads_another_state(closure: Closure) -> Iterator[Problem]:
    """Travelling definitions that look into an object before, or after, it has been changed."""
    source = closure.source
    for item, name, change in misread(source, closure.definitions, {*closure.statements}):
        yield Problem(
            "registration-order",
            f"`{item.name}` is made of what `{name}` holds by then, and code that stays changes "
            "that while the module is imported",
            place(source, source.body[change]),
            f"move `{name}` and what changes it into a module of their own first, or go on with "
            "--accept registration-order",
        )


_MAKING = frozenset({"__new__", "__init__", "__call__", "__prepare__", "__init_subclass__"})


def sealed_families(closure: Closure, leave_behind: LeaveBehindForm) -> Iterator[Problem]:
    """Families of classes that are all made before their metaclass or base is changed.

    class Meta(type): ...
    class Node(metaclass=Meta): ...
    class Text(Node): ...              # moves: perhaps made after the next line
    Meta.__new__ = fail                # no more of them

    An import left behind above that line makes the class in time, or fails: the simulation says
    which. A lazy one makes it too late.
    """
    source, inside = closure.source, set(closure.statements)
    for number, statement in enumerate(source.body):
        for name in _made_otherwise(source, statement):
            family = {number, *_descendants(source, name, number)}
            stays = number not in inside
            if stays and leave_behind == "import" and _arrives_before(closure, number):
                continue
            if family & inside and family - inside:
                yield Problem(
                    "registration-order",
                    f"`{name}` is changed once all of its classes are made, and only some of them "
                    "would move",
                    place(source, statement),
                    f"move all of the family of `{name}` together, or go on with --accept "
                    "registration-order",
                )


def _arrives_before(closure: Closure, number: int) -> bool:
    """Whether an import left behind stands above a statement, and runs all that moves by then."""
    return any(root.statements[-1] < number for root in closure.roots)


def _made_otherwise(source: Module, statement: ast.stmt) -> Iterator[str]:
    """`Meta` of `Meta.__new__ = other`; where `other` only raises, the simulation tells."""
    if isinstance(statement, ast.Assign) and _only_raises(source, unwrapped(statement.value)):
        return
    for target in statement.targets if isinstance(statement, ast.Assign) else ():
        if (
            isinstance(target, ast.Attribute)
            and target.attr in _MAKING
            and isinstance(target.value, ast.Name)
        ):
            yield target.value.id


def _only_raises(source: Module, value: ast.expr) -> bool:
    """Whether a name is that of a function of the module whose last statement is a `raise`."""
    nodes = [b.node for b in source.bindings(value.id)] if isinstance(value, ast.Name) else []
    made = [node for node in nodes if not isinstance(getattr(node, "ctx", None), ast.Del)]
    return bool(made) and all(
        isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Raise) for node in made
    )


def _descendants(source: Module, name: str, before: int) -> Iterator[int]:
    """The classes above a statement that are made with a metaclass or base, or with their heirs."""
    family = {name}
    for number, statement in enumerate(source.body[:before]):
        if isinstance(statement, ast.ClassDef):
            made_with = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
            if family & {node.id for node in made_with if isinstance(node, ast.Name)}:
                family.add(statement.name)
                yield number


def _fills_a_registry(closure: Closure, helper: Definition) -> bool:
    used = {use.name for use in uses_of(closure.source, helper.statements)}
    return any(
        other.kind == "constant" and other.name in used and _is_mutable(closure, other)
        for other in closure.helpers
    )


def _is_mutable(closure: Closure, item: Definition) -> bool:
    for index in item.statements:
        value = getattr(closure.source.body[index], "value", None)
        if isinstance(value, ast.Dict | ast.List | ast.Set):
            return True
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") in _MUTABLE_CALLS:
            return True
    return False
