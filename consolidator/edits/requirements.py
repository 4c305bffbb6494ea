"""Packages that a draft makes modules need when they are imported, and ways to do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from consolidator.edits.deferring import is_deferrable
from consolidator.edits.dependencies import needed_packages, newly_needed, said
from consolidator.edits.draft import Draft
from consolidator.edits.guarded_source import imported_behind_a_test
from consolidator.edits.needs import Need
from consolidator.edits.pinned import place
from consolidator.edits.strategy import Strategy
from consolidator.errors import Problem
from consolidator.index.load_conditions import what_it_looks_for
from consolidator.names import ModuleName

Needing = Mapping[ModuleName, frozenset[str]]
"""Modules, each with the packages that it comes to need."""


def modules_needing_more(draft: Draft) -> Needing:
    """Modules that a draft makes need packages which they do without today.

    An importer of a new module needed whatever it needs through the source, but for what the
    packages above it need, which the survey looks at.
    """
    survey, workspace = draft.survey, draft.index.workspace
    if survey.target is None:
        return {}
    names = {workspace.module_of(path) for path in draft.changes() if path.endswith(".py")}
    after = draft.index.after(draft.after())
    changed = {name for name in names if name is not None}
    needing = dict(newly_needed(draft.index, after, changed))
    if imported_behind_a_test(draft):
        target = survey.move.target
        needing[target] = needing.get(target, frozenset()) | {what_it_looks_for(survey.source.name)}
    return needing


def without_new_packages(draft: Draft, needing: Needing) -> Iterator[Strategy]:
    """The same strategy, but what brings a package along is imported inside functions."""
    strategy, target = draft.strategy, draft.survey.move.target
    lazy = frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and is_deferrable(need, draft.survey.evaluated)
        and _brings(draft, need) & needing.get(target, frozenset())
    )
    if lazy:
        yield replace(strategy, lazy_imports=strategy.lazy_imports | lazy)
    if imported_behind_a_test(draft) and strategy.shared != "all stay":
        yield replace(strategy, shared="all stay")


def needs_more(draft: Draft, needing: Needing) -> Problem:
    """Why a module may not come to need a package: who imports it would need that too."""
    survey = draft.survey
    name = min(needing, key=lambda name: (name != survey.move.target, name))
    listed = ", ".join(map(said, sorted(needing[name])))
    brings = [need for need in draft.needs if _brings(draft, need) & needing[name]]
    node = brings[0].uses[0].node if brings else survey.source.body[survey.roots[0].statements[0]]
    return Problem(
        "new-dependency",
        f"importing {name} would need {listed}, which it can do without today",
        place(survey.source, node),
        "choose another target, declare the package among the dependencies in pyproject.toml, or "
        "go on with --accept new-dependency",
    )


def _brings(draft: Draft, need: Need) -> frozenset[str]:
    packages = needed_packages(draft.index, [item.module for item in need.imported])
    tested = need.name in imported_behind_a_test(draft)
    return packages | {what_it_looks_for(draft.survey.source.name)} if tested else packages
