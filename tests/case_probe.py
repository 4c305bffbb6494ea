"""Runs a case's code in fresh processes, each a fork of one bare interpreter: cheap and clean.

Started as `python -S -B case_probe.py` in a tree; a JSON request on standard input says what to
run, a JSON answer on standard output says what came of it. Standard library only.
"""

import contextlib
import importlib
import io
import json
import os
import sys
import traceback


def main():
    """Answer one request: what the program prints, what importing each module first does."""
    request = json.load(sys.stdin)
    sys.path[0:1] = request["path"]
    answer = {
        "run": in_a_fork(run, request["program"]),
        "imports": {name: in_a_fork(first_import, name) for name in request["modules"]},
        "homes": [in_a_fork(describe, *home) for home in request["homes"]],
    }
    json.dump(answer, sys.stdout)


def in_a_fork(job, *arguments):
    """What `job` printed in a child process, and the child's exit code."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        code = 1
        with contextlib.suppress(BaseException):
            code = guarded(job, *arguments)
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        printed = stream.read()
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "printed": printed.decode(errors="replace")}


def guarded(job, *arguments):
    """Run `job`; 0 when it ended well, 1 with the traceback printed when it raised."""
    try:
        job(*arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        sys.stdout.flush()
        traceback.print_exc()
        return 1
    return 0


def run(program):
    """Execute the program as `python -c` would."""
    sys.argv = ["-c"]
    exec(compile(program, "<run>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})


def first_import(name):
    """Import a module before any other; what it prints does not count."""
    with contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module(name)


def describe(module, name):
    """Print `home` when `module` defines `name` and its class says so, else what it is instead."""
    thing = getattr(importlib.import_module(module), name)
    where = thing.__module__ if isinstance(thing, type) else module
    print("home" if where == module else f"{module}.{name} is of {where}")


if __name__ == "__main__":
    main()
