"""Earlier mails are found by every id that one of the pair knows them under, and in that pair alone."""

from dataclasses import replace
from datetime import timedelta

from gateway.domain.dispatch import Settlement
from gateway.domain.message import Channel
from gateway.store import schema
from gateway.store.vault import Vault
from tests.fakes.sql import NOW, PAIR, arrival, home_circle, passed, refused

ORIGINAL = "<lesson-1@laptop.test>"


def keep(store, make=passed, original=ORIGINAL, **more):
    one = arrival(**more)
    judged = replace(make(one), original_message_id=original)
    store.ledger.keep(one, judged, home_circle(store)).result(timeout=20)
    return one.envelope.id


def ours(message_id: str) -> str:
    return f"<{message_id}.0123456789abcdef@relay.test>"


def found(store, *ids, pair=PAIR):
    return store.ledger.earlier([(pair, ids)]).get(pair, ())


def test_a_mail_is_found_by_its_own_id_and_by_ours(family_store):
    message_id = keep(family_store)
    (earlier,) = found(family_store, ORIGINAL)
    assert (earlier.message_id, earlier.sender_id, earlier.original) == (message_id, "tara", ORIGINAL)
    assert earlier.holders == {"ruth", "jamie"}
    assert found(family_store, ours(message_id)) == (earlier,)
    assert found(family_store, ours(message_id), ORIGINAL, "<x@y>") == (earlier,)


def test_an_id_means_nothing_in_another_pair(family_store):
    message_id = keep(family_store)
    assert found(family_store, ORIGINAL, ours(message_id), pair="other") == ()
    assert found(family_store, ours("f" * 32), "<stranger@mail.test>") == ()


def test_nothing_is_asked_when_nothing_is_named(family_store):
    assert family_store.ledger.earlier([]) == {}
    assert family_store.ledger.earlier([(PAIR, ())]) == {}


def test_only_who_was_sent_a_copy_holds_one(family_store):
    keep(family_store, refused)
    assert [one.holders for one in found(family_store, ORIGINAL)] == [frozenset()]
    keep(family_store, at=NOW + timedelta(minutes=1))
    (ruth,) = family_store.outbox.claim(1, NOW + timedelta(minutes=2))
    family_store.outbox.settle([Settlement(ruth, sent=False, at=NOW, code=550)])
    newest, oldest = found(family_store, ORIGINAL)
    assert (newest.holders, oldest.holders) == (frozenset(), frozenset())


def test_the_newest_mail_with_an_id_comes_first(family_store):
    first = keep(family_store)
    second = keep(family_store, at=NOW + timedelta(minutes=1))
    assert [one.message_id for one in found(family_store, ORIGINAL)] == [second, first]


def test_a_mail_without_an_id_is_found_by_ours(family_store):
    message_id = keep(family_store, original="", channel=Channel.EMAIL)
    (earlier,) = found(family_store, ours(message_id))
    assert earlier.original == ""


def test_a_mail_whose_key_was_destroyed_is_passed_over_and_hinders_no_other(family_store):
    keep(family_store)
    with family_store.engine.begin() as connection:
        connection.execute(schema.data_key.delete().where(schema.data_key.c.family == "pupil:jamie"))
    family_store.ledger._vault = Vault(family_store.engine, bytes(range(32)))
    assert found(family_store, ORIGINAL) == ()
