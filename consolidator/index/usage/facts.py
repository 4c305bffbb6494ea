"""The usage facts of a file: every use of what it imports, as data that survives JSON."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consolidator.index.syntax import parse
from consolidator.index.usage.frames import Frame
from consolidator.index.usage.guards import ATTRIBUTE, CALL
from consolidator.index.usage.places import Place, Recording
from consolidator.index.usage.recording import record
from consolidator.index.usage.values import Values
from consolidator.index.usage.worth import Local, Value


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a file does with something that comes from an imported name."""

    path: str
    """How it comes from the name, in steps: empty for the name itself; `()` called, `:` declared
    as an instance, `type` declared as a class like it, `sub` an instance of a subclass in the file,
    `sub-type` that subclass, `super` what `super()` is there, `get` taken from a class that holds
    it, `.m()` its method called, `await`, `with`, `awith`, `iter`, `aiter`."""
    kind: str
    """`call`, `sub call` of a subclass in the file, `attr`, `method`, `super`, or the kind of
    `recording.Place`."""
    name: str
    """The attribute or method."""
    arguments: tuple[int, bool, tuple[str, ...], bool]
    """For calls: how many positional ones, whether `*` is among them, keywords, whether `**`."""
    where: tuple[int, int, int, int]
    """Line, column, last line and its end, as `ast` counts."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a file does with a name that one scope imports."""

    name: str
    sources: tuple[tuple[str, str], ...]
    """The module, as written, and the name there; several in `try`/`except ImportError`."""
    uses: tuple[Use, ...]


def usage_facts(text: str) -> list[list[Any]]:
    """What a file does with each imported name; see `groups_of`. Raises `SyntaxError`."""
    recording = record(parse(text).tree)
    uses: list[list[Any]] = [[] for _ in recording.groups]
    for group, fact in _uses(recording):
        uses[group].append(fact)
    return [[name, sources, uses[i]] for i, (name, sources) in enumerate(recording.groups)]


def groups_of(facts: list[list[Any]], name: str) -> list[Group]:
    """The groups of facts about one bound name, as values."""
    return [
        Group(bound, tuple((module, asked) for module, asked in sources), tuple(map(_use, uses)))
        for bound, sources, uses in facts
        if bound == name
    ]


def _use(fact: list[Any]) -> Use:
    path, kind, name, arguments, where = fact
    count, stars, keywords, double = arguments or (0, False, [], False)
    return Use(path, kind, name, (count, stars, tuple(keywords), double), tuple(where))


Fact = tuple[int, list[Any]]


def _uses(recording: Recording) -> Iterator[Fact]:
    values = Values()
    granted = set(_granted(recording, values))
    for place in recording.places:
        for group, fact in _READERS.get(place.kind, _plain)(place, values):
            if not granted & {(group, fact[2]), (group, "*"), (_ANY, fact[2])}:
                yield group, fact


_ANY = -1


def _granted(recording: Recording, values: Values) -> Iterator[tuple[int, str]]:
    """Attributes that need not be there: asked for with `hasattr`, or assigned in this file.

    What is assigned to something unknown is granted to any group.
    """
    for node, name, frame in recording.granted:
        known = values.of(node, frame)
        if isinstance(known, Value):
            yield known.group, name
    for place in recording.places:
        if place.kind == "set" and isinstance(place.node, ast.Attribute):
            known = values.of(place.node.value, place.frame)
            if isinstance(known, Value):
                yield known.group, place.detail if place.detail != "__class__" else "*"
            elif known is None:
                yield _ANY, place.detail


def _fact(value: Value, kind: str, name: str, node: ast.AST, call: ast.Call | None = None) -> Fact:
    where = [getattr(node, key) for key in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
    return value.group, [value.path, kind, name, _arguments(call) if call else None, where]


def _arguments(call: ast.Call) -> list[Any]:
    stars = any(isinstance(argument, ast.Starred) for argument in call.args)
    plain = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    return [len(plain), stars, keywords, len(keywords) < len(call.keywords)]


def _holder(node: ast.expr, name: str, frame: Frame, values: Values) -> Value | None:
    """What `name` is asked of, when that is an imported class or something made of it."""
    known = values.of(node, frame)
    if isinstance(known, Local) and known.kind != "function":
        base = values.imported_base(known.frame)
        if base is None or name in values.own_names(known.frame):
            return None
        return base.then("sub-type" if known.kind == "class" else "sub")
    return known if isinstance(known, Value) and not known.wrap else None


def _attribute(place: Place, values: Values) -> Iterator[Fact]:
    node = place.node
    if isinstance(node, ast.Attribute) and not place.guards & ATTRIBUTE:
        value = _holder(node.value, node.attr, place.frame, values)
        if value is not None:
            yield _fact(value, "attr", node.attr, node)


def _named_attribute(place: Place, values: Values) -> Iterator[Fact]:
    """`patch.object(C, "foo")`."""
    if isinstance(place.node, ast.Call) and not place.guards & ATTRIBUTE:
        value = _holder(place.node.args[0], place.detail, place.frame, values)
        if value is not None:
            yield _fact(value, "attr", place.detail, place.node)


def _call(place: Place, values: Values) -> Iterator[Fact]:
    node = place.node
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute):
        if place.guards & ATTRIBUTE:
            return
        name = node.func.attr
        value = _super(node.func.value, place.frame, values)
        kind = "super"
        if value is None:
            value, kind = _holder(node.func.value, name, place.frame, values), "method"
        if value is not None:
            call = node if not place.guards & CALL else None
            yield _fact(value, kind if call else "attr", name, node, call)
        return
    called = values.of(node.func, place.frame)
    if isinstance(called, Value) and not called.wrap and not place.guards & CALL:
        yield _fact(called, "call", "", node, node)
    elif isinstance(called, Local) and called.kind == "class" and not place.guards & CALL:
        base = _constructed(called.frame, values)
        if base is not None:
            yield _fact(base, "sub call", "", node, node)


def _constructed(frame: Frame, values: Values) -> Value | None:
    """The imported class whose constructor a class of the file has unchanged."""
    current: Value | Local | None = Local("class", frame)
    seen: set[Frame] = set()
    while isinstance(current, Local):
        node = current.frame.node
        if current.frame in seen or not isinstance(node, ast.ClassDef) or _makes_own(node):
            return None
        seen.add(current.frame)
        current = values.base(current.frame)
    return current


def _makes_own(node: ast.ClassDef) -> bool:
    names = {getattr(statement, "name", "") for statement in node.body}
    has_fields = any(isinstance(statement, ast.AnnAssign) for statement in node.body)
    makers = {"__init__", "__new__", "__call__", "__post_init__"}
    return bool(names & makers or has_fields or node.decorator_list or node.keywords)


def _super(node: ast.expr, frame: Frame, values: Values) -> Value | None:
    """What `super()` is in a method of a class that extends an imported one."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "super" or node.args:
        return None
    method = frame.method_around()
    if method is None or method.parent is None:
        return None
    base = values.base(method.parent)
    if not isinstance(base, Value):
        return None
    is_class = "classmethod" in method.decorators or method.name in {
        "__new__",
        "__init_subclass__",
        "__class_getitem__",
    }
    return base if is_class else base.then("super")


def _class(place: Place, values: Values) -> Iterator[Fact]:
    node = place.node
    assert isinstance(node, ast.ClassDef)
    for base in node.bases:
        known = values.of(base, place.frame)
        if isinstance(known, Value) and not known.wrap:
            yield _fact(known, "base", "", base)


def _decorator(place: Place, values: Values) -> Iterator[Fact]:
    assert isinstance(place.node, ast.expr)
    known = values.of(place.node, place.frame)
    if isinstance(known, Value) and not known.wrap:
        value, kind, *rest = _fact(known, "call", "", place.node)[1]
        yield known.group, [value, kind, rest[0], [1, False, [], False], rest[2]]


def _plain(place: Place, values: Values) -> Iterator[Fact]:
    node = place.node
    subject = node.value if isinstance(node, ast.Subscript) else node
    known = values.of(subject, place.frame)
    is_guarded = place.kind == "set" or place.guards & CALL
    if isinstance(known, Value) and not known.wrap and not is_guarded:
        yield _fact(known, place.kind, "", node)


_READERS = {
    "attr": _attribute,
    "named attr": _named_attribute,
    "call": _call,
    "class": _class,
    "decorator": _decorator,
}
