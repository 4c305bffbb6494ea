"""Import parity: every changed module as the first import of a fresh interpreter."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from consolidator.verify.environment import Environment
from consolidator.verify.failure import Failure

PROBE = Path(__file__).with_name("import_probe.py")


def run_imports(there: Environment, names: Sequence[str]) -> tuple[Failure, ...]:
    """Import each module first; the failures, in the order of the names.

    A module that comes from elsewhere than the copy (an installed version that shadows it) fails
    too: its import says nothing about the change.
    """
    workers = max(1, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        found: Iterable[Iterator[Failure]] = pool.map(lambda name: _try(there, name), names)
        return tuple(failure for failures in found for failure in failures)


def _try(there: Environment, name: str) -> Iterator[Failure]:
    with tempfile.TemporaryDirectory(prefix="consolidate-probe-") as folder:
        answer = Path(folder) / "answer.json"
        done = there.run([str(there.python), str(PROBE), name, str(there.tree), str(answer)])
        if done.code is None:
            yield Failure(name, f"did not end within {there.seconds:g} s")
        elif not answer.exists():
            last = done.output.strip().splitlines()[-1:] or [""]
            yield Failure(name, f"the interpreter ended with {done.code}: {last[0]}")
        else:
            said = json.loads(answer.read_text("utf-8"))
            if said["error"]:
                place = said["place"].replace(f"{there.tree}{os.sep}", "")
                yield Failure(name, said["error"].replace(str(there.tree), ""), place)
