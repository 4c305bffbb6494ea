"""Type-checker parity: only diagnostics that the change brings count."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consolidator.errors import UsageError
from consolidator.verify.environment import Environment, Outcome, project_python
from consolidator.verify.failure import Failure


@dataclass(frozen=True, slots=True)
class Checker:
    """A type checker: how to know that a project uses it, how to run it, how to read it."""

    name: str
    files: tuple[str, ...]
    """Its configuration files."""
    tables: tuple[str, ...]
    """Its tables in pyproject.toml (`tool.NAME`) and sections in setup.cfg."""
    arguments: tuple[str, ...]
    read: Callable[[str], Iterator[Failure]]
    takes_paths: bool = False
    """Whether it needs to be told what to check when its configuration does not say."""


_TEXT = re.compile(
    # mypy:   shop/a.py:3: error: Incompatible types  [assignment]
    # ty:     shop/a.py:3:5: error[invalid-assignment] Object of type ...
    r"^(?P<path>[^:\n]+\.pyi?):(?P<line>\d+)(?::\d+)?: "
    r"error(?:\[(?P<first>[\w-]+)\])?:? (?P<message>.*?)(?:  \[(?P<last>[\w-]+)\])?$",
    re.MULTILINE,
)


def _read_text(output: str) -> Iterator[Failure]:
    for found in _TEXT.finditer(output):
        rule = found["first"] or found["last"] or "error"
        yield Failure(rule, found["message"], f"{found['path']}:{found['line']}")


def _read_pyright(output: str) -> Iterator[Failure]:
    start = output.find("{")
    said: dict[str, Any] = json.loads(output[start:]) if start >= 0 else {}
    for item in said.get("generalDiagnostics", ()):
        if item.get("severity") == "error":
            line = item["range"]["start"]["line"] + 1
            yield Failure(item.get("rule", "error"), item["message"], f"{item['file']}:{line}")


def _read_pyrefly(output: str) -> Iterator[Failure]:
    start = output.find("{")
    said: dict[str, Any] = json.loads(output[start:]) if start >= 0 else {}
    for item in said.get("errors", ()):
        yield Failure(item["name"], item["description"], f"{item['path']}:{item['line']}")


CHECKERS = (
    Checker(
        "mypy",
        ("mypy.ini", ".mypy.ini"),
        ("mypy",),
        ("--no-error-summary", "--no-pretty", "--hide-error-context", "--no-color-output"),
        _read_text,
        takes_paths=True,
    ),
    Checker("basedpyright", (), ("basedpyright",), ("--outputjson",), _read_pyright),
    Checker("pyright", ("pyrightconfig.json",), ("pyright",), ("--outputjson",), _read_pyright),
    Checker(
        "pyrefly",
        ("pyrefly.toml",),
        ("pyrefly",),
        ("check", "--output-format", "json"),
        _read_pyrefly,
    ),
    Checker("ty", ("ty.toml",), ("ty",), ("check", "--output-format", "concise"), _read_text),
)


def find_checker(root: Path, python: Path | None) -> Checker:
    """The type checker that the project at `root` configures.

    Raises `UsageError` when it configures none, or when that one is not installed.
    """
    known = _tables(root)
    for checker in CHECKERS:
        if any((root / name).is_file() for name in checker.files) or known & {*checker.tables}:
            if _program(checker, project_python(root, python)) is None:
                raise UsageError(
                    f"the project configures {checker.name}, which is not installed beside its "
                    "interpreter (--python) or on the PATH"
                )
            return checker
    names = ", ".join(checker.name for checker in CHECKERS)
    raise UsageError(f"--verify types: the project configures no type checker ({names})")


def run_checker(checker: Checker, there: Environment, paths: Sequence[str]) -> tuple[Failure, ...]:
    """The errors that a type checker reports in the copy."""
    program = _program(checker, there.python)
    assert program is not None  # `find_checker` has seen to it
    command = [program, *checker.arguments]
    if checker.name == "mypy":
        command += ["--python-executable", str(there.python)]
    if checker.takes_paths and not _says_what_to_check(there.tree):
        command += [path for path in paths if (there.tree / path).is_file()]
    done = there.run(command)
    return tuple(_read(checker, done, there))


def _read(checker: Checker, done: Outcome, there: Environment) -> Iterator[Failure]:
    found = list(checker.read(done.output))
    if found or done.code == 0:
        prefix = f"{there.tree}/"
        for item in found:
            yield Failure(item.what, item.message, item.place.replace(prefix, ""))
    elif done.code is None:
        yield Failure(checker.name, f"did not end within {there.seconds:g} s")
    else:
        last = " ".join(done.output.strip().splitlines()[-3:])
        yield Failure(checker.name, f"exits with {done.code}: {last}")


def _program(checker: Checker, python: Path) -> str | None:
    beside = shutil.which(checker.name, path=str(python.parent))
    return beside or shutil.which(checker.name)


def _tables(root: Path) -> set[str]:
    """The tools that pyproject.toml and setup.cfg configure."""
    return {*_pyproject(root).get("tool", {}), *_ini(root / "setup.cfg").sections()}


def _says_what_to_check(tree: Path) -> bool:
    """Whether mypy's configuration names files, packages or modules."""
    keys = {"files", "packages", "modules"}
    return bool(keys & {*_pyproject(tree).get("tool", {}).get("mypy", {})}) or any(
        parser.has_section("mypy") and keys & {*parser["mypy"]}
        for parser in (_ini(tree / name) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))
    )


def _pyproject(root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _ini(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, ValueError, configparser.Error):
        return configparser.RawConfigParser()
    return parser
