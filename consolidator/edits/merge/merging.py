"""Merging one copy of a definition into the home: what is checked, and what is done."""

from __future__ import annotations

from dataclasses import dataclass

from consolidator.edits.merge.growing import grow
from consolidator.edits.merge.judging import Copies, judge, same_environment
from consolidator.edits.merge.members import Comparison
from consolidator.edits.merge.remarks import merge_remarks
from consolidator.edits.search import Outcome, find_draft, refuse_trouble
from consolidator.edits.survey import readable_module, survey
from consolidator.edits.tree_edit import TreeEdit
from consolidator.edits.twin import Twin
from consolidator.errors import Problem, UsageError
from consolidator.index.definitions import Definition, definition
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import QualifiedName
from consolidator.plan import Move, MoveOptions
from consolidator.plan.plan import Policy


@dataclass(frozen=True)
class Merged:
    """One copy merged: the home grown first, if it had to be, and the copy taken out."""

    growth: TreeEdit | None
    outcome: Outcome
    warnings: tuple[Problem, ...]


def merge_copy(
    index: Index,
    copy: QualifiedName,
    home: QualifiedName,
    policy: Policy,
    options: MoveOptions,
    allows_schema: bool = False,
) -> Merged:
    """Merge a copy into the definition that the home has.

    Both are looked at afresh, whatever the plan says. Raises `UsageError` when one of them is not
    there and `Refusal` when they may not become one.
    """
    copies = _find(index, copy, home, allows_schema)
    relation = judge(copies, policy)
    growth = None
    if relation in {"copy has more", "union"}:
        growth = grow(copies, "append" if relation == "union" else "in order", options)
        refuse_trouble(growth)
        index = index.after(growth.after())
        copies = _find(index, copy, home, allows_schema)
        _check_grown(copies.comparison)
    twin = Twin(copy.name, home.name, same_environment(copies))
    checked = survey(index, Move((copy.name,), copy.module, home.module), options, twin)
    outcome = find_draft(checked)
    warnings = merge_remarks(copies, outcome.draft.gone.definitions)
    return Merged(growth, outcome, (*checked.warnings, *outcome.draft.accepted, *warnings))


def _find(index: Index, copy: QualifiedName, home: QualifiedName, allows_schema: bool) -> Copies:
    here, mine = _defined(index, copy)
    there, theirs = _defined(index, home)
    return Copies(index, here, mine, there, theirs, allows_schema)


def _defined(index: Index, name: QualifiedName) -> tuple[Module, Definition]:
    module = readable_module(index, name.module)
    found = definition(module, name.name)
    if found is None:
        raise UsageError(f"{name.module} does not define {name.name!r}")
    return module, found


def _check_grown(comparison: Comparison) -> None:
    assert not comparison.conflicts and not comparison.only_copy, "the home has all members now"
