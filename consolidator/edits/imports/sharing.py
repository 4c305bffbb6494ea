"""Which names of one module share a statement: found out from the statements that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consolidator.edits.imports.habits import Habits

Names = tuple[str, ...]
"""The names of one statement as they are spelled: `C`, `C as K`."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Whether several names of one module stand in one statement."""

    names: bool = True
    """False: `from m import a` and `from m import b`, each on its own."""
    aliases: bool = False
    """Whether `a` and `b as c` share a statement."""

    def allows(self, names: Sequence[str], new: str) -> bool:
        """Whether a name may join a statement that brings in others."""
        if not self.names:
            return False
        aliased = list(map(_is_aliased, names))
        mixed = len(names) > 1 and any(aliased)
        return self.aliases or mixed or not (_is_aliased(new) or any(aliased))


def sharing_of(statements: Iterable[tuple[object, Names]], habits: Habits) -> Sharing:
    """What a file does; each statement is given with its block and module, as one key."""
    listed = [(key, names) for key, names in statements if names != ("*",)]
    single = [key for key, names in listed if len(names) == 1 and not _is_aliased(names[0])]
    apart = sum(count for count in Counter(single).values() if count > 1)
    several = sum(len(names) > 1 for _, names in listed)
    mixed = any(len(names) > 1 and any(map(_is_aliased, names)) for _, names in listed)
    aliases = mixed if habits.shares_aliases is None else habits.shares_aliases
    names = habits.shares_names
    if names is None:
        names = several >= apart if several or apart else habits.shares_names_elsewhere
    return Sharing(names, aliases)


def _is_aliased(spelled: str) -> bool:
    return len(spelled.split()) > 1
