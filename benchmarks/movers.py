"""Run a tool on one move, through its command line only, and say how it went."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.sample import Move

ROPE_MOVER = Path(__file__).with_name("rope_mover.py")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process."""

    status: int
    seconds: float
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a tool said about a move: moved, refused or crashed."""

    outcome: str
    status: int
    seconds: float
    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    timings: dict[str, Any] = field(default_factory=dict)
    stderr: str = ""
    undone: tuple[int, ...] = ()
    """Steps of a plan, by their place, that were not carried out though others were."""

    def record(self) -> dict[str, Any]:
        return asdict(self)


def consolidate_command() -> list[str]:
    """The installed command beside this interpreter, else the module."""
    beside = Path(sys.executable).with_name("consolidate")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "consolidator"]


Runner = Callable[[Sequence[str], Path, Path, float], Run]
"""Runs consolidate: its arguments, the directory to run in, a place for its caches, a limit."""


def own_process(command: Sequence[str]) -> Runner:
    """Each run is a process of its own, started as a person would start it."""

    def run(arguments: Sequence[str], cwd: Path, state: Path, limit: float) -> Run:
        return run_tool([*command, *arguments], cwd, state, limit)

    return run


class Server:
    """Each run is a fresh fork of a process that has loaded the code: one such process a thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    def __call__(
        self,
        arguments: Sequence[str],
        cwd: Path,
        state: Path,
        limit: float,
        skip: Mapping[str, Any] | None = None,
    ) -> Run:
        """See `Runner`; `skip` says which preconditions to switch off (`benchmarks.skipping`)."""
        state.mkdir(parents=True, exist_ok=True)
        stdout, stderr = state / "stdout", state / "stderr"
        request = {
            "arguments": list(arguments), "cwd": str(cwd), "limit": limit,
            "stdout": str(stdout), "stderr": str(stderr), "environment": own_places(state),
            "skip": skip,
        }  # fmt: skip
        start = time.perf_counter()
        status = int(self._ask(json.dumps(request)))
        if status == -signal.SIGALRM:
            status = TIMEOUT
        seconds = time.perf_counter() - start
        return Run(
            status, seconds, stdout.read_text("utf-8", "replace"),
            stderr.read_text("utf-8", "replace"),
        )  # fmt: skip

    def close(self) -> None:
        """End the process of this thread; the others end with this one."""
        process: subprocess.Popen[str] = self._local.process
        with process:
            process.communicate()

    def _ask(self, line: str) -> str:
        if not hasattr(self._local, "process"):
            self._local.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.tool_server"], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        process: subprocess.Popen[str] = self._local.process
        assert process.stdin and process.stdout
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return process.stdout.readline()


def move_with_consolidate(
    run: Runner, move: Move, tree: Path, state: Path, limit: float, options: Sequence[str] = ()
) -> Attempt:
    """`consolidate move`: 0 is moved, 3 refused, anything else a crash."""
    names = [f"{step.source}:{step.class_name}" for step in move.steps]
    arguments = ["move", *names, "--to", move.target, "--root", str(tree), "--format", "json"]
    return _attempt(run([*arguments, *options], tree, state, limit))


def apply_with_consolidate(
    run: Runner, move: Move, tree: Path, state: Path, limit: float
) -> Attempt:
    """`consolidate apply` of a plan of all steps."""
    plan = state / "plan.toml"
    state.mkdir(parents=True, exist_ok=True)
    plan.write_text(plan_of(move))
    arguments = ["apply", str(plan), "--root", str(tree), "--format", "json"]
    return _attempt(run(arguments, tree, state, limit))


def plan_of(move: Move) -> str:
    """The batch plan of a move's steps, in TOML."""
    entries = [
        f'[[move]]\nnames = ["{step.source}:{step.class_name}"]\nto = "{step.target}"\n'
        for step in move.steps
    ]
    return "\n".join(["version = 1\n", *entries])


def _attempt(run: Run) -> Attempt:
    outcome = {0: "moved", 3: "refused"}.get(run.status, "crashed")
    report = _json(run.stdout)
    problems = list(_problems(report))
    if outcome != "moved" and not problems and outcome == "refused":
        problems = [("none given", run.stderr.strip()[-300:])]
    return Attempt(
        outcome,
        run.status,
        run.seconds,
        tuple(code for code, _ in problems),
        tuple(message for _, message in problems),
        _timings(report),
        run.stderr[-3000:] if outcome == "crashed" else run.stderr[-500:],
        tuple(_undone(report)),
    )


def _undone(report: Any) -> Iterator[int]:
    """The places in the plan of what was not carried out; the report has an order of its own."""
    entries = report.get("entries", ()) if isinstance(report, dict) else ()
    for entry in entries:
        if entry["status"] not in ("done", "done already"):
            yield int(entry["id"].removeprefix("move-")) - 1


def undo_with_consolidate(run: Runner, tree: Path, state: Path, limit: float) -> Run:
    """`consolidate undo` of the last move."""
    return run(["undo", "--root", str(tree)], tree, state, limit)


def move_with_rope(move: Move, tree: Path, state: Path, limit: float) -> Attempt:
    """rope's own move, in a process of its own."""
    run = run_tool(rope_command(move, tree), tree, state, limit)
    outcome = {0: "moved", 3: "refused"}.get(run.status, "crashed")
    report = _json(run.stdout) or {}
    error = report.get("error") or run.stderr.strip()[-300:]
    code = report.get("code") or ("timeout" if run.status == TIMEOUT else "crash")
    codes, messages = ((), ()) if outcome == "moved" else ((code,), (error,))
    return Attempt(
        outcome, run.status, run.seconds, codes, messages, report.get("timings", {}),
        run.stderr[-3000:] if outcome == "crashed" else "",
    )  # fmt: skip


def rope_command(move: Move, tree: Path, *options: str) -> list[str]:
    """How to start rope on a move."""
    names = (move.source_path, move.class_name, move.target_path)
    return [sys.executable, "-P", str(ROPE_MOVER), str(tree), *names, *options]


TIMEOUT = -1000


def own_places(state: Path) -> dict[str, str]:
    """Where a run keeps its caches and its state."""
    return {
        "XDG_CACHE_HOME": str(state / "cache"),
        "XDG_STATE_HOME": str(state / "state"),
        "NO_COLOR": "1",
    }


def run_tool(command: Sequence[str], cwd: Path, state: Path, limit: float) -> Run:
    """Run a tool with caches and journals of its own; TIMEOUT when it takes too long."""
    environment = {**os.environ, **own_places(state)}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, text=True, errors="replace", start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        stdout, stderr = process.communicate(timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        status = TIMEOUT
    return Run(status, time.perf_counter() - start, stdout, stderr)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _problems(report: Any) -> Iterator[tuple[str, str]]:
    """Every code with its message, wherever in the report it stands."""
    if isinstance(report, dict):
        if isinstance(report.get("code"), str) and "message" in report:
            yield report["code"], str(report["message"])
            return
        report = list(report.values())
    if isinstance(report, list):
        for each in report:
            yield from _problems(each)


def _timings(report: Any) -> dict[str, Any]:
    found = report.get("timings") if isinstance(report, dict) else None
    return found if isinstance(found, dict) else {}
