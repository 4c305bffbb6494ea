"""`python kill_driver.py DIRECTORY OPERATION...`: a real SIGKILL at every step of the operations.

A program of its own, as it forks for every step and that wants a process without threads. Prints
for each operation at how many steps it was killed; fails if one of them is not survived.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from faults import Trial, check_survival, count_steps, killed_at, trial


def main(directory: Path, operations: list[str]) -> None:
    for operation in operations:
        steps = count_steps(operation, directory / "project")
        for step in range(steps):
            attempt = trial(operation, directory / "project")
            kill(attempt, step)
            check_survival(attempt.root, (attempt.refused, attempt.done))
            shutil.rmtree(attempt.root)
        print(f"{operation}: {steps}")


def kill(attempt: Trial, step: int) -> None:
    """Run the operation in a child process that does not survive the step."""
    child = os.fork()
    if child == 0:
        try:
            attempt.run(killed_at(step))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        sys.exit(f"step {step} was not reached: {status}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
