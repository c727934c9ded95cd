"""The policy in force changes with its files, and never looser without a second person."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gateway import packs
from gateway.domain.people import Organisation, Role
from gateway.domain.release import LIVE, SHADOW, WAITING
from gateway.errors import Forbidden, NotFound, PolicyError
from gateway.settings import config_folder
from gateway.store.policies import SqlPolicies
from gateway.wiring import policies as module
from gateway.wiring.policies import Policies, release_of, shelf_of

SITE = """\
pack: site
extends: default
name: Riverside
edition: 1
settings:
  gifts: hold
  profanity_to_pupil: block
"""
OURS = Organisation("demo", "Demo Tutors", "relay.test", "site")
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Site:
    """A site's folder with a pack of its own, and the policies read from it."""

    def __init__(self, home: Path, engine) -> None:
        self.file = home / "policies" / "site.yaml"
        self.file.parent.mkdir()
        self.home, self.releases = home, SqlPolicies(engine)
        self.alarms: list[str] = []
        self.stamps = count(1)
        self.write(SITE)
        self.policies = self.started()

    def started(self) -> Policies:
        """As another process would have it."""
        told = self.alarms
        return Policies(
            shelf_of(self.home, config_folder()),
            self.releases,
            lambda _, task: told.append(task.kind),
            lambda: NOW,
        )

    def write(self, text: str) -> None:
        self.file.write_text(text)
        stamp = 1_700_000_000 + next(self.stamps)
        os.utime(self.file, (stamp, stamp))

    def gifts(self) -> object:
        return self.policies.of(OURS).settings["gifts"]


@pytest.fixture
def site(tmp_path: Path, family_store, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    return Site(tmp_path, family_store.engine)


def test_the_first_policy_is_in_force_and_kept(site: Site) -> None:
    assert site.gifts() == "hold"
    live = site.releases.in_state("demo", LIVE)
    assert live is not None and live.version == site.policies.of(OURS).version


def test_a_stricter_file_comes_into_force_by_itself(site: Site) -> None:
    before = site.policies.of(OURS).version
    site.write(SITE + "  unsolicited_contact: hold\n")
    assert site.policies.of(OURS).settings["unsolicited_contact"] == "hold"
    assert {one.version: one.state for one in site.releases.history("demo")}[before] == "retired"
    assert site.alarms == []


def test_a_looser_file_waits_for_a_second_person(site: Site) -> None:
    site.gifts()
    site.write(SITE.replace("gifts: hold", "gifts: record"))
    assert site.gifts() == "hold"
    assert site.gifts() == "hold"
    assert site.alarms == ["policy_waits"], "told once"
    (waiting,) = [one for one in site.releases.history("demo") if one.state == WAITING]
    assert (
        waiting.loosens == ("settings.gifts", "watch.gift_declaration") or "settings.gifts" in waiting.loosens
    )
    with pytest.raises(Forbidden):
        site.releases.approve("demo", waiting.version, "ada", "", NOW)  # nobody has put a name to it
    with pytest.raises(NotFound):
        site.releases.approve("other", waiting.version, "ada", "", NOW)


def test_its_author_cannot_approve_it_and_somebody_else_can(site: Site) -> None:
    site.gifts()
    site.write(SITE.replace("gifts: hold", "gifts: record"))
    site.gifts()
    (waiting,) = [one for one in site.releases.history("demo") if one.state == WAITING]
    draft = packs.load(shelf_of(site.home, config_folder()), "site")
    site.releases.enter("demo", release_of(draft, WAITING, waiting.loosens, "ada"), NOW)
    with pytest.raises(Forbidden):
        site.releases.approve("demo", waiting.version, "ada", "", NOW)
    site.releases.approve("demo", waiting.version, "ben", "agreed in March", NOW)
    assert site.gifts() == "record"


def test_a_looser_file_waits_also_over_a_restart(site: Site) -> None:
    site.gifts()
    site.write(SITE.replace("gifts: hold", "gifts: record"))
    site.policies = site.started()
    assert site.gifts() == "hold"


@pytest.mark.parametrize("text", ["", SITE[:30], "pack: [", SITE.replace("gifts: hold", "gifts: hodl")])
def test_half_a_file_leaves_the_old_policy_and_raises_an_alarm(site: Site, text: str) -> None:
    before = site.policies.of(OURS)
    site.write(text)
    assert site.policies.of(OURS) == before
    assert site.alarms == ["policy_unreadable"]
    site.policies = site.started()
    assert site.policies.of(OURS) == before, "also for a process that starts now"
    site.write(SITE)
    assert site.policies.of(OURS) == before


def test_a_change_waits_for_the_role_that_approves(site: Site) -> None:
    with_approver = SITE + "  policy_review: {cadence: termly, approver: dsl}\n"
    site.write(with_approver)
    in_force = site.policies.of(OURS)
    assert in_force.may_approve(Role.SAFEGUARDING_LEAD) and not in_force.may_approve(Role.MODERATOR)
    stricter = with_approver + "  unsolicited_contact: hold\n"
    site.write(stricter)
    assert site.policies.of(OURS) == in_force, "it loosens nothing, and waits all the same"
    (waiting,) = [one for one in site.releases.history("demo") if one.state == WAITING]
    assert waiting.loosens == () and site.alarms == ["policy_waits"]
    draft = packs.load(shelf_of(site.home, config_folder()), "site")
    site.releases.enter("demo", release_of(draft, WAITING, (), "ada"), NOW)
    site.releases.approve("demo", waiting.version, "ben", "", NOW)
    assert site.policies.of(OURS).settings["unsolicited_contact"] == "hold"


def test_a_site_that_never_had_a_right_policy_does_not_start(site: Site) -> None:
    site.write("pack: [")
    with pytest.raises(PolicyError):
        site.started().of(OURS)


def test_a_shadow_runs_beside_it_until_it_is_ended(site: Site) -> None:
    live = site.policies.of(OURS)
    assert site.policies.shadow_of(OURS) is None
    draft = packs.load(config_folder(), "vto")
    site.releases.enter("demo", release_of(draft, SHADOW, author="ada"), NOW)
    assert site.policies.shadow_of(OURS) == draft
    assert site.policies.of(OURS) == live
    site.releases.end_shadow("demo")
    assert site.policies.shadow_of(OURS) is None
