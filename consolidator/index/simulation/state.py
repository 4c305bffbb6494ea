"""What the simulated interpreter holds: modules, values, and a trail to take changes back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from consolidator.index.events.codes import LAZY, SELECT, Event
from consolidator.names import ModuleName

ModuleKind = Literal["module", "package", "namespace", "opaque", "unparsable", "absent"]
FailureKind = Literal[
    "missing name",
    "missing module",
    "unbound name",
    "missing attribute",
    "sealed class",
    "syntax error",
    "raise",
]


@dataclass(frozen=True, slots=True)
class SimulatedModule:
    """One first-party module as the simulation needs it.

    "opaque" exists but cannot be read (a compiled extension) and offers every name; "absent" is
    known not to exist; "unparsable" raises SyntaxError when imported.
    """

    kind: ModuleKind
    events: tuple[Event, ...] = ()


class ModuleSource(Protocol):
    """Where the simulation asks for modules."""

    def find(self, name: str) -> SimulatedModule | None:
        """The module, None when it is not first-party: then it offers every name."""

    def inside(self, package: str) -> Collection[str]:
        """The modules directly in a package."""


class Step(NamedTuple):
    """One link of the chain that led to a failure: `module`, at `line`, imports or calls `what`."""

    module: ModuleName
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A name or module that is missing when it is needed.

    `module` and `line` say where it is needed, `source` from which module or package it was to
    come, `chain` how the import got there. It is not `certain` when a branch may not run.
    """

    module: ModuleName
    line: int
    kind: FailureKind
    name: str
    source: str
    chain: tuple[Step, ...]
    certain: bool

    @property
    def key(self) -> FailureKey:
        """What stays the same when lines move: compare two trees by this."""
        return (self.module, self.kind, self.source, self.name)


FailureKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A failure that an `except` clause (in `module`, at `line`) catches without a word."""

    failure: Failure
    module: ModuleName
    line: int


class Raised(Exception):
    """A failure on its way to a handler, as an exception of the class named `exception`."""

    def __init__(self, failure: Failure, exception: str) -> None:
        super().__init__(failure)
        self.failure = failure
        self.exception = exception


class Opaque:
    """A value of which nothing needs to be known: every attribute is there."""

    __slots__ = ()


ANY = Opaque()
REPLACED = Opaque()
"""Stands under the name `*` of a module whose place in `sys.modules` something else takes."""

WRAPPED = "<wrapped>"
"""Stands among the names of a class that passed through a function: `C = wrap(C)`."""


class Branch(NamedTuple):
    """One side of an `if` in a module's body whose test is not known, by what it is counted as.

    Lines move when a file changes; that it is the third `if` of the module stays.
    """

    module: ModuleName
    choice: int
    side: int


class ModuleState:
    """A first-party module object in `sys.modules`, possibly still running its body."""

    __slots__ = ("choices", "epoch", "kind", "name", "names")

    def __init__(self, name: ModuleName, kind: ModuleKind, epoch: int) -> None:
        self.name = name
        self.kind = kind
        self.epoch = epoch
        self.names: dict[str, Value] = {}
        self.choices = 0  # how many of its own branches it came by

    @property
    def has_path(self) -> bool:
        """Whether submodules can be looked for."""
        return self.kind in ("package", "namespace") or "__path__" in self.names

    @property
    def is_open(self) -> bool:
        """Whether it binds names that cannot be read from its text."""
        return "*" in self.names


class Frame:
    """A namespace in which events run: a module's, a class body's or a function call's."""

    __slots__ = (
        "arguments",
        "epoch",
        "function",
        "handling",
        "is_class",
        "module",
        "names",
        "outer",
        "result",
        "selected",
    )

    def __init__(
        self,
        module: ModuleState,
        names: dict[str, Value],
        epoch: int,
        outer: Frame | None = None,
        is_class: bool = False,
    ) -> None:
        self.module = module
        self.names = names
        self.epoch = epoch
        self.outer = outer
        self.is_class = is_class
        self.function: Function | None = None  # whose call this is
        self.arguments: dict[str, str] = {}  # what is known of its parameters
        self.handling: tuple[Raised, ...] = ()  # what the enclosing handlers caught, inmost last
        self.result: Value = ANY
        self.selected: str | None = None  # the attribute that `__getattr__` is asked for

    @property
    def visible_from_inside(self) -> Frame:
        """The frame that functions and classes defined here look names up in."""
        return self.outer if self.is_class and self.outer is not None else self


class Function:
    """A function of the project, made by a DEF event: calling it runs the event's body."""

    __slots__ = ("event", "frame")

    def __init__(self, event: Event, frame: Frame) -> None:
        self.event = event
        self.frame = frame

    @property
    def receiver(self) -> str | None:
        """The name of a method's first parameter, after an `@` in a class method."""
        found: str | None = self.event[6]
        return found

    @property
    def parameters(self) -> Sequence[Sequence[Any]]:
        """The parameters that tests ask about."""
        found: Sequence[Sequence[Any]] = self.event[7]
        return found


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project."""

    name: str
    names: dict[str, Value]
    bases: tuple[Value, ...]
    metaclass: Value
    hands_on: bool  # the arguments of its call to `__init__`, as far as its own head says
    found: dict[str, Value | None] = field(default_factory=dict)  # what was inherited so far

    @property
    def is_plain(self) -> bool:
        """Whether a call of it hands its arguments to `__init__` as they are."""
        own = self.hands_on and WRAPPED not in self.names
        return own and all(base.is_plain for base in self.bases if isinstance(base, Class))

    def member(self, name: str) -> Value | None:
        """An attribute, looked up through the bases that are known."""
        found = self.names.get(name)
        return found if found is not None else self.inherited(name)

    def line(self) -> Iterator[Class]:
        """This class and the ones that it inherits from, nearest first."""
        yield self
        for base in self.bases:
            if isinstance(base, Class):
                yield from base.line()

    def inherited(self, name: str) -> Value | None:
        """An attribute that a base class has."""
        if name not in self.found:
            classes = (base for base in self.bases if isinstance(base, Class))
            members = (base.member(name) for base in classes)
            self.found[name] = next((member for member in members if member is not None), None)
        return self.found[name]


@dataclass(eq=False, slots=True)
class Instance:
    """An instance of a class of the project."""

    of: Class


@dataclass(eq=False, slots=True)
class Method:
    """A function of a class, bound to what it is called on."""

    function: Function
    receiver: Class | Instance

    @property
    def owner(self) -> Class:
        """The class of the receiver."""
        return self.receiver.of if isinstance(self.receiver, Instance) else self.receiver


@dataclass(eq=False, slots=True)
class Super:
    """What `super()` returns in the method `within`, called on `receiver`."""

    receiver: Class | Instance
    within: Function


@dataclass(eq=False, slots=True)
class NameList:
    """A list of names such as `__all__`; not `complete` when some could not be read."""

    names: tuple[str, ...]
    complete: bool


Call = tuple[Function, Class | None, tuple[str, ...]]
"""A function, the class that it is called on, and what is known of its arguments."""

Value = Opaque | ModuleState | Function | Class | Instance | Method | Super | NameList


class Mark(NamedTuple):
    """A point to which the trail can take the state back."""

    trail: int
    epoch: int


@dataclass(slots=True)
class Trail:
    """Remembers what changed since a mark.

    What was made after the innermost mark needs no remembering: taking it back drops it whole.
    """

    entries: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    epoch: int = 0

    def mark(self) -> Mark:
        """Begin something that may be taken back."""
        self.epoch += 1
        self.marks.append(self.epoch)
        return Mark(len(self.entries), self.epoch)

    def commit(self, mark: Mark) -> None:
        """Keep what happened since the mark."""
        while self.marks.pop() != mark.epoch:
            pass

    def rollback(self, mark: Mark) -> None:
        """Take back what happened since the mark."""
        entries = self.entries
        while len(entries) > mark.trail:
            holder, key, old = entries.pop()
            if old is None:
                holder.pop(key, None)
            else:
                holder[key] = old
        self.commit(mark)

    def set(self, holder: dict[Any, Any], key: Any, value: Any, epoch: int = 0) -> None:
        """Set (or with None remove) an entry of a dictionary that was made in `epoch`."""
        if self.marks and epoch < self.marks[-1]:
            self.entries.append((holder, key, holder.get(key)))
        if value is None:
            holder.pop(key, None)
        else:
            holder[key] = value

    def changed(self, mark: Mark, holder: dict[Any, Any]) -> list[Any]:
        """The keys of a dictionary, older than the mark, that were set since."""
        if not holder:
            return []
        return [key for where, key, _ in self.entries[mark.trail :] if where is holder]


def lazy_names(module: ModuleState) -> frozenset[str]:
    """The names that a module has handed to what imports them when they are asked for."""
    asked = module.names.get("__getattr__")
    body = asked.event[3] if isinstance(asked, Function) else ()
    if body and body[0][0] == SELECT:
        body = body[0][3]
    if not body or body[0][0] != LAZY or body[0][5] is not None:
        return frozenset()
    return frozenset(name for name, _ in body[0][2])
