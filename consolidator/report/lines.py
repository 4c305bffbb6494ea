"""Lines of a report for people: text with a style, and how numbers and lists are worded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from consolidator.finders.findings import Definer


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and how a terminal shows it."""

    text: str = ""
    style: str = ""


def plain(lines: Iterable[Line]) -> bytes:
    """The lines as UTF-8 without style; what cannot be encoded (odd file names) is escaped."""
    text = "".join(f"{line.text}\n" for line in lines)
    return text.encode("utf-8", "backslashreplace")


def show(console: Console, lines: Iterable[Line]) -> None:
    """The lines with their style, never wrapped."""
    from rich.text import Text

    for line in lines:
        safe = line.text.encode("utf-8", "backslashreplace").decode()
        console.print(Text(safe, line.style), soft_wrap=True)


def counted(number: int, what: str) -> str:
    """`1 import`, `2,300 imports`, `2 copies`, `2 patches`."""
    if number == 1:
        return f"1 {what}"
    plural = (
        f"{what[:-1]}ies"
        if what.endswith("y")
        else what + ("es" if what.endswith(("s", "ch")) else "s")
    )
    return f"{number:,} {plural}"


def limited(items: Sequence[str], most: int) -> str:
    """The items with commas, cut short: `a, b and 3 more`."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def span(definer: Definer) -> str:
    """Where a definition stands: `path:10-20`, or `path:10`."""
    to = f"-{definer.last_line}" if definer.last_line > definer.first_line else ""
    return f"{definer.path}:{definer.first_line}{to}"
