"""One class statement or function as seen from outside, as data that survives JSON."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from consolidator.index.offer.own_attributes import attributes_of, nodes_below
from consolidator.index.offer.signatures import signature_fact

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Fact = dict[str, Any]

_HARMLESS = frozenset(
    {"abstractmethod", "override", "final", "cache", "lru_cache", "contextmanager",
     "asynccontextmanager", "deprecated", "no_type_check", "overload", "fixture"}
)  # fmt: skip
_PROPERTIES = frozenset(
    {"property", "cached_property", "abstractproperty", "setter", "getter", "deleter",
     "hybrid_property", "classproperty", "reify"}
)  # fmt: skip


def class_fact(node: ast.ClassDef) -> Fact:
    """A class statement: header, members, attributes that its methods set.

    `open` says why attributes may exist that nothing shows; it is empty when all are known.
    """
    fact: Fact = {
        "line": node.lineno,
        "bases": [base_of(base) for base in node.bases],
        "keywords": {k.arg or "**": [dotted(k.value), _constant(k.value)] for k in node.keywords},
        "decorators": [_decorator(item) for item in node.decorator_list],
        "generic": bool(getattr(node, "type_params", [])),
        "methods": {},
        "fields": [],
        "plain": [],
        "own": [],
        "open": "",
    }
    for statement in _statements(node.body):
        _member(statement, fact)
    own, reason = attributes_of(node)
    fact["own"] = sorted(own)
    fact["open"] = fact["open"] or reason
    return fact


def function_fact(node: FunctionNode) -> Fact:
    """A `def`: what it takes, what its decorators make of it, what it gives."""
    names = [dotted(item.func if isinstance(item, ast.Call) else item) for item in _decorated(node)]
    tails = [(name or "?").rpartition(".")[2] for name in names]
    kind = "plain"
    for tail in tails:
        if tail in {"staticmethod", "classmethod"}:
            kind = tail.removesuffix("method")
        elif tail in _PROPERTIES:
            kind = "property"
        elif tail not in _HARMLESS:
            kind = "unknown"
            break
    gives = _gives(node)
    return {
        "kind": kind,
        "takes": signature_fact(node.args),
        "async": isinstance(node, ast.AsyncFunctionDef),
        "managed": bool({"contextmanager", "asynccontextmanager"} & set(tails)),
        "abstract": "abstractmethod" in tails or "abstractproperty" in tails,
        "overload": "overload" in tails,
        "decorated": bool(tails),
        "marks": gives[1] == "self" and _sets_attributes(node),
        "gives": gives,
    }


def dotted(node: ast.AST) -> str | None:
    """`a.b.C` of such an expression; None for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def base_of(node: ast.expr) -> list[Any]:
    """`[name, is subscripted]` of a base; the name is None where it is computed."""
    if isinstance(node, ast.Subscript):
        return [dotted(node.value), True]
    return [dotted(node), False]


def _decorated(node: FunctionNode | ast.ClassDef) -> list[ast.expr]:
    return node.decorator_list


def _decorator(node: ast.expr) -> list[Any]:
    """`[name, keywords]`: `["dataclass", {"init": False}]`."""
    if isinstance(node, ast.Call):
        return [dotted(node.func), {k.arg or "**": _constant(k.value) for k in node.keywords}]
    return [dotted(node), {}]


def _constant(node: ast.AST) -> Any:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, bool | str) else None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, block, []))
        for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from _statements(part.body)


def _member(node: ast.stmt, fact: Fact) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            fact["methods"].setdefault(node.name, []).append(function_fact(node))
        case ast.ClassDef():
            fact["plain"].append(node.name)
        case ast.AnnAssign(target=ast.Name(id=name)):
            fact["fields"].append([name, *_field(node)])
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                fact["plain"].append(alias.asname or alias.name.partition(".")[0])
            if any(alias.name == "*" for alias in node.names):
                fact["open"] = "its body has a star import"
        case _:
            fact["plain"].extend(_stored(node))
            if _fills_namespace(node):
                fact["open"] = "its body computes names"


def _stored(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds itself, without the blocks in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler):
            continue
        for part in ast.walk(child):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def _fills_namespace(node: ast.stmt) -> bool:
    """`locals()["x"] = 1`, `vars().update(…)`, `exec(…)`."""
    calls = {"locals", "vars", "exec", "globals"}
    return any(
        isinstance(part, ast.Call) and getattr(part.func, "id", "") in calls
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.stmt | ast.ExceptHandler)
        for part in ast.walk(child)
    )


def _field(node: ast.AnnAssign) -> tuple[list[str], str, dict[str, Any]]:
    """The names in the annotation, how it gets a default, and the options of `field(…)`."""
    annotation = node.annotation
    names = [getattr(p, "attr", getattr(p, "id", "")) for p in ast.walk(annotation)]
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        names = annotation.value.replace("[", " ").replace(".", " ").split()
    marks = [
        name
        for name in names
        if name in {"ClassVar", "InitVar", "KW_ONLY", "Optional", "None", "Any", "Annotated"}
    ]
    if node.value is None:
        return marks, "", {}
    if isinstance(node.value, ast.Call):
        options: dict[str, Any] = {k.arg or "**": _constant(k.value) for k in node.value.keywords}
        if node.value.args:
            options["*"] = "..." if _is_ellipsis(node.value.args[0]) else True
        return marks, dotted(node.value.func) or "call", options
    return marks, "value", {}


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _gives(node: FunctionNode) -> list[Any]:
    """`[annotation, what all its returns are]`: `["Self", "self"]`, each empty when unknown."""
    annotation = node.returns
    text = dotted(annotation) if annotation is not None else None
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        text = annotation.value if annotation.value.replace(".", "").isidentifier() else None
    first = [*node.args.posonlyargs, *node.args.args][:1]
    return [text or "", _returned(node, first[0].arg if first else "")]


def _sets_attributes(node: FunctionNode) -> bool:
    """Whether it sets attributes on something, as decorators do on the class they are given."""
    return any(
        (isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store))
        or (isinstance(part, ast.Call) and getattr(part.func, "id", "") == "setattr")
        for part in nodes_below(node)
    )


def _returned(node: FunctionNode, first: str) -> str:
    """`self`, `made` (an instance of the class of `cls`), or empty."""
    made = {
        target.id
        for statement in _statements(node.body)
        if isinstance(statement, ast.Assign) and _makes(statement.value, first)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    kinds = set()
    returns = [item for item in _statements(node.body) if isinstance(item, ast.Return)]
    for item in returns:
        if isinstance(item.value, ast.Name) and item.value.id == first:
            kinds.add("self")
        elif (
            (item.value is not None and _makes(item.value, first))
            or (isinstance(item.value, ast.Name) and item.value.id in made)
            or (isinstance(item.value, ast.Attribute) and _is_kept(item.value, first))
        ):
            kinds.add("made")
        else:
            return ""
    return kinds.pop() if len(kinds) == 1 else ""


def _makes(node: ast.expr, first: str) -> bool:
    """`cls(…)`, `super().__new__(cls)`, `object.__new__(cls)`."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "__new__":
        holder = node.func.value
        return getattr(holder, "id", "") == "object" or (
            isinstance(holder, ast.Call) and getattr(holder.func, "id", "") == "super"
        )
    return bool(first) and getattr(node.func, "id", "") == first


def _is_kept(node: ast.Attribute, first: str) -> bool:
    """`cls._instance` of a singleton."""
    return getattr(node.value, "id", "") == first and "instance" in node.attr
