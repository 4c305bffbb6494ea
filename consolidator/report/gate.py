"""What a gate says: what is new, with what makes it so, and what of the baseline is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from consolidator.finders.baseline import Comparison, News
from consolidator.finders.findings import Findings
from consolidator.finders.fingerprint import Identity
from consolidator.report.findings_json import finding_json, location_json, unreadable_json
from consolidator.report.findings_text import finding_lines, table, unreadable_lines
from consolidator.report.github import github_commands
from consolidator.report.lines import Line, counted, limited

VERSION = 1


def verdict_lines(
    findings: Findings, comparison: Comparison, lists_stale: bool = True
) -> Iterator[Line]:
    """New findings with their evidence, the counts, and what of the baseline is gone.

    The last only if the baseline is a file, out of which it should be taken.
    """
    for news in comparison.new:
        yield from finding_lines(news.finding)
        yield from _what_is_new(news)
        yield Line()
    yield from unreadable_lines(findings.unreadable)
    if comparison.stale and lists_stale:
        yield Line("GONE, BUT STILL IN THE BASELINE (--update-baseline takes it out)", "bold")
        yield Line()
        for entry in comparison.stale:
            yield Line(f"  {entry.kind} {entry.name}: {limited(entry.places, 3)}")
        yield Line()
    yield from table([news.finding for news in comparison.new])
    known, stale = len(comparison.known), len(comparison.stale)
    also = "".join(
        f", {number:,} {what}" for number, what in ((known, "known"), (stale, "gone")) if number
    )
    new = len(comparison.new)
    yield Line(f"{new:,} new{also}" if new else f"nothing new{also}", "" if new else "green")


def _what_is_new(news: News) -> Iterator[Line]:
    if not news.is_known_elsewhere:
        return
    yield Line("  known already, but not here:", "yellow")
    for place in news.places:
        yield Line(f"    {place}", "yellow")


def verdict_json(findings: Findings, comparison: Comparison) -> str:
    """The verdict of a gate: versioned, stable and complete."""
    report = {
        "version": VERSION,
        "status": "failed" if comparison.new else "passed",
        "new": [
            finding_json(news.finding)
            | {
                "new_places": [location_json(place) for place in news.places],
                "known_elsewhere": news.is_known_elsewhere,
            }
            for news in comparison.new
        ],
        "known": [finding_json(finding) for finding in comparison.known],
        "stale": [_entry(entry) for entry in comparison.stale],
        "unreadable": unreadable_json(findings.unreadable),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _entry(entry: Identity) -> dict[str, object]:
    return {"kind": entry.kind, "name": entry.name, "places": list(entry.places)}


def github_lines(comparison: Comparison, lists_stale: bool = True) -> Iterator[str]:
    """An error at each new place, and a notice when the baseline has entries that are gone."""
    new = [(news.finding, news.places) for news in comparison.new]
    yield from github_commands(new, "error")
    if comparison.stale and lists_stale:
        what = counted(len(comparison.stale), "entry")
        yield f"::notice title=consolidate::The baseline has {what} that nothing finds any more."
