"""A plan as one change: what is done, refused, outdated, left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import plant

from consolidator.errors import Refusal, UsageError
from consolidator.pipeline.batch import BatchPreview, preview_plan
from consolidator.plan import MoveOptions
from consolidator.plan.document import parse_plan
from consolidator.workspace import Workspace

FILES = {
    "app/__init__.py": "",
    "app/base.py": "class Base: kind = 1; other = 2\n\n\nx = 1; Base.extra = x\n",
    "app/sub.py": "from app.base import Base\n\n\nclass Sub(Base):\n    pass\n",
    "app/free.py": "class Free:\n    pass\n",
    "lib/__init__.py": "",
}
PLAN = """
[[move]]
id = "sub"
names = ["Sub"]
from = "app.sub"
to = "lib.models"

[[move]]
id = "base"
names = ["Base"]
from = "app.base"
to = "lib.models"

[[move]]
names = ["Free"]
from = "app.free"
to = "lib.free"
"""


def preview(root: Path, plan: str, **given: object) -> BatchPreview:
    workspace = Workspace.open(plant(root / "project", FILES))
    return preview_plan(
        workspace,
        parse_plan(plan),
        MoveOptions(),
        use_cache=False,
        **given,  # type: ignore[arg-type]
    )


def statuses(found: BatchPreview) -> dict[str, str]:
    return {result.label: result.status for result in found.results}


def test_what_rests_on_a_refused_entry_is_left_out(tmp_path: Path) -> None:
    found = preview(tmp_path, PLAN)
    assert statuses(found) == {"base": "refused", "sub": "left out", "move-3": "done"}
    assert {change.path for change in found.changes} == {"app/free.py", "lib/free.py"}
    codes = [problem.code for result in found.refused for problem in result.problems]
    assert codes == ["shared-line", "plan-rests-on"]


def test_all_or_nothing_refuses_with_every_reason(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        preview(tmp_path, PLAN, all_or_nothing=True)
    assert [p.code for p in refused.value.problems] == ["shared-line", "plan-rests-on"]


def test_only_and_skip_go_by_id_or_number(tmp_path: Path) -> None:
    assert statuses(preview(tmp_path, PLAN, only=["move-3"])) == {"move-3": "done"}
    assert "move-3" not in statuses(preview(tmp_path, PLAN, skip=["move-3"]))
    with pytest.raises(UsageError):
        preview(tmp_path, PLAN, only=["nothing"])


def test_an_entry_for_other_code_is_outdated_alone(tmp_path: Path) -> None:
    plan = PLAN.replace('names = ["Free"]', 'names = ["Free"]\nfingerprint = "000000000000"')
    assert statuses(preview(tmp_path, plan))["move-3"] == "outdated"


def test_what_is_done_is_recognised_whatever_its_fingerprint(tmp_path: Path) -> None:
    plan = '[[move]]\nnames = ["Free"]\nfrom = "app.sub"\nto = "app.free"\nfingerprint = "0"\n'
    assert statuses(preview(tmp_path, plan)) == {"move-1": "done already"}


def test_a_name_that_is_not_there_is_told_and_ends_nothing(tmp_path: Path) -> None:
    plan = '[[move]]\nnames = ["Gone"]\nfrom = "app.sub"\nto = "lib.x"\n' + PLAN
    found = preview(tmp_path, plan)
    assert statuses(found)["move-1"] == "refused"
    assert statuses(found)["move-4"] == "done"
