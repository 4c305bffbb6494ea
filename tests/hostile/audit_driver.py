"""Run one command line under an audit hook; print every file opened and every program started.

python audit_driver.py ANSWER ARGUMENTS...
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

EVENTS: list[tuple[str, str, str]] = []
STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile", "pty.spawn"}
SOCKETS = {"socket.connect", "socket.bind", "urllib.Request"}


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep what was opened, imported from a file, started, or connected to."""
    if event == "open" and isinstance(arguments[0], str | bytes):
        mode = arguments[1]
        writes = (mode is not None and set(mode) & set("wax+")) or (
            mode is None and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        )
        EVENTS.append(("write" if writes else "read", os.fsdecode(arguments[0]), ""))
    elif event in STARTS:
        EVENTS.append(("start", str(arguments[0]), str(arguments[1])))
    elif event in SOCKETS:
        EVENTS.append(("connect", event, str(arguments[1:])))
    elif event == "exec":
        EVENTS.append(("exec", str(getattr(arguments[0], "co_filename", "")), ""))


def main(answer: str, arguments: list[str]) -> None:
    """Run the command, then write the exit code and the events."""
    sys.path.pop(0)  # the folder of this file
    import consolidator.cli  # imported before, so that our own modules are not events

    sys.addaudithook(watch)
    code = consolidator.cli.run_cli(arguments)
    events = list(EVENTS)
    with open(answer, "w", encoding="utf-8") as output:  # noqa: PTH123
        json.dump({"code": code, "events": events}, output)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
