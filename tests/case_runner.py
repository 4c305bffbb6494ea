"""Runs one case: every promise of the tool, held against what it does to the case's tree."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from case_command import Problem, Result, consolidate
from case_format import Case, Expectation, write_case
from case_reading import READERS, aside, read_only
from case_tree import Tree, files_of, plant, snapshot, write_tree

PROBE = Path(__file__).with_name("case_probe.py")
LINT = "I001,E301,E302,E303,E305,E306,F401,F811,F821,F822"


@dataclass(frozen=True)
class Outcome:
    """What the commands of a case came to, and the tree they left."""

    expectations: tuple[Expectation, ...]
    problems: tuple[Problem, ...]
    tree: Tree

    def said(self, *severities: str) -> tuple[str, ...]:
        """The problems of these severities, once each."""
        return tuple(dict.fromkeys(said(p) for p in self.problems if p["severity"] in severities))


def check_case(case: Case, scratch: Path, update: bool) -> None:
    """Run the commands on the tree and hold every promise against it.

    `update` writes what happened into the case, unless it breaks a promise.
    """
    assert case.sentence, "a case starts with a sentence"
    assert case.commands, "a case has a command line"
    root = plant(case, scratch)
    before, lint_before = probe(case, root), lint(case, root)
    check_sound(case, before)
    states = [project(case, root)]
    expectations: list[Expectation] = []
    problems: list[Problem] = []
    for command in case.commands:
        if command[0] in READERS:
            expectations.append(read_only(command, root))
        else:
            expectation, reported = follow(command, root, scratch)
            expectations.append(expectation)
            problems += reported
        states.append(project(case, root))
    if states[-1] != states[0]:
        compare_behaviour(case, before, probe(case, root))
        assert not (worse := lint(case, root) - lint_before), f"ruff finds more: {worse}"
    undo_all(case, root, states)
    outcome = Outcome(tuple(expectations), tuple(problems), states[-1])
    compare(updated(case, outcome) if update else case, outcome)


def check_sound(case: Case, before: dict[str, Any]) -> None:
    """The case's program runs on the tree before the commands."""
    run = before["run"]
    if not runs_here(case):
        return
    if "fails before" in case.settings:
        assert run["code"] != 0, "the program is said to fail before, but ran"
        assert case.settings["fails before"].strip() in run["printed"], run["printed"]
    else:
        assert run["code"] == 0, run["printed"]
        assert run["printed"].strip(), "the program prints nothing, so nothing can be compared"


def follow(
    command: tuple[str, ...], root: Path, scratch: Path
) -> tuple[Expectation, list[Problem]]:
    """Dry run, write, and write again, each with what it promises; what came of the command."""
    before, everything = snapshot(root), snapshot(root, without=())
    dry = consolidate((*command, "--dry-run"), root)
    assert snapshot(root, without=()) == everything, "the dry run changed the tree"
    written = consolidate((*command, "--format", "json"), root)
    assert written.code == dry.code, f"dry run exits {dry.code}, the write {written.code}"
    assert "Traceback" not in dry.stderr + written.stderr, dry.stderr + written.stderr
    if dry.code in (2, 3):
        assert snapshot(root) == before, "a refusal changed the tree"
        return refusal(dry, written), written.problems
    assert dry.code == 0, f"exit code {dry.code}: {dry.stderr}"
    after = snapshot(root)
    assert after == git_applied(dry.stdout, before, scratch), "write and diff differ"
    again = consolidate(command, root)
    assert again.code == 0, f"a second run exits {again.code}: {again.stderr}"
    assert snapshot(root) == after, "a second run changes something"
    return Expectation("diff", dry.stdout.decode(errors="backslashreplace")), written.problems


def project(case: Case, root: Path) -> Tree:
    """The tree without the files that commands that only read are told to write."""
    written = {path for command in case.commands for path in aside(command)}
    return {path: entry for path, entry in snapshot(root).items() if path not in written}


def refusal(dry: Result, written: Result) -> Expectation:
    """The expectation that a refused or misused command fulfils."""
    assert not dry.stdout.strip(), "a refused dry run prints no diff"
    if dry.code == 2:
        assert dry.stderr.strip(), "a usage error says what is wrong"
        return Expectation("usage error")
    reasons = [problem for problem in written.problems if problem["severity"] == "refusal"]
    assert reasons, "a refusal has a problem with a code"
    assert all(p["code"] != "not-proved" for p in reasons), f"a defect of the tool: {reasons}"
    for problem in reasons:
        assert problem["message"], f"{problem['code']} has no reason"
        assert problem["remedy"], f"{problem['code']} has no remedy"
        assert problem["code"] in dry.stderr, f"{problem['code']} is not told to people"
    return Expectation(
        "refused", "".join(f"{line}\n" for line in dict.fromkeys(map(said, reasons)))
    )


def said(problem: Problem) -> str:
    """One problem as a case writes it: `code path:line`."""
    location = problem.get("location")
    return problem["code"] + (f" {location['file']}:{location['line']}" if location else "")


def updated(case: Case, outcome: Outcome) -> Case:
    """The case with what happened as its expectation, written to its files."""
    wanted = case.warnings
    warns = [w for w in wanted if any(covers(w, s) for s in outcome.said("warning", "note"))]
    warns += [s for s in outcome.said("warning") if not any(covers(w, s) for w in warns)]
    settings = case.settings | {"warns": "".join(f"{line}\n" for line in warns)}
    fresh = replace(case, expectations=outcome.expectations, settings=settings)
    if not case.is_folder:
        write_case(fresh)
        return fresh
    kinds = (Expectation("moved") if e.kind == "diff" else e for e in outcome.expectations)
    write_case(replace(fresh, expectations=tuple(kinds)))
    shutil.rmtree(case.location / "after", ignore_errors=True)
    if any(expected.kind == "diff" for expected in outcome.expectations):
        write_tree(case.location / "after", outcome.tree)
    return fresh


def compare(case: Case, outcome: Outcome) -> None:
    """What happened is what the case expects; a code may stand there without its place."""
    assert len(case.expectations) == len(outcome.expectations), (
        "an expectation for each command is missing; `pytest --update` writes what happens"
    )
    for expected, got in zip(case.expectations, outcome.expectations, strict=True):
        if expected.kind == "moved":
            assert got.kind == "diff", f"expected a move, got {got}"
            assert files_of(outcome.tree) == files_of(snapshot(case.location / "after"))
        elif expected.kind == "refused":
            assert got.kind == "refused", f"expected {expected}, got {got}"
            assert_covered(expected.lines, got.lines, got.lines)
        else:
            assert got == expected
    assert_covered(case.warnings, outcome.said("warning", "note"), outcome.said("warning"))


def assert_covered(wanted: tuple[str, ...], got: tuple[str, ...], serious: tuple[str, ...]) -> None:
    """All that is wanted was said, and nothing serious was said that is not wanted."""
    missing = [line for line in wanted if not any(covers(line, one) for one in got)]
    surplus = [one for one in serious if not any(covers(line, one) for line in wanted)]
    assert not missing, f"not reported: {missing}; but: {got}"
    assert not surplus, f"reported but not expected: {surplus}"


def covers(expected: str, got: str) -> bool:
    """`already-different` covers `already-different pkg/b.py:3`."""
    return got == expected or got.startswith(expected + " ")


def compare_behaviour(case: Case, before: dict[str, Any], after: dict[str, Any]) -> None:
    """The program prints what it printed, every first import still works, the class came home."""
    if not runs_here(case):
        return
    assert after["run"]["code"] == 0, after["run"]["printed"]
    if "fails before" not in case.settings:
        assert after["run"]["printed"] == before["run"]["printed"]
    for module, outcome in after["imports"].items():
        if before["imports"].get(module, {"code": 0})["code"] == 0:
            assert outcome["code"] == 0, f"importing {module} first: {outcome['printed']}"
    for (module, _), home in zip(homes(case.commands[-1]), after["homes"], strict=True):
        if before["imports"].get(module, {"code": 0})["code"] == 0:
            assert home["printed"] == "home\n", home["printed"]


def lint(case: Case, root: Path) -> Counter[str]:
    """What ruff finds in the tree: broken names, unused imports, and how the text is laid out.

    A leave-behind may be unused, for that is what it is for, and stand among other imports, unless
    the project itself asks ruff for their order, in which its own settings count.
    """
    settings = root / "pyproject.toml"
    said = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    wants_order = '"I"' in said
    command = [Path(sys.executable).with_name("ruff"), "check", "--no-cache"]
    command += [] if "ruff.lint.isort]" in said else ["--isolated"]
    command += ["--preview", "--select", LINT, "--output-format", "json", "."]
    allowed = case.settings.get("lint", "").split()
    done = subprocess.run(command, cwd=root, capture_output=True)
    found: Counter[str] = Counter()
    for finding in json.loads(done.stdout):
        text = Path(finding["filename"]).read_bytes().decode("utf-8-sig", errors="replace")
        line = text.splitlines()[finding["location"]["row"] - 1]
        left = leave_behinds(case, text)
        excused = {"F401": line in left, "I001": bool(left) and not wants_order}
        if finding["code"] not in allowed and not excused.get(finding["code"], False):
            found[finding["code"]] += 1
    return found


def leave_behinds(case: Case, text: str) -> list[str]:
    """The import lines below a comment that ask the home of one of the case's moves.

    What a plan moves is known by the comment alone.
    """
    if any(command[0] == "apply" for command in case.commands):
        return re.findall(r"^# \w+ \w+ moved to .*[\r\n]+(from [^\r\n]*)", text, re.MULTILINE)
    tails = {home.rpartition(".")[2] for command in case.commands for home, _ in homes(command)}
    lines = re.findall(r"^#.*[\r\n]+(from [^\r\n]*)", text, re.MULTILINE)
    asked = [f"{tail} import " for tail in tails] + ["from . import "]
    return [line for line in lines if any(words in line for words in asked)]


def undo_all(case: Case, root: Path, states: list[Tree]) -> None:
    """Each `undo` takes back one change, to the byte."""
    for earlier, later in reversed(list(itertools.pairwise(states))):
        if earlier != later:
            result = consolidate(("undo",), root)
            assert result.code == 0, result.stderr
            assert project(case, root) == earlier, "undo did not restore the tree"


def git_applied(diff: bytes, before: Tree, scratch: Path) -> Tree:
    """The tree that `git apply` makes of the tree before and a dry run's output."""
    if not diff:
        return before
    copy = scratch / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    write_tree(copy, before)
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    environment = os.environ | alone | {"GIT_CEILING_DIRECTORIES": str(scratch)}
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, input=diff, cwd=copy, capture_output=True, env=environment)
    assert done.returncode == 0, f"git apply: {done.stderr.decode()}\n{diff.decode()}"
    return snapshot(copy)


def probe(case: Case, root: Path) -> dict[str, Any]:
    """Run the case's program, and import each of its modules first, in fresh interpreters."""
    roots = [os.path.normpath(root / part) for part in case.roots]
    request = {
        "path": [*roots, str(root.parent / "installed")],
        "program": case.settings.get("run", ""),
        "modules": modules(root, case.roots),
        "homes": homes(case.commands[-1]),
    }
    command = [sys.executable, "-S", "-B", "-X", "utf8", str(PROBE)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        command, input=json.dumps(request).encode(), cwd=root, capture_output=True, env=environment
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def modules(root: Path, roots: tuple[str, ...]) -> list[str]:
    """Every module of the tree by the name under which its innermost root offers it."""
    names = set()
    for path in root.rglob("*.py"):
        relative = path.relative_to(root)
        holders = [part for part in roots if not part or relative.is_relative_to(part)]
        if holders:
            parts = relative.relative_to(max(holders, key=len)).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts and all(part.isidentifier() for part in parts):
                names.add(".".join(parts))
    return sorted(names)


def homes(command: tuple[str, ...]) -> list[tuple[str, str]]:
    """The modules and names that a `move` command leads to."""
    if command[0] != "move" or "--to" not in command:
        return []
    target = command[command.index("--to") + 1]
    names = re.match(r"move((?: [^- ]\S*)*)", " ".join(command))
    return [(target, name.rpartition(":")[2]) for name in (names[1].split() if names else [])]


def runs_here(case: Case) -> bool:
    """Whether there is a program, and this interpreter is new enough for the case's own code."""
    if "run" not in case.settings:
        assert all(command[0] in READERS for command in case.commands), "what does it run?"
        return False
    wanted = re.findall(r"\d+", case.settings.get("python", "3"))
    return sys.version_info >= tuple(map(int, wanted))
