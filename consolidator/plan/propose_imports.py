"""What to do about imports that fail: rewrite them, move what they ask for, or delete them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from consolidator.finders.findings import BrokenImport, Candidate, Definer, MissingModule, Site
from consolidator.finders.roles import is_script, is_test, is_test_module
from consolidator.names import ModuleName
from consolidator.plan.ground import Ground
from consolidator.plan.home import HomeChoice, Question, choose_home, pinned_home
from consolidator.plan.plan import DeleteEntry, Entry, MoveEntry, RewriteEntry
from consolidator.plan.proposal import (
    Proposal,
    choice_said,
    counted,
    fit_said,
    listed,
    sites_said,
    span,
)

MOST_CHOICES = 4


def propose_for_broken(
    ground: Ground, found: BrokenImport, demand: Sequence[BrokenImport] = ()
) -> Iterator[Proposal]:
    """Answers to a name that a module is asked for and does not have; none when nobody has it.

    `demand` are all broken imports that ask for the same name, this one among them.
    """
    unused = unused_paths(found.sites)
    if not any(site.is_used for site in found.sites):
        if unused:
            yield _deletion(found.asked.module, found.asked.name, found.sites, unused)
        return
    if found.candidates:
        yield _answer(ground, found, demand or (found,))
    elif unused:
        yield _deletion(found.asked.module, found.asked.name, found.sites, unused)


def propose_for_missing(ground: Ground, found: MissingModule) -> Iterator[Proposal]:
    """Answers to imports from a module that does not exist; none when nobody has the names."""
    evidence = (
        f"{counted(len(found.sites), 'import')} of it, all failing:",
        *sites_said(found.sites),
    )
    title = f"module {found.module} does not exist"
    unused = unused_paths(found.sites)
    if found.names and unused and not any(site.is_used for site in found.sites):
        for name in found.names:
            yield from _unused_name(ground, found, name)
        return
    namesakes = (found.namesake,) if found.namesake else found.namesakes
    if namesakes:
        yield _namesake(ground, found, tuple(namesakes), title, evidence)
        return
    for name, candidates in found.candidates:
        choices = tuple(_rewrite(found.module, name, c) for c in candidates[:MOST_CHOICES])
        if choices:
            yield Proposal(
                f"{title}; it is asked for {name}",
                evidence,
                choices,
                "the module is missing, and only the name speaks for this answer",
            )


# -- deletions -------------------------------------------------------------------------------


def unused_paths(sites: Iterable[Site]) -> tuple[str, ...]:
    """The files in which no site is used, or guarded against its failure.

    A guarded import that nobody uses may ask whether the name is there.
    """
    every = list(sites)
    kept = {site.location.path for site in every if site.is_used or site.is_guarded}
    return tuple(sorted({site.location.path for site in every} - kept))


def _deletion(
    module: ModuleName, name: str, sites: Sequence[Site], paths: tuple[str, ...]
) -> Proposal:
    gone = [site for site in sites if site.location.path in paths]
    evidence = (
        f"{counted(len(gone), 'import')} of {name} from {module}, which does not have it, "
        "and nobody uses what they bind:",
        *sites_said(gone),
    )
    entry = DeleteEntry(module=module, name=name, paths=paths)
    return Proposal(f"{name} is imported from {module} and never used", evidence, (entry,))


def _unused_name(ground: Ground, found: MissingModule, name: str) -> Iterator[Proposal]:
    """A missing module is asked for several names; each is an entry of its own."""
    paths = unused_paths(found.sites)
    asking = [
        path
        for path in paths
        if any(item.name == name for item in ground.scene.outlines[path].imports)
    ]
    if asking:
        sites = [site for site in found.sites if site.location.path in asking]
        yield _deletion(found.module, name, sites, tuple(asking))


# -- a module that lacks a name --------------------------------------------------------------


def _answer(ground: Ground, found: BrokenImport, demand: Sequence[BrokenImport]) -> Proposal:
    asked = found.asked
    title = f"{asked.name} is asked for in {asked.module}, which does not have it"
    evidence = [
        f"{counted(len(found.sites), 'import')} that fail:",
        *sites_said(found.sites),
    ]
    for candidate in found.candidates:
        evidence.append(
            f"defined in {candidate.definer.qualified.module}, {span(candidate.definer)}"
        )
        evidence += [f"  {line}" for line in fit_said(candidate.fit)]
    if found.answer != "defined once" or len(found.candidates) != 1:
        choices = tuple(
            _rewrite(asked.module, asked.name, c) for c in found.candidates[:MOST_CHOICES]
        )
        return Proposal(title, tuple(evidence), choices, f"it is {_answered(found)}")
    return _defined_once(ground, found, demand, title, tuple(evidence))


def _answered(found: BrokenImport) -> str:
    if found.answer == "another kind":
        kinds = sorted({candidate.definer.kind for candidate in found.candidates})
        return f"a {' or '.join(kinds)} elsewhere, and no class"
    return f"defined in {counted(len(found.candidates), 'place')}"


def _defined_once(
    ground: Ground,
    found: BrokenImport,
    demand: Sequence[BrokenImport],
    title: str,
    evidence: tuple[str, ...],
) -> Proposal:
    candidate = found.candidates[0]
    question = demand_question(candidate.definer, demand)
    choice = choose_home(ground, question)
    present = candidate.definer.qualified.module
    rewrite = _rewrite(found.asked.module, found.asked.name, candidate)
    moves = tuple(
        _move(candidate.definer, home.module) for home in choice.ranked if home.module != present
    )
    stays = _serves(ground, candidate.definer, question.askers)
    barred = next((gone.excluded for gone in choice.excluded if gone.module == present), "")
    choices: tuple[Entry, ...] = (rewrite, *moves) if stays and not barred else (*moves, rewrite)
    evidence = (*evidence, *choice_said(choice))
    doubt = _doubt(ground, found, choice, stays and not barred, moves)
    return Proposal(title, evidence, choices[:MOST_CHOICES], doubt)


def demand_question(definer: Definer, demand: Sequence[BrokenImport]) -> Question:
    """The question where a class belongs that is asked for where it is not."""
    return Question(
        definer.qualified.name,
        (definer,),
        tuple((item.asked.module, len(item.sites)) for item in demand),
        tuple(sorted({site.location.path for item in demand for site in item.sites})),
    )


def _serves(ground: Ground, definer: Definer, askers: Iterable[str]) -> bool:
    """Whether a definition stands where those who ask may import it from."""
    if is_test_module(definer.path) or is_script(ground.scene.index.workspace, definer.path):
        return False
    return not is_test(definer.path) or all(is_test(path) for path in askers)


def _doubt(
    ground: Ground,
    found: BrokenImport,
    choice: HomeChoice,
    stays: bool,
    moves: tuple[MoveEntry, ...],
) -> str:
    candidate = found.candidates[0]
    if candidate.fit.verdict == "contradicts":
        return "what its importers do with it contradicts the only definition"
    if pinned_home(ground, demand_question(candidate.definer, (found,))):
        return choice.doubt
    if not stays:
        if not moves:
            return "it stands where it should not be imported from, and no home passes"
        return choice.doubt
    if candidate.fit.verdict == "cannot tell" and not _is_near(found, candidate):
        return "nothing but the name says that this definition is meant"
    if _is_wanted_elsewhere(ground, found, candidate):
        return (
            f"more imports ask for it in {found.asked.module} than where it is: "
            "either they are wrong or it should move"
        )
    return ""


def _is_near(found: BrokenImport, candidate: Candidate) -> bool:
    """Whether the module asked and the one that has the name are parts of one package."""
    return found.asked.module.top == candidate.definer.qualified.module.top


def _is_wanted_elsewhere(ground: Ground, found: BrokenImport, candidate: Candidate) -> bool:
    present = {use.path for use in ground.uses_of(candidate.definer)}
    asking = {site.location.path for site in found.sites if site.is_used}
    return len(asking) >= 3 and len(asking) > 2 * len(present)


def _rewrite(source: ModuleName, name: str, candidate: Candidate) -> RewriteEntry:
    module = candidate.definer.qualified.module
    return RewriteEntry(
        source=source,
        to=module,
        names=(name,),
        evidence=(f"import it from where it is, {module}", *fit_said(candidate.fit)),
    )


def _move(definer: Definer, home: ModuleName) -> MoveEntry:
    return MoveEntry(
        names=(definer.qualified.name,),
        source=definer.qualified.module,
        to=home,
        evidence=(f"move it to where it is asked for, {home}",),
    )


# -- a module that does not exist ------------------------------------------------------------


def _namesake(
    ground: Ground,
    found: MissingModule,
    namesakes: tuple[ModuleName, ...],
    title: str,
    evidence: tuple[str, ...],
) -> Proposal:
    choices = tuple(
        RewriteEntry(
            source=found.module,
            to=namesake,
            evidence=(f"{namesake} has the same name and offers {_offered(found)}",),
        )
        for namesake in namesakes[:MOST_CHOICES]
    )
    doubt = f"{len(namesakes)} modules of that name offer it" if len(namesakes) > 1 else ""
    barred = _barred(ground, found, namesakes[0])
    evidence = (*evidence, *choices[0].evidence) if len(namesakes) == 1 else evidence
    return Proposal(title, evidence, choices, doubt or barred)


def _offered(found: MissingModule) -> str:
    if not found.names:
        return "the module itself, which is all that is asked for"
    return "all that is asked for: " + ", ".join(listed(found.names))


def _barred(ground: Ground, found: MissingModule, namesake: ModuleName) -> str:
    """Why those who ask must not import the namesake, if so."""
    path = ground.path_of(namesake) or ""
    for site in found.sites:
        asker = site.location.path
        if is_test(path) and not is_test(asker):
            return f"{path} is test code, and {asker} is not"
        contract = ground.rules.broken_by(site.importer, namesake)
        if contract:
            return f"the layer rule {contract!r} forbids {site.importer} to import {namesake}"
    return ""
