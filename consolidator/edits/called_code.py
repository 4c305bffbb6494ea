"""What a module's text says about calls: its functions, its names, and what an import uses."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from consolidator.index.last_names import called_name

Function = ast.FunctionDef | ast.AsyncFunctionDef
_KEPT = 800


class Named(NamedTuple):
    """`make`, where that is no local name, or `root.path[0].path[1]`: what a module calls so."""

    root: str
    path: tuple[str, ...] = ()
    called: bool = False
    """It is called, or given to something that may call it."""
    result_called: bool = False
    """What it returns may be called as well: `@make("x")`."""


class Receiver(IntEnum):
    """What an attribute is asked of, as far as the text tells."""

    ANYTHING = 0
    CLASS = 1
    """`cls.make`: a class with methods, or an object of it."""
    OBJECT = 2
    """`self.make`."""


class Attribute(NamedTuple):
    """`….name` of something that is not known."""

    name: str
    receiver: Receiver = Receiver.ANYTHING
    called: bool = False


CALLED = Attribute("()")
"""A call of something that is not known: `make()` of a parameter, `views[key]()`."""
Token = Named | Attribute


class Imported(NamedTuple):
    """What an import binds a name to; `name` is None for a module."""

    level: int
    module: str
    name: str | None


class Callable(NamedTuple):
    """A function or method, by its id, with what its body uses."""

    name: str
    node: int
    uses: frozenset[Token]
    decorators: frozenset[Token]
    result_uses: frozenset[Token] = frozenset()
    """What the functions use that are made in it and returned, whoever calls those."""

    @property
    def is_of_class(self) -> bool:
        """Whether no object is needed to call it as a method."""
        names = {token.root for token in self.decorators if isinstance(token, Named)}
        return bool(names & {"classmethod", "staticmethod"})


class ClassCode(NamedTuple):
    """A class with the classes inside it."""

    methods: tuple[Callable, ...]
    bases: frozenset[Token]
    decorators: frozenset[Token]
    has_metaclass: bool
    attributes: tuple[tuple[str, Token], ...]
    """`run = built` and `steps = [first, second]` in its body."""

    @property
    def own(self) -> list[Callable]:
        """What runs as soon as somebody has the class and uses it, with no name to tell."""
        return [m for m in self.methods if m.name.startswith("__") and m.name != "__call__"]

    @property
    def on_subclassing(self) -> list[Callable]:
        """What runs when a class is made from it."""
        hooks = {"__init_subclass__", "__class_getitem__", "__mro_entries__"}
        return [method for method in self.methods if method.name in hooks]


@dataclass(frozen=True)
class CalledCode:
    """The functions and names of one module."""

    at_import: frozenset[Token]
    functions: dict[str, list[Callable]] = field(default_factory=dict)
    classes: dict[str, list[ClassCode]] = field(default_factory=dict)
    values: dict[str, set[Token]] = field(default_factory=dict)
    """What top-level names are bound to otherwise: `make` of `make = factory`."""
    set_attributes: dict[str, set[Token]] = field(default_factory=dict)
    """`make` of `Factory.make = built`."""
    imports: dict[str, list[Imported]] = field(default_factory=dict)
    stars: list[Imported] = field(default_factory=list)


@lru_cache(maxsize=_KEPT)
def called_code(tree: ast.Module) -> CalledCode:
    """What the text of a module says."""
    return _code(tree, operators=False)


def code_of(statement: ast.stmt) -> CalledCode:
    """The same of one statement of a module, its operators as well: `CUBE = SIDE * SIDE`."""
    return _code(ast.Module([statement], []), operators=True)


def _code(tree: ast.Module, *, operators: bool) -> CalledCode:
    # view = make("view")    # and who knows where view() is called
    used = _tokens(_eager(tree, _OPERATORS if operators else ()), frozenset())
    called = {_result_called(token) for token in used}
    found = CalledCode(frozenset(called | set(_decorations(tree))))
    _read(tree.body, found)
    return found


def _read(body: Iterable[ast.stmt], found: CalledCode) -> None:
    for node in body:
        if isinstance(node, Function | ast.ClassDef):
            for child in ast.walk(node):  # what functions import is no local name of theirs
                if isinstance(child, ast.Import | ast.ImportFrom):
                    _read_import(child, found)
        if isinstance(node, Function):
            found.functions.setdefault(node.name, []).append(_callable(node))
        elif isinstance(node, ast.ClassDef):
            found.classes.setdefault(node.name, []).append(_class_code(node))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            _read_import(node, found)
        else:
            _read_binding(node, found)
            for name in ("body", "orelse", "finalbody"):
                _read(getattr(node, name, ()), found)
            for handler in [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]:
                _read(handler.body, found)


def _class_code(node: ast.ClassDef) -> ClassCode:
    nodes = [child for child in ast.walk(node) if isinstance(child, ast.ClassDef)]
    body = [child for each in nodes for child in each.body]
    return ClassCode(
        tuple(_callable(child) for child in body if isinstance(child, Function)),
        frozenset(_tokens([base for each in nodes for base in each.bases], frozenset())),
        frozenset(_tokens(node.decorator_list, frozenset())),
        any(keyword.arg == "metaclass" for each in nodes for keyword in each.keywords),
        tuple(_given_attributes(body)),
    )


def _given_attributes(body: Iterable[ast.stmt]) -> Iterator[tuple[str, Token]]:
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            tokens = list(_tokens([node.value], frozenset()))
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield from ((target.id, token) for token in tokens)


def _read_import(node: ast.Import | ast.ImportFrom, found: CalledCode) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            bound = Imported(0, module, None)
        else:
            bound = Imported(node.level, node.module or "", alias.name)
        if alias.name == "*":
            found.stars.append(bound)
        else:
            name = alias.asname or alias.name.partition(".")[0]
            found.imports.setdefault(name, []).append(bound)


def _read_binding(node: ast.stmt, found: CalledCode) -> None:
    """`make = …`, `for make in …:`, `with … as make:`, and `Factory.make = …`."""
    targets = [n for n in _own_expressions(node) if isinstance(getattr(n, "ctx", None), ast.Store)]
    if not targets:
        return
    tokens = {_result_called(token) for token in _tokens(_values(node), frozenset())}
    for target in targets:
        if isinstance(target, ast.Name):
            found.values.setdefault(target.id, set()).update(tokens)
        elif isinstance(target, ast.Attribute):
            found.set_attributes.setdefault(target.attr, set()).update(tokens)


def _own_expressions(node: ast.stmt) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from ast.walk(child)


def _values(node: ast.stmt) -> list[ast.AST]:
    """The expressions of a statement that give its names their values."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return [node.value] if node.value is not None else []
    return [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _callable(node: Function) -> Callable:
    local = _locals(node)
    decorators = frozenset(_tokens(node.decorator_list, frozenset()))
    returned = _returned_functions(node)
    run: list[ast.AST] = [each for each in node.body if each not in returned]
    run += [decorator for each in returned for decorator in each.decorator_list]
    later = frozenset(_tokens(returned, local))
    return Callable(node.name, id(node), frozenset(_tokens(run, local)), decorators, later)


def _returned_functions(function: Function) -> list[Function]:
    """Functions made in another one that does nothing with them but return them.

    def decorate(view):
        def wrapped(): ...
        return update_wrapper(wrapped, view)
    """
    made = {node.name: node for node in function.body if isinstance(node, Function)}
    loads: dict[str, list[int]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in made and isinstance(node.ctx, ast.Load):
            loads.setdefault(node.id, []).append(id(node))
    returned = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
        for part in _handed_back(node.value)
    }
    return [node for name, node in made.items() if returned.issuperset(loads.get(name, ()))]


_HANDING_BACK = frozenset({"cast", "update_wrapper"})


def _handed_back(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions that a returned one may come to, through what gives back what it gets."""
    yield node
    if isinstance(node, ast.Call):
        func = node.func
        if called_name(func) in _HANDING_BACK or (
            isinstance(func, ast.Call) and called_name(func) == "wraps"
        ):
            for argument in node.args:
                yield from _handed_back(argument)


# -- what is used --------------------------------------------------------------------------------


def _tokens(nodes: Iterable[ast.AST], local: frozenset[str]) -> Iterator[Token]:
    for node in nodes:
        yield from _used(node, local)


def _result_called(token: Token) -> Token:
    if isinstance(token, Named) and token.called:
        return token._replace(result_called=True)
    return token


def _used(node: ast.AST, local: frozenset[str], called: bool = False) -> Iterator[Token]:
    if isinstance(node, ast.Name):
        if node.id not in local:
            yield Named(node.id, (), called)
        return
    if isinstance(node, ast.Attribute):
        yield from _attribute(node, local, called)
        if _root(node) in local or not isinstance(node.value, ast.Name | ast.Attribute):
            yield from _used(node.value, local)
        return
    if isinstance(node, ast.Call):
        yield from _used_by_call(node, local)
        return
    inner = local | _locals(node) if isinstance(node, Function | ast.Lambda) else local
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"} or (name == "type" and isinstance(value, ast.expr)):
            continue  # a note for the reader; `except C:` makes no object either
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                makes = isinstance(node, ast.Raise) or name == "decorator_list"
                yield from _used(child, inner, called=makes)


def _used_by_call(node: ast.Call, local: frozenset[str]) -> Iterator[Token]:
    func = node.func
    if isinstance(func, ast.Subscript | ast.Call) or getattr(func, "id", "") in local:
        yield CALLED
    yield from _used(func, local, called=True)
    if getattr(func, "id", "") in {"isinstance", "issubclass"}:
        yield from _tokens(node.args[:1], local)
        return
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        yield from _used(argument, local, called=True)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _attribute(node: ast.Attribute, local: frozenset[str], called: bool) -> Iterator[Token]:
    path, root = [node.attr], node.value
    while isinstance(root, ast.Attribute):
        path.insert(0, root.attr)
        root = root.value
    if isinstance(root, ast.Name) and root.id not in local:
        yield Named(root.id, tuple(path), called)
    elif not node.attr.startswith("__") and not isinstance(root, ast.Constant):
        # super().__init__(): what a class has for itself runs as soon as anything names it
        yield Attribute(node.attr, _receiver(node.value), called)


def _receiver(node: ast.expr) -> Receiver:
    known = {"self": Receiver.OBJECT, "cls": Receiver.CLASS}
    return known.get(getattr(node, "id", ""), Receiver.ANYTHING)


def _locals(function: ast.AST) -> frozenset[str]:
    """The names that a function binds; not what it imports, and not what it says is global."""
    assert isinstance(function, Function | ast.Lambda)
    found = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    declared: set[str] = set()
    queue = list(ast.iter_child_nodes(function))
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            declared.update(node.names)
        if isinstance(node, Function | ast.ClassDef):
            found.add(node.name)
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            queue += ast.iter_child_nodes(node)
    return frozenset(found - declared)


# -- what an import uses -------------------------------------------------------------------------


_OPERATORS: tuple[type[ast.AST], ...] = (
    ast.AugAssign,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.FormattedValue,
    ast.Starred,
    ast.Subscript,
    ast.UnaryOp,
)
_ENTERED = {ast.For: "iter", ast.comprehension: "iter", ast.withitem: "context_expr"}


def _eager(tree: ast.AST, operators: tuple[type[ast.AST], ...] = ()) -> Iterator[ast.AST]:
    """What is called or read as an attribute when the module runs, but for `_decorations`.

    Not `total` of `VIEWS = {"total": total}`, and not the bases of a class. With `operators` what
    these work on, too, and what is gone through or entered.
    """
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import | ast.ImportFrom):
            continue
        if operators and child is getattr(tree, "annotation", None):
            continue  # limit: int | None
        if isinstance(child, ast.If) and _is_main(child.test):
            yield from _eager(ast.Module(child.orelse, []), operators)
            continue
        if isinstance(child, Function | ast.ClassDef):
            yield from _defaults(child)
        elif isinstance(child, (ast.Call, *operators)) or _is_read(child):
            yield child
        elif operators and type(child) in _ENTERED:
            yield getattr(child, _ENTERED[type(child)])
        if not isinstance(child, Function | ast.Lambda):
            yield from _eager(child, operators)


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)


def _decorations(tree: ast.Module) -> Iterator[Token]:
    """What decorates the functions and classes of a module, and what it gives to metaclasses."""
    queue: list[ast.AST] = [tree]
    while queue:
        for child in ast.iter_child_nodes(queue.pop()):
            for keyword in child.keywords if isinstance(child, ast.ClassDef) else ():
                yield from _used(keyword.value, frozenset(), called=True)
            for decorator in getattr(child, "decorator_list", ()):
                tokens = _used(decorator, frozenset(), called=True)
                calls = isinstance(decorator, ast.Call)
                yield from (_result_called(token) if calls else token for token in tokens)
            if not isinstance(child, Function | ast.Lambda):
                queue.append(child)


def _defaults(node: ast.AST) -> list[ast.expr]:
    arguments = node.args if isinstance(node, Function) else None
    every = [*arguments.defaults, *arguments.kw_defaults] if arguments else []
    return [each for each in every if each is not None]


def _is_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    compared = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq)
    return compared and "__main__" in ast.unparse(test)
