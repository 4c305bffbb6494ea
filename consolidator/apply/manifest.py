"""What the journal knows of one transaction: the manifest, as it is stored."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

VERSION: Literal[1] = 1


class State(StrEnum):
    """How far a transaction has come."""

    PREPARED = "prepared"
    """Contents are saved; no file of the project has been replaced."""
    APPLYING = "applying"
    """Files are being replaced; found in a journal at rest, it means interrupted."""
    DONE = "done"
    ROLLED_BACK = "rolled-back"


def is_inside(path: str) -> bool:
    """Whether a path relative to the root names something below it, and nothing of git or ours."""
    parts = path.split("/")
    return (
        "\0" not in path
        and not (os.name == "nt" and ("\\" in path or ":" in path))
        and not any(part in ("", ".", "..") for part in parts)
        and not any(part.lower() in (".git", ".consolidate") for part in parts)
    )


def _must_be_inside(path: str) -> str:
    if not is_inside(path):
        raise ValueError("the path leads out of the project")
    return path


TreePath = Annotated[str, AfterValidator(_must_be_inside)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Stored):
    """One file of a transaction: hashes of its bytes before and after, `None` for no file.

    `mode` holds the permission bits that the file had before or, when it is created, shall have.
    """

    path: TreePath
    before: Digest | None
    after: Digest | None
    mode: Annotated[int, Field(ge=0, le=0o7777)] | None


class Manifest(_Stored):
    """One transaction: its files in the order in which they are replaced.

    `root` is relative to the work tree that the journal belongs to. `made` are the directories that
    come with the transaction, parents first, and `left` those to remove when it empties them.
    """

    version: Literal[1] = VERSION
    id: Annotated[str, Field(pattern=r"^[0-9]{8}T[0-9]{12}-[0-9a-f]{8}$")]
    title: str
    date: str
    root: TreePath | Literal["."]
    state: State
    undoes: str | None = None
    files: tuple[Entry, ...]
    made: tuple[TreePath, ...] = ()
    left: tuple[TreePath, ...] = ()

    def at(self, state: State) -> Manifest:
        """The same transaction, that far along."""
        return self.model_copy(update={"state": state})


def digest(data: bytes | None) -> str | None:
    """The hash under which contents are recorded; `None` for no file."""
    return None if data is None else sha256(data).hexdigest()


def dump(manifest: Manifest) -> bytes:
    """The manifest as stored: JSON, indented, in ASCII."""
    return json.dumps(manifest.model_dump(mode="json"), indent=1).encode() + b"\n"


def load(data: bytes) -> Manifest:
    """The stored manifest; `ValueError` with the first thing that is wrong with it."""
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from error
