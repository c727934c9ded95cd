"""Reports from a copy's link and from one's own page, and the pupil's private route, on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import text

from gateway.domain.dispatch import SendAnswer
from gateway.domain.links import Way, token
from gateway.domain.people import Role
from gateway.domain.policy import PackRole, ReportRoute
from gateway.domain.report import ALWAYS, recipient
from gateway.domain.roster import pair_id
from gateway.domain.verdict import Lane, Severity
from gateway.ports import CaseFilter
from gateway.store.tasks import SqlTasks
from gateway.wiring.letters import Letters
from gateway.wiring.notifying import Notifier
from tests.contracts.test_guardian_pages import _plain, digest
from tests.fakes.callers import LINK_KEY, Pages, post, two_families
from tests.fakes.sql import plain_policy

WORDS = "He asked me for a picture of the garden gate."


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def cases(pages: Pages):
    return pages.store.docket.cases("demo", CaseFilter(include_closed=True), pages.clock.now)


def test_a_copy_is_reported_in_one_click_and_a_word(pages: Pages) -> None:
    one = pages.deliver()
    client, path = pages.app.test_client(), pages.token(Way.REPORT, one, "ruth")
    before = digest(pages)
    assert client.get(path).status_code == 200
    assert digest(pages) == before
    answer = post(client, path, what=WORDS)
    assert answer.status_code == 200 and "Thank you" in answer.text
    (case,) = cases(pages)
    assert (case.lane, case.severity, case.rule, case.pair_initials) == (
        "review",
        "high",
        "report",
        "T.O. – J.W.",
    )
    report = pages.store.reports.report("demo", case.id)
    assert (report.reporter_id, report.message_id, dict(report.words)) == ("ruth", one, {"what": WORDS})
    with pages.store.engine.connect() as connection:
        assert WORDS.encode().hex() not in repr(connection.execute(text("SELECT * FROM report")).all())
        kinds = (
            connection.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY 1")).scalars().all()
        )
    assert kinds == ["case_overdue", "case_waits"]


def test_the_footer_of_every_copy_holds_its_own_link(pages: Pages) -> None:
    one = pages.deliver()
    content = pages.store.correspondence.letter("demo", "ruth", one).content
    letter = message_from_bytes(content, policy=default).get_content()
    assert pages.links.to(Way.REPORT, one, "ruth") in letter
    assert pages.links.to(Way.REPORT, one, "jamie") not in letter
    assert "/ask/" not in letter


def forged(one: str) -> list[str]:
    good = token(LINK_KEY, Way.REPORT, one, "ruth")
    flipped = good[:-1] + ("a" if good[-1] != "a" else "b")
    return [
        flipped,
        token(b"x" * 32, Way.REPORT, one, "ruth"),
        token(LINK_KEY, Way.ASK, one, "ruth"),
        token(LINK_KEY, Way.REPORT, one, "chidi"),
        token(LINK_KEY, Way.REPORT, "0" * 32, "ruth"),
        good.upper(),
        one,
        good + "a",
        "x",
    ]


def test_a_forged_link_opens_nothing_and_all_look_alike(pages: Pages) -> None:
    one = pages.deliver()
    client = pages.app.test_client()
    looks = set()
    for bad in forged(one):
        for way in set(Way) - {Way.ADDRESS}:  # which is shown to all, and looked up when it is answered
            answer = client.get(f"/{way}/{bad}")
            assert answer.status_code == 404, (way, bad)
            looks.add(_plain(answer.text).replace(f"/{way}/{bad}", ""))
    assert len(looks) == 1
    assert post(client, f"/r/{forged(one)[0]}", at="/me/sign-in", words=WORDS).status_code == 404
    assert cases(pages) == []


def test_a_guardian_who_is_barred_now_holds_no_link_any_more(pages: Pages) -> None:
    path = pages.token(Way.REPORT, pages.deliver(), "ruth")
    with pages.store.engine.begin() as connection:
        connection.execute(text("UPDATE guardianship SET barred = true WHERE guardian_id = 'ruth'"))
        connection.execute(text("UPDATE organisation SET directory_version = directory_version + 1"))
    pages.store.directory._next_poll = 0.0
    assert pages.app.test_client().get(path).status_code == 404


def test_a_complaint_about_no_pair_is_given_to_nobody_who_knows_whose_it_is(pages: Pages) -> None:
    assert post(pages.signed_in("ruth"), "/tell/complaint", words="Nobody rings back.").status_code == 200
    (case,) = cases(pages)
    docket, now = pages.store.docket, pages.clock.now
    assert case.pair_id == ""
    for known in ({"mo", "ruth"}, {"mo"}):
        which, seen = CaseFilter(without_people=frozenset(known)), "ruth" not in known
        assert bool(docket.cases("demo", which, now)) is seen
        assert bool(docket.take_next("demo", which, "mo", now)) is seen
        assert bool(docket.counts("demo", frozenset(known))) is seen


def test_a_guardians_complaint_is_answered_on_their_page_and_by_letter(pages: Pages) -> None:
    ruth, mo = pages.signed_in("ruth"), pages.at_the_desk("una")
    assert post(ruth, "/tell/complaint", words="Nobody rings back.").status_code == 200
    (case,) = cases(pages)
    assert mo.get(f"/cases/{case.id}").location == f"/reports/{case.id}"
    shown = mo.get(f"/reports/{case.id}").text
    assert "Nobody rings back." in shown and "Ruth Whitfield" in shown
    answer = post(
        mo, f"/reports/{case.id}/answer", at=f"/reports/{case.id}", version="1", answer="We are sorry."
    )
    assert answer.status_code == 303
    ((mailbox, letter),) = pages.letters()
    assert mailbox == "ruth@family.test" and "sorry" not in letter
    assert "We are sorry." in ruth.get("/tell").text
    again = post(mo, f"/reports/{case.id}/answer", at="/", version="1", answer="Twice.")
    assert again.status_code == 409
    kinds = [one.entry.kind for one in pages.store.record.entries("demo")]
    assert [one for one in kinds if one.startswith("report.")] == [
        "report.made",
        "report.viewed",
        "report.viewed",
        "report.answered",
    ]


def test_an_empty_report_is_asked_for_again_and_opens_no_case(pages: Pages) -> None:
    path = pages.token(Way.REPORT, pages.deliver(), "ruth")
    assert post(pages.app.test_client(), path, words=" ").status_code == 422
    assert cases(pages) == []


def test_each_role_is_offered_its_own_forms_only(pages: Pages) -> None:
    ruth, tara = pages.signed_in("ruth"), pages.signed_in("tara")
    offered = {
        name: (ruth.get(f"/tell/{name}").status_code, tara.get(f"/tell/{name}").status_code)
        for name in ("concern", "complaint", "approach", "self_report", "private_word", "nothing")
    }
    assert offered == {
        "concern": (404, 200),
        "complaint": (200, 404),
        "approach": (404, 200),
        "self_report": (404, 200),
        "private_word": (404, 404),
        "nothing": (404, 404),
    }


def test_what_a_tutor_reports_of_themselves_never_counts(pages: Pages) -> None:
    post(pages.signed_in("tara"), "/tell/self_report", words="I gave my number by mistake.")
    (case,) = cases(pages)
    assert pages.store.reports.report("demo", case.id).counts is False


# --- the pupil's private route ---


def tell_the_lead(pages: Pages, one: str, **form: str):
    client, path = pages.app.test_client(), pages.token(Way.ASK, one, "jamie")
    return client, path, post(client, path, **(form or {"what": WORDS}))


def test_a_pupil_reaches_the_lead_without_signing_in(pages: Pages) -> None:
    _, _, answer = tell_the_lead(pages, pages.deliver())
    assert (answer.status_code, answer.location) == (303, "/thanks")
    (case,) = cases(pages)
    assert (case.lane, case.severity, case.message_id, case.pair_id) == ("sealed", "critical", "", "")
    lead, mo = pages.at_the_desk("lea", Role.SAFEGUARDING_LEAD), pages.at_the_desk("una")
    assert WORDS in lead.get(f"/reports/{case.id}").text
    for path in (f"/reports/{case.id}", f"/cases/{case.id}"):
        assert mo.get(path).status_code == 404
    assert "sealed" not in mo.get("/").text.lower()


def test_a_pupil_need_not_write_a_word(pages: Pages) -> None:
    tell_the_lead(pages, pages.deliver(), contact="1", words="")
    (case,) = cases(pages)
    assert "contacted" in pages.store.reports.report("demo", case.id).words["words"]


def test_sending_nothing_opens_no_case_and_looks_the_same(pages: Pages) -> None:
    one = pages.deliver()
    _, _, nothing = tell_the_lead(pages, one, words="")
    _, _, something = tell_the_lead(pages, one)
    assert (nothing.status_code, nothing.location, nothing.data) == (
        something.status_code,
        something.location,
        something.data,
    )
    assert len(cases(pages)) == 1


def test_nobody_can_see_afterwards_that_the_route_was_used(pages: Pages) -> None:
    """Every page and letter of pupil, guardian and tutor is the same with and without."""
    one = pages.deliver()
    people = {who: pages.signed_in(who) for who in ("ruth", "tara", "jamie")}
    paths = {
        "ruth": (
            "/family",
            f"/family/messages/{one}",
            "/family/contact",
            "/tell",
            "/family/kept",
            "/family/agreements",
        ),
        "tara": ("/tutor", f"/tutor/messages/{one}", "/tutor/strikes", "/tell"),
        "jamie": (
            "/pupil",
            "/thanks",
            pages.token(Way.ASK, one, "jamie"),
            pages.token(Way.REPORT, one, "jamie"),
        ),
    }

    def looks() -> list[str]:
        return [_plain(people[who].get(path).text) for who, some in paths.items() for path in some]

    before = looks()
    tell_the_lead(pages, one)
    (case,) = cases(pages)
    lead = pages.at_the_desk("lea", Role.SAFEGUARDING_LEAD)
    post(lead, f"/reports/{case.id}/answer", at=f"/reports/{case.id}", version="1", answer="I rang Jamie.")
    assert looks() == before
    assert pages.letters() == []
    assert pages.store.outbox.claim(10, pages.clock.now) == []


def test_only_the_leads_are_told_that_a_sealed_case_waits(pages: Pages) -> None:
    pages.at_the_desk("lea", Role.SAFEGUARDING_LEAD)
    pages.at_the_desk("una")
    tell_the_lead(pages, pages.deliver())
    posted = []

    async def send(notice) -> SendAnswer:
        posted.append(notice)
        return SendAnswer(250)

    (case,) = cases(pages)
    asyncio.run(Notifier(pages.store, send, "https://relay.test").case_waits("demo", case.id))
    assert [one.mailbox for one in posted] == ["lea@org.test"]
    assert b"garden" not in posted[0].content


@pytest.mark.parametrize(
    ("pupil", "words"),
    [("jamie", "to write somewhere else"), ("amara", "It is never your fault")],
)
def test_the_notice_is_in_words_for_their_age_with_helplines(pages: Pages, pupil: str, words: str) -> None:
    pages.clock.now = pages.clock.now.replace(year=2026, month=11)
    one = pages.deliver(to=(pupil,), pair=pair_id("demo", "tara", pupil), copied=(pupil,))
    page = pages.app.test_client().get(pages.token(Way.ASK, one, pupil)).text
    assert words in page and "0800 1111" in page and "Leave this page quickly" in page


def test_a_guardians_link_opens_no_pupils_page(pages: Pages) -> None:
    """Even one that we made by mistake: the page is for pupils."""
    one = pages.deliver()
    assert pages.app.test_client().get(pages.token(Way.ASK, one, "ruth")).status_code == 404


def with_way(pages: Pages, monkeypatch: pytest.MonkeyPatch, **more: object) -> ReportRoute:
    """A pupil's own way to tell us something, under a policy with the roles of a pack."""
    ask = ReportRoute(
        "dispute", "VTO-22", "My lessons", frozenset({Role.PUPIL}), "lcc", Lane.REVIEW, Severity.LOW,
        timedelta(days=3), "Thank you.",
    )  # fmt: skip
    way = replace(ask, **more)
    roles = {
        "lcc": PackRole("lcc", "Coordinator", Role.MODERATOR),
        "dsl": PackRole("dsl", "Lead", Role.SAFEGUARDING_LEAD),
    }
    settings = {"roles_routes": {"first": "lcc", "safeguarding": "dsl"}}
    policy = replace(plain_policy(), roles=roles, settings=settings, reports={"dispute": way})
    monkeypatch.setattr(pages.store.directory, "policy_of", lambda _: policy)
    pages.store.__dict__.pop("reports", None)
    return way


def told(pages: Pages, way: ReportRoute) -> str:
    jamie = pages.store.directory.person("demo", "jamie")
    return pages.store.reports.file(jamie, way, {"what": WORDS}, pages.clock.now, "", "jamie").case_id


def to_do(pages: Pages, *roles: str) -> list[tuple[str, str]]:
    tasks = SqlTasks(pages.store.engine, pages.store.vault)
    return [(one.kind, one.role) for one in tasks.open_for("demo", roles)]


def letters_set(pages: Pages) -> list[str]:
    with pages.store.engine.connect() as connection:
        jobs = text("SELECT args ->> 'kind' FROM procrastinate_jobs WHERE task_name = 'letter'")
        return list(connection.execute(jobs).scalars())


def test_a_report_is_given_to_the_role_that_its_way_names(pages: Pages, monkeypatch) -> None:
    case = told(pages, with_way(pages, monkeypatch))
    assert to_do(pages, "lcc", "dsl") == [("report_to_answer", "lcc")]
    tasks = SqlTasks(pages.store.engine, pages.store.vault)
    (task,) = tasks.open_for("demo", ["lcc"])
    assert task.due_at == pages.clock.now + timedelta(days=3) and WORDS not in task.because
    pages.store.reports.answer("demo", case, 1, "una", "We will see.", pages.clock.now)
    assert to_do(pages, "lcc", "dsl") == [] and letters_set(pages) == []


def test_guardians_are_told_after_somebody_has_decided_where_the_way_says_so(
    pages: Pages, monkeypatch
) -> None:
    case = told(pages, with_way(pages, monkeypatch, guardian="after_decision"))
    assert letters_set(pages) == []
    pages.store.reports.answer("demo", case, 1, "una", "We will see.", pages.clock.now)
    assert to_do(pages, "lcc", "dsl") == [("guardians_to_tell", "lcc")]
    assert letters_set(pages) == [], "a person tells them, if that is safe"


def test_guardians_are_told_at_once_that_there_is_something_and_not_what(pages: Pages, monkeypatch) -> None:
    told(pages, with_way(pages, monkeypatch, guardian="at_once"))
    assert letters_set(pages) == ["child_told"]
    written = Letters(pages.store, "https://relay.test").written(
        "child_told", "demo", "jamie", pages.clock.now
    )
    assert [one.mailbox for one in written] == ["ruth@family.test"]
    assert WORDS.encode() not in written[0].content and b"looking into it" in written[0].content


def test_what_is_sealed_shows_on_no_list_of_those_who_see_nothing_sealed(pages: Pages, monkeypatch) -> None:
    way = with_way(pages, monkeypatch, lane=Lane.SEALED, guardian="after_decision")
    case = told(pages, way)
    assert to_do(pages, "lcc", "dsl") == []
    pages.store.reports.answer("demo", case, 1, "dee", "We will see.", pages.clock.now)
    assert to_do(pages, "lcc", "dsl") == [("guardians_to_tell", "dsl")]
    told(pages, replace(way, to="dsl"))
    assert ("report_to_answer", "dsl") in to_do(pages, "dsl") and to_do(pages, "lcc") == []


@pytest.mark.parametrize(
    ("name", "role"), [("worry", "dsl"), ("complaint", "lcc"), ("self_report", "auditor")]
)
def test_our_own_ways_lead_to_the_roles_that_the_pack_routes_them_to(name: str, role: str) -> None:
    routes = {"first": "lcc", "safeguarding": "dsl", "compliance": "auditor"}
    policy = replace(plain_policy(), settings={"roles_routes": routes})
    assert recipient(policy, next(one for one in ALWAYS if one.name == name)) == role
