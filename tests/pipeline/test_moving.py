"""`pipeline.moving`: what a caller learns while a move is worked out."""

from __future__ import annotations

from pathlib import Path

from consolidator.pipeline import preview_move
from consolidator.plan import MoveOptions
from consolidator.workspace import Workspace


def test_progress_is_told_of_each_way(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class C:\n    pass\n")
    (tmp_path / "b.py").write_text("from a import C\n\n\ndef f():\n    return C\n")
    told: list[tuple[str, int]] = []
    preview = preview_move(
        Workspace.open(tmp_path),
        ["C"],
        "b",
        None,
        MoveOptions(),
        use_cache=False,
        progress=lambda what, done, total: told.append((what, done)),
    )
    assert preview.changes
    assert told[0] == ("ways to move C", 0)
    assert [done for _, done in told] == list(range(len(told)))
