"""Which group of imports a module belongs to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase

from consolidator.edits.imports.desk import Classify
from consolidator.edits.imports.names import Category
from consolidator.names import ModuleName
from consolidator.workspace import Workspace
from consolidator.workspace.lint import import_settings

_GROUPS = {
    "standard-library": Category.STDLIB,
    "third-party": Category.THIRD_PARTY,
    "first-party": Category.FIRST_PARTY,
}


def classifier(workspace: Workspace, target: ModuleName) -> Classify:
    """The group of a module in this project, as its settings for ruff or isort have it."""
    known = import_settings(workspace.root).known

    def classify(module: ModuleName) -> Category:
        if module.top == "__future__":
            return Category.FUTURE
        said = _said(module, known)
        if said is not None:
            return said
        if module.top == target.top or workspace.is_first_party(module.top):
            return Category.FIRST_PARTY
        return Category.STDLIB if module.top in sys.stdlib_module_names else Category.THIRD_PARTY

    return classify


def _said(module: ModuleName, known: Sequence[tuple[str, str]]) -> Category | None:
    """What the settings say; of `kit._vendor` and `kit` the one that says more.

    known-first-party = ["kit"]
    known-third-party = ["kit._vendor"]
    """
    for part in (module, *reversed(list(module.ancestors()))) if known else ():
        for pattern, group in known:
            if fnmatchcase(part, pattern):
                return _GROUPS[group]
    return None
