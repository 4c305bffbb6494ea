"""Move many classes of real packages, judge every move, and say what became of each.

    python -m benchmarks.moves --packages sympy,networkx,xarray,gensim --per-package 25 \
        --seed 1 --tool consolidate --jobs 2 --out results.jsonl

`--pairs 5` adds five pairs of dependent classes of each package, each pair in one command, and
`--batches 2` two plans of 20 moves. Resumable: what stands in the results is not done again.
Beside `results.jsonl` stand `results.md` (the tables) and `results/` (for each move its diff and
the files it wrote).
"""

from __future__ import annotations

import argparse
import random
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import movers, trees
from benchmarks.corpora import cache, corpus, install
from benchmarks.judge import MOST_MODULES, Finding, judge
from benchmarks.results import Results, keep, kept
from benchmarks.sample import KINDS, Move, choose, choose_batches, choose_pairs
from benchmarks.slots import Slot, Work, run_package
from benchmarks.tables import render
from benchmarks.testing import baseline_tests, new_failures, run_test_file, select_tests


@dataclass(frozen=True, slots=True)
class Tool:
    """How to ask a tool for a move, and for its undoing where it has one."""

    name: str
    run: movers.Runner
    limit: float

    def move(self, move: Move, slot: Slot) -> movers.Attempt:
        if self.name == "rope":
            return movers.move_with_rope(move, slot.tree, slot.state, self.limit)
        way = (
            movers.apply_with_consolidate if move.kind == "batch" else movers.move_with_consolidate
        )
        return way(self.run, move, slot.tree, slot.state, self.limit)

    def undo(self, slot: Slot) -> str:
        """What is wrong with the undoing; empty when every byte is back."""
        if self.name == "rope":
            return ""
        run = movers.undo_with_consolidate(self.run, slot.tree, slot.state, self.limit)
        left = slot.changed()
        if run.status or left:
            return f"exit {run.status}, differing: {left[:5]} {run.stderr.strip()[-300:]}"
        return ""


def attempt(tool: Tool, move: Move, slot: Slot, results: Results) -> None:
    """Let the tool move the class; keep what it wrote; undo; leave the slot clean."""
    done = tool.move(move, slot)
    changed = slot.changed()
    findings = []
    if done.outcome == "moved":
        keep(results, move, slot, changed)
        if not changed:
            findings.append(Finding("moved", move.key, "said moved, but changed nothing"))
        problem = tool.undo(slot)
        if problem:
            findings.append(Finding("undo", move.key, problem))
    elif changed:
        findings.append(Finding("dirty", move.key, f"{done.outcome}, but changed {changed[:5]}"))
    slot.restore()
    results.add(move, attempt=done.record(), attempt_findings=_records(findings), changed=changed)


def verdict(move: Move, slot: Slot, results: Results, most_modules: int) -> None:
    """Judge what the tool wrote, for the steps that it carried out."""
    undone = results.records[move.key]["attempt"].get("undone", ())
    files = kept(results, move)
    trees.write(slot.tree, files, slot.environment.bytecode)
    try:
        found = judge(move.without(undone), slot.bench, sorted(files), most_modules)
    finally:
        slot.restore()
    results.add(move, verdict=found.record())


def own_tests(move: Move, slot: Slot, results: Results) -> None:
    """Run the package's tests around the class, before and after."""
    files = select_tests(move, slot.tree, slot.bench.texts)
    before = baseline_tests(slot.bench.baseline, slot.environment, files)
    slot.restore()
    trees.write(slot.tree, kept(results, move), slot.environment.bytecode)
    findings: list[Finding] = []
    try:
        for file in files:
            if not before[file].get("skipped") and (slot.tree / file).is_file():
                findings += _newly_failing(slot, file, before[file])
    finally:
        slot.restore()
    ran = {file: found.get("skipped") or found["summary"] for file, found in before.items()}
    results.add(move, tests={"before": ran, "findings": _records(findings)})


def _newly_failing(slot: Slot, file: str, before: Mapping[str, Any]) -> list[Finding]:
    """New failures of a test file; those that a second run does not repeat are chance."""
    found = new_failures(before, run_test_file(slot.environment, file), file)
    if found:
        found = new_failures(before, run_test_file(slot.environment, file), file)
    return found


def _records(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [{"check": each.check, "where": each.where, "detail": each.detail} for each in findings]


def plan_jobs(
    moves: Sequence[Move],
    tool: Tool,
    results: Results,
    most_modules: int,
    tests: set[str] | None = None,
) -> list[tuple[Move, Work]]:
    """What is left to do; `tests` are the keys of moves to run tests for, None before that."""

    def judge_it(move: Move, slot: Slot) -> None:
        if not results.has(move, "attempt"):
            attempt(tool, move, slot, results)
        if results.outcome(move) == "moved" and not results.has(move, "verdict"):
            verdict(move, slot, results, most_modules)
        _tell(results.records[move.key])

    def test_it(move: Move, slot: Slot) -> None:
        own_tests(move, slot, results)
        _tell(results.records[move.key])

    if tests is not None:
        chosen = [move for move in moves if move.key in tests and not results.has(move, "tests")]
        return [(move, test_it) for move in chosen]
    return [
        (move, judge_it)
        for move in moves
        if not results.has(move, "attempt")
        or (results.outcome(move) == "moved" and not results.has(move, "verdict"))
    ]


def _tell(record: Mapping[str, Any]) -> None:
    done = record["attempt"]
    findings = [
        *record.get("attempt_findings", ()),
        *record.get("verdict", {}).get("findings", ()),
        *record.get("tests", {}).get("findings", ()),
    ]
    state = "BROKEN" if findings else done["outcome"]
    first = f" {findings[0]['check']}: {findings[0]['where']}" if findings else ""
    print(f"{state:8} {done['seconds']:6.1f} s  {record['key']}{first} {' '.join(done['codes'])}")
    sys.stdout.flush()


def tested(moves: Sequence[Move], results: Results, count: int, seed: int) -> set[str]:
    """The first `count` moves that were made, in a seeded order."""
    made = [move for move in moves if results.outcome(move) == "moved"]
    random.Random(f"{seed}:tests").shuffle(made)
    return {move.key for move in made[:count]}


def main() -> int:
    """Run what the command line asks for and write the tables; 1 when our tool broke something."""
    options = _options()
    command = shlex.split(options.command or "")
    runner = movers.own_process(command) if command else movers.Server()
    tool = Tool(options.tool, runner, options.limit)
    results = Results(Path(options.out).absolute())
    packages = options.packages.split(",")
    results.forget(options.retry.split(","), options.rejudge)
    everything: list[Move] = []
    for name in packages:
        install(corpus(name))
        moves = [move for move in _chosen(name, options) if options.only in move.key]
        everything += moves
        most = options.modules
        run_package(corpus(name), plan_jobs(moves, tool, results, most), options.jobs)
        chosen = tested(moves, results, options.tests // len(packages), options.seed)
        run_package(corpus(name), plan_jobs(moves, tool, results, most, chosen), options.jobs)
    records = [results.records[move.key] for move in everything if move.key in results.records]
    results.file.with_suffix(".md").write_text(render(records, options.tool))
    print(results.file.with_suffix(".md").read_text().partition("\n## ")[0])
    ours = options.tool == "consolidate"
    return int(ours and any(is_broken(record) for record in records))


def _chosen(name: str, options: argparse.Namespace) -> list[Move]:
    tree, seed, kinds = corpus(name).tree, options.seed, options.kinds.split(",")
    memory = cache() / "classes"
    return [
        *choose(tree, name, options.per_package, seed, kinds, memory),
        *choose_pairs(tree, name, options.pairs, seed, kinds, memory),
        *choose_batches(tree, name, options.batches, seed, kinds, memory),
    ]


def is_broken(record: Mapping[str, Any]) -> bool:
    """Whether a move crashed or the judge found something."""
    crashed = record.get("attempt", {}).get("outcome") == "crashed"
    return crashed or any(record.get(part, {}).get("findings") for part in ("verdict", "tests"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", default="sympy,networkx,xarray,gensim")
    parser.add_argument("--per-package", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--kinds", default=",".join(KINDS), help="of: sibling, other, new; where to"
    )
    parser.add_argument("--tool", choices=("consolidate", "rope"), default="consolidate")
    parser.add_argument(
        "--command", help="start consolidate so for each move, not as a fork of one process"
    )
    parser.add_argument("--pairs", type=int, default=0, help="pairs of classes of each package")
    parser.add_argument("--batches", type=int, default=0, help="plans of 20 moves of each package")
    parser.add_argument(
        "--modules", type=int, default=MOST_MODULES,
        help="modules to import for a move, beside those that it changed",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=900, help="seconds for one move")
    parser.add_argument("--tests", type=int, default=20, help="moves to run the tests for")
    parser.add_argument("--only", default="", help="moves whose key holds this text")
    parser.add_argument(
        "--retry", default="", help="do again what was: moved, refused, crashed, broken"
    )
    parser.add_argument("--rejudge", action="store_true", help="judge again what was moved")
    parser.add_argument("--out", default="results.jsonl")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
