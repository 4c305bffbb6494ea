"""Working copies of a corpus, one a worker, and the workers that use them."""

from __future__ import annotations

import queue
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from benchmarks import trees
from benchmarks.corpora import Corpus, cache
from benchmarks.judge import Bench
from benchmarks.probe import Baseline, Environment, Probe
from benchmarks.sample import Move
from benchmarks.texts import Texts


@dataclass(frozen=True, slots=True)
class Slot:
    """One worker's own copy of a corpus."""

    pristine: Path
    clean: trees.Snapshot
    environment: Environment
    state: Path
    bench: Bench
    memo: trees.Memo = field(default_factory=dict, repr=False)

    @property
    def tree(self) -> Path:
        return self.environment.tree

    def restore(self) -> None:
        trees.restore(self.pristine, self.tree, self.clean, self.environment.bytecode, self.memo)

    def changed(self) -> list[str]:
        """Files that differ from the pristine tree."""
        return trees.snapshot(self.tree, self.memo).changed_since(self.clean)


Work = Callable[[Move, Slot], None]


def run_package(wanted: Corpus, jobs: Sequence[tuple[Move, Work]], workers: int) -> None:
    """Do the jobs on as many copies of the corpus as there are workers."""
    if not jobs:
        return
    with ExitStack() as stack:
        slots: queue.Queue[Slot] = queue.Queue()
        for slot in _slots(wanted, min(workers, len(jobs)), stack):
            slots.put(slot)
        with ThreadPoolExecutor(workers) as pool:
            waiting = [pool.submit(_one, move, work, slots) for move, work in jobs]
            for each in as_completed(waiting):
                each.result()


def _one(move: Move, work: Work, slots: queue.Queue[Slot]) -> None:
    slot = slots.get()
    try:
        work(move, slot)
    except Exception:
        print(f"{move.key}: the benchmark itself failed", file=sys.stderr)
        traceback.print_exc()
        slot.restore()
    finally:
        slots.put(slot)


def _slots(wanted: Corpus, count: int, stack: ExitStack) -> Iterator[Slot]:
    work = cache() / "work"
    clean = trees.snapshot(wanted.tree)
    texts = Texts.read(wanted.tree)
    untouched = Environment(wanted.tree, wanted.site, work / "bytecode-pristine", wanted.preload)
    probe = stack.enter_context(Probe(untouched))
    baseline = Baseline(probe, cache() / "baselines" / wanted.name, wanted.stamp)
    for _ in range(count):
        home = work / f"{wanted.name}-{_free(work, wanted.name, stack)}"
        environment = Environment(home / "tree", wanted.site, work / "bytecode", wanted.preload)
        trees.copy_tree(wanted.tree, environment.tree)
        own = stack.enter_context(Probe(environment))
        bench = Bench(wanted.tree, environment.tree, baseline, own, texts)
        yield Slot(wanted.tree, clean, environment, home / "state", bench)


def _free(work: Path, name: str, stack: ExitStack) -> int:
    """A copy that no other run of this benchmark uses now."""
    for number in range(100):
        (work / f"{name}-{number}").mkdir(parents=True, exist_ok=True)
        lock = FileLock(work / f"{name}-{number}" / "lock")
        try:
            stack.enter_context(lock.acquire(timeout=0))
        except Timeout:
            continue
        return number
    raise RuntimeError("a hundred copies are in use")
