"""Merging one copy of a definition into the home: what is checked, and what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consolidator.edits.import_trouble import refuse_trouble
from consolidator.edits.merge.growing import Growth, grow, uses_in_members
from consolidator.edits.merge.judging import Copies, judge, same_environment
from consolidator.edits.merge.members import Member
from consolidator.edits.merge.remarks import merge_remarks
from consolidator.edits.merge.sameness import without_imports
from consolidator.edits.search import Outcome, find_draft
from consolidator.edits.survey import readable_module, survey
from consolidator.edits.tree_edit import TreeEdit
from consolidator.edits.twin import Twin
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.index.definitions import Definition, definition, uses_of
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
        refuse_trouble(growth.edit)
        index = index.after(growth.edit.after())
        copies = _find(index, copy, home, allows_schema)
        _check_grown(copies, growth)
    twin = Twin(copy.name, home.name, _helpers(copies, growth))
    checked = survey(index, Move((copy.name,), copy.module, home.module), options, twin)
    outcome = find_draft(checked)
    warnings = merge_remarks(copies, outcome.draft.gone.definitions)
    return Merged(
        growth.edit if growth else None,
        outcome,
        (*checked.warnings, *outcome.draft.accepted, *warnings),
    )


def _helpers(copies: Copies, growth: Growth | None) -> frozenset[str]:
    """The helpers that the home has: in the same way, or since it has grown.

    Members that came over brought along what they need.
    """
    uses = set(uses_of(copies.here, copies.mine.statements))
    if growth is None:
        return same_environment(copies, uses)
    uses -= set(uses_in_members(copies.here, copies.mine.statements[0], growth.members))
    return same_environment(copies, uses) | growth.edit.arrived


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


def _check_grown(copies: Copies, growth: Growth) -> None:
    """The home has all members, and what came over is the same but for listed renames."""
    comparison = copies.comparison
    gained = {member.name: member for member in growth.members}
    known = comparison.conflicts and set(comparison.conflicts) <= gained.keys()
    same = not comparison.conflicts or bool(known)
    for name in gained:
        there = comparison.home.members.get(name)
        same &= there is not None and _alike(copies, gained[name], there, growth.renames)
    if comparison.only_copy or not same:
        raise Refusal(
            Problem(
                "not-proved",
                f"{copies.title} would not be the same code in the home",
                remedy="this is a defect of consolidate; nothing was written, please report it",
            )
        )


def _alike(copies: Copies, mine: Member, theirs: Member, renames: Mapping[str, str]) -> bool:
    """The same code, apart from imports that functions got."""
    here = [without_imports(copies.here, node, renames) for node in mine.nodes]
    return here == [without_imports(copies.there, node) for node in theirs.nodes]
