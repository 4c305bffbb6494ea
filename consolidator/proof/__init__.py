"""The proof: what must hold of the tree after a move, held against the tree before."""

from consolidator.proof.obligations import prove

__all__ = ["prove"]
