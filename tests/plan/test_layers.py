"""The layer rules that a project has already."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import plant

from consolidator.plan.layers import read_layers

INI = """
    [importlinter]
    root_package = app
    [importlinter:contract:one]
    name = Layered
    type = layers
    containers = app
    layers =
        web | (cli)
        domain
        store
    ignore_imports =
        app.store.* -> app.domain.events
    [importlinter:contract:two]
    name = No plugins
    type = forbidden
    source_modules = app.**
    forbidden_modules = plugins
    [importlinter:contract:three]
    name = Apart
    type = independence
    modules =
        app.store.a
        app.store.b
    [importlinter:contract:four]
    name = Guarded
    type = protected
    protected_modules = secret
    allowed_importers = app.web
"""
TOML = """
    [tool.importlinter]
    root_package = "app"
    [[tool.importlinter.contracts]]
    name = "Layered"
    type = "layers"
    layers = ["app.web | app.cli", "app.domain", "app.store"]
    ignore_imports = ["app.store.* -> app.domain.events"]
"""


@pytest.mark.parametrize(
    ("file", "text"), [(".importlinter", INI), ("setup.cfg", INI), ("pyproject.toml", TOML)]
)
@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("app.web.views", "app.domain.model", None),
        ("app.domain.model", "app.web.views", "Layered"),
        ("app.store", "app.web", "Layered"),
        ("app.web.views", "app.cli.run", "Layered"),
        ("app.web.views", "app.web.forms", None),
        ("app.store.sql", "app.domain.events", None),
        ("app.store.sql", "app.domain.other", "Layered"),
        ("tests.web", "app.web", None),
        ("app.website", "app.cli", None),
    ],
)
def test_import_linter_layers(
    tmp_path: Path, file: str, text: str, importer: str, imported: str, contract: str | None
) -> None:
    assert read_layers(plant(tmp_path, {file: text})).broken_by(importer, imported) == contract


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("app.web", "plugins.x", "No plugins"),
        ("app.store.a.deep", "app.store.b", "Apart"),
        ("app.store.a.deep", "app.store.a.other", None),
        ("app.domain", "secret.inner", "Guarded"),
        ("app.web.views", "secret", None),
        ("secret.inner", "secret.other", None),
    ],
)
def test_other_contracts(
    tmp_path: Path, importer: str, imported: str, contract: str | None
) -> None:
    assert read_layers(plant(tmp_path, {".importlinter": INI})).broken_by(importer, imported) == (
        contract
    )


TACH = """
    layers = ["ui", "core"]
    [[modules]]
    path = "shop.ui"
    layer = "ui"
    [[modules]]
    path = "shop.core"
    layer = "core"
    [[modules]]
    path = "shop.pay"
    depends_on = ["shop.core", { path = "shop.log", deprecated = true }]
    [[modules]]
    path = "shop.log"
    depends_on = []
    [[modules]]
    path = "shop.util"
    utility = true
"""


@pytest.mark.parametrize(
    ("importer", "imported", "is_broken"),
    [
        ("shop.ui.page", "shop.core.model", False),
        ("shop.core.model", "shop.ui.page", True),
        ("shop.pay.card", "shop.core.model", False),
        ("shop.pay.card", "shop.log", False),
        ("shop.pay.card", "shop.ui.page", True),
        ("shop.log", "shop.pay", True),
        ("shop.log", "shop.util.text", False),
        ("shop.log.a", "shop.log.b", False),
        ("shop.log", "elsewhere", False),
    ],
)
def test_tach(tmp_path: Path, importer: str, imported: str, is_broken: bool) -> None:
    rules = read_layers(plant(tmp_path, {"tach.toml": TACH}))
    assert rules.broken_by(importer, imported) == ("tach.toml" if is_broken else None)


def test_no_rules(tmp_path: Path) -> None:
    rules = read_layers(tmp_path)
    assert rules.broken_by("a", "b") is None and not rules.unreadable


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("tach.toml", "modules = 3"),
        ("tach.toml", "[["),
        (".importlinter", "no section"),
        ("pyproject.toml", "[tool.importlinter]\ncontracts = [1]"),
    ],
)
def test_unreadable_rules_are_said(tmp_path: Path, file: str, text: str) -> None:
    rules = read_layers(plant(tmp_path, {file: text}))
    assert rules.unreadable[0].startswith(file)
