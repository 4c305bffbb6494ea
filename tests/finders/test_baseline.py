"""The identity of findings, and the baseline of the gate."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_findings import BROKEN, DUPLICATE, EVERY_KIND, SECOND, defined, imported

from consolidator.errors import UsageError
from consolidator.finders.baseline import Baseline, baseline_of, compare, dumped, loaded, updated
from consolidator.finders.fingerprint import fingerprint


def test_lines_do_not_make_another_finding() -> None:
    moved = replace(DUPLICATE, copies=(defined("a.one:Config", 40, 52), DUPLICATE.copies[1]))
    assert fingerprint(moved) == fingerprint(DUPLICATE)


def test_neither_do_the_order_and_the_number_of_imports_in_one_module() -> None:
    again = (*reversed(BROKEN.sites), imported("tests/b.py", 9))
    assert fingerprint(replace(BROKEN, sites=again)) == fingerprint(BROKEN)


def test_a_third_copy_makes_another_finding() -> None:
    third = replace(DUPLICATE, copies=(*DUPLICATE.copies, defined("c.three:Config")))
    assert fingerprint(third) != fingerprint(DUPLICATE)


def test_every_kind_has_its_own_fingerprint() -> None:
    assert len({fingerprint(finding) for finding in EVERY_KIND}) == len(EVERY_KIND)


def test_what_the_baseline_knows_is_not_new() -> None:
    comparison = compare(EVERY_KIND, baseline_of(EVERY_KIND))
    assert (comparison.new, comparison.stale) == ((), ())
    assert comparison.known == EVERY_KIND


def test_a_third_copy_of_a_known_duplicate_is_new_there() -> None:
    third = replace(DUPLICATE, copies=(*DUPLICATE.copies, defined("c.three:Config", 5)))
    (news,) = compare([third], baseline_of([DUPLICATE])).new
    assert [place.path for place in news.places] == ["c/three.py"]
    assert news.is_known_elsewhere


def test_a_finding_that_lost_a_place_is_known_and_the_place_is_stale() -> None:
    fewer = replace(BROKEN, sites=BROKEN.sites[:1])
    comparison = compare([fewer], baseline_of([BROKEN]))
    assert comparison.new == ()
    assert [entry.places for entry in comparison.stale] == [("tests.b",)]


def test_a_namesake_of_another_kind_is_not_known() -> None:
    assert [news.finding for news in compare([SECOND], baseline_of([DUPLICATE])).new] == [SECOND]


def test_the_baseline_shrinks_and_grows_only_when_told_to() -> None:
    before = baseline_of([DUPLICATE])
    assert updated(before, [BROKEN], allow_growth=False) == Baseline()
    assert updated(before, [BROKEN], allow_growth=True) == baseline_of([BROKEN])


def test_a_baseline_reads_back_as_it_was_written() -> None:
    baseline = baseline_of(EVERY_KIND)
    assert loaded(dumped(baseline), "b.json") == baseline
    assert loaded(dumped(Baseline()), "b.json") == Baseline()


def test_one_finding_is_one_line_of_the_file() -> None:
    text = dumped(baseline_of([DUPLICATE, BROKEN]))
    assert text == (
        '{\n  "version": 1,\n  "findings": [\n'
        '    {"kind": "broken-import", "name": "helpers.auth.Tester", '
        '"places": ["tests.b", "tests.e2e.a"]},\n'
        '    {"kind": "duplicate", "name": "Config", '
        '"places": ["a.one:Config", "b.two:Config"]}\n'
        "  ]\n}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 2, "findings": []}',
        '{"version": 1}',
        '{"version": 1, "findings": [{"kind": "x"}]}',
        '{"version": 1, "findings": [{"kind": "x", "name": "y", "places": [3]}]}',
    ],
)
def test_what_is_no_baseline_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"b\.json"):
        loaded(text, "b.json")
