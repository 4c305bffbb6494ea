"""What can go wrong, as values: a bad command, a refusal, and the problems that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["refusal", "warning", "note"]

CODES: dict[str, str] = {
    "already-different": "The target has another definition of that name.",
    "ambiguous-module": "Several source roots hold this module; nothing says which is meant.",
    "ambiguous-root": "Several source roots could take a new module, and nothing says which one.",
    "annotations-postponed": "The target turns the annotations of the moved class into strings.",
    "bad-module-name": "A part of the module's name is no identifier, or is a keyword.",
    "captured-name": "The target binds a name that the moved code uses and nothing bound before.",
    "changed-meanwhile": "A file that the change rests on is no longer as it was when it was read.",
    "compiled-module": "A compiled module stands beside a file and is imported in its place.",
    "conditional-definition": "The definition stands in a block that binds other names too.",
    "cycle-opened": "Another module imports something later or elsewhere, to open an import cycle.",
    "defined-twice": "The name is bound several times, and code in between uses it.",
    "depends-on-module": "The moved code refers to its own module (`__file__`, `globals()`).",
    "doctest-names": "A doctest of the moved code uses names that stay in its old module.",
    "does-not-parse": "A file that the move needs cannot be parsed.",
    "dynamic-access": "A place may reach the moved name by a name that is computed at run time.",
    "global-rebinding": "A name is rebound through `global`; its readers and writers cannot part.",
    "guarded-import": "Whether an import fails decides about more than what it binds.",
    "hard-link": "A file to write has a second name, which a safe write would silently cut off.",
    "helper-stays": "What the moved code needs at import time cannot leave the source.",
    "import-cycle": "After the move an import would fail that works today.",
    "import-kept": "An import that nothing uses any more stays, because import order needs it.",
    "import-wakes": "An import that failed quietly will work, and so will the code behind it.",
    "imports-back": "The target imports a helper from the source, inside functions.",
    "interrupted": "An earlier change was interrupted in the middle of writing.",
    "journal-damaged": "A record in the journal cannot be read, or a newer version wrote it.",
    "journal-unwritable": "The journal, without which nothing is written, cannot be written.",
    "layer-inversion": "The target now imports from a package that imports from its own.",
    "locked": "Another run is writing to this project at the moment.",
    "merge-conflict": "The copies are not the same class, or not as far as the policy asks for.",
    "merge-environment": "A name that a copy uses means something else in the home.",
    "merge-identity": "Code asks which class something is, and two classes become one.",
    "merge-loses-words": "Docstrings or comments of a dropped copy are not in the home.",
    "merge-overrides": "A member that only one copy has acts without being asked for by name.",
    "merge-registers-once": "Classes that may be kept in a list were two and are one.",
    "merge-renames": "A dropped copy had another name, by which it calls itself.",
    "merge-schema": "Classes of fields (dataclass, Enum, model) do not have the same fields.",
    "merge-unsupported": "The two classes are laid out in ways that cannot be joined.",
    "module-name-matters": "The moved class depends on the name of its module.",
    "name-conflict": "A name means one thing for the moved code, and another where it arrives.",
    "needed-at-import": "The source needs a moved name while it is imported.",
    "new-dependency": "The move makes code need a package that it does without today.",
    "no-place": "No place in the target is after what is needed and before the first use.",
    "not-offered": "The module to import from does not offer a name that is asked for.",
    "not-proved": "An obligation of the proof does not hold; nothing was written.",
    "not-read": "A file that mentions a moved name cannot be read and was left alone.",
    "nothing-to-undo": "There is no change to undo, or it is undone already.",
    "other-module-name": "The file would be imported under another name than the one asked for.",
    "outside-root": "A path to write leads out of the project, through a link, or into .git.",
    "patch-split": "A test patches a name for code that stays and for code that moves.",
    "path-not-utf8": "A path to write is not valid UTF-8, so the journal cannot name it.",
    "plan-outdated": "An entry of the plan does not fit the code as it is now.",
    "plan-rests-on": "An entry of the plan rests on another one that is not carried out.",
    "read-only": "A file to write is read-only.",
    "recover-conflict": "A file of an interrupted change was edited since.",
    "registration-order": "Classes on both sides register themselves, and the order would change.",
    "shadowed-builtin": "The target hides a builtin that the moved code uses.",
    "shadows-module": "A new module would hide another module, or a file that already exists.",
    "shared-line": "The definition shares its line with another statement.",
    "still-used": "What is to be removed is needed by somebody.",
    "stub-incomplete": "A stub does not say what the moved name is.",
    "sweep-by-hand": "A lazy leave-behind is not as a move leaves it.",
    "symlink": "A file to write is a symbolic link, which is never written through.",
    "test-setup-stays": "Moved tests rely on a fixture or mark that stays in their old module.",
    "undecodable": "A file's bytes are not text in its encoding.",
    "undo-conflict": "A file was edited since the change that is to be undone.",
    "unencodable": "A file's encoding has no bytes for a character that would be written to it.",
    "unknown-name": "The moved code uses a name that nothing binds.",
    "unreadable": "A file of the project vanished or cannot be read.",
    "verify-failed": "A check that was asked for by name fails after the change, not before.",
    "write-failed": "The file system refused a write; everything was put back as before.",
}
"""Every problem code with one sentence on what it means; `docs/codes.md` lists the same."""

ACCEPTABLE = frozenset(
    {
        "annotations-postponed",
        "compiled-module",
        "depends-on-module",
        "new-dependency",
        "patch-split",
        "registration-order",
        "test-setup-stays",
    }
)
"""Refusals that a person may go on in spite of, with `--accept`; they then become warnings."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: path relative to the root, 1-based line, the line's text."""

    path: str
    line: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person should know: a stable code, a place, the reason and the remedy."""

    code: str
    message: str
    location: Location | None = None
    remedy: str = ""
    severity: Severity = "refusal"

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"problem code {self.code!r} is not listed in errors.CODES")


class UsageError(Exception):
    """The command itself is wrong (an unknown class, a malformed option): exit code 2."""


class Refusal(Exception):
    """The command is fine but cannot be done safely: exit code 3, the tree untouched."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("; ".join(f"{p.code}: {p.message}" for p in self.problems))
