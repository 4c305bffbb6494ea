"""The closure: which definitions of the source travel with the ones that were asked for.

A helper that only travelling code uses travels. One that is shared with what stays travels when
it is needed as soon as the class statement runs, and otherwise stays where it is and is imported
where it is called; `Strategy.shared` says otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from consolidator.edits.state_read_at_once import misread
from consolidator.edits.strategy import Strategy
from consolidator.index.definitions import (
    Definition,
    definition,
    is_for_type_checker,
    is_import_block,
    is_own_logger,
    uses_of,
)
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse


@dataclass(frozen=True)
class Closure:
    """What travels, in source order, and why each helper does or does not."""

    source: Module
    roots: tuple[Definition, ...]
    helpers: tuple[Definition, ...]
    reasons: dict[str, str]
    """For each helper considered, travelling or not, the reason."""
    heavy: frozenset[str]
    """Shared public classes and functions, also by another name, that would have to travel
    although nobody asked."""

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Everything that travels, in the order of the source."""
        return tuple(sorted((*self.roots, *self.helpers), key=lambda d: d.statements))

    @cached_property
    def statements(self) -> tuple[int, ...]:
        """The indexes of the travelling statements, ascending."""
        return tuple(sorted({i for d in self.definitions for i in d.statements}))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that the travelling statements bind."""
        return frozenset().union(*(d.names for d in self.definitions))

    @cached_property
    def uses(self) -> dict[str, list[NameUse]]:
        """What the travelling statements use of the rest of the module, by name."""
        found: dict[str, list[NameUse]] = {}
        for use in uses_of(self.source, self.statements):
            if use.name not in self.names:
                found.setdefault(use.name, []).append(use)
        return found


def close(
    source: Module,
    roots: tuple[Definition, ...],
    strategy: Strategy,
    pinned: frozenset[str],
    taken: frozenset[str],
    evaluated: frozenset[int] = frozenset(),
) -> Closure:
    """What has to travel with the roots.

    `pinned` names must stay whatever happens, with all that the same statements bind; `taken` ones
    are used by other modules too.
    `evaluated` statements are classes whose field annotations something evaluates.
    """
    closure = _close(source, roots, strategy, pinned, taken, evaluated)
    kept = frozenset(_in_another_state(closure)) - pinned
    if not kept:
        return closure
    closure = close(source, roots, strategy, pinned | kept, taken, evaluated)
    return replace(closure, reasons={**closure.reasons, **dict.fromkeys(kept, _CHANGES)})


_CHANGES = "the module changes step by step what it holds, or what it is computed from"


def _in_another_state(closure: Closure) -> Iterator[str]:
    """Names of helpers without which nothing that travels reads an object too early or too late."""
    roots = frozenset().union(*(root.names for root in closure.roots))
    for item, name, _ in misread(closure.source, closure.definitions, {*closure.statements}):
        yield from (item.names if name not in closure.names else {name}) - roots


def _close(
    source: Module,
    roots: tuple[Definition, ...],
    strategy: Strategy,
    pinned: frozenset[str],
    taken: frozenset[str],
    evaluated: frozenset[int],
) -> Closure:
    finder = _Finder(source, roots, pinned, taken, evaluated)
    reachable = finder.reachable()
    reasons: dict[str, str] = {}
    forced: dict[str, Definition] = {}
    if strategy.shared == "travel":
        forced = {name: d for name, d in reachable.items() if not d.names & pinned}
        reasons = dict.fromkeys(forced, "everything that it needs travels (--helpers travel)")
    elif strategy.shared in {"stay", "all stay"}:
        forced = finder.needed_at_import()
        reasons = dict.fromkeys(forced, "it is needed as soon as the definition runs")
    exclusive = {} if strategy.shared == "all stay" else finder.exclusive(reachable, forced)
    for name in exclusive:
        reasons.setdefault(name, "only the moved code uses it")
    travelling = finder.connected({**exclusive, **forced})
    for name in reachable.keys() - travelling.keys():
        reasons[name] = _why_stays(reachable[name], pinned)
    heavy = frozenset(
        name
        for name, d in travelling.items()
        if name not in exclusive
        and not name.startswith("_")
        and (d.kind != "constant" or (name in taken and _is_alias(source, d)))
    )
    helpers = tuple(_distinct(travelling.values()))
    return Closure(source, roots, helpers, reasons, heavy)


def _is_alias(source: Module, item: Definition) -> bool:
    """`OptionError = errors.DistutilsOptionError`: to others it is a class like any other."""
    values = [getattr(source.body[number], "value", None) for number in item.statements]
    return all(isinstance(value, ast.Name | ast.Attribute) for value in values)


def _why_stays(item: Definition, pinned: frozenset[str]) -> str:
    if item.names & pinned:
        return "it is rebound at run time or belongs to its module, so it cannot travel"
    return "other code uses it too, or it was asked to stay"


def _distinct(definitions: Iterable[Definition]) -> Iterator[Definition]:
    seen: set[tuple[int, ...]] = set()
    for item in definitions:
        if item.statements not in seen:
            seen.add(item.statements)
            yield item


class _Finder:
    """Answers for one set of roots what they reach, and who else uses it."""

    def __init__(
        self,
        source: Module,
        roots: tuple[Definition, ...],
        pinned: frozenset[str],
        taken: frozenset[str],
        evaluated: frozenset[int],
    ) -> None:
        self.source = source
        self.roots = roots
        self.pinned = pinned
        self.taken = taken
        self.evaluated = evaluated
        self.root_names = frozenset().union(*(d.names for d in roots))
        self._definitions: dict[str, Definition | None] = {}

    def helper(self, name: str) -> Definition | None:
        """The definition of a name that could travel; None for imports, loggers and the rest."""
        if name in self.root_names or name.startswith("__"):
            return None
        if name not in self._definitions:
            found = definition(self.source, name)
            if found is not None and (self._is_no_helper(found) or self._is_tangled(found)):
                found = None
            self._definitions[name] = found
        return self._definitions[name]

    def _is_no_helper(self, found: Definition) -> bool:
        statements = [self.source.body[index] for index in found.statements]
        return any(is_own_logger(each) or is_import_block(each) for each in statements)

    def _is_tangled(self, found: Definition) -> bool:
        """Whether a definition binds again what an import brings, or what others define.

        from struct import unpack
        try: from fast import read
        except ImportError:
            def read(data): ...
            def unpack(form, data): ...
        """
        statements = [self.source.body[index] for index in found.statements]
        imports = [isinstance(each, ast.Import | ast.ImportFrom) for each in statements]
        elsewhere = any(
            binding.statement not in found.statements and not binding.via_global
            for name in found.names
            for binding in self.source.bindings(name)
        )
        return elsewhere or (any(imports) and not all(imports))

    def needs(self, item: Definition, eager_only: bool = False) -> Iterator[Definition]:
        for use in uses_of(self.source, item.statements):
            if eager_only and use.deferred and not self._is_evaluated(use):
                continue
            found = self.helper(use.name)
            if found is not None and found.statements != item.statements:
                yield found

    def _is_evaluated(self, use: NameUse) -> bool:
        """Whether something evaluates the annotation in the name space of the class's module."""
        return use.is_field and use.statement in self.evaluated

    def _follow(self, start: Iterable[Definition], eager_only: bool) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        queue = list(start)
        while queue:
            item = queue.pop()
            # A helper that is called (or used as a decorator) at import time runs its body then.
            whole = not eager_only or (item.kind == "function" and item not in self.roots)
            for helper in self.needs(item, not whole):
                if helper.name not in found:
                    found[helper.name] = helper
                    queue.append(helper)
        return found

    def reachable(self) -> dict[str, Definition]:
        """Every definition that the roots need, directly or not."""
        return self._follow(self.roots, eager_only=False)

    def needed_at_import(self) -> dict[str, Definition]:
        """What the roots need at once, and what that needs at once.

        What is called at once is needed with all that its body needs.
        """
        found = self._follow(self.roots, eager_only=True)
        stay = self.pinned | self._rebound
        return {
            name: d
            for name, d in found.items()
            if not d.names & stay and not is_for_type_checker(self.source, name)
        }

    @cached_property
    def _rebound(self) -> frozenset[str]:
        """Names that some function rebinds through `global`."""
        return frozenset(
            name
            for name, bindings in self.source.scope.bindings.items()
            if any(binding.via_global for binding in bindings)
        )

    def _rebinds_outside(self, item: Definition, inside: set[int]) -> bool:
        """Whether it rebinds, or is rebound by, something that is not inside."""
        for name in self._rebound:
            statements = {binding.statement for binding in self.source.bindings(name)}
            touched = statements & set(item.statements)
            if touched and not statements <= inside:
                return True
        return False

    def exclusive(
        self, reachable: dict[str, Definition], forced: dict[str, Definition]
    ) -> dict[str, Definition]:
        """The largest set of helpers that nothing outside it, the roots and `forced` uses."""
        kept = {name: d for name, d in reachable.items() if not d.names & self.pinned}
        shrinking = True
        while shrinking:
            inside = {
                i for d in (*self.roots, *kept.values(), *forced.values()) for i in d.statements
            }
            outside = [name for name, d in kept.items() if self._used_outside(d, inside)]
            for name in outside:
                del kept[name]
            shrinking = bool(outside)
        return kept

    def _used_outside(self, item: Definition, inside: set[int]) -> bool:
        if self._rebinds_outside(item, inside):
            return True
        if any(name in self.taken and not name.startswith("_") for name in item.names):
            return True
        return any(
            use.statement not in inside
            for name in item.names
            for use in self.source.readers.get(name, [])
        )

    def connected(self, candidates: dict[str, Definition]) -> dict[str, Definition]:
        """Those candidates that the roots reach through candidates only."""
        found: dict[str, Definition] = {}
        queue = list(self.roots)
        while queue:
            for helper in self.needs(queue.pop()):
                if helper.name in candidates and helper.name not in found:
                    found[helper.name] = helper
                    queue.append(helper)
        return found
