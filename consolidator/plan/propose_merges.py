"""What to do about classes that are defined several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consolidator.finders.findings import BrokenImport, Definer, Duplicate
from consolidator.plan.ground import Ground
from consolidator.plan.home import Candidacy, HomeChoice, Question, choose_home
from consolidator.plan.plan import Entry, MergeEntry
from consolidator.plan.proposal import Proposal, choice_said, counted, listed, span

MOST_CHOICES = 3

_TITLES = {
    "identical": "is written {count} times, byte for byte",
    "same code": "is written {count} times, the same but for comments and formatting",
    "superset": "is written {count} times; one has all that the others have",
    "union": "is written {count} times, each with something of its own, without contradiction",
    "renamed": "has the same body as classes of other names",
    "conflict": "is defined {count} times, and the definitions contradict each other",
}


def propose_merge(
    ground: Ground,
    found: Duplicate,
    demand: Sequence[BrokenImport] = (),
    *,
    allow_schema: bool = False,
) -> Proposal:
    """Merge copies into the best home; undecided where that is more than tidying up.

    `demand` are the broken imports that ask for the name.
    """
    question = question_of(found, demand)
    choice = choose_home(ground, question)
    title = f"class {found.name} " + _TITLES[found.relation].format(count=len(found.copies))
    evidence = (
        *_copies_said(ground, found),
        *_differences_said(found),
        *_demand_said(demand),
        *choice_said(choice),
    )
    if found.relation == "conflict":
        return Proposal(title, evidence, (), "they contradict each other; no merge is offered")
    choices = tuple(
        entry
        for candidate in choice.ranked[:MOST_CHOICES]
        if (entry := _entry(found, candidate, choice)) is not None
    )
    return Proposal(title, evidence, choices, _doubt(found, choice, allow_schema))


def question_of(found: Duplicate, demand: Sequence[BrokenImport] = ()) -> Question:
    """The question which home the copies get."""
    return Question(
        found.name,
        found.copies,
        tuple((item.asked.module, len(item.sites)) for item in demand),
        tuple(sorted({site.location.path for item in demand for site in item.sites})),
        found.copies[0] if found.relation == "superset" else None,
    )


def _doubt(found: Duplicate, choice: HomeChoice, allow_schema: bool) -> str:
    if found.relation == "union":
        return "a union makes a class that nobody has written; only on request"
    if found.relation == "renamed":
        return "whether two names mean one thing is for a person to say"
    if found.relation == "superset" and found.is_schema and not allow_schema:
        return "fields make up this class, and every user would see more of them (--allow-schema)"
    return choice.doubt


def _entry(found: Duplicate, home: Candidacy, choice: HomeChoice) -> Entry | None:
    own = next((copy for copy in found.copies if copy.qualified.module == home.module), None)
    base = _base(found, own)
    dropped = [copy for copy in found.copies if copy is not own]
    if found.relation == "conflict" or not dropped:
        return None
    return MergeEntry(
        name=own.qualified.name if own is not None else base.qualified.name,
        home=home.module,
        drop=tuple(f"{copy.qualified.module}:{copy.qualified.name}" for copy in dropped),
        policy=found.relation,
        base=None if base is own else base.qualified.module,
        evidence=(f"the home is {home.module}", *home.evidence)
        if home is not choice.best
        else (f"the home is {home.module}",),
    )


def _base(found: Duplicate, own: Definer | None) -> Definer:
    """The copy whose text the home gets."""
    if found.relation == "superset" or own is None:
        return found.copies[0]
    return own


def _copies_said(ground: Ground, found: Duplicate) -> tuple[str, ...]:
    return tuple(
        f"{span(copy)} {copy.qualified.module}:{copy.qualified.name}"
        + f", imported by {counted(len(_importers(ground, copy)), 'file')}"
        for copy in found.copies
    )


def _importers(ground: Ground, copy: Definer) -> set[str]:
    return {use.path for use in ground.uses_of(copy)}


def _differences_said(found: Duplicate) -> tuple[str, ...]:
    lines = []
    for difference in found.differences:
        lines.append(f"{difference.member} differs:")
        lines += [f"  {name.module}: {value or '(none)'}" for name, value in difference.values]
    return listed(lines) if found.relation != "conflict" else tuple(lines[:20])


def _demand_said(demand: Sequence[BrokenImport]) -> tuple[str, ...]:
    return tuple(
        f"{counted(len(item.sites), 'import')} that fail ask for it in {item.asked.module}, "
        f"as {item.sites[0].location}"
        for item in demand
    )


def by_name(imports: Sequence[BrokenImport]) -> Mapping[str, list[BrokenImport]]:
    """The broken imports by the name that they ask for."""
    found: dict[str, list[BrokenImport]] = {}
    for item in imports:
        found.setdefault(item.asked.name, []).append(item)
    return found
