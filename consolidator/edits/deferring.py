"""Imports at the top of a module that can go into its functions, to open an import cycle."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from consolidator.edits.annotation_readers import evaluated_classes, reads_signatures_of
from consolidator.edits.metaclasses import runs_when_looked_at
from consolidator.edits.moved_text import LazyImport, outermost_function
from consolidator.edits.needs import Need
from consolidator.edits.rebound import is_read_by_a_register, is_used_at_the_end
from consolidator.index.importers import comes_with_star, names_taken
from consolidator.index.index import Index
from consolidator.index.last_names import called_name
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_PLAIN_DECORATORS = frozenset(
    {"property", "setter", "deleter", "getter", "staticmethod", "classmethod", "overload"}
    | {"abstractmethod", "cached_property", "override", "contextmanager", "final"}
)


def deferrable_imports(index: Index, module: Module) -> frozenset[str]:
    """The names that a module imports at its top and needs when its functions run, or as types.

    Not those that others take from it, nor those that something may look for as types at run time.
    Whether its functions may run while modules are imported is another question.
    """
    if module.name not in index.deferrable:
        index.deferrable[module.name] = _deferrable_imports(index, module)
    return index.deferrable[module.name]


def _deferrable_imports(index: Index, module: Module) -> frozenset[str]:
    if module.is_package:
        return frozenset()
    taken = names_taken(index, module.name)
    candidates = module.imports_by_name.keys() - taken - set(module.all_names or ())
    if "*" in taken:
        candidates = {name for name in candidates if not comes_with_star(module, name)}
    quotes = not reads_signatures_of(index, module)
    evaluated = evaluated_classes(index, module)
    return frozenset(n for n in candidates if _is_deferrable(module, n, quotes, evaluated))


def _is_deferrable(module: Module, name: str, quotes: bool, evaluated: frozenset[int]) -> bool:
    """Whether functions could import a name, where `quotes` may go around annotations.

    Something looks for the types of fields in `evaluated` statements.
    """
    items, uses = module.imports_by_name[name], module.readers.get(name, [])
    plain = len(items) == 1 == len(module.bindings(name)) and not items[0].guards
    named = items[0].name not in {None, "*"}
    return (
        bool(uses)
        and plain
        and named
        and all(_is_late(module, use, quotes, evaluated) for use in uses)
    )


def _is_late(module: Module, use: NameUse, quotes: bool, evaluated: frozenset[int]) -> bool:
    if not use.deferred:
        return quotes and is_plain_annotation(module, use)
    if use.is_field:
        # from __future__ import annotations
        # class Shell:
        #     command: Command    # nobody asks for that
        return use.is_type and use.statement not in evaluated
    if use.is_type:
        return id(use.node) in _plain_annotations(module.syntax.tree)
    return (
        outermost_function(use) is not None
        and not runs_when_looked_at(use.scope)
        and not is_used_at_the_end(use)
    )


def is_deferrable(need: Need, evaluated: frozenset[int]) -> bool:
    """Whether functions could import the name themselves wherever it is used.

    Not where it is the type of a field in one of the `evaluated` statements, or where a decorator
    evaluates a signature with it: something looks for it in the module.
    """
    return not need.looked_for and all(
        use.deferred
        and (use.is_type or outermost_function(use) is not None)
        and not runs_when_looked_at(use.scope)
        and not (use.is_field and use.statement in evaluated)
        and not is_used_at_the_end(use)
        and not is_read_by_a_register(use)
        for use in need.uses
    )


def is_plain_annotation(module: Module, use: NameUse) -> bool:
    """Whether a use stands in an annotation that could as well be a string."""
    plain = use.annotation and not use.is_field and use.span is not None
    return plain and id(use.node) in _plain_annotations(module.syntax.tree)


@lru_cache(maxsize=64)
def _plain_annotations(tree: ast.Module) -> frozenset[int]:
    """The nodes of annotations that nothing but a type checker is likely to read.

    A decorator may: `@app.get("/") def show(order: Order): ...`. So may whoever is given the
    function, which a method cannot be by its bare name: `routes.append(show)`.
    """
    found: set[int] = set()
    methods = {
        child for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for child in node.body
    }
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    given = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        plain = {called_name(node) for node in function.decorator_list} <= _PLAIN_DECORATORS
        if plain and (function in methods or function.name not in given):
            found |= {id(node) for node in _annotations(function)}
    return frozenset(found)


def _annotations(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    roots = [item.annotation for item in every if item.annotation is not None]
    roots += [function.returns] if function.returns is not None else []
    for statement in function.body:
        roots += [n.annotation for n in ast.walk(statement) if isinstance(n, ast.AnnAssign)]
    for root in roots:
        yield from ast.walk(root)


def deferred_uses(
    module: Module,
    name: str,
    spelled_module: str,
    spelled_name: str,
    gone: Container[int] = frozenset(),
) -> Iterator[LazyImport]:
    """The imports that the functions of a module then need."""
    for use in module.readers.get(name, []):
        function = outermost_function(use)
        if function is not None and not use.is_type and use.statement not in gone:
            yield LazyImport(function, spelled_module, spelled_name)


def own_lazy_imports(
    module: Module, names: Iterable[str], gone: Container[int] = frozenset()
) -> Iterator[LazyImport]:
    """The imports that its functions need in place of those of `names` at its top.

    What the statements in `gone` use does not count.
    """
    for name in sorted(names):
        (item,) = module.imports_by_name[name]
        dots = "." * getattr(item.node, "level", 0)
        spelled = f"{dots}{getattr(item.node, 'module', '') or ''}"
        listed = f"{item.name} as {item.alias}" if item.alias else str(item.name)
        yield from deferred_uses(module, name, spelled, listed, gone)


def to_be_quoted(module: Module, name: str) -> list[NameUse]:
    """The uses in annotations that the module evaluates when it is imported."""
    return [use for use in module.readers.get(name, []) if use.annotation and not use.deferred]


def is_named_as_type(module: Module, name: str, gone: Container[int] = frozenset()) -> bool:
    """Whether annotations use a name, so that the type checker needs an import.

    What the statements in `gone` use does not count.
    """
    return any(use.is_type and use.statement not in gone for use in module.readers.get(name, []))
