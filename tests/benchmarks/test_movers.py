"""What the benchmark asks the tool for is what the tool understands."""

from __future__ import annotations

from pathlib import Path

from benchmarks.movers import plan_of
from benchmarks.sample import Move, Step
from consolidator.plan.document import load_plan

CART = Step("Cart", "shop.carts", "shop/carts.py", "shop.goods", "shop/goods.py")
BATCH = Move("shop", 0, "Order", "shop.models", "shop/models.py", "shop.orders", "shop/orders.py",
             "batch", (CART,))  # fmt: skip


def test_a_batch_is_a_plan_with_an_entry_for_each_step(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(plan_of(BATCH))

    plan = load_plan(tmp_path / "plan.toml")

    assert [(each.names, each.to) for each in plan.move] == [
        (("shop.models:Order",), "shop.orders"),
        (("shop.carts:Cart",), "shop.goods"),
    ]


def test_what_was_not_carried_out_is_left_out() -> None:
    assert BATCH.without([0]).steps == (CART,)
    assert BATCH.without([1]).steps == BATCH.steps[:1]
    assert BATCH.without(()) == BATCH
