"""What is past its time goes, and what something keeps stays: sealed, hold, case, ordinary (DFT-11)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from classifiers.finding import Finding, Kind, Layer
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Copy, Settlement
from gateway.domain.hold import HoldKind
from gateway.domain.matter import Tie, TieKind
from gateway.domain.message import Channel
from gateway.domain.policy import Overlay
from gateway.domain.verdict import Lane
from gateway.errors import Forbidden, NotFound, Stale
from gateway.hold.expiry import expiry_of
from gateway.store.vault import Vault
from gateway.wiring.on_call import Nights
from tests.fakes.office_desk import AT, held_case, people_the_desk
from tests.fakes.sql import MASTER_KEY, PAIR, SECRET_WORDS, arrival, home_circle, passed, plain_policy

OLD, DAYS = AT - timedelta(days=400), 365


@pytest.fixture
def work(store):
    people_the_desk(store)
    return store.casework


def sent(store, at=OLD):
    """A message that passed, all of its copies delivered."""
    one = arrival(at=at)
    store.ledger.keep(one, passed(one), home_circle(store)).result(timeout=20)
    while found := store.outbox.claim(10, AT):
        store.outbox.settle([Settlement(each, sent=True, at=AT, code=250) for each in found])
    return one.envelope.id


def decided(store, lane=Lane.REVIEW):
    case = held_case(store, at=OLD, lane=lane)
    store.docket.settle(
        case, Decision(case.id, 1, Action.REJECT, "mo", "not for him", "DFT-01", "no"), (), OLD
    )
    return case


def is_left(store, message_id):
    return bool(store.docket.arrival("demo", message_id).raw)


def run(work, dry=False, days=DAYS):
    done = work.retention.run("demo", days, AT, "gateway", dry)
    return done.erased, dict(done.kept)


def test_the_strongest_reason_keeps_a_message(store, work):
    ordinary, young = sent(store), sent(store, AT - timedelta(days=364))
    sealed, waiting, closed = decided(store, Lane.SEALED), held_case(store, at=OLD), decided(store)
    on_hold, in_file = sent(store), sent(store)
    work.holds.place("demo", HoldKind.MESSAGE, on_hold, "the council asked", "lea", AT)
    work.holds.place("demo", HoldKind.MESSAGE, sealed.message_id, "the council asked", "lea", AT)
    file = work.matters.open("demo", "A file", False, "lea", AT)
    work.matters.tie("demo", file.id, Tie(TieKind.MESSAGE, in_file, "lea", AT))
    expected = (2, {"sealed": 1, "case": 2, "legal_hold": 1})
    assert run(work, dry=True) == expected
    assert is_left(store, ordinary)
    assert run(work) == expected
    for one in (young, sealed.message_id, waiting.message_id, on_hold, in_file):
        assert is_left(store, one)
    assert not is_left(store, ordinary) and not is_left(store, closed.message_id)
    assert run(work) == (0, {"sealed": 1, "case": 2, "legal_hold": 1})


def test_nothing_of_an_erased_message_is_left_but_the_record(store, work):
    one, closed = sent(store), decided(store)
    before = list(store.record.entries("demo"))
    run(work)
    assert store.docket.findings("demo", closed.message_id) == ()
    assert store.docket.verdict("demo", one).ruled == ()
    assert store.docket.headings("demo", [one])[one].subject == ""
    ((_, made),) = store.docket.decisions("demo", closed.id)
    assert (made.reason, made.say) == ("not for him", "")
    with store.engine.connect() as connection:
        query = text("SELECT octet_length(content), octet_length(address) FROM dispatch")
        assert {row[0] for row in connection.execute(query)} == {45}
    assert list(store.record.entries("demo"))[: len(before)] == before
    assert store.record.verify("demo")[1] is None
    last = list(store.record.entries("demo"))[-1].entry
    assert (last.kind, last.detail["erased"]) == ("retention.ran", 2)
    assert [(r.erased, r.days) for r in work.retention.runs("demo")] == [(2, DAYS)]


def test_a_hold_on_a_pair_or_a_file_keeps_all_of_it_until_released(store, work):
    sent(store)
    held = work.holds.place("demo", HoldKind.PAIR, PAIR, "the council asked", "lea", AT)
    assert run(work) == (0, {"legal_hold": 1})
    work.holds.release("demo", held.id, "the council is done", "lea", AT)
    file = work.matters.open("demo", "A file", False, "lea", AT)
    work.matters.tie("demo", file.id, Tie(TieKind.PAIR, PAIR, "lea", AT))
    assert run(work) == (0, {"case": 1})
    again = work.holds.place("demo", HoldKind.MATTER, file.id, "the police asked", "lea", AT)
    assert run(work) == (0, {"legal_hold": 1})
    with pytest.raises(Stale):
        work.holds.place("demo", HoldKind.MATTER, file.id, "twice", "lea", AT)
    assert [one.reason for one in work.holds.holds("demo")] == ["the police asked"]
    assert {one.released_by for one in work.holds.holds("demo", released_too=True)} == {"", "lea"}
    work.holds.release("demo", again.id, "over", "lea", AT)
    with pytest.raises(Stale):
        work.holds.release("demo", again.id, "over", "lea", AT)


def test_a_copy_that_still_waits_keeps_its_message(store, work):
    one = arrival(at=OLD)
    store.ledger.keep(one, passed(one), home_circle(store)).result(timeout=20)
    assert run(work) == (0, {"delivery": 1})


def test_another_organisation_s_are_neither_held_nor_erased(store, work):
    one = sent(store)
    with pytest.raises(NotFound):
        work.holds.place("other", HoldKind.MESSAGE, one, "x y z", "otto", AT)
    mine = work.holds.place("demo", HoldKind.MESSAGE, one, "x y z", "lea", AT)
    with pytest.raises(NotFound):
        work.holds.release("other", mine.id, "x y z", "otto", AT)
    assert work.retention.run("other", 1, AT, "gateway").erased == 0
    assert work.holds.holds("other") == []


def test_a_family_s_key_goes_only_when_nothing_has_to_be_kept(store, work):
    one, sealed = sent(store, AT), decided(store, Lane.SEALED)
    with pytest.raises(Forbidden):
        work.retention.erase_family("demo", "jamie", "request 12", "lea", AT)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE pair SET open = false"))
    done = work.retention.erase_family("demo", "jamie", "request 12", "lea", AT)
    assert (done.erased, done.kept, done.key_destroyed) == (1, {"sealed": 1}, False)
    assert not is_left(store, one) and is_left(store, sealed.message_id)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET lane = 'review'"))
    done = work.retention.erase_family("demo", "jamie", "request 12", "lea", AT)
    assert (done.erased, done.kept, done.key_destroyed) == (1, {}, True)
    with store.engine.connect() as connection:
        query = text("SELECT count(*) FROM data_key WHERE family = 'pupil:jamie'")
        assert connection.execute(query).scalar_one() == 0
    store.docket._vault = Vault(store.engine, MASTER_KEY)
    assert not is_left(store, one) and SECRET_WORDS  # the page of an erased message still opens
    with pytest.raises(NotFound):
        work.retention.erase_family("demo", "nobody", "request 13", "lea", AT)


PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
PICTURE = (
    b"From: tara.okafor@relay.test\r\nSubject: %b\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
    b"His certificate.\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=a.png\r\n\r\n" + PIXEL + b"\r\n--b--\r\n"
)


def carrying(store, category, at, number=0):
    """A message that was delivered, with what a detector saw in it."""
    raw = PICTURE.replace(b"%b", b"Number %d" % number)
    one = arrival(at=at, raw=raw)
    seen = Finding(Kind.MATTER, category, Layer.TEXT, 0, 3, 0.9)
    out = (Copy("ruth", Channel.EMAIL, "ruth@family.test", "back@relay.test", raw),)
    judged = replace(passed(one, out), findings=(seen,))
    store.ledger.keep(one, judged, home_circle(store)).result(timeout=20)
    while found := store.outbox.claim(10, AT):
        store.outbox.settle([Settlement(each, sent=True, at=AT, code=250) for each in found])
    return one.envelope.id


def copy_of(store, message_id):
    (letter,) = [one for one in store.correspondence.letters("demo", "ruth") if one.message_id == message_id]
    return letter.content


def under(**settings):
    return replace(plain_policy(), settings=settings)


def test_the_night_does_what_the_settings_say(store, work, monkeypatch):
    monday, tuesday = AT - timedelta(days=8), AT - timedelta(days=7)  # six and five working days ago
    with_picture = carrying(store, "image_of_pupil", monday), carrying(store, "image_reuse", tuesday, 1)
    recording = carrying(store, "recording_shared", AT - timedelta(days=120), 2)
    sent(store, AT - timedelta(days=200))
    night = Nights(store)

    def done(**settings):
        monkeypatch.setattr(store.directory, "policy_of", lambda _: under(**settings))
        return night.retain(AT), night.sample(AT)

    assert done(retention_images_working_days=6) == (0, 0)
    assert all(PIXEL in store.docket.arrival("demo", one).raw for one in with_picture)
    assert done(retention_images_working_days=5) == (1, 0)
    assert [PIXEL in store.docket.arrival("demo", one).raw for one in with_picture] == [False, True]
    assert done(retention_recordings={"storage_days": 125}, retention_images_working_days=9) == (0, 0)
    assert done(retention_recordings={"storage_days": 119}, retention_images_working_days=9) == (1, 0)
    assert not is_left(store, recording)
    assert done(retention_messages_days=201, retention_images_working_days=9) == (0, 0)
    assert done(retention_messages_days=199, retention_images_working_days=9) == (1, 0)
    assert done(retention_images_working_days=9, sampling_duty={"threads_per_tutor_per_term": 2}) == (0, 2)
    entries = [one.entry for one in store.record.entries("demo") if one.entry.kind == "retention.media"]
    assert [dict(one.detail) for one in entries] == [
        {"pictures": 1, "recordings": 0},
        {"pictures": 0, "recordings": 1},
    ]


def test_the_words_stay_when_the_picture_goes(store, work):
    one = carrying(store, "image_of_pupil", AT - timedelta(days=8))
    expiry = expiry_of(plain_policy(), AT)
    assert work.expiring.run("demo", expiry, AT, dry=True) == (1, 0)
    assert PIXEL in copy_of(store, one)
    assert work.expiring.run("demo", expiry, AT) == (1, 0)
    for content in (store.docket.arrival("demo", one).raw, copy_of(store, one)):
        assert b"His certificate." in content and b"A picture was here" in content
        assert PIXEL not in content and b"a.png" not in content
    assert store.docket.findings("demo", one) == ()
    assert work.expiring.run("demo", expiry, AT) == (0, 0), "once"
    assert store.record.verify("demo")[1] is None


def test_a_picture_in_a_case_or_on_hold_stays(store, work):
    one = carrying(store, "image_of_pupil", AT - timedelta(days=30))
    held = work.holds.place("demo", HoldKind.MESSAGE, one, "the council asked", "lea", AT)
    expiry = expiry_of(plain_policy(), AT)
    assert work.expiring.run("demo", expiry, AT) == (0, 0)
    assert PIXEL in store.docket.arrival("demo", one).raw
    work.holds.release("demo", held.id, "the council is done", "lea", AT)
    assert work.expiring.run("demo", expiry, AT) == (1, 0)


def test_a_schools_pictures_go_when_the_school_says(store, work):
    one = carrying(store, "image_of_pupil", AT - timedelta(days=5))
    school = Overlay("academy", "Academy", AT.date(), under(retention_images_working_days=2))
    policy = replace(under(retention_images_working_days=5), overlays={"academy": school})
    assert work.expiring.run("demo", expiry_of(policy, AT), AT) == (0, 0)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE pair SET overlay = 'academy'"))
    ended = expiry_of(policy, AT + timedelta(days=1))
    assert ended.schools == {}, "its contract is over"
    assert work.expiring.run("demo", expiry_of(policy, AT), AT) == (1, 0)
    assert PIXEL not in store.docket.arrival("demo", one).raw
