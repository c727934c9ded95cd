"""The pages of the office over a real PostgreSQL: who may do what, and what comes of it."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import text

from gateway.domain.records import FormRole
from gateway.domain.verdict import Lane
from tests.fakes.office_desk import (
    AT,
    LEAD,
    MODERATOR,
    STRANGER,
    held_case,
    office_desk,
    people_the_desk,
    post,
    sign_in,
    token_in,
)
from tests.fakes.sql import PAIR, SECRET_WORDS, arrival, home_circle, passed

LEADS_PAGES = ("/files", "/concerns", "/holds", "/record", "/figures", "/figures.csv", "/ops")
PAGES = (*LEADS_PAGES, "/office", "/samples", "/care", "/rota")


@pytest.fixture
def desk(store):
    people_the_desk(store)
    return office_desk(store)


@pytest.fixture
def lead(desk):
    return sign_in(desk, LEAD)


def a_file(lead, **more):
    answer = post(lead, "/files", title="What Tara wrote", **more)
    assert answer.status_code == 303
    return answer.location


def test_every_page_opens_and_a_moderator_is_kept_out_of_the_lead_s(desk, lead):
    moderator = sign_in(desk, MODERATOR)
    for path in PAGES:
        assert lead.get(path).status_code == 200, path
        assert moderator.get(path).status_code == (403 if path in LEADS_PAGES else 200), path
    assert "Case files" not in moderator.get("/office").text


def test_a_concern_goes_from_a_case_to_a_referral_and_is_closed(store, lead):
    case = held_case(store)
    path = a_file(lead, case=case.id)
    assert case.reference in lead.get(path).text
    assert post(lead, f"{path}/tie", kind="person", subject="tara").status_code == 303
    assert post(lead, f"{path}/tie", kind="case", subject="nonsense").status_code == 422
    assert post(lead, f"{path}/note", note="Ruth rang, she is worried").status_code == 303
    form = {"harmed": "no", "offence": "no", "risk": "perhaps", "suitable": "perhaps", "may_meet": "1"}
    assert post(lead, f"{path}/records/harm_threshold", person="tara").status_code == 422
    assert post(lead, f"{path}/records/harm_threshold", person="tara", **form).status_code == 303
    page = lead.get(path).text
    assert "to be referred by Wed 4 Mar 2026, 10:30 GMT" in page and "Ruth rang" in page
    referral = lead.get(f"{path}/referral").text
    for said in ("Tara Okafor", "Jamie Whitfield", "born 04 March 2012", "Ruth rang", "perhaps"):
        assert said in referral
    assert SECRET_WORDS not in referral
    assert post(lead, f"{path}/reported").status_code == 303
    assert "Reported Tue 3 Mar 2026, 10:30 GMT" in lead.get(f"{path}/referral").text
    assert post(lead, f"{path}/close", version="1", outcome="", heard="Ruth").status_code == 422
    assert post(lead, f"{path}/close", version="1", outcome="Referred", heard="Ruth, Tara").status_code == 303
    assert post(lead, f"{path}/close", version="1", outcome="Referred", heard="Ruth, Tara").status_code == 409
    page = lead.get(path).text
    assert "2026-04-02" in page and "2026-08-30" in page
    assert post(lead, f"{path}/reviews/2026-04-02", words="All is quiet").status_code == 303
    assert "All is quiet" in lead.get(path).text


def test_a_bundle_is_handed_over_only_with_a_reason(store, lead):
    path = a_file(lead, case=held_case(store).id)
    assert post(lead, f"{path}/bundle", reason=" ").status_code == 422
    made = post(lead, f"{path}/bundle", reason="asked for by the council", passphrase="")
    assert zipfile.is_zipfile(io.BytesIO(made.data)) and "attachment" in made.headers["Content-Disposition"]
    assert post(lead, f"{path}/bundle", reason="for the council", passphrase="short").status_code == 422
    assert (
        post(lead, f"{path}/bundle", reason="for the council", passphrase="seven quiet herons").data[:4]
        == b"TGB1"
    )


def test_nobody_sees_a_file_or_a_concern_about_themselves(store, lead):
    path = a_file(lead)
    assert post(lead, f"{path}/tie", kind="person", subject="lea").status_code == 303
    assert lead.get(path).status_code == 404 and "What Tara wrote" not in lead.get("/files").text
    one = store.casework.matters
    form = {"what_happened": "alone with a pupil", "action": "asked", "reason_under_threshold": "once"}
    assert post(lead, "/concerns", person="lea", **form).status_code == 303
    assert "alone with a pupil" not in lead.get("/concerns").text
    assert len(one.log("demo", FormRole.LOW_LEVEL)) == 1


def test_two_concerns_about_one_adult_are_shown_as_a_pattern(lead):
    form = {"action": "asked", "reason_under_threshold": "once"}
    assert post(lead, "/concerns", person="tara", what_happened="late", **form).status_code == 303
    assert "A pattern" not in lead.get("/concerns").text
    assert post(lead, "/concerns", person="tara", what_happened="late again", **form).status_code == 303
    assert "2 concerns about Tara Okafor" in lead.get("/concerns").text
    assert post(lead, "/concerns", person="", what_happened="late", **form).status_code == 422
    assert post(lead, "/concerns", person="nobody", what_happened="late", **form).status_code == 422


def test_ids_of_another_organisation_are_not_found(store, desk, lead):
    case = held_case(store)
    path = a_file(lead, case=case.id)
    hold = post(lead, "/holds", kind="pair", subject=PAIR, reason="the council asked")
    assert hold.status_code == 303
    hold_id = store.casework.holds.holds("demo")[0].id
    page_id = store.casework.rota.call("demo", "test", "", AT).id
    stranger = sign_in(desk, STRANGER)
    for one in (path, f"{path}/referral", f"{path}/records/harm_threshold"):
        assert stranger.get(one).status_code == 404, one
    for one, form in (
        (f"{path}/tie", {"kind": "person", "subject": "otto"}),
        (f"{path}/note", {"note": "hello"}),
        (f"{path}/reported", {}),
        (f"{path}/bundle", {"reason": "because"}),
        (f"{path}/close", {"version": "1", "outcome": "over", "heard": "all"}),
        (f"/holds/{hold_id}/release", {"reason": "because"}),
        (f"/rota/pages/{page_id}/acknowledge", {}),
        (f"/cases/{case.id}/swap", {}),
        (f"/samples/{case.message_id}/open", {}),
    ):
        assert post(stranger, one, **form).status_code == 404, one
    assert post(stranger, "/holds", kind="pair", subject=PAIR, reason="because").status_code == 422
    for one in (
        "/record",
        f"/record?subject={case.message_id}",
        f"/record/views/{case.message_id}",
        "/files",
    ):
        assert case.message_id not in re.sub(
            r'value="[^"]*"|<span class="clause">[^<]*', "", stranger.get(one).text
        )


def test_a_sealed_file_is_there_for_safeguarding_leads_alone(store, desk, lead):
    path = a_file(lead, sealed="1")
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE person SET role = 'administrator' WHERE id = 'mo'"))
        connection.execute(text("UPDATE organisation SET directory_version = directory_version + 1"))
    administrator = sign_in(desk, MODERATOR)
    assert "What Tara wrote" not in administrator.get("/files").text
    assert administrator.get(path).status_code == 404
    assert lead.get(path).status_code == 200


def test_the_record_is_narrowed_checked_and_exported(store, lead, tmp_path):
    case = held_case(store)
    store.docket.viewed("demo", case.id, "mo", AT)
    page = lead.get(
        f"/record?subject={case.message_id}&kind=body.viewed&since=2026-03-03&until=2026-03-03"
    ).text
    assert page.count("<td>body.viewed</td>") == 1 and "who looked" in page
    assert "Mo Haddad" in lead.get(f"/record/views/{case.message_id}").text
    assert "No entry fits" in lead.get("/record?since=2099-01-01").text
    for odd in ("kind=a%20b", "since=tomorrow", "before=x", "actor=%00"):
        assert lead.get(f"/record?{odd}").status_code == 404
    assert "every link holds" in post(lead, "/record/verify", on="/record").text
    made = post(lead, "/record/export", on="/record").data
    from gateway.record.offline import check_record

    (tmp_path / "record.jsonl").write_bytes(made)
    assert check_record(tmp_path / "record.jsonl") == [] and made.count(b"\n") >= 4
    assert post(lead, "/record/checkpoint", on="/record").status_code == 303
    assert "Last signed checkpoint: entry" in lead.get("/record").text


def test_a_sample_is_shown_by_a_form_that_is_recorded_and_judged_once(store, desk, lead):
    one = arrival(at=AT - timedelta(days=1))
    store.ledger.keep(one, passed(one), home_circle(store)).result(timeout=20)
    assert store.casework.samples.draw("demo", 1, AT) == 1
    assert store.casework.samples.draw("demo", 1, AT) == 0
    moderator, path = sign_in(desk, MODERATOR), f"/samples/{one.envelope.id}"
    assert moderator.get(f"{path}/open").status_code == 405
    assert SECRET_WORDS in post(moderator, f"{path}/open", on="/samples").text
    assert [v.person_id for v in store.casework.logbook.views("demo", one.envelope.id)] != []
    assert post(moderator, path, on="/samples", verdict="nonsense").status_code == 400
    assert post(moderator, path, on="/samples", verdict="missed").status_code == 303
    assert post(lead, path, verdict="fine").status_code == 409
    assert "should have been held" in lead.get("/samples").text


def test_care_is_kept_for_oneself_and_a_case_is_given_away_without_a_reason(store, desk, lead):
    moderator = sign_in(desk, MODERATOR)
    assert post(moderator, "/care", veil="1", cap="1").status_code == 303
    page = moderator.get("/care").text
    assert re.search(r'name="veil" value="1" checked', page) and 'value="1" required' in page
    assert not re.search(r'name="veil" value="1" checked', lead.get("/care").text)
    case = held_case(
        store, severity=__import__("gateway.domain.verdict", fromlist=["Severity"]).Severity.HIGH
    )
    who = next(one.id for one in store.casework.rota.deciders("demo") if one.given == "Mo")
    for _ in range(2):
        store.docket.viewed("demo", case.id, who, AT)
    assert "looked at 1 message of high severity. That is as many" in moderator.get("/care").text
    assert post(moderator, f"/cases/{case.id}/swap").status_code == 303
    assert store.casework.care.swapped("demo", who) == {case.id}
    sealed = held_case(store, lane=Lane.SEALED)
    assert post(moderator, f"/cases/{sealed.id}/swap").status_code == 404


def test_the_rota_is_changed_by_the_lead_and_a_test_call_must_be_answered(store, desk, lead):
    moderator = sign_in(desk, MODERATOR)
    for day in range(7):
        form = {"weekday": str(day), "starts": "00:00", "ends": "00:00", "person": "lea", "position": "1"}
        assert post(lead, "/rota/shifts", **form).status_code == 303
    assert post(moderator, "/rota/shifts", **form).status_code == 403
    assert post(lead, "/rota/shifts", **{**form, "starts": "25:00"}).status_code == 422
    assert post(lead, "/rota/shifts", **{**form, "person": "tara"}).status_code == 400
    assert "Somebody can be called at every moment" in lead.get("/rota").text
    away = {"starts": "2026-03-05T09:00", "ends": "2026-03-05T17:00", "person": "", "position": "1"}
    assert post(lead, "/rota/exceptions", **away).status_code == 303
    assert "Thu 5 Mar 2026, 09:00 GMT" in lead.get("/rota").text
    assert post(lead, "/rota/test").status_code == 303
    (page,) = store.casework.rota.pages("demo")
    assert (page.person_id, page.step, page.acknowledged_at) == ("lea", 1, None)
    assert post(moderator, f"/rota/pages/{page.id}/acknowledge").status_code == 303
    assert store.casework.rota.pages("demo")[0].acknowledged_at == AT
    assert post(lead, "/rota/hooks", url="http://example.org/x").status_code == 422
    assert "shown this once" in post(lead, "/rota/hooks", url="https://example.org/x").text
    assert "https://example.org/x" not in moderator.get("/rota").text


def test_the_figures_say_what_happened(store, lead):
    assert lead.get("/figures").status_code == 200
    held_case(store, at=AT - timedelta(hours=30))
    page = lead.get("/figures?days=7").text
    assert "medium</th><td>1</td>" in page and "Late cases" in page
    assert lead.get("/figures?days=8").status_code == 404
    rows = lead.get("/figures.csv?days=7").text
    assert "waiting,medium,1" in rows and "late,cases,1" in rows


def digest(store):
    with store.engine.connect() as connection:
        names = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                 " AND table_name <> 'desk_session' ORDER BY 1")
        ).scalars().all()  # fmt: skip
        return {
            name: connection.execute(text(f'SELECT count(*), md5(string_agg(t::text, \'\' ORDER BY t::text)) FROM "{name}" t')).one()
            for name in names
        }  # fmt: skip


def test_looking_changes_nothing(store, lead):
    path = a_file(lead, case=held_case(store).id)
    before = digest(store)
    for one in (*PAGES, path, f"{path}/referral", f"{path}/records/harm_threshold", "/files?state=closed",
                "/record?kind=body.viewed", "/record/views/x", "/figures?days=90"):  # fmt: skip
        assert lead.get(one).status_code == 200, one
    assert digest(store) == before


def test_a_form_without_our_token_changes_nothing(store, desk, lead):
    path = a_file(lead)
    posts = [rule for rule in desk.url_map.iter_rules() if "POST" in rule.methods and rule.endpoint.split(".")[0] in
             {"files", "concerns", "holds", "record", "samples", "care", "rota", "ops"}]  # fmt: skip
    assert len(posts) >= 24
    ids = {"matter_id": path.rpartition("/")[2], "form_name": "harm_threshold", "due_on": "2026-04-02"}
    stale = token_in(sign_in(desk, MODERATOR).get("/office").text)
    before = digest(store)
    with desk.test_request_context():
        addresses = [
            rule.build({name: ids.get(name, "1") for name in rule.arguments}, append_unknown=False)[1]
            for rule in posts
        ]
    for address in addresses:
        for token in ({}, {"form_token": ""}, {"form_token": "forged.token"}, {"form_token": stale}):
            assert (
                lead.post(address, data={"title": "A title", "reason": "because", **token}).status_code == 403
            )
    after = digest(store)
    assert {name for name in after if after[name] != before[name]} == set()
