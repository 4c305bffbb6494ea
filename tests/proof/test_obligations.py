"""Each obligation catches the draft that breaks it, and lets an honest draft pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_tree import drafted

from consolidator.edits.draft import Draft
from consolidator.edits.strategy import Strategy
from consolidator.errors import Refusal
from consolidator.proof import prove

TREE = {
    "pkg/__init__.py": "",
    "pkg/src.py": '''\
        """The source."""
        from __future__ import annotations

        import json
        import os

        LIMIT = 3


        def _helper(x):
            return json.dumps(x)


        class Moved:
            """It moves."""

            def show(self, x: int) -> str:
                return _helper(x)


        class Stays:
            def path(self):
                return os.sep * LIMIT
        ''',
    "pkg/dst.py": '''\
        """The target."""
        from __future__ import annotations

        import os


        def there():
            return os.sep
        ''',
    "pkg/user.py": "from pkg.src import LIMIT, Moved, Stays\n\nprint(Moved, Stays, LIMIT)\n",
}
SOURCE, TARGET, USER = "pkg/src.py", "pkg/dst.py", "pkg/user.py"
Sabotage = Callable[[str], str]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return drafted(tmp_path, TREE, "Moved", source="pkg.src", target="pkg.dst")


def swap(old: str, new: str) -> Sabotage:
    """Replace what must stand in the text exactly once."""

    def change(text: str) -> str:
        assert text.count(old) == 1, (old, text)
        return text.replace(old, new)

    return change


def append(more: str) -> Sabotage:
    return lambda text: text + more


def spoil(draft: Draft, path: str, sabotage: Sabotage) -> Draft:
    """The draft with one text changed behind its back."""
    text = draft.texts.get(path) or draft.index.workspace.file(path).text
    return replace(draft, texts={**draft.texts, path: sabotage(text)})


def complaints(draft: Draft) -> list[str]:
    with pytest.raises(Refusal) as caught:
        prove(draft)
    assert {problem.code for problem in caught.value.problems} == {"not-proved"}
    assert all(problem.remedy for problem in caught.value.problems)
    return [problem.message for problem in caught.value.problems]


def without_class(text: str) -> str:
    start = text.index("class Moved")
    return text[:start] + "\n"


def test_the_honest_draft_holds(draft: Draft) -> None:
    assert set(draft.changes()) == {SOURCE, TARGET, USER}
    prove(draft)


@pytest.mark.parametrize("form", ["import", "lazy"])
@pytest.mark.parametrize("target", ["pkg.dst", "pkg.new", "pkg"])
def test_honest_drafts_of_other_kinds_hold(tmp_path: Path, form: str, target: str) -> None:
    strategy = Strategy(leave_behind=form)  # type: ignore[arg-type]
    prove(drafted(tmp_path, TREE, "Moved", source="pkg.src", target=target, strategy=strategy))


@pytest.mark.parametrize(
    ("path", "sabotage", "complaint"),
    [
        (TARGET, append("def f():\n    return x\n    global x\n"), "would not compile"),
        (TARGET, append("return 1\n"), "pkg/dst.py would not compile: 'return' outside function"),
        (TARGET, without_class, "pkg.dst would not define `Moved`"),
        (SOURCE, append("\n\nclass Moved: pass\n"), "pkg.src would still define `Moved`"),
        (TARGET, swap("return _helper(x)", "return _helper(x + 1)"), "`Moved` would not be the"),
        (TARGET, swap("json.dumps(x)", "json.dumps(x, indent=1)"), "`_helper` would not be the"),
        (TARGET, swap("x: int", "x: float"), "`Moved` would not be the same code in pkg.dst"),
        (TARGET, swap("class Moved:", "class Moved(dict):"), "`Moved` would not be the same code"),
        (TARGET, swap("return os.sep\n", "return os.linesep\n"), "code of pkg/dst.py that did not"),
        (SOURCE, swap("LIMIT = 3", "LIMIT = 4"), "code of pkg/src.py that did not move"),
        (SOURCE, swap("os.sep * LIMIT", "LIMIT * os.sep"), "code of pkg/src.py that did not move"),
        (USER, append("print('more')\n"), "code of pkg/user.py that did not move would change"),
        (SOURCE, swap("LIMIT = 3\n", ""), "`from pkg.src import LIMIT` would find nothing"),
        (SOURCE, swap("import os\n", ""), "pkg/src.py would no longer bind `os`"),
        (SOURCE, swap("LIMIT = 3\n", ""), "pkg/src.py would no longer bind `LIMIT`"),
        (USER, swap("\n\n", "\nfrom pkg.dst import there as LIMIT\n\n"), "another thing `LIMIT`"),
        (
            TARGET,
            append("from pkg.user import LIMIT as Stays\nfrom pkg.src import *\n"),
            "another thing `Stays`",
        ),
        (TARGET, swap("import json\n", ""), "`json` would be undefined in pkg/dst.py"),
        (SOURCE, swap("import os\n", "import os as so\n"), "`os` would be undefined in pkg/src.py"),
    ],
)
def test_a_spoiled_draft_does_not(
    draft: Draft, path: str, sabotage: Sabotage, complaint: str
) -> None:
    assert any(complaint in message for message in complaints(spoil(draft, path, sabotage)))


@pytest.mark.parametrize("path", [SOURCE, TARGET, USER])
def test_a_text_that_does_not_parse(draft: Draft, path: str) -> None:
    messages = complaints(spoil(draft, path, append("def broken(:\n")))
    assert any(f"{path} would not parse" in message for message in messages)


@pytest.mark.parametrize(
    ("path", "sabotage", "complaint"),
    [
        (TARGET, append("from pkg.src import nothing\n"), "`from pkg.src import nothing` would"),
        (USER, append("from pkg.dst import Stays as S\n"), "`from pkg.dst import Stays` would"),
        (USER, swap("from pkg.dst", "from pkg.nowhere"), "`from pkg.nowhere import Moved` would"),
    ],
)
def test_an_invented_import(draft: Draft, path: str, sabotage: Sabotage, complaint: str) -> None:
    assert any(complaint in message for message in complaints(spoil(draft, path, sabotage)))


@pytest.mark.parametrize("path", [SOURCE, TARGET])
def test_a_future_import_that_no_longer_leads(draft: Draft, path: str) -> None:
    future = "from __future__ import annotations\n"
    spoiled = spoil(draft, path, lambda text: text.replace(future, "") + future)
    assert any("would not compile: from __future__" in m for m in complaints(spoiled))


def test_a_leave_behind_that_somebody_needs(draft: Draft) -> None:
    """The user goes on to import from the source, which binds nothing any more."""
    spoiled = replace(draft, texts={k: v for k, v in draft.texts.items() if k != USER})
    line = next(row for row in spoiled.texts[SOURCE].splitlines() if "import Moved" in row)
    messages = complaints(spoil(spoiled, SOURCE, swap(line, "")))
    assert "`from pkg.src import Moved` would find nothing" in messages


def test_statements_in_another_order(draft: Draft) -> None:
    def reorder(text: str) -> str:
        start = text.index("class Stays")
        return text[:start].replace("LIMIT = 3\n", "") + text[start:] + "\n\nLIMIT = 3\n"

    spoiled = spoil(spoil(draft, SOURCE, append("\n\nOTHER = 1\n")), SOURCE, reorder)
    assert any("did not move would change" in message for message in complaints(spoiled))


def test_the_complaint_names_the_place(draft: Draft) -> None:
    spoiled = spoil(draft, TARGET, swap("import json\n", ""))
    with pytest.raises(Refusal) as caught:
        prove(spoiled)
    (problem,) = caught.value.problems
    assert problem.location is not None
    line = spoiled.texts[TARGET].splitlines()[problem.location.line - 1]
    assert (problem.location.path, "json.dumps" in line) == (TARGET, True)


def test_what_was_broken_before_is_no_complaint(tmp_path: Path) -> None:
    tree = {
        "src.py": "from old import gone\n\n\nclass Moved:\n    x = lambda: nowhere\n",
        "old.py": "",
        "dst.py": "print(nothing)\n",
    }
    prove(drafted(tmp_path, tree, "Moved"))


def test_every_obligation_that_fails_is_told(draft: Draft) -> None:
    spoiled = spoil(spoil(draft, TARGET, without_class), SOURCE, append("X = 1\n"))
    messages = complaints(spoiled)
    assert "pkg.dst would not define `Moved`" in messages
    assert "code of pkg/src.py that did not move would change" in messages


def test_a_fallback_goes_where_the_class_arrives_and_nowhere_else(tmp_path: Path) -> None:
    user = (
        "from pkg.src import Moved\n\n\ndef find():\n    try:\n        from pkg.src import Moved\n"
        "    except ImportError:\n        Moved = None\n    return Moved\n"
    )
    draft = drafted(tmp_path, {**TREE, USER: user}, "Moved", source="pkg.src", target="pkg.dst")
    prove(draft)
    text = draft.texts[USER]
    gone = text[text.index("    try:") : text.index("    return")]

    found = complaints(spoil(draft, USER, swap(gone, "")))

    assert found == ["code of pkg/user.py that did not move would change"]


def test_a_star_importer_that_gets_nothing_any_more(tmp_path: Path) -> None:
    tree = {
        **TREE,
        "pkg/all.py": "from pkg.src import *\n\n\ndef make():\n    return Moved()\n",
        "pkg/more.py": "from pkg.all import *\n",
        "pkg/last.py": "from pkg.more import Moved\n",
    }
    lazy = Strategy(leave_behind="lazy")
    draft = drafted(tmp_path, tree, "Moved", source="pkg.src", target="pkg.dst", strategy=lazy)
    prove(draft)
    spoiled = replace(draft, texts={k: v for k, v in draft.texts.items() if k != "pkg/all.py"})

    assert complaints(spoiled) == [
        "a star import would no longer bring `Moved` into pkg.all",
        "a star import would no longer bring `Moved` into pkg.more",
    ]
