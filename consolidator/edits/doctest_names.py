"""Names that doctests of moved code take from the module around them."""

from __future__ import annotations

import ast
import builtins
import doctest
from collections.abc import Iterator

from consolidator.edits.draft import Draft
from consolidator.edits.pinned import place
from consolidator.errors import Problem

_DOCUMENTED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def doctest_names(draft: Draft) -> Iterator[Problem]:
    """Doctests run among the names of their module, so they miss what stays in the old one.

    class Price:
        \"\"\">>> rounded(Price(1))        # `rounded` stays
    """
    source, survey = draft.closure.source, draft.survey
    home = draft.index.after(draft.after()).readable(survey.target_path)
    if home is None:
        return
    for number in draft.closure.statements:
        for node in ast.walk(source.body[number]):
            text = ast.get_docstring(node) if isinstance(node, _DOCUMENTED) else None
            used = _used(text) if text and ">>>" in text else set()
            missed = used & set(source.scope.bindings) - set(home.scope.bindings)
            if missed:
                names = ", ".join(f"`{name}`" for name in sorted(missed))
                yield Problem(
                    "doctest-names",
                    f"the doctest of `{getattr(node, 'name', '')}` uses {names} of {source.name}, "
                    f"which {survey.move.target} does not have",
                    place(source, node),
                    "import it in the doctest",
                    "note",
                )


def _used(text: str) -> set[str]:
    """The names that the examples of a docstring use and do not bind themselves."""
    used, bound = set[str](), set(dir(builtins))
    try:
        examples = doctest.DocTestParser().get_examples(text)
        trees = [ast.parse(example.source) for example in examples]
    except (ValueError, SyntaxError):
        return used
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, _DOCUMENTED):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return used - bound
