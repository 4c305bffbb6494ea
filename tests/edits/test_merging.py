"""What counts as the same class, and what a merge says."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.edits.merge.merging import Merged, merge_copy
from consolidator.errors import Refusal
from consolidator.names import ModuleName, QualifiedName
from consolidator.plan import MoveOptions
from consolidator.plan.plan import Policy

HOME = QualifiedName(ModuleName("home"), "C")
COPY = QualifiedName(ModuleName("copy_"), "C")


def merged(
    root: Path, home: str, copy: str, policy: Policy = "same code", schema: bool = False
) -> Merged:
    index = opened(root, {"home.py": home, "copy_.py": copy, "base.py": "class Base: pass\n"})
    return merge_copy(index, COPY, HOME, policy, MoveOptions(), schema)


def codes(root: Path, home: str, copy: str, policy: Policy = "same code") -> list[str]:
    with pytest.raises(Refusal) as refused:
        merged(root, home, copy, policy)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("home", "copy"),
    [
        ("class C:\n    x = 'a'\n", 'class C:\n    """Words."""\n    x = "a"  # here\n'),
        ("class C:\n    pass\n", 'class C:\n    """Nothing."""\n'),
        (
            "import re\nP = re.compile('a')\nclass C:\n    p = P\n",
            "import re\nP = re.compile('a')\nclass C:\n    p = P\nQ = P\n",
        ),
        (
            "def f(n): return f(n - 1) if n else 0\nclass C:\n    def m(self): return f(3)\n",
            "def f(n): return f(n - 1) if n else 0\nclass C:\n    def m(self): return f(3)\n",
        ),
        (
            "import logging\nclass C:\n    def m(self): return logging.getLogger(__name__)\n",
            "import logging\nclass C:\n    def m(self): return logging.getLogger(__name__)\n",
        ),
        (
            "import logging\nlog = logging.getLogger(__name__)\nclass C:\n"
            "    def m(self): log.info(1)\n",
            "import logging\nlog = logging.getLogger(__name__)\nclass C:\n"
            "    def m(self): log.info(1)\n",
        ),
    ],
)
def test_same_code_in_the_same_environment(tmp_path: Path, home: str, copy: str) -> None:
    outcome = merged(tmp_path, home, copy).outcome
    assert "from home import C" in outcome.draft.texts["copy_.py"]
    assert "class C" not in outcome.draft.texts["copy_.py"]


@pytest.mark.parametrize(
    ("home", "copy"),
    [
        # another thing of the same name
        ("from base import Base as B\nclass C(B): pass\n", "B = object\nclass C(B): pass\n"),
        # a builtin here, a definition there
        ("def len(x): return 1\nclass C:\n    n = len('')\n", "class C:\n    n = len('')\n"),
        # a path beside the module
        (
            "D = __file__\nclass C:\n    def m(self): return D\n",
            "D = __file__\nclass C:\n    def m(self): return D\n",
        ),
        # a class that stays there too
        (
            "class E(Exception): pass\nclass C:\n    def m(self): raise E\n",
            "class E(Exception): pass\nclass C:\n    def m(self): raise E\nf = E\n",
        ),
        # a fallback that means another thing
        (
            "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n"
            "class C:\n    def m(self): return yaml\n",
            "try:\n    import yaml\nexcept ImportError:\n    yaml = 1\n"
            "class C:\n    def m(self): return yaml\n",
        ),
    ],
)
def test_another_environment(tmp_path: Path, home: str, copy: str) -> None:
    assert codes(tmp_path, home, copy) == ["merge-environment"]


@pytest.mark.parametrize(
    ("home", "copy"),
    [
        ("class C:\n    x = 1\n    y = x\n", "class C:\n    y = 1\n    x = y\n"),
        ("class C:\n    def m(self): pass\nC.limit = 1\n", "class C:\n    def m(self): pass\n"),
        ("class C:\n    def m(self, a): pass\n", "class C:\n    def m(self, b): pass\n"),
    ],
)
def test_contradictions(tmp_path: Path, home: str, copy: str) -> None:
    assert codes(tmp_path, home, copy, "union") == ["merge-conflict"]


def test_a_relative_import_in_a_method_means_another_module(tmp_path: Path) -> None:
    text = "class C:\n    def m(self):\n        from .x import y\n        return y\n"
    files = {f"{p}/{m}.py": "y = 1\n" for p in ("a", "b") for m in ("__init__", "x")}
    index = opened(tmp_path, files | {"a/c.py": text, "b/c.py": text})
    with pytest.raises(Refusal) as refused:
        merge_copy(
            index,
            QualifiedName(ModuleName("b.c"), "C"),
            QualifiedName(ModuleName("a.c"), "C"),
            "same code",
            MoveOptions(),
        )
    assert refused.value.problems[0].code == "merge-conflict"


def test_the_policy_bounds_what_is_done(tmp_path: Path) -> None:
    home = "class C:\n    def a(self): pass\n"
    copy = "class C:\n    def a(self): pass\n    def b(self): pass\n"
    assert codes(tmp_path, home, copy, "same code") == ["merge-conflict"]
    growth = merged(tmp_path, home, copy, "superset").growth
    assert growth is not None
    assert growth.texts["home.py"] == copy


def test_a_member_lands_where_the_copy_has_it(tmp_path: Path) -> None:
    home = "class C:\n    def a(self):\n        pass\n\n    def c(self):\n        pass\n"
    copy = (
        "class C:\n    def a(self):\n        pass\n\n    # about b\n    def b(self):\n"
        "        pass\n        # end of b\n\n    def c(self):\n        pass\n"
    )
    growth = merged(tmp_path, home, copy, "superset").growth
    assert growth is not None
    assert growth.texts["home.py"] == copy


def test_words_that_go_are_told_with_their_lines(tmp_path: Path) -> None:
    home = 'class C:\n    """Ours."""\n'
    copy = 'class C:\n    """Theirs."""\n    # and a note\n'
    warnings = merged(tmp_path, home, copy).warnings
    told = [problem for problem in warnings if problem.code == "merge-loses-words"]
    assert len(told) == 1
    assert "line 2: Theirs." in told[0].message
    assert "line 3: and a note" in told[0].message


def test_what_an_earlier_merge_left_behind_stays(tmp_path: Path) -> None:
    classes = "class Base:\n    x = 1\n\n\nclass C(Base):\n    y = 2\n"
    index = opened(tmp_path, {"home.py": classes, "copy_.py": classes})
    for name in ("Base", "C"):
        copy, home = (QualifiedName(ModuleName(module), name) for module in ("copy_", "home"))
        draft = merge_copy(index, copy, home, "same code", MoveOptions()).outcome.draft
        index = index.after(draft.after())
    text = index.workspace.file("copy_.py").text
    assert "from home import Base\n" in text and "from home import C\n" in text
