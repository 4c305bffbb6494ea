"""Why a name that the moved code uses cannot be provided in the target."""

from __future__ import annotations

import ast

from consolidator.edits.pinned import place
from consolidator.errors import Problem
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse


def captured_name(source: Module, target: Module, use: NameUse) -> Problem:
    """Nothing binds the name now, and the target's own would be taken for it."""
    return Problem(
        "captured-name",
        f"`{use.name}` is bound nowhere in {source.name}, but {target.name} binds it: "
        "the moved code would begin to use that",
        place(source, use.node),
        f"bind or import `{use.name}` in {source.name} first",
    )


def shadowed_builtin(target: Module, name: str, shadow: ast.AST) -> Problem:
    """The target binds the name of a builtin to another thing."""
    return Problem(
        "shadowed-builtin",
        f"the moved code uses the builtin `{name}`, but {target.name} binds another `{name}`",
        place(target, shadow),
        f"rename `{name}` in {target.name}, or choose another target",
    )


def name_conflict(source: Module, target: Module, use: NameUse) -> Problem:
    """The target means another thing by the name, and no alias is possible."""
    bindings = target.bindings(use.name)
    return Problem(
        "name-conflict",
        f"the moved code needs `{use.name}` of {source.name}, but {target.name} binds "
        "another thing to that name",
        place(target, bindings[0].node) if bindings else place(source, use.node),
        f"rename `{use.name}` in one of the two modules first",
    )


def helper_stays(source: Module, eager: NameUse) -> Problem:
    """A definition that cannot leave the source is needed at once."""
    return Problem(
        "helper-stays",
        f"`{eager.name}` is needed as soon as the definition runs, but it cannot leave "
        f"{source.name}",
        place(source, eager.node),
        f"move `{eager.name}` into a module of its own first",
    )


def rebound_and_fixed(source: Module, use: NameUse) -> Problem:
    """A name that `global` rebinds is needed both at import time and as it is later."""
    return Problem(
        "global-rebinding",
        f"`{use.name}` is rebound through `global`, and the moved code needs both its first value "
        "and the one that it has later",
        place(source, use.node),
        f"move everything that uses `{use.name}` together, or keep the state in an object that "
        "both modules share",
    )


def stays_in_a_program(source: Module, use: NameUse) -> Problem:
    """A definition of a script: the running one is `__main__`, and an import makes another."""
    return Problem(
        "helper-stays",
        f"`{use.name}` stays in {source.name}, which is run as a program: importing it from there "
        "would load that a second time",
        place(source, use.node),
        f"take `{use.name}` along with --helpers travel, or move it into a module of its own first",
    )
