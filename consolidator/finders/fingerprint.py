"""What makes a finding the same finding tomorrow: its kind, its name and the set of its places.

Places are modules (of a definition: `module:Class`), not lines, so code that moves within a file
changes nothing. A third copy of a known duplicate, or another module that asks for a name that is
not there, makes another finding.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from consolidator.finders.findings import (
    BrokenImport,
    Concern,
    Duplicate,
    ExpiredLeaveBehind,
    Misplaced,
    MissingModule,
    SecondDefinition,
    ThroughLeaveBehind,
)
from consolidator.finders.places import named_places

KINDS: dict[type[Concern], str] = {
    BrokenImport: "broken-import",
    MissingModule: "missing-module",
    Duplicate: "duplicate",
    Misplaced: "misplaced",
    ExpiredLeaveBehind: "unused-leave-behind",
    SecondDefinition: "second-definition",
    ThroughLeaveBehind: "through-leave-behind",
}
"""The stable name of each kind, in the order in which they are reported."""


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """By what a finding is known from one run to the next."""

    kind: str
    """One of `KINDS`."""
    name: str
    places: tuple[str, ...]
    """Sorted, each once."""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that stand for all of it."""
        content = json.dumps([self.kind, self.name, self.places])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def identify(finding: Concern) -> Identity:
    """The identity of a finding."""
    names = {name for name, _ in named_places(finding)}
    return Identity(KINDS[type(finding)], name_of(finding), tuple(sorted(names)))


def fingerprint(finding: Concern) -> str:
    """The fingerprint of a finding's identity."""
    return identify(finding).fingerprint


def name_of(finding: Concern) -> str:
    """What a finding is about: a name, a module, or both with a dot."""
    match finding:
        case BrokenImport():
            return str(finding.asked)
        case MissingModule():
            return str(finding.module)
        case Duplicate() | SecondDefinition():
            return finding.name
        case Misplaced():
            return str(finding.definer.qualified)
        case ExpiredLeaveBehind() | ThroughLeaveBehind():
            return str(finding.qualified)
