"""Imports and private loggers of the source that only the moved code used are removed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.edits.closure import Closure
from consolidator.edits.text_edit import TextEdit
from consolidator.index.definitions import is_import_block, is_own_logger
from consolidator.index.importers import comes_with_star, names_taken
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.names import Span

_IMPORTS = ast.Import | ast.ImportFrom
_KEPT = re.compile(
    r"#\s*noqa\b(?!\s*:)|#\s*noqa\b.*\bF401\b|pylint: disable=unused-import", re.IGNORECASE
)
"""What a comment says to linters about an import that is there for others."""


@dataclass(frozen=True)
class Orphans:
    """What nobody in the source, or through it, uses any more."""

    imports: tuple[Import, ...]
    blocks: tuple[int, ...]
    """Indexes of whole `try`/`if` statements that only bound such names."""
    names: frozenset[str]


def find_orphans(
    index: Index, closure: Closure, still_needed: Iterable[str], released: frozenset[str]
) -> Orphans:
    """The imports, and private loggers, that the departure of the closure leaves unused.

    Never one that was unused before, one that another module takes from here, one in a package's
    `__init__`, one listed in `__all__`, or one that is marked to be kept. `released` are names
    that strings asked for and do no longer.
    """
    source = closure.source
    if source.is_package:
        return Orphans((), (), frozenset())
    left = set(closure.uses) - _used_outside(closure) - set(still_needed)
    left -= set(source.all_names or ())
    candidates = [n for n in left if source.bindings(n) and _is_bound_by_imports(source, n)]
    loggers = {name: each for name in left if (each := _own_logger(source, name)) is not None}
    candidates += loggers
    if not candidates:
        return Orphans((), (), frozenset())
    taken = names_taken(index, source.name, released)
    if "*" in taken:
        taken = taken | {name for name in candidates if comes_with_star(source, name)}
    gone = {name for name in candidates if name not in taken}
    blocks = (*_blocks(source, gone), *(loggers[name] for name in gone & loggers.keys()))
    gone |= _used_by_blocks_only(closure, blocks) - taken - set(source.all_names or ())
    imports = tuple(i for i in source.imports if _may_go(source, i) and i.bound in gone)
    return Orphans(imports, blocks, frozenset(gone))


def _own_logger(source: Module, name: str) -> int | None:
    """The statement of a private logger, unless a comment above tells more about it.

    _LOGGER = logging.getLogger(__name__)
    """
    bindings = source.bindings(name)
    if not name.startswith("_") or len(bindings) != 1:
        return None
    index = bindings[0].statement
    statement = source.body[index]
    above = source.syntax.line_text(statement.lineno - 1) if statement.lineno > 1 else ""
    is_explained = above.lstrip().startswith("#")
    return index if is_own_logger(statement) and not is_explained else None


def _used_outside(closure: Closure) -> set[str]:
    inside = set(closure.statements)
    return {use.name for use in closure.source.global_uses if use.statement not in inside}


def _used_by_blocks_only(closure: Closure, blocks: tuple[int, ...]) -> set[str]:
    """`sys`, when the only `if sys.version_info …` goes."""
    source, inside = closure.source, {*closure.statements, *blocks}
    used = {use.name for index in blocks for use in source.uses_in(index)}
    return {
        name
        for name in used
        if source.bindings(name)
        and _is_bound_by_imports(source, name)
        and all(use.statement in inside for use in source.readers[name])
    }


def _is_bound_by_imports(source: Module, name: str) -> bool:
    statements = {binding.statement for binding in source.bindings(name)}
    plain = len(source.imports_by_name.get(name, [])) == len(source.bindings(name))
    return plain or all(is_import_block(source.body[index]) for index in statements)


def _may_go(source: Module, item: Import) -> bool:
    if item.scope is not source.scope or (item.guards and not item.is_typing_only):
        return False
    return item.module != "__future__" and not _is_handed_on(source, item)


def _is_handed_on(source: Module, item: Import) -> bool:
    """Whether an import says that it is there for others.

    from shop.fields import (  # NOQA
        Field, Number,
    )
    from shop.orders import Order as Order
    """
    alias = item.node.names[item.index]
    lines = {item.node.lineno, alias.lineno, item.node.end_lineno or alias.lineno}
    marked = any(_KEPT.search(source.syntax.line_text(line)) for line in lines)
    return marked or (item.name is not None and item.name == item.alias)


def _blocks(source: Module, gone: set[str]) -> Iterator[int]:
    for index, statement in enumerate(source.body):
        if not is_import_block(statement):
            continue
        bound = {
            name
            for name, bindings in source.scope.bindings.items()
            if any(binding.statement == index for binding in bindings)
        }
        plain = all(i.is_typing_only for i in source.imports if i.statement == index)
        plain = plain and not getattr(statement, "orelse", None)
        flags = bound - {item.bound for item in source.imports if item.statement == index}
        # HAVE_UJSON = False: a public name like any other
        kept = any(not name.startswith("_") for name in flags)
        if bound and bound <= gone and not plain and not kept:
            yield index


def removal(module: Module, index: int) -> TextEdit:
    """A statement and the blank lines below it; between two imports no more than one stays."""
    syntax = module.syntax
    span = module.span_with_lines(module.body[index])
    start, end = syntax.line_of(span.start), span.end
    while end < len(module.text) and _is_blank(module, syntax.line_of(end)):
        end = syntax.line_span(syntax.line_of(end)).end
    around = module.body[max(index - 1, 0) : index + 2]
    if len(around) == 3 and all(isinstance(around[at], _IMPORTS) for at in (0, 2)):
        while _is_blank(module, start - 1) and _is_blank(module, start - 2):
            start -= 1
    whole = Span(syntax.line_span(start).start, end)
    return TextEdit(whole, whole.of(module.text), "")


def _is_blank(module: Module, line: int) -> bool:
    return not module.syntax.line_text(line).strip()
