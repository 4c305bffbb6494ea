"""What a source imports below a test of its surroundings: a home without the test may lack it.

assert sys.platform == "win32"
from ctypes import windll            # no more than a name of Windows
"""

from __future__ import annotations

import ast

from consolidator.edits.draft import Draft
from consolidator.index.events.static_tests import static_truth
from consolidator.index.module import Module


def imported_behind_a_test(draft: Draft) -> frozenset[str]:
    """Names that the home comes to import at its top, and the source imports below such a test.

    Of modules outside the project; those of the project are imported as ever.
    """
    source, target = draft.survey.source, draft.survey.target
    first = next((n for n, each in enumerate(source.body) if _tests_surroundings(each)), None)
    if target is None or first is None or _has_the_same(target, source.body[first]):
        return frozenset()
    return frozenset(
        need.name
        for need in draft.needs
        if need.how in {"import", "late", "block"}
        and any(
            item.statement > first and not draft.index.workspace.is_first_party(item.module)
            for item in source.imports_by_name.get(need.name, ())
        )
    )


def _tests_surroundings(statement: ast.stmt) -> bool:
    """`assert sys.platform == "win32"`, `if os.name != "nt": raise ImportError`."""
    if isinstance(statement, ast.Assert):
        return not isinstance(statement.test, ast.Constant)
    return (
        isinstance(statement, ast.If)
        and static_truth(statement.test, {}) is not False
        and any(isinstance(each, ast.Raise) for each in statement.body)
    )


def _has_the_same(target: Module, test: ast.stmt) -> bool:
    return any(ast.dump(each) == ast.dump(test) for each in target.body)
