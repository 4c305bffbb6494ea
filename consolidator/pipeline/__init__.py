"""The wiring: from a command to a change of the tree. The public Python API.

Each name is imported when it is asked for: a scan has no use for what moves classes.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consolidator.pipeline.moving import preview_move
    from consolidator.pipeline.preview import Preview, execute, open_workspace

__all__ = ["Preview", "execute", "open_workspace", "preview_move"]

_MODULES = {
    "Preview": "preview",
    "execute": "preview",
    "open_workspace": "preview",
    "preview_move": "moving",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
