"""What can go wrong, as values: a bad command, a refusal, and the problems that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["refusal", "warning", "note"]

CODES: dict[str, str] = {}
"""Every problem code with one sentence on what it means; `docs/codes.md` lists the same."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file of the project: path relative to the root, 1-based line, the line's text."""

    path: str
    line: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person should know: a stable code, a place, the reason and the remedy."""

    code: str
    message: str
    location: Location | None = None
    remedy: str = ""
    severity: Severity = "refusal"

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"problem code {self.code!r} is not listed in errors.CODES")


class UsageError(Exception):
    """The command itself is wrong (an unknown class, a malformed option): exit code 2."""


class Refusal(Exception):
    """The command is fine but cannot be done safely: exit code 3, the tree untouched."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("; ".join(f"{p.code}: {p.message}" for p in self.problems))
