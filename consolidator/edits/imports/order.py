"""In which order imports stand: found out from those that are there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from consolidator.edits.imports.names import Category

Key = tuple[Any, ...]
NameKey = Callable[[str], Key]
_T = TypeVar("_T")


def natural(text: str) -> Key:
    """A key that sorts `a2` before `a10`."""
    if not any(map(str.isdecimal, text)):
        return ((-1, text),)
    parts = re.split(r"(\d+)", text)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _by_type(spelled: str) -> Key:
    """As isort sorts when nobody says otherwise: constants, classes, and the others."""
    name, _, alias = spelled.partition(" ")
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    kind = -1 if name == "*" else kind  # what it brings in must not hide the others
    return (kind, natural(name.lower()), name, alias)


def _by_code_point(spelled: str) -> Key:
    return tuple(spelled.split())


def ignoring_case(spelled: str) -> Key:
    name, _, alias = spelled.partition(" ")
    return (natural(name.lower()), alias)


_NAME_KEYS: tuple[NameKey, ...] = (_by_type, ignoring_case, _by_code_point)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the order of an import statement may depend on; `source` as written, `..a.b`."""

    is_from: bool
    source: str
    category: Category
    member: str = ""
    """The first name of a from-import, the alias of a plain one: they decide between equals."""

    @property
    def top(self) -> str:
        """The top-level package; one dot for every relative import."""
        return "." if self.source.startswith(".") else self.source.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to sort import statements."""

    mixed_kinds: bool = False
    """`import x` and `from x import` among each other."""
    from_first: bool = False
    keep_case: bool = False
    closest_first: bool = False
    """`.a` before `..a`."""
    by_category: bool = False
    by_name: NameKey = _by_type
    """Between statements of one module: `from m import a` and `from m import b`."""

    def key(self, item: Ordered) -> Key:
        """By which a statement is sorted."""
        future = item.category is Category.FUTURE  # nothing may stand above it
        category = item.category if self.by_category or future else Category.STDLIB
        kind = 0 if self.mixed_kinds else int(item.is_from != self.from_first)
        return (category, kind, *self._source_key(item.source), item.is_from)

    def _source_key(self, source: str) -> Key:
        rest = source.lstrip(".")
        dots = len(source) - len(rest)
        distance = dots if self.closest_first else -dots
        return (bool(dots), distance, natural(rest if self.keep_case else rest.lower()))


_KINDS = ((False, False), (True, False), (False, True))
CONVENTIONS = tuple(
    Convention(mixed_kinds, from_first, keep_case, closest_first, by_category)
    for (mixed_kinds, from_first), keep_case, closest_first, by_category in itertools.product(
        _KINDS, (False, True), (False, True), (False, True)
    )
)


def by_member(order: Convention) -> Callable[[Ordered], Key]:
    """The key of a convention, with the names deciding between statements of one module."""
    return lambda item: (*order.key(item), order.by_name(item.member))


def convention(
    groups: Sequence[Sequence[Ordered]],
    target: Sequence[Ordered],
    usual: Convention = Convention(),
) -> Convention | None:
    """The convention that `target` keeps, and the other groups too as far as can be.

    None when `target` keeps none. `usual` decides where nothing in the file does.
    """
    best: Convention | None = None
    least = (0, 0, 0)
    for candidate in CONVENTIONS:
        wrong = descents(target, candidate.key)
        if wrong > _slips(target):
            continue
        everywhere = sum(descents(group, candidate.key) for group in groups)
        rank = (wrong, everywhere, int(candidate.mixed_kinds != usual.mixed_kinds))
        if best is None or rank < least:
            best, least = candidate, rank
    return None if best is None else _with_names(best, groups, usual)


def _with_names(
    order: Convention, groups: Sequence[Sequence[Ordered]], usual: Convention
) -> Convention:
    """The convention with the order of names that the groups keep best."""
    candidates = [replace(order, by_name=key) for key in (usual.by_name, *_NAME_KEYS)]
    return min(candidates, key=lambda each: sum(descents(g, by_member(each)) for g in groups))


def convention_of(groups: Sequence[Sequence[Ordered]], usual: Convention) -> Convention:
    """What another file may take over from these groups; `usual` where they keep nothing."""
    found = convention(groups, [], usual)
    wrong = sum(descents(group, found.key) for group in groups) if found else 0
    return found if found and wrong <= _slips([*itertools.chain(*groups)]) else usual


def is_kept(items: Sequence[Ordered]) -> bool:
    """Whether statements are sorted by any convention."""
    return any(descents(items, order.key) <= _slips(items) for order in CONVENTIONS)


def _slips(items: Sequence[object]) -> int:
    """How many items may have slipped through without a list being called unsorted."""
    return len(items) // 8


def descents(items: Sequence[_T], key: Callable[[_T], Key]) -> int:
    """How many neighbours stand in the wrong order."""
    return sum(right < left for left, right in itertools.pairwise(map(key, items)))


def position(items: Sequence[_T], new: _T, key: Callable[[_T], Key]) -> int:
    """Where `new` belongs: with as few items as can be on the wrong side of it."""
    wanted = key(new)
    later = [key(item) > wanted for item in items]
    wrong = [sum(later[:place]) + later[place:].count(False) for place in range(len(items) + 1)]
    best = min(wrong)
    return max(place for place, count in enumerate(wrong) if count == best)


def name_position(names: Sequence[str], new: str, others: Sequence[Sequence[str]]) -> int:
    """Where a new name belongs in a list: its sorted place, or the end of an unsorted one.

    `others` are the lists of the file's other statements; they decide between several orders
    that `names` would agree with.
    """
    key = name_order(names, others, _slips(names))
    return len(names) if key is None else position(names, new, key)


def name_order(
    names: Sequence[str], others: Sequence[Sequence[str]], slips: int = 0
) -> NameKey | None:
    """How a list of names is sorted but for some `slips`, the `others` deciding in doubt."""
    fitting = [key for key in _NAME_KEYS if descents(names, key) <= slips]
    return min(
        fitting,
        key=lambda key: sum(descents(other, key) for other in [names, *others]),
        default=None,
    )
