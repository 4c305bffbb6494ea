"""The JSON report of a scan: versioned, stable and complete."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from consolidator.errors import Location
from consolidator.finders.findings import (
    BrokenImport,
    Candidate,
    Concern,
    Definer,
    Duplicate,
    ExpiredLeaveBehind,
    Findings,
    Fit,
    MemberDifference,
    Misplaced,
    MissingModule,
    SecondDefinition,
    Site,
    ThroughLeaveBehind,
)
from consolidator.finders.fingerprint import identify
from consolidator.finders.places import spelled

VERSION = 1

Json = dict[str, Any]


def findings_report(findings: Findings) -> str:
    """Everything that a scan found, suppressed findings apart, each with all of its evidence."""
    report = {
        "version": VERSION,
        "counts": dict(findings.counts),
        "findings": [finding_json(finding) for finding in findings.found],
        "suppressed": [finding_json(finding) for finding in findings.suppressed],
        "unreadable": unreadable_json(findings.unreadable),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def unreadable_json(unreadable: Iterable[tuple[str, str]]) -> list[Json]:
    """The files that could not be read."""
    return [{"file": path, "reason": reason} for path, reason in unreadable]


def finding_json(finding: Concern) -> Json:
    """One finding as JSON values: what it is, its fingerprint and its evidence."""
    identity = identify(finding)
    why = finding.suppression
    return {
        "kind": identity.kind,
        "name": identity.name,
        "fingerprint": identity.fingerprint,
        **_evidence(finding),
        "suppression": None if why is None else {"name": why.name, "reason": why.reason},
    }


def _evidence(finding: Concern) -> Json:
    match finding:
        case BrokenImport():
            return {
                "asked": {"module": finding.asked.module, "name": finding.asked.name},
                "answer": finding.answer,
                "candidates": _candidates(finding.candidates),
                "sites": _sites(finding.sites),
            }
        case MissingModule():
            return {
                "module": finding.module,
                "names": list(finding.names),
                "namesake": finding.namesake,
                "namesakes": list(finding.namesakes),
                "candidates": {name: _candidates(known) for name, known in finding.candidates},
                "sites": _sites(finding.sites),
            }
        case Duplicate():
            return {
                "relation": finding.relation,
                "is_schema": finding.is_schema,
                "copies": [_definer(copy) for copy in finding.copies],
                "differences": [_difference(item) for item in finding.differences],
            }
        case Misplaced():
            return {
                "reason": finding.reason,
                "definition": _definer(finding.definer),
                "expected": list(finding.expected),
                "sites": _sites(finding.sites),
            }
        case ExpiredLeaveBehind():
            return {"target": finding.target, "location": location_json(finding.location)}
        case SecondDefinition():
            return {
                "home": finding.home,
                "definition": _definer(finding.definer),
                "why": finding.why,
            }
        case ThroughLeaveBehind():
            return {
                "target": finding.target,
                "location": location_json(finding.location),
                "sites": _sites(finding.sites),
            }


def location_json(location: Location) -> Json:
    """A place: file relative to the root, 1-based line, the line's text."""
    return {"file": location.path, "line": location.line, "text": location.text}


def _definer(definer: Definer) -> Json:
    return {
        "name": spelled(definer),
        "kind": definer.kind,
        "file": definer.path,
        "first_line": definer.first_line,
        "last_line": definer.last_line,
    }


def _candidates(candidates: Iterable[Candidate]) -> list[Json]:
    return [_definer(each.definer) | {"fit": _fit(each.fit)} for each in candidates]


def _fit(fit: Fit) -> Json:
    misfits = [
        {"location": location_json(misfit.location), "use": misfit.use, "why": misfit.why}
        for misfit in fit.misfits
    ]
    return {
        "verdict": fit.verdict,
        "checked": fit.checked,
        "misfits": misfits,
        "unknown": fit.unknown,
    }


def _sites(sites: Iterable[Site]) -> list[Json]:
    return [
        location_json(site.location)
        | {
            "importer": site.importer,
            "bound": site.bound,
            "deferred": site.is_deferred,
            "typing_only": site.is_typing_only,
            "guarded": site.is_guarded,
            "used": site.is_used,
        }
        for site in sites
    ]


def _difference(difference: MemberDifference) -> Json:
    values = {f"{name.module}:{name.name}": text for name, text in difference.values}
    return {"member": difference.member, "values": values}
