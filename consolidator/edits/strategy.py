"""The ways in which one move can be carried out, and what a draft of it says for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SharedHelpers = Literal["stay", "all stay", "travel", "import back"]
LeaveBehindForm = Literal["import", "lazy", "none"]
InOrder = Literal["as it comes", "sorted in", "kept below"]


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to carry out a move; which one holds is decided by the import simulation."""

    shared: SharedHelpers = "stay"
    """Helpers that both sides use: `stay` and be imported where they are called (those needed
    at import time travel; `all stay` holds for unshared ones too), `travel` all, or be imported
    back at the target's top."""
    leave_behind: LeaveBehindForm = "import"
    lazy_imports: frozenset[str] = frozenset()
    """Names, as the source calls them, that the target imports inside functions only."""
    late_imports: frozenset[str] = frozenset()
    """Names, as the source calls them, that the target imports right above what arrives."""
    from_defining_module: frozenset[str] = frozenset()
    """Names that the source takes through a third module and the target from where they are."""
    deferred_in_target: frozenset[str] = frozenset()
    """Names that the target imports at its top today and is to import inside functions."""
    from_source: frozenset[str] = frozenset()
    """Names that the target reads through the source at call time, where a test patches them."""
    kept_importers: frozenset[str] = frozenset()
    """Files whose imports go on to use the leave-behind."""
    deferred_importers: frozenset[str] = frozenset()
    """Files that import the moved names at their top today and are to import them in functions."""
    opened: frozenset[tuple[str, str]] = frozenset()
    """Files, each with a name of another module on a cycle that is to be imported in functions."""
    direct: frozenset[tuple[str, str]] = frozenset()
    """Files, each with a name that they are to take from where it is defined: the module that
    they take it from today is half imported then."""
    waiting: frozenset[tuple[str, str]] = frozenset()
    """Files, each with a name of its own below which it is to import the moved names."""
    keep_orphans: bool = False
    """Leave first-party imports in the source that only the moved code used: their order counts."""
    in_order: InOrder = "as it comes"
    """Of a leave-behind right below the imports, where the project keeps these in order: it stands
    among them, or is kept from being sorted in."""
    early: bool = False
    """Place the definitions as early in the target as what they need allows."""
    above: int | None = None
    """The target's statement above which the definitions are placed, if what they need allows."""

    def awaited(self, path: str) -> list[str]:
        """The names of a file below which it imports the moved ones."""
        return sorted(name for waiting, name in self.waiting if waiting == path)

    def opened_in(self, path: str) -> frozenset[str]:
        """The names that a file imports at its top today and is to import inside functions."""
        return frozenset(name for opened, name in self.opened if opened == path)

    def direct_in(self, path: str) -> frozenset[str]:
        """The names that a file is to take from where they are defined."""
        return frozenset(name for redirected, name in self.direct if redirected == path)

    def __str__(self) -> str:
        parts = [f"shared helpers {self.shared}", f"leave-behind {self.leave_behind}"]
        if self.lazy_imports:
            parts.append("imported in functions: " + ", ".join(sorted(self.lazy_imports)))
        if self.late_imports:
            parts.append("imported right above: " + ", ".join(sorted(self.late_imports)))
        if self.from_defining_module:
            names = ", ".join(sorted(self.from_defining_module))
            parts.append(f"imported from where they are defined: {names}")
        if self.deferred_in_target:
            names = ", ".join(sorted(self.deferred_in_target))
            parts.append(f"the target's own imports of {names} moved into its functions")
        if self.kept_importers:
            parts.append("left on the leave-behind: " + ", ".join(sorted(self.kept_importers)))
        if self.deferred_importers:
            paths = ", ".join(sorted(self.deferred_importers))
            parts.append(f"imported in functions by {paths}")
        if self.opened:
            places = ", ".join(f"{name} in {path}" for path, name in sorted(self.opened))
            parts.append(f"cycles opened at {places}")
        if self.direct:
            places = ", ".join(f"{name} in {path}" for path, name in sorted(self.direct))
            parts.append(f"taken from where they are defined: {places}")
        if self.waiting:
            places = ", ".join(f"{name} in {path}" for path, name in sorted(self.waiting))
            parts.append(f"imported below {places}")
        if self.keep_orphans:
            parts.append("imports that nothing uses any more kept for their order")
        if self.in_order != "as it comes":
            parts.append(f"the leave-behind {self.in_order}")
        if self.early or self.above is not None:
            parts.append("placed early")
        return "; ".join(parts)
