"""How a simulated first import compares with a real one, and what is counted of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.simulated_trees import Tree
from consolidator.index.simulation import Failure, Outcome

AGREED = ("both import", "both fail")

WHY = {
    "foreseen as possible": "a function that is called during the import takes a branch or a turn "
    "of a loop that hangs on computed values: the simulation says that the import may fail so",
    "suspected in vain": "the same, and CPython goes the other way",
    "MISSED": "not explained",
    "OTHER NAME": "not explained",
    "FALSE ALARM": "not explained",
}
"""What is behind each disagreement, unless it is one of the `KNOWN` ones."""

KNOWN = (
    (
        r"from 'celery' \(",
        "the package puts an object of a class of its own into `sys.modules`, which imports on "
        "demand: what it is asked for may be missing",
    ),
    (
        r"\(sqlalchemy/(dialects|engine)/",
        'the module is imported by a computed name: `import_module("sqlalchemy.dialects.%s" % d)`',
    ),
)
"""Patterns of what is missing, and what is behind it when it was missed."""


def verdict(real: Mapping[str, Any], outcome: Outcome) -> str:
    """How a simulated import compares with the real one."""
    if "exception" not in real:
        if outcome.fatal is None:
            return "both import"
        return "FALSE ALARM" if outcome.fatal.certain else "suspected in vain"
    if outcome.fatal is not None and same_name(real, outcome.fatal):
        return "both fail"
    if any(same_name(real, failure) for failure in outcome.failures):
        return "foreseen as possible"
    return "MISSED" if outcome.fatal is None else "OTHER NAME"


def same_name(real: Mapping[str, Any], failure: Failure) -> bool:
    """Whether a failure names what the interpreter's message names."""
    if failure.kind == "raise":
        return bool(real["exception"] == failure.name) or not failure.name
    quoted = re.findall(r"'([^']*)'", real["message"])
    return failure.name in quoted or any(q.endswith("." + failure.name) for q in quoted)


def is_outside(real: Mapping[str, Any]) -> bool:
    """Whether an import fails for a reason that no import order can explain."""
    exception, message = real.get("exception"), real.get("message", "")
    if exception is None or (exception == "SyntaxError" and "import *" not in message):
        return False
    return not any(
        exception in exceptions and re.match(pattern, message)
        for exceptions, pattern in _MESSAGES.items()
    )


_MESSAGES = {
    ("ImportError",): "cannot import name|attempted relative import",
    ("ModuleNotFoundError",): "No module named",
    ("NameError",): "name '.*' is not defined",
    ("AttributeError",): "(partially initialized )?module '.*' has no attribute|cannot access",
}
"""The exceptions that an import order can cause; others come from what the modules compute."""


@dataclass(slots=True)
class Tally:
    """Counts of verdicts, disagreements printed as they come."""

    counts: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, label: str, real: Mapping[str, Any], outcome: Outcome, tree: Tree) -> None:
        """Count one import."""
        if is_outside(real) or ("exception" in real and not tree.owns(real.get("place", ""))):
            self.outside[real["exception"]] += 1
            return
        result = verdict(real, outcome)
        self.counts[result] += 1
        if result in AGREED:
            return
        cause = result, _cause(real, outcome, tree)
        if cause not in self.causes:
            simulated = f"\n     simulated: {_told(outcome.fatal)}" if outcome.fatal else ""
            print(f"  {label} {outcome.first}: {result}: {cause[1]}{simulated}", flush=True)
        self.causes[cause] += 1

    def __iadd__(self, other: Tally) -> Tally:
        self.counts += other.counts
        self.outside += other.outside
        self.causes += other.causes
        return self

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def agreed(self) -> int:
        return sum(self.counts[kind] for kind in AGREED)

    def row(self, name: str) -> str:
        """A row of the table."""
        share = 100 * self.agreed / self.total if self.total else 100
        both, fail = (self.counts[kind] for kind in AGREED)
        missed = self.counts["MISSED"] + self.counts["OTHER NAME"]
        vague = self.counts["foreseen as possible"] + self.counts["suspected in vain"]
        cells = [name, self.total, both, fail, missed, vague, self.counts["FALSE ALARM"]]
        outside = sum(self.outside.values())
        return "| " + " | ".join(map(str, [*cells, f"{share:.2f} %", outside])) + " |"

    def tables(self) -> str:
        """What the two disagree about and why, and what was set aside."""
        lines = []
        if self.causes:
            lines += [
                "",
                "| disagreement | first imports | what is missing | why |",
                "|---|---|---|---|",
            ]
            for (result, cause), number in sorted(self.causes.items()):
                why = WHY[result]
                if why == "not explained":
                    why = next((told for part, told in KNOWN if re.search(part, cause)), why)
                lines.append(f"| {result.lower()} | {number} | {cause} | {why} |")
        if self.outside:
            lines += ["", "| set aside: what modules raise | first imports |", "|---|---|"]
            lines += [f"| `{name}` | {number} |" for name, number in self.outside.most_common()]
        return "\n".join(lines)


HEAD = (
    "| | first imports | both import | both fail | missed, or another name | only thought possible"
    " | false alarms | agreement | set aside |\n|---|---|---|---|---|---|---|---|---|"
)


def _cause(real: Mapping[str, Any], outcome: Outcome, tree: Tree) -> str:
    if "exception" in real:
        told = f"`{real['exception']}: {real['message']}` ({real['place']})"
        return told.replace(f"{tree.directory}/", "").replace("|", "\\|")
    fatal = outcome.fatal
    return f"`{fatal.kind} {fatal.name}` ({fatal.module}:{fatal.line})" if fatal else ""


def _told(failure: Failure) -> str:
    chain = " > ".join(f"{step.what}@{step.line}" for step in failure.chain[-4:])
    place = f"{failure.module}:{failure.line}"
    return f"{failure.kind} {failure.name} from {failure.source} at {place} via {chain}"
