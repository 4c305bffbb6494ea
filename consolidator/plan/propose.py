"""From findings to proposals: what to do about each, and what only a person can decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consolidator.finders.findings import (
    BrokenImport,
    Duplicate,
    ExpiredLeaveBehind,
    Finding,
    Misplaced,
    MissingModule,
)
from consolidator.plan.ground import Ground
from consolidator.plan.plan import Entry, Plan, SweepEntry, Undecided, plan_of
from consolidator.plan.proposal import Proposal, with_id
from consolidator.plan.propose_imports import propose_for_broken, propose_for_missing
from consolidator.plan.propose_merges import by_name, propose_merge
from consolidator.plan.propose_misplaced import propose_move


def proposals_for(
    ground: Ground,
    findings: Iterable[Finding],
    everything: Iterable[Finding],
    *,
    allow_schema: bool = False,
) -> tuple[Proposal, ...]:
    """A proposal for each finding about which something can be done, in the order of findings.

    `everything` that was found is evidence, though only `findings` are answered. Nothing is
    proposed twice: a class that copies are merged for is not moved as well.
    """
    known = tuple(everything)
    demand = by_name([item for item in known if isinstance(item, BrokenImport)])
    merged = {
        copy.qualified for item in known if isinstance(item, Duplicate) for copy in item.copies
    }
    proposals: list[Proposal] = []
    for item in findings:
        match item:
            case BrokenImport():
                proposals += propose_for_broken(ground, item, demand[item.asked.name])
            case MissingModule():
                proposals += propose_for_missing(ground, item)
            case Duplicate():
                asked = demand.get(item.name, []) if item.relation != "renamed" else []
                proposals.append(propose_merge(ground, item, asked, allow_schema=allow_schema))
            case Misplaced():
                if item.definer.qualified not in merged:
                    proposals += propose_move(ground, item)
            case ExpiredLeaveBehind():
                proposals.append(_sweep(item))
    return tuple(_each_once(proposals))


def plan_from(proposals: Iterable[Proposal]) -> Plan:
    """The plan: what is sure as entries, the rest as undecided with its choices."""
    entries: list[Entry] = []
    undecided = []
    for item in proposals:
        if item.is_automatic:
            first = item.choices[0]
            entries.append(first.model_copy(update={"evidence": item.evidence}))
        else:
            undecided.append(_as_undecided(item))
    return plan_of(tuple(entries), tuple(undecided))


def _as_undecided(item: Proposal) -> Undecided:
    doubt = item.doubt or "nothing can be offered"
    return Undecided(
        title=item.title,
        evidence=(*item.evidence, f"to decide: {doubt}"),
        choices=item.choices,
    )


def _sweep(found: ExpiredLeaveBehind) -> Proposal:
    name = found.qualified
    evidence = (
        f"{found.location} is a leave-behind for {name.name}, which is in {found.target}",
        f"nobody imports it from {name.module} any more",
    )
    entry = SweepEntry(module=name.module, name=name.name)
    return Proposal(f"leave-behind {name.name} in {name.module}", evidence, (entry,))


def _each_once(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """The proposals with ids, without those whose first choice another one makes already.

    A move answers every import that asks for the class, in whatever module.
    """
    seen: set[str] = set()
    for item in proposals:
        choices = tuple(map(with_id, item.choices))
        if choices and choices[0].id in seen:
            continue
        seen.update(choice.id for choice in choices[:1])
        yield Proposal(item.title, item.evidence, choices, item.doubt)
