"""A definition with all that it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from consolidator.names import ModuleName

Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something that a user does is offered; None when that cannot be told."""

    holds: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """A base about which nothing is known; whatever is looked up may come from it."""

    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One class of the project in the order of resolution."""

    module: ModuleName
    name: str
    fact: Fact
    set_later: tuple[str, ...] = ()
    """Attributes that its module sets on it afterwards; `*` stands for any."""
    maker: Literal["", "dataclass", "attrs"] = ""
    """Where a decorator writes the constructor."""
    options: Fact | None = None
    """What that decorator was given."""
    gap: str = ""
    """Why the class may have attributes that its statement does not show."""
    is_remade: bool = False
    """Whether a decorator may have made another class, or anything, of it."""


Ancestor = Entry | type | Unseen
Lineage = tuple[Ancestor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A class with what it inherits, a function, or something that nothing is known about."""

    kind: Literal["class", "function", "value", "unknown"]
    module: ModuleName
    name: str
    lineage: Lineage = ()
    """The class and its bases in the order in which attributes are looked up."""
    metaclass: Lineage = ()
    """The metaclass and its bases, unless it is `type`, `ABCMeta` or that of enums."""
    defs: tuple[Fact, ...] = ()
    """For a function: its `def`s."""
    why_unknown: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The classes of the project in the lineage."""
        return tuple(item for item in self.lineage if isinstance(item, Entry))

    @property
    def gap(self) -> str:
        """Why it may offer more than is seen; empty when all is seen."""
        if self.kind != "class":
            return self.why_unknown
        whys = (item.why if isinstance(item, Unseen) else item.gap for item in self.lineage
                if not isinstance(item, type))  # fmt: skip
        return next(filter(None, whys), "") or self.metaclass_gap

    @property
    def metaclass_gap(self) -> str:
        """Why its metaclass may change what a class statement says; empty when it cannot."""
        for item in self.metaclass:
            if isinstance(item, Unseen):
                return item.why
            if isinstance(item, Entry) and _META_HOOKS & item.fact["methods"].keys():
                return f"its metaclass {item.name} may change it"
        return ""

    def inherits(self, foreign: type) -> bool:
        """Whether a class from outside the project is among the bases."""
        return any(isinstance(i, type) and issubclass(i, foreign) for i in self.lineage)


_META_HOOKS = frozenset(
    {"__new__", "__init__", "__prepare__", "__getattr__", "__getattribute__", "__call__"}
)
