"""In which order imports stand: found out from those that are there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from consolidator.edits.import_names import Category

Key = tuple[Any, ...]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the order of an import statement may depend on; `source` as written, `..a.b`."""

    is_from: bool
    source: str
    category: Category


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to sort import statements."""

    by_category: bool
    kind: int
    """0: `import` before `from`; 1: `from` before `import`; 2: both among each other."""
    keep_case: bool
    closest_first: bool

    def key(self, item: Ordered) -> Key:
        """By which a statement is sorted."""
        category = item.category if self.by_category else 0
        kind = 0 if self.kind == 2 else int(item.is_from != (self.kind == 1))
        return (category, kind, *self._source_key(item.source))

    def _source_key(self, source: str) -> Key:
        rest = source.lstrip(".")
        dots = len(source) - len(rest)
        distance = (0 if self.closest_first else -dots) if dots else 0
        near = dots if dots and self.closest_first else 0
        return (bool(dots), distance, near, natural(rest if self.keep_case else rest.lower()))


CONVENTIONS = tuple(
    Convention(by_category, kind, keep_case, closest_first)
    for kind, keep_case, closest_first, by_category in itertools.product(
        (0, 2, 1), (False, True), (False, True), (False, True)
    )
)


def natural(text: str) -> Key:
    """A key that sorts `a2` before `a10`."""
    parts = re.split(r"(\d+)", text)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def convention(
    groups: Sequence[Sequence[Ordered]], target: Sequence[Ordered]
) -> Convention | None:
    """The convention that `target` keeps and most of `groups` do; None when it keeps none."""
    best: Convention | None = None
    score = -1
    for candidate in CONVENTIONS:
        if not is_sorted(target, candidate.key):
            continue
        count = sum(len(group) > 1 and is_sorted(group, candidate.key) for group in groups)
        if count > score:
            best, score = candidate, count
    return best


def is_sorted(items: Sequence[_T], key: Callable[[_T], Key]) -> bool:
    """Whether no item stands after one that should follow it."""
    keys = [key(item) for item in items]
    return all(right >= left for left, right in itertools.pairwise(keys))


def position(items: Sequence[_T], new: _T, key: Callable[[_T], Key]) -> int:
    """Where `new` belongs among sorted items."""
    return sum(key(new) >= key(item) for item in items)


def _by_type(name: str) -> Key:
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, natural(name.lower()), name)


def _by_code_point(name: str) -> Key:
    return (name,)


def _ignoring_case(name: str) -> Key:
    return (natural(name.lower()),)


_NAME_KEYS = (_by_type, _ignoring_case, _by_code_point)


def name_position(names: Sequence[str], new: str, others: Sequence[Sequence[str]]) -> int:
    """Where a new name belongs in a list: its sorted place, or the end of an unsorted one.

    `others` are the lists of the file's other statements; they decide between several orders
    that `names` would agree with.
    """
    fitting = [key for key in _NAME_KEYS if is_sorted(names, key)]
    if not fitting:
        return len(names)
    best = max(fitting, key=lambda key: sum(len(o) > 1 and is_sorted(o, key) for o in others))
    return position(names, new, best)
