"""Builtins that tests replace in the old module only: `patch("pkg.mod.open", create=True)`."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.closure import Closure
from consolidator.edits.pinned import place
from consolidator.errors import Problem


def patched_builtins(closure: Closure, patched: frozenset[str]) -> Iterator[Problem]:
    """Builtins that moved code uses and that are `patched` in the source.

    A patched name of the module could be read through the source; a builtin is not there to read.
    """
    source = closure.source
    for name in sorted(patched & BUILTINS):
        used = [use for use in closure.uses.get(name, []) if use.deferred]
        if used and not source.bindings(name):
            yield Problem(
                "patch-split",
                f"a test replaces the builtin `{name}` in {source.name}, and the moved code "
                "would not see that",
                place(source, used[0].node),
                "replace it in the new module too, then go on with --accept patch-split",
            )
