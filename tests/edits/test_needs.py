"""How the target comes by what the moved code needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import drafted

from consolidator.edits.strategy import Strategy
from consolidator.errors import Refusal

BODY = "\n\nclass C:\n    def f(self):\n        return x\n"


@pytest.mark.parametrize(
    ("head", "target", "how", "rename"),
    [
        ("import x", "", "import", ""),
        ("import x", "import x", "present", ""),
        ("from m import x", "from m import x", "present", ""),
        ("from m import x", "from json import x", "import", "m_x"),
        ("from m import y as x", "x = 1", "import", "m_x"),
        ("from dst import y as x", "y = 1", "present", "y"),
        ("if TYPE_CHECKING:\n    import x", "", "typing", ""),
        ("try:\n    import x\nexcept ImportError:\n    x = None", "", "block", ""),
        ("x = logging.getLogger(__name__)", "", "logger", ""),
        ("x = getLogger(__name__)", "log = getLogger(__name__)", "present", "log"),
        ("x = 1\nprint(x)", "", "lazy", ""),
        ("", "", "nowhere", ""),
        ("from elsewhere import *", "", "import", ""),
    ],
)
def test_how(tmp_path: Path, head: str, target: str, how: str, rename: str) -> None:
    files = {"src.py": head + BODY, "dst.py": target + "\n"}
    need = next(n for n in drafted(tmp_path, files, "C").needs if n.name == "x")
    assert (need.how, need.rename) == (how, rename)


def test_a_strategy_may_ask_for_lazy_imports(tmp_path: Path) -> None:
    files = {"src.py": "import x" + BODY, "dst.py": ""}
    strategy = Strategy(lazy_imports=frozenset({"x"}))
    assert drafted(tmp_path, files, "C", strategy=strategy).needs[0].how == "lazy"


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        (BODY, "x = 1\n", "captured-name"),
        (BODY.replace("return x", "return id"), "id = 1\n", "shadowed-builtin"),
        ("import x.y" + BODY, "x = 1\n", "name-conflict"),
        (
            "x = 1\ndef g():\n    global x\n    x = 2\n\n\nclass C:\n    y = x\n",
            "",
            "helper-stays",
        ),
    ],
)
def test_refusals(tmp_path: Path, source: str, target: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        drafted(tmp_path, {"src.py": source, "dst.py": target}, "C")
    assert caught.value.problems[0].code == code
