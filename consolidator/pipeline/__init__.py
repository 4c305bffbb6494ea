"""The wiring: from a command to a change of the tree. The public Python API."""

from consolidator.pipeline.moving import preview_move
from consolidator.pipeline.preview import Preview, execute, open_workspace

__all__ = ["Preview", "execute", "open_workspace", "preview_move"]
