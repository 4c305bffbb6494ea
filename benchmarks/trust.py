"""Attack the tool in every way that we know, and write docs/trust.md from what came out.

    python -m benchmarks.trust                  # everything: many hours
    python -m benchmarks.trust --only faults    # one attack; the rest of the page stays
    python -m benchmarks.trust --render         # only the page, from the results that are there

What each attack printed is kept in docs/trust/, with its command, date and versions; the page is
made from these files, so no figure on it is written by hand. The defects that were found on the
way are told in docs/trust/defects.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.attacks import ATTACKS, Attack

DOCS = Path(__file__).parent.parent / "docs"
RESULTS = DOCS / "trust"
PAGE = DOCS / "trust.md"
OURS = ("libcst", "rope", "pydantic")


def main() -> None:
    """Run the attacks that were asked for and render the page; exit with 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="keys: " + ", ".join(a.key for a in ATTACKS))
    parser.add_argument("--render", action="store_true", help="run nothing")
    given = parser.parse_args()
    wanted = [a for a in ATTACKS if not given.only or a.key in given.only]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("CONSOLIDATE_TRUST", folder))
        codes = [] if given.render else [run(attack, place) for attack in wanted]
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(any(codes))


def run(attack: Attack, place: Path) -> int:
    """Carry out one attack and keep what it said; its exit code.

    Its file lies in `place`, and so does that of the attack whose results it goes on from.
    """
    file = place / f"{attack.key}.out"
    known = {"FILE": str(file), "MOVES": str(place / "moves.out")}
    arguments = [known.get(argument, argument) for argument in attack.command]
    print(f"{attack.key}: python {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    result = {
        "command": "python " + " ".join(attack.command),
        "date": date.today().isoformat(),
        "versions": _versions(),
        "exit": done.returncode,
        "figures": attack.figures(done.stdout, file),
    }
    RESULTS.mkdir(exist_ok=True)
    _file_of(attack).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return done.returncode


def page() -> str:
    """The page, from the results that are kept."""
    parts = [_HEAD]
    for attack in ATTACKS:
        file = _file_of(attack)
        if not file.exists():
            parts.append(f"## {attack.title}\n\n{attack.what}\n\nNot run yet.\n")
            continue
        result = json.loads(file.read_text(encoding="utf-8"))
        verdict = "" if result["exit"] == 0 else f" **It failed (exit {result['exit']}).**"
        parts.append(
            f"## {attack.title}\n\n{attack.what}{verdict}\n\n```\n{result['command']}\n```\n\n"
            f"{result['date']}; {result['versions']}.\n\n{result['figures']}"
        )
    defects = RESULTS / "defects.md"
    parts += [defects.read_text(encoding="utf-8")] if defects.exists() else []
    return "\n".join(parts)


_HEAD = """\
# Trust

What was done to find out whether the tool can be believed, and what came out. This page is made by
`python -m benchmarks.trust` (`make trust`) from the results in `docs/trust/`; no figure is written
by hand. CI runs a small version of each.
"""


def _file_of(attack: Attack) -> Path:
    return RESULTS / f"{attack.key}.json"


def _versions() -> str:
    ours = ", ".join(f"{name} {version(name)}" for name in OURS)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=DOCS,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return f"commit {commit}, Python {platform.python_version()}, {ours}"


if __name__ == "__main__":
    main()
