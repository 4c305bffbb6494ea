"""Benchmarks of `consolidate` on real packages; see the module docstrings for the commands."""
