"""From findings to proposals: what to do about each, and what only a person can decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consolidator.finders.findings import (
    BrokenImport,
    Definer,
    Duplicate,
    ExpiredLeaveBehind,
    Finding,
    Misplaced,
    MissingModule,
)
from consolidator.names import ModuleName
from consolidator.plan.equivalents import equivalents
from consolidator.plan.ground import Ground
from consolidator.plan.plan import (
    Entry,
    MergeEntry,
    MoveEntry,
    Plan,
    SweepEntry,
    Undecided,
    plan_of,
)
from consolidator.plan.proposal import Proposal, with_id
from consolidator.plan.propose_broken import Homes, propose_for_broken
from consolidator.plan.propose_merges import beside, by_name, propose_merge
from consolidator.plan.propose_misplaced import propose_move
from consolidator.plan.propose_missing import propose_for_missing


def proposals_for(
    ground: Ground,
    findings: Iterable[Finding],
    everything: Iterable[Finding],
    *,
    allow_schema: bool = False,
    sweep: bool = False,
) -> tuple[Proposal, ...]:
    """A proposal for each finding about which something can be done, in the order of findings.

    `everything` that was found is evidence, though only `findings` are answered. Nothing is
    proposed twice: a class that copies are merged for is not moved as well. Leave-behinds that
    have expired are swept on request only: a plan that was carried out has made some.
    """
    known, asked_about = tuple(everything), set(map(id, findings))
    demand = by_name([item for item in known if isinstance(item, BrokenImport)])
    missing = [item for item in known if isinstance(item, MissingModule)]
    merges = dict(_merges(ground, known, demand, allow_schema))
    homes = _homes(merges)
    copied = {copy for duplicate in merges for copy in duplicate.copies}
    proposals: list[Proposal] = []
    for item in known:
        if id(item) not in asked_about:
            continue
        match item:
            case BrokenImport():
                asked = demand[item.asked.name]
                proposals += propose_for_broken(ground, item, asked, missing, homes)
            case MissingModule():
                proposals += propose_for_missing(ground, item)
            case Duplicate():
                proposals.append(merges[item])
            case Misplaced() if item.definer not in copied and not _is_moved(proposals, item):
                proposals += propose_move(ground, item)
            case ExpiredLeaveBehind() if sweep:
                proposals.append(_sweep(item))
            case _:
                continue
    return tuple(_each_once(ground, proposals))


def _is_moved(proposals: Iterable[Proposal], found: Misplaced) -> bool:
    """Whether a misplaced class moves for certain, since somebody asks for it elsewhere."""
    name = found.definer.qualified
    firsts = [item.choices[0] for item in proposals if item.is_automatic]
    return any(
        isinstance(entry, MoveEntry) and entry.source == name.module and name.name in entry.names
        for entry in firsts
    )


def plan_from(proposals: Iterable[Proposal]) -> Plan:
    """The plan: what is sure as entries, the rest as undecided with its choices.

    What has choices comes before what only a change of the code can settle.
    """
    entries: list[Entry] = []
    undecided = []
    for item in proposals:
        if item.is_automatic:
            first = item.choices[0]
            more = () if isinstance(first, MergeEntry) else first.evidence  # it says the home
            evidence = (item.title, *item.evidence, *more)
            entries.append(first.model_copy(update={"evidence": evidence}))
        else:
            undecided.append(_as_undecided(item))
    undecided.sort(key=lambda item: not item.choices)
    return plan_of(tuple(entries), tuple(undecided))


def _as_undecided(item: Proposal) -> Undecided:
    doubt = item.doubt or "nothing can be offered"
    return Undecided(
        title=item.title,
        evidence=(*item.evidence, f"to decide: {doubt}"),
        choices=item.choices,
    )


# -- merges ----------------------------------------------------------------------------------


def _merges(
    ground: Ground,
    known: Iterable[Finding],
    demand: dict[str, list[BrokenImport]],
    allow_schema: bool,
) -> Iterator[tuple[Duplicate, Proposal]]:
    """The proposal for each duplicate; two modules never get classes from each other."""
    duplicates = [item for item in known if isinstance(item, Duplicate)]
    proposals = {}
    for item in duplicates:
        asked = demand.get(item.name, []) if item.relation != "renamed" else []
        near = beside(item, duplicates) if item.relation != "conflict" else ()
        proposals[item] = propose_merge(ground, item, asked, near, allow_schema=allow_schema)
    directions = {pair for proposal in proposals.values() for pair in _directions(proposal)}
    for item, proposal in proposals.items():
        crossed = [(h, d) for h, d in _directions(proposal) if (d, h) in directions]
        if crossed:
            home, other = min(crossed)
            doubt = f"other classes would go from {home} to {other}, this one the other way"
            proposal = proposal.undecided(doubt)
        yield item, proposal


def _directions(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """The home of a merge that is sure, with each module that gives up its copy."""
    entry = proposal.choices[0] if proposal.is_automatic else None
    if isinstance(entry, MergeEntry):
        for copy in entry.drop:
            yield entry.home, copy.rpartition(":")[0]


def _homes(merges: dict[Duplicate, Proposal]) -> Homes:
    """Where the copies go that are merged for certain."""
    found: dict[Definer, ModuleName] = {}
    for duplicate, proposal in merges.items():
        entry = proposal.choices[0] if proposal.is_automatic else None
        if isinstance(entry, MergeEntry):
            found |= dict.fromkeys(duplicate.copies, ModuleName(entry.home))
    return found


def _sweep(found: ExpiredLeaveBehind) -> Proposal:
    name = found.qualified
    evidence = (
        f"{found.location} is a leave-behind; the home is {found.target}",
        f"nobody imports {name.name} from {name.module} any more",
    )
    entry = SweepEntry(module=name.module, name=name.name)
    return Proposal(f"leave-behind of {name.name} in {name.module}", evidence, (entry,))


def _each_once(ground: Ground, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """The proposals with ids, without those whose first choice another one makes already.

    A move answers every import that asks for the class, in whatever module.
    """
    seen: set[str] = set()
    for item in proposals:
        choices = tuple(with_id(_hinted(ground, choice)) for choice in item.choices)
        if choices and choices[0].id in seen:
            continue
        seen.update(choice.id for choice in choices[:1])
        yield item.with_choices(choices)


def _hinted(ground: Ground, entry: Entry) -> Entry:
    """A move with a word on each helper that the target may have already."""
    if not isinstance(entry, MoveEntry):
        return entry
    hints = tuple(map(str, equivalents(ground.scene.index, entry)))
    return entry.model_copy(update={"evidence": (*entry.evidence, *hints)})
