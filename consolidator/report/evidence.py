"""The evidence of findings as lines: who imports, what would fit, in what copies differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consolidator.finders.findings import Candidate, Duplicate, Fit, MemberDifference, Misfit, Site
from consolidator.report.lines import Line, counted, limited, span

MOST_SITES = 3
MOST_CANDIDATES = 5
MOST_MISFITS = 4
MOST_COPIES = 6
MOST_MEMBERS = 6
MOST_SHOWN = 2
WIDTH = 72
"""How many characters of somebody's code are shown."""


def site_lines(sites: Sequence[Site]) -> Iterator[Line]:
    """How many imports in how many files, and the first few; a statement counts once."""
    statements = list({str(site.location): site for site in sites}.values())
    files = {site.location.path for site in statements}
    yield Line(f"  {counted(len(statements), 'import')} in {counted(len(files), 'file')}:")
    for site in statements[:MOST_SITES]:
        remarks = ", ".join(_remarks(site))
        yield Line(f"    {site.location}{f' ({remarks})' if remarks else ''}", "blue")
    if len(statements) > MOST_SITES:
        yield Line(f"    and {len(statements) - MOST_SITES:,} more")


def _remarks(site: Site) -> Iterator[str]:
    if site.is_deferred:
        yield "in a function"
    if site.is_typing_only:
        yield "for type checkers"
    if site.is_guarded:
        yield "failure is caught"
    if not site.is_used:
        yield "unused"


def candidate_lines(name: str, candidates: Sequence[Candidate]) -> Iterator[Line]:
    """Where a name is defined, and how each class fits those who ask for it."""
    classes = [each for each in candidates if each.definer.kind == "class"]
    others = [each.definer for each in candidates if each.definer.kind != "class"]
    if classes:
        where = "once" if len(classes) == 1 else f"in {len(classes)} places"
        yield Line(f"  {name} is defined {where}:")
    for candidate in classes[:MOST_CANDIDATES]:
        yield Line(f"    {span(candidate.definer)}{_verdict(candidate.fit)}", "blue")
        yield from _misfits(candidate.fit.misfits)
    if len(classes) > MOST_CANDIDATES:
        yield Line(f"    and {len(classes) - MOST_CANDIDATES} more")
    if others:
        kinds = " or ".join(sorted({definer.kind for definer in others}))
        where = limited([span(definer) for definer in others], MOST_SITES)
        yield Line(f"  {name} is defined as a {kinds}: {where}")


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


def copy_lines(duplicate: Duplicate) -> Iterator[Line]:
    """Where the copies stand, the first few."""
    most = MOST_SITES if duplicate.relation == "conflict" else MOST_COPIES
    for copy in duplicate.copies[:most]:
        alias = f"  {copy.qualified.name}" if copy.qualified.name != duplicate.name else ""
        yield Line(f"  {span(copy)}{alias}", "blue")
    if len(duplicate.copies) > most:
        yield Line(f"  and {len(duplicate.copies) - most} more")


def difference_lines(duplicate: Duplicate) -> Iterator[Line]:
    """In which members copies differ: who lacks them, or what two classes have there."""
    differences = duplicate.differences
    lacking = [each for each in differences if _is_lacked(each)]
    others = [each for each in differences if not _is_lacked(each)]
    for modules, members in _only_in(lacking).items():
        have = "has" if len(modules) == 1 else "have"
        yield Line(f"  only {limited(modules, 2)} {have}: {limited(members, MOST_MEMBERS)}")
    if others:
        names = [each.member for each in others]
        yield Line(f"  they differ in: {limited(names, MOST_MEMBERS)}")
    if len(duplicate.copies) == 2:
        # What is cut off, or stands further down, may be all that differs.
        for difference in [each for each in others if len(_held(each)) > 1][:MOST_SHOWN]:
            for qualified, value in difference.values:
                has = shortened(value) if value else "(nothing)"
                yield Line(f"    {difference.member} in {qualified.module}: {has}")


def _is_lacked(difference: MemberDifference) -> bool:
    """Whether some have it, all the same, and others do not."""
    return len(_held(difference)) == 1 and not all(value for _, value in difference.values)


def _held(difference: MemberDifference) -> set[str]:
    """The different things that classes have there."""
    return {value for _, value in difference.values if value}


def _only_in(lacking: Sequence[MemberDifference]) -> dict[tuple[str, ...], list[str]]:
    """The members that some classes have and others lack, by the modules of those who have them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for difference in lacking:
        holders = tuple(str(qualified.module) for qualified, value in difference.values if value)
        found.setdefault(holders, []).append(difference.member)
    return found


def shortened(code: str) -> str:
    """Code on one line, cut where it gets long."""
    line = " ".join(code.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
