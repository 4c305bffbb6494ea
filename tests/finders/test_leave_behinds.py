"""Leave-behinds: how they are known, and what keeps them alive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from planted_scene import planted_scene

from consolidator.finders.findings import ExpiredLeaveBehind
from consolidator.finders.leave_behinds import find_expired_leave_behinds, leave_behinds

COMMENT = "# Invoice class moved to shop.billing to maintain SSOT\n"
LEFT = f"{COMMENT}from shop.billing import Invoice\n"
LAZY = f"""{COMMENT}def __getattr__(name: str) -> object:
    if name == "Invoice":
        from shop.billing import Invoice

        return Invoice
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
"""
SHOP = {"shop/__init__.py": "", "shop/billing.py": "class Invoice: ...\n"}


def found(root: Path, files: Mapping[str, str | bytes]) -> list[ExpiredLeaveBehind]:
    return list(find_expired_leave_behinds(planted_scene(root, {**SHOP, **files})))


@pytest.mark.parametrize(
    "text",
    [
        LEFT,
        LAZY,
        f"import os\n\n\n{LEFT}\n\ndef f(): ...\n",
        f"{COMMENT}from .billing import Invoice  # noqa: F401\n",
        f"{COMMENT}from shop.billing import (\n    Invoice,\n)\n",
        LEFT.replace("\n", "\r\n"),
    ],
)
def test_one_that_nobody_needs(tmp_path: Path, text: str) -> None:
    (one,) = found(tmp_path, {"shop/orders.py": text.encode()})
    assert (str(one.qualified), one.target) == ("shop.orders.Invoice", "shop.billing")
    assert one.location.path == "shop/orders.py"
    assert text.replace("\r", "").split("\n")[one.location.line - 1] == COMMENT.strip()
    assert one.suppression is None


def test_the_configured_comment(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.consolidate]\ncomment = "# {target} has {name} now\\n# since 2"\n',
        "shop/orders.py": "# shop.billing has Invoice now\n# since 2\n"
        "from shop.billing import Invoice\n",
    }
    (one,) = found(tmp_path, files)
    assert one.location.line == 1


def test_a_leave_behind_under_another_name(tmp_path: Path) -> None:
    text = f"{COMMENT}from shop.billing import Invoice as Bill\n"
    (one,) = found(tmp_path, {"shop/orders.py": text})
    assert str(one.qualified) == "shop.orders.Bill"


@pytest.mark.parametrize(
    "text",
    [
        "from shop.billing import Invoice\n",
        f"{COMMENT}from shop.other import Invoice\n",
        f"{COMMENT}\nfrom shop.billing import Invoice\n",
        f"text = '''\n{LEFT}'''\n",
    ],
)
def test_what_is_none(tmp_path: Path, text: str) -> None:
    files = {**SHOP, "shop/orders.py": text, "shop/other.py": ""}
    assert leave_behinds(planted_scene(tmp_path, files)) == ()


@pytest.mark.parametrize(
    "files",
    [
        {"use.py": "from shop.orders import Invoice\n"},
        {"shop/use.py": "def f():\n    from .orders import Invoice as I\n"},
        {"use.py": "from shop.orders import *\n"},
        {"use.py": "import shop.orders\nshop.orders.Invoice()\n"},
        {"use.py": "from shop import orders as o\no.Invoice()\n"},
        {"use.py": "import importlib\norders = importlib.import_module('shop.orders')\n"}
        | {"late.py": "from use import orders\norders.Invoice()\n"},
        {"use.py": "from shop import orders\ngetattr(orders, 'Invoice')\n"},
        {"tests/test_a.py": "patch('shop.orders.Invoice')\n"},
        {"pyproject.toml": '[project.entry-points.x]\ny = "shop.orders:Invoice"\n'},
        {"docs/index.rst": ".. autoclass:: shop.orders.Invoice\n"},
        {"use.pyi": "from shop.orders import Invoice\n"},
        {"broken.py": "from shop.orders import Invoice\ndef (\n"},
        {"shop/orders.py": f"{LEFT}\n\nclass Bill(Invoice): ...\n"},
        {"shop/orders.py": f"def f() -> 'Invoice': ...\n\n\n{LEFT}"},
    ],
)
def test_what_keeps_it_alive(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert found(tmp_path, {"shop/orders.py": LEFT, **files}) == []


@pytest.mark.parametrize(
    "files",
    [
        {"use.py": "from shop.billing import Invoice\nInvoice()\n"},
        {"use.py": "from shop import orders\nprint(orders.other)\n"},
        {"use.py": "print('Invoices: shop.orders.InvoiceLine')\n"},
        {"shop/orders.py": f"{LEFT}\n\n# Invoice\nx = 'An Invoice here'\n"},
    ],
)
def test_what_does_not(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert len(found(tmp_path, {"shop/orders.py": LEFT, **files})) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/orders/__init__.py", LEFT),
        ("shop/orders.py", f"__all__ = ['Invoice']\n{LEFT}"),
    ],
)
def test_what_others_may_know_is_suppressed(tmp_path: Path, path: str, text: str) -> None:
    (one,) = found(tmp_path, {path: text})
    assert one.suppression is not None and one.suppression.name == "public-name"
