"""The gate: what is wrong in a project and was not before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from consolidator.errors import UsageError
from consolidator.finders.baseline import (
    Baseline,
    Comparison,
    baseline_of,
    compare,
    dumped,
    loaded,
)
from consolidator.finders.finders import find_all, order
from consolidator.finders.findings import Concern, Findings
from consolidator.finders.gate import minded, relapses
from consolidator.finders.places import is_below
from consolidator.index.simulation import deep_recursion
from consolidator.pipeline.scanning import survey_scene
from consolidator.workspace import Workspace
from consolidator.workspace.git_tree import write_commit


@dataclass(frozen=True)
class Verdict:
    """What a gate has to say."""

    findings: Findings
    minded: tuple[Concern, ...]
    """The findings that a gate minds, and relapses, all of them."""
    comparison: Comparison


def check(
    workspace: Workspace,
    baseline: Baseline,
    paths: Collection[str] = (),
    *,
    use_cache: bool = True,
) -> Verdict:
    """Hold a project against a baseline; nothing of it is run or written.

    With `paths` (relative to the root) only what is new in these files and directories counts.
    """
    findings, concerns = _minded(workspace, use_cache)
    comparison = compare(concerns, baseline)
    if paths:
        new = tuple(
            news
            for news in comparison.new
            if any(is_below(place.path, paths) for place in news.places)
        )
        comparison = Comparison(new, comparison.known, comparison.stale)
    return Verdict(findings, concerns, comparison)


def _minded(workspace: Workspace, use_cache: bool) -> tuple[Findings, tuple[Concern, ...]]:
    with deep_recursion():
        scene = survey_scene(workspace, use_cache=use_cache)
        findings = find_all(scene)
        concerns: list[Concern] = [f for f in findings.found if minded(f)]
        concerns += relapses(scene, findings)
        scene.index.cache.save()
    return findings, tuple(sorted(concerns, key=order))


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file; `UsageError` when it cannot be read or is none."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; --update-baseline makes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    return loaded(text, str(path))


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline to a file; `UsageError` when that cannot be done."""
    try:
        path.write_text(dumped(baseline), "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error}") from None


def baseline_of_ref(root: Path, ref: str, *, use_cache: bool = True) -> Baseline:
    """What a gate would mind in the tree of a git ref; nothing of it is run.

    Raises `UsageError` when git does not know the ref.
    """
    with TemporaryDirectory(prefix="consolidate-") as temporary:
        # The name of the directory can tell what the package in it is called.
        directory = Path(temporary) / root.absolute().name
        directory.mkdir()
        listed = write_commit(root, ref, directory)
        _, concerns = _minded(Workspace.open(directory, listed), use_cache)
    return baseline_of(concerns)
