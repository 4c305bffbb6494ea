"""Variations of a strategy that may avoid the import failures that its draft has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from consolidator.edits.deferring import deferrable_imports, is_deferrable, is_plain_annotation
from consolidator.edits.defining_modules import from_defining_module
from consolidator.edits.draft import Draft
from consolidator.edits.dynamic_access import is_gone_through_at_import
from consolidator.edits.early_calls import Early, without
from consolidator.edits.hidden_loads import calling_statement
from consolidator.edits.import_trouble import deferred_readers
from consolidator.edits.needs import Need
from consolidator.edits.opening import imports_to_open, imports_to_redirect
from consolidator.edits.references import import_sites
from consolidator.edits.self_registering import registers_itself
from consolidator.edits.staying_uses import StayingUses
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.waiting import gap_for
from consolidator.index.import_order import NewTrouble
from consolidator.index.module import Module
from consolidator.index.simulation.state import Failure
from consolidator.names import ModuleName

T = TypeVar("T")
_ADDED = (
    "opened",
    "direct",
    "kept_importers",
    "deferred_importers",
    "waiting",
    "deferred_in_target",
    "late_imports",
    "from_defining_module",
    "lazy_imports",
)
"""What may be added to a strategy bit by bit; what changes most is dropped first."""
_MANY = 4
"""Imports of a target to move into its functions that make a diff nobody would write."""


def variations(
    draft: Draft, trouble: list[NewTrouble], early: Early
) -> tuple[list[Strategy], list[Strategy]]:
    """Variations of a strategy that may avoid what made it fail, none with what is too `early`.

    The light ones touch nothing but what arrives; the heavy ones also change how the target
    imports, or leave importers where they were.
    """
    strategy = draft.strategy
    modules = _imported_on_the_way(draft, trouble)
    light: list[Strategy] = []
    heavy: list[Strategy] = []
    waiting = strategy.waiting | _to_wait(draft, trouble)
    deferred = strategy.deferred_importers | _importers_to_defer(draft, trouble)
    heavy.append(replace(strategy, waiting=waiting))
    heavy.append(replace(strategy, deferred_importers=deferred))
    if draft.survey.twin is None:
        light, others = _of_arrival(draft, modules)
        above = calling_statement(draft, trouble)
        if above is not None and above != strategy.above:
            light.insert(0, replace(strategy, above=above))
        heavy += others
    if strategy.leave_behind != "none":
        kept = strategy.kept_importers | _to_keep(draft, trouble)
        heavy.append(replace(strategy, kept_importers=kept))
    if draft.orphaned:
        heavy.append(replace(strategy, keep_orphans=True))
    if strategy.leave_behind == "import":
        late = strategy.kept_importers | deferred_readers(draft)
        heavy.append(replace(strategy, kept_importers=late))
    return [without(each, early) for each in light], [without(each, early) for each in heavy]


def _to_keep(draft: Draft, trouble: list[NewTrouble]) -> frozenset[str]:
    """Files on the chains that could go on to take the moved names from the source."""
    target = draft.survey.move.target
    kept = {item.failure.module for item in trouble if item.failure.source == target}
    for step in (step for item in trouble for step in item.failure.chain):
        path = draft.index.workspace.path_of(step.module) if step.module else None
        # from pkg import new    # loads `pkg` on the way to it, too early where that is new here
        if step.what == target or (path in draft.texts and target.is_within(step.what)):
            kept.add(step.module)
    # from pkg.old import Moved    # in a package, above the import of a module that asks it for it
    kept |= {ModuleName(i.failure.source) for i in trouble if i.failure.name in draft.gone.names}
    kept -= {draft.survey.source.name, target}
    return frozenset(path for name in kept if (path := draft.index.workspace.path_of(name)))


def _importers_to_defer(draft: Draft, trouble: list[NewTrouble]) -> frozenset[str]:
    """Files on the chains that import a moved name at their top and need it in functions only."""
    index, source = draft.index, draft.survey.source.name
    on_the_way = {step.module for item in trouble for step in item.failure.chain}
    on_the_way |= {item.failure.module for item in trouble}
    found: set[str] = set()
    for name in on_the_way - {source, draft.survey.move.target}:
        module = index.module(ModuleName(name))
        if module is None or index.readable(module.path) is None:
            continue
        bound = {
            item.bound
            for item in import_sites(module, source, draft.gone.names)
            if item.scope is module.scope
        }
        if bound & deferrable_imports(index, module):
            found.add(module.path)
    return frozenset(found)


def everything(draft: Draft, trouble: list[NewTrouble], early: Early, *, opening: bool) -> Strategy:
    """A strategy with all at once that may help against the failures of its draft.

    With `opening`, modules that have nothing to do with the move may come to import something in
    their functions.
    """
    strategy = draft.strategy
    modules = _imported_on_the_way(draft, trouble)
    if draft.survey.twin is None:
        strategy = replace(
            strategy,
            from_defining_module=strategy.from_defining_module
            | _imports_through_others(draft, modules),
            lazy_imports=strategy.lazy_imports | _imports_to_defer(draft, modules, in_quotes=True),
            deferred_in_target=strategy.deferred_in_target | _own_imports_to_defer(draft, modules),
            late_imports=strategy.late_imports | _imports_to_delay(draft, modules),
            above=calling_statement(draft, trouble) if strategy.above is None else strategy.above,
        )
    strategy = replace(
        strategy,
        waiting=strategy.waiting | _to_wait(draft, trouble),
        deferred_importers=strategy.deferred_importers | _importers_to_defer(draft, trouble),
        keep_orphans=strategy.keep_orphans or bool(draft.orphaned),
    )
    if opening:
        if strategy.leave_behind != "none":
            kept = strategy.kept_importers | _to_keep(draft, trouble)
            strategy = replace(strategy, kept_importers=kept)
        direct = imports_to_redirect(draft, trouble) - strategy.direct
        others = [item for item in trouble if not _is_about(draft, item, direct)]
        strategy = replace(
            strategy,
            direct=strategy.direct | direct,
            opened=strategy.opened | imports_to_open(draft, others, early),
        )
    return without(strategy, early)


def _is_about(draft: Draft, trouble: NewTrouble, direct: frozenset[tuple[str, str]]) -> bool:
    failure = trouble.failure
    path = draft.index.workspace.path_of(failure.module)
    return any(redirected == path and name == failure.name for redirected, name in direct)


def simpler(strategy: Strategy) -> Iterator[Strategy]:
    """The same strategy without one of the things that were added to it, each in its turn."""
    for name in ("keep_orphans", "early"):
        if getattr(strategy, name):
            yield replace(strategy, **dict[str, Any]({name: False}))
    if strategy.above is not None:
        yield replace(strategy, above=None)
    for name in _ADDED:
        for fewer in _each(getattr(strategy, name)):
            yield replace(strategy, **dict[str, Any]({name: fewer}))


def _each(items: frozenset[T]) -> Iterator[frozenset[T]]:
    """Nothing of it, then all but one."""
    if items:
        yield frozenset()
    if len(items) > 1:
        yield from (items - {item} for item in sorted(items, key=str))


def _to_wait(draft: Draft, trouble: list[NewTrouble]) -> frozenset[tuple[str, str]]:
    """What is missing on the chains of a file that could import the moved names further down.

    Not for a class that registers itself: it would do so after others. Nor in a source that goes
    through its own names while it is imported: they have to be there.
    """
    survey, strategy = draft.survey, draft.strategy
    found: set[tuple[str, str]] = set()
    if any(registers_itself(draft.index, survey.source, root) for root in survey.roots):
        return frozenset()
    for failure in (item.failure for item in trouble):
        for module, missing in _half_imported(draft, failure):
            if draft.index.readable(module.path) is None:
                continue
            awaited = [*strategy.awaited(module.path), missing]
            names, gone = _imported_by(draft, module), frozenset[int]()
            if module.name == survey.source.name:
                if is_gone_through_at_import(module, draft.gone.statements):
                    continue
                if StayingUses(survey, draft.closure).has_read_signatures:
                    continue
                gone = frozenset(draft.gone.statements)
                names = set(draft.gone.names) if strategy.leave_behind == "import" else set()
            if not names or missing in names or module.name == survey.move.target:
                continue
            if gap_for(module, names, awaited, gone) is not None:
                found.add((module.path, missing))
    return frozenset(found) - strategy.waiting


def _half_imported(draft: Draft, failure: Failure) -> Iterator[tuple[Module, str]]:
    """The modules that do not have a name yet when somebody asks for it, each with that name.

    Where a star import should have brought it: the last name there that its importer uses.
    """
    module = draft.index.module(ModuleName(failure.source))
    if module is not None:
        yield module, failure.name
    asking = draft.index.module(failure.module) if failure.kind == "unbound name" else None
    for star in asking.star_imports if asking is not None else ():
        there = draft.index.module(star.module)
        if asking is not None and there is not None and there.bindings(failure.name):
            used = [name for name in asking.readers if there.bindings(name)]
            yield there, max(used, key=lambda name: there.bindings(name)[-1].statement)


def _imported_by(draft: Draft, module: Module) -> set[str]:
    """The moved names that a module imports at its top, as it calls them."""
    source = draft.survey.source.name
    sites = import_sites(module, source, draft.gone.names)
    return {item.bound for item in sites if item.scope is module.scope and not item.guards}


def _of_arrival(draft: Draft, modules: set[ModuleName]) -> tuple[list[Strategy], list[Strategy]]:
    """Those of the variations that concern what arrives, and how the target imports."""
    strategy = draft.strategy
    light, heavy = [], []
    direct = strategy.from_defining_module | _imports_through_others(draft, modules)
    light.append(replace(strategy, from_defining_module=direct))
    lazy = strategy.lazy_imports | _imports_to_defer(draft, modules)
    light.append(replace(strategy, lazy_imports=lazy))
    quoted = lazy | _imports_to_defer(draft, modules, in_quotes=True)
    heavy.append(replace(strategy, lazy_imports=quoted))
    if draft.survey.target is not None:
        light.append(replace(strategy, early=True))
        late = strategy.late_imports | _imports_to_delay(draft, modules)
        light.append(replace(strategy, lazy_imports=lazy, late_imports=late, early=False))
        own = strategy.deferred_in_target | _own_imports_to_defer(draft, modules)
        if len(own) <= _MANY:
            heavy.append(replace(strategy, deferred_in_target=own))
            heavy.append(replace(strategy, deferred_in_target=own, early=True))
    return light, heavy


def _imported_on_the_way(draft: Draft, trouble: list[NewTrouble]) -> set[ModuleName]:
    """What the target imports on the chains that end in a failure."""
    target = draft.survey.move.target
    modules: set[ModuleName] = set()
    for item in trouble:
        steps = item.failure.chain
        following = [step.module for step in steps[1:]] + [item.failure.module]
        for step, module in zip(steps, following, strict=True):
            if step.module == target:
                modules |= {ModuleName(step.what), ModuleName(module)}
        if item.failure.module == target:
            modules.add(ModuleName(item.failure.source))
    return modules


def _imports_through_others(draft: Draft, modules: set[ModuleName]) -> frozenset[str]:
    """Imports that the target gets by way of a module that does not define them."""
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import" and any(_leads_to(i.module, i.name, modules) for i in need.imported)
        if any(from_defining_module(draft.index, i) not in (None, i) for i in need.imported)
    )


def _imports_to_defer(
    draft: Draft, modules: set[ModuleName], in_quotes: bool = False
) -> frozenset[str]:
    """Imports that the target gets and needs at call time only."""
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and (
            is_deferrable(need, draft.survey.evaluated)
            or (in_quotes and _is_deferrable_in_quotes(need, draft.survey))
        )
        and any(_leads_to(item.module, item.name, modules) for item in need.imported)
    )


def _imports_to_delay(draft: Draft, modules: set[ModuleName]) -> frozenset[str]:
    """Imports that the target gets and needs as soon as what arrives runs."""
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and not is_deferrable(need, draft.survey.evaluated)
        and any(_leads_to(item.module, item.name, modules) for item in need.imported)
    )


def _own_imports_to_defer(draft: Draft, modules: set[ModuleName]) -> frozenset[str]:
    """Imports that the target has already and needs at call time only."""
    target = draft.survey.target
    if target is None:
        return frozenset()
    # what arrives uses them, and the source had them at its top as well
    source = draft.survey.source
    shared = {n.rename or n.name for n in draft.needs if not _is_for_types(source, n.name)}
    names = deferrable_imports(draft.index, target) - draft.closure.names - shared
    return frozenset(
        name
        for name in names
        if all(_leads_to(i.module, i.name, modules) for i in target.imports_by_name[name])
    )


def _is_for_types(module: Module, name: str) -> bool:
    """Whether a module imports a name for the type checker alone."""
    items = module.imports_by_name.get(name, [])
    return bool(items) and all(item.is_typing_only for item in items)


def _leads_to(module: ModuleName, name: str | None, modules: set[ModuleName]) -> bool:
    full = module.child(name) if name else module
    return any(full.is_within(other) or other.is_within(module) for other in modules)


def _is_deferrable_in_quotes(need: Need, survey: Survey) -> bool:
    """The same where annotations that the definitions evaluate are put in quotes.

    def show(self, console: Console) -> None: ...    # "Console", imported for the type checker
    """
    return all(
        is_deferrable(replace(need, uses=(use,)), survey.evaluated)
        or (use.statement not in survey.evaluated and is_plain_annotation(survey.source, use))
        for use in need.uses
    )
