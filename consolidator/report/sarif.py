"""Findings as SARIF 2.1.0, the format that code-scanning services and editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from consolidator import __version__
from consolidator.errors import Location
from consolidator.finders.findings import Concern, is_namesake
from consolidator.finders.fingerprint import KINDS, fingerprint
from consolidator.finders.places import places
from consolidator.report.wording import WORDINGS, message

Json = dict[str, Any]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
_ERRORS = ("broken-import", "missing-module", "second-definition")
"""The kinds that break something; the others are warnings."""
_IN_SOURCE = "keep"
"""The suppression that stands as a comment in the code itself."""


def sarif_report(
    findings: Iterable[tuple[Concern, Sequence[Location]]],
    suppressed: Iterable[Concern] = (),
    unreadable: Iterable[tuple[str, str]] = (),
) -> str:
    """One run with every finding as a result, suppressed ones marked as such.

    Each finding comes with the places at which it is to be shown; the first is its location, all
    others that it has are related locations. Files that could not be read are notifications.
    """
    results = [_result(finding, shown_at) for finding, shown_at in findings]
    results += [_result(finding, ()) for finding in suppressed]
    driver = {
        "name": "consolidate",
        "version": __version__,
        "rules": [_rule(kind, name) for kind, name in KINDS.items()],
    }
    notifications = [_notification(path, reason) for path, reason in unreadable]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rule(kind: type[Concern], name: str) -> Json:
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": WORDINGS[kind].meaning},
        "defaultConfiguration": {"level": _level(name)},
    }


def _level(rule: str) -> str:
    return "error" if rule in _ERRORS else "warning"


def _result(finding: Concern, shown_at: Sequence[Location]) -> Json:
    everywhere = list(dict.fromkeys([*shown_at, *places(finding)]))
    rule = KINDS[type(finding)]
    result: Json = {
        "ruleId": rule,
        "ruleIndex": list(KINDS.values()).index(rule),
        "level": "note" if is_namesake(finding) else _level(rule),
        "message": {"text": message(finding)},
        "locations": [_location(place) for place in everywhere[:1]],
        "relatedLocations": [
            _location(place) | {"id": number} for number, place in enumerate(everywhere[1:], 1)
        ],
        "partialFingerprints": {"consolidate/v1": fingerprint(finding)},
    }
    if finding.suppression is not None:
        why = finding.suppression
        kind = "inSource" if why.name == _IN_SOURCE else "external"
        result["suppressions"] = [{"kind": kind, "justification": f"{why.name}: {why.reason}"}]
    return result


def _location(place: Location) -> Json:
    region: Json = {"startLine": max(place.line, 1)}
    if place.text:
        region["snippet"] = {"text": place.text}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> Json:
    """The file as a URI; bytes of its name that are no ASCII are escaped."""
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _notification(path: str, reason: str) -> Json:
    return {
        "level": "warning",
        "message": {"text": f"{path} could not be read: {reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
    }
