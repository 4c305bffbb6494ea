"""Editing the imports of one file: wishes in, the text edits out that a careful hand would make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from consolidator.edits.imports.add import Limits, add_plain
from consolidator.edits.imports.desk import Classify, lay_out
from consolidator.edits.imports.drafts import joined
from consolidator.edits.imports.guards import add_guarded, add_raw, drop_unused_tests
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import (
    Addition,
    Category,
    ImportedName,
    ImportSite,
    RawBlock,
    Surroundings,
)
from consolidator.edits.imports.retarget import Wishes, change_names, place_beside
from consolidator.edits.imports.splice import splice
from consolidator.edits.text_edit import TextEdit
from consolidator.index.syntax import Syntax
from consolidator.names import ModuleName

__all__ = [
    "Addition",
    "Category",
    "Habits",
    "ImportSite",
    "ImportedName",
    "RawBlock",
    "edit_imports",
]


def edit_imports(
    syntax: Syntax,
    module: ModuleName,
    is_package: bool,
    *,
    newline: str,
    classify: Classify,
    remove: Collection[ImportSite] = (),
    retarget: Mapping[ImportSite, ImportedName] | None = None,
    add: Collection[Addition | RawBlock] = (),
    prefer_relative: bool = False,
    example: Sequence[tuple[bool, int]] = (),
    before: int | None = None,
    after: int | None = None,
    apart: bool = False,
    habits: Habits = Habits(),  # noqa: B008 - frozen
    is_taken: Callable[[str], bool] = lambda name: False,
) -> list[TextEdit]:
    """The edits that change the imports of one file as wished, in the file's own style.

    `remove` takes names out, and a statement with its last name; `pass` stays in a block that
    would be empty. `retarget` makes names come from elsewhere, in the same scope, guard and place;
    their alias is kept unless the wish brings one. `add` brings names in at module level, between
    the offsets `after` and `before` where these are given, and with `apart` in a paragraph of
    their own right below `after`; of the own package as the `example` does where the file imports
    nothing of it (see `own_imports`), and otherwise as `prefer_relative` says. `newline` ends new
    lines, `classify` says which group a module belongs to, and `habits` what the project does
    where the file gives no example. `is_taken` tells whether others take a name from this file.
    """
    around = Surroundings(module, is_package)
    desk = lay_out(syntax, around, newline, classify, habits)
    change_names(desk, Wishes(remove, retarget or {}))
    limits = Limits(before, after, prefer_relative, apart, example)
    names = [wish for wish in add if isinstance(wish, Addition)]
    plain = [wish for wish in names if not wish.type_checking]
    needed = add_guarded(desk, [wish for wish in names if wish.type_checking], plain, limits)
    add_plain(desk, [*plain, *needed], limits)
    add_raw(desk, [wish for wish in add if isinstance(wish, RawBlock)], limits)
    for draft, entry in desk.joins:
        joined(draft, entry, desk.name_lists)
    for new in desk.news:
        place_beside(desk, new)
    drop_unused_tests(desk, is_taken)
    return splice(syntax, desk.drafts, desk.insertions, desk.writing, habits.lines_after)
