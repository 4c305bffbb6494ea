"""Move one class with rope: `python rope_mover.py ROOT SOURCE_PATH CLASS TARGET_PATH`.

Exit codes as those of `consolidate`: 0 moved, 3 refused by rope itself; 4 is any other
exception, which rope's user sees as a traceback. Prints one JSON object.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from pathlib import Path

from rope.base.exceptions import RefactoringError
from rope.base.project import Project
from rope.refactor.move import create_move


def main(root: str, source: str, class_name: str, target: str, dry: bool = False) -> int:
    """Plan and write the move, timed; the exit code."""
    file = Path(root, target)
    new = not file.exists()
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    start = time.perf_counter()
    report: dict[str, object] = {}
    status = 4
    try:
        report["diff"] = _move(root, source, class_name, target, dry)
        status = 0
    except RefactoringError as error:
        report |= {"error": str(error), "code": "RefactoringError"}
        status = 3
    except Exception as error:
        report |= {"error": f"{type(error).__name__}: {error}", "code": type(error).__name__}
    report["timings"] = {"total": time.perf_counter() - start}
    if new and (dry or status) and not file.read_text():
        file.unlink()
    if not dry:
        report.pop("diff", None)
    print(json.dumps(report))
    return status


def _move(root: str, source: str, class_name: str, target: str, dry: bool) -> str:
    project = Project(root, ropefolder=None, ignore_syntax_errors=True)
    try:
        resource = project.get_resource(source)
        mover = create_move(project, resource, _offset(resource.read(), class_name))
        changes = mover.get_changes(project.get_resource(target))
        if not dry:
            project.do(changes)
            return ""
        return str(changes.get_description())
    finally:
        project.close()


def _offset(text: str, class_name: str) -> int:
    """Where the name stands in the class statement."""
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            start = sum(map(len, lines[: node.lineno - 1]))
            return text.index(class_name, start + node.col_offset + len("class"))
    raise ValueError(f"no class {class_name}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    dry_run = "--dry-run" in arguments
    sys.exit(main(*[each for each in arguments if each != "--dry-run"], dry=dry_run))
