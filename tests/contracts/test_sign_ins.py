"""Sessions and second factors on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from sqlalchemy import select

from gateway.domain.people import Role, Standing
from gateway.domain.signing import Means, Passkey
from gateway.store import passwords, schema, schema_signing
from gateway.store.desk_users import add_desk_user
from tests.fakes.sql import NOW, family_roster

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "heron weir lantern"
STEP = timedelta(seconds=30)


def code_at(at, secret=SECRET):
    return pyotp.TOTP(secret).at(at)


@pytest.fixture
def desk(family_store):
    for address, role in (("mo@org.test", Role.MODERATOR), ("ada@org.test", Role.ADMINISTRATOR)):
        add_desk_user(
            family_store.engine, family_store.vault, "demo",
            address=address, role=role, password=PASSWORD, given="Somebody",
        )  # fmt: skip
    return family_store


@pytest.fixture
def mo(desk):
    return desk.directory.person("demo", "mo")


@pytest.fixture
def ada(desk):
    return next(one for one in desk.directory.deciders("demo") if one.role is Role.ADMINISTRATOR)


def kinds(desk):
    return [one.entry.kind for one in desk.record.entries("demo")]


def passkey(person, number=1):
    return Passkey(
        f"key{number}",
        person.organisation_id,
        person.id,
        "Blue key",
        b"credential%d" % number,
        b"cose",
        0,
        NOW,
    )


def test_a_password_alone_is_not_enough_for_who_holds_a_second_factor(desk, mo):
    assert desk.sessions.session(desk.sessions.sign_in("mo@org.test", PASSWORD, NOW), NOW).complete
    assert desk.sessions.factors.put_app(mo, SECRET, code_at(NOW), NOW)
    token = desk.sessions.sign_in("mo@org.test", PASSWORD, NOW, "Firefox on Linux")
    half = desk.sessions.session(token, NOW)
    assert (half.complete, half.enrolled, half.device) == (False, True, "Firefox on Linux")
    whole = desk.sessions.session(desk.sessions.prove(token, Means.APP, NOW), NOW)
    assert (whole.complete, whole.id, whole.means) == (True, half.id, Means.APP)
    assert desk.sessions.session(token, NOW) is None


def test_the_same_work_is_done_for_nobody_as_for_somebody(desk, mo, monkeypatch):
    """One argon2, whoever is asked for: how long it takes must not tell who has an account."""
    done = []

    class Counting:
        def verify(self, kept, password):
            done.append(kept[:9])
            return real.verify(kept, password)

    real = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())
    for address in ("mo@org.test", "nobody@org.test", "ruth@family.test", "tara.okafor@relay.test", ""):
        assert desk.sessions.sign_in(address, "wrong words here", NOW) is None
        assert not desk.sessions.is_password(replace(mo, id=address), "wrong words here")
    assert done == ["$argon2id"] * 10


def test_an_address_that_is_vouched_for_still_owes_the_second_factor(desk, mo):
    assert desk.sessions.sign_in_verified("demo", "nobody@org.test", NOW) is None
    assert desk.sessions.sign_in_verified("demo", "ruth@family.test", NOW) is None
    assert desk.sessions.sign_in_verified("other", "mo@org.test", NOW) is None, (
        "another's word counts nothing"
    )
    assert desk.sessions.session(desk.sessions.sign_in_verified("demo", "Mo@org.test", NOW), NOW).complete
    desk.sessions.factors.put_passkey(passkey(mo))
    assert not desk.sessions.session(desk.sessions.sign_in_verified("demo", "mo@org.test", NOW), NOW).complete


def test_a_password_waits_ten_minutes_for_its_second_factor(desk, mo):
    desk.sessions.factors.put_app(mo, SECRET, code_at(NOW), NOW)
    token = desk.sessions.sign_in("mo@org.test", PASSWORD, NOW)
    assert desk.sessions.session(token, NOW + timedelta(minutes=9)) is not None
    assert desk.sessions.session(token, NOW + timedelta(minutes=10)) is None
    assert desk.sessions.prove(token, Means.APP, NOW + timedelta(minutes=10)) is None


def test_a_proof_is_fresh_for_ten_minutes_and_can_be_renewed(desk):
    token = desk.sessions.sign_in("mo@org.test", PASSWORD, NOW)
    later = NOW + timedelta(minutes=10)
    assert desk.sessions.session(token, NOW + timedelta(minutes=9)).fresh(NOW + timedelta(minutes=9))
    assert not desk.sessions.session(token, later).fresh(later)
    again = desk.sessions.prove(token, Means.PASSWORD, later)
    assert desk.sessions.session(again, later).fresh(later)
    assert desk.sessions.session(again, later).signed_in_at == NOW  # ten hours are still ten hours


def test_a_code_of_the_app_works_once_and_one_step_around(desk, mo):
    factors = desk.sessions.factors
    assert not factors.use_app(mo, code_at(NOW), NOW)
    assert not factors.put_app(mo, SECRET, "000000", NOW)
    assert factors.put_app(mo, SECRET, code_at(NOW), NOW)
    assert not factors.use_app(mo, code_at(NOW), NOW), "the code it was set up with is used up"
    later = NOW + timedelta(minutes=5)
    assert not factors.use_app(mo, code_at(later - 2 * STEP), later)
    assert not factors.use_app(mo, code_at(later + 2 * STEP), later)
    assert factors.use_app(mo, code_at(later - STEP), later)
    assert factors.use_app(mo, code_at(later + STEP), later)
    assert not factors.use_app(mo, code_at(later), later), "an earlier step than one that was used"
    for wrong in ("", "abc", "12345", "\u0661\u0662\u0663\u0664\u0665\u0666", "1" * 400):
        assert not factors.use_app(mo, wrong, later + 10 * STEP)
    spaced = code_at(later + 20 * STEP)
    assert factors.use_app(mo, f"{spaced[:3]} {spaced[3:]}", later + 20 * STEP)


def test_of_two_who_send_the_same_code_at_once_one_is_let_in(desk, mo):
    desk.sessions.factors.put_app(mo, SECRET, code_at(NOW), NOW)
    at = NOW + timedelta(minutes=1)
    told, start = [], Barrier(4)

    def run():
        start.wait()
        told.append(desk.sessions.factors.use_app(mo, code_at(at), at))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, False, False, True]


def test_ten_recovery_codes_each_once_and_only_their_owner_s(desk, mo, ada):
    factors = desk.sessions.factors
    codes = factors.new_codes(mo, NOW)
    assert len(set(codes)) == 10 and all(len(code) == 14 for code in codes)
    assert factors.held(mo).codes_left == 10 and not factors.held(mo).enrolled
    assert factors.are_codes(mo, codes) and not factors.are_codes(ada, codes)
    assert not factors.use_code(ada, codes[0], NOW)
    assert factors.use_code(mo, f" {codes[0].upper().replace('-', ' ')} ", NOW)
    assert not factors.use_code(mo, codes[0], NOW)
    assert not factors.are_codes(mo, codes) and factors.held(mo).codes_left == 9
    fresh = factors.new_codes(mo, NOW)
    assert not factors.use_code(mo, codes[1], NOW) and factors.use_code(mo, fresh[1], NOW)
    assert not factors.use_code(mo, "", NOW)


def test_a_passkey_is_found_by_its_credential_and_a_challenge_is_good_once(desk, mo):
    factors, key = desk.sessions.factors, passkey(mo)
    assert factors.put_passkey(key) and not factors.put_passkey(replace(key, id="again"))
    assert factors.passkey(b"credential1") == key and factors.passkey(b"other") is None
    assert factors.use_passkey(key, b"challenge", 7, NOW)
    assert not factors.use_passkey(key, b"challenge", 8, NOW)
    used = factors.passkey(b"credential1")
    assert (used.sign_count, used.used_at) == (7, NOW)


def test_nobody_removes_or_ends_what_is_another_s(desk, mo, ada):
    sessions = desk.sessions
    sessions.factors.put_passkey(passkey(mo))
    token = sessions.sign_in("mo@org.test", PASSWORD, NOW)
    sessions.factors.drop_passkey(ada, "key1", NOW)
    sessions.end(ada, sessions.session(token, NOW).id, NOW)
    sessions.end_others(ada, "", NOW)
    assert sessions.factors.held(mo).passkeys and sessions.session(token, NOW) is not None
    foreign = replace(mo, organisation_id="other")
    sessions.end(foreign, sessions.session(token, NOW).id, NOW)
    assert sessions.of(foreign, NOW) == [] and sessions.session(token, NOW) is not None


def test_sessions_are_listed_and_ended_one_or_all_but_this(desk, mo):
    sessions = desk.sessions
    tokens = [sessions.sign_in("mo@org.test", PASSWORD, NOW + n * STEP, f"browser {n}") for n in range(3)]
    at = NOW + timedelta(minutes=2)
    assert [one.device for one in sessions.of(mo, at)] == ["browser 2", "browser 1", "browser 0"]
    sessions.end(mo, sessions.session(tokens[1], at).id, at)
    assert sessions.session(tokens[1], at) is None and len(sessions.of(mo, at)) == 2
    sessions.end_others(mo, tokens[0], at)
    assert [one.device for one in sessions.of(mo, at)] == ["browser 0"]


def test_a_new_password_ends_the_other_sessions(desk, mo):
    sessions = desk.sessions
    here, there = (sessions.sign_in("mo@org.test", PASSWORD, NOW) for _ in range(2))
    assert sessions.is_password(mo, PASSWORD) and not sessions.is_password(mo, "wrong")
    sessions.change_password(mo, "a wholly new password", here, NOW)
    assert sessions.session(here, NOW) is not None and sessions.session(there, NOW) is None
    assert sessions.sign_in("mo@org.test", PASSWORD, NOW) is None
    assert sessions.sign_in("mo@org.test", "a wholly new password", NOW) is not None


def test_a_reset_takes_every_factor_and_every_session(desk, mo, ada):
    factors = desk.sessions.factors
    factors.put_app(mo, SECRET, code_at(NOW), NOW)
    factors.put_passkey(passkey(mo))
    factors.new_codes(mo, NOW)
    factors.put_passkey(passkey(ada, 2))
    token = desk.sessions.sign_in("mo@org.test", PASSWORD, NOW)
    factors.reset(mo, NOW)
    held = factors.held(mo)
    assert (held.app_since, held.passkeys, held.codes_left) == (None, (), 0)
    assert desk.sessions.session(token, NOW) is None
    assert factors.held(ada).passkeys
    assert kinds(desk)[-1] == "factor.reset"


def test_whoever_was_suspended_or_has_no_desk_is_out_with_passkey_too(desk, mo):
    assert desk.sessions.enter("demo", "tara", NOW) is None
    token = desk.sessions.enter("demo", "mo", NOW)
    assert desk.sessions.session(token, NOW).complete
    roster = family_roster()
    gone = replace(roster.people[3], standing=Standing.SUSPENDED)
    desk.bring_in(replace(roster, people=(gone,), passwords={}))
    assert desk.sessions.enter("demo", "mo", NOW) is None and desk.sessions.session(token, NOW) is None


def test_what_happens_to_sign_ins_is_in_the_record(desk, mo):
    factors = desk.sessions.factors
    before = len(kinds(desk))
    factors.put_app(mo, SECRET, code_at(NOW), NOW)
    codes = factors.new_codes(mo, NOW)
    token = desk.sessions.sign_in("mo@org.test", PASSWORD, NOW)
    token = desk.sessions.prove(token, Means.APP, NOW)
    desk.sessions.prove(token, Means.APP, NOW)
    factors.use_code(mo, codes[0], NOW)
    factors.put_passkey(passkey(mo))
    factors.drop_passkey(mo, "key1", NOW)
    factors.drop_passkey(mo, "key1", NOW)
    factors.drop_app(mo, NOW)
    assert kinds(desk)[before:] == [
        "factor.added",
        "recovery_codes.made",
        "desk.signed_in",
        "desk.confirmed",
        "recovery_code.used",
        "factor.added",
        "factor.removed",
        "factor.removed",
    ]
    assert desk.record.verify("demo")[1] is None


def test_no_secret_code_or_name_stands_in_the_database(desk, mo):
    factors = desk.sessions.factors
    factors.put_app(mo, SECRET, code_at(NOW), NOW)
    codes = factors.new_codes(mo, NOW)
    factors.put_passkey(passkey(mo))
    tables = (schema.desk_session, schema.record_entry, *schema_signing.metadata.sorted_tables)
    with desk.engine.connect() as connection:
        kept = repr(
            [connection.execute(select(table)).all() for table in tables if "procrastinate" not in table.name]
        )
    for secret in (SECRET, "Blue key", *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in kept
