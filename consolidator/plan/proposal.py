"""A proposal: what could be done about a finding, why, and whether that is sure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from consolidator.errors import Location
from consolidator.finders.findings import Definer, Fit, Site
from consolidator.names import ModuleName
from consolidator.plan.choice import HomeChoice
from consolidator.plan.ground import counted
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    RewriteEntry,
    SweepEntry,
)

MOST_SHOWN = 5
"""Places or reasons that a comment lists; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be done about one finding: the best way first."""

    title: str
    evidence: tuple[str, ...]
    """What was found, a line each, with places."""
    choices: tuple[Entry, ...]
    """Each with the evidence that speaks for it."""
    doubt: str = ""
    """Why a person has to decide; the first choice is carried out if there is nothing here."""

    @property
    def is_automatic(self) -> bool:
        return bool(self.choices) and not self.doubt

    def with_choices(self, choices: tuple[Entry, ...]) -> Proposal:
        """The same with other choices."""
        return replace(self, choices=choices)

    def undecided(self, doubt: str) -> Proposal:
        """The same, left to a person."""
        return replace(self, doubt=doubt)


def with_id(entry: Entry) -> Entry:
    """The entry with an id that depends on what it does, and on nothing else."""
    said = entry.model_dump(exclude={"id", "fingerprint"})
    digest = hashlib.sha256(json.dumps([entry.kind, said]).encode()).hexdigest()
    return entry.model_copy(update={"id": f"{entry.kind}-{_subject(entry)}-{digest[:6]}"})


def _subject(entry: Entry) -> str:
    match entry:
        case MoveEntry():
            return entry.names[0].rpartition(":")[2]
        case RewriteEntry():
            return entry.names[0] if len(entry.names) == 1 else ModuleName(entry.source).tail
        case MergeEntry() | DeleteEntry() | SweepEntry():
            return entry.name
        case _:
            return ""


# -- evidence in words -----------------------------------------------------------------------


def span(definer: Definer) -> str:
    """`path:12-34`."""
    return f"{definer.path}:{definer.first_line}-{definer.last_line}"


def listed(lines: Iterable[str]) -> tuple[str, ...]:
    """The first few lines, and how many more there are."""
    every = list(lines)
    if len(every) <= MOST_SHOWN + 1:
        return tuple(every)
    indent = " " * (len(every[0]) - len(every[0].lstrip()))
    return (*every[:MOST_SHOWN], f"{indent}and {len(every) - MOST_SHOWN} more")


def sites_said(sites: Iterable[Site]) -> tuple[str, ...]:
    """The places of imports, a line each."""
    by_place: dict[Location, list[Site]] = {}
    for site in sites:
        by_place.setdefault(site.location, []).append(site)
    return listed(f"  {_site(place, found)}" for place, found in by_place.items())


def _site(location: Location, sites: list[Site]) -> str:
    remarks = [
        text
        for text, holds in (
            ("in a function", all(site.is_deferred for site in sites)),
            ("for types only", all(site.is_typing_only for site in sites)),
            ("guarded", all(site.is_guarded for site in sites)),
            ("unused", not any(site.is_used for site in sites)),
        )
        if holds
    ]
    return f"{location}" + (f" ({', '.join(remarks)})" if remarks else "")


def fit_said(fit: Fit) -> tuple[str, ...]:
    """How the users of a class fit a definition, with every contradiction."""
    if fit.verdict == "contradicts":
        misfits = [f"  {m.location} {m.use}: {m.why}" for m in fit.misfits]
        return ("its importers ask of it what it does not offer:", *misfits)
    if fit.verdict == "fits":
        return (f"what its importers do with it fits ({counted(fit.checked, 'use')} checked)",)
    return (f"whether it fits its importers cannot be told: {fit.unknown or 'no use to judge'}",)


def choice_said(choice: HomeChoice) -> tuple[str, ...]:
    """Why the best home is the best, what came next, and what was ruled out."""
    lines: list[str] = []
    reasons = choice.best.evidence if choice.best is not None else ()
    if len(choice.ranked) == 1:
        reasons = reasons or ("the only place left",)
    if choice.best is not None and reasons:
        lines.append(f"home {choice.best.module}: {'; '.join(reasons)}")
    if choice.margin:
        lines.append(choice.margin)
    lines += listed(f"not {gone.module}: {gone.excluded}" for gone in choice.excluded)
    return tuple(lines)
