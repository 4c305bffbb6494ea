"""What a draft, or another change of files, would break when modules are imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from consolidator.edits.draft import Draft
from consolidator.edits.hidden_loads import hidden_trouble
from consolidator.edits.references import import_sites
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.disturbance import disturbed
from consolidator.index.import_order import (
    NewTrouble,
    Rename,
    SimulatedProject,
    fails_first,
    new_trouble,
)
from consolidator.index.index import Index
from consolidator.index.simulation import FailureKey, existing_failures, simulate_all
from consolidator.index.star_losses import lost_through_stars
from consolidator.names import ModuleName
from consolidator.workspace import Workspace

ENOUGH = 5
"""Failures to look at before another way is tried."""


def import_trouble(draft: Draft) -> list[NewTrouble]:
    """What a draft would break when modules are imported."""
    trouble = trouble_of(draft.index, draft.changes(), renaming(draft))
    trouble = trouble or list(_late_trouble(draft))
    return trouble or list(islice(hidden_trouble(draft, renaming(draft)), ENOUGH))


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


def renaming(draft: Draft) -> Rename:
    """The key that a failure had before the move, by the key that it has after it."""
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


def described(draft: Draft, trouble: NewTrouble) -> Problem:
    """A new import failure of a draft as a reason to give it up."""
    return described_trouble(draft.after(), trouble)


def described_trouble(workspace: Workspace, trouble: NewTrouble) -> Problem:
    """A new import failure as a reason to refuse; `workspace` is the tree that has it."""
    failure = trouble.failure
    # of a compiled module only those who import it can be shown
    places = [(failure.module, failure.line)]
    places += [(step.module, step.line) for step in reversed(failure.chain)]
    shown = ((workspace.path_of(module), line) for module, line in places if module)
    path, line = next(((path, line) for path, line in shown if path), ("", 0))
    location = None
    if path:
        lines = workspace.file(path).text.splitlines()
        location = Location(path, line, lines[line - 1] if 0 < line <= len(lines) else "")
    chain = " > ".join(f"{step.module}:{step.line} {step.what}" for step in failure.chain)
    return Problem(
        "import-cycle",
        f"importing {trouble.first} first would fail: {failure.kind} `{failure.name}` "
        f"of {failure.source}" + (f" ({chain})" if chain else ""),
        location,
        "open the cycle first, or choose a module that the other one does not depend on",
    )
