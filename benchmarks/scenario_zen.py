"""The two commands of the original case, in the original repository.

    python -m benchmarks.scenario_zen --zen-git-dir DIR --out FOLDER

Saves the diffs, says what they change and what the home would import when it is imported, and
times rope on the same moves.
"""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import movers, trees
from benchmarks.corpora import cache, zen_tree
from benchmarks.sample import Move, module_name

HOME = "test_framework.helpers.auth_helpers"
CASES = (
    ("WebSocketAuthTester", "tests/e2e/test_websocket_integration.py"),
    ("AuthTestConfig", "tests/e2e/test_simplified_auth_flow_critical.py"),
)


def run_case(command: Sequence[str], move: Move, tree: Path, out: Path, limit: float) -> str:
    """The dry run as the report's author would type it; a paragraph about it."""
    dry_run = [*command, "move", move.class_name, "--to", move.target, "--root", str(tree)]
    with tempfile.TemporaryDirectory() as state:
        run = movers.run_tool([*dry_run, "--dry-run"], tree, Path(state), limit)
    (out / f"{move.class_name}.diff").write_text(run.stdout)
    (out / f"{move.class_name}.stderr").write_text(run.stderr)
    lines = [f"## {move.class_name}: exit {run.status}, {run.seconds:.2f} s"]
    if run.status == 0:
        lines += _review(run.stdout, move, tree)
    else:
        lines.append(run.stderr.strip()[-1500:])
    return "\n".join(lines)


def run_rope(move: Move, tree: Path, limit: float) -> str:
    """How long rope takes to plan the same move."""
    with tempfile.TemporaryDirectory() as state:
        run = movers.run_tool(
            movers.rope_command(move, tree, "--dry-run"), tree, Path(state), limit
        )
    return f"rope: exit {run.status}, {run.seconds:.1f} s"


def _review(diff: str, move: Move, tree: Path) -> Iterator[str]:
    paths = sorted(set(re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)", diff, re.MULTILINE)))
    added = sum(line.startswith("+") and line[:3] != "+++" for line in diff.splitlines())
    removed = sum(line.startswith("-") and line[:3] != "---" for line in diff.splitlines())
    yield f"{len(paths)} files, +{added} -{removed}: {', '.join(paths)}"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for path in paths:
            if (tree / path).is_file():
                (scratch / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(tree / path, scratch / path)
        applied = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            input=diff.encode(),
            cwd=scratch,
            capture_output=True,
            check=False,
        )
        yield f"git apply: exit {applied.returncode} {applied.stderr.decode().strip()[-300:]}"
        before = imports(tree / move.target_path)
        after = imports(scratch / move.target_path)
    for when in ("import time", "call time"):
        yield f"the home newly imports at {when}: {sorted(after[when] - before[when]) or 'nothing'}"


def imports(file: Path) -> dict[str, set[str]]:
    """Modules that a file imports as soon as it is imported, and those only when called."""
    found: dict[str, set[str]] = {"import time": set(), "call time": set()}
    _collect(ast.parse(file.read_bytes()), "import time", found)
    return found


def _collect(node: ast.AST, when: str, found: dict[str, set[str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found[when] |= {each.name for each in child.names}
        elif isinstance(child, ast.ImportFrom):
            found[when].add("." * child.level + (child.module or ""))
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        _collect(child, "call time" if inside else when, found)


def main() -> None:
    """Print what each command does, beside rope."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--zen-git-dir")
    parser.add_argument("--out", default=str(cache() / "results" / "zen"))
    parser.add_argument("--command", help="how to start consolidate")
    parser.add_argument("--limit", type=float, default=900)
    parser.add_argument("--without-rope", action="store_true")
    options = parser.parse_args()
    command = shlex.split(options.command) if options.command else movers.consolidate_command()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    tree = zen_tree(options.zen_git_dir)
    before = trees.snapshot(tree)
    print(f"{sum(path.endswith('.py') for path in before.hashes)} Python files")
    parts = []
    for number, (class_name, path) in enumerate(CASES):
        target = HOME.replace(".", "/") + ".py"
        move = Move("zen", number, class_name, module_name(path), path, HOME, target, "sibling")
        part = run_case(command, move, tree, out, options.limit)
        if not options.without_rope:
            part += "\n" + run_rope(move, tree, options.limit)
        print(part, flush=True)
        parts.append(part)
    changed = trees.snapshot(tree).changed_since(before)
    print(f"files changed by all these dry runs: {len(changed)}")
    (out / "summary.md").write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
