"""Claims, taking back, margins and timelines of the Docket port on a real PostgreSQL."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from classifiers.finding import Layer
from gateway.domain.case import Action, Cut, Decision, Standing, State
from gateway.domain.claim import LEASE, HitVerdict
from gateway.domain.message import Channel
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound, Stale
from gateway.ports import CaseFilter, Place
from tests.fakes.sql import NOW, PAIR, arrival, copies, held, home_circle, passed

EVERYTHING = CaseFilter()
HALF_A_MINUTE = timedelta(seconds=30)


def hold(store, severity=Severity.MEDIUM, lane=Lane.REVIEW, at=NOW, **more):
    one = arrival(at=at, **more)
    store.ledger.keep(one, held(one, severity, lane), home_circle(store)).result(timeout=20)
    (case,) = [c for c in store.docket.cases("demo", EVERYTHING, NOW) if c.message_id == one.envelope.id]
    return case


def decision(case, action=Action.RELEASE, **more):
    more.setdefault("moderator_id", "mo")
    return Decision(case.id, case.version, action, reason="It is only homework", clause="DFT-01", **more)


def jobs(store):
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).scalars()
        return list(rows)


# --- claims ---------------------------------------------------------------------------------------


def test_a_case_is_claimed_by_one_person_until_the_lease_runs_out(family_store):
    docket, case = family_store.docket, hold(family_store)
    assert docket.claim("demo", case.id, "mo", NOW).until == NOW + LEASE
    with pytest.raises(Stale):
        docket.claim("demo", case.id, "ines", NOW + LEASE - timedelta(seconds=1))
    docket.claim("demo", case.id, "mo", NOW + timedelta(minutes=5))
    with pytest.raises(Stale):
        docket.claim("demo", case.id, "ines", NOW + LEASE)
    assert docket.claims("demo", [case.id], NOW + LEASE)[case.id].person_id == "mo"
    later = NOW + timedelta(minutes=15)
    assert docket.claims("demo", [case.id], later) == {}
    assert docket.claim("demo", case.id, "ines", later).person_id == "ines"


def test_a_claim_can_be_given_up_or_taken_over(family_store):
    docket, case = family_store.docket, hold(family_store)
    docket.claim("demo", case.id, "mo", NOW)
    docket.let_go("demo", case.id, "ines")
    assert docket.claims("demo", [case.id], NOW)[case.id].person_id == "mo"
    docket.claim("demo", case.id, "lea", NOW, take_over=True)
    docket.let_go("demo", case.id, "lea")
    assert docket.claims("demo", [case.id], NOW) == {}


def test_a_case_of_others_or_a_closed_one_cannot_be_claimed(family_store):
    case = hold(family_store)
    with pytest.raises(NotFound):
        family_store.docket.claim("other", case.id, "mo", NOW)
    family_store.docket.settle(case, decision(case, Action.REJECT), (), NOW)
    with pytest.raises(Stale):
        family_store.docket.claim("demo", case.id, "mo", NOW)


def test_nobody_decides_on_what_another_works_on(family_store):
    case = hold(family_store)
    family_store.docket.claim("demo", case.id, "ines", NOW)
    with pytest.raises(Stale):
        family_store.docket.settle(case, decision(case, Action.REJECT), (), NOW)
    settled = family_store.docket.settle(case, decision(case, Action.REJECT, moderator_id="ines"), (), NOW)
    assert settled.state is State.CLOSED
    assert family_store.docket.claims("demo", [case.id], NOW) == {}


def test_take_next_gives_everybody_another_case_in_the_order_of_work(family_store):
    docket = family_store.docket
    low, high = hold(family_store, Severity.LOW), hold(family_store, Severity.HIGH)
    assert docket.take_next("demo", EVERYTHING, "mo", NOW).id == high.id
    assert docket.take_next("demo", EVERYTHING, "ines", NOW).id == low.id
    assert docket.take_next("demo", EVERYTHING, "lea", NOW) is None
    assert docket.take_next("demo", EVERYTHING, "mo", NOW).id == high.id  # one's own comes first again
    assert docket.take_next("other", EVERYTHING, "otto", NOW) is None


def test_take_next_passes_over_what_waits_for_an_answer_or_for_somebody_else(family_store):
    docket = family_store.docket
    asked, second = hold(family_store), hold(family_store, Severity.HIGH)
    docket.settle(asked, decision(asked, Action.ASK), (), NOW)
    docket.settle(second, decision(second, standing=Standing.FIRST), (), NOW)
    assert docket.take_next("demo", EVERYTHING, "mo", NOW) is None
    assert docket.take_next("demo", EVERYTHING, "ines", NOW).id == second.id
    docket.let_go("demo", second.id, "ines")
    # An answer that does not come is somebody's to look after once the case is late.
    late = docket.take_next("demo", CaseFilter(severity="medium"), "mo", asked.due_at + timedelta(hours=1))
    assert late.id == asked.id


def test_a_hundred_cases_taken_by_eight_at_once_go_to_nobody_twice(family_store):
    for _ in range(40):
        hold(family_store, Severity.LOW)
    taken, lock = [], threading.Lock()

    def work(who):
        while (case := family_store.docket.take_next("demo", EVERYTHING, who, NOW)) is not None:
            family_store.docket.settle(case, decision(case, Action.REJECT, moderator_id=who), (), NOW)
            with lock:
                taken.append(case.id)

    threads = [threading.Thread(target=work, args=(f"p{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken)) == 40


# --- taking back ----------------------------------------------------------------------------------


def test_what_is_released_leaves_only_once_it_cannot_be_taken_back(family_store):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case), copies(), NOW, NOW + HALF_A_MINUTE)
    assert family_store.outbox.claim(10, NOW + timedelta(seconds=29)) == []
    (ruth,) = family_store.outbox.claim(10, NOW + HALF_A_MINUTE)
    assert ruth.recipient_id == "ruth"


def test_an_undone_release_sends_nothing_and_the_case_is_as_before(family_store):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case), copies(), NOW, NOW + HALF_A_MINUTE)
    again = family_store.docket.undo("demo", case.id, case.version, "mo", NOW + timedelta(seconds=20))
    assert (again.state, again.severity, again.due_at) == (case.state, case.severity, case.due_at)
    assert again.version == case.version + 2
    assert family_store.outbox.claim(10, NOW + timedelta(hours=1)) == []
    progress = family_store.ledger.progress("demo", case.message_id)
    assert (progress.state, progress.recipients) == ("checking", ())
    assert [made.standing for _, made in family_store.docket.decisions("demo", case.id)] == [Standing.UNDONE]
    assert list(family_store.record.entries("demo"))[-1].entry.kind == "decision.undone"
    # The second release goes out by itself, and the first stays where it is.
    family_store.docket.settle(again, decision(again), copies(), NOW)
    (ruth,) = family_store.outbox.claim(10, NOW)
    assert ruth.recipient_id == "ruth"


@pytest.mark.parametrize("action", [Action.REJECT, Action.RETURN, Action.ASK, Action.ESCALATE])
def test_every_decision_but_sealing_can_be_taken_back(family_store, action):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case, action), (), NOW, NOW + HALF_A_MINUTE)
    again = family_store.docket.undo("demo", case.id, case.version, "mo", NOW)
    assert (again.state, again.severity, again.due_at) == (case.state, case.severity, case.due_at)
    assert not family_store.docket.carry_out(case.id, case.version, NOW + HALF_A_MINUTE)
    assert "sender_told" not in jobs(family_store)


def test_it_is_taken_back_only_in_time_only_once_and_only_by_whoever_made_it(family_store):
    docket, case = family_store.docket, hold(family_store)
    docket.settle(case, decision(case), copies(), NOW, NOW + HALF_A_MINUTE)
    for who, at in (("ines", NOW), ("mo", NOW + HALF_A_MINUTE)):
        with pytest.raises(Stale):
            docket.undo("demo", case.id, case.version, who, at)
    with pytest.raises(NotFound):
        docket.undo("other", case.id, case.version, "mo", NOW)
    docket.undo("demo", case.id, case.version, "mo", NOW)
    with pytest.raises(Stale):
        docket.undo("demo", case.id, case.version, "mo", NOW)


def test_what_a_courier_has_in_hand_is_not_taken_back(family_store):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case), copies(), NOW, NOW + HALF_A_MINUTE)
    family_store.outbox.claim(10, NOW + HALF_A_MINUTE)
    with pytest.raises(Stale):
        family_store.docket.undo("demo", case.id, case.version, "mo", NOW + timedelta(seconds=29))
    assert family_store.docket.case("demo", case.id).state is State.CLOSED


def test_a_platform_is_handed_a_release_only_once_it_stands(family_store):
    real = datetime.now(UTC)
    case = hold(family_store, channel=Channel.PLATFORM, key="k", at=real)
    out = copies(Channel.PLATFORM)
    family_store.docket.settle(case, decision(case), out, real, real + HALF_A_MINUTE)
    early = family_store.ledger.progress("demo", case.message_id)
    assert (early.state, early.text, early.recipients) == ("checking", None, ())
    kinds = [one.entry.kind for one in family_store.record.entries("demo")]
    assert "copy.sent" not in kinds
    assert family_store.docket.carry_out(case.id, case.version, real + HALF_A_MINUTE)
    assert family_store.docket.carry_out(case.id, case.version, real + HALF_A_MINUTE)
    kinds = [one.entry.kind for one in family_store.record.entries("demo")]
    assert kinds.count("copy.sent") == 2
    assert family_store.record.verify("demo")[1] is None


def test_a_sender_is_told_of_a_return_only_once_it_stands(family_store):
    real = datetime.now(UTC)
    case = hold(family_store, at=real)
    family_store.docket.settle(
        case, decision(case, Action.RETURN, say="x", notify_guardian=True), (), real, real + HALF_A_MINUTE
    )
    assert family_store.ledger.progress("demo", case.message_id).state == "checking"
    assert jobs(family_store)[-1] == "decision_stands"
    family_store.docket.carry_out(case.id, case.version, real + HALF_A_MINUTE)
    assert jobs(family_store)[-2:] == ["sender_told", "guardians_told"]


def test_a_sealed_message_is_answered_to_nobody(family_store):
    case = hold(family_store, Severity.HIGH, Lane.SEALED)
    made = decision(case, Action.REJECT, say="x", notify_guardian=True)
    family_store.docket.settle(case, made, (), NOW)
    assert not {"sender_told", "guardians_told"} & set(jobs(family_store))
    assert family_store.ledger.progress("demo", case.message_id).state == "checking"


def test_sealing_moves_the_case_and_starts_a_shorter_clock(family_store):
    case = hold(family_store, Severity.LOW)
    sealed = family_store.docket.settle(case, decision(case, Action.SEAL), (), NOW, NOW + HALF_A_MINUTE)
    assert (sealed.lane, sealed.severity, sealed.state) == (Lane.SEALED, Severity.HIGH, State.OPEN)
    assert sealed.due_at < case.due_at
    assert family_store.docket.counts("demo") == {"sealed": 1}
    with pytest.raises(Stale):
        family_store.docket.undo("demo", case.id, case.version, "mo", NOW)


def test_being_late_does_not_lose_a_first_view(family_store):
    case = hold(family_store, Severity.HIGH)
    second = family_store.docket.settle(case, decision(case, standing=Standing.FIRST), (), NOW)
    assert second.state is State.SECOND
    assert family_store.docket.escalate_if_overdue(case.id, NOW + timedelta(hours=9))
    assert family_store.docket.case("demo", case.id).state is State.SECOND
    entries = [one.entry for one in family_store.record.entries("demo")]
    (first,) = [one for one in entries if one.kind == "case.first_view"]
    assert "clause" not in first.detail and "redactions" not in first.detail


def test_what_a_redaction_replaced_is_kept_with_the_decision(family_store):
    case = hold(family_store)
    cuts = (Cut(Layer.TEXT, 1, 4, 15, "07700 900123", "[phone number removed]"),)
    made = decision(case, Action.REDACT, cuts=cuts, code="details_covered")
    family_store.docket.settle(case, made, copies(), NOW)
    ((_, kept),) = family_store.docket.decisions("demo", case.id)
    assert (kept.cuts, kept.code) == (cuts, "details_covered")


# --- the queue ------------------------------------------------------------------------------------


def test_pages_follow_each_other_by_the_place_of_the_last_case(family_store):
    hours = timedelta(hours=1)
    for n in range(3):
        for severity in (Severity.LOW, Severity.CRITICAL):
            hold(family_store, severity, at=NOW - n * 6 * hours)
    closed = hold(family_store)
    family_store.docket.settle(closed, decision(closed, Action.REJECT), (), NOW)
    which = CaseFilter(include_closed=True)
    everything = [c.id for c in family_store.docket.cases("demo", which, NOW)]
    seen, after = [], None
    while page := family_store.docket.cases("demo", which, NOW, limit=2, after=after):
        seen += [c.id for c in page]
        last = page[-1]
        shut = last.state is State.CLOSED
        at = last.opened_at if shut else last.due_at
        after = Place(last.overdue(NOW), last.severity, at, last.id, shut)
    assert seen == everything and len(seen) == 7


def test_the_queue_narrows_by_everything_it_shows(family_store):
    docket = family_store.docket
    mail, talk = (
        hold(family_store, at=NOW - timedelta(hours=5)),
        hold(family_store, channel=Channel.PLATFORM, key="k"),
    )
    docket.claim("demo", talk.id, "mo", NOW)

    def ids(**which):
        return {c.id for c in docket.cases("demo", CaseFilter(**which), NOW)}

    both = {mail.id, talk.id}
    assert ids(clause="DFT-01") == both and ids(clause="HST-02") == set()
    assert ids(channel="platform") == {talk.id}
    assert ids(tutor_id="tara") == both and ids(tutor_id="owen") == set()
    assert ids(pair_id=PAIR) == both
    assert ids(opened_before=NOW - timedelta(hours=4)) == {mail.id}
    assert ids(claimed_by="mo") == {talk.id} and ids(claimed_by="ines") == set()
    assert ids(without_lanes=frozenset({"review"})) == set()


@pytest.mark.parametrize("known", ["tara", "jamie", "ruth"])
def test_nobody_is_given_a_case_about_themselves_or_whom_they_know(family_store, known):
    docket, case = family_store.docket, hold(family_store)
    docket.keep_away("demo", "mo", known, "declared", NOW)
    docket.keep_away("demo", "mo", known, "declared", NOW)
    people = docket.kept_from("demo", "mo")
    assert people == {"mo", known}
    which = CaseFilter(without_people=people)
    assert docket.cases("demo", which, NOW) == []
    assert docket.counts("demo", people) == {}
    assert docket.take_next("demo", which, "mo", NOW) is None
    assert docket.take_next("demo", CaseFilter(without_people=frozenset({"ines"})), "ines", NOW).id == case.id
    with pytest.raises(NotFound):
        docket.keep_away("demo", "mo", "nobody", "declared", NOW)


def test_the_last_case_is_the_last_one_may_know_of(family_store):
    docket = family_store.docket
    assert docket.last_opened("demo", frozenset()) is None
    hold(family_store, at=NOW - timedelta(hours=1))
    hold(family_store, lane=Lane.SEALED)
    assert docket.last_opened("demo", frozenset()) == NOW
    assert docket.last_opened("demo", frozenset({"sealed"})) == NOW - timedelta(hours=1)


# --- margins --------------------------------------------------------------------------------------


def test_a_verdict_on_a_hit_is_kept_by_person_and_recorded(family_store):
    docket, case = family_store.docket, hold(family_store)
    docket.judge_hit("demo", case.message_id, 1, "mo", HitVerdict.WRONG, NOW)
    docket.judge_hit("demo", case.message_id, 1, "mo", HitVerdict.RIGHT, NOW)
    docket.judge_hit("demo", case.message_id, 1, "ines", HitVerdict.UNSURE, NOW)
    assert docket.hit_verdicts("demo", case.message_id, "mo") == {1: HitVerdict.RIGHT}
    assert docket.hit_verdicts("other", case.message_id, "mo") == {}
    assert list(family_store.record.entries("demo"))[-1].entry.kind == "hit.judged"
    for organisation, number in (("other", 1), ("demo", 2)):
        with pytest.raises(NotFound):
            docket.judge_hit(organisation, case.message_id, number, "mo", HitVerdict.RIGHT, NOW)


def test_a_note_is_sealed_and_read_back(family_store):
    docket = family_store.docket
    docket.add_note("demo", PAIR, "", "mo", "I rang the canary", NOW)
    (note,) = docket.notes("demo", PAIR)
    assert (note.text, note.author_id) == ("I rang the canary", "mo")
    with family_store.engine.connect() as connection:
        assert b"canary" not in connection.execute(text("SELECT words FROM pair_note")).scalar_one()
    assert docket.notes("other", PAIR) == []
    with pytest.raises(NotFound):
        docket.add_note("other", PAIR, "", "mo", "x", NOW)


def test_a_pairs_chronology_holds_what_happened_and_nothing_sealed(family_store):
    docket = family_store.docket
    one = arrival(at=NOW - timedelta(days=8))
    family_store.ledger.keep(one, passed(one), home_circle(family_store)).result(timeout=20)
    case = hold(family_store, at=NOW)
    docket.settle(case, decision(case, Action.REJECT), (), NOW + timedelta(minutes=1))
    sealed = hold(family_store, lane=Lane.SEALED, at=NOW + timedelta(minutes=2))
    docket.add_note("demo", PAIR, "", "mo", "rang home", NOW + timedelta(minutes=3))
    docket.add_note("demo", PAIR, sealed.id, "lea", "spoke to the child", NOW + timedelta(minutes=4))

    def kinds(*without):
        return [(h.kind, h.what) for h in docket.timeline("demo", PAIR, frozenset(without))]

    plain = [
        ("note", "note"),
        ("decision", "reject"),
        ("hold", "asks to keep a secret"),
        ("message", "hold"),
        ("message", "pass"),
    ]
    assert kinds("sealed") == plain
    assert [kind for kind, _ in kinds()][:4] == ["note", "note", "hold", "message"]
    (newest, _, _, _, oldest) = docket.timeline("demo", PAIR, frozenset({"sealed"}))
    assert oldest.text == "Homework" and newest.text == "rang home"
    rest = docket.timeline("demo", PAIR, frozenset({"sealed"}), before=NOW)
    assert [h.kind for h in rest] == ["message"]
    weeks = docket.weeks("demo", PAIR, NOW - timedelta(days=60), frozenset({"sealed"}))
    assert [(w.by_tutor, w.held) for w in weeks] == [(1, 0), (1, 1)]
    with pytest.raises(NotFound):
        docket.timeline("other", PAIR, frozenset())


def test_a_sealed_message_is_not_beside_another_case(family_store):
    docket, case = family_store.docket, hold(family_store)
    hold(family_store, lane=Lane.SEALED, at=NOW + timedelta(minutes=1))
    assert len(docket.around("demo", case.message_id)) == 1
    assert docket.around("demo", case.message_id, without_lanes=frozenset({"sealed"})) == []


def test_the_first_view_is_not_in_the_chronology_until_there_is_a_second(family_store):
    case = hold(family_store, Severity.HIGH)
    family_store.docket.settle(case, decision(case, standing=Standing.FIRST), (), NOW)
    assert "decision" not in [h.kind for h in family_store.docket.timeline("demo", PAIR, frozenset())]


def test_take_next_offers_nobody_what_they_gave_away(family_store):
    docket = family_store.docket
    high, low = hold(family_store, Severity.HIGH), hold(family_store, Severity.LOW)
    family_store.casework.care.swap("demo", high.id, "mo", NOW)
    assert docket.take_next("demo", EVERYTHING, "mo", NOW).id == low.id
    assert docket.take_next("demo", EVERYTHING, "ines", NOW).id == high.id
    family_store.casework.care.swap("demo", low.id, "mo", NOW)
    assert docket.take_next("demo", EVERYTHING, "mo", NOW) is None
