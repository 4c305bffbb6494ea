"""Findings come back from where they were kept as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sample_findings
from sample_findings import named

from consolidator.finders.findings import Findings
from consolidator.finders.stored import dumped, loaded
from consolidator.names import ModuleName


@pytest.mark.parametrize(
    "finding", sample_findings.EVERY_KIND, ids=lambda finding: type(finding).__name__
)
def test_every_finding_comes_back(finding: Any) -> None:
    findings = Findings((finding,), (finding,), (("a.py", "line 1: no"),), (("files", 3),))
    assert loaded(json.loads(dumped(findings))) == findings


def test_all_together_come_back() -> None:
    findings = sample_findings.FINDINGS
    assert loaded(json.loads(dumped(findings))) == findings


def test_names_of_modules_are_such_again() -> None:
    found = loaded(json.loads(dumped(Findings((sample_findings.BROKEN,)))))
    assert found is not None
    (broken,) = found.found
    assert broken.asked == named("helpers.auth:Tester")
    assert isinstance(broken.asked.module, ModuleName)
    assert all(isinstance(site.importer, ModuleName) for site in broken.sites)


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        1,
        [],
        {},
        {"Findings": []},
        {"Nothing": [1]},
        {"a": 1, "b": 2},
        {"Suppression": ["a", "b"]},
    ],
    ids=repr,
)
def test_what_is_none_of_it_is_not_loaded(rubbish: Any) -> None:
    assert loaded(rubbish) is None
