"""What a person reads after a scan: by kind, the most valuable first, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from consolidator.finders.findings import (
    BrokenImport,
    Concern,
    Duplicate,
    ExpiredLeaveBehind,
    Findings,
    Misplaced,
    MissingModule,
    SecondDefinition,
    ThroughLeaveBehind,
    is_namesake,
)
from consolidator.finders.places import places
from consolidator.report.evidence import candidate_lines, copy_lines, difference_lines, site_lines
from consolidator.report.lines import Line, counted, limited, span
from consolidator.report.wording import headline, namesakes, wording_of

_MOST_UNREADABLE = 5


def findings_lines(findings: Findings, show_suppressed: bool = False) -> Iterator[Line]:
    """The report of a scan, with a table of counts at the end.

    Sites beyond a few are counted, not listed; the JSON report has them all.
    """
    yield from by_kind(findings.found)
    if show_suppressed and findings.suppressed:
        yield Line("SUPPRESSED", "bold")
        yield Line()
        yield from by_kind(findings.suppressed)
    yield from unreadable_lines(findings.unreadable)
    yield from _summary(findings, show_suppressed)


def by_kind(findings: Iterable[Concern]) -> Iterator[Line]:
    """Findings that are ordered by kind, each kind under its title."""
    for wording, group in groupby(findings, wording_of):
        yield Line(wording.title.upper(), "bold")
        yield Line()
        for finding in group:
            yield from finding_lines(finding)
            yield Line()


def finding_lines(finding: Concern) -> Iterator[Line]:
    """One finding: a headline, then its evidence, indented."""
    yield Line(headline(finding), "bold")
    if finding.suppression is not None:
        yield Line(f"  {finding.suppression.name}: {finding.suppression.reason}", "dim")
    match finding:
        case BrokenImport():
            yield from _broken_import(finding)
        case MissingModule():
            yield from _missing_module(finding)
        case Duplicate():
            yield from _duplicate(finding)
        case Misplaced():
            yield Line(f"  {span(finding.definer)}", "blue")
            yield from site_lines(finding.sites)
        case ExpiredLeaveBehind():
            yield Line(f"  {finding.location} leads to {finding.target}", "blue")
        case SecondDefinition():
            yield Line(f"  {span(finding.definer)}", "blue")
            yield Line(f"  {finding.why}")
        case ThroughLeaveBehind():
            yield Line(f"  {finding.location} leads to {finding.target}", "blue")
            yield from site_lines(finding.sites)


def _broken_import(finding: BrokenImport) -> Iterator[Line]:
    yield from site_lines(finding.sites)
    if finding.sites and not any(site.is_used for site in finding.sites):
        yield Line("  nobody uses it: these imports can be deleted", "green")
    yield from candidate_lines(finding.asked.name, finding.candidates)


def _missing_module(finding: MissingModule) -> Iterator[Line]:
    if finding.names:
        yield Line(f"  asked for: {limited(finding.names, 8)}")
    yield from site_lines(finding.sites)
    for sentence in namesakes(finding):
        yield Line(f"  {sentence}", "green" if finding.namesake else "")
    for name, candidates in finding.candidates:
        yield from candidate_lines(name, candidates)


def _duplicate(finding: Duplicate) -> Iterator[Line]:
    yield from copy_lines(finding)
    if finding.is_schema and finding.relation in ("superset", "union"):
        yield Line("  its fields are its schema: merging them changes data")
    yield from difference_lines(finding)


def unreadable_lines(unreadable: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """The files that could not be read, the first few with the reason."""
    if unreadable:
        yield Line(f"NOT READ: {counted(len(unreadable), 'file')}", "bold")
        yield Line()
        for path, reason in unreadable[:_MOST_UNREADABLE]:
            yield Line(f"  {path}: {reason}")
        if len(unreadable) > _MOST_UNREADABLE:
            yield Line(f"  and {len(unreadable) - _MOST_UNREADABLE} more")
        yield Line()


def _summary(findings: Findings, show_suppressed: bool) -> Iterator[Line]:
    yield from table(findings.found)
    if not findings.found:
        yield Line("nothing found", "green")
    looked = looked_at(findings)
    hidden = f"; {len(findings.suppressed):,} suppressed" if findings.suppressed else ""
    hint = " (--show-suppressed lists them)" if hidden and not show_suppressed else ""
    if looked or hidden:
        yield Line(f"looked at {looked}{hidden}{hint}", "dim")


def looked_at(findings: Findings) -> str:
    """What a scan looked at: `12 files, 1 class, 90 imports`."""
    return ", ".join(counted(number, _ONE.get(what, what)) for what, number in findings.counts)


_ONE = {"files": "file", "classes": "class", "imports": "import"}


def table(findings: Sequence[Concern]) -> Iterator[Line]:
    """One line for each kind that was found: its title, how many, and what they sum up to."""
    groups: dict[str, list[Concern]] = {}
    for finding in sorted(findings, key=is_namesake):
        groups.setdefault(wording_of(finding).title, []).append(finding)
    width = max(map(len, groups), default=0)
    for title, group in groups.items():
        yield Line(f"{title:<{width}}{len(group):>7,}  {_summed_up(group)}")


def _summed_up(group: Sequence[Concern]) -> str:
    duplicates = [finding for finding in group if isinstance(finding, Duplicate)]
    if duplicates:
        relations = [each.relation for each in duplicates if not is_namesake(each)]
        parts = [f"{relations.count(r):,} {r}" for r in dict.fromkeys(relations)]
        of_which = f": {', '.join(parts)}" if parts else ""
        return f"{sum(len(d.copies) for d in duplicates):,} classes{of_which}"
    imported = [finding for finding in group if isinstance(finding, _IMPORTED)]
    sites = {(number, s.location) for number, f in enumerate(imported) for s in f.sites}
    if sites:
        files = {location.path for _, location in sites}
        return f"{counted(len(sites), 'import')} in {counted(len(files), 'file')}"
    found = {place.path for finding in group for place in places(finding)}
    return f"in {counted(len(found), 'file')}"


_IMPORTED = (BrokenImport, MissingModule, Misplaced, ThroughLeaveBehind)
