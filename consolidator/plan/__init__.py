"""What a person decides on: which definitions move where, and how."""

from consolidator.plan.move import Move, MoveOptions

__all__ = ["Move", "MoveOptions"]
