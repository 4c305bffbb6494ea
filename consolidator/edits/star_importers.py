"""Names that arrive in the target and take the place of others where it is star-imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from consolidator.edits.deferring import is_deferrable
from consolidator.edits.draft import Draft
from consolidator.edits.pinned import place
from consolidator.edits.star_arrivals import hidden_by_arrival
from consolidator.edits.strategy import Strategy
from consolidator.errors import Problem
from consolidator.index.index import Origin, exports
from consolidator.index.module import Module


@dataclass(frozen=True, slots=True)
class Hiding:
    """A name that the target comes to offer, and why somebody cannot have it from there."""

    name: str
    problem: Problem


def hidden_in_star_importers(draft: Draft) -> Hiding | None:
    """The first name that would hide another thing from a module that star-imports the target."""
    survey = draft.survey
    if survey.target is None:
        return None
    target = draft.index.after(draft.after()).module(survey.move.target)
    assert target is not None
    for name in sorted(target.scope.bindings.keys() - survey.target.scope.bindings.keys()):
        meaning = _meaning(draft, target, name) if exports(target, name) else None
        if meaning is None:
            continue
        for importer, star in hidden_by_arrival(draft.index, target.name, name, meaning):
            return Hiding(
                name,
                Problem(
                    "name-conflict",
                    f"`{name}` would arrive in {importer.name} too, which has another thing by "
                    "that name",
                    place(importer, star.node),
                    f"give {target.name} an `__all__`, or choose another target",
                ),
            )
    return None


def _meaning(draft: Draft, target: Module, name: str) -> Origin | None:
    """What a name that arrives means before the move; None where nothing arrives at run time."""
    if name in draft.gone.names:
        return Origin("definition", draft.survey.source.name, name)
    items = [item for item in target.imports_by_name.get(name, ()) if not item.is_typing_only]
    return draft.index.resolve_import(items[-1]) if items else None


def without_hiding(draft: Draft, hiding: Hiding) -> Iterator[Strategy]:
    """The same strategy, but what hides something is imported inside functions."""
    lazy = {
        need.name
        for need in draft.needs
        if hiding.name in {need.name, need.rename}
        and need.how == "import"
        and is_deferrable(need, draft.survey.evaluated)
    }
    if lazy:
        yield replace(draft.strategy, lazy_imports=draft.strategy.lazy_imports | lazy)
