"""The evidence of findings as lines: who imports, what would fit, in what copies differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consolidator.finders.findings import Candidate, Fit, MemberDifference, Misfit, Site
from consolidator.report.lines import Line, counted, limited, span

MOST_SITES = 3
MOST_CANDIDATES = 5
MOST_MISFITS = 4
MOST_DIFFERENCES = 6
WIDTH = 72
"""How many characters of somebody's code are shown."""


def site_lines(sites: Sequence[Site]) -> Iterator[Line]:
    """How many imports in how many files, and the first few."""
    files = {site.location.path for site in sites}
    yield Line(f"  {counted(len(sites), 'import')} in {counted(len(files), 'file')}:")
    for site in sites[:MOST_SITES]:
        remarks = ", ".join(_remarks(site))
        yield Line(f"    {site.location}{f' ({remarks})' if remarks else ''}", "blue")
    if len(sites) > MOST_SITES:
        yield Line(f"    and {len(sites) - MOST_SITES:,} more")


def _remarks(site: Site) -> Iterator[str]:
    if site.is_deferred:
        yield "in a function"
    if site.is_typing_only:
        yield "for type checkers"
    if site.is_guarded:
        yield "failure is caught"
    if not site.is_used:
        yield "unused"


def candidate_lines(candidates: Sequence[Candidate]) -> Iterator[Line]:
    """Where each candidate stands, and how it fits those who ask for it."""
    for candidate in candidates[:MOST_CANDIDATES]:
        definer = candidate.definer
        is_class = definer.kind == "class"
        remark = _verdict(candidate.fit) if is_class else f"  ({definer.kind})"
        yield Line(f"    {span(definer)}{remark}", "blue")
        yield from _misfits(candidate.fit.misfits)
    if len(candidates) > MOST_CANDIDATES:
        yield Line(f"    and {len(candidates) - MOST_CANDIDATES} more")


def _verdict(fit: Fit) -> str:
    if fit.verdict == "fits":
        return f"  fits: {counted(fit.checked, 'use')} checked"
    if fit.verdict == "contradicts":
        return f"  contradicts its users in {len(fit.misfits)} of {counted(fit.checked, 'use')}:"
    return f"  whether it fits cannot be told: {fit.unknown}" if fit.unknown else ""


def _misfits(misfits: Sequence[Misfit]) -> Iterator[Line]:
    """Each use with all that it asks in vain; the same use elsewhere is counted."""
    by_use: dict[str, list[Misfit]] = {}
    for misfit in misfits:
        by_use.setdefault(misfit.use, []).append(misfit)
    for use, same in list(by_use.items())[:MOST_MISFITS]:
        lines = list(dict.fromkeys(misfit.location for misfit in same))
        also = f" (and {counted(len(lines) - 1, 'place')} more)" if len(lines) > 1 else ""
        yield Line(f"      {lines[0]}: {shortened(use)}{also}", "yellow")
        for why in dict.fromkeys(misfit.why for misfit in same):
            yield Line(f"        {why}")
    if len(by_use) > MOST_MISFITS:
        rest = [shortened(use) for use in by_use][MOST_MISFITS:]
        yield Line(f"      and {counted(len(rest), 'other use')}: {limited(rest, 3)}")


def difference_lines(differences: Sequence[MemberDifference]) -> Iterator[Line]:
    """In which members classes differ, and what each has there."""
    for difference in differences[:MOST_DIFFERENCES]:
        yield Line(f"  {difference.member} differs:")
        for qualified, value in difference.values:
            yield Line(f"    {qualified.module}: {shortened(value) if value else '(nothing)'}")
    if len(differences) > MOST_DIFFERENCES:
        names = [difference.member for difference in differences[MOST_DIFFERENCES:]]
        yield Line(f"  and in {', '.join(names)}")


def shortened(code: str) -> str:
    """Code on one line, cut where it gets long."""
    line = " ".join(code.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
