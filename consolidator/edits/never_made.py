"""Definitions that register themselves, and that nothing makes where their module is imported."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.edits.draft import Draft
from consolidator.edits.lost_loads import loads_itself
from consolidator.edits.pinned import place
from consolidator.edits.self_registering import registers_for_sure
from consolidator.errors import Problem
from consolidator.index.importers import importing_files


def never_made(draft: Draft) -> Iterator[Problem]:
    """What a register learned of when the source was imported, and does not learn of any more.

    @command("csv")                  # moves, with --leave-behind none or lazy
    def export(): ...
    """
    survey, source = draft.survey, draft.survey.source
    if survey.options.leave_behind in {None, "import"}:
        return
    roots = [r for r in survey.roots if registers_for_sure(draft.index, source, r)]
    after = draft.index.after(draft.after()) if roots else draft.index
    facts = after.module_at(source.path)
    if not roots or loads_itself(after, facts, survey.move.target):
        return
    kinds = {binding.kind for each in facts.scope.bindings.values() for binding in each}
    if kinds <= {"import"} and not any(importing_files(after, source.name)):
        return
    for root in roots:
        yield Problem(
            "registration-order",
            f"`{root.name}` registers itself when it is made, and importing {source.name} would "
            "not make it any more",
            place(source, source.body[root.statements[0]]),
            "leave an import behind (--leave-behind import), or see that somebody imports "
            f"{survey.move.target}, and go on with --accept registration-order",
        )
