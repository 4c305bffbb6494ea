"""Compares the import simulation with CPython, on installed packages and on broken copies of them.

    python -m benchmarks.simulation --site DIR networkx sympy
    python -m benchmarks.simulation --site DIR --broken 50 --seed 1 networkx

The first imports every module of each package in a process of its own; the second breaks a copy
of the package again and again (imports inserted, moved, hoisted) and imports some modules of it.
Prints every disagreement, and the agreement.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import Any

from benchmarks.import_breaker import broken
from consolidator.index.events.import_events import import_events
from consolidator.index.simulation import Failure, Outcome, SimulatedModule, simulate_all
from consolidator.index.syntax import parse
from consolidator.names import ModuleName

_RUNNER = Path(__file__).with_name("real_imports.py")


@dataclass(slots=True)
class Tree:
    """The modules of one package below a directory, as the simulation asks for them."""

    directory: Path
    top: str
    site: Path
    cache: dict[str, SimulatedModule | None] = field(default_factory=dict)
    parsing: float = 0.0
    seconds: float = 0.0
    size: int = 0

    def find(self, name: str) -> SimulatedModule | None:
        """The package's own modules; another package is a stranger, or absent."""
        if name not in self.cache:
            self.cache[name] = self._look(name)
        return self.cache[name]

    def _look(self, name: str) -> SimulatedModule | None:
        top = name.partition(".")[0]
        if top != self.top:
            known = top in sys.stdlib_module_names and top in _REAL_STANDARD
            if known or "." in name or _is_installed(top, self.site):
                return None
            return SimulatedModule("absent")
        base = self.directory / name.replace(".", "/")
        # CPython looks for compiled modules first, and for a package before a module
        if any(base.parent.joinpath(base.name + s).is_file() for s in EXTENSION_SUFFIXES):
            return SimulatedModule("opaque")
        for path, kind in ((base / "__init__.py", "package"), (base.with_suffix(".py"), "module")):
            if path.is_file():
                return self._read(path, name, kind == "package")
        return SimulatedModule("namespace" if base.is_dir() else "absent")

    def _read(self, path: Path, name: str, is_package: bool) -> SimulatedModule:
        data = path.read_bytes()
        start = time.process_time()
        try:
            tree = parse(data.decode("utf-8-sig")).tree
        except (SyntaxError, UnicodeDecodeError):
            return SimulatedModule("unparsable")
        parsed = time.process_time()
        events = import_events(tree, ModuleName(name), is_package)
        self.parsing += parsed - start
        self.seconds += time.process_time() - parsed
        self.size += len(data)
        return SimulatedModule("package" if is_package else "module", events)

    def modules(self) -> list[ModuleName]:
        """Every importable module of the package."""
        single = self.directory / f"{self.top}.py"
        if single.is_file():
            return [ModuleName(self.top)]
        found = []
        for path in sorted((self.directory / self.top).rglob("*.py")):
            parts = path.relative_to(self.directory).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if all(part.isidentifier() for part in parts) and parts[-1] != "__main__":
                found.append(ModuleName(".".join(parts)))
        return found


def _is_installed(top: str, site: Path) -> bool:
    return PathFinder.find_spec(top, [str(site), *sys.path[1:]]) is not None


_REAL_STANDARD = {
    name
    for name in sys.stdlib_module_names
    if name in sys.builtin_module_names or PathFinder.find_spec(name) is not None
}


def real_outcomes(roots: Sequence[Path], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What CPython says to each first import."""
    done = subprocess.run(
        [sys.executable, str(_RUNNER), *map(str, roots)],
        input=json.dumps(list(names)),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return {line["module"]: line for line in lines}


def verdict(real: Mapping[str, Any], outcome: Outcome) -> str:
    """How a simulated import compares with the real one."""
    fails = "exception" in real
    if not fails:
        if outcome.fatal is None:
            return "both import"
        return "FALSE ALARM" if outcome.fatal.certain else "suspected in vain"
    if outcome.fatal is not None and same_name(real, outcome.fatal):
        return "both fail"
    if any(same_name(real, failure) for failure in outcome.failures):
        return "foreseen as possible"
    return "MISSED" if outcome.fatal is None else "OTHER NAME"


def same_name(real: Mapping[str, Any], failure: Failure) -> bool:
    """Whether a failure names what the interpreter's message names."""
    if failure.kind == "raise":
        return bool(real["exception"] == failure.name) or not failure.name
    quoted = re.findall(r"'([^']*)'", real["message"])
    return failure.name in quoted or any(q.endswith("." + failure.name) for q in quoted)


def is_outside(real: Mapping[str, Any]) -> bool:
    """Whether an import fails for a reason that no import order can explain."""
    exception, message = real.get("exception"), real.get("message", "")
    if exception is None or (exception == "SyntaxError" and "import *" not in message):
        return False
    return not any(
        exception in exceptions and re.match(pattern, message)
        for exceptions, pattern in _MESSAGES.items()
    )


_MESSAGES = {
    ("ImportError",): "cannot import name|attempted relative import",
    ("ModuleNotFoundError",): "No module named",
    ("NameError",): "name '.*' is not defined",
    ("AttributeError",): "(partially initialized )?module '.*' has no attribute|cannot access",
}
"""The exceptions that an import order can cause; others come from what the modules compute."""


@dataclass(slots=True)
class Tally:
    """Counts of verdicts, disagreements printed as they come."""

    counts: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)
    doubts: int = 0
    told: set[str] = field(default_factory=set)

    def add(self, label: str, real: Mapping[str, Any], outcome: Outcome, inside: str) -> None:
        """Count one import; `inside` is where the package's own files are."""
        result = verdict(real, outcome)
        self.doubts += any(not failure.certain for failure in outcome.failures)
        if is_outside(real) or not real.get("place", inside).startswith(inside):
            self.outside[real["exception"]] += 1
            return
        self.counts[result] += 1
        if not result[:5].isupper():
            return
        simulated = f"     simulated: {_told(outcome.fatal)}\n" if outcome.fatal else ""
        if "exception" in real:
            simulated += f"     real: {real['exception']}: {real['message']} {real['place']}\n"
        if simulated not in self.told:
            print(f"  {label} {outcome.first}: {result}\n{simulated}", end="", flush=True)
            self.told.add(simulated)

    def report(self) -> str:
        """The agreement in words."""
        total = sum(self.counts.values())
        agreed = self.counts["both import"] + self.counts["both fail"]
        share = 100 * agreed / total if total else 0
        rest = f"; outside: {dict(self.outside)}" if self.outside else ""
        return f"{agreed} of {total} agree ({share:.2f} %): {dict(self.counts)}{rest}; " + (
            f"{self.doubts} with possible failures"
        )


def _told(failure: Failure) -> str:
    chain = " > ".join(f"{step.what}@{step.line}" for step in failure.chain[-4:])
    place = f"{failure.module}:{failure.line}"
    return f"{failure.kind} {failure.name} from {failure.source} at {place} via {chain}"


def compare(tree: Tree, names: Sequence[ModuleName], tally: Tally, label: str) -> None:
    """Simulate and import each module."""
    outcomes = simulate_all(names, tree)
    reals = real_outcomes((tree.directory, tree.site), names)
    for name in names:
        if name in reals:
            real = {k: v for k, v in reals[name].items() if k != "module"}
            tally.add(label, real, outcomes[name], str(tree.directory / tree.top))


def compare_installed(tree: Tree, limit: int, seed: int, tally: Tally) -> None:
    """Every module of a package as it is installed."""
    names = tree.modules()
    if limit and len(names) > limit:
        names = sorted(random.Random(seed).sample(names, limit))
    compare(tree, names, tally, tree.top)
    start = time.process_time()
    simulate_all([ModuleName(tree.top)], tree)
    first = time.process_time() - start
    start = time.process_time()
    simulate_all(names, tree)
    every = time.process_time() - start
    print(
        f"{tree.top}: {len(names)} modules; {tree.size / 1e6:.1f} MB parsed at"
        f" {tree.size / 1e6 / (tree.parsing or 1):.1f} MB/s, events at"
        f" {tree.size / 1e6 / (tree.seconds or 1):.1f} MB/s; import {tree.top} simulated in"
        f" {first * 1000:.1f} ms, all {len(names)} in {every * 1000:.0f} ms; {tally.report()}",
        flush=True,
    )


def compare_broken(
    tree: Tree, trials: int, each: int, seed: int, tally: Tally, kinds: Sequence[str]
) -> None:
    """Broken copies of a package, some modules of each."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        shutil.copytree(tree.directory / tree.top, root / tree.top)
        names = tree.modules()
        clock = itertools.count(1_000_000_000, 10)
        shared = Tree(root, tree.top, tree.site)
        for trial in range(trials):
            edits = broken(root, names, chance, kinds)
            changed = {path: path.read_bytes() for path in edits}
            for path, data in edits.items():
                _write(path, data, next(clock))
            told = ", ".join(str(path.relative_to(root)) for path in edits)
            cache = {k: v for k, v in shared.cache.items() if _path_of(root, k) not in edits}
            firsts = [tree.top, *chance.sample(names, min(each, len(names)))]
            now = Tree(root, tree.top, tree.site, cache)
            compare(now, [ModuleName(n) for n in sorted(set(firsts))], tally, f"#{trial} {told}")
            for path, data in changed.items():
                _write(path, data, next(clock))
            kept = {k: v for k, v in now.cache.items() if _path_of(root, k) not in edits}
            shared.cache = kept
    print(f"{tree.top}, {trials} broken copies: {tally.report()}", flush=True)


def _write(path: Path, data: bytes, moment: int) -> None:
    """Write a file with a time of its own: byte code is cached by second and size."""
    path.write_bytes(data)
    os.utime(path, (moment, moment))


def _path_of(root: Path, module: str) -> Path:
    base = root / module.replace(".", "/")
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; exit code 1 when a false alarm was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--site", type=Path, required=True, help="where packages are installed")
    parser.add_argument("--limit", type=int, default=0, help="at most so many modules of each")
    parser.add_argument("--broken", type=int, default=0, help="so many broken copies of each")
    parser.add_argument("--each", type=int, default=4, help="modules to import of a broken copy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=[], help="ways of breaking, all by default")
    options = parser.parse_args(arguments)
    total = Tally()
    for package in options.packages:
        tree, tally = Tree(options.site, package, options.site), Tally()
        if options.broken:
            compare_broken(tree, options.broken, options.each, options.seed, tally, options.kinds)
        else:
            compare_installed(tree, options.limit, options.seed, tally)
        total.counts += tally.counts
        total.outside += tally.outside
        total.doubts += tally.doubts
    print("all:", total.report())
    return 1 if total.counts["FALSE ALARM"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
