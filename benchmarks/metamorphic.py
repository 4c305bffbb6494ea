"""Properties that moves must have whatever the code: over real packages, in memory, by a seed.

    python -m benchmarks.metamorphic --packages click,flask,rich --per-package 10 --seed 1

- *back*: there and back with `--leave-behind none` restores every byte, or differs in import
  lines, blank lines and the place in the source only. A logger that the target got stays, and
  `__all__` forgets what it listed when the module in between lists nothing.
- *twice*: the same move again has nothing to do.
- *commute*: two moves that have no module in common give the same files in either order.
- *renamed*, *reformatted*: with other names for local variables, or laid out by another
  formatter, the tree leads to the same decisions.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import cache, corpus, install
from benchmarks.judge import ruff
from benchmarks.sample import Move, choose
from consolidator.errors import Refusal, UsageError
from consolidator.pipeline import Preview, open_workspace, preview_move
from consolidator.plan import MoveOptions
from consolidator.workspace import Workspace

Rewrite = Callable[[str, str], str]
"""Path and text of a file in, another text of the same meaning out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a property came to for one move: `held`, `imports only`, `refused` or `broken`."""

    law: str
    verdict: str
    detail: str = ""


def attempt(
    workspace: Workspace, move: Move, *, back: Collection[str] = (), bare: bool = False
) -> Preview | str:
    """The preview of a move, or the code for which it is refused; `back` names what comes back."""
    source, target = (move.target, move.source) if back else (move.source, move.target)
    options = MoveOptions(leave_behind="none") if bare else MoveOptions()
    names = sorted(back) or [move.class_name]
    try:
        return preview_move(workspace, names, target, source, options, use_cache=False)
    except Refusal as refusal:
        return refusal.problems[0].code
    except UsageError:
        return "usage"


# -- the laws --------------------------------------------------------------------------------------


def there_and_back(workspace: Workspace, move: Move) -> Outcome:
    """Move and move all that travelled back, leaving nothing behind."""
    gone = attempt(workspace, move, bare=True)
    if isinstance(gone, str):
        return Outcome("back", "refused", gone)
    travelled = [item.name for o in gone.outcomes for item in o.draft.closure.definitions]
    returned = attempt(gone.after, move, back=travelled, bare=True)
    if isinstance(returned, str):
        return Outcome("back", "refused", f"on the way back: {returned}")
    paths = {change.path for preview in (gone, returned) for change in preview.changes}
    verdicts = {
        path: _likeness(workspace, returned.after, path, travelled) for path in sorted(paths)
    }
    different = [path for path, verdict in verdicts.items() if verdict == "different"]
    if different:
        return Outcome("back", "broken", ", ".join(different))
    same = all(verdict == "same" for verdict in verdicts.values())
    return Outcome("back", "held" if same else "imports only")


def _likeness(before: Workspace, after: Workspace, path: str, names: Collection[str] = ()) -> str:
    old = before.file(path).text if before.has(path) else ""
    new = after.file(path).text if after.has(path) else ""
    if old == new:
        return "same"
    if names:  # the target itself said `source.C` once, and `C` since
        holder = re.compile(rf"\b\w+\.(?=(?:{'|'.join(map(re.escape, names))})\b)")
        old, new = holder.sub("", old), holder.sub("", new)
    return "imports" if _without_imports(old) == _without_imports(new) else "different"


def _without_imports(text: str) -> Counter[str]:
    """The lines that are not blank, and no part of an import, of `__all__` or what comes along."""
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        exports = isinstance(node, ast.Assign | ast.AugAssign) and "__all__" in ast.unparse(node)
        if exports or isinstance(node, ast.Import | ast.ImportFrom):
            skipped |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = enumerate(text.splitlines(), 1)
    kept = (line.rstrip() for number, line in lines if number not in skipped)
    return Counter(line for line in kept if line and not _COMES_ALONG.search(line))


_COMES_ALONG = re.compile(r"TYPE_CHECKING|^\w+ = logging\.getLogger\(__name__\)$")
"""What a move may add beside imports: each module has a logger of its own, and keeps it."""


def twice(workspace: Workspace, move: Move) -> Outcome:
    """Ask for what is done already."""
    moved = attempt(workspace, move)
    if isinstance(moved, str):
        return Outcome("twice", "refused", moved)
    again = attempt(moved.after, move)
    if isinstance(again, str) or again.changes:
        what = again if isinstance(again, str) else ", ".join(c.path for c in again.changes)
        return Outcome("twice", "broken", what)
    return Outcome("twice", "held")


def commute(workspace: Workspace, one: Move, other: Move) -> Outcome:
    """Two moves in either order."""
    results, refused = [], []
    for first, second in ((one, other), (other, one)):
        half = attempt(workspace, first)
        whole = half if isinstance(half, str) else attempt(half.after, second)
        if isinstance(half, str) or isinstance(whole, str):
            refused.append(str(whole))
            continue
        paths = {change.path for preview in (half, whole) for change in preview.changes}
        results.append((paths, whole.after))
    if refused:  # in one order only: the other move made it impossible
        return Outcome("commute", "broken" if results else "refused", ", ".join(refused))
    verdicts = {
        path: _likeness(results[0][1], results[1][1], path)
        for path in sorted(results[0][0] | results[1][0])
    }
    different = [path for path, verdict in verdicts.items() if verdict == "different"]
    if different:
        return Outcome("commute", "broken", ", ".join(different))
    same = all(verdict == "same" for verdict in verdicts.values())
    return Outcome("commute", "held" if same else "imports only")


def same_decisions(workspace: Workspace, move: Move, law: str, rewrite: Rewrite) -> Outcome:
    """The same move in a tree that is written otherwise."""
    plain = attempt(workspace, move)
    changes = dict(_rewritten(workspace, rewrite))
    other = attempt(workspace.with_changes(changes), move)
    mine, theirs = decisions(plain), decisions(other)
    if mine == theirs:
        return Outcome(law, "refused" if isinstance(plain, str) else "held")
    return Outcome(law, "broken", f"{mine} | {theirs}"[:600])


def decisions(preview: Preview | str) -> object:
    """What was decided, without the text: the way, what travels, how needs are met, which files."""
    if isinstance(preview, str):
        return preview
    (outcome,) = preview.outcomes
    draft = outcome.draft
    return (
        str(draft.strategy),
        sorted(draft.closure.names),
        sorted((need.name, need.how) for need in draft.needs),
        sorted(change.path for change in preview.changes),
    )


def _rewritten(workspace: Workspace, rewrite: Rewrite) -> Iterator[tuple[str, bytes]]:
    for path in workspace.paths():
        file = workspace.file(path)
        try:
            text = rewrite(path, file.text)
        except (Refusal, SyntaxError, ValueError):
            continue
        if text != file.text:
            yield path, file.encode(text)


# -- rewriting -------------------------------------------------------------------------------------


def with_other_locals(_path: str, text: str) -> str:
    """Another name for the local variables of plain functions."""
    tree = ast.parse(text)
    if not text.isascii():  # columns count bytes
        return text
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    places = {
        (starts[node.lineno - 1] + node.col_offset, node.id)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in _locals(function)
    }
    for at, name in sorted(places, reverse=True):
        if text[at : at + len(name)] == name:
            text = f"{text[:at]}{name}_1{text[at + len(name) :]}"
    return text


_NESTING: tuple[type[ast.AST], ...] = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.JoinedStr,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_OTHER_BINDINGS: tuple[type[ast.AST], ...] = (
    ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.Global, ast.Nonlocal, ast.Match,
)  # fmt: skip


def _locals(function: ast.FunctionDef) -> list[ast.Name]:
    """Every use of the names that a function assigns, where it binds names in no other way."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, (*_NESTING, *_OTHER_BINDINGS)) for node in nodes):
        return []
    names = [node for node in nodes if isinstance(node, ast.Name)]
    if {"locals", "eval", "exec", "vars"} & {node.id for node in names}:
        return []
    given = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)} - given
    return [node for node in names if node.id in stored]


def formatted(paths_and_texts: Mapping[str, str]) -> dict[str, str]:
    """The files as ruff lays them out with short lines, in one run for each."""
    found = {}
    for path, text in paths_and_texts.items():
        done = subprocess.run(
            [ruff(), "format", "--isolated", "--line-length", "60", "--stdin-filename", path, "-"],
            input=text.encode(), capture_output=True, check=False,
        )  # fmt: skip
        found[path] = done.stdout.decode() if not done.returncode else text
    return found


def reformatted(workspace: Workspace, move: Move) -> Rewrite:
    """Lay out anew what the move concerns: both ends and everybody who names the class."""
    concerned = {
        path
        for path in workspace.paths()
        if path in {move.source_path, move.target_path}
        or move.class_name in workspace.file(path).data.decode("utf-8", "replace")
    }
    texts = formatted({path: workspace.file(path).text for path in sorted(concerned)[:40]})
    return lambda path, text: texts.get(path, text)


# -- the run ---------------------------------------------------------------------------------------


def run(package: str, count: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Every law for the seeded moves of one package."""
    install(corpus(package))
    workspace = open_workspace(corpus(package).tree)
    moves = choose(corpus(package).tree, package, count, seed, memory=cache() / "classes")
    for move in moves:
        yield move.key, there_and_back(workspace, move)
        yield move.key, twice(workspace, move)
        yield move.key, same_decisions(workspace, move, "renamed", with_other_locals)
        rewrite = reformatted(workspace, move)
        yield move.key, same_decisions(workspace, move, "reformatted", rewrite)
    for one, other in pairs(moves, seed):
        yield f"{one.key} & {other.key}", commute(workspace, one, other)


def pairs(moves: Iterable[Move], seed: int) -> Iterator[tuple[Move, Move]]:
    """Moves with no module in common, in a seeded order, each once."""
    waiting = list(moves)
    random.Random(f"{seed}:pairs").shuffle(waiting)
    while len(waiting) > 1:
        one = waiting.pop()
        for other in waiting:
            if not {one.source, one.target} & {other.source, other.target}:
                waiting.remove(other)
                yield one, other
                break


def main() -> int:
    """Print what is broken and a table; 1 when something is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", default="click,flask,marshmallow,rich,werkzeug")
    parser.add_argument("--per-package", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the table")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for package in options.packages.split(","):
        for key, outcome in run(package, options.per_package, options.seed):
            counts[outcome.law, outcome.verdict] += 1
            if outcome.verdict == "broken":
                print(f"{outcome.law}: {key}: {outcome.detail}", flush=True)
    table = render(counts)
    print(table)
    if options.out:
        options.out.write_text(table)
    return int(any(verdict == "broken" for _, verdict in counts))


def render(counts: Mapping[tuple[str, str], int]) -> str:
    """A table by law."""
    verdicts = ("held", "imports only", "refused", "broken")
    lines = [f"| law | {' | '.join(verdicts)} |", "|---" * (len(verdicts) + 1) + "|"]
    for law in sorted({law for law, _ in counts}):
        cells = (str(counts.get((law, verdict), 0)) for verdict in verdicts)
        lines.append(f"| {law} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
