"""What other distributions a project says that it needs."""

from __future__ import annotations

import re

from consolidator.errors import Refusal
from consolidator.finders.scene import Scene

_FILES = re.compile(
    r"(?:.*/)?(?:pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|[\w.-]*requirements[\w.-]*\.(?:txt|in)"
    r"|requirements/[\w.-]+\.(?:txt|in)|environment\.ya?ml)"
)
_NAMED = re.compile(
    r"(?:^|[\s\"'(\[])([A-Za-z][\w.-]*)[ \t]*(?:\[[\w, -]*\])?[ \t]*(?:[<>=~!;@\"',\s]|$)"
)


def is_required(scene: Scene, top: str) -> bool:
    """Whether the project requires a distribution that may provide the top-level package.

    `google-cloud-storage` may provide `google`.
    """
    wanted = _normal(top)
    return any(
        name == wanted or name.startswith(f"{wanted}-") for name in scene.once(_named_distributions)
    )


def _named_distributions(scene: Scene) -> frozenset[str]:
    """Whatever in the requirements may be the name of a distribution, in its normal form."""
    workspace = scene.index.workspace
    paths = [
        *workspace.text_paths(),
        *(path for path in scene.outlines if path.endswith("setup.py")),
    ]
    found: set[str] = set()
    for path in filter(_FILES.fullmatch, paths):
        try:
            text = workspace.file(path).text
        except Refusal:
            continue
        found.update(map(_normal, _NAMED.findall(text)))
    return frozenset(found)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
