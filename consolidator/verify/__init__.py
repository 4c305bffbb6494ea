"""Checks that run the project's code, on a copy of the tree, and only when asked for by name."""

from consolidator.verify.checks import Check, CheckResult, Failure, verify

__all__ = ["Check", "CheckResult", "Failure", "verify"]
