"""Why no way of carrying out a move holds, and what is left to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.errors import Problem, Refusal


@dataclass(frozen=True)
class Attempt:
    """A strategy that was tried, and why it was given up."""

    strategy: Strategy
    problem: Problem


class NoWay(Refusal):
    """No way of carrying out a move holds; with every way that was tried, and why it does not."""

    def __init__(self, survey: Survey, attempts: Sequence[Attempt]) -> None:
        super().__init__(_why(survey, attempts))
        self.attempts = tuple(attempts)


def _why(survey: Survey, attempts: Sequence[Attempt]) -> Problem:
    """The reason that says most: what the plainest strategy failed of."""
    first = survey.options.leave_behind or "import"
    plain = (
        attempt.problem
        for attempt in attempts
        if attempt.strategy.leave_behind == first and attempt.strategy.shared != "import back"
    )
    problem = next(plain, attempts[0].problem)
    if problem.code != "import-cycle":
        return problem
    return replace(problem, remedy=", or ".join(_ways_left(survey, attempts)))


_MOST_NAMED = 3


def _ways_left(survey: Survey, attempts: Sequence[Attempt]) -> Iterator[str]:
    """What is left to try after all that was tried here."""
    options, source = survey.options, survey.source.name
    if options.leave_behind in {"import", "none"}:
        yield "leave a lazy import behind (--leave-behind lazy)"
    if options.helpers == "lazy":
        yield "let helpers travel (--helpers auto)"
    heirs = list(dict.fromkeys(_heirs(survey)))
    at_once = any(item.problem.code == "needed-at-import" for item in attempts)
    if at_once and 0 < len(heirs) <= _MOST_NAMED:
        yield f"move what {source} makes of it in the same command ({', '.join(heirs)})"
    yield f"choose a target that {source} does not depend on, or a new module"


def _heirs(survey: Survey) -> Iterator[str]:
    """The classes of the source that would stay and derive from what moves."""
    source, moved = survey.source, {name for root in survey.roots for name in root.names}
    for name in source.scope.bindings:
        for binding in source.bindings(name):
            bases = getattr(source.body[binding.statement], "bases", ())
            if name not in moved and moved & {getattr(base, "id", "") for base in bases}:
                moved.add(name)
                yield name
