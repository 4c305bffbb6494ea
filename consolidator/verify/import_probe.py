"""Run by the interpreter of the project, not by ours: imports one module and says how it went.

    python import_probe.py MODULE TREE ANSWER

Written for Python 3.6 and newer, with the standard library only.
"""

import importlib
import json
import os
import sys
import traceback


def main(name: str, tree: str, answer: str) -> None:
    """Import `name`; write what went wrong, and where, to the file `answer`."""
    sys.path.pop(0)  # the folder of this file
    error = place = ""
    try:
        module = importlib.import_module(name)
    except BaseException as failure:  # SystemExit too is no import
        error = f"{type(failure).__name__}: {failure}"
        frames = traceback.extract_tb(failure.__traceback__)
        ours = [frame for frame in frames if frame[0].startswith(tree)]
        if ours:
            place = f"{ours[-1][0]}:{ours[-1][1]}"
    else:
        file = getattr(module, "__file__", None)
        if file and not os.path.realpath(file).startswith(os.path.realpath(tree)):
            error = f"comes from {file}, which shadows the project"
    with open(answer, "w", encoding="utf-8") as output:  # noqa: PTH123 - quick to import
        json.dump({"error": error, "place": place}, output)
    # Threads and exit handlers of the project are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:4])
