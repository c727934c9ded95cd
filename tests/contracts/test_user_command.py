"""`gateway user` on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.user import user
from gateway.domain.people import Role
from gateway.domain.signing import Passkey
from gateway.errors import NotFound, SettingsError
from tests.fakes.real_desk import PASSWORD, RealDesk, real_desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "home"
    monkeypatch.delenv("GATEWAY_TEST_HOME")  # the tests' own, which the command would not know
    monkeypatch.setenv("GATEWAY_HOME", str(home))
    monkeypatch.setenv("GATEWAY_DATABASE_URL", database_url)
    with real_desk(database_url, home) as made:
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(user, words)


def kinds(desk: RealDesk) -> list[str]:
    return [one.entry.kind for one in desk.store.record.entries("demo")]


def test_a_lost_second_factor_is_taken_away_and_that_is_in_the_record(desk: RealDesk) -> None:
    mo, now = desk.people["demo", Role.MODERATOR], datetime.now(UTC)
    token = desk.store.sessions.enter("demo", mo.id, now)
    desk.store.sessions.factors.new_codes(mo, now)
    done = run("reset-factor", mo.id, "--organisation", "demo")
    assert done.exit_code == 0 and "signed out everywhere" in done.output
    held = desk.store.sessions.factors.held(mo)
    assert not held.enrolled and held.codes_left == 0
    assert desk.store.sessions.session(str(token), now) is None
    assert kinds(desk)[-1] == "factor.reset"
    again = desk.store.sessions.sign_in(mo.mailboxes[0], PASSWORD, now)
    assert again and not desk.store.sessions.session(again, now).enrolled  # type: ignore[union-attr]


def test_only_that_person_in_that_organisation_is_reset(desk: RealDesk) -> None:
    run("reset-factor", "moderator", "--organisation", "demo")
    for organisation, role in (("other", Role.MODERATOR), ("demo", Role.AUDITOR)):
        assert desk.store.sessions.factors.held(desk.people[organisation, role]).enrolled


@pytest.mark.parametrize(("who", "fault"), [("nobody", NotFound), ("tara", SettingsError)])
def test_who_has_no_desk_has_no_factor_to_reset(desk: RealDesk, who: str, fault: type[Exception]) -> None:
    before = kinds(desk)
    done = run("reset-factor", who, "--organisation", "demo")
    assert isinstance(done.exception, fault) and kinds(desk) == before


def test_a_new_password_leaves_the_second_factor_and_ends_the_sessions(desk: RealDesk) -> None:
    mo, now = desk.people["demo", Role.MODERATOR], datetime.now(UTC)
    token = desk.store.sessions.enter("demo", mo.id, now)
    assert run("password", mo.id, "--organisation", "demo").exit_code == 0
    assert desk.store.sessions.session(str(token), now) is None
    assert desk.store.sessions.factors.held(mo).enrolled


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_auditors_and_operators_are_added_with_a_sign_in(desk: RealDesk, role: str) -> None:
    words = ("--role", role, "--given", "Ava", "--mailbox", "ava@org.test", "--organisation", "demo")
    done = run("add", "ava", *words)
    assert done.exit_code == 0, done.output
    password = done.output.split("password ")[1].split()[0]
    token = desk.store.sessions.sign_in("ava@org.test", password, datetime.now(UTC))
    assert token is not None
    assert "ava" not in {one.id for one in desk.store.directory.deciders("demo")}


def test_a_passkey_of_somebody_reset_opens_nothing(desk: RealDesk) -> None:
    run("reset-factor", "moderator", "--organisation", "demo")
    key = Passkey("demo-moderator", "demo", "moderator", "key", b"x", b"y", 0, datetime.now(UTC))
    assert desk.store.sessions.factors.passkey(b"demo-moderator") is None
    assert not desk.store.sessions.factors.use_passkey(key, b"challenge", 1, datetime.now(UTC))
