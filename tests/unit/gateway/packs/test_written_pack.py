"""The pack of docs/write_a_pack.md, put together from the page as a reader would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import packs
from gateway.domain.policy import Policy, Then
from gateway.packs import examples
from gateway.settings import config_folder

PAGE = Path(__file__).parents[4] / "docs" / "write_a_pack.md"
BLOCK = re.compile(r"<!-- (?:file|more): (\S+) -->\n```yaml\n(.*?)```\n", re.S)


@pytest.fixture
def written(tmp_path: Path) -> Policy:
    """The page's pack, all its parts in one file."""
    for name, text in BLOCK.findall(PAGE.read_text("utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + text + "\n")
    return packs.load(packs.shelf(tmp_path, config_folder()), "brightwater")


def test_the_smallest_pack_of_the_page_is_right_by_itself(tmp_path: Path) -> None:
    first = dict(reversed(BLOCK.findall(PAGE.read_text("utf-8"))))
    for name in ("clauses/brightwater.yaml", "policies/brightwater.yaml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(first[name])
    assert packs.load(packs.shelf(tmp_path, config_folder()), "brightwater").adopts == ("brightwater", "dft")


def test_every_clause_of_the_page_is_enforced_or_says_why_not(written: Policy) -> None:
    cited = {clause for clauses in written.cited.values() for clause in clauses}
    own = [one for one in written.clauses.values() if one.source == "brightwater"]
    assert len(own) == 10
    assert [one.id for one in own if (one.id not in cited) != bool(one.why)] == []


def test_the_page_s_choices_are_in_force(written: Policy) -> None:
    watches = {one.name: one for one in written.watches}
    assert watches["gift_declaration"].then is Then.HOLD, "as the setting says"
    assert "drive you home" in watches["lift"].phrases
    assert written.rules["operating_hours"].clause == "BWT-5"
    assert written.rules["contact_details"].say, "what the page leaves out is the default pack's"
    assert written.reports["concern"].to == "head_of_care"


def test_the_page_s_examples_fit_its_pack(written: Policy, tmp_path: Path) -> None:
    assert len(examples.load(tmp_path / "examples" / "brightwater.yaml", written).examples) == 5


def test_every_command_of_the_page_is_one_that_is_there() -> None:
    from gateway.cli.policy import policy

    named = set(re.findall(r"gateway policy (\w+)", PAGE.read_text("utf-8")))
    assert named - set(policy.commands) <= {"diff", "publish", "approve", "shadow", "backtest"}
