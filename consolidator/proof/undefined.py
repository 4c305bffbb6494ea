"""Names that a module uses and nothing binds, as a linter's F821 and F822."""

from __future__ import annotations

from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.pinned import MODULE_ATTRIBUTES
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_ALWAYS = (
    BUILTINS | MODULE_ATTRIBUTES | {"__qualname__", "__module__", "__annotations__", "reveal_type"}
)


def undefined_names(module: Module) -> dict[str, NameUse]:
    """The undefined names of a module with their first use; none where a star import may help."""
    if module.star_imports:
        return {}
    found: dict[str, NameUse] = {}
    for use in module.global_uses:
        if use.name not in module.scope.bindings and use.name not in _ALWAYS and not use.quoted:
            found.setdefault(use.name, use)
    return found
