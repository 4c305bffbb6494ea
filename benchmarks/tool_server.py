"""Run command lines of consolidate, each in a fresh fork of a process that has only loaded it.

Started by `movers.Server`; a line of JSON asks for a run, a line answers with its exit code. What
runs is the command line to the letter; only loading the code is done once.
"""

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import sys
from typing import Any

from benchmarks.skipping import skip_preconditions


def main() -> None:
    """Answer requests until standard input ends."""
    import consolidator

    for module in pkgutil.walk_packages(consolidator.__path__, "consolidator."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(Exception):
                importlib.import_module(module.name)
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in requests:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


def _run(request: dict[str, Any]) -> int:
    """The exit code of one command line, negative when a signal ended it."""
    child = os.fork()
    if not child:
        _become(request)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(request: dict[str, Any]) -> None:
    from consolidator.cli import main as consolidate

    code = 70
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, request["limit"])
        for number, file in enumerate((os.devnull, request["stdout"], request["stderr"])):
            mode = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
            os.dup2(os.open(file, mode), number)
        os.environ.update(request["environment"])
        os.chdir(request["cwd"])
        sys.argv = ["consolidate", *request["arguments"]]
        if request.get("skip"):
            skip_preconditions(**request["skip"])
        consolidate()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
