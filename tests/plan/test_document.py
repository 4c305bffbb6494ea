"""A plan is a file that a person reads and edits, and that may come from anybody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.errors import UsageError
from consolidator.plan import document
from consolidator.plan.document import is_plan_text, load_plan, parse_plan, plan_text
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    Plan,
    RewriteEntry,
    SweepEntry,
    Undecided,
    plan_of,
)

NAMES = st.from_regex(r"[A-Za-zé_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(str.isidentifier)
MODULES = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
COPIES = st.tuples(MODULES, NAMES).map(":".join)
WORDS = st.text(max_size=40)
PATHS = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
    .map(lambda text: "src/" + text)
    .filter(lambda path: "\0" not in path and ".." not in path)
)
COMMON = {"fingerprint": st.from_regex(r"[0-9a-f]{12}", fullmatch=True)}
EVIDENCE = st.lists(WORDS, max_size=3).map(tuple)


def entries() -> st.SearchStrategy[Entry]:
    moves = st.builds(
        MoveEntry,
        names=st.lists(NAMES, min_size=1, max_size=3).map(tuple),
        source=st.none() | MODULES,
        to=MODULES,
        evidence=EVIDENCE,
        **COMMON,
    )
    merges = st.builds(
        MergeEntry,
        name=NAMES,
        home=st.just("the.home"),
        drop=st.lists(COPIES, min_size=1, max_size=3, unique=True).map(tuple),
        policy=st.sampled_from(["identical", "same code", "superset", "union", "renamed"]),
        evidence=EVIDENCE,
        **COMMON,
    )
    rewrites = st.builds(
        RewriteEntry, source=MODULES, to=MODULES, names=st.lists(NAMES, max_size=2).map(tuple)
    )
    deletions = st.builds(
        DeleteEntry, module=MODULES, name=NAMES, paths=st.lists(PATHS, min_size=1).map(tuple)
    )
    sweeps = st.builds(SweepEntry, module=MODULES, name=NAMES, evidence=EVIDENCE)
    return st.one_of(moves, merges, rewrites, deletions, sweeps)


UNDECIDED = st.builds(
    Undecided,
    title=WORDS,
    evidence=EVIDENCE,
    choices=st.lists(entries(), max_size=3).map(tuple),
)


def plain(entry: Entry) -> Entry:
    return entry.model_copy(update={"evidence": ()})


@given(st.lists(entries(), max_size=5), st.lists(UNDECIDED, max_size=2))
def test_round_trip(made: list[Entry], undecided: list[Undecided]) -> None:
    plan = plan_of(tuple(made), tuple(undecided))
    text = plan_text(plan)
    again = parse_plan(text)
    assert [plain(entry) for entry in plan.entries] == list(again.entries)
    assert plan_text(plan) == text and is_plan_text(text)


@given(UNDECIDED)
def test_every_choice_can_be_uncommented(item: Undecided) -> None:
    text = plan_text(Plan(undecided=(item,)))
    uncommented = "\n".join(
        line[1:] if line.startswith("#") and line != "#" and line[:2] != "# " else line
        for line in text.split("\n")
    )
    found = parse_plan(uncommented).entries
    assert sorted(map(repr, found)) == sorted(repr(plain(choice)) for choice in item.choices)


def test_written_by_hand() -> None:
    plan = parse_plan('[[move]]\nnames = ["C"]\nto = "m"\n')
    assert plan.entries == (MoveEntry(names=("C",), to="m"),)


def test_code_in_evidence_stays_a_comment() -> None:
    trap = "x = 1\n[[move]]\r[[move]]\x1b[2J \u202e \x00 \ud800"
    plan = plan_of((SweepEntry(module="m", name="C", evidence=(trap,)),), ())
    text = plan_text(plan)
    assert len(parse_plan(text).entries) == 1
    assert text.encode().decode().isprintable() or ("\x1b" not in text and "\u202e" not in text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 2", "`version` is 2"),
        ("version = true", "`version` is True"),
        ("moves = 1", "unknown key 'moves'"),
        ("move = 1", "[[move]]"),
        ("undecided = []", "unknown key 'undecided'"),
        ("[[move]]\nnames = ['C']", "p:1 ([[move]]): 'to': is missing"),
        ("\n\n[[move]]\nnames = ['C']\nto = 'm'\n[[move]]\nto = 'm'", "p:6 ([[move]]): 'names'"),
        ("[[move]]\nnames = ['C']\nto = 'm'\nevidence = ['x']", "unknown key 'evidence'"),
        ("[[move]]\nnames = ['C']\nto = 'm'\nsource = 'x'", "unknown key 'source'"),
        ("[[move]]\nnames = 'C'\nto = 'm'", "'names': must be a list"),
        ("[[move]]\nnames = [1]\nto = 'm'", "'names': Input should be a valid string"),
        ("[[move]]\nnames = []\nto = 'm'", "'names': must not be empty"),
        ("[[move]]\nnames = ['C D']\nto = 'm'", "is not a name"),
        ("[[move]]\nnames = ['C']\nto = '../../etc'", "is not the name of a module"),
        ("[[move]]\nnames = ['a:C']\nfrom = 'b'\nto = 'm'", "which is `from`"),
        ("[[merge]]\nname = 'C'\nhome = 'm'\ndrop = ['C']", "must say where it stands"),
        ("[[merge]]\nname = 'C'\nhome = 'm'\ndrop = ['m:C']", "cannot be dropped"),
        ("[[merge]]\nname = 'C'\nhome = 'm'\ndrop = ['a:C', 'a:C']", "twice"),
        ("[[merge]]\nname = 'C'\nhome = 'm'\ndrop = ['a:C']\nbase = 'z'", "neither the home"),
        ("[[merge]]\nname = 'C'\nhome = 'm'\ndrop = ['a:C']\npolicy = 'any'", "'policy'"),
        ("[[delete-import]]\nmodule = 'm'\nname = 'C'\npaths = ['/etc/passwd']", "not a path"),
        ("[[delete-import]]\nmodule = 'm'\nname = 'C'\npaths = ['a/../../b']", "not a path"),
        ("[[delete-import]]\nmodule = 'm'\nname = 'C'\npaths = ['C:/b']", "not a path"),
        ("[[sweep]]\nid = 'a'\nmodule = 'm'\nname = 'C'\n" * 2, "two entries have the id 'a'"),
        ("[[", "is not TOML"),
        ("a = " + "[" * 9_000, "nested too deeply"),
        ("a." * 6_000 + "b = 1", "line 1 has more than"),
    ],
)
def test_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_plan(text, "p")
    assert said in str(caught.value)


def test_absurd_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("[[sweep]]\nmodule = 'm'\nname = 'C'\n" * 3)
    monkeypatch.setattr(document, "MOST_ENTRIES", 2)
    with pytest.raises(UsageError, match="more than 2 entries"):
        load_plan(path)
    os.truncate(path, document.MOST_BYTES + 1)
    with pytest.raises(UsageError, match="larger than"):
        load_plan(path)


@pytest.mark.parametrize("data", [None, b"\xff"])
def test_what_cannot_be_read(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "plan.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=r"plan\.toml"):
        load_plan(path)


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(b"\xef\xbb\xbfversion = 1\r\n")
    assert load_plan(path) == Plan()
