"""The home of a class: hard filters first, then evidence in a fixed order; a tie is no choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.finders.findings import Definer
from consolidator.finders.roles import is_script, is_test, is_test_module
from consolidator.finders.services import services
from consolidator.names import ModuleName
from consolidator.plan.choice import Candidacy, HomeChoice, Score, judged
from consolidator.plan.ground import Ground, Use, counted

_SHARED = frozenset(
    {
        *("common", "constants", "contracts", "enums", "errors", "exceptions", "helper", "helpers"),
        *("interfaces", "models", "schemas", "shared", "types", "util", "utils"),
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """Which module should define a class."""

    name: str
    copies: tuple[Definer, ...]
    """Its definitions as they are."""
    asked: tuple[tuple[ModuleName, int], ...] = ()
    """The modules that broken imports ask for it, with the number of sites."""
    askers: tuple[str, ...] = ()
    """The files of those sites."""
    superset: Definer | None = None
    """The copy that has all that the others have."""
    companions: tuple[Definer, ...] = ()
    """Other classes that are written several times in the same modules: they go the same way."""


def choose_home(ground: Ground, question: Question) -> HomeChoice:
    """Rank the modules that could be the home of a class; undecided when the evidence is thin.

    A module that is asked for the class and has no copy is a candidate only where the copies are
    in no place for others to import them from, or when many more ask for it there.
    The answer depends on nothing but the project: not on the order of files or findings.
    """
    candidates = [_candidacy(ground, question, module) for module in _modules(ground, question)]
    fit = sorted((c for c in candidates if not c.excluded), key=lambda c: c.rank)
    unfit = sorted((c for c in candidates if c.excluded), key=lambda c: c.module)
    return judged(tuple(fit), tuple(unfit))


def pinned_home(ground: Ground, question: Question) -> ModuleName | None:
    """The home that the settings say (`homes`), by `Class` or by `module:Class`."""
    homes = ground.scene.index.workspace.config.homes
    keys = [question.name, *(f"{c.qualified.module}:{c.qualified.name}" for c in question.copies)]
    return next((ModuleName(homes[key]) for key in keys if key in homes), None)


def _modules(ground: Ground, question: Question) -> list[ModuleName]:
    pinned = pinned_home(ground, question)
    if pinned is not None:
        return [pinned]
    holding = sorted({copy.qualified.module for copy in question.copies})
    asked = sorted({module for module, _ in question.asked if ground.path_of(module)})
    if any(_is_proper(_candidacy(ground, question, module)) for module in holding):
        asked = [module for module in asked if is_wanted(ground, question, module)]
    return sorted({*asked, *holding})


def _is_proper(candidacy: Candidacy) -> bool:
    return not candidacy.excluded and not is_test_module(candidacy.path)


def is_wanted(ground: Ground, question: Question, module: ModuleName) -> bool:
    """Whether many more ask a module for the class than import it from where it is."""
    asking = sum(count for asked, count in question.asked if asked == module)
    present = {use.path for copy in question.copies for use in ground.uses_of(copy)}
    return asking >= 3 and asking > 2 * len(present)


def _candidacy(ground: Ground, question: Question, module: ModuleName) -> Candidacy:
    path = ground.path_of(module) or ""
    excluded = next(_exclusions(ground, question, module, path), "")
    if excluded:
        return Candidacy(module, path, excluded=excluded)
    return Candidacy(module, path, tuple(_scores(ground, question, module)))


# -- hard filters ----------------------------------------------------------------------------


def _exclusions(ground: Ground, question: Question, module: ModuleName, path: str) -> Iterator[str]:
    """Why a module cannot be the home, worst first."""
    scene = ground.scene
    if not path:
        if pinned_home(ground, question) != module:
            yield "no module of that name can be imported"
        return
    if path not in scene.outlines or scene.index.readable(path) is None:
        yield f"{path} cannot be read"
        return
    users = _users(ground, question, module) - {path}
    outside = sorted(user for user in users if not is_test(user))
    if is_test(path) and outside:
        yield f"it is test code, and {outside[0]} would have to import it"
    if is_script(scene.index.workspace, path) and users:
        yield f"it is a script, and {min(users)} would have to import it"
    yield from _services_crossed(ground, path, users)
    yield from _layers_broken(ground, question, module, users)
    own = ground.directions_for(question.copies)
    for user in outside:
        against = ground.against(scene.module_of(user), module, own)
        if against:
            yield f"{user} would have to import it, and {against}"


def _users(ground: Ground, question: Question, module: ModuleName) -> set[str]:
    """The files that will import the class: those that do, and the places that it leaves.

    Those that ask for it where it is not count for the modules that they ask; they need not get it
    from anywhere else.
    """
    users = {use.path for copy in question.copies for use in ground.uses_of(copy)}
    if any(asked == module for asked, _ in question.asked):
        users |= set(question.askers)
    return users | {copy.path for copy in question.copies}


def _services_crossed(ground: Ground, path: str, users: set[str]) -> Iterator[str]:
    known = ground.scene.once(services)
    for user in sorted(users):
        if not known.may_share(path, user):
            own, other = known.unit(path).directory, known.unit(user).directory
            yield f"{user} is deployed with {other}, which does not import {own}"


def _layers_broken(
    ground: Ground, question: Question, module: ModuleName, users: set[str]
) -> Iterator[str]:
    for user in sorted(users):
        importer = ground.scene.module_of(user)
        contract = ground.rules.broken_by(importer, module)
        if contract:
            yield f"the layer rule {contract!r} forbids {importer} to import {module}"
    if not ground.rules.contracts:
        return
    copies = [copy for copy in question.copies if copy.qualified.module != module]
    for copy in copies if len(copies) == len(question.copies) else ():
        for needed in sorted(_needed_modules(ground, copy)):
            contract = ground.rules.broken_by(module, needed)
            if contract:
                yield f"the layer rule {contract!r} forbids {module} to import {needed}"


def _needed_modules(ground: Ground, copy: Definer) -> set[ModuleName]:
    """The modules of the project that a definition takes names from."""
    module = ground.scene.index.readable(copy.path)
    if module is None:
        return set()
    lines = range(copy.first_line, copy.last_line + 1)
    names = {use.name for use in module.global_uses if getattr(use.node, "lineno", 0) in lines}
    return {
        item.module
        for name in names
        for item in module.imports_by_name.get(name, [])
        if ground.scene.index.workspace.is_first_party(item.module)
    }


# -- criteria --------------------------------------------------------------------------------


def _scores(ground: Ground, question: Question, module: ModuleName) -> Iterator[Score]:
    if pinned_home(ground, question) == module:
        yield Score("pinned", 1, f"`homes` in [tool.consolidate] says {module}")
    sites = sum(count for asked, count in question.asked if asked == module)
    if sites:
        yield Score("asked for", sites, f"{counted(sites, 'failing import')} of it from there")
    uses = _uses_at(ground, question, module)
    yield from _reexported(uses, module)
    if question.superset is not None and question.superset.qualified.module == module:
        yield Score("superset", 1, "has all that the others have")
    importers = {use.path for use in uses}
    if importers:
        what = "" if not question.companions else " (or what is double beside it)"
        said = f"imported{what} by {counted(len(importers), 'file')}"
        yield Score("importers", len(importers), said)
    shared = _shared_word(module)
    if shared:
        yield Score("shared module", 1, f"named as shared code ({shared})")
    yield Score("depth", -module.count("."))
    yield Score("cohesion", _cohesion(ground, question, module))


def _shared_word(module: ModuleName) -> str:
    """`types` of `pkg.types`, of `pkg.types.users` and of `pkg.shared_types`."""
    words = [*re.split("_", module.tail.lower()), module.parent.tail.lower()]
    return next((word for word in words if word in _SHARED), "")


def _uses_at(ground: Ground, question: Question, module: ModuleName) -> tuple[Use, ...]:
    every = (*question.copies, *question.companions)
    copies = [copy for copy in every if copy.qualified.module == module]
    return tuple(sorted({use for copy in copies for use in ground.uses_of(copy)}))


def _reexported(uses: tuple[Use, ...], module: ModuleName) -> Iterator[Score]:
    """A package that passes the name on: `from .models import C` in its `__init__`."""
    for use in uses:
        if use.path.endswith("__init__.py") and module.is_within(use.importer):
            yield Score("re-exported", 1, f"{use.location} re-exports it from there")
            return


def _cohesion(ground: Ground, question: Question, module: ModuleName) -> int:
    """How many names of the module the class mentions."""
    outline = ground.scene.outline_of(module)
    copy = next(iter(question.copies))
    if outline is None:
        return 0
    lines = ground.scene.index.workspace.file(copy.path).text.splitlines()
    words = set(re.findall(r"\w+", "\n".join(lines[copy.first_line - 1 : copy.last_line])))
    return len((words - {question.name}) & outline.bound)
