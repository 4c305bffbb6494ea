"""The imports of the target: those that arrive, and those of its own that go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from consolidator.edits.attribute_uses import attribute_uses
from consolidator.edits.closure import Closure
from consolidator.edits.deferring import is_named_as_type
from consolidator.edits.defining_modules import direct_imports
from consolidator.edits.done_with import is_done_with
from consolidator.edits.exports import without_exports
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.example import taken_over
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import (
    Addition,
    Category,
    ImportedName,
    ImportSite,
    RawBlock,
    Surroundings,
)
from consolidator.edits.imports.pragmas import lasting_pragmas
from consolidator.edits.moved_text import (
    as_called_there,
    rebased_imports,
)
from consolidator.edits.needs import Need
from consolidator.edits.relative_style import prefers_relative, reach_of
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.index.definitions import definition
from consolidator.index.importers import is_taken
from consolidator.index.index import Index, Origin
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import ModuleName, Span
from consolidator.workspace import SourceFile

Classify = Callable[[ModuleName], Category]
_PLAIN = Strategy()


def with_imports(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    text: str,
    target: Module,
    before: int,
    classify: Classify,
    strategy: Strategy = _PLAIN,
) -> str:
    between = Module(
        target.name, target.is_package, SourceFile(target.path, target.file.encode(text))
    )
    remove = list(_removals(survey, closure, needs, between, target, strategy))
    deferred = sorted(strategy.deferred_in_target)
    additions = list(_additions(survey, closure, needs, target))
    additions += [
        Addition(ImportedName(item.module, item.name, item.alias), type_checking=True)
        for name in deferred
        if is_named_as_type(target, name)
        for item in target.imports_by_name[name]
    ]
    retarget = direct_imports(survey.index, between, strategy.direct_in(target.path), remove)
    if not additions and not remove and not retarget:
        return text
    edits = edit_imports(
        between.syntax,
        target.name,
        target.is_package,
        newline=between.file.newline if text else closure.source.file.newline,
        classify=classify,
        remove=remove,
        retarget=retarget,
        add=additions,
        prefer_relative=prefers_relative(survey.index, closure.source),
        example=reach_of(closure.source),
        before=before if survey.target is not None else None,
        habits=_habits(survey, closure.source, classify),
        is_taken=partial(is_taken, survey.index, target),
    )
    return apply_edits(text, edits)


def _removals(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    between: Module,
    target: Module,
    strategy: Strategy,
) -> Iterator[ImportSite]:
    """The target's imports of what arrives, and those that others or functions take the place of.

    `between` is the target with what arrives.
    """
    names = closure.names
    origins = {Origin("definition", closure.source.name, name) for name in names}
    for item in between.imports:
        asked = item.module == closure.source.name and item.name in names
        at_top = item.scope is between.scope and item.bound in names
        resolved = at_top and survey.index.resolve_import(item) in origins
        if item.name != "*" and (asked or resolved):
            yield ImportSite(item.node, item.index)
    yield from _superseded(between, needs, target.readers)
    yield from _from_itself(between, names)
    yield from _done_with(survey.index, closure, between, target)
    for name in sorted(strategy.deferred_in_target):
        for item in between.imports_by_name.get(name, []):
            yield ImportSite(item.node, item.index)


def _habits(survey: Survey, source: Module, classify: Classify) -> Habits:
    """What the project's settings say; a new module takes over from the source what they do not.

    from m import a
    from m import b
    """
    said = survey.habits
    if survey.target is not None:
        return said
    return taken_over(source.syntax, Surroundings(source.name, source.is_package), classify, said)


def _from_itself(target: Module, names: frozenset[str]) -> list[ImportSite]:
    """Imports in the functions that arrived, of what the target defines."""
    found = [definition(target, name) for name in names]
    arrived = {index for item in found if item is not None for index in item.statements}
    return [
        ImportSite(item.node, item.index)
        for item in target.imports
        if item.statement in arrived
        and item.module == target.name
        and item.name == item.bound
        and item.scope.kind == "function"
        and not item.guards
        and len(item.scope.bindings[item.bound]) == 1
        and definition(target, item.bound) is not None
        and not _is_bound_around(item)
    ]


def _done_with(
    index: Index, closure: Closure, between: Module, target: Module
) -> Iterator[ImportSite]:
    """The target's imports of the source as a module, through which it got at nothing else.

    from shop import orders

    orders.Order()    # is `Order()` now
    """
    uses = attribute_uses(index, target, closure.source.name, closure.names)
    roots = {(use.root.module, use.root.name, use.root.alias) for use in uses}
    for item in between.imports if roots else ():
        if item.guards and not item.is_typing_only:
            continue
        is_root = (item.module, item.name, item.alias) in roots
        if is_root and is_done_with(index, between, item, [], keeps_name=False):
            yield ImportSite(item.node, item.index)


def _is_bound_around(item: Import) -> bool:
    """Whether a function around the one of an import has something else of the same name."""
    around = item.scope.parent
    while around is not None and around.parent is not None:
        if around.kind == "function" and item.bound in around.bindings:
            return True
        around = around.parent
    return False


def _superseded(
    target: Module, needs: tuple[Need, ...], own: Mapping[str, list[NameUse]]
) -> list[ImportSite]:
    """Typing-only imports of what is now imported for good.

    if TYPE_CHECKING:
        from shop.models import Base
        Kind = Type[Base]              # of its `own`, above an import right before what arrives
    """
    bound = {i.bound() for need in needs if need.how in {"import", "late"} for i in need.imported}
    late = {i.bound() for need in needs if need.how == "late" for i in need.imported}
    bound -= {name for name in late if any(not use.deferred for use in own.get(name, ()))}
    return [
        ImportSite(item.node, item.index)
        for item in target.imports
        if item.scope is target.scope and item.is_typing_only and item.bound in bound
    ]


def _additions(
    survey: Survey, closure: Closure, needs: tuple[Need, ...], target: Module
) -> Iterator[Addition | RawBlock]:
    source = closure.source
    if survey.target is None and source.has_postponed_annotations:
        yield Addition(ImportedName(ModuleName("__future__"), "annotations"))
    blocks: set[int] = set()
    for need in needs:
        if need.how == "import":
            yield from (Addition(i, comment=_said_behind(source, i)) for i in need.imported)
        elif need.how == "typing" or (need.how == "lazy" and any(use.is_type for use in need.uses)):
            if not _has_import(target, need):
                yield from (
                    Addition(i, type_checking=True, comment=_said_behind(source, i))
                    for i in need.imported
                )
        elif need.how in {"block", "logger"}:
            blocks.update(need.blocks)
    for index in sorted(blocks):
        span = source.span_with_lines(source.body[index])
        rebased = [
            TextEdit(
                Span(edit.span.start - span.start, edit.span.end - span.start),
                edit.replaced,
                edit.replacement,
            )
            for edit in (
                *rebased_imports(source, [index], survey.move.target, survey.target_is_package),
                *_renamed_in_block(source, needs, index),
                *without_exports(source, source.body[index]),
            )
        ]
        yield RawBlock(apply_edits(span.of(source.text), rebased).rstrip("\r\n"))


def _said_behind(source: Module, imported: ImportedName) -> str:
    """`# type: ignore[import-untyped]` where the source imports the same."""
    for item in source.imports:
        if (item.module, item.name) == (imported.module, imported.name) and item.name != "*":
            return lasting_pragmas(source.syntax, item.node, item.index)
    return ""


def _renamed_in_block(source: Module, needs: tuple[Need, ...], block: int) -> Iterator[TextEdit]:
    """What a copied block calls otherwise, where the target means another thing by the old name.

    `sys` in `if sys.version_info >= (3, 12):`, and the logger that a statement makes.
    """
    renamed = {need.name: need for need in needs if need.rename}
    by_name = {need.name: need for need in needs}
    for use in source.uses_in(block):
        edit = as_called_there(source, by_name[use.name], use) if use.name in by_name else None
        if edit is not None:
            yield edit
    for need in renamed.values():
        for binding in source.bindings(need.name) if block in need.blocks else ():
            span = source.syntax.span(binding.node)
            yield TextEdit(span, span.of(source.text), need.rename)


def _has_import(target: Module, need: Need) -> bool:
    return bool(target.imports_by_name.get(need.rename or need.name))
