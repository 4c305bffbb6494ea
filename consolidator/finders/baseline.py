"""The baseline of a gate: the findings that are known and put up with for now.

It knows each place of each finding, so a finding is new as soon as one of its places is: a third
copy of a known duplicate, or another module that asks for a name that is not there. Code that
moves within a file, and findings that lose places, are not news.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from consolidator.errors import Location, UsageError
from consolidator.finders.findings import Concern
from consolidator.finders.fingerprint import KINDS, Identity, identify
from consolidator.finders.places import named_places

VERSION = 1

Known = tuple[str, str, str]
"""Kind, name and one place."""


@dataclass(frozen=True)
class Baseline:
    """The known places of the known findings."""

    known: frozenset[Known] = frozenset()

    def __len__(self) -> int:
        return len(self.known)


@dataclass(frozen=True, slots=True)
class News:
    """A finding that is not in the baseline, or not with all of its places."""

    finding: Concern
    places: tuple[Location, ...]
    """The new ones."""
    is_known_elsewhere: bool
    """Whether the baseline has it with other places: a third copy of a known duplicate."""


@dataclass(frozen=True)
class Comparison:
    """Findings held against a baseline."""

    new: tuple[News, ...]
    known: tuple[Concern, ...]
    stale: tuple[Identity, ...]
    """What the baseline has and nothing finds any more, with the places that are gone."""


def baseline_of(findings: Iterable[Concern]) -> Baseline:
    """The baseline that knows exactly these findings."""
    return Baseline(frozenset(known for finding in findings for known in _known(finding)))


def compare(findings: Iterable[Concern], baseline: Baseline) -> Comparison:
    """Which findings are new, which are known, and what of the baseline is gone."""
    new: list[News] = []
    known: list[Concern] = []
    seen: set[Known] = set()
    for finding in findings:
        keys = _known(finding)
        seen |= keys
        if keys <= baseline.known:
            known.append(finding)
            continue
        fresh = {place for _, _, place in keys - baseline.known}
        places = [location for name, location in named_places(finding) if name in fresh]
        new.append(News(finding, tuple(places), bool(keys & baseline.known)))
    return Comparison(tuple(new), tuple(known), _identities(baseline.known - seen))


def updated(baseline: Baseline, findings: Iterable[Concern], allow_growth: bool) -> Baseline:
    """The baseline without what is gone; with what is new only when growth is allowed."""
    now = baseline_of(findings)
    return now if allow_growth else Baseline(baseline.known & now.known)


def dumped(baseline: Baseline) -> str:
    """The baseline as JSON: sorted, one finding a line, so that a diff of it can be read."""
    entries = [
        json.dumps({"kind": entry.kind, "name": entry.name, "places": list(entry.places)})
        for entry in _identities(baseline.known)
    ]
    listed = "".join(f"\n    {entry}," for entry in entries).rstrip(",")
    end = "\n  " if entries else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{listed}{end}]\n}}\n'


def loaded(text: str, name: str) -> Baseline:
    """The baseline in a file of that name; `UsageError` when it is none."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{name}: is no JSON: {error}") from None
    version = document.get("version") if isinstance(document, dict) else None
    if version != VERSION:
        raise UsageError(f"{name}: is no baseline of version {VERSION}")
    entries = document.get("findings")
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise UsageError(f"{name}: `findings` must list objects with `kind`, `name` and `places`")
    return Baseline(
        frozenset((e["kind"], e["name"], place) for e in entries for place in e["places"])
    )


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("kind"), str)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("places"), list)
        and all(isinstance(place, str) for place in entry["places"])
    )


def _known(finding: Concern) -> set[Known]:
    identity = identify(finding)
    return {(identity.kind, identity.name, place) for place in identity.places}


def _identities(known: Iterable[Known]) -> tuple[Identity, ...]:
    places: dict[tuple[str, str], list[str]] = {}
    for kind, name, place in sorted(known):
        places.setdefault((kind, name), []).append(place)
    ranks = {kind: rank for rank, kind in enumerate(KINDS.values())}
    entries = [Identity(kind, name, tuple(found)) for (kind, name), found in places.items()]
    return tuple(sorted(entries, key=lambda each: (ranks.get(each.kind, len(ranks)), each)))
