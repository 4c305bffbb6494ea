"""What the finders find, as plain values; each finding carries its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from consolidator.errors import Location
from consolidator.names import ModuleName, QualifiedName

Verdict = Literal["fits", "contradicts", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is not reported unless asked for."""

    name: str
    """Stable, as in the documentation: `test-class`, `orm-beside-schema`, `keep`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Definer:
    """A top-level definition: where it stands and what it is."""

    qualified: QualifiedName
    path: str
    first_line: int
    """1-based, decorators included."""
    last_line: int
    kind: Literal["class", "function", "constant"] = "class"

    @property
    def location(self) -> Location:
        return Location(self.path, self.first_line)


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that a user does with a class and that a definition does not offer."""

    location: Location
    use: str
    """The code of the user: `WebSocketAuthTester(auth_config)`."""
    why: str
    """`__init__ takes no argument but self`."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What the users of a class do with it, held against what one definition offers."""

    verdict: Verdict
    checked: int
    """How many uses could be judged."""
    misfits: tuple[Misfit, ...] = ()
    unknown: str = ""
    """Why it cannot be told, if it cannot."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A definition that could be what an import asks for, with how it fits the importers."""

    definer: Definer
    fit: Fit


@dataclass(frozen=True, slots=True)
class Site:
    """One place that imports a name."""

    location: Location
    importer: ModuleName
    bound: str
    """The name it is bound to there."""
    is_deferred: bool
    """Whether it runs only when a function is called."""
    is_typing_only: bool
    is_guarded: bool
    """Whether an `except ImportError` (or the like) catches its failure."""
    is_used: bool


Answer = Literal["defined once", "defined in several places", "another kind", "nowhere"]


@dataclass(frozen=True, slots=True)
class BrokenImport:
    """`from M import N` where M exists and does not bind N: a demand."""

    asked: QualifiedName
    sites: tuple[Site, ...]
    answer: Answer
    candidates: tuple[Candidate, ...] = ()
    """The classes (or, for `another kind`, functions and constants) of that name, best first."""
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True)
class MissingModule:
    """Imports from a first-party module that does not exist."""

    module: ModuleName
    names: tuple[str, ...]
    """What is taken from it; empty when only `import M` asks for it."""
    sites: tuple[Site, ...]
    namesake: ModuleName | None = None
    """The one module of the same last name that offers every name asked for."""
    namesakes: tuple[ModuleName, ...] = ()
    """Others that do, when there are several."""
    candidates: tuple[tuple[str, tuple[Candidate, ...]], ...] = ()
    """Where no namesake serves: who defines each name."""
    suppression: Suppression | None = None


Relation = Literal["identical", "same code", "superset", "union", "conflict", "renamed"]


@dataclass(frozen=True, slots=True)
class MemberDifference:
    """One member (or the header, the order, the environment) in which classes differ."""

    member: str
    """A member's name, or `bases`, `decorators`, `keywords`, `order`, `what X means`."""
    values: tuple[tuple[QualifiedName, str], ...]
    """For each class what it has there, in one line; empty where it has nothing."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Classes that are one class written several times, or pass for it.

    `identical`: the same bytes. `same code`: the same but for docstring, comments and formatting.
    `superset`: the first copy has all that the others have. `union`: together they would make one
    class without contradiction. `conflict`: they contradict each other. `renamed`: the same body
    under another name. For all but `conflict`, `union` and `superset` the copies are equal.

    The classes of one name make several findings when they are several things: one for each set
    of equal copies; one `superset` for each class that contains others; one `union` for each set
    that contradicts nowhere; and one `conflict` for what is left after that, if it is more than
    one. In the last three each set of equal copies is there once, by its first copy. What must
    not become one whatever it says is in suppressed findings, one for each reason.
    """

    name: str
    """For `renamed` that of the first copy."""
    relation: Relation
    copies: tuple[Definer, ...]
    """Outside of tests first, then by path; the class that contains the others before them."""
    differences: tuple[MemberDifference, ...] = ()
    is_schema: bool = False
    """Whether fields make up the class: dataclass, Enum, NamedTuple, TypedDict, pydantic, ORM."""
    suppression: Suppression | None = None
    state: str = ""
    """What each copy has for itself and one class would share: `known = []`, a registry of
    subclasses; empty if there is nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A definition that lives where its users would not look for it."""

    definer: Definer
    reason: Literal["asked for elsewhere", "in a test module", "in a script", "test code imported"]
    sites: tuple[Site, ...]
    """Who imports it from there, or asks for it elsewhere."""
    expected: tuple[ModuleName, ...] = ()
    """The modules it is asked from."""
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True)
class ExpiredLeaveBehind:
    """A leave-behind that nobody imports from any more."""

    qualified: QualifiedName
    target: ModuleName
    location: Location
    suppression: Suppression | None = None


Finding = BrokenImport | MissingModule | Duplicate | Misplaced | ExpiredLeaveBehind


@dataclass(frozen=True, slots=True)
class SecondDefinition:
    """A class that has a home and is defined again elsewhere; only a gate minds."""

    name: str
    home: ModuleName
    definer: Definer
    """The definition outside the home."""
    why: str
    """What says that the home is its home."""
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True)
class ThroughLeaveBehind:
    """Imports that still go through a leave-behind instead of the home; only a gate minds."""

    qualified: QualifiedName
    target: ModuleName
    location: Location
    """Of the leave-behind."""
    sites: tuple[Site, ...]
    suppression: Suppression | None = None


Concern = Finding | SecondDefinition | ThroughLeaveBehind
"""What a gate can mind: the findings of a scan, and relapses."""


def is_namesake(finding: Concern) -> bool:
    """Whether a finding is about classes that contradict each other: one name, several things."""
    return isinstance(finding, Duplicate) and finding.relation == "conflict"


@dataclass(frozen=True)
class Findings:
    """Everything that a scan found, in a stable order, suppressed findings apart."""

    found: tuple[Finding, ...]
    suppressed: tuple[Finding, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    """Files that could not be read, with the reason."""
    counts: tuple[tuple[str, int], ...] = field(default=())
    """What was looked at: files, classes, imports."""
