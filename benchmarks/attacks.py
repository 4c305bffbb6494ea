"""The attacks of docs/trust.md: what each tries, its command, and which lines are its figures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PACKAGES = (
    "aiohttp,attrs,celery,click,django,docutils,fastapi,flask,gensim,httpx,jinja2,marshmallow,"
    "networkx,nltk,poetry-core,pydantic,rich,scrapy,sphinx,sqlalchemy,sympy,twisted,werkzeug,xarray"
)
HELD_OUT = (
    "anyio,astroid,cattrs,dulwich,falcon,jedi,jsonschema,kombu,lark,mongoengine,paramiko,"
    "prompt-toolkit,pygments,pyramid,returns,strawberry-graphql,textual,tornado,tortoise-orm,trio,"
    "wtforms"
)
"""Packages that nobody looked at while the rules were written."""

SMALL_PACKAGES = "attrs,click,flask,httpx,jinja2,marshmallow,poetry-core,werkzeug"
"""Where a move takes rope seconds and not minutes."""

BROKEN = (
    "attrs", "click", "flask", "httpx", "jinja2", "marshmallow", "networkx", "rich", "scrapy",
    "aiohttp", "celery", "docutils", "fastapi", "poetry-core", "pydantic", "sphinx",
    "sqlalchemy", "twisted", "werkzeug",
)  # fmt: skip
"""Packages of which hundreds of broken copies can be imported in a night."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way of attacking the tool."""

    key: str
    title: str
    what: str
    """For the page: what is tried and what counts as a failure."""
    command: tuple[str, ...]
    """Arguments for `python`; `FILE` stands for a file that the attack may fill, `MOVES` for
    the one that the attack `moves` filled."""
    figures: Callable[[str, Path], str]
    """The lines for the page, from the output and the file."""


def tables(output: str, file: Path) -> str:
    """The Markdown tables of an output, the last ones if there are several runs."""
    blocks = re.findall(r"(?:^\|.*\n?)+", output, re.MULTILINE)
    return "\n".join(block.rstrip() + "\n" for block in blocks)


def last_lines(number: int) -> Callable[[str, Path], str]:
    """The last lines of an output, as they are."""

    def pick(output: str, file: Path) -> str:
        return "```\n" + "\n".join(output.rstrip().splitlines()[-number:]) + "\n```\n"

    return pick


def properties(output: str, file: Path) -> str:
    """What tests counted, from a JUnit file, and how many tests there were."""
    suite = ElementTree.parse(file).getroot()
    counts: Counter[str] = Counter()
    for item in suite.iter("property"):
        counts[item.get("name", "")] += int(item.get("value", "0"))
    cases = list(suite.iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None)
    rows = [f"| {name} | {number} |" for name, number in counts.items()]
    return (
        "\n".join(
            [
                "| what | number |",
                "|---|---|",
                *rows,
                f"| tests | {len(cases)} |",
                f"| failed | {failed} |",
            ]
        )
        + "\n"
    )


def _tests(*paths: str) -> tuple[str, ...]:
    return ("-m", "pytest", "-q", "-n", "2", "--junitxml", "FILE", *paths)


ATTACKS = (
    Attack(
        "moves",
        "Random moves in real packages",
        "Up to 45 classes of each package, by a seed, to a random sibling, a module of another "
        "subpackage or a new module. Every changed module and every module that mentions the class "
        "is imported first in a fresh interpreter, before and after; names that others import, the "
        "identity of the class, ruff's findings and, for a sample, the package's own tests are "
        "compared. Broken or crashed must be 0.",
        ("-m", "benchmarks.moves", "--packages", PACKAGES, "--per-package", "45", "--seed", "257",
         "--tests", "24", "--out", "FILE"),
        tables,
    ),
    Attack(
        "needless",
        "Needless refusals",
        "Two dozen of the moves that were refused there, taken by chance, are asked for again with "
        "what refused them switched off: "
        "with `--accept` where that helps, and with up to eight drafts that the import simulation "
        "turned down taken all the same. What comes out is judged as above, and the modules that "
        "the simulation names are imported first too. Clean is needless, broken is justified. "
        "What gives no result at all cannot be skipped and is read by people. At most 2 % of the "
        "moves may be refused needlessly.",
        ("-m", "benchmarks.needless", "--moves", "MOVES", "--sample", "24", "--out", "FILE"),
        tables,
    ),
    Attack(
        "rope",
        "rope on the same moves",
        "The first 15 of each of eight packages, moved by rope and judged in the same way. Not a "
        "test of this tool: it says what the figures above can be held against. rope leaves "
        "nothing behind at the old place; moves of which only that can be said have a column of "
        "their own.",
        ("-m", "benchmarks.moves", "--tool", "rope", "--packages", SMALL_PACKAGES,
         "--per-package", "15", "--seed", "1", "--tests", "0", "--limit", "120", "--out", "FILE"),
        tables,
    ),
    Attack(
        "pairs",
        "Pairs of classes, and plans of twenty moves",
        "The same, with two dependent classes in one command, and with twenty random moves in one "
        "plan file.",
        ("-m", "benchmarks.moves", "--packages", SMALL_PACKAGES, "--per-package", "0",
         "--pairs", "5", "--batches", "1", "--seed", "5", "--tests", "0", "--out", "FILE"),
        tables,
    ),
    Attack(
        "generated",
        "Generated programs",
        "Programs made by a seed: classes that use each other across modules, with every style of "
        "import, cycles, decorators, dataclasses, enums, patches. What the program prints, and "
        "the import of each module first, must be the same after each of five moves.",
        ("-m", "benchmarks.generated", "--programs", "250", "--moves", "5", "--seed", "12"),
        last_lines(2),
    ),
    Attack(
        "simulation",
        "The import simulation beside CPython",
        "Up to 300 modules of a package, each as the first import: the same verdict and the same "
        "missing name as the interpreter. Set aside is what fails for a reason that has nothing to "
        "do with the order of imports.",
        ("-m", "benchmarks.simulation", "--limit", "300", *PACKAGES.split(",")),
        tables,
    ),
    Attack(
        "broken-copies",
        "The import simulation in broken trees",
        "The same in copies that were broken at random: imports removed, delayed, hoisted, "
        "guarded, made real, cycles closed, bases swapped, re-exports reordered, names taken away; "
        "10 copies of each package, five first imports in each.",
        ("-m", "benchmarks.simulation", "--broken", "10", "--seed", "3", "--", *BROKEN),
        tables,
    ),
    Attack(
        "metamorphic",
        "There and back, in any order, twice",
        "A move there and back restores every byte or differs only in import lines; independent "
        "moves commute; a second run has nothing to do; renamed locals and another format change "
        "no decision.",
        ("-m", "benchmarks.metamorphic", "--per-package", "6", "--seed", "1"),
        tables,
    ),
    Attack(
        "fidelity",
        "Bytes",
        "Moves over files made CRLF, mixed, with a byte order mark, Latin-1, tabs and form feeds: "
        "every line that no edit touches is identical.",
        ("-m", "benchmarks.fidelity", "--per-package", "4", "--seed", "1"),
        tables,
    ),
    Attack(
        "faults",
        "Accidents while writing",
        "Death or an error at every file-system step of apply, undo and recover, simulated and by "
        "a real SIGKILL. Afterwards the tree is all before or all after.",
        _tests("tests/apply/test_faults.py"),
        properties,
    ),
    Attack(
        "hostile",
        "Hostile input",
        "A repository full of traps under an audit hook, files that nobody would write by hand, "
        "plans that lead out of the tree. Nothing of the project runs; every command answers or "
        "refuses.",
        _tests("tests/hostile"),
        properties,
    ),
)  # fmt: skip
