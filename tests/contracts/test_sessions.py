"""Desk sign-ins and platform keys on a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.domain.people import Role, Standing
from gateway.errors import NotFound, SettingsError
from gateway.store import schema
from gateway.store.desk_users import add_desk_user
from tests.fakes.sql import NOW, family_roster

MINUTES = timedelta(minutes=1)


def who(desk, token, at):
    """The person of a session that lets somebody in, None for any other token."""
    session = desk.sessions.session(token, at)
    return session.person if session and session.complete else None


@pytest.fixture
def desk(family_store):
    add_desk_user(
        family_store.engine,
        family_store.vault,
        "demo",
        address="mo@org.test",
        role=Role.MODERATOR,
        password="heron weir",
    )
    return family_store


def test_somebody_the_roster_knows_keeps_their_id_and_name(desk):
    token = desk.sessions.sign_in("Mo@Org.test", "heron weir", NOW)
    assert who(desk, token, NOW) == desk.directory.person("demo", "mo")


def test_a_new_desk_user_is_added_to_the_directory(desk):
    made = add_desk_user(
        desk.engine,
        desk.vault,
        "demo",
        address="ada@org.test",
        role=Role.ADMINISTRATOR,
        password="x",
        given="Ada",
        family="Lind",
    )
    token = desk.sessions.sign_in("ada@org.test", "x", NOW)
    assert who(desk, token, NOW) == made == desk.directory.person("demo", made.id)


def test_a_wrong_word_an_unknown_address_and_a_family_are_turned_away_alike(desk):
    assert desk.sessions.sign_in("mo@org.test", "wrong", NOW) is None
    assert desk.sessions.sign_in("nobody@org.test", "heron weir", NOW) is None
    assert desk.sessions.sign_in("ruth@family.test", "heron weir", NOW) is None
    assert desk.sessions.sign_in("", "", NOW) is None


def test_a_session_ends_after_half_an_hour_idle_and_ten_hours_at_most(desk):
    token = desk.sessions.sign_in("mo@org.test", "heron weir", NOW)
    assert who(desk, token, NOW + 29 * MINUTES) is not None
    assert who(desk, token, NOW + 58 * MINUTES) is not None  # touched, so not idle
    assert who(desk, token, NOW + 89 * MINUTES) is None
    token, at = desk.sessions.sign_in("mo@org.test", "heron weir", NOW), NOW
    while at < NOW + timedelta(hours=10) - 20 * MINUTES:
        at += 20 * MINUTES
        assert (who(desk, token, at) is not None) is (at < NOW + timedelta(hours=10))
    assert who(desk, token, NOW + timedelta(hours=10)) is None


def test_a_revoked_or_invented_token_is_nobody(desk):
    token = desk.sessions.sign_in("mo@org.test", "heron weir", NOW)
    other = desk.sessions.sign_in("mo@org.test", "heron weir", NOW)
    desk.sessions.revoke(token, NOW)
    desk.sessions.revoke("tgs_nothing", NOW)
    assert who(desk, token, NOW) is None
    assert who(desk, other, NOW) is not None
    assert who(desk, "", NOW) is None
    desk.sessions.revoke_all(desk.directory.person("demo", "mo"), NOW)
    assert who(desk, other, NOW) is None


def test_a_suspended_moderator_is_out_at_once(desk):
    token = desk.sessions.sign_in("mo@org.test", "heron weir", NOW)
    roster = family_roster()
    mo = replace(roster.people[3], standing=Standing.SUSPENDED)
    desk.bring_in(replace(roster, people=(mo,), passwords={}))
    assert who(desk, token, NOW) is None
    assert desk.sessions.sign_in("mo@org.test", "heron weir", NOW) is None


def test_a_roster_may_bring_desk_passwords(store):
    roster = family_roster()
    store.bring_in(replace(roster, passwords={"mo": "heron weir"}))
    assert store.sessions.sign_in("mo@org.test", "heron weir", NOW) is not None


def test_only_desk_roles_of_known_organisations_are_added(desk):
    def add(organisation_id, role):
        add_desk_user(desk.engine, desk.vault, organisation_id, address="x@org.test", role=role, password="x")

    with pytest.raises(SettingsError):
        add("demo", Role.TUTOR)
    with pytest.raises(NotFound):
        add("other", Role.MODERATOR)


def test_tokens_and_keys_are_not_in_the_database(desk):
    token = desk.sessions.sign_in("mo@org.test", "heron weir", NOW)
    key = desk.keys.mint_api_key("demo", "lesson site")
    with desk.engine.connect() as connection:
        kept = repr(connection.execute(select(schema.desk_session)).all())
        kept += repr(connection.execute(select(schema.api_key)).all())
    assert token not in kept
    assert key not in kept


def test_a_key_opens_its_organisation_until_it_is_revoked(desk):
    key = desk.keys.mint_api_key("demo", "lesson site")
    assert key.startswith("tgk_")
    assert desk.keys.organisation_of(key).id == "demo"
    assert desk.keys.organisation_of(key).id == "demo"
    assert desk.keys.organisation_of(key.upper()) is None
    assert desk.keys.organisation_of("") is None
    desk.keys.revoke(key)
    assert desk.keys.organisation_of(key) is None
    with pytest.raises(NotFound):
        desk.keys.mint_api_key("other", "x")
