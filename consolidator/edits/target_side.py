"""What becomes of the target: imports, the arriving text, its own uses of what arrives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from consolidator.edits.annotations import quote_edits, quotes_around
from consolidator.edits.closure import Closure
from consolidator.edits.deferring import is_named_as_type, own_lazy_imports, to_be_quoted
from consolidator.edits.defining_modules import direct_imports
from consolidator.edits.exports import arriving_exports, is_to_be_listed, without_exports
from consolidator.edits.guarded_home import without_fallbacks
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
from consolidator.edits.licence import licence_of
from consolidator.edits.moved_text import (
    LazyImport,
    as_called_there,
    lazy_import_edits,
    moved_text,
    outermost_function,
    rebased_imports,
    rename_edits,
)
from consolidator.edits.needs import Need
from consolidator.edits.pinned import place
from consolidator.edits.placement import Placement, find_placement, insertion
from consolidator.edits.references import Reference, own_references
from consolidator.edits.relative_style import prefers_relative, reach_of, shown_style
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.errors import Problem, Refusal
from consolidator.index.definitions import definition
from consolidator.index.index import Index, Origin
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName, Span
from consolidator.workspace import SourceFile
from consolidator.workspace.lint import selected_rules

Classify = Callable[[ModuleName], Category]
_PLAIN = Strategy()


@dataclass(frozen=True)
class TargetSide:
    """The target's new text, and how it came to be."""

    text: str
    placement: Placement | None
    references: tuple[Reference, ...]


def edit_target(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    strategy: Strategy,
    classify: Classify,
) -> TargetSide:
    """The target with the closure in it. Raises `Refusal` when there is no place for it."""
    if survey.target is None:
        return _new_target(survey, closure, needs, strategy, classify)
    target = survey.target
    if not closure.statements:
        return TargetSide(target.text, None, ())
    own = own_references(survey.index, target, closure.source.name, closure.names)
    guards = dict(without_fallbacks(target, closure.source.name, closure.names))
    gone = [*(site.node for site in own.remove), *guards]
    placement = _place(survey, closure, needs, strategy, gone)
    newline = target.file.newline
    text = arriving_text(survey, closure, needs, strategy, target, newline)
    text = _late_imports(survey, closure, needs, newline) + text
    arrival = insertion(target, placement, text)
    edits = [arrival, *own.edits, *guards.values()]
    edits += arriving_exports(closure.source, target, _listed(survey, target))
    deferred = sorted(strategy.deferred_in_target)
    edits += lazy_import_edits(target, own_lazy_imports(target, deferred), survey.habits)
    typed = [use for name in deferred for use in to_be_quoted(target, name)]
    edits += quotes_around(target, typed, edits)
    between = apply_edits(target.text, edits)
    moved_before = sum(len(e.replacement) - len(e.replaced) for e in edits if e.span < arrival.span)
    before = arrival.span.start + moved_before
    final = with_imports(survey, closure, needs, between, target, before, classify, strategy)
    return TargetSide(final, placement, tuple(own.references))


def _late_imports(survey: Survey, closure: Closure, needs: tuple[Need, ...], newline: str) -> str:
    """The imports that stand right above what arrives, below all that the target has."""
    late = [imported for need in needs if need.how == "late" for imported in need.imported]
    if not late:
        return ""
    marked = "  # noqa: E402" if "E402" in selected_rules(survey.index.workspace.root) else ""
    by_module: dict[str, list[str]] = {}
    lines = []
    for imported in late:
        if imported.name is None:
            lines.append(f"import {imported.spelled()}")
            continue
        module = spelled_like(closure.source, survey.move.target, imported.module, survey.index)
        by_module.setdefault(module, []).append(imported.spelled())
    for module, names in sorted(by_module.items()):
        lines.append(f"from {module} import {', '.join(sorted(names))}")
    return "".join(f"{line}{marked}{newline}" for line in lines) + newline * 2


def _listed(survey: Survey, target: Module) -> list[str]:
    """What was asked for and comes to stand in the target's `__all__`, if it has one."""
    return [
        name
        for name in survey.move.names
        if name not in survey.merged and is_to_be_listed(survey.index, survey.source, target, name)
    ]


def _place(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    strategy: Strategy,
    removed: Iterable[ast.stmt],
) -> Placement:
    target = survey.target
    assert target is not None
    nodes = set(map(id, removed))
    replaced = frozenset(i for i, s in enumerate(target.body) if id(s) in nodes)
    eager = [
        name for need in needs if need.how == "present" and need.is_eager for name in need.called
    ]
    early, above = strategy.early, strategy.above
    return find_placement(target, eager, closure.names, replaced, early, above)


def _new_target(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    strategy: Strategy,
    classify: Classify,
) -> TargetSide:
    newline = closure.source.file.newline
    text = arriving_text(survey, closure, needs, strategy, None, newline)
    path = survey.target_files[-1]
    empty = Module(survey.move.target, path.endswith("__init__.py"), SourceFile(path, b""))
    # The imports are laid out above a stand-in, so that a comment above the class is no header.
    first = closure.source.body[closure.statements[0]]
    is_block = isinstance(first, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    stand_in = f"class _:{newline}    pass{newline}" if is_block else f"_ = 0{newline}"
    head = with_imports(survey, closure, needs, stand_in, empty, 0, classify)
    return TargetSide(licence_of(closure.source) + head.removesuffix(stand_in) + text, None, ())


# -- the arriving text ---------------------------------------------------------------------------


def arriving_text(
    survey: Survey,
    closure: Closure,
    needs: tuple[Need, ...],
    strategy: Strategy,
    target: Module | None,
    newline: str,
) -> str:
    source = closure.source
    quoted = list(quote_edits(survey.index, closure, needs, target))
    renamed = [
        edit
        for edit in rename_edits(source, needs)
        if not any(edit.span in other.span for other in quoted)
    ]
    lazy = lazy_import_edits(source, lazy_imports(survey, closure, needs), survey.habits)
    rebased = rebased_imports(
        source, closure.statements, survey.move.target, survey.target_is_package
    )
    return moved_text(closure, [*renamed, *lazy, *quoted, *rebased], newline)


def lazy_imports(survey: Survey, closure: Closure, needs: tuple[Need, ...]) -> Iterator[LazyImport]:
    for need in needs:
        if need.how != "lazy":
            continue
        for use in need.uses:
            if use.is_type:
                continue
            function = outermost_function(use)
            if function is None:
                raise Refusal(
                    Problem(
                        "helper-stays",
                        f"`{need.name}` stays in {closure.source.name} and is used where no "
                        "function could import it",
                        place(closure.source, use.node),
                        "take it along with --helpers travel",
                    )
                )
            for imported in need.imported:
                yield _lazy_import(survey, closure, imported, function)


def _import_of_source(
    survey: Survey, closure: Closure, alias: str, function: ast.AST
) -> LazyImport:
    """`from pkg import core`, or `import core` where no package is around it."""
    source = closure.source.name
    name = source.tail if alias == source.tail else f"{source.tail} as {alias}"
    if source.parent == "":
        return LazyImport(function, "", name)
    parent = spelled_like(closure.source, survey.move.target, source.parent, survey.index)
    return LazyImport(function, parent, name)


def _lazy_import(
    survey: Survey, closure: Closure, imported: ImportedName, function: ast.AST
) -> LazyImport:
    """A function-level import, relative where the source's own imports are."""
    if imported.module == closure.source.name and imported.name is None and imported.alias:
        return _import_of_source(survey, closure, imported.alias, function)
    if imported.name is None:
        return LazyImport(function, "", imported.spelled())
    module = spelled_like(closure.source, survey.move.target, imported.module, survey.index)
    return LazyImport(function, module, imported.spelled())


def spelled_like(source: Module, importer: ModuleName, module: ModuleName, index: Index) -> str:
    """How `importer` names `module`: as it names its neighbours, or else as `source` names its."""
    here = index.module(importer)
    around = Surroundings(importer, index.workspace.is_package(importer))
    dots = around.dots_to(module)
    shown = shown_style(here, dots) if here is not None and here.package else None
    relative = shown_style(source, dots) if shown is None else shown
    return around.relative(module) if relative and dots else module


# -- the imports ---------------------------------------------------------------------------------


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
    names = closure.names
    origins = {Origin("definition", closure.source.name, name) for name in names}
    remove = [
        ImportSite(item.node, item.index)
        for item in between.imports
        if item.name != "*"
        and (
            (item.module == closure.source.name and item.name in names)
            or (
                item.scope is between.scope
                and item.bound in names
                and survey.index.resolve_import(item) in origins
            )
        )
    ]
    remove += _superseded(between, needs)
    remove += _from_itself(between, names)
    deferred = sorted(strategy.deferred_in_target)
    remove += [
        ImportSite(item.node, item.index)
        for name in deferred
        for item in between.imports_by_name.get(name, [])
    ]
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
    )
    return apply_edits(text, edits)


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


def _is_bound_around(item: Import) -> bool:
    """Whether a function around the one of an import has something else of the same name."""
    around = item.scope.parent
    while around is not None and around.parent is not None:
        if around.kind == "function" and item.bound in around.bindings:
            return True
        around = around.parent
    return False


def _superseded(target: Module, needs: tuple[Need, ...]) -> list[ImportSite]:
    """Typing-only imports of what is now imported for good."""
    bound = {i.bound() for need in needs if need.how in {"import", "late"} for i in need.imported}
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
    blocks: list[int] = []
    for need in needs:
        if need.how == "import":
            yield from (Addition(i, comment=_said_behind(source, i)) for i in need.imported)
        elif need.how == "typing" or (need.how == "lazy" and any(use.is_type for use in need.uses)):
            if not _has_import(target, need):
                yield from (
                    Addition(i, type_checking=True, comment=_said_behind(source, i))
                    for i in need.imported
                )
        elif need.how in {"block", "logger"} and need.block not in blocks:
            blocks.append(need.block)
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
        for binding in source.bindings(need.name) if need.block == block else ():
            span = source.syntax.span(binding.node)
            yield TextEdit(span, span.of(source.text), need.rename)


def _has_import(target: Module, need: Need) -> bool:
    return bool(target.imports_by_name.get(need.rename or need.name))
