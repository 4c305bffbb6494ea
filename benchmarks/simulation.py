"""Compares the import simulation with CPython, on real packages and on broken copies of them.

    python -m benchmarks.simulation                             # every package of corpora.py
    python -m benchmarks.simulation networkx sympy --limit 300
    python -m benchmarks.simulation --broken 50 --seed 1 2 -- networkx
    python -m benchmarks.simulation --site DIR networkx         # a package that DIR has

The first imports every module of each package in a process of its own; with `--broken` a copy of
the package is broken again and again (imports inserted, moved, hoisted) and some modules of it are
imported. Prints every disagreement, and a table. Byte code goes to a folder of its own: nothing is
written into the packages.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.corpora import CORPORA, corpus, install
from benchmarks.import_breaker import broken
from benchmarks.simulated_trees import Tree, installed, path_of
from benchmarks.verdicts import HEAD, Tally
from consolidator.index.simulation import simulate_all
from consolidator.names import ModuleName


def compare(
    tree: Tree, names: Sequence[ModuleName], tally: Tally, label: str, bytecode: Path
) -> None:
    """Simulate and import each module."""
    outcomes = simulate_all(names, tree)
    reals = tree.real_outcomes(names, bytecode)
    for name in names:
        if name in reals:
            tally.add(label, reals[name], outcomes[name], tree)


def compare_installed(tree: Tree, limit: int, seed: int, tally: Tally, bytecode: Path) -> None:
    """Every module of a package as it is installed."""
    names = tree.modules()
    if limit and len(names) > limit:
        names = sorted(random.Random(seed).sample(names, limit))
    top = ModuleName(tree.packages[0])
    compare(tree, names, tally, top, bytecode)
    first, every = _seconds([top], tree), _seconds(names, tree)
    print(
        f"  {top}: {tree.size / 1e6:.1f} MB parsed at {tree.size / 1e6 / (tree.parsing or 1):.1f}"
        f" MB/s, events at {tree.size / 1e6 / (tree.seconds or 1):.1f} MB/s; import {top} simulated"
        f" in {first * 1000:.1f} ms, all {len(names)} modules in {every * 1000:.0f} ms",
        flush=True,
    )


def _seconds(names: Sequence[ModuleName], tree: Tree) -> float:
    start = time.process_time()
    simulate_all(names, tree)
    return time.process_time() - start


def compare_broken(
    tree: Tree, options: argparse.Namespace, seed: int, tally: Tally, bytecode: Path
) -> None:
    """Broken copies of a package, some modules of each."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for package in tree.packages:
            _copy(tree.directory, root, package)
        names = tree.modules()
        clock = itertools.count(1_000_000_000, 10)
        shared = Tree(root, tree.packages, tree.site)
        for trial in range(options.broken):
            edits = broken(root, names, chance, options.kinds)
            changed = {path: path.read_bytes() for path in edits}
            for path, edit in edits.items():
                _write(path, edit.data, next(clock))
            told = ", ".join(f"{path.relative_to(root)} ({edits[path].way})" for path in edits)
            cache = {k: v for k, v in shared.cache.items() if path_of(root, k) not in edits}
            firsts = [*tree.packages, *chance.sample(names, min(options.each, len(names)))]
            now = Tree(root, tree.packages, tree.site, cache)
            wanted = [ModuleName(n) for n in sorted(set(firsts))]
            compare(now, wanted, tally, f"#{seed}.{trial} {told}:", bytecode)
            for path, data in changed.items():
                _write(path, data, next(clock))
            shared.cache = {k: v for k, v in now.cache.items() if path_of(root, k) not in edits}


def _copy(directory: Path, root: Path, package: str) -> None:
    if (directory / f"{package}.py").is_file():
        shutil.copy(directory / f"{package}.py", root)
    else:
        shutil.copytree(directory / package, root / package)


def _write(path: Path, data: bytes, moment: int) -> None:
    """Write a file with a time of its own: byte code is cached by second and size."""
    path.write_bytes(data)
    os.utime(path, (moment, moment))


def _trees(options: argparse.Namespace) -> Iterable[tuple[str, Tree]]:
    if options.site:
        yield from installed(options.packages, options.site)
        return
    names = options.packages or [each.name for each in CORPORA if not each.static_python]
    for name in names:
        install(corpus(name))
        yield name, Tree.of_corpus(corpus(name))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("packages", nargs="*", help="of corpora.py (default: all), or of --site")
    parser.add_argument("--site", type=Path, help="a directory in which the packages are installed")
    parser.add_argument("--limit", type=int, default=0, help="at most so many modules of each")
    parser.add_argument("--broken", type=int, default=0, help="so many broken copies of each")
    parser.add_argument("--each", type=int, default=4, help="modules to import of a broken copy")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one round for each")
    parser.add_argument("--kinds", nargs="+", default=[], help="ways of breaking, all by default")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; exit code 1 when a false alarm was found."""
    options = _parser().parse_args(arguments)
    total, rows = Tally(), []
    with tempfile.TemporaryDirectory() as bytecode:
        for name, tree in _trees(options):
            tally = Tally()
            for seed in options.seed if options.broken else ():
                compare_broken(tree, options, seed, tally, Path(bytecode))
            if not options.broken:
                compare_installed(tree, options.limit, options.seed[0], tally, Path(bytecode))
            rows.append(tally.row(name))
            print(f"  {rows[-1]}", flush=True)
            total += tally
    print("\n".join(["", HEAD, *rows, total.row("all"), total.tables()]))
    return 1 if total.counts["FALSE ALARM"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
