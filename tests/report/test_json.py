"""The JSON report."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from small_tree import drafted

from consolidator.errors import Location, Problem
from consolidator.report.json import move_report, reference_counts
from consolidator.workspace.changes import FileChange

FILES = {
    "src.py": "def _h(): pass\n\n\nclass C:\n    f = _h\n",
    "dst.py": "",
    "use.py": "from src import C\n",
}


def test_everything(tmp_path: Path) -> None:
    draft = drafted(tmp_path, FILES, "C")
    changes = [FileChange("a.py", b"x", None), FileChange("b.py", None, b"y")]
    problems = [
        Problem("not-read", "é", Location("a.py", 2, "line"), "look", "warning"),
        Problem("locked", "m"),
    ]
    text = move_report("done", [draft], changes, problems, {"move": 0.123456}, "t1")
    report = json.loads(text)
    assert "é" in text
    assert [(m["name"], m["asked"], m["from"], m["to"]) for m in report["moves"]] == [
        ("_h", False, "src", "dst"),
        ("C", True, "src", "dst"),
    ]
    assert [m["reason"] for m in report["moves"]] == [
        "it is needed as soon as the definition runs",
        "asked for",
    ]
    digest = hashlib.sha256(b"x").hexdigest()
    assert report["edits"][0] == {"file": "a.py", "before": digest, "after": None}
    assert report["edits"][1]["before"] is None
    assert report["problems"][0]["location"] == {"file": "a.py", "line": 2, "text": "line"}
    assert report["problems"][0]["severity"] == "warning"
    assert report["problems"][1]["location"] is None
    assert report["references"][0]["file"] == "use.py"
    assert report["references"][0]["rewritten"] is True
    assert (report["timings"], report["transaction"]) == ({"move": 0.1235}, "t1")
    assert sum(reference_counts(draft.references).values()) == len(report["references"])


def test_nothing() -> None:
    report = json.loads(move_report("nothing to do", [], [], [], {}))
    assert report["version"] == 1
    assert report["moves"] == report["edits"] == report["problems"] == []
