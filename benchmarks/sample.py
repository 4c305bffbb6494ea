"""Choose, by a fixed seed, which classes to move and where to."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KINDS = ("sibling", "new")
_WORD = re.compile(r"[A-Za-z_]\w*\Z")


@dataclass(frozen=True, slots=True)
class Move:
    """One class, the module that defines it, and the module that shall."""

    package: str
    number: int
    class_name: str
    source: str
    source_path: str
    target: str
    target_path: str
    kind: str

    @property
    def key(self) -> str:
        return f"{self.package}#{self.source}:{self.class_name}->{self.target}"

    @property
    def slug(self) -> str:
        return f"{self.package}-{self.number:03d}-{self.class_name}"

    def record(self) -> dict[str, object]:
        return {**asdict(self), "key": self.key}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A top-level class outside tests."""

    module: str
    path: str
    name: str


def choose(
    tree: Path, package: str, count: int, seed: int, kinds: Sequence[str] = KINDS
) -> list[Move]:
    """The first `count` classes of the seeded order, each with a seeded target.

    Asking for more later keeps the moves already chosen, so that results can be resumed.
    """
    candidates = sorted(find_classes(tree), key=lambda each: (each.module, each.name))
    random.Random(f"{seed}:{package}").shuffle(candidates)
    modules = sorted(dict.fromkeys(module_paths(tree)))
    return [
        aim(package, number, candidate, modules, seed, kinds)
        for number, candidate in enumerate(candidates[:count])
    ]


def find_classes(tree: Path) -> Iterator[Candidate]:
    """Every class defined once at the top of a module outside tests."""
    for path in module_paths(tree):
        names = _top_level_classes(tree / path)
        module = module_name(path)
        for name in sorted(name for name in names if names.count(name) == 1):
            yield Candidate(module, path, name)


def module_name(path: str) -> str:
    """`a/b/__init__.py` is `a.b`."""
    dotted = path.removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")


def module_paths(tree: Path) -> Iterator[str]:
    """Importable files outside tests, in packages."""
    for file in sorted(tree.rglob("*.py")):
        path = file.relative_to(tree).as_posix()
        parts = path.removesuffix(".py").split("/")
        if len(parts) > 1 and not _is_left_out(parts) and all(map(_WORD.match, parts)):
            yield path


def _is_left_out(parts: Sequence[str]) -> bool:
    """Tests, and copies of other projects, whose import names are their own."""
    return any(
        part.startswith(("test", "_test", "_vendor"))
        or part.endswith("_test")
        or part in ("conftest", "vendor", "vendored")
        for part in parts
    )


def _top_level_classes(file: Path) -> list[str]:
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return []
    return [statement.name for statement in body if isinstance(statement, ast.ClassDef)]


def aim(
    package: str,
    number: int,
    candidate: Candidate,
    modules: Sequence[str],
    seed: int,
    kinds: Sequence[str],
) -> Move:
    """Where the class shall go: by the seed and its own name, whatever else is chosen."""
    choice = random.Random(f"{seed}:{candidate.module}:{candidate.name}")
    folder = candidate.path.rpartition("/")[0]
    kind = choice.choice(kinds)
    others = _targets(kind, candidate.path, folder, modules)
    if others:
        path = choice.choice(others)
    else:
        kind = "new"
        path = f"{folder}/moved_{number}.py"
    return Move(
        package,
        number,
        candidate.name,
        candidate.module,
        candidate.path,
        module_name(path),
        path,
        kind,
    )


def _targets(kind: str, path: str, folder: str, modules: Sequence[str]) -> list[str]:
    if kind == "new":
        return []
    plain = [each for each in modules if each != path and "/__" not in each]
    beside = [each for each in plain if each.rpartition("/")[0] == folder]
    if kind == "sibling":
        return beside
    return [each for each in plain if each not in beside]
