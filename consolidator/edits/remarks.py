"""What a person should know about a move that was made: no reason to refuse, but to look."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from consolidator.edits.annotation_readers import is_annotation
from consolidator.edits.doctest_names import doctest_names
from consolidator.edits.draft import Draft
from consolidator.edits.dynamic_access import dynamic_access
from consolidator.edits.layers import inverts_layers
from consolidator.edits.module_name import module_name_matters
from consolidator.edits.needs import Need
from consolidator.edits.never_made import never_made
from consolidator.edits.pinned import place
from consolidator.edits.requirements import modules_needing_more, needs_more
from consolidator.edits.stubs import stub_remarks
from consolidator.errors import Location, Problem
from consolidator.index.definitions import uses_of


def remarks(draft: Draft) -> Iterator[Problem]:
    """Warnings and notes on a move."""
    yield from _layer_inversions(draft)
    yield from _imports_back(draft)
    yield from _new_dependencies(draft)
    yield from (replace(problem, severity="warning") for problem in never_made(draft))
    yield from module_name_matters(draft)
    yield from _unknown_names(draft)
    yield from _evaluated_annotations(draft)
    yield from _imports_kept(draft)
    yield from _cycles_opened(draft)
    yield from _taken_directly(draft)
    yield from dynamic_access(draft)
    yield from doctest_names(draft)
    yield from stub_remarks(draft.survey, draft.closure.names)


def _layer_inversions(draft: Draft) -> Iterator[Problem]:
    target = draft.survey.move.target
    for need in draft.needs:
        if need.how not in {"import", "late", "lazy"}:
            continue
        for item in need.imported:
            if not inverts_layers(draft.index, target, item.module):
                continue
            when = "inside the functions that use it" if need.how == "lazy" else "at import time"
            yield Problem(
                "layer-inversion",
                f"{target} now imports `{need.name}` from {item.module} ({when}), while "
                f"{item.module.top} imports from {target.top}",
                place(draft.closure.source, need.uses[0].node),
                f"take `{need.name}` along with --helpers travel, move it to a home of its own "
                "first, or pass it in",
                "warning",
            )


def _imports_back(draft: Draft) -> Iterator[Problem]:
    """A helper that stays, and what could be done so that nothing points back at the source."""
    source, target = draft.closure.source, draft.survey.move.target
    for need in draft.needs:
        if need.how != "lazy" or all(item.module != source.name for item in need.imported):
            continue
        backwards = _is_test(source.name) and not _is_test(target)
        what = "a test module, " if backwards else ""
        yield Problem(
            "imports-back",
            f"{target} imports `{need.name}` from {what}{source.name}, inside the functions that "
            f"use it ({need.reason})",
            place(source, need.uses[0].node),
            _remedy(draft, need),
            "warning" if backwards else "note",
        )


def _remedy(draft: Draft, need: Need) -> str:
    if need.name in draft.survey.replaced | draft.strategy.from_source:
        return (
            f"as long as somebody replaces `{need.name}` in {draft.closure.source.name}, it has to "
            f"be read through that; let them replace it in {draft.survey.move.target} instead"
        )
    return (
        f"take `{need.name}` along (--helpers travel), move it to a home of its own first, or "
        "use an equivalent of the target's"
    )


def _is_test(name: str) -> bool:
    parts = name.split(".")
    return parts[-1].startswith("test_") or bool({"tests", "test", "conftest"} & set(parts))


def _imports_kept(draft: Draft) -> Iterator[Problem]:
    if not draft.strategy.keep_orphans:
        return
    source = draft.closure.source
    used = {
        use.name for item in draft.closure.definitions for use in uses_of(source, item.statements)
    }
    inside = {index for item in draft.closure.definitions for index in item.statements}
    for item in source.imports:
        readers = source.readers.get(item.bound, [])
        alone = all(use.statement in inside for use in readers)
        ours = draft.index.workspace.is_first_party(item.module)
        if item.scope is source.scope and item.bound in used and alone and ours:
            yield Problem(
                "import-kept",
                f"nothing in {source.name} uses `{item.bound}` any more; it stays, because another "
                "module would be imported first without it, and fail",
                place(source, item.node),
                "",
                "note",
            )


def _cycles_opened(draft: Draft) -> Iterator[Problem]:
    for path, name in sorted(draft.strategy.opened):
        module = draft.index.module_at(path)
        (item,) = module.imports_by_name[name]
        yield Problem(
            "cycle-opened",
            f"{module.name} now imports `{name}` inside the functions that use it: at its top it "
            f"would close a cycle through {draft.survey.move.target}",
            place(module, item.node),
            "choose a target that nothing on the way back to the source needs, or leave it so",
            "note",
        )


def _taken_directly(draft: Draft) -> Iterator[Problem]:
    for path, name in sorted(draft.strategy.direct):
        module = draft.index.module_at(path)
        item = next(i for i in module.imports_by_name[name] if i.scope is module.scope)
        yield Problem(
            "cycle-opened",
            f"{module.name} now imports `{name}` from where it is defined: {item.module} would not "
            f"have it yet when the import of {draft.survey.move.target} leads here",
            place(module, item.node),
            "choose a target that nothing on the way back to the source needs, or leave it so",
            "note",
        )


def _new_dependencies(draft: Draft) -> Iterator[Problem]:
    if "new-dependency" in draft.survey.options.accept:
        needing = modules_needing_more(draft)
        if needing:
            yield replace(needs_more(draft, needing), severity="warning")


def _unknown_names(draft: Draft) -> Iterator[Problem]:
    source = draft.closure.source
    for need in draft.needs:
        if need.how == "nowhere" and not all(use.quoted for use in need.uses):
            yield Problem(
                "unknown-name",
                f"`{need.name}` is bound nowhere in {source.name}; it was left as it is",
                place(source, need.uses[0].node),
                "",
                "note",
            )


def _evaluated_annotations(draft: Draft) -> Iterator[Problem]:
    """`from __future__ import annotations` in the target alone turns annotations into strings."""
    target, source = draft.survey.target, draft.closure.source
    if target is None or source.has_postponed_annotations or not target.has_postponed_annotations:
        return
    for root in draft.closure.roots:
        statement = source.body[root.statements[0]]
        if not any(map(is_annotation, ast.walk(statement))):
            continue
        if isinstance(statement, ast.ClassDef) and (statement.bases or statement.decorator_list):
            yield Problem(
                "annotations-postponed",
                f"{target.name} has `from __future__ import annotations`, so the annotations of "
                f"`{root.name}` are strings at run time there",
                Location(source.path, statement.lineno, source.syntax.line_text(statement.lineno)),
                "",
                "note",
            )
