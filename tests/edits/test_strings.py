"""Patches and other dotted paths in strings."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import drafted

from consolidator.errors import Refusal
from consolidator.plan import MoveOptions

SOURCE = "import os\n\n\nclass C:\n    def f(self):\n        return os\n\n\nclass D:\n    pass\n"


@pytest.mark.parametrize(
    ("more", "text", "expected"),
    [
        ("", "patch('src.C')", "patch('dst.C')"),
        ("", "patch('src.os')", "patch('dst.os')"),
        ("", "patch('src.D')", "patch('src.D')"),
        ("", "patch('src.C.f')", "patch('src.C.f')"),
        ("", "x = 'src.C'", "x = 'src.C'"),
        ("", "patch('mysrc.C')", "patch('mysrc.C')"),
        ("print(C)\n", "patch('src.C')", "patch('src.C')"),
    ],
)
def test_strings(tmp_path: Path, more: str, text: str, expected: str) -> None:
    files = {"src.py": SOURCE + more, "dst.py": "", "test_it.py": text + "\n"}
    draft = drafted(tmp_path, files, "C")
    assert draft.texts.get("test_it.py", text + "\n") == expected + "\n"


def test_rewrite_on_request(tmp_path: Path) -> None:
    files = {"src.py": SOURCE, "dst.py": "", "use.py": "x = 'src.C'\n"}
    draft = drafted(tmp_path, files, "C", options=MoveOptions(strings="rewrite"))
    assert draft.texts["use.py"] == "x = 'dst.C'\n"


def test_a_patch_for_both_sides_is_refused(tmp_path: Path) -> None:
    source = SOURCE.replace("return os", "return C") + "\n\ndef g():\n    return C\n"
    files = {"src.py": source, "dst.py": "", "test_it.py": "patch('src.C')\n"}
    with pytest.raises(Refusal, match="patch-split"):
        drafted(tmp_path, files, "C")
    drafted(tmp_path / "b", files, "C", options=MoveOptions(accept=frozenset({"patch-split"})))


def test_a_shared_patched_import_splits(tmp_path: Path) -> None:
    source = SOURCE + "\n\ndef g():\n    return os\n"
    files = {"src.py": source, "dst.py": "", "test_it.py": "patch('src.os')\n"}
    assert drafted(tmp_path, files, "C").split == {"os"}


def test_a_type_in_quotes_that_is_rewritten_is_no_string_that_is_left(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/src.py": "class C:\n    pass\n",
        "pkg/use.py": "import pkg.src\n\n\ndef show(c: 'pkg.src.C') -> str: ...\n",
        "pkg/told.py": "NAME = 'pkg.src.C'\n",
    }

    draft = drafted(tmp_path, files, "C", source="pkg.src", target="pkg.dst")

    left = [each.location.path for each in draft.references if not each.rewritten]
    assert left == ["pkg/told.py"]
