"""The command line, one command a file; the only part that knows typer."""

from consolidator.cli.app import app, main, run_cli
from consolidator.cli.common import DONE, FINDINGS, REFUSED, USAGE

__all__ = ["DONE", "FINDINGS", "REFUSED", "USAGE", "app", "main", "run_cli"]
