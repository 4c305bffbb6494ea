"""The bug report that the tool exists for: fixtures/scenario, before and after the two moves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from case_format import FIXTURES
from case_runner import consolidate, git_applied
from case_tree import snapshot

SCENARIO = FIXTURES / "scenario"
HOME = "test_framework.helpers.auth_helpers"
CLASSES = ("WebSocketAuthTester", "AuthTestConfig")

ASK_HOME = f"from {HOME} import WebSocketAuthTester, AuthTestConfig"
ASK_TESTS = "from tests.e2e.agent_conversation_helpers import *"
CONVERSE = """
import asyncio
from tests.e2e.agent_conversation_helpers import conversation_for
print(asyncio.run(conversation_for("erin", ["hello", "thank you"])).describe())
"""
WORKING_TESTS = (
    "tests.e2e.test_websocket_integration",
    "tests.e2e.test_simplified_auth_flow_critical",
    "tests.e2e.test_health",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project of the report."""
    ignore = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(SCENARIO / "project", tmp_path / "project", ignore=ignore)


@pytest.fixture
def moved(project: Path) -> Path:
    """The project after both moves."""
    for name in CLASSES:
        result = consolidate(("move", name, "--to", HOME), project)
        assert result.code == 0, result.stderr
    return project


def test_before_the_moves_the_demands_fail(project: Path) -> None:
    for program in (ASK_HOME, CONVERSE):
        done = python(project, "-c", program)
        assert done.returncode == 1
        assert "ImportError: cannot import name 'WebSocketAuthTester'" in done.stderr


@pytest.mark.parametrize("program", [ASK_HOME, ASK_TESTS, CONVERSE])
def test_after_the_moves_the_commands_of_the_report_succeed(moved: Path, program: str) -> None:
    done = python(moved, "-c", program)
    assert done.returncode == 0, done.stderr


def test_after_the_moves_the_tests_pass(moved: Path) -> None:
    done = python(moved, "-m", "unittest", *WORKING_TESTS, "tests.e2e.test_agent_pipeline")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("tests.e2e.test_websocket_integration", "WebSocketAuthTester"),
        ("tests.e2e.test_simplified_auth_flow_critical", "AuthTestConfig"),
    ],
)
def test_a_leave_behind_stands_at_the_place(moved: Path, module: str, name: str) -> None:
    text = (moved / (module.replace(".", "/") + ".py")).read_text()
    comment = f"# {name} class moved to {HOME} to maintain SSOT"
    assert f"\n{comment}\nfrom {HOME} import {name}\n\n\n" in text
    assert f"class {name}" not in text


def test_the_home_imports_no_test_when_it_is_imported(moved: Path) -> None:
    program = f"import sys, {HOME}; print([name for name in sys.modules if name[:5] == 'tests'])"
    assert python(moved, "-c", program).stdout == "[]\n"


def test_the_demand_and_the_files_out_of_scope_are_untouched(moved: Path) -> None:
    untouched = (
        "tests/e2e/agent_conversation_helpers.py",
        "tests/e2e/test_reconnect_after_outage.py",
        "tests/e2e/test_multi_tenant_draft.py",
        "tests/e2e/jwt_token_helpers.py",
    )
    for path in untouched:
        assert (moved / path).read_bytes() == (SCENARIO / "project" / path).read_bytes()


def test_a_plan_made_without_a_hint_solves_it(project: Path, tmp_path: Path) -> None:
    before, plan = snapshot(project), str(tmp_path / "plan.toml")
    assert consolidate(("plan", "-o", plan), project).code == 0
    assert consolidate(("apply", plan), project).code == 0
    for program in (ASK_HOME, ASK_TESTS, CONVERSE):
        assert python(project, "-c", program).returncode == 0
    assert "2 done already" in consolidate(("apply", plan), project).stderr
    assert consolidate(("undo",), project).code == 0
    assert snapshot(project) == before


def test_the_file_that_does_not_parse_is_named(project: Path) -> None:
    result = consolidate(("move", CLASSES[0], "--to", HOME), project)
    assert "tests/e2e/test_multi_tenant_draft.py" in result.stderr


def test_both_imports_of_the_second_file_are_rewritten(moved: Path) -> None:
    text = (moved / "tests/e2e/test_agent_pipeline.py").read_text()
    assert text.count(f"from {HOME} import WebSocketAuthTester\n") == 2
    assert text.count("from tests.e2e.test_websocket_integration import create_test_token\n") == 1


@pytest.mark.parametrize("name", CLASSES)
def test_the_diff_is_the_change(project: Path, tmp_path: Path, name: str) -> None:
    before = snapshot(project)
    diff = consolidate(("move", name, "--to", HOME, "--dry-run"), project).stdout
    assert snapshot(project) == before
    expected = git_applied(diff, before, tmp_path)
    consolidate(("move", name, "--to", HOME), project)
    assert snapshot(project) == expected != before


def test_undo_twice_restores_every_byte(project: Path) -> None:
    before = snapshot(project)
    for name in CLASSES:
        consolidate(("move", name, "--to", HOME), project)
    for _ in CLASSES:
        assert consolidate(("undo",), project).code == 0
    assert snapshot(project) == before


def test_the_demo_runs_without_a_terminal() -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [SCENARIO / "demo.sh"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "git status: the tree is as it was" in done.stdout


def python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project."""
    command = [sys.executable, "-B", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)
