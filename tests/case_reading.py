"""The commands of a case that only read: what they print, and that they change nothing."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import jsonschema
from case_command import consolidate
from case_format import Expectation
from case_tree import Tree, snapshot

SARIF = Path(__file__).parent / "report" / "sarif-schema-2.1.0.json"
READERS = ("scan", "plan", "check")
"""The commands that change nothing but the files that they are told to write."""
ASIDE = ("-o", "--output", "--baseline", "--report")
"""The options that name such a file."""


def read_only(command: tuple[str, ...], root: Path) -> Expectation:
    """Run a command that only reads, twice; what it prints."""
    before = snapshot(root, without=())
    first = consolidate(command, root)
    assert "Traceback" not in first.stderr, first.stderr
    assert left_alone(command, before, snapshot(root, without=())), "the command changed the tree"
    if first.code == 2:
        assert first.stderr.strip(), "a usage error says what is wrong"
        return Expectation("usage error")
    if not aside(command):
        assert consolidate(command, root) == first, "a second run says something else"
    if command[0] == "scan" and "--format" not in command:
        check_formats(command, root)
    return Expectation("output", first.stdout.decode(), first.code)


def check_formats(command: tuple[str, ...], root: Path) -> None:
    """The formats for other programs can be read, and SARIF holds to its schema."""
    report, log = (
        json.loads(consolidate((*command, "--format", name), root).stdout)
        for name in ("json", "sarif")
    )
    jsonschema.Draft4Validator(json.loads(SARIF.read_bytes())).validate(log)
    both = [*report["findings"], *report["suppressed"]]
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == [f["kind"] for f in both]


def aside(command: tuple[str, ...]) -> set[str]:
    """The files that a command that only reads is told to write."""
    if command[0] not in READERS:
        return set()
    return {value for option, value in itertools.pairwise(command) if option in ASIDE}


def left_alone(command: tuple[str, ...], before: Tree, after: Tree) -> bool:
    """Whether nothing differs but the files that the command was told to write."""
    written = aside(command)
    kept = {path: entry for path, entry in before.items() if path not in written}
    return kept == {path: entry for path, entry in after.items() if path not in written}
