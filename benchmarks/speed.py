"""Time dry runs in a very large package, beside rope on the same moves in the same run.

    python -m benchmarks.speed --classes 6 --runs 3 --rope 2

Every run is a fresh process with an empty cache folder. Classes are chosen by a fixed seed
among those that fewer than 20 files mention.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import shlex
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import movers, trees
from benchmarks.corpora import corpus, install
from benchmarks.sample import Candidate, Move, aim, find_classes, module_paths

WORD = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Timing:
    """One move, timed with each tool."""

    move: Move
    mentions: int
    seconds: list[float]
    status: int
    rope_seconds: float | None = None
    rope_status: int | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def choose_rare(tree: Path, count: int, seed: int, most: int) -> list[tuple[Move, int]]:
    """Seeded classes that fewer than `most` files mention, with how many do."""
    candidates = sorted(find_classes(tree), key=lambda each: (each.module, each.name))
    files = _files_mentioning(tree, {each.name for each in candidates})
    rare = [each for each in candidates if files[each.name] < most]
    random.Random(seed).shuffle(rare)
    modules = sorted(module_paths(tree))
    return [
        (_aim(number, each, modules, seed), files[each.name])
        for number, each in enumerate(rare[:count])
    ]


def _aim(number: int, candidate: Candidate, modules: Sequence[str], seed: int) -> Move:
    return aim(
        candidate.path.partition("/")[0], number, candidate, modules, seed, ("sibling", "new")
    )


def _files_mentioning(tree: Path, names: set[str]) -> Counter[str]:
    wanted = {name.encode(): name for name in names}
    counts: Counter[str] = Counter()
    for file in tree.rglob("*.py"):
        words = set(WORD.findall(file.read_bytes()))
        counts.update(wanted[word] for word in words & wanted.keys())
    return counts


def time_command(
    command: Sequence[str], tree: Path, runs: int, limit: float
) -> tuple[list[float], int]:
    """Seconds of each fresh run, and the last exit code."""
    seconds = []
    status = 0
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as state:
            run = movers.run_tool(command, tree, Path(state), limit)
        seconds.append(run.seconds)
        status = run.status
    return seconds, status


def measure(command: Sequence[str], tree: Path, options: argparse.Namespace) -> list[Timing]:
    """Time every chosen move, the first ones with rope as well."""
    timings = []
    chosen = choose_rare(tree, options.classes, options.seed, options.mentions)
    for number, (move, mentions) in enumerate(chosen):
        dry_run = [*command, "move", move.class_name, "--from", move.source, "--to", move.target,
                   "--root", str(tree), "--dry-run"]  # fmt: skip
        seconds, status = time_command(dry_run, tree, options.runs, options.limit)
        rope_seconds = rope_status = None
        if number < options.rope:
            rope = movers.rope_command(move, tree, "--dry-run")
            rope_times, rope_status = time_command(rope, tree, 1, options.limit)
            rope_seconds = rope_times[0]
        timings.append(Timing(move, mentions, seconds, status, rope_seconds, rope_status))
        print(_row(timings[-1]), flush=True)
    return timings


HEADER = (
    "| class | to | files mention it | median s | all runs | exit | rope s | rope exit | ratio |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def _row(timing: Timing) -> str:
    runs = ", ".join(f"{each:.2f}" for each in timing.seconds)
    rope = ratio = ""
    if timing.rope_seconds is not None:
        rope = f"{timing.rope_seconds:.1f}"
        ratio = f"{timing.rope_seconds / timing.median:.0f}"
        if timing.rope_status == movers.TIMEOUT:
            rope, ratio = f"over {rope}", f"over {ratio}"
    name = f"`{timing.move.source}:{timing.move.class_name}`"
    return (
        f"| {name} | {timing.move.kind} | {timing.mentions} | {timing.median:.2f} | {runs} "
        f"| {timing.status} | {rope} | {timing.rope_status if rope else ''} | {ratio} |"
    )


def main() -> None:
    """Print the table, the version's time, and whether the tree stayed as it was."""
    options = _options()
    command = shlex.split(options.command) if options.command else movers.consolidate_command()
    wanted = corpus(options.package)
    install(wanted)
    tree = wanted.tree
    before = trees.snapshot(tree)
    files = sum(path.endswith(".py") for path in before.hashes)
    print(f"{wanted.pin}: {files} Python files; Python {platform.python_version()}\n\n{HEADER}")
    timings = measure(command, tree, options)
    version, status = time_command([*command, "--version"], tree, 9, options.limit)
    medians = [each.median for each in timings if each.status == 0]
    if medians:
        print(f"\nmedian of {len(medians)} dry runs: {statistics.median(medians):.2f} s, ", end="")
        print(f"slowest {max(medians):.2f} s")
    print(f"--version: {statistics.median(version):.3f} s (exit {status})")
    changed = trees.snapshot(tree).changed_since(before)
    print(f"files changed by all these dry runs: {len(changed)}")
    if options.out:
        record = {
            "version": version,
            "moves": [
                {**each.move.record(), "seconds": each.seconds, "status": each.status,
                 "rope": each.rope_seconds, "rope_status": each.rope_status}
                for each in timings
            ],
        }  # fmt: skip
        Path(options.out).write_text(json.dumps(record, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--package", default="homeassistant")
    parser.add_argument("--classes", type=int, default=6)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rope", type=int, default=2, help="moves to time rope on")
    parser.add_argument("--mentions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=900, help="seconds for one run")
    parser.add_argument("--command", help="how to start consolidate")
    parser.add_argument("--out", help="write the figures as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
