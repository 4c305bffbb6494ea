"""Names that a module uses and nothing binds, as a linter's F821 and F822."""

from __future__ import annotations

from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.pinned import MODULE_ATTRIBUTES
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_ALWAYS = (
    BUILTINS | MODULE_ATTRIBUTES | {"__qualname__", "__module__", "__annotations__", "reveal_type"}
)


def undefined_names(index: Index, module: Module) -> dict[str, NameUse]:
    """The undefined names of a module with their first use.

    A name that a star import may bring, of a module outside the project or one that cannot be
    seen through, counts as bound.
    """
    found: dict[str, NameUse] = {}
    for use in module.global_uses:
        if use.name not in module.scope.bindings and use.name not in _ALWAYS and not use.quoted:
            found.setdefault(use.name, use)
    if not found or not module.star_imports:
        return found
    return {name: use for name, use in found.items() if not _may_come(index, module, name)}


def _may_come(index: Index, module: Module, name: str) -> bool:
    """Whether one of the star imports may bring a name."""
    return any(
        index.through_star(star, name) is not None
        or (not name.startswith("_") and index.binds(star.module, name) is not False)
        for star in module.star_imports
    )
