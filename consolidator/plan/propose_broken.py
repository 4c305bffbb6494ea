"""What to do about a name that a module is asked for and does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consolidator.finders.findings import BrokenImport, Candidate, Definer, MissingModule
from consolidator.finders.roles import is_script, is_test, is_test_module
from consolidator.names import ModuleName
from consolidator.plan.ground import Ground, counted
from consolidator.plan.home import Question, choose_home, pinned_home
from consolidator.plan.plan import Entry, MoveEntry, RewriteEntry
from consolidator.plan.proposal import Proposal, choice_said, fit_said, sites_said, span
from consolidator.plan.propose_deletions import deletion, unused_paths

MOST_CHOICES = 4

Homes = Mapping[Definer, ModuleName]
"""Where the copies go that are merged for certain."""


@dataclass(frozen=True)
class _Case:
    """One broken import with what is known about the name."""

    ground: Ground
    found: BrokenImport
    demand: Sequence[BrokenImport]
    title: str
    evidence: tuple[str, ...]

    def proposal(self, choices: Iterable[Entry], doubt: str = "", *more: str) -> Proposal:
        shown = tuple(choices)[:MOST_CHOICES]
        return Proposal(self.title, (*self.evidence, *more), shown, doubt)


def propose_for_broken(
    ground: Ground,
    found: BrokenImport,
    demand: Sequence[BrokenImport] = (),
    missing: Sequence[MissingModule] = (),
    homes: Homes | None = None,
) -> Iterator[Proposal]:
    """Answers to a name that a module is asked for and does not have; none when nobody has it.

    `demand` are all broken imports that ask for the same name, this one among them; `missing` are
    the modules that do not exist, some of which may be asked for it as well.
    """
    unused = unused_paths(found.sites)
    is_used = any(site.is_used for site in found.sites)
    if is_used and found.candidates:
        yield _answer(_case(ground, found, demand or (found,), missing), homes or {})
    elif unused:
        asked, lacking = found.asked, "which does not have it"
        yield deletion(ground, asked.module, asked.name, found.sites, unused, lacking)


def rewrites(
    ground: Ground, source: ModuleName, name: str, candidates: Iterable[Candidate]
) -> tuple[Entry, ...]:
    """To import a name from where it is defined, for each definition that can be imported."""
    importable = [c for c in candidates if ground.is_importable(c.definer)]
    return tuple(_rewrite(source, name, candidate) for candidate in importable[:MOST_CHOICES])


def _case(
    ground: Ground,
    found: BrokenImport,
    demand: Sequence[BrokenImport],
    missing: Sequence[MissingModule],
) -> _Case:
    asked = found.asked
    places = len({site.location for site in found.sites})
    evidence = [f"{counted(places, 'failing import')}:", *sites_said(found.sites)]
    for candidate in found.candidates:
        evidence.append(f"defined in {span(candidate.definer)}")
        evidence += [f"  {line}" for line in fit_said(candidate.fit)]
    evidence += _asked_of_missing(asked.name, missing)
    title = f"{asked.name} is asked for in {asked.module}, which does not have it"
    return _Case(ground, found, demand, title, tuple(evidence))


def _asked_of_missing(name: str, missing: Sequence[MissingModule]) -> Iterator[str]:
    """What those ask of a name who look for it in a module that does not exist."""
    for item in missing:
        for candidate in dict(item.candidates).get(name, ()):
            yield f"also asked for in {item.module}, which does not exist; {_held(candidate)}"


def _held(candidate: Candidate) -> str:
    fit, path = candidate.fit, candidate.definer.path
    if fit.verdict != "contradicts":
        return f"there {path} {'fits' if fit.verdict == 'fits' else 'may fit'}"
    first = fit.misfits[0]
    said = f"there {path} is not what is used: {first.location} {first.use}: {first.why}"
    return said + (f" (and {len(fit.misfits) - 1} more)" if len(fit.misfits) > 1 else "")


def _answer(case: _Case, homes: Homes) -> Proposal:
    found, asked = case.found, case.found.asked
    merged = _merged(found, homes)
    if merged is not None:
        return _rewritten(case, merged)
    if found.answer != "defined once" or len(found.candidates) != 1:
        choices = rewrites(case.ground, asked.module, asked.name, found.candidates)
        return case.proposal(choices, f"it is {_answered(found)}")
    candidate = found.candidates[0]
    if not case.ground.is_importable(candidate.definer):
        return case.proposal((), "the file that defines it cannot be imported")
    return _defined_once(case, candidate)


def _merged(found: BrokenImport, homes: Homes) -> Candidate | None:
    """The candidate that all the others are merged into, if they are."""
    targets = {homes.get(candidate.definer) for candidate in found.candidates}
    if len(targets) != 1 or None in targets:
        return None
    kept = [c for c in found.candidates if {c.definer.qualified.module} == targets]
    return kept[0] if kept else None


def _answered(found: BrokenImport) -> str:
    if found.answer == "another kind":
        kinds = sorted({candidate.definer.kind for candidate in found.candidates})
        return f"a {' or '.join(kinds)} elsewhere, and no class"
    return f"defined in {counted(len(found.candidates), 'place')}"


# -- defined once ----------------------------------------------------------------------------


def _defined_once(case: _Case, candidate: Candidate) -> Proposal:
    question = demand_question(candidate.definer, case.demand)
    choice = choose_home(case.ground, question)
    present = candidate.definer.qualified.module
    moves = [_move(candidate.definer, h.module) for h in choice.ranked if h.module != present]
    barred = next((gone.excluded for gone in choice.excluded if gone.module == present), "")
    rewrite = _rewrite(case.found.asked.module, case.found.asked.name, candidate)
    pinned = pinned_home(case.ground, question)
    if pinned not in {None, present} or barred or not _serves(case.ground, question):
        doubt = _contradicted(candidate) or choice.doubt
        if not moves:
            doubt = f"no home passes for it: {barred or choice.doubt}"
        return case.proposal((*moves, rewrite), doubt, *choice_said(choice))
    if moves:  # many ask for it elsewhere
        doubt = f"more ask for it in {moves[0].to} than where it is: are they wrong?"
        doubt = _contradicted(candidate) or doubt
        return case.proposal((rewrite, *moves), doubt, *choice_said(choice))
    return _rewritten(case, candidate)


def demand_question(definer: Definer, demand: Sequence[BrokenImport]) -> Question:
    """The question where a class belongs that is asked for where it is not."""
    return Question(
        definer.qualified.name,
        (definer,),
        tuple((item.asked.module, len(item.sites)) for item in demand),
        tuple(sorted({site.location.path for item in demand for site in item.sites})),
    )


def _serves(ground: Ground, question: Question) -> bool:
    """Whether a definition stands where those who ask may import it from."""
    path = question.copies[0].path
    if is_test_module(path) or is_script(ground.scene.index.workspace, path):
        return False
    return not is_test(path) or all(is_test(asker) for asker in question.askers)


def _rewritten(case: _Case, candidate: Candidate) -> Proposal:
    """The class stays, and who asks for it elsewhere asks for it there."""
    asked = case.found.asked
    doubt = _contradicted(candidate) or next(_doubts(case, candidate), "")
    return case.proposal((_rewrite(asked.module, asked.name, candidate),), doubt)


def _contradicted(candidate: Candidate) -> str:
    if candidate.fit.verdict != "contradicts":
        return ""
    return "what its importers do with it contradicts the only definition"


def _doubts(case: _Case, candidate: Candidate) -> Iterator[str]:
    if all(site.is_guarded for site in case.found.sites):
        yield "every import of it is guarded: what they guard would come to life"
    if candidate.fit.verdict == "cannot tell" and not _is_near(case.found, candidate):
        yield "nothing but the name says that this definition is meant"
    target = candidate.definer.qualified.module
    for site in case.found.sites:
        against = case.ground.against(site.importer, target)
        if against and not is_test(site.location.path):
            yield f"{site.location.path} would import it, and {against}"


def _is_near(found: BrokenImport, candidate: Candidate) -> bool:
    """Whether the module asked, or all who ask, are of the package that has the name."""
    module, asked = candidate.definer.qualified.module, found.asked.module
    if asked.parent == module.parent or asked.tail == module.tail:
        return True
    return all(module.parent and site.importer.is_within(module.parent) for site in found.sites)


# -- entries ---------------------------------------------------------------------------------


def _rewrite(source: ModuleName, name: str, candidate: Candidate) -> RewriteEntry:
    module = candidate.definer.qualified.module
    said = f"import it from where it is, {module}"
    return RewriteEntry(source=source, to=module, names=(name,), evidence=(said,))


def _move(definer: Definer, home: ModuleName) -> MoveEntry:
    return MoveEntry(
        names=(definer.qualified.name,),
        source=definer.qualified.module,
        to=home,
        evidence=(f"move it to where it is asked for, {home}",),
    )
