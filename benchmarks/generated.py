"""Random moves in generated programs: what a run prints before and after has to be the same.

python -m benchmarks.generated --programs 200 --moves 5 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path

from benchmarks.generated_programs import Program, make_program
from consolidator.errors import Refusal, UsageError
from consolidator.pipeline import Preview, open_workspace, preview_move
from consolidator.plan import MoveOptions

RUN = Path(__file__).with_name("generated_run.py")


@dataclass(frozen=True)
class Verdict:
    """How one move ended: `moved`, `refused`, `broken` or `crashed`, and the details."""

    seed: int
    move: str
    status: str
    detail: str = ""


@dataclass(frozen=True)
class Wish:
    """One command: what is moved where, and how."""

    names: tuple[str, ...]
    target: str
    options: MoveOptions

    def __str__(self) -> str:
        plain = MoveOptions()
        how = [
            f" --{field.name.replace('_', '-')} {value}"
            for field in fields(MoveOptions)
            if (value := getattr(self.options, field.name)) != getattr(plain, field.name)
        ]
        return f"{' '.join(self.names)} --to {self.target}{''.join(how)}"


def moves_in(seed: int, moves: int, keep: Path | None = None) -> list[Verdict]:
    """Make one program and carry out some moves in it, one on the result of the other."""
    program = make_program(seed)
    choice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="generated-") as folder:
        root = Path(folder)
        for path, text in program.files.items():
            _write(root / path, text.encode())
        before = _run(root, program.modules)
        if not before["main.py"].startswith("ok"):
            return [Verdict(seed, "", "useless", before["main.py"])]
        verdicts = []
        for _ in range(moves):
            if keep:
                shutil.copytree(root, keep, dirs_exist_ok=True)
            verdict, before = _one(root, program, wish(program, choice), before, seed)
            verdicts.append(verdict)
            if verdict.status in {"broken", "crashed"}:
                break
        return verdicts


def wish(program: Program, choice: random.Random) -> Wish:
    """Something that a person could ask for, at random."""
    source = choice.choice(program.modules)
    classes = [name for name in program.names[source] if name.startswith("C")]
    pool = classes if choice.random() < 0.8 else program.names[source]
    count = min(len(pool), choice.choice([1] * 6 + [2, 3]))
    names = tuple(f"{source}:{name}" for name in choice.sample(pool, k=count))
    others = [module for module in program.modules if module != source]
    new = f"{source.rpartition('.')[0]}.new_{names[0].rpartition(':')[2].lower()}"
    return Wish(names, choice.choice([*others, new]), _options(choice))


def _options(choice: random.Random) -> MoveOptions:
    if choice.random() < 0.6:
        return MoveOptions()
    return MoveOptions(
        leave_behind=choice.choice((None, None, "import", "lazy", "none")),
        leave_behind_place=choice.choice(("class", "imports")),
        helpers=choice.choice(("auto", "travel", "lazy")),
        strings=choice.choice(("list", "rewrite")),
    )


def _one(
    root: Path, program: Program, asked: Wish, before: dict[str, str], seed: int
) -> tuple[Verdict, dict[str, str]]:
    title = str(asked)
    workspace = open_workspace(root)
    try:
        preview = preview_move(
            workspace, asked.names, asked.target, None, asked.options, use_cache=False
        )
    except UsageError as error:  # moved already, or taken along
        return Verdict(seed, title, "not there", str(error)), before
    except Refusal as refusal:
        problem = refusal.problems[0]
        if problem.code == "not-proved":  # a defect, though nothing was written
            return Verdict(seed, title, "crashed", problem.message), before
        return Verdict(seed, title, "refused", problem.code), before
    except Exception:
        return Verdict(seed, title, "crashed", traceback.format_exc()), before
    for change in preview.changes:
        _write(root / change.path, change.after or b"")
    modules = dict.fromkeys([*program.modules, *([asked.target] if preview.changes else [])])
    after = _run(root, list(modules))
    # A new module is imported as its source was, with the packages above the two.
    worst = _worst(before, preview)
    before = before if worst.startswith("ok") else {asked.target: worst, **before}
    wrong = [
        f"{what}: {before.get(what, 'ok')!r} became {said!r}"
        for what, said in after.items()
        if said != before.get(what, said if said.startswith("ok") else "ok")
        and before.get(what, "ok").startswith("ok")
    ]
    if wrong:
        return Verdict(seed, title, "broken", "\n".join(wrong)), after
    return Verdict(seed, title, "moved" if preview.changes else "nothing to do"), after


def _worst(before: dict[str, str], preview: Preview) -> str:
    """How the modules fared that the moved names came from; what fails, if one of them does."""
    sources = [outcome.draft.survey.source.name for outcome in preview.outcomes]
    fared = [before.get(source, "ok") for source in sources]
    return next((said for said in fared if not said.startswith("ok")), "ok")


def _run(root: Path, modules: list[str] | tuple[str, ...]) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(RUN), *modules],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    answers: dict[str, str] = json.loads(done.stdout)
    return answers


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main() -> None:
    """Print how the moves ended, and every broken one; exit with 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--moves", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    seeds = range(given.seed * 100_000, given.seed * 100_000 + given.programs)
    with ProcessPoolExecutor(given.jobs) as pool:
        found = pool.map(moves_in, seeds, [given.moves] * given.programs, chunksize=4)
        verdicts = []
        for verdict in chain.from_iterable(found):
            verdicts.append(verdict)
            if verdict.status in {"broken", "crashed"}:
                told = f"{verdict.status}: seed {verdict.seed}: {verdict.move}\n{verdict.detail}\n"
                print(told, flush=True)
    counts = Counter(verdict.status for verdict in verdicts)
    codes = Counter(verdict.detail for verdict in verdicts if verdict.status == "refused")
    print(f"{len(verdicts)} moves:", ", ".join(f"{n} {what}" for what, n in counts.most_common()))
    print("refused:", ", ".join(f"{n} {code}" for code, n in codes.most_common()) or "none")
    sys.exit(bool(counts["broken"] or counts["crashed"]))


if __name__ == "__main__":
    main()
