"""How a project writes its imports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from consolidator.edits.imports.order import Convention, ignoring_case
from consolidator.workspace.lint import import_settings, selected_rules

NESTED_MARK = "  # noqa: PLC0415"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a project writes its imports; None where the file's own example is followed."""

    line_length: int | None = None
    usual: Convention = Convention()  # noqa: RUF009 - frozen
    """How imports are sorted (`force-sort-within-sections`, no `order-by-type`)."""
    collapses: bool | None = None
    """A wrapped list that fits on a line again goes back to one (no `split-on-trailing-comma`)."""
    shares_aliases: bool | None = None
    """`from m import a, b as c` rather than two statements (`combine-as-imports`)."""
    shares_names: bool | None = None
    """`from m import a, b` rather than two statements (no `force-single-line`)."""
    shares_names_elsewhere: bool = True
    """The same in another file of the project, for files that give no example."""
    kinds_apart: bool = False
    """Whether a blank line stands between `import x` and `from x import` (`lines-between-types`);
    otherwise the file's own example is followed."""
    lines_after: int | None = None
    """How many blank lines stand below the imports (`lines-after-imports`)."""
    nested_mark: str = ""
    """What excuses an import inside a function (`PLC0415`)."""


def habits_at(root: Path) -> Habits:
    """What the settings of the project at `root` say about its imports."""
    said = import_settings(root)
    usual = Convention(mixed_kinds=said.force_sort_within_sections)
    return Habits(
        usual=usual if said.order_by_type else replace(usual, by_name=ignoring_case),
        shares_names=False if said.force_single_line else None,
        kinds_apart=said.lines_between_types,
        lines_after=said.lines_after_imports if said.lines_after_imports >= 0 else None,
        nested_mark=NESTED_MARK if "PLC0415" in selected_rules(root) else "",
    )
