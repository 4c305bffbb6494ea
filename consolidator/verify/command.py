"""The user's own command, such as a run of the tests: its exit code, and the tests that it names.

Where its output names failing tests, as pytest's and unittest's does, those are compared one by
one. Otherwise a command that failed before says nothing about the change.
"""

from __future__ import annotations

import os
import re

from consolidator.errors import UsageError
from consolidator.verify.environment import Environment
from consolidator.verify.failure import Failure

_NOT_FOUND = 127  # of a shell
_TEST = re.compile(
    r"^(?:FAILED|ERROR) (?P<pytest>\S+\.py\S*)"  # FAILED tests/test_a.py::test_b - ...
    r"|^(?:FAIL|ERROR): (?P<unittest>\w+ \([\w.]+\))",  # FAIL: test_b (tests.test_a.Case)
    re.MULTILINE,
)


def run_command(there: Environment, command: str) -> tuple[Failure, ...]:
    """Run a command line of the user in the copy; its failures, none when it exits with 0.

    Raises `UsageError` where there is no such command: it would fail before and after alike.
    """
    shell = ["cmd", "/c"] if os.name == "nt" else ["/bin/sh", "-c"]
    done = there.run([*shell, command])
    if done.code == 0:
        return ()
    if done.code == _NOT_FOUND:
        raise UsageError(f"--verify {command!r} cannot be run: {_tail(done.output)}")
    tests = {found["pytest"] or found["unittest"]: None for found in _TEST.finditer(done.output)}
    if tests:
        return tuple(Failure(test, "fails") for test in tests)
    ending = f"did not end within {there.seconds:g} s" if done.code is None else ""
    return (Failure(command, ending or f"exits with {done.code}", _tail(done.output)),)


def _tail(output: str) -> str:
    """The last lines of what it printed, for a person."""
    return "\n".join(output.rstrip().splitlines()[-15:])
