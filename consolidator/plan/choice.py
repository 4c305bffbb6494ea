"""How sure a choice of home is: the criteria in their order, and what is too thin to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from consolidator.finders.roles import is_test_module
from consolidator.names import ModuleName

Criterion = Literal[
    "pinned",
    "asked for",
    "re-exported",
    "superset",
    "importers",
    "shared module",
    "depth",
    "cohesion",
]
CRITERIA: tuple[Criterion, ...] = (
    "pinned",
    "asked for",
    "re-exported",
    "superset",
    "importers",
    "shared module",
    "depth",
    "cohesion",
)
"""In the order in which they decide."""

_WEAK = frozenset({"depth", "cohesion"})
"""These rank, but never decide."""
_COUNTED = frozenset({"asked for", "importers"})
"""Numbers that must differ clearly; the others are yes or no."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a module does by one criterion, and the evidence."""

    criterion: Criterion
    value: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A module that could be the home."""

    module: ModuleName
    path: str
    scores: tuple[Score, ...] = ()
    excluded: str = ""
    """Why it cannot be, if it cannot."""

    def value(self, criterion: Criterion) -> int:
        return next((s.value for s in self.scores if s.criterion == criterion), 0)

    @property
    def rank(self) -> tuple[tuple[int, ...], ModuleName]:
        """Orders candidates, best first; the name only makes the order the same every time."""
        return tuple(-self.value(criterion) for criterion in CRITERIA), self.module

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(score.evidence for score in self.scores if score.evidence)


@dataclass(frozen=True, slots=True)
class HomeChoice:
    """The candidates for a home, best first, and how sure the choice is."""

    ranked: tuple[Candidacy, ...]
    excluded: tuple[Candidacy, ...] = ()
    doubt: str = ""
    """Why a person has to decide, if so."""
    margin: str = ""
    """What sets the best apart from the runner-up."""

    @property
    def best(self) -> Candidacy | None:
        return self.ranked[0] if self.ranked else None

    @property
    def runner_up(self) -> Candidacy | None:
        return self.ranked[1] if len(self.ranked) > 1 else None


def judged(ranked: tuple[Candidacy, ...], excluded: tuple[Candidacy, ...]) -> HomeChoice:
    """The choice among candidates, best first, with what is to be said of its margin."""
    doubt, margin = _doubt(ranked), _margin(ranked)
    return HomeChoice(ranked, excluded, doubt, margin)


def _doubt(ranked: tuple[Candidacy, ...]) -> str:
    if not ranked:
        return "no module passes as its home"
    best = ranked[0]
    if is_test_module(best.path) and not best.value("pinned"):
        return f"the best place, {best.module}, is a test module, from which nobody should import"
    if len(ranked) == 1 and not best.evidence:
        return f"nothing speaks for {best.module} but that all others are out of the question"
    for other in ranked[1:]:
        deciding = _deciding(best, other)
        if deciding is None or _is_weak(deciding, other):
            return f"nothing tells {best.module} and {other.module} apart"
        lead = _lead(deciding, best, other)
        if not _is_clear(deciding, best.value(deciding), other.value(deciding)):
            return f"{best.module} is ahead of {other.module} by little: {lead}"
        against = _opposing(deciding, best, other)
        if against:
            return f"{best.module} is ahead ({lead}), but {against}"
    return ""


def _deciding(best: Candidacy, other: Candidacy) -> Criterion | None:
    return next((c for c in CRITERIA if best.value(c) != other.value(c)), None)


def _is_weak(deciding: Criterion, other: Candidacy) -> bool:
    """Whether a criterion is too weak to decide; a module's name is, where others are imported."""
    in_use = deciding == "shared module" and other.value("importers") > 0
    return deciding in _WEAK or in_use


def _is_clear(criterion: Criterion, more: int, less: int) -> bool:
    """3 against 1 is clear, 3 against 2 is not; something against nothing always is."""
    return criterion not in _COUNTED or less == 0 or (more >= 2 * less and more - less >= 2)


def _opposing(deciding: Criterion, best: Candidacy, other: Candidacy) -> str:
    """Importers that speak for the other one, though a criterion above has decided.

    Those of a test module do not: nobody should import from there.
    """
    theirs, ours = other.value("importers"), best.value("importers")
    if deciding in {"pinned", "importers"} or theirs <= ours or is_test_module(other.path):
        return ""
    return f"more files import it from {other.module}: {theirs} against {ours}"


def _margin(ranked: tuple[Candidacy, ...]) -> str:
    if len(ranked) < 2:
        return ""
    best, other = ranked[:2]
    deciding = _deciding(best, other)
    return f"runner-up {other.module}: {_lead(deciding, best, other)}" if deciding else ""


def _lead(deciding: Criterion, best: Candidacy, other: Candidacy) -> str:
    if deciding in _COUNTED:
        return f"{deciding} {best.value(deciding)} against {other.value(deciding)}"
    return deciding
