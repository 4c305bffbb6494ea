"""What goes on to use in the source what leaves it, and how soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from consolidator.edits.closure import Closure
from consolidator.edits.moved_text import outermost_function
from consolidator.edits.rebound import is_used_at_the_end
from consolidator.edits.signature_readers import is_read_by_a_decorator
from consolidator.edits.survey import Survey
from consolidator.index.definitions import is_for_type_checker
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse


@dataclass(frozen=True)
class StayingUses:
    """The uses of the names of a closure in the statements of the source that stay."""

    survey: Survey
    closure: Closure

    @property
    def source(self) -> Module:
        """Where they stand."""
        return self.closure.source

    def __iter__(self) -> Iterator[NameUse]:
        inside = set(self.closure.statements)
        for name in self.closure.names:
            for use in self.source.readers.get(name, []):
                if use.statement not in inside:
                    yield use

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that what stays uses."""
        return frozenset(use.name for use in self)

    @cached_property
    def typing_only(self) -> frozenset[str]:
        """Names that nothing but `if TYPE_CHECKING:` binds: a running program never has them."""
        return frozenset(
            name for name in self.closure.names if is_for_type_checker(self.source, name)
        )

    @cached_property
    def at_once(self) -> frozenset[str]:
        """Names that are needed while the source is imported, in a lambda or in a `__del__`."""
        return frozenset(
            use.name for use in self if use.name not in self.typing_only and self.is_at_once(use)
        )

    def is_at_once(self, use: NameUse) -> bool:
        """Whether nothing could import the name when it is needed."""
        anywhere = outermost_function(use) is None and not use.annotation
        late = not (anywhere or is_used_at_the_end(use))
        return not (use.deferred and late) or self._is_looked_up(use) or self._is_read(use)

    @cached_property
    def has_read_signatures(self) -> bool:
        """Whether a decorator may read a name when it gets the function, postponed or not."""
        return any(map(self._is_read, self))

    def _is_read(self, use: NameUse) -> bool:
        return is_read_by_a_decorator(self.survey.index, self.source, use)

    def _is_looked_up(self, use: NameUse) -> bool:
        """Whether a model that stays has the moved class for a field, and finds it in the module.

        One that names something which only the type checker imports looks for nothing.
        """
        if not use.is_field or use.statement not in self.survey.evaluated:
            return False
        fields = [each for each in self.source.uses_in(use.statement) if each.is_field]
        named = [item for each in fields for item in self.source.imports_by_name.get(each.name, [])]
        return not any(item.is_typing_only for item in named)
