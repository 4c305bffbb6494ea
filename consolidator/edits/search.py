"""The search for a way: strategies in the order of preference, mended where imports would fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from consolidator.edits.deferring import deferrable_imports, is_plain_annotation
from consolidator.edits.defining_modules import from_defining_module
from consolidator.edits.draft import Draft, draft_move
from consolidator.edits.layers import inverts_layers
from consolidator.edits.needs import Need
from consolidator.edits.references import import_sites
from consolidator.edits.requirements import (
    is_deferrable,
    modules_needing_more,
    needs_more,
    without_new_packages,
)
from consolidator.edits.self_registering import only_seems_to, registers_itself
from consolidator.edits.strategy import LeaveBehindForm, Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.import_order import (
    NewTrouble,
    Rename,
    SimulatedProject,
    disturbed,
    fails_first,
    new_trouble,
)
from consolidator.index.index import Index
from consolidator.index.simulation import FailureKey, existing_failures, simulate_all
from consolidator.index.star_losses import lost_through_stars
from consolidator.names import ModuleName
from consolidator.workspace import Workspace

MOST_TRIES = 40
"""Different drafts to simulate."""
MOST_DRAFTS = 120
"""Drafts to make; many a strategy comes to the same as another one."""
ENOUGH = 5
"""Failures to look at before another way is tried."""


@dataclass(frozen=True)
class Attempt:
    """A strategy that was tried, and why it was given up."""

    strategy: Strategy
    problem: Problem


@dataclass(frozen=True)
class Outcome:
    """The first draft that holds, and the attempts before it."""

    draft: Draft
    attempts: tuple[Attempt, ...]


class NoWay(Refusal):
    """No way of carrying out a move holds; with every way that was tried, and why it does not."""

    def __init__(self, problem: Problem, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(problem)
        self.attempts = attempts


def find_draft(survey: Survey) -> Outcome:
    """The most preferred way of carrying out a move that adds no import failure.

    Raises `NoWay` with the reason why the most preferred one fails when none holds.
    """
    attempts: list[Attempt] = []
    queue = list(_preferred(survey))
    seen: set[Strategy] = set()
    known: dict[frozenset[tuple[str, bytes]], list[NewTrouble]] = {}
    while queue and len(known) < MOST_TRIES and len(seen) < MOST_DRAFTS:
        strategy = queue.pop(0)
        if strategy in seen:
            continue
        seen.add(strategy)
        try:
            draft = draft_move(survey, strategy)
        except Refusal as refusal:
            attempts.append(Attempt(strategy, refusal.problems[0]))
            continue
        if draft.split - strategy.from_source:
            queue.insert(0, replace(strategy, from_source=strategy.from_source | draft.split))
            continue
        inverted = inverting_imports(draft) - strategy.lazy_imports
        if inverted:
            queue.insert(0, replace(strategy, lazy_imports=strategy.lazy_imports | inverted))
            continue
        accepted = "new-dependency" in survey.options.accept
        needing = {} if accepted else modules_needing_more(draft)
        if needing:
            attempts.append(Attempt(strategy, needs_more(draft, needing)))
            queue = [*without_new_packages(draft, needing), *queue]
            continue
        files = frozenset(draft.changes().items())
        if files not in known:
            known[files] = import_trouble(draft)
        trouble = known[files]
        if not trouble:
            return Outcome(draft, tuple(attempts))
        attempts.append(Attempt(strategy, _described(draft, trouble[0])))
        light, heavy = _mended(draft, trouble)
        queue = [*light, *queue, *heavy]
    raise NoWay(_why(survey, attempts), tuple(attempts))


def _preferred(survey: Survey) -> Iterator[Strategy]:
    options = survey.options
    forms: list[LeaveBehindForm] = ["import", "lazy"]
    last_resort: list[Strategy] = []
    if options.leave_behind is not None:
        forms = [options.leave_behind]
    elif any(registers_itself(survey.index, survey.source, root) for root in survey.roots):
        forms = ["import"]
        if all(only_seems_to(survey.index, survey.source, root) for root in survey.roots):
            last_resort = [Strategy("stay", "lazy"), Strategy("import back", "lazy")]
    if survey.twin is not None:
        yield from [Strategy("import back", form) for form in forms]
        return
    first = Strategy("travel" if options.helpers == "travel" else "stay", forms[0])
    back = [Strategy("import back", f) for f in reversed(forms)]
    usual = [replace(first, leave_behind=f) for f in forms]
    everything = [Strategy("travel", f) for f in forms]
    if options.helpers == "travel":
        yield from everything
        return
    if options.helpers == "lazy":
        yield from [replace(strategy, shared="all stay") for strategy in usual]
        yield from back
        return
    yield from ([*back[:1], *usual, *back[1:]] if _drags_along(survey, first) else [*usual, *back])
    yield from everything
    yield from last_resort


def _drags_along(survey: Survey, strategy: Strategy) -> bool:
    """Whether the usual way would take public classes or functions along that others use."""
    from consolidator.edits.closure import close

    return bool(
        close(
            survey.source, survey.roots, strategy, survey.pinned, survey.taken, survey.evaluated
        ).heavy
    )


def inverting_imports(draft: Draft) -> frozenset[str]:
    """Names whose import would turn a layer around, though they are needed at call time only."""
    target = draft.survey.move.target
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and is_deferrable(need)
        and any(inverts_layers(draft.index, target, item.module) for item in need.imported)
    )


def is_deferrable_in_quotes(need: Need, survey: Survey) -> bool:
    """The same where annotations that the definitions evaluate are put in quotes.

    def show(self, console: Console) -> None: ...    # "Console", imported for the type checker
    """
    return all(
        is_deferrable(replace(need, uses=(use,)))
        or (use.statement not in survey.evaluated and is_plain_annotation(survey.source, use))
        for use in need.uses
    )


def import_trouble(draft: Draft) -> list[NewTrouble]:
    """What a draft would break when modules are imported."""
    trouble = trouble_of(draft.index, draft.changes(), _renaming(draft))
    return trouble or list(_late_trouble(draft))


def _late_trouble(draft: Draft) -> Iterator[NewTrouble]:
    """Functions that would import a target which cannot be imported before certain others.

    def show():
        from home import C    # where `from old import C` worked, and `import home` alone fails
    """
    target = draft.survey.target
    readers = deferred_readers(draft) - draft.strategy.kept_importers
    if target is None or not (readers or draft.strategy.leave_behind == "lazy"):
        return
    failure = fails_first(draft.index, target.name)
    if failure is not None:
        for path in sorted(readers) or [draft.survey.source.path]:
            yield NewTrouble(draft.index.module_at(path).name, failure, False)


def deferred_readers(draft: Draft) -> frozenset[str]:
    """Files in which a function imports a moved name from the source."""
    found = set()
    for path in draft.texts.keys() - {draft.survey.source.path}:
        if not path.endswith(".py") or not draft.index.workspace.has(path):
            continue
        module = draft.index.module_at(path)
        sites = import_sites(module, draft.survey.source.name, draft.gone.names)
        if any(site.is_deferred for site in sites):
            found.add(path)
    target = draft.survey.target
    return frozenset(found - {target.path if target else ""})


def trouble_of(before: Index, changes: Mapping[str, bytes], rename: Rename) -> list[NewTrouble]:
    """What a change of some files would break when modules are imported."""
    return list(islice(troubles(before, changes, rename), ENOUGH))


def troubles(before: Index, changes: Mapping[str, bytes], rename: Rename) -> Iterator[NewTrouble]:
    """All of it, one after another."""
    index = before.after(before.workspace.with_changes(changes))
    changed = {
        name
        for path in changes
        if path.endswith(".py") and (name := index.workspace.module_of(path)) is not None
    }
    found = disturbed(before, index, changed)
    old, new = SimulatedProject(before, found.within), SimulatedProject(index, found.within)
    yield from new_trouble(found.firsts, old, new, rename)
    yield from lost_through_stars(found.firsts, found.within, old, new)


def refuse_trouble(edit: TreeEdit) -> None:
    """Raise `Refusal` when a change would break an import.

    An import that failed may lead into a module that is broken itself, and fail there.
    """
    before = SimulatedProject(edit.index)
    broken = {
        key
        for new in edit.modules.values()
        if before.find(new)
        for key in existing_failures(ModuleName(new), before)
    }
    for trouble in troubles(edit.index, edit.changes(), lambda key: key):
        known = trouble.failure.key in broken
        if not known or not simulate_all([trouble.first], before)[trouble.first].failures:
            raise Refusal(described_trouble(edit.after(), trouble))


def _renaming(draft: Draft) -> Rename:
    source, target = draft.survey.source.name, draft.survey.move.target
    names = draft.gone.names
    before = {called: name for name, called in draft.survey.renamed.items()}

    def rename(key: FailureKey) -> FailureKey:
        module, kind, origin, name = key
        if origin == target and before.get(name, name) in names:
            origin, name = source, before.get(name, name)
        if module == target:
            module = source
        return (module, kind, origin, name)

    return rename


def _mended(draft: Draft, trouble: list[NewTrouble]) -> tuple[list[Strategy], list[Strategy]]:
    """Variations of a strategy that may avoid what made it fail.

    The light ones touch nothing but what arrives; the heavy ones also change how the target
    imports, or leave importers where they were.
    """
    strategy, target = draft.strategy, draft.survey.move.target
    modules = _imported_on_the_way(draft, trouble)
    light: list[Strategy] = []
    heavy: list[Strategy] = []
    if draft.survey.twin is None:
        light, heavy = _mended_arrival(draft, modules)
    kept = {item.failure.module for item in trouble if item.failure.source == target}
    kept |= {step.module for item in trouble for step in item.failure.chain if step.what == target}
    kept -= {draft.survey.source.name, target}
    paths = {path for name in kept if (path := draft.index.workspace.path_of(name))}
    if strategy.leave_behind != "none":
        heavy.append(replace(strategy, kept_importers=strategy.kept_importers | paths))
    deferred = strategy.deferred_importers | _importers_to_defer(draft, trouble)
    heavy.append(replace(strategy, deferred_importers=deferred))
    if draft.orphaned:
        heavy.append(replace(strategy, keep_orphans=True))
    if strategy.leave_behind == "import":
        late = strategy.kept_importers | deferred_readers(draft)
        heavy.append(replace(strategy, kept_importers=late))
    return light, heavy


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


def _mended_arrival(
    draft: Draft, modules: set[ModuleName]
) -> tuple[list[Strategy], list[Strategy]]:
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
        and (is_deferrable(need) or (in_quotes and is_deferrable_in_quotes(need, draft.survey)))
        and any(_leads_to(item.module, item.name, modules) for item in need.imported)
    )


def _imports_to_delay(draft: Draft, modules: set[ModuleName]) -> frozenset[str]:
    """Imports that the target gets and needs as soon as what arrives runs."""
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and not is_deferrable(need)
        and any(_leads_to(item.module, item.name, modules) for item in need.imported)
    )


def _own_imports_to_defer(draft: Draft, modules: set[ModuleName]) -> frozenset[str]:
    """Imports that the target has already and needs at call time only."""
    target = draft.survey.target
    if target is None:
        return frozenset()
    names = deferrable_imports(draft.index, target)
    return frozenset(
        name
        for name in names - draft.closure.names
        if all(_leads_to(i.module, i.name, modules) for i in target.imports_by_name[name])
    )


def _leads_to(module: ModuleName, name: str | None, modules: set[ModuleName]) -> bool:
    full = module.child(name) if name else module
    return any(full.is_within(other) or other.is_within(module) for other in modules)


def _described(draft: Draft, trouble: NewTrouble) -> Problem:
    return described_trouble(draft.after(), trouble)


def described_trouble(workspace: Workspace, trouble: NewTrouble) -> Problem:
    """A new import failure as a reason to refuse; `workspace` is the tree that has it."""
    failure = trouble.failure
    path = workspace.path_of(failure.module)
    location = None
    if path is not None:
        lines = workspace.file(path).text.splitlines()
        text = lines[failure.line - 1] if 0 < failure.line <= len(lines) else ""
        location = Location(path, failure.line, text)
    chain = " > ".join(f"{step.module}:{step.line} {step.what}" for step in failure.chain)
    return Problem(
        "import-cycle",
        f"importing {trouble.first} first would fail: {failure.kind} `{failure.name}` "
        f"of {failure.source}" + (f" ({chain})" if chain else ""),
        location,
        "take the helpers along (--helpers travel), leave a lazy import behind "
        "(--leave-behind lazy), or choose a target that the source does not depend on",
    )


def _why(survey: Survey, attempts: list[Attempt]) -> Problem:
    """The reason that says most: what the plainest strategy failed of."""
    first = survey.options.leave_behind or "import"
    for attempt in attempts:
        if attempt.strategy.leave_behind == first and attempt.strategy.shared != "import back":
            return attempt.problem
    return attempts[0].problem
