"""What a file takes over from another one: how it writes and sorts its imports."""

from __future__ import annotations

from dataclasses import replace

from consolidator.edits.imports.add import Limits, main_run
from consolidator.edits.imports.desk import Classify, lay_out
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import Category, Surroundings
from consolidator.edits.imports.order import convention_of
from consolidator.edits.imports.place import kinds_are_apart
from consolidator.index.syntax import Syntax


def taken_over(syntax: Syntax, around: Surroundings, classify: Classify, said: Habits) -> Habits:
    """The habits of a file, where the project's settings do not say otherwise."""
    desk = lay_out(syntax, around, "\n", classify, said)
    run = main_run(desk, Limits(None, None, False))
    ordered = [[desk.ordered(node) for node in group] for group in run.groups] if run else []
    groups = [[item for item in group if item is not None] for group in ordered]
    return replace(
        said,
        usual=convention_of(groups, said.usual),
        kinds_apart=said.kinds_apart or kinds_are_apart(groups),
        shares_names=None if desk.sharing.names else False,
    )


def as_shown_by(syntax: Syntax, around: Surroundings, said: Habits) -> Habits:
    """The habits of a project, with what a file of it shows for those that show nothing."""
    if said.shares_names is not None:
        return said
    desk = lay_out(syntax, around, "\n", lambda _: Category.FIRST_PARTY, said)
    return replace(said, shares_names_elsewhere=desk.sharing.names)
