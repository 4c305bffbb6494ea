"""Find needless refusals by skipping preconditions (Mongiovi, Gheyi and others, 2018).

    python -m benchmarks.moves --out results.jsonl ...
    python -m benchmarks.needless --moves results.jsonl --out needless.jsonl

Every move that was refused there is asked for again with what refused it switched off: with
`--accept` where that helps, with drafts taken in spite of the import simulation, and with
nothing proved where the proof said no. `benchmarks.judge` imports what comes out, the modules
that the simulation names among it. If one way comes out clean, the refusal was needless. What
cannot be switched off, because there is no result at all, is left for a person to read.

Resumable: what stands in the results is not done again. Plans of many moves are left out.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import movers, trees
from benchmarks.corpora import corpus, install
from benchmarks.judge import judge
from benchmarks.results import Results, keep
from benchmarks.sample import Move, Step
from benchmarks.slots import Slot, run_package
from benchmarks.tables import state
from consolidator.errors import ACCEPTABLE

REMEDIES = (("--leave-behind", "lazy"), ("--helpers", "travel"), ("--helpers", "lazy"))
MOST_DRAFTS = 8
MOST_MODULES = 400
"""First imports to try for one way: wrongly found clean is worse than slow."""
NEEDLESS, JUSTIFIED, UNSKIPPABLE, MOVED = "needless", "justified", "not skippable", "moves now"


@dataclass(frozen=True, slots=True)
class Way:
    """What is switched off for one run."""

    accepted: frozenset[str] = frozenset()
    proof: bool = True
    asked: tuple[str, ...] = ()
    """Options that a person could give, as the remedies of refusals say."""

    @property
    def options(self) -> list[str]:
        accepted = [part for code in sorted(self.accepted) for part in ("--accept", code)]
        return [*accepted, *self.asked]

    def __str__(self) -> str:
        return " ".join([*self.options, *([] if self.proof else ["unproved"])]) or "as it is"


@dataclass(slots=True)
class Try:
    """How the tool answered with something switched off, and what the judge found."""

    way: str
    codes: tuple[str, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    """About a draft that was taken by force."""
    findings: list[str] | None = None
    """What is broken; None if nothing was moved."""

    @property
    def is_clean(self) -> bool:
        """Whether something came out that works, as far as importing it can tell."""
        return self.findings == [] and not self.notes.get("late")


@dataclass(frozen=True, slots=True)
class Skipper:
    """Asks for refused moves again."""

    server: movers.Server
    results: Results
    limit: float

    def __call__(self, move: Move, slot: Slot) -> None:
        tried: list[Try] = []
        for each in self._tries(move, slot):
            tried.append(each)
            if each.is_clean:
                break
        verdict = _verdict(tried)
        self.results.add(move, needless=verdict, tries=[asdict(each) for each in tried])
        print(f"{verdict:13} {move.key} ({tried[-1].way}) {' '.join(tried[0].codes)}", flush=True)

    def _tries(self, move: Move, slot: Slot) -> Iterator[Try]:
        """As it is; with what `--accept` helps with; draft by draft; with other options."""
        way = Way()
        while True:
            answer = self._run(move, slot, way)
            yield answer
            more = ACCEPTABLE & {*answer.codes} - way.accepted
            if "not-proved" in answer.codes and way.proof:
                way = replace(way, proof=False)
            elif answer.findings is None and more:
                way = replace(way, accepted=way.accepted | more)
            else:
                break
        if answer.findings is None:
            yield from self._drafts(move, slot, way)
            yield from (self._run(move, slot, replace(way, asked=asked)) for asked in REMEDIES)

    def _run(self, move: Move, slot: Slot, way: Way) -> Try:
        """One run of the tool; what it made of drafts that it turned down stays in a folder."""
        folder = _folder(slot)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        skip = {"folder": str(folder), "drafts": MOST_DRAFTS, "proof": way.proof}
        run = partial(self.server, skip=skip)
        done = movers.move_with_consolidate(
            run, move, slot.tree, slot.state, self.limit, way.options
        )
        files = trees.contents(slot.tree, slot.changed())
        slot.restore()
        answer = Try(str(way), done.codes)
        if done.outcome == "moved":
            answer.findings = self._judged(move, slot, files)
        return answer

    def _drafts(self, move: Move, slot: Slot, way: Way) -> Iterator[Try]:
        """Every draft that the import simulation turned down in the last run, as if it held."""
        for number in range(MOST_DRAFTS):
            made = _folder(slot) / f"{number}.zip"
            notes = made.with_suffix(".json")
            if not notes.exists():
                return  # there are no further ones
            answer = Try(f"{way}, draft {number}", notes=json.loads(notes.read_text()))
            if made.exists():
                with zipfile.ZipFile(made) as archive:
                    files = {name: archive.read(name) for name in archive.namelist()}
                answer.findings = self._judged(move, slot, files, answer.notes)
            yield answer

    def _judged(
        self,
        move: Move,
        slot: Slot,
        files: Mapping[str, bytes | None],
        notes: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """What the judge holds against these files: at first only what is to be expected."""
        trees.write(slot.tree, files, slot.environment.bytecode)
        changed = sorted(files)
        expected = (0, (notes or {}).get("first", ()))
        everything = (MOST_MODULES, (notes or {}).get("modules", ()))
        try:
            for most, modules in (expected, everything):
                found = judge(move, slot.bench, changed, most, modules).findings
                if found:
                    break
            else:
                keep(self.results, move, slot, changed)
        finally:
            slot.restore()
        return [f"{each.check}: {each.where}: {each.detail}" for each in found]


def _folder(slot: Slot) -> Path:
    return slot.state / "drafts"


def _verdict(tried: Sequence[Try]) -> str:
    if tried[-1].is_clean:
        return NEEDLESS if len(tried) > 1 else MOVED
    skipped = any(each.findings is not None or each.notes for each in tried)
    return JUSTIFIED if skipped else UNSKIPPABLE


def refused(records: Mapping[str, Mapping[str, Any]]) -> list[Move]:
    """The moves, one by one or in pairs, that were refused."""
    wanted = [each for each in records.values() if "attempt" in each and each["kind"] != "batch"]
    return [_move(each) for each in wanted if state(each) == "refused"]


def _move(record: Mapping[str, Any]) -> Move:
    known = {name: record[name] for name in Move.__slots__ if name != "further"}
    return Move(**known, further=tuple(Step(**each) for each in record["further"]))


def render(moves: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]]) -> str:
    """Tables by code and by kind of target, then the needless ones and those to be read."""
    counted = {key: each for key, each in moves.items() if "attempt" in each}
    parts = [_by_kind(counted, found), _by_code(counted, found)]
    for verdict in (NEEDLESS, UNSKIPPABLE):
        lines = [
            line for key in found if found[key]["needless"] == verdict and key in counted
            for line in _told(key, counted[key], found[key])
        ]  # fmt: skip
        parts += [f"## {verdict.capitalize()}\n\n" + "\n".join(lines) + "\n"] if lines else []
    return "\n".join(parts)


def _by_kind(moves: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The share of all moves that were refused needlessly, as those that were asked again say."""
    head = ["to a", "moves", "refused", "asked again", NEEDLESS, "needless %", MOVED, JUSTIFIED,
            UNSKIPPABLE]  # fmt: skip
    lines = [_row(head), "|---" * len(head) + "|"]
    for kind in [*sorted({each["kind"] for each in moves.values()}), None]:
        keys = [key for key, each in moves.items() if kind in (each["kind"], None)]
        counts = Counter(found[key]["needless"] for key in keys if key in found)
        stopped = sum(state(moves[key]) == "refused" for key in keys)
        asked = counts.total()
        share = f"{100 * counts[NEEDLESS] / asked * stopped / len(keys):.1f}" if asked else ""
        verdicts = [counts[verdict] for verdict in (MOVED, JUSTIFIED, UNSKIPPABLE)]
        lines.append(
            _row([kind or "**all**", len(keys), stopped, asked, counts[NEEDLESS], share, *verdicts])
        )
    return "\n".join(lines) + "\n"


def _by_code(moves: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    head = ["refused with", NEEDLESS, JUSTIFIED, UNSKIPPABLE]
    counts: Counter[tuple[str, str]] = Counter()
    for key in found.keys() & moves.keys():
        codes = ", ".join(sorted({*moves[key]["attempt"]["codes"]}))
        counts[codes, found[key]["needless"]] += 1
    rows = [
        _row([codes, *(counts[codes, verdict] for verdict in head[1:])])
        for codes in sorted({codes for codes, _ in counts})
    ]
    return "\n".join([_row(head), "|---" * len(head) + "|", *rows]) + "\n"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _told(key: str, move: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    last = found["tries"][-1]
    lines = [f"- `{key}` ({move['kind']})"]
    lines += [f"  - {text}" for text in move["attempt"]["messages"][:3]]
    if found["needless"] == NEEDLESS:
        lines.append(f"  - clean with {last['way']}: {last['notes'].get('strategy', '')}")
    return lines


def main() -> int:
    """Ask again for everything that was refused, and write the tables."""
    options = _options()
    if not Path(options.moves).is_file():
        raise SystemExit(f"{options.moves} is not there: `benchmarks.moves --out` makes it")
    before = Results(Path(options.moves).absolute())
    results = Results(Path(options.out).absolute())
    wanted = [each for each in refused(before.records) if options.only in each.key]
    if options.sample < len(wanted):
        chance = random.Random(options.seed)
        wanted = chance.sample(sorted(wanted, key=lambda each: each.key), options.sample)
    skipper = Skipper(movers.Server(), results, options.limit)
    for name in sorted({each.package for each in wanted}):
        install(corpus(name))
        left = [
            each for each in wanted if each.package == name and not results.has(each, "needless")
        ]
        run_package(corpus(name), [(each, skipper) for each in left], options.jobs)
    text = render(before.records, results.records)
    results.file.with_suffix(".md").write_text(text)
    print(text.partition("\n## ")[0])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moves", default="results.jsonl", help="what `benchmarks.moves` found")
    parser.add_argument("--out", default="needless.jsonl")
    parser.add_argument("--only", default="", help="moves whose key holds this text")
    parser.add_argument("--sample", type=int, default=1_000_000, help="at most so many, by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=900, help="seconds for one try")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
