"""What becomes of the target: imports, the arriving text, its own uses of what arrives."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.edits.annotations import quote_edits, quotes_around
from consolidator.edits.closure import Closure
from consolidator.edits.deferring import own_lazy_imports, to_be_quoted
from consolidator.edits.exports import arriving_exports, is_to_be_listed
from consolidator.edits.guarded_home import without_fallbacks
from consolidator.edits.imports.names import (
    ImportedName,
    Surroundings,
)
from consolidator.edits.licence import licence_of
from consolidator.edits.moved_text import (
    LazyImport,
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
from consolidator.edits.relative_style import shown_style
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.target_imports import Classify, with_imports
from consolidator.edits.text_edit import apply_edits
from consolidator.errors import Problem, Refusal
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile
from consolidator.workspace.lint import selected_rules


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
