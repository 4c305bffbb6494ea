"""Findings as workflow commands of GitHub, which shows them beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from consolidator.errors import Location
from consolidator.finders.findings import Concern, is_namesake
from consolidator.report.wording import message, wording_of

Level = Literal["error", "warning", "notice"]


def github_commands(
    findings: Iterable[tuple[Concern, Sequence[Location]]], level: Level
) -> Iterator[str]:
    """`::warning file=…,line=…,title=…::message` for each place at which a finding is to be shown.

    Each finding comes with these places; one without any gets a command without a place.
    """
    for finding, shown_at in findings:
        title = f"consolidate: {wording_of(finding).title}"
        said = "notice" if is_namesake(finding) else level
        for place in shown_at:
            position = f"file={_property(place.path)},line={place.line},"
            yield f"::{said} {position}title={_property(title)}::{_data(message(finding))}"
        if not shown_at:
            yield f"::{said} title={_property(title)}::{_data(message(finding))}"


def _data(text: str) -> str:
    """Text after the second `::`."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A value before it, where `,` and `:` mean something."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
