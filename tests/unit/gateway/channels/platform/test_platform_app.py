"""The API from outside: what a platform sends and what it is answered."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from classifiers.finding import Kind, Layer
from gateway.channels.platform.app import REQUESTS_PER_MINUTE, beside
from gateway.domain.message import Assurance, Channel
from gateway.domain.verdict import (
    AddRecipient,
    Amend,
    DeliverAfter,
    Hold,
    Lane,
    Outcome,
    Refuse,
    Replace,
    Ruled,
    Severity,
    Verdict,
)
from gateway.errors import StoreFull, StoreUnavailable
from gateway.ports import Progress
from tests.fakes.circle import finding
from tests.fakes.platform import BODY, FOREIGN_KEY, House, headers

CANARY = "canary7788"
ADDRESS = "/v1/messages"


def send(house: House, body: object = BODY, key: str = "k1", **more: str) -> TestResponse:
    return house.api().test_client().post(ADDRESS, json=body, headers={**headers(key), **more})


def problem(response: TestResponse) -> dict[str, object]:
    assert response.mimetype == "application/problem+json"
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    assert body["type"].startswith("urn:tutor-gateway:problem:")
    assert body["detail"] and body["fix"]
    return body


def kind(response: TestResponse) -> str:
    return str(problem(response)["type"]).removeprefix("urn:tutor-gateway:problem:")


def held(lane: Lane, severity: Severity) -> Verdict:
    ruling = Hold(lane, severity, "ours", (finding(Kind.CONDUCT, "secrecy"),))
    return Verdict(Outcome.HOLD, "test@1+00000000", (Ruled("a_rule", "T-1", ruling),))


def refused(*findings: object, say: str = "Leave out the number.") -> Verdict:
    ruling = Refuse(say, "ours", findings)  # type: ignore[arg-type]
    return Verdict(Outcome.REFUSE, "test@1+00000000", (Ruled("contact_details", "T-CONTACT", ruling),))


def test_a_clean_message_is_answered_200_with_its_text() -> None:
    house = House(text="See you at four.")
    response = send(house, {**BODY, "subject": "Fractions"})
    assert response.status_code == 200
    assert response.json is not None
    assert response.json["text"] == "See you at four."
    assert response.json["subject"] == "Fractions"
    assert response.json["recipients"] == [
        {"person": "jamie", "state": "on_its_way"},
        {"person": "ruth", "state": "on_its_way"},
    ]
    assert response.json["received_at"] == "2026-03-04T16:30:00.000Z"


def test_the_journey_gets_a_platform_arrival_of_the_key_s_organisation() -> None:
    house = House()
    send(house, {**BODY, "subject": "Fractions"}, key="order-7")
    (arrival,) = house.arrivals
    envelope = arrival.envelope
    assert (envelope.channel, envelope.assurance) == (Channel.PLATFORM, Assurance.API_KEY)
    assert (envelope.organisation_id, envelope.pair_id, envelope.sender_id) == ("demo", "tara-jamie", "tara")
    assert envelope.recipient_ids == ("jamie", "ruth")
    assert arrival.idempotency_key == "order-7"
    assert json.loads(arrival.raw)["text"] == BODY["text"]
    assert json.loads(arrival.raw)["subject"] == "Fractions"


def test_an_amended_message_shows_new_text_new_subject_and_the_guardian_added() -> None:
    changes = (
        AddRecipient("ruth"),
        Replace(Layer.SUBJECT, 0, 0, 5, "J.W."),
        Replace(Layer.TEXT, 0, 6, 11, "J.W."),
    )
    verdict = Verdict(Outcome.AMEND, "test@1+00000000", (Ruled("r", "T-1", Amend(changes)),), changes)
    body = {**BODY, "recipients": ["jamie"], "subject": "Jamie's maths", "text": "Hello Jamie"}
    answered = send(House(verdict, text="Hello J.W."), body).json
    assert answered is not None
    assert (answered["subject"], answered["text"]) == ("J.W.'s maths", "Hello J.W.")
    assert [one["person"] for one in answered["recipients"]] == ["jamie", "ruth"]


def test_an_amended_message_whose_text_was_not_kept_is_amended_from_what_was_sent() -> None:
    changes = (Replace(Layer.TEXT, 0, 6, 11, "J.W."), Replace(Layer.TEXT, 0, 0, 5, "Good day"))
    verdict = Verdict(Outcome.AMEND, "v", (Ruled("r", "T-1", Amend(changes)),), changes)
    answered = send(House(verdict), {**BODY, "text": "Hello Jamie"}).json
    assert answered is not None
    assert answered["text"] == "Good day J.W."


def test_every_hold_is_answered_202_with_the_same_words_and_the_same_time_to_wait() -> None:
    answers = []
    for lane, severity in (
        (Lane.CONTACT, Severity.LOW),
        (Lane.REVIEW, Severity.HIGH),
        (Lane.SEALED, Severity.CRITICAL),
        (Lane.UNREADABLE, Severity.MEDIUM),
    ):
        response = send(House(held(lane, severity)))
        assert response.status_code == 202
        assert response.json is not None
        answers.append({k: v for k, v in response.json.items() if k not in ("id", "reference")})
    assert answers[0]["state"] == "checking"
    assert answers[0]["expected_decision_by"] == "2026-03-05T16:30:00.000Z"  # the longest clock
    assert all(answer == answers[0] for answer in answers)


def test_a_refusal_is_a_problem_that_says_what_to_change_and_where() -> None:
    verdict = refused(
        finding(Kind.CONTACT, "phone", start=8, end=20, value="07700900123", evidence=("digits",)),
        finding(Kind.CONTACT, "phone", layer=Layer.PRIOR),
    )
    response = send(House(verdict))
    body = problem(response)
    assert response.status_code == 422
    assert body["detail"] == "Leave out the number."
    assert (body["clause"], body["state"]) == ("T-CONTACT", "refused")
    assert body["findings"] == [
        {
            "field": "text",
            "start": 8,
            "end": 20,
            "unit": "codepoint",
            "category": "phone",
            "clause": "T-CONTACT",
        }
    ]
    assert "07700900123" not in response.text and "digits" not in response.text


def test_a_refusal_never_tells_of_conduct() -> None:
    contact = Refuse("Leave out the number.", "ours", (finding(Kind.CONTACT, "phone"),))
    conduct = Refuse("Do not keep secrets.", "ours", (finding(Kind.CONDUCT, "secrecy"),))
    watched = Hold(Lane.CONTACT, Severity.LOW, "suspicion", (finding(Kind.CONDUCT, "grooming"),))
    ruled = (Ruled("b", "T-CONDUCT", conduct), Ruled("a", "T-1", contact), Ruled("c", "T-WATCH", watched))
    response = send(House(Verdict(Outcome.REFUSE, "v", ruled)))
    assert problem(response)["detail"] == "Leave out the number."
    for word in ("secre", "CONDUCT", "WATCH", "grooming", "suspicion"):
        assert word not in response.text


def test_a_refusal_for_conduct_alone_gives_no_reason() -> None:
    conduct = Refuse("Do not keep secrets.", "ours", (finding(Kind.CONDUCT, "secrecy"),))
    body = problem(send(House(Verdict(Outcome.REFUSE, "v", (Ruled("b", "T-CONDUCT", conduct),)))))
    assert body["detail"] == "This message cannot be sent as it is."
    assert (body["clause"], body["findings"]) == ("", [])


def test_a_refusal_for_manners_says_what_to_mend() -> None:
    swearing = Refuse("Please mind your words.", "ours", (finding(Kind.CONDUCT, "profanity"),))
    body = problem(send(House(Verdict(Outcome.REFUSE, "v", (Ruled("b", "T-WORDS", swearing),)))))
    assert (body["detail"], body["clause"]) == ("Please mind your words.", "T-WORDS")


def test_a_message_that_waits_for_opening_hours_says_until_when() -> None:
    at = datetime(2026, 3, 5, 8, tzinfo=ZoneInfo("Europe/London"))
    waits = Verdict(Outcome.AMEND, "v", (), (DeliverAfter(at),))
    answered = send(House(waits)).get_json()
    assert (answered["state"], answered["deliver_after"]) == ("on_its_way", "2026-03-05T08:00:00.000Z")


@pytest.mark.parametrize("verdict", [None, held(Lane.REVIEW, Severity.HIGH), refused()])
def test_the_same_key_and_body_get_the_same_answer_again(verdict: Verdict | None) -> None:
    house = House(verdict)
    client = house.api().test_client()
    first = client.post(ADDRESS, json=BODY, headers=headers())
    house.later(3600)
    reordered = {**dict(reversed(BODY.items())), "recipients": ["ruth", "jamie"], "subject": None}
    again = client.post(ADDRESS, json=BODY, headers=headers())
    equal = client.post(ADDRESS, json=reordered, headers=headers())
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert equal.status_code == first.status_code
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == equal.headers["Idempotency-Replayed"] == "true"
    assert len(house.arrivals) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Five."},
        {"sender": "jamie", "recipients": ["tara"]},
        {"recipients": ["jamie"]},
        {"subject": "x"},
    ],
)
def test_the_same_key_with_another_message_is_refused(other: dict[str, object]) -> None:
    house = House()
    send(house)
    response = send(house, {**BODY, **other})
    assert (response.status_code, kind(response)) == (422, "key-reused")
    assert len(house.arrivals) == 1


def test_keys_of_two_organisations_do_not_meet() -> None:
    house = House()
    send(house)
    response = send(house, Authorization=f"Bearer {FOREIGN_KEY}")
    assert (response.status_code, kind(response)) == (404, "not-found")


@pytest.mark.parametrize("key", [None, "", "a b", "é", "x" * 201, "a\tb"])
def test_a_missing_or_unusable_idempotency_key_is_400(key: str | None) -> None:
    house = House()
    sent = {name: value for name, value in headers(key or "").items() if key is not None or name[0] != "I"}
    response = house.api().test_client().post(ADDRESS, json=BODY, headers=sent)
    assert (response.status_code, kind(response)) == (400, "bad-idempotency-key")
    assert not house.arrivals


@pytest.mark.parametrize("key", ["x", "!~", "x" * 200])
def test_any_visible_ascii_is_a_key(key: str) -> None:
    assert send(House(), key=key).status_code == 200


def test_an_unknown_field_is_told_by_its_place_and_not_by_its_name() -> None:
    response = send(House(), {**BODY, CANARY: 1})
    assert (response.status_code, kind(response)) == (422, "invalid-body")
    (error,) = problem(response)["errors"]  # type: ignore[misc]
    assert (error["pointer"], error["position"]) == ("", 5)
    assert CANARY not in response.text


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"text": 7}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 100_001}, "/text"),
        ({"text": "a\x00b"}, "/text"),
        ({"text": "\ud800"}, "/text"),
        ({"sender": None}, "/sender"),
        ({"sender": "ta ra"}, "/sender"),
        ({"sender": True}, "/sender"),
        ({"pair": "x\x00"}, "/pair"),
        ({"pair": "x" * 129}, "/pair"),
        ({"recipients": "jamie"}, "/recipients"),
        ({"recipients": []}, "/recipients"),
        ({"recipients": ["jamie", 3]}, "/recipients/1"),
        ({"recipients": ["jamie", "jamie"]}, "/recipients"),
        ({"recipients": [f"p{n}" for n in range(51)]}, "/recipients"),
        ({"subject": ["x"]}, "/subject"),
        ({"subject": "a\r\nBcc: x"}, "/subject"),
        ({"subject": "a\u2028b"}, "/subject"),
    ],
)
def test_a_field_of_the_wrong_form_is_422_and_named(change: dict[str, object], pointer: str) -> None:
    house = House()
    response = send(house, {**BODY, **change})
    assert (response.status_code, kind(response)) == (422, "invalid-body")
    assert [one["pointer"] for one in problem(response)["errors"]] == [pointer]  # type: ignore[attr-defined]
    assert not house.arrivals


def test_missing_fields_are_named() -> None:
    errors = problem(send(House(), {}))["errors"]
    assert [one["pointer"] for one in errors] == ["/pair", "/sender", "/recipients", "/text"]  # type: ignore[attr-defined]


def send_bytes(raw: bytes) -> TestResponse:
    client = House().api().test_client()
    return client.post(ADDRESS, data=raw, headers=headers(), content_type="application/json")


def test_text_at_the_limit_passes() -> None:
    body = {**BODY, "text": "\U0001f600" * 100_000}
    assert send_bytes(json.dumps(body, ensure_ascii=False).encode()).status_code == 200


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"3", b"null", b"true", b'[[{"pair": 1}]]'])
def test_a_body_that_is_no_object_is_422(raw: bytes) -> None:
    response = send_bytes(raw)
    assert (response.status_code, kind(response)) == (422, "invalid-body")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"text": NaN}',
        b'{"text": "a", "text": "b"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"1" * 5_000,
        b"\xef\xbb\xbf{}",
        b"{} {}",
        json.dumps({str(n): n for n in range(65)}).encode(),
    ],
)
def test_malformed_json_is_400(raw: bytes) -> None:
    response = send_bytes(raw)
    assert (response.status_code, kind(response)) == (400, "malformed-json")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", CANARY])
def test_a_body_of_another_type_is_415(content_type: str) -> None:
    client = House().api().test_client()
    response = client.post(ADDRESS, data=json.dumps(BODY), headers=headers(), content_type=content_type)
    assert (response.status_code, kind(response)) == (415, "unsupported-media-type")
    assert CANARY not in response.text


def test_a_body_over_one_mebibyte_is_413() -> None:
    response = send(House(), {**BODY, "text": "x" * 1024 * 1024})
    assert (response.status_code, kind(response)) == (413, "too-large")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {CANARY}",
        "Basic !!!",
        f"Digest {CANARY}",
        "Bearer \xff",
        "Bearer " + "x" * 999,
    ],
)
@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/abc"])
def test_without_a_known_key_every_request_is_401(path: str, authorization: str) -> None:
    house = House()
    client = house.api().test_client()
    sent = {**headers(), "Authorization": authorization}
    response = (
        client.post(path, json=BODY, headers=sent) if path == ADDRESS else client.get(path, headers=sent)
    )
    assert (response.status_code, kind(response)) == (401, "not-authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert CANARY not in response.text
    assert not house.arrivals


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"pair": CANARY}, 404, "/pair"),
        ({"sender": CANARY}, 404, "/sender"),
        ({"recipients": ["jamie", CANARY]}, 404, "/recipients/1"),
        ({"sender": "mo"}, 422, "/sender"),
        ({"recipients": ["mo"]}, 422, "/recipients/0"),
    ],
)
def test_only_people_of_the_pair_may_take_part(change: dict[str, object], status: int, pointer: str) -> None:
    house = House()
    response = send(house, {**BODY, **change})
    assert (response.status_code, problem(response)["pointer"]) == (status, pointer)
    assert CANARY not in response.text
    assert not house.arrivals


def test_another_organisation_s_pair_is_answered_like_one_that_nobody_has() -> None:
    house = House()
    theirs = send(house, Authorization=f"Bearer {FOREIGN_KEY}")
    nobodys = send(house, {**BODY, "pair": "nobody"}, Authorization=f"Bearer {FOREIGN_KEY}")
    assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data) == (404, theirs.data)


@pytest.mark.parametrize(
    ("fault", "status", "wait_s"),
    [(StoreUnavailable("x"), 503, "5"), (StoreFull("x"), 507, "60"), (TimeoutError(), 503, "5")],
)
def test_a_store_that_does_not_answer_is_try_again_and_then_it_works(
    fault: Exception, status: int, wait_s: str
) -> None:
    house = House()
    client = house.api().test_client()
    house.fault = fault
    response = client.post(ADDRESS, json=BODY, headers=headers())
    assert (problem(response)["status"], response.headers["Retry-After"]) == (status, wait_s)
    house.fault = None
    assert client.post(ADDRESS, json=BODY, headers=headers()).status_code == 200


def test_an_unforeseen_fault_tells_nothing_of_the_message_to_anybody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    house.fault = RuntimeError(CANARY)
    with caplog.at_level(logging.DEBUG):
        response = send(house, {**BODY, "text": CANARY})
    assert (response.status_code, kind(response)) == (500, "internal")
    assert CANARY not in response.text
    assert CANARY not in caplog.text
    assert response.headers["X-Request-Id"] in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_key_that_asks_too_often_waits() -> None:
    house = House()
    client = house.api().test_client()
    statuses = {
        client.get(f"{ADDRESS}/abc", headers=headers()).status_code for _ in range(REQUESTS_PER_MINUTE)
    }
    assert statuses == {404}
    limited = client.get(f"{ADDRESS}/abc", headers=headers())
    assert (limited.status_code, kind(limited)) == (429, "too-many-requests")
    other = client.get(f"{ADDRESS}/abc", headers=headers(api_key=FOREIGN_KEY))
    assert other.status_code == 404
    house.later(int(limited.headers["Retry-After"]))
    assert client.get(f"{ADDRESS}/abc", headers=headers()).status_code == 404


def test_a_message_can_be_asked_after() -> None:
    house = House()
    client = house.api().test_client()
    house.stand(
        Progress(
            "abc",
            "M-2345-6789",
            "delivered",
            house.now,
            text="See you.",
            recipients=(("jamie", "sent"), ("ruth", "waiting"), ("tara", "stopped")),
            policy_version="v",
        )
    )
    answered = client.get(f"{ADDRESS}/abc", headers=headers()).json
    assert answered == {
        "id": "abc",
        "reference": "M-2345-6789",
        "state": "delivered",
        "received_at": "2026-03-04T16:30:00.000Z",
        "expected_decision_by": None,
        "text": "See you.",
        "recipients": [
            {"person": "jamie", "state": "delivered"},
            {"person": "ruth", "state": "on_its_way"},
            {"person": "tara", "state": "not_delivered"},
        ],
        "policy_version": "v",
    }


def test_a_held_message_looks_the_same_whatever_it_is_held_for() -> None:
    house = House()
    client = house.api().test_client()
    plain = Progress("abc", "M-2345-6789", "checking", house.now, policy_version="v")
    telling = Progress(
        "abc", "M-2345-6789", "sealed", house.now, house.now, "text", (("ruth", "stopped"),), "v"
    )
    answers = []
    for progress in (plain, telling):
        house.stand(progress)
        answers.append(client.get(f"{ADDRESS}/abc", headers=headers()).data)
    assert answers[0] == answers[1]
    assert b"sealed" not in answers[1]


@pytest.mark.parametrize("message_id", ["abc", "a%00b", "%ff", CANARY, "a%2Fb", "a b"])
def test_another_organisation_s_message_is_not_there(message_id: str) -> None:
    house = House()
    house.stand(Progress("abc", "M-2345-6789", "delivered", house.now), "foreign")
    response = house.api().test_client().get(f"{ADDRESS}/{message_id}", headers=headers())
    assert response.status_code == 404
    assert CANARY not in response.text
    assert problem(response)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1", 404),
        ("GET", f"/v1/{CANARY}", 404),
        ("GET", f"//v1//{CANARY}", 404),
        ("POST", f"{ADDRESS}/", 404),
        ("GET", f"/static/{CANARY}", 404),
        ("GET", "/v1/docs", 404),
        ("GET", ADDRESS, 405),
        ("DELETE", f"{ADDRESS}/{CANARY}", 405),
        (CANARY.upper(), ADDRESS, 405),
    ],
)
def test_what_is_not_served_is_a_problem_without_echo(method: str, path: str, status: int) -> None:
    response = House().api().test_client().open(path, method=method, headers=headers())
    assert problem(response)["status"] == status
    assert CANARY not in response.text.lower()
    assert "Location" not in response.headers
    if status == 405:
        assert "POST" in response.headers["Allow"] or "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/abc", "/v1/nothing", "/v1/openapi.json"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_every_answer_is_private_and_for_no_other_origin(path: str, method: str) -> None:
    client = House().api().test_client()
    response = client.open(path, method=method, headers={**headers(), "Origin": "https://example.org"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Request-Id"]
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


def test_api_and_desk_live_in_one_process() -> None:
    def desk(environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])  # type: ignore[operator]
        return [b"desk"]

    client = Client(beside(desk, House().api()))
    for path in ("/", "/v1x", "/cases/v1/messages", "/V1/messages"):
        assert client.get(path).data == b"desk"
    for path in ("/v1", "/v1/", "/v1/messages"):
        assert client.get(path).mimetype == "application/problem+json"


names = st.sampled_from([*BODY, "subject", CANARY, f"{CANARY}.text", "recipients.0"]) | st.text(max_size=5)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20).map(lambda text: CANARY + text)
    | st.sampled_from(["tara", "jamie", "tara-jamie", CANARY, f"\x00{CANARY}", f"{CANARY}\ud800"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
bodies = (
    values.map(json.dumps)
    | st.dictionaries(names, values, max_size=7).map(lambda change: json.dumps({**BODY, **change}))
    | st.text(max_size=30).map(lambda text: text + CANARY)
    | st.text(max_size=30).map(lambda text: json.dumps({**BODY, "text": CANARY})[: len(text) * 3])
)


@given(body=bodies)
@settings(max_examples=400, deadline=None)
def test_no_body_breaks_it_and_none_is_repeated(body: str) -> None:
    client = HOUSE_API.test_client()
    response = client.post(
        ADDRESS,
        data=body.encode("utf-8", "replace"),
        headers=headers(CANARY),
        content_type="application/json",
    )
    assert response.status_code in (200, 400, 404, 422)
    if response.status_code != 200:
        assert problem(response)
        assert CANARY not in response.text + str(response.headers)


class Forgetful(House):
    """Forgets keys and never tires, for trying many bodies."""

    def keyed(self, organisation_id: str, idempotency_key: str) -> None:
        """Nothing was kept."""

    def clock(self) -> object:  # type: ignore[override]
        """A minute passes between requests."""
        self.later(60)
        return self.now


HOUSE_API = Forgetful().api()
