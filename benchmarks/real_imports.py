"""Imports modules for real, each first in a process of its own, and says what came of it.

    echo '["pkg", "pkg.mod"]' | python real_imports.py ROOT...    one JSON line for each module

Standard library only, and as little of it as will do: what this process has imported, the modules
find imported. Packages are imported once: the process forks after a package, and again for each
module below it, which is what importing `pkg.mod` does first anyway.
"""

import json
import os
import signal
import sys
import traceback

TIMEOUT = 60


def main() -> None:
    """Read names from standard input, write outcomes to standard output."""
    roots = sys.argv[1:]
    sys.path[:0] = roots
    sys.dont_write_bytecode = "--no-bytecode" in roots
    names = sorted(set(json.load(sys.stdin)), key=lambda name: name.split("."))
    out = os.dup(1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    visit(None, names, out)


def visit(package: "str | None", names: "list[str]", out: int) -> None:
    """Fork for every module directly below a package, with the ones below that."""
    depth = package.count(".") + 1 if package else 0
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(".".join(name.split(".")[: depth + 1]), []).append(name)
    for head, members in groups.items():
        child = os.fork()
        if child == 0:
            signal.alarm(TIMEOUT * (1 + len(members) // 20))
            try:
                outcome = attempt(head)
                for member in members if outcome else [head] if head in members else []:
                    write(out, member, outcome)
                below = [member for member in members if member != head]
                if below and not outcome:
                    visit(head, below, out)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            write(out, head, {"exception": "Died", "message": str(status), "name": None})


def attempt(name: str) -> "dict[str, object]":
    """Import one module: an empty dictionary, or what was raised and where."""
    try:
        __import__(name)
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{f.filename}:{f.lineno}" for f in frames if "importlib" not in f.filename]
        return {
            "exception": type(error).__name__,
            "message": str(error)[:300],
            "name": getattr(error, "name", None),
            "name_from": getattr(error, "name_from", None),
            "place": places[-1] if places else "",
        }
    return {}


def write(out: int, name: str, outcome: "dict[str, object]") -> None:
    """One line to the parent."""
    os.write(out, (json.dumps({"module": name, **outcome}) + "\n").encode())


if __name__ == "__main__":
    main()
