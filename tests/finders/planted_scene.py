"""Little projects as finders see them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from small_tree import opened

from consolidator.finders.scene import Scene
from consolidator.index.outlining import outline_all


def planted_scene(root: Path, files: Mapping[str, str | bytes]) -> Scene:
    """The scene of a project that holds exactly these files."""
    index = opened(root, files)
    return Scene(index, outline_all(index))
