"""The timing of scans: what is run, on what, and what is told of it."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.movers import Run
from benchmarks.scan import EDITED, Series, edit, series


def test_a_row_tells_the_median_and_every_run() -> None:
    seconds = iter([3.0, 1.0, 2.0])
    one = Series("tool", lambda: Run(0, next(seconds), "", ""))
    for _ in range(3):
        one.run()
    assert one.row().startswith("| tool | 2.00 | ")
    assert one.row().endswith("| 3.00, 1.00, 2.00 | 0 |")


def test_edits_fall_on_other_files_each_time(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"m{number:02}.py").write_text("")
    edit(tmp_path, 0)
    first = {path.name for path in tmp_path.glob("*.py") if path.read_text()}
    edit(tmp_path, 1)
    both = {path.name for path in tmp_path.glob("*.py") if path.read_text()}
    assert len(first) == EDITED
    assert len(both) == 2 * EDITED


def test_cold_runs_find_no_cache_and_warm_ones_do(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text("a = 1\n")
    script = tmp_path / "tool.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "place = pathlib.Path(os.environ['XDG_CACHE_HOME']) / 'mark'\n"
        "code = 5 if place.exists() else 4\n"
        "place.parent.mkdir(parents=True, exist_ok=True)\n"
        "place.write_text('')\n"
        "sys.exit(code)\n"
    )
    (tmp_path / "work").mkdir()
    timed = series([sys.executable, str(script)], [], tree, tmp_path / "work")
    for _ in range(2):
        for each in timed:
            each.run()
    assert [each.statuses for each in timed] == [{4}, {5}, {5}]
    assert (tree / "a.py").read_text() == "a = 1\n"
