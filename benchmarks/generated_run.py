"""Run by a fresh interpreter in a generated tree: main's output, and every module first.

    python generated_run.py MODULE...

Prints one JSON object. Each program runs in a fork, so that none sees what another imported.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from unittest import mock  # noqa: F401 - imported once, for all forks


def main(modules: list[str]) -> None:
    """Say what `main.py` prints, and how the import of each module goes when it is the first."""
    sys.path[0] = ""
    sys.dont_write_bytecode = True
    answers = {name: _in_fork(lambda name=name: importlib.import_module(name)) for name in modules}
    answers["main.py"] = _in_fork(_run_main)
    print(json.dumps(answers))


def _run_main() -> None:
    with open("main.py", encoding="utf-8") as file:  # noqa: PTH123
        exec(compile(file.read(), "main.py", "exec"), {"__name__": "__main__"})


def _in_fork(program: object) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                program()  # type: ignore[operator]
            said = "ok\n" + output.getvalue()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}\n{output.getvalue()}"
        with os.fdopen(writer, "w") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    main(sys.argv[1:])
