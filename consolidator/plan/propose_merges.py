"""What to do about classes that are defined several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from consolidator.finders.findings import BrokenImport, Definer, Duplicate
from consolidator.finders.roles import is_script, is_test, is_test_module
from consolidator.plan.choice import Candidacy, Criterion, HomeChoice
from consolidator.plan.ground import Ground, counted
from consolidator.plan.home import Question, choose_home, is_wanted
from consolidator.plan.plan import Entry, MergeEntry, Policy
from consolidator.plan.proposal import Proposal, choice_said, listed, span

MOST_CHOICES = 3
MOST_DIFFERENCES = 6
FEW_IMPORTERS = 3

_SHARING: tuple[Criterion, ...] = ("pinned", "asked for", "re-exported", "shared module")
"""What makes a module one that others may well import from, whoever does so far."""

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
    beside: Sequence[Duplicate] = (),
    *,
    allow_schema: bool = False,
) -> Proposal:
    """Merge copies into the best home; undecided where that is more than tidying up.

    `demand` are the broken imports that ask for the name, `beside` other classes that are written
    several times in the same modules.
    """
    title = f"class {found.name} " + _TITLES[found.relation].format(count=len(found.copies))
    copies = (*_copies_said(ground, found), *_differences_said(found))
    if found.relation == "conflict":
        doubt = "they contradict each other, so they stay apart or one is renamed"
        return Proposal(title, copies, (), doubt)
    if not all(map(ground.is_importable, found.copies)):
        return Proposal(title, copies, (), "a file that holds a copy cannot be imported")
    question = question_of(found, demand, beside)
    choice = choose_home(ground, question)
    evidence = (*copies, *_demand_said(demand), *choice_said(choice))
    ranked = choice.ranked[:MOST_CHOICES]
    choices = tuple(_entry(found, candidate, choice) for candidate in ranked)
    doubt = _doubt(ground, found, question, choice, allow_schema)
    return Proposal(title, evidence, choices, doubt)


def question_of(
    found: Duplicate, demand: Sequence[BrokenImport] = (), beside: Sequence[Duplicate] = ()
) -> Question:
    """The question which home the copies get."""
    return Question(
        found.name,
        found.copies,
        tuple((item.asked.module, len(item.sites)) for item in demand),
        tuple(sorted({site.location.path for item in demand for site in item.sites})),
        found.copies[0] if found.relation == "superset" else None,
        tuple(copy for other in beside for copy in other.copies),
    )


def beside(found: Duplicate, duplicates: Sequence[Duplicate]) -> tuple[Duplicate, ...]:
    """The other duplicates that could be merged in at least two of the same modules."""
    modules = {copy.qualified.module for copy in found.copies}
    return tuple(
        other
        for other in duplicates
        if other is not found
        and other.relation != "conflict"
        and len(modules & {copy.qualified.module for copy in other.copies}) > 1
    )


def _doubt(
    ground: Ground, found: Duplicate, question: Question, choice: HomeChoice, allow_schema: bool
) -> str:
    if found.relation == "union":
        return "a union makes a class that nobody has written; only on request"
    if found.relation == "renamed":
        return "whether two names mean one thing is for a person to say"
    if found.relation == "superset" and found.is_schema and not allow_schema:
        return "fields make up this class, and every user would see more of them (--allow-schema)"
    if choice.best is None:
        return choice.doubt
    return next(_objections(ground, found, question, choice.best), choice.doubt)


def _objections(
    ground: Ground, found: Duplicate, question: Question, home: Candidacy
) -> Iterator[str]:
    """Why a careful person might not want the copies in that home, whatever speaks for it."""
    if found.name.startswith("_"):
        yield "the name is private to its modules"
    for copy in found.copies:
        if is_script(ground.scene.index.workspace, copy.path):
            yield f"{copy.path} is a script, which may have to run on its own"
        if copy.path != home.path and ground.imports(home.path, copy):
            yield f"{home.path} imports {copy.qualified.module}: the two would need each other"
        if not is_test(copy.path) and ground.is_upstream(copy.qualified.module, home.module):
            yield f"most imports between {copy.path} and {home.path} go the other way"
    if not _dropped(found, home):
        yield "a test that has its own copy of what it checks may want it so"
    yield from _elsewhere(ground, found, home)
    for path in _strangers(ground, found, home):
        yield f"{path} imports nothing of {home.module.top} so far"
    if is_wanted(ground, question, home.module):
        yield f"many imports ask {home.module} for it: either they are wrong or it should move"


def _elsewhere(ground: Ground, found: Duplicate, home: Candidacy) -> Iterator[str]:
    """Copies at home in another part of the project than the module that they would come from."""
    own = [copy for copy in found.copies if copy.qualified.module == home.module]
    importers = {path for copy in own for path in _importers(ground, copy)}
    parent = home.module if home.path.endswith("__init__.py") else home.module.parent
    for copy in _dropped(found, home):
        module, theirs = copy.qualified.module, _importers(ground, copy)
        if module.top != home.module.top and len(theirs) > len(importers):
            yield (
                f"{counted(len(theirs), 'file')} import it from {module}, a package of its own, "
                f"against {len(importers)} from {home.module}"
            )
        if (
            len(importers) < FEW_IMPORTERS
            and not any(home.value(criterion) for criterion in _SHARING)
            and not module.is_within(parent)
            and module.tail != home.module.tail
        ):
            yield f"{home.module} is no module for shared code, and {module} is elsewhere"


def _strangers(ground: Ground, found: Duplicate, home: Candidacy) -> Iterator[str]:
    """Files with a copy that would depend on another top-level package for the first time."""
    top = home.module.top
    for copy in _dropped(found, home):
        imported = {
            item.module.partition(".")[0] for item in ground.scene.outlines[copy.path].imports
        }
        if copy.qualified.module.top != top and top not in imported:
            yield copy.path


def _entry(found: Duplicate, home: Candidacy, choice: HomeChoice) -> Entry:
    own = next((copy for copy in found.copies if copy.qualified.module == home.module), None)
    base = _base(found, own)
    dropped = _dropped(found, home) or [copy for copy in found.copies if copy is not own]
    why = "" if home is choice.best or not home.evidence else ": " + "; ".join(home.evidence)
    return MergeEntry(
        name=own.qualified.name if own is not None else base.qualified.name,
        home=home.module,
        drop=tuple(f"{copy.qualified.module}:{copy.qualified.name}" for copy in dropped),
        policy=cast(Policy, found.relation),
        base=None if base is own else base.qualified.module,
        evidence=(f"keep it in {home.module}{why}",),
    )


def _dropped(found: Duplicate, home: Candidacy) -> list[Definer]:
    """The copies that go: all others, but not what a test restates of the code that it checks."""
    return [
        copy
        for copy in found.copies
        if copy.qualified.module != home.module
        and (is_test(home.path) or not is_test_module(copy.path))
    ]


def _base(found: Duplicate, own: Definer | None) -> Definer:
    """The copy whose text the home gets."""
    if found.relation == "superset" or own is None:
        return found.copies[0]
    return own


def _copies_said(ground: Ground, found: Duplicate) -> tuple[str, ...]:
    return listed(
        f"  {span(copy)}{_called(found, copy)}, imported by {_importers_said(ground, copy)}"
        for copy in found.copies
    )


def _called(found: Duplicate, copy: Definer) -> str:
    return "" if copy.qualified.name == found.name else f" as {copy.qualified.name}"


def _importers_said(ground: Ground, copy: Definer) -> str:
    importers = _importers(ground, copy)
    return counted(len(importers), "file") if importers else "nobody"


def _importers(ground: Ground, copy: Definer) -> set[str]:
    return {use.path for use in ground.uses_of(copy)}


def _differences_said(found: Duplicate) -> tuple[str, ...]:
    lines: list[str] = []
    shown = found.differences[:MOST_DIFFERENCES]
    for difference in shown:
        lines.append(f"  {difference.member} differs:")
        lines += listed(
            f"    {name.module}: {value or '(none)'}" for name, value in difference.values
        )
    if len(found.differences) > len(shown):
        lines.append(f"  and {len(found.differences) - len(shown)} more differences")
    return tuple(lines)


def _demand_said(demand: Sequence[BrokenImport]) -> tuple[str, ...]:
    return tuple(
        f"{counted(len(item.sites), 'failing import')} of it from {item.asked.module}, "
        f"as in {item.sites[0].location}"
        for item in demand
    )


def by_name(imports: Sequence[BrokenImport]) -> dict[str, list[BrokenImport]]:
    """The broken imports by the name that they ask for."""
    found: dict[str, list[BrokenImport]] = {}
    for item in imports:
        found.setdefault(item.asked.name, []).append(item)
    return found
