"""The search for a way: strategies in the order of preference, mended where imports would fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from consolidator.edits.closure import Closure, close
from consolidator.edits.deferring import is_deferrable
from consolidator.edits.draft import Draft, draft_move
from consolidator.edits.dynamic_access import is_gone_through_at_import, is_listed
from consolidator.edits.early_calls import Early, early_calls, without
from consolidator.edits.import_trouble import described, import_trouble
from consolidator.edits.layers import inverts_layers
from consolidator.edits.lost_loads import lost_loads
from consolidator.edits.never_made import never_made
from consolidator.edits.no_way import Attempt, NoWay
from consolidator.edits.rebound import is_rebound
from consolidator.edits.requirements import (
    Needing,
    modules_needing_more,
    needs_more,
    without_new_packages,
)
from consolidator.edits.self_registering import only_seems_to, registers_itself
from consolidator.edits.star_importers import hidden_in_star_importers, without_hiding
from consolidator.edits.strategy import InOrder, LeaveBehindForm, Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.test_surroundings import collected_twice
from consolidator.edits.variations import everything, simpler, variations
from consolidator.errors import Refusal
from consolidator.index.import_order import NewTrouble

MOST_TRIES = 40
"""Different drafts to simulate."""
MOST_DRAFTS = 120
"""Drafts to make; many a strategy comes to the same as another one."""
MOST_TOGETHER = 24
"""Drafts to simulate with all that may help at once, and again to find what of it is needed."""


@dataclass(frozen=True)
class Outcome:
    """The first draft that holds, and the attempts before it."""

    draft: Draft
    attempts: tuple[Attempt, ...]


def find_draft(survey: Survey) -> Outcome:
    """The most preferred way of carrying out a move that adds no import failure.

    One that makes no module need more at import time comes first, whatever is accepted. Raises
    `NoWay` with the reason why the most preferred one fails when none holds.
    """
    search = _Search(survey, accepted=False)
    draft = search.one_by_one() or search.all_at_once()
    needing = any(attempt.problem.code == "new-dependency" for attempt in search.attempts)
    if draft is None and needing and "new-dependency" in survey.options.accept:
        search = _Search(survey, accepted=True)
        draft = search.one_by_one() or search.all_at_once()
    if draft is None:
        raise NoWay(survey, search.attempts)
    return Outcome(search.sorted_in(draft), tuple(search.attempts))


_Files = frozenset[tuple[str, bytes]]
"""What a draft makes of the tree: many a strategy comes to the same."""


class _Search:
    """Tries strategies, each of them once, and remembers why they fail.

    With `accepted`, modules may come to need packages that they do without today.
    """

    def __init__(self, survey: Survey, *, accepted: bool) -> None:
        self.survey, self.accepted = survey, accepted
        self.attempts: list[Attempt] = []
        self.early: Early = frozenset()
        self._seen: set[Strategy] = set()
        self._known: dict[_Files, list[NewTrouble]] = {}
        self._needing: dict[_Files, Needing] = {}

    @cached_property
    def _starts(self) -> _Starts:
        return _starts(self.survey)

    def one_by_one(self) -> Draft | None:
        """The preferred strategies, then those with one thing or another that may help."""
        queue, last = list(self._starts.first), list(self._starts.last)
        while (queue or last) and len(self._known) < MOST_TRIES and len(self._seen) < MOST_DRAFTS:
            if not queue or len(self._known) >= MOST_TRIES // 2:
                queue, last = [*last, *queue], []
            strategy = queue.pop(0)
            if strategy in self._seen:
                continue
            draft, trouble, instead = self._try(strategy)
            if draft is None:
                queue = [*instead, *queue]
            elif not trouble:
                return self._simplified(draft)
            else:
                light, heavy = variations(draft, trouble, self.early)
                queue = [*light, *queue, *heavy]
        return None

    def all_at_once(self) -> Draft | None:
        """The preferred strategies with all that may help; where that does, no more than needed."""
        return self._with_everything(opening=False) or self._with_everything(opening=True)

    def _with_everything(self, opening: bool) -> Draft | None:
        most = len(self._known) + MOST_TOGETHER
        starts = [*self._starts.first, *self._starts.last]
        if self.survey.target is not None:
            starts += [replace(strategy, early=True) for strategy in starts]
        for start in starts:
            strategies = [start]
            while strategies and len(self._known) < most:
                draft, trouble, instead = self._try(strategies.pop(0))
                if draft is None:
                    strategies = instead[:1]
                elif not trouble:
                    return self._simplified(draft)
                else:
                    more = everything(draft, trouble, self.early, opening=opening)
                    strategies = [more] if more != draft.strategy else []
        return None

    def sorted_in(self, draft: Draft) -> Draft:
        """The draft with its leave-behind where the project's order of imports has it, if it can.

        from shop.billing import Invoice
        from shop.parts import Part

        Otherwise it is kept from being sorted in by the project's tools.
        """
        if not draft.unsorted:
            return draft
        ways: tuple[InOrder, ...] = ("sorted in", "kept below")
        for way in ways:
            found, trouble, _ = self._try(replace(draft.strategy, in_order=way))
            if found is not None and not trouble:
                return found
        return draft

    def _simplified(self, draft: Draft) -> Draft:
        """The draft without what it can do without."""
        queue, most = list(simpler(draft.strategy)), len(self._known) + MOST_TOGETHER
        while queue and len(self._known) < most:
            found, trouble, _ = self._try(queue.pop(0))
            if found is not None and not trouble:
                draft, queue = found, list(simpler(found.strategy))
        return draft

    def _try(self, strategy: Strategy) -> tuple[Draft | None, list[NewTrouble], list[Strategy]]:
        """A draft with its import failures; or none, and what to try in its place."""
        survey = self.survey
        survey.index.progress(f"ways to move {survey.roots[0].name}", len(self._seen), MOST_DRAFTS)
        self._seen.add(strategy)
        try:
            draft = draft_move(survey, strategy)
        except Refusal as refusal:
            self.attempts.append(Attempt(strategy, refusal.problems[0]))
            return None, [], []
        if draft.split - strategy.from_source:
            patched = strategy.from_source | draft.split
            return None, [], [replace(strategy, from_source=patched)]
        inverted = inverting_imports(draft) - strategy.lazy_imports
        if inverted:
            return None, [], [replace(strategy, lazy_imports=strategy.lazy_imports | inverted)]
        hiding = hidden_in_star_importers(draft)
        if hiding is not None:
            self.attempts.append(Attempt(strategy, hiding.problem))
            return None, [], list(without_hiding(draft, hiding))
        files = frozenset(draft.changes().items())
        if files not in self._needing:
            self._needing[files] = {} if self.accepted else modules_needing_more(draft)
        needing = self._needing[files]
        if needing:
            self.attempts.append(Attempt(strategy, needs_more(draft, needing)))
            return None, [], list(without_new_packages(draft, needing))
        if files not in self._known:
            self._known[files] = import_trouble(draft)
        trouble = self._known[files]
        if trouble:
            self.attempts.append(Attempt(strategy, described(draft, trouble[0])))
            return draft, trouble, []
        early, problem = early_calls(draft)
        if problem is not None:
            self.early |= early
            self.attempts.append(Attempt(strategy, problem))
            return None, [], [without(strategy, early)]
        losing, problem = lost_loads(draft)
        if problem is not None:
            self.attempts.append(Attempt(strategy, problem))
            return None, [], _still_loading(survey, strategy, losing)
        unmade = next(never_made(draft), None)
        if unmade is not None and unmade.code not in survey.options.accept:
            self.attempts.append(Attempt(strategy, unmade))
            return None, [], []
        return draft, [], []


def _still_loading(survey: Survey, strategy: Strategy, losing: frozenset[str]) -> list[Strategy]:
    """The same strategy with importers that go on to import from the source, if they can."""
    target = survey.target.path if survey.target is not None else ""
    if strategy.leave_behind == "none" or target in losing or losing <= strategy.kept_importers:
        return []
    return [replace(strategy, kept_importers=strategy.kept_importers | losing)]


_LAZILY = (Strategy("stay", "lazy"), Strategy("import back", "lazy"))


def _statements(survey: Survey) -> set[int]:
    return {number for root in survey.roots for number in root.statements}


@dataclass(frozen=True, slots=True)
class _Starts:
    """The strategies that a search begins with."""

    first: tuple[Strategy, ...]
    last: tuple[Strategy, ...] = ()
    """What is tried when those do not hold, however they are mended."""


def _starts(survey: Survey) -> _Starts:
    options = survey.options
    forms: list[LeaveBehindForm] = ["import", "lazy"]
    seeming: tuple[Strategy, ...] = ()
    last: tuple[Strategy, ...] = ()
    if options.leave_behind is not None:
        forms = [options.leave_behind]
    elif any(registers_itself(survey.index, survey.source, root) for root in survey.roots):
        forms = ["import"]
        if all(only_seems_to(survey.index, survey.source, root) for root in survey.roots):
            seeming = _LAZILY
    elif is_listed(survey.index, survey.source, _statements(survey)):
        forms = ["import"]
        if not is_gone_through_at_import(survey.source, _statements(survey)):
            last = _LAZILY
    elif _takes_rebound_names(survey):
        forms = ["lazy", "import"]  # an import would keep the first value of the name
    elif collected_twice(survey.source, _statements(survey), survey.target_path):
        forms = ["lazy", "import"]  # an import would be one more place where the tests are found
    if _is_fixed(survey):
        seeming = last = ()
    return _Starts((*_preferred(survey, forms), *seeming), last)


def _is_fixed(survey: Survey) -> bool:
    """Whether the ways are few: a twin stands in the target, or helpers are told where to go."""
    return survey.twin is not None or survey.options.helpers in {"travel", "lazy"}


def _preferred(survey: Survey, forms: Sequence[LeaveBehindForm]) -> Iterator[Strategy]:
    options = survey.options
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


def _takes_rebound_names(survey: Survey) -> bool:
    """Whether a name that `global` rebinds would move, and perhaps be read through the source."""
    names = {root.name for root in survey.roots}
    names |= {h.name for h in _closure(survey, Strategy()).helpers if not h.name.startswith("_")}
    return any(is_rebound(survey.source, name) for name in names)


def _drags_along(survey: Survey, strategy: Strategy) -> bool:
    """Whether the usual way would take public classes or functions along that others use."""
    return bool(_closure(survey, strategy).heavy)


def _closure(survey: Survey, strategy: Strategy) -> Closure:
    return close(
        survey.source, survey.roots, strategy, survey.pinned, survey.taken, survey.evaluated
    )


def inverting_imports(draft: Draft) -> frozenset[str]:
    """Names whose import would turn a layer around, though they are needed at call time only."""
    target = draft.survey.move.target
    return frozenset(
        need.name
        for need in draft.needs
        if need.how == "import"
        and is_deferrable(need, draft.survey.evaluated)
        and any(inverts_layers(draft.index, target, item.module) for item in need.imported)
    )
