"""The proof: what must hold of the tree after a move, held against the tree before."""

from __future__ import annotations

from consolidator.edits.draft import Draft


def prove(draft: Draft) -> None:
    """Raise `Refusal` unless every obligation holds."""
    _ = draft
