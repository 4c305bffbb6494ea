"""The one option of the test suite: `pytest --update` rewrites what the cases expect."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--update`."""
    parser.addoption(
        "--update",
        action="store_true",
        help="write what happens into fixtures/ as the expectation; read the diff afterwards",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse `--update` where nobody reads the diff."""
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("--update rewrites expectations: never in CI")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten."""
    return bool(request.config.getoption("--update"))
