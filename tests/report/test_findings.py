"""Findings as text, JSON, SARIF and workflow commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_findings import (
    BROKEN,
    DUPLICATE,
    EVERY_KIND,
    FINDINGS,
    MISSING,
    SUPERSET,
    THROUGH,
    UNUSED,
    defined,
    imported,
    named,
)

from consolidator.errors import Location
from consolidator.finders.findings import (
    Candidate,
    Concern,
    Findings,
    Fit,
    MemberDifference,
    Suppression,
)
from consolidator.finders.fingerprint import KINDS, fingerprint
from consolidator.finders.places import places
from consolidator.report.findings_json import findings_report
from consolidator.report.findings_text import finding_lines, findings_lines
from consolidator.report.github import github_commands
from consolidator.report.lines import Line, plain
from consolidator.report.sarif import sarif_report
from consolidator.report.wording import WORDINGS, headline, message

SCHEMA = Path(__file__).with_name("sarif-schema-2.1.0.json")


def text_of(finding: Concern) -> str:
    return plain(finding_lines(finding)).decode()


def test_a_broken_import_tells_demand_definition_and_misfit() -> None:
    assert text_of(BROKEN) == (
        "Tester is asked for from helpers.auth, which does not have it\n"
        "  2 imports in 2 files:\n"
        "    tests/e2e/a.py:3\n"
        "    tests/b.py:1\n"
        "  Tester is defined once:\n"
        "    tests/old.py:10-20  contradicts its users in 1 of 5 uses:\n"
        "      tests/e2e/a.py:7: Tester(config)\n"
        "        `__init__` takes no argument\n"
    )


def test_an_import_nobody_uses_can_go() -> None:
    assert "these imports can be deleted" in text_of(UNUSED)
    assert "tests/b.py:2 (unused)" in text_of(UNUSED)


def test_sites_beyond_a_few_are_counted() -> None:
    many = tuple(imported("tests/b.py", line) for line in range(1, 27))
    text = text_of(replace(BROKEN, sites=many))
    assert "26 imports in 1 file:" in text
    assert "and 23 more" in text
    assert "tests/b.py:4" not in text


def test_copies_and_differing_members_are_listed() -> None:
    text = text_of(SUPERSET)
    assert "a/jobs.py:1-30" in text
    assert "  only a.jobs has: run\n" in text
    assert "its fields are its schema" in text


def test_two_classes_that_contradict_each_other_are_held_side_by_side() -> None:
    values = ((named("a.jobs:Job"), "def run(self)"), (named("b.jobs:Job"), "def run(self, now)"))
    conflict = replace(
        SUPERSET, relation="conflict", differences=(MemberDifference("run", values),)
    )
    text = text_of(conflict)
    assert "  they differ in: run\n" in text
    assert "    run in a.jobs: def run(self)\n    run in b.jobs: def run(self, now)\n" in text


def test_what_all_have_is_not_lacked_though_it_looks_the_same() -> None:
    # Both begin alike; what differs stands further down.
    both = MemberDifference(
        "run", ((named("a.jobs:Job"), "def run(self)"), (named("b.jobs:Job"), "def run(self)"))
    )
    text = text_of(replace(SUPERSET, relation="conflict", differences=(both,)))
    assert "  they differ in: run\n" in text
    assert "only" not in text and "run in a.jobs" not in text


def test_a_message_that_begins_with_a_name_keeps_it() -> None:
    assert headline(THROUGH).startswith("old.")
    assert message(THROUGH).startswith(headline(THROUGH))


def test_copies_beyond_a_few_are_counted() -> None:
    copies = tuple(defined(f"m{number}:Config") for number in range(9))
    assert "m5.py:1-9\n  and 3 more\n" in text_of(replace(DUPLICATE, copies=copies))


def test_a_statement_that_asks_for_many_names_is_one_import() -> None:
    same = (imported("shop/cart.py", 1), imported("shop/cart.py", 1))
    assert "  1 import in 1 file:\n" in text_of(replace(MISSING, sites=same))


def test_functions_of_the_name_are_told_in_one_line() -> None:
    function = replace(defined("m:Tester", 4, 4), kind="function")
    only = replace(
        BROKEN, answer="another kind", candidates=(Candidate(function, Fit("cannot tell", 0)),)
    )
    assert "  Tester is defined as a function: m.py:4\n" in text_of(only)


def test_the_summary_counts_each_kind_and_the_suppressed() -> None:
    text = plain(findings_lines(FINDINGS)).decode()
    assert "odd/file.py: line 3: invalid syntax" in text
    assert "duplicates                2  4 classes: 1 identical, 1 superset\n" in text
    assert text.endswith(
        "looked at 12 files, 40 classes, 90 imports; 1 suppressed (--show-suppressed lists them)\n"
    )
    assert "nested" not in text


def test_suppressed_findings_are_shown_with_their_reason() -> None:
    text = plain(findings_lines(FINDINGS, show_suppressed=True)).decode()
    assert "nested: they stand inside other classes" in text


def test_a_clean_project_says_so() -> None:
    assert plain(findings_lines(Findings(()))).decode() == "nothing found\n"


def test_odd_file_names_do_not_stop_the_report() -> None:
    assert plain([Line("caf\udce9.py")]) == b"caf\\udce9.py\n"


def test_json_has_every_site_and_both_lists() -> None:
    report = json.loads(findings_report(FINDINGS))
    assert report["version"] == 1
    assert report["counts"] == {"files": 12, "classes": 40, "imports": 90}
    broken = report["findings"][0]
    assert (broken["kind"], broken["name"]) == ("broken-import", "helpers.auth.Tester")
    assert broken["fingerprint"] == fingerprint(BROKEN)
    assert [site["line"] for site in broken["sites"]] == [3, 1]
    assert broken["candidates"][0]["fit"]["misfits"][0]["use"] == "Tester(config)"
    assert report["suppressed"][0]["suppression"]["name"] == "nested"
    assert report["unreadable"] == [{"file": "odd/file.py", "reason": "line 3: invalid syntax"}]


def sarif(*findings: Concern, **more: Any) -> dict[str, Any]:
    """The SARIF log, which holds to the schema of its standard."""
    shown = [(finding, places(finding)) for finding in findings]
    log = json.loads(sarif_report(shown, **more))
    jsonschema.Draft4Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
    ).validate(log)
    return log["runs"][0]


def test_sarif_holds_to_its_schema_for_every_kind() -> None:
    run = sarif(*EVERY_KIND, suppressed=FINDINGS.suppressed, unreadable=FINDINGS.unreadable)
    assert len(run["results"]) == len(EVERY_KIND) + 1
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == list(KINDS.values())
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_sarif_relates_the_other_places_and_carries_the_fingerprint() -> None:
    (result,) = sarif(BROKEN)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "tests/e2e/a.py"
    assert place["region"]["startLine"] == 3
    assert place["region"]["snippet"]["text"] == "from helpers.auth import Tester"
    assert [related["id"] for related in result["relatedLocations"]] == [1]
    assert result["partialFingerprints"] == {"consolidate/v1": fingerprint(BROKEN)}


def test_sarif_tells_suppressions_in_the_source_from_others() -> None:
    kept = replace(DUPLICATE, suppression=Suppression("keep", "wire format of the old service"))
    nested = replace(DUPLICATE, suppression=Suppression("nested", "inside other classes"))
    found = sarif(suppressed=(kept, nested))["results"]
    assert [result["suppressions"][0]["kind"] for result in found] == ["inSource", "external"]
    assert "wire format" in found[0]["suppressions"][0]["justification"]


def test_sarif_escapes_file_names() -> None:
    odd = replace(DUPLICATE, copies=(replace(DUPLICATE.copies[0], path="a b/caf\udce9:#.py"),))
    (result,) = sarif(odd)["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "a%20b/caf%E9%3A%23.py"


def test_github_commands_stand_at_each_place() -> None:
    first, second = github_commands([(DUPLICATE, places(DUPLICATE))], "warning")
    assert first.startswith("::warning file=a/one.py,line=1,title=consolidate%3A duplicates::")
    assert second.startswith("::warning file=b/two.py,line=1,")


@pytest.mark.parametrize(
    ("path", "written"),
    [("a,b.py", "a%2Cb.py"), ("c:d.py", "c%3Ad.py"), ("100%.py", "100%25.py")],
)
def test_github_properties_are_escaped(path: str, written: str) -> None:
    (command,) = github_commands([(DUPLICATE, (Location(path, 1),))], "error")
    assert f"::error file={written},line=1," in command


def test_github_messages_stay_on_one_line() -> None:
    odd = replace(DUPLICATE, name="50%\r\nC", copies=(defined("a:C"), defined("b:C")))
    (command,) = github_commands([(odd, ())], "error")
    assert "50%25%0D%0AC" in command
    assert "\n" not in command


def test_every_kind_has_a_name_and_a_wording() -> None:
    assert list(KINDS) == list(WORDINGS)


class TestNamesakes:
    """Classes that contradict each other are told, but as less than a duplicate."""

    conflict = replace(DUPLICATE, name="Point", relation="conflict")

    def test_they_have_a_section_and_a_count_of_their_own(self) -> None:
        text = plain(findings_lines(Findings((DUPLICATE, self.conflict)))).decode()
        assert "\nNAMESAKES\n\nPoint: 2 classes of this name that contradict each other" in text
        assert "duplicates      1  2 classes: 1 identical\nnamesakes       1  2 classes\n" in text

    def test_sarif_and_github_make_notes_of_them(self) -> None:
        levels = [result["level"] for result in sarif(DUPLICATE, self.conflict)["results"]]
        assert levels == ["warning", "note"]
        (command,) = github_commands([(self.conflict, ())], "warning")
        assert command.startswith("::notice title=consolidate%3A namesakes::")
