"""Time `consolidate scan` on a corpus, beside jscpd on the same tree in the same run.

    python -m benchmarks.scan --corpus zen --runs 5

Each run is a fresh process. A cold run has an empty cache folder, the warm ones that follow it have
the one it left; "edited" is a warm run after a line was added to a few files of a copy. The tools
take turns, so that what else the machine does falls on all of them. jscpd (a token scanner in Rust
that looks for duplicated code only) is installed with npm beside the corpora.
"""

from __future__ import annotations

import argparse
import platform
import resource
import shlex
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.corpora import cache, corpus, install, zen_tree
from benchmarks.movers import Run, consolidate_command, run_tool

JSCPD = ("jscpd@5", "jscpd-linux-x64-gnu")
EDITED = 5  # files that change before an "edited" run


@dataclass(slots=True)
class Series:
    """The runs of one tool in one way: wall clock and processor seconds."""

    name: str
    start: Callable[[], Run]
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def run(self) -> None:
        before = _processor_seconds()
        done = self.start()
        self.processor.append(_processor_seconds() - before)
        self.wall.append(done.seconds)
        self.statuses.add(done.status)

    def row(self) -> str:
        runs = ", ".join(f"{each:.2f}" for each in self.wall)
        exits = ", ".join(map(str, sorted(self.statuses)))
        wall, processor = statistics.median(self.wall), statistics.median(self.processor)
        return f"| {self.name} | {wall:.2f} | {processor:.2f} | {runs} | {exits} |"


HEADER = "| tool | median s | median processor s | all runs | exit |\n|---|---|---|---|---|"


def _processor_seconds() -> float:
    """What all processes that have ended took, with those that they started and waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def jscpd_command(place: Path | None) -> list[str]:
    """The jscpd to compare with: installed if need be; none when there is no npm."""
    folder = cache() / "jscpd" if place is None else place
    program = folder / "node_modules" / ".bin" / "jscpd"
    if not program.exists():
        if shutil.which("npm") is None:
            return []
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", *JSCPD], cwd=folder, check=True)
    return [str(program)]


def series(command: Sequence[str], jscpd: Sequence[str], tree: Path, work: Path) -> list[Series]:
    """What to time, in the order in which it has to run."""
    copy = work / "tree"
    shutil.copytree(tree, copy, symlinks=True)
    state = work / "state"
    edits = iter(range(1 << 30))

    def scan() -> Run:
        return run_tool([*command, "scan", "--root", str(copy)], work, state, 600)

    def cold() -> Run:
        shutil.rmtree(state, ignore_errors=True)
        return scan()

    def edited() -> Run:
        edit(copy, next(edits))
        return scan()

    found = [
        Series("consolidate scan, cold", cold),
        Series("consolidate scan, warm", scan),
        Series(f"consolidate scan, {EDITED} files edited", edited),
    ]
    for name, options in (("jscpd --format python", ["--format", "python"]), ("jscpd", [])):
        if jscpd:
            run = [*jscpd, *options, "--silent", str(copy)]
            found.append(Series(name, partial(run_tool, run, work, state, 600)))
    return found


def edit(tree: Path, number: int) -> None:
    """Add a line to a few files that are spread over the tree, other ones each time."""
    files = sorted(tree.rglob("*.py"))
    step = max(1, len(files) // EDITED)
    for path in files[number % step :: step][:EDITED]:
        with path.open("ab") as file:
            file.write(b"\n# edited %d\n" % number)


def main() -> None:
    """Print the table, and how much there was to read."""
    options = _options()
    if options.corpus == "zen":
        tree = zen_tree()
    else:
        install(corpus(options.corpus))
        tree = corpus(options.corpus).tree
    command = shlex.split(options.command) if options.command else consolidate_command()
    files = [path for path in tree.rglob("*.py") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{options.corpus}: {len(files)} Python files, {size:.1f} MB; ", end="")
    print(f"Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory(prefix="consolidate-scan-") as work:
        timed = series(command, jscpd_command(options.jscpd), tree, Path(work))
        for _ in range(options.runs):
            for each in timed:
                each.run()
    print(HEADER)
    for each in timed:
        print(each.row())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", default="zen")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--command", help="how to start consolidate")
    parser.add_argument("--jscpd", type=Path, help="the folder that jscpd is installed in")
    return parser.parse_args()


if __name__ == "__main__":
    main()
