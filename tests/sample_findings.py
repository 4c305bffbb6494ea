"""Findings of every kind as values, for the tests of what becomes of findings."""

from __future__ import annotations

from consolidator.errors import Location
from consolidator.finders.findings import (
    BrokenImport,
    Candidate,
    Definer,
    Duplicate,
    ExpiredLeaveBehind,
    Findings,
    Fit,
    MemberDifference,
    Misfit,
    Misplaced,
    MissingModule,
    SecondDefinition,
    Site,
    Suppression,
    ThroughLeaveBehind,
)
from consolidator.names import ModuleName, QualifiedName


def named(text: str) -> QualifiedName:
    """`a.b:C` as a qualified name."""
    module, _, name = text.partition(":")
    return QualifiedName(ModuleName(module), name)


def defined(text: str, first: int = 1, last: int = 9) -> Definer:
    """The definition of `a.b:C`, in `a/b.py`."""
    name = named(text)
    return Definer(name, name.module.replace(".", "/") + ".py", first, last)


def imported(path: str, line: int, text: str = "", *, is_used: bool = True) -> Site:
    """An import at that place."""
    module = ModuleName(path.removesuffix(".py").replace("/", "."))
    return Site(Location(path, line, text), module, "Tester", False, False, False, is_used)


MISFIT = Misfit(Location("tests/e2e/a.py", 7), "Tester(config)", "`__init__` takes no argument")
BROKEN = BrokenImport(
    named("helpers.auth:Tester"),
    (imported("tests/e2e/a.py", 3, "from helpers.auth import Tester"), imported("tests/b.py", 1)),
    "defined once",
    (Candidate(defined("tests.old:Tester", 10, 20), Fit("contradicts", 5, (MISFIT,))),),
)
UNUSED = BrokenImport(
    named("helpers.auth:Gone"), (imported("tests/b.py", 2, is_used=False),), "nowhere"
)
MISSING = MissingModule(
    ModuleName("shop.money"),
    ("Price", "Tax"),
    (imported("shop/cart.py", 1),),
    ModuleName("shop.core.money"),
)
DUPLICATE = Duplicate("Config", "identical", (defined("a.one:Config"), defined("b.two:Config")))
SUPERSET = Duplicate(
    "Job",
    "superset",
    (defined("a.jobs:Job", 1, 30), defined("b.jobs:Job")),
    (MemberDifference("run", ((named("a.jobs:Job"), "def run(self)"), (named("b.jobs:Job"), ""))),),
    is_schema=True,
)
MISPLACED = Misplaced(
    defined("tests.old:Tester", 10, 20),
    "asked for elsewhere",
    (imported("tests/b.py", 1),),
    (ModuleName("helpers.auth"),),
)
EXPIRED = ExpiredLeaveBehind(named("old:Kept"), ModuleName("new"), Location("old.py", 4))
SECOND = SecondDefinition("Config", ModuleName("a.one"), defined("c.three:Config"), "so it says")
THROUGH = ThroughLeaveBehind(
    named("old:Kept"), ModuleName("new"), Location("old.py", 4), (imported("user.py", 2),)
)
EVERY_KIND = (BROKEN, UNUSED, MISSING, DUPLICATE, SUPERSET, MISPLACED, EXPIRED, SECOND, THROUGH)
FINDINGS = Findings(
    (BROKEN, UNUSED, MISSING, DUPLICATE, SUPERSET, MISPLACED, EXPIRED),
    (
        Duplicate(
            "Meta",
            "conflict",
            (defined("a.x:Meta"), defined("a.y:Meta")),
            suppression=Suppression("nested", "they stand inside other classes"),
        ),
    ),
    (("odd/file.py", "line 3: invalid syntax"),),
    (("files", 12), ("classes", 40), ("imports", 90)),
)
