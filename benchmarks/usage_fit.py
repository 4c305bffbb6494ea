"""Counts false alarms of usage fit: healthy packages, whose classes fit those who import them.

    python -m benchmarks.usage_fit --packages sympy networkx --classes 400 --seed 1

For each package it picks classes by the seed, takes every file that imports them (through
re-exports too) as a user, and prints the misfits. In a package that works, nearly every one of
them is a false alarm; the few that are not are mistakes of the package.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import cache
from consolidator.finders.findings import Fit
from consolidator.finders.usage_fit import usage_fits
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.offer.names import absolute, meaning
from consolidator.index.simulation import deep_recursion
from consolidator.index.usage import usage_facts
from consolidator.names import ModuleName, QualifiedName
from consolidator.workspace import Workspace

Users = dict[QualifiedName, list[tuple[str, str]]]


@dataclass(slots=True)
class Tally:
    """What came out for one package."""

    classes: int = 0
    checked: int = 0
    contradicted: int = 0
    misfits: int = 0
    fitting: int = 0
    seconds: float = 0.0

    def row(self, package: str) -> str:
        return (
            f"| {package} | {self.classes} | {self.fitting} | {self.checked} "
            f"| {self.contradicted} | {self.misfits} | {self.seconds:.1f} s |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    rows = []
    with deep_recursion():
        for package in options.packages:
            folder = Path(package).expanduser()
            tree = folder if folder.is_dir() else cache() / package
            rows.append(tally(tree, options.classes, options.seed).row(package))
    print("\n| package | classes | fit | uses checked | contradicted | misfits | CPU |")
    print("|---|---|---|---|---|---|---|", *rows, sep="\n")
    return 0


def tally(tree: Path, count: int, seed: int) -> Tally:
    """Judge `count` classes of a package (0: all), and print every misfit."""
    index = Index(Workspace.open(tree))
    users = class_users(index)
    chosen = sorted(users)
    random.Random(seed).shuffle(chosen)
    chosen = chosen[: count or None]
    begun = time.process_time()
    fits = usage_fits(index, [(name, users[name]) for name in chosen])
    found = Tally(classes=len(chosen), seconds=time.process_time() - begun)
    for name, fit in zip(chosen, fits, strict=True):
        _add(found, name, fit)
    return found


def class_users(index: Index) -> Users:
    """The classes that other files import, each with those files and the name bound there."""
    paths = [path for path in index.workspace.paths() if path.endswith(".py")]
    facts = file_facts(index, "usage", usage_facts, paths)
    index.usages.update(facts)
    users: Users = defaultdict(list)
    for path, groups in facts.items():
        importer = index.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
        for bound, sources, _ in groups:
            for module, name in sources:
                found = meaning(index, absolute(index, importer, module), name)
                if found.kind == "class":
                    users[QualifiedName(found.module, found.name)].append((path, bound))
    return users


def _add(found: Tally, name: QualifiedName, fit: Fit) -> None:
    found.checked += fit.checked
    found.fitting += fit.verdict == "fits"
    found.contradicted += fit.verdict == "contradicts"
    found.misfits += len(fit.misfits)
    for misfit in fit.misfits:
        print(f"{name}\n    {misfit.location}: {misfit.use}\n    {misfit.why}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", nargs="+", required=True, help="names, or folders")
    parser.add_argument("--classes", type=int, default=400, help="a package; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
