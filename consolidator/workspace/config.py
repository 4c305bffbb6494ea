"""The project's settings: `[tool.consolidate]` in pyproject.toml, checked by pydantic."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from consolidator.errors import UsageError
from consolidator.workspace.ignore import read_patterns

DEFAULT_COMMENT = "# {name} {kind} moved to {target} to maintain SSOT"
COMMENT_FIELDS = ("name", "kind", "source", "target")


def load_config(root: Path) -> Config:
    """Read the settings of the project at `root`; the defaults when it has none.

    Raises `UsageError`, naming the file and the key, for malformed TOML, for an unknown key and
    for a value that makes no sense.
    """
    path = root / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    tool = document.get("tool", {})
    settings = tool.get("consolidate", {}) if isinstance(tool, dict) else {}
    if not isinstance(settings, dict):
        raise UsageError(f"{path}: [tool.consolidate] must be a table")
    for key in settings:
        if "_" in key and key.replace("_", "-") in _known_keys():
            raise UsageError(f"{path}: write {key.replace('_', '-')!r} for {key!r}")
    try:
        config = Config.model_validate(settings)
    except ValidationError as error:
        raise UsageError(_explain(path, error)) from None
    for directory in config.roots:
        if not (root / directory).is_dir():
            raise UsageError(f"{path}: {directory!r} in 'roots' is not a directory")
    return config


class Config(BaseModel):
    """What `[tool.consolidate]` can say; its keys are written with hyphens in the file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    roots: tuple[str, ...] = Field(default=(), strict=False)
    exclude: tuple[str, ...] = Field(default=(), strict=False)
    comment: str = DEFAULT_COMMENT
    leave_behind: Literal["import", "lazy", "none"] = "import"
    leave_behind_place: Literal["class", "imports"] = "class"
    helpers: Literal["auto", "travel", "lazy"] = "auto"
    strings: Literal["list", "rewrite"] = "list"
    accept: tuple[str, ...] = Field(default=(), strict=False)
    homes: dict[str, str] = Field(default_factory=dict)
    """Where classes belong: the module by the name of the class (or `module:Class`)."""
    services: tuple[str, ...] = Field(default=(), strict=False)
    """Directories that must not import each other; found by their deployment files if empty."""
    suppress: tuple[str, ...] = Field(default=(), strict=False)
    """Files whose findings are not reported, as patterns of .gitignore."""

    @field_validator("roots", mode="after")
    @classmethod
    def _inside_the_project(cls, roots: tuple[str, ...]) -> tuple[str, ...]:
        for directory in roots:
            parts = directory.replace("\\", "/").split("/")
            if ".." in parts or directory.startswith(("/", "\\")) or ":" in directory:
                raise ValueError(f"{directory!r} is not a directory inside the project")
        return roots

    @field_validator("exclude", mode="after")
    @classmethod
    def _can_be_read(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        if patterns:
            read_patterns(patterns)
        return patterns

    @field_validator("comment", mode="after")
    @classmethod
    def _is_a_comment(cls, template: str) -> str:
        return check_comment(template)


def check_comment(template: str) -> str:
    """Return the leave-behind comment template if it can be used; `ValueError` says why not.

    It may hold `{name}`, `{kind}` and `{target}`; every line of it must be a Python
    comment; an empty template means no comment.
    """
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"the comment template cannot be read: {error}") from None
    for _, field, spec, conversion in fields:
        if field is not None and (field not in COMMENT_FIELDS or spec or conversion):
            known = ", ".join(f"{{{name}}}" for name in COMMENT_FIELDS)
            raise ValueError(f"the comment template may hold {known} only, not {{{field}}}")
    if any(not line.startswith("#") for line in template.splitlines()):
        raise ValueError("every line of the comment template must start with '#'")
    return template


def _explain(path: Path, error: ValidationError) -> str:
    return "; ".join(_explain_one(path, dict(entry)) for entry in error.errors())


def _explain_one(path: Path, entry: dict[str, Any]) -> str:
    key = str(entry["loc"][0]) if entry["loc"] else "tool.consolidate"
    if entry["type"] == "extra_forbidden":
        known = ", ".join(_known_keys())
        return f"{path}: unknown key {key!r} in [tool.consolidate] (known: {known})"
    return f"{path}: {key!r} in [tool.consolidate]: {entry['msg']}"


def _known_keys() -> list[str]:
    return sorted(str(field.alias) for field in Config.model_fields.values())
