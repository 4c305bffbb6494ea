"""What to do about a class that lives where its users would not look for it."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.finders.findings import Misplaced
from consolidator.finders.roles import is_test_module
from consolidator.names import ModuleName
from consolidator.plan.ground import Ground, counted
from consolidator.plan.home import Question, choose_home
from consolidator.plan.plan import MoveEntry
from consolidator.plan.proposal import Proposal, sites_said, span

_REASONS = {
    "in a test module": "stands in a test module, and other files import it from there",
    "in a script": "stands in a script, and other files import it from there",
    "test code imported": "is test code that code outside the tests imports",
}
_HELPERS = ("helpers", "common", "shared", "utils", "fixtures", "support")
MOST_CHOICES = 3


def propose_move(ground: Ground, found: Misplaced) -> Iterator[Proposal]:
    """Where a misplaced class could go; a person decides, for only its users are known.

    One that is asked for elsewhere is answered with the imports that ask.
    """
    if found.reason == "asked for elsewhere":
        return
    definer = found.definer
    name = definer.qualified.name
    evidence = (
        f"defined in {definer.qualified.module}, {span(definer)}",
        f"{counted(len(found.sites), 'import')} from there:",
        *sites_said(found.sites),
    )
    choices = tuple(
        MoveEntry(
            names=(name,),
            source=definer.qualified.module,
            to=home,
            evidence=(f"{home} is the nearest module for shared code",),
        )
        for home in _homes(ground, found)
    )
    doubt = "no import says where it belongs" if choices else "no shared module is near"
    yield Proposal(f"{definer.kind} {name} {_REASONS[found.reason]}", evidence, choices, doubt)


def _homes(ground: Ground, found: Misplaced) -> list[ModuleName]:
    """Modules for shared code in the packages above all users, the nearest first."""
    users = [site.importer for site in found.sites]
    question = Question(
        found.definer.qualified.name,
        (found.definer,),
        askers=tuple(sorted({site.location.path for site in found.sites})),
    )
    homes = []
    for package in _packages_above([found.definer.qualified.module, *users]):
        for tail in _HELPERS:
            module = package.child(tail)
            path = ground.path_of(module)
            if path and not is_test_module(path) and _passes(ground, question, module):
                homes.append(module)
    return homes[:MOST_CHOICES]


def _passes(ground: Ground, question: Question, module: ModuleName) -> bool:
    asked = Question(question.name, question.copies, ((module, 1),), question.askers)
    return any(candidate.module == module for candidate in choose_home(ground, asked).ranked)


def _packages_above(modules: list[ModuleName]) -> list[ModuleName]:
    """The packages that hold all these modules, innermost first."""
    shared = set(modules[0].ancestors())
    for module in modules[1:]:
        shared &= set(module.ancestors())
    return sorted(shared, key=len, reverse=True)
