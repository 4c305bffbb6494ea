"""Choose, by a fixed seed, which classes to move and where to."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

KINDS = ("sibling", "other", "new")
"""A module of the same directory, one of another directory, one that does not exist yet."""
BATCH = 20
_WORD = re.compile(r"[A-Za-z_]\w*\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One class, the module that defines it, and the module that shall."""

    class_name: str
    source: str
    source_path: str
    target: str
    target_path: str


@dataclass(frozen=True, slots=True)
class Move:
    """What one command is asked for: a class, and perhaps further ones with it.

    `kind` is one of `KINDS`, or `pair` and the like with one of `KINDS` behind a dash, or
    `batch`.
    """

    package: str
    number: int
    class_name: str
    source: str
    source_path: str
    target: str
    target_path: str
    kind: str
    further: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every class of the command, the first one first."""
        first = Step(self.class_name, self.source, self.source_path, self.target, self.target_path)
        return (first, *self.further)

    def without(self, numbers: Collection[int]) -> Move:
        """The same with some of its steps left out; one at least must stay."""
        first, *further = [step for number, step in enumerate(self.steps) if number not in numbers]
        return replace(self, **asdict(first), further=tuple(further))

    @property
    def key(self) -> str:
        if self.kind == "batch":
            return f"{self.package}#batch-{self.number}"
        named = "+".join(f"{step.source}:{step.class_name}" for step in self.steps)
        return f"{self.package}#{named}->{self.target}"

    @property
    def slug(self) -> str:
        return f"{self.package}-{self.kind}-{self.number:03d}-{self.class_name}"

    def record(self) -> dict[str, object]:
        return {**asdict(self), "key": self.key}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A top-level class outside tests, and the names that it reads."""

    module: str
    path: str
    name: str
    reads: tuple[tuple[str, str], ...] = ()
    """Module and name of what the class reads of its own module, or through a plain import."""


def choose(
    tree: Path,
    package: str,
    count: int,
    seed: int,
    kinds: Sequence[str] = KINDS,
    memory: Path | None = None,
) -> list[Move]:
    """The first `count` classes of the seeded order, each with a seeded target.

    Asking for more later keeps the moves already chosen, so that results can be resumed. The
    folder `memory` keeps what was found in the tree.
    """
    candidates = _shuffled(tree, package, seed, memory)
    modules = sorted(dict.fromkeys(module_paths(tree)))
    return [
        aim(package, number, candidate, modules, seed, kinds)
        for number, candidate in enumerate(candidates[:count])
    ]


def choose_pairs(
    tree: Path,
    package: str,
    count: int,
    seed: int,
    kinds: Sequence[str] = KINDS,
    memory: Path | None = None,
) -> list[Move]:
    """Classes with one that they read, both to one target in one command."""
    candidates = _shuffled(tree, package, seed, memory)
    by_place = {(each.module, each.name): each for each in candidates}
    modules = sorted(dict.fromkeys(module_paths(tree)))
    moves = []
    for number, candidate in enumerate(candidates):
        read = [place for place in candidate.reads if place in by_place]
        if not read or len(moves) == count:
            continue
        other = by_place[random.Random(f"{seed}:{candidate.module}:{candidate.name}").choice(read)]
        move = aim(package, number, candidate, modules, seed, kinds)
        if move.target != other.module:
            further = Step(other.name, other.module, other.path, move.target, move.target_path)
            moves.append(_with(move, f"pair-{move.kind}", (further,)))
    return moves


def choose_batches(
    tree: Path,
    package: str,
    count: int,
    seed: int,
    kinds: Sequence[str] = KINDS,
    memory: Path | None = None,
) -> list[Move]:
    """Plans of `BATCH` moves each, no class in two of them; fewer where the package is small."""
    everything = choose(tree, package, count * BATCH, seed, kinds, memory)
    batches = []
    for number in range(count):
        chosen = everything[number * BATCH : (number + 1) * BATCH]
        if len(chosen) > 1:
            further = tuple(step for move in chosen[1:] for step in move.steps)
            batches.append(_with(chosen[0], "batch", further, number))
    return batches


def _with(move: Move, kind: str, further: tuple[Step, ...], number: int | None = None) -> Move:
    first = move.steps[0]
    at = move.number if number is None else number
    return Move(move.package, at, *asdict(first).values(), kind, further)


def _shuffled(tree: Path, package: str, seed: int, memory: Path | None) -> list[Candidate]:
    found = find_classes(tree) if memory is None else _remembered(tree, memory)
    candidates = sorted(found, key=lambda each: (each.module, each.name))
    random.Random(f"{seed}:{package}").shuffle(candidates)
    return candidates


def _remembered(tree: Path, memory: Path) -> list[Candidate]:
    """The classes of a tree that does not change, found once."""
    stats = [(path, (tree / path).stat().st_size) for path in module_paths(tree)]
    version = hashlib.sha256((repr(stats) + Path(__file__).read_text()).encode()).hexdigest()
    file = memory / f"{tree.name}-{version[:16]}.json"
    if not file.is_file():
        memory.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([asdict(each) for each in find_classes(tree)]))
    return [
        Candidate(**{**each, "reads": tuple(map(tuple, each["reads"]))})
        for each in json.loads(file.read_text())
    ]


def find_classes(tree: Path) -> Iterator[Candidate]:
    """Every class defined once at the top of a module outside tests."""
    for path in module_paths(tree):
        body = _body(tree / path)
        module = module_name(path)
        names = [each.name for each in body if isinstance(each, ast.ClassDef)]
        places = _places(body, path)
        for node in sorted(
            (each for each in body if isinstance(each, ast.ClassDef)), key=lambda each: each.name
        ):
            if names.count(node.name) == 1:
                yield Candidate(module, path, node.name, tuple(sorted(_read(node, places))))


def _places(body: Sequence[ast.stmt], path: str) -> dict[str, tuple[str, str]]:
    """Where the names of a module come from: itself, or another module, by plain imports."""
    places = {each.name: (module_name(path), each.name) for each in body if _is_class(each)}
    for node in body:
        if isinstance(node, ast.ImportFrom):
            package = module_path(path).removesuffix(".py").split("/")
            up = package[: -node.level] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            places |= {each.asname or each.name: (base, each.name) for each in node.names}
    return places


def _is_class(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef)


def _read(node: ast.ClassDef, places: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {node.name}
    return {places[name] for name in names & places.keys()}


def module_name(path: str) -> str:
    """`a/b/__init__.py` is `a.b`, and so is `src/a/b.py`."""
    dotted = module_path(path).removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")


def module_path(path: str) -> str:
    """The path as seen from where modules are imported from: without a leading `src`."""
    return path.removeprefix("src/")


def module_paths(tree: Path) -> Iterator[str]:
    """Importable files outside tests, in packages."""
    for file in sorted(tree.rglob("*.py")):
        path = file.relative_to(tree).as_posix()
        parts = module_path(path).removesuffix(".py").split("/")
        compiled = any(file.parent.glob(f"{file.stem}.*.so"))  # what is imported is not the file
        named = len(parts) > 1 and all(map(_WORD.match, parts))
        if named and not _is_left_out(parts) and not compiled:
            yield path


def _is_left_out(parts: Sequence[str]) -> bool:
    """Tests, and copies of other projects, whose import names are their own."""
    return any(
        part.startswith(("test", "_test", "_vendor"))
        or part.endswith("_test")
        or part in ("conftest", "vendor", "vendored")
        for part in parts
    )


def _body(file: Path) -> list[ast.stmt]:
    try:
        return ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return []


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
