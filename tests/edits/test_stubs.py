"""What the stubs beside source and target say after a move."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import drafted

from consolidator.edits.draft import Draft
from consolidator.edits.strategy import Strategy
from consolidator.edits.stubs import stub_remarks
from consolidator.errors import Refusal
from consolidator.index.index import Index
from consolidator.proof.obligations import prove

CODE = "class C: pass\n\n\nclass D: pass\n"


def stubs(root: Path, files: dict[str, str], strategy: Strategy | None = None) -> Draft:
    draft = drafted(root, {"src.py": CODE, **files}, "C", strategy=strategy)
    prove(draft)
    return draft


def said(draft: Draft) -> list[tuple[str, str]]:
    return [(p.code, p.severity) for p in stub_remarks(draft.survey, draft.closure.names)]


def test_no_stub_means_no_stub(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {})
    assert sorted(draft.texts) == ["dst.py", "src.py"]
    assert said(draft) == []


def test_a_new_module_gets_a_stub(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "import re\nclass C:\n    x: re.Pattern\nclass D: ...\n"})
    assert draft.texts["dst.pyi"] == "import re\n\nclass C:\n    x: re.Pattern\n"
    assert draft.texts["src.pyi"] == (
        "# C class moved to dst to maintain SSOT\nfrom dst import C as C\n\nclass D: ...\n"
    )


def test_a_stub_that_does_not_know_the_class_stays(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "class D: ...\n"})
    assert sorted(draft.texts) == ["dst.py", "src.py"]


def test_helpers_of_the_stub_alone_follow_their_only_user(tmp_path: Path) -> None:
    draft = stubs(
        tmp_path,
        {"src.pyi": "_N = int\n_M = str\n\nclass C:\n    x: _N\n    y: _M\nclass D:\n    y: _M\n"},
    )
    assert "_N = int\n" in draft.texts["dst.pyi"]
    assert "from src import _M\n" in draft.texts["dst.pyi"]
    assert "_N" not in draft.texts["src.pyi"]
    assert "_M = str\n" in draft.texts["src.pyi"]


def test_what_the_target_stub_declares_already_is_kept(tmp_path: Path) -> None:
    declared = "class C:\n    x: int\n"
    draft = stubs(tmp_path, {"src.pyi": "class C: ...\n", "dst.py": "y = 1\n", "dst.pyi": declared})
    assert draft.texts.get("dst.pyi", declared) == declared
    assert "from dst import C as C\n" in draft.texts["src.pyi"]


def test_an_import_of_the_class_gives_way_to_the_class(tmp_path: Path) -> None:
    draft = stubs(
        tmp_path,
        {
            "src.pyi": "class C: ...\n",
            "dst.py": "y = 1\n",
            "dst.pyi": "from src import C\n\ndef f() -> C: ...\n",
        },
    )
    assert "import" not in draft.texts["dst.pyi"]
    assert "class C: ...\n" in draft.texts["dst.pyi"]


def test_an_offered_import_of_the_source_stub_stays(tmp_path: Path) -> None:
    draft = stubs(
        tmp_path,
        {
            "src.pyi": "from re import Match as Match\nfrom re import Pattern\n"
            "class C:\n    x: Match\n    y: Pattern\n"
        },
    )
    assert "from re import Match as Match\n" in draft.texts["src.pyi"]
    assert "Pattern" not in draft.texts["src.pyi"]


def test_nothing_is_left_in_the_stub_when_nothing_is_left_in_the_code(tmp_path: Path) -> None:
    draft = stubs(
        tmp_path, {"src.pyi": "class C: ...\nclass D: ...\n"}, Strategy(leave_behind="none")
    )
    assert draft.texts["src.pyi"] == "class D: ...\n"


def test_a_lazy_leave_behind_is_a_plain_one_in_the_stub(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "class C: ...\n"}, Strategy(leave_behind="lazy"))
    assert draft.texts["src.pyi"].endswith("from dst import C as C\n")


def test_a_target_without_a_stub_gets_none(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "class C: ...\n", "dst.py": "y = 1\n"})
    assert "dst.pyi" not in draft.texts
    assert "from dst import C as C\n" in draft.texts["src.pyi"]
    assert said(draft) == [("stub-incomplete", "note")]


def test_a_stub_of_the_target_alone_is_incomplete(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"dst.py": "y = 1\n", "dst.pyi": "y: int\n"})
    assert "dst.pyi" not in draft.texts
    assert said(draft) == [("stub-incomplete", "warning")]


def test_a_stub_must_not_import_from_itself(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="stub-incomplete"):
        stubs(tmp_path, {"dst.py": "y = 1\n", "dst.pyi": "from src import C as C\n"})


def test_the_newlines_of_the_stubs_are_kept(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "import re\r\nclass C:\r\n    x: re.Match\r\n"})
    for path in ("src.pyi", "dst.pyi"):
        assert draft.texts[path].count("\n") == draft.texts[path].count("\r\n")


def test_a_second_move_finds_the_stub_of_the_first(tmp_path: Path) -> None:
    draft = stubs(tmp_path, {"src.pyi": "class C: ...\nclass D: ...\n"})
    after = Index(draft.after())
    assert after.workspace.stub_of("dst") == "dst.pyi"


@pytest.mark.parametrize("stub", ["y: int\n", "y: int\n\nclass C:\n    x: str\n"])
def test_a_stub_that_lost_the_class_is_not_proved(tmp_path: Path, stub: str) -> None:
    files = {"src.pyi": "class C:\n    x: int\n", "dst.py": "y = 1\n", "dst.pyi": "y: int\n"}
    draft = stubs(tmp_path, files)
    draft.texts["dst.pyi"] = stub
    with pytest.raises(Refusal, match=r"dst\.pyi would not describe `C` as src\.pyi did"):
        prove(draft)


def test_a_clash_of_names_in_the_stubs_gets_an_alias(tmp_path: Path) -> None:
    draft = stubs(
        tmp_path,
        {
            "src.pyi": "from re import Match\nclass C:\n    x: Match\n",
            "dst.py": "y = 1\n",
            "dst.pyi": "class Match: ...\n",
        },
    )
    assert "from re import Match as re_Match\n" in draft.texts["dst.pyi"]
    assert "x: re_Match\n" in draft.texts["dst.pyi"]
