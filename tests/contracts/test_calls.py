"""Somebody is called, by mail and by webhook, until somebody answers; the night does its work."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from gateway.domain.dispatch import SendAnswer
from gateway.domain.rota import ANSWER_WITHIN
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound, SettingsError, Unavailable
from gateway.jobs import webhook
from gateway.wiring.notifying import Notifier
from gateway.wiring.on_call import Caller, Nights
from tests.fakes.office_desk import AT, held_case, people_the_desk
from tests.fakes.sql import SECRET_WORDS


@pytest.fixture
def world(store):
    """The store with people, what was posted, and a caller over both."""
    people_the_desk(store)
    posted = []

    async def post(notice) -> SendAnswer:
        posted.append(notice)
        return SendAnswer(250)

    notifier = Notifier(store, post, "https://relay.test")
    return SimpleNamespace(
        store=store,
        rota=store.casework.rota,
        posted=posted,
        caller=Caller(store, notifier, allow_loopback=True),
    )


@pytest.fixture
def listener():
    """A program on loopback that keeps what it is told; `answers` says with which status."""
    told = SimpleNamespace(requests=[], answers=200)

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            told.requests.append((dict(self.headers), body))
            self.send_response(told.answers)
            if told.answers == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Keeps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    yield told
    server.shutdown()
    server.server_close()


def alarms(store):
    query = text("SELECT task_name, args->>'step', scheduled_at FROM procrastinate_jobs WHERE task_name LIKE 'page%' ORDER BY id")  # fmt: skip
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def person(world, page, step):
    asyncio.run(world.caller.person("demo", page.id, step))


def test_an_unanswered_call_goes_to_the_next_until_somebody_answers(world):
    page = world.rota.call("demo", "test", "", AT)
    assert alarms(world.store) == [
        ("page_person", "1", AT),
        ("page_hooks", "1", AT),
        ("page_next", "1", AT + ANSWER_WITHIN),
    ]
    person(world, page, 1)
    assert len(world.posted) == 1 and b"on call" in world.posted[0].content
    world.caller.onward("demo", page.id, 1, AT + ANSWER_WITHIN)
    second = world.rota.page("demo", page.id)
    assert second.step == 2 and second.person_id != page.person_id
    person(world, page, 1)  # the job of the first step, run again: it is over
    assert len(world.posted) == 1
    person(world, page, 2)
    assert world.posted[1].mailbox != world.posted[0].mailbox
    world.rota.acknowledge("demo", page.id, "lea", AT)
    world.rota.acknowledge("demo", page.id, "mo", AT)
    assert world.rota.page("demo", page.id).acknowledged_by == "lea"
    world.caller.onward("demo", page.id, 2, AT)
    person(world, page, 2)
    assert world.rota.page("demo", page.id).step == 2 and len(world.posted) == 2


def test_a_call_that_nobody_answers_ends_and_says_so(world):
    page = world.rota.call("demo", "test", "", AT)
    for step in range(1, 10):
        world.caller.onward("demo", page.id, step, AT)
    over = world.rota.page("demo", page.id)
    assert over.next_at is None and over.acknowledged_at is None
    kinds = [one.entry.kind for one in world.store.record.entries("demo")]
    assert kinds.count("page.unanswered") == 1


def test_a_critical_case_calls_once_where_there_is_a_rota(world):
    from datetime import time

    from gateway.domain.rota import Shift

    case = held_case(world.store, severity=Severity.CRITICAL)
    world.caller.case("demo", case.id, AT)
    assert world.rota.pages("demo") == []
    for day in range(7):
        world.rota.add_shift("demo", Shift("", day, time(0), time(0), "lea"), "lea", AT)
    for _ in range(2):
        world.caller.case("demo", case.id, AT)
    world.caller.case("demo", held_case(world.store, severity=Severity.LOW).id, AT)
    world.caller.case("demo", "nothing", AT)
    (page,) = world.rota.pages("demo")
    assert (page.case_id, page.person_id) == (case.id, "lea")


def test_a_sealed_case_calls_leads_alone_and_tells_programs_nothing_of_it(world, listener):
    case = held_case(world.store, severity=Severity.CRITICAL, lane=Lane.SEALED)
    world.rota.add_hook("demo", listener.url, "lea", AT)
    page = world.rota.call("demo", "case", case.id, AT)
    asyncio.run(world.caller.hooks("demo", page.id, 1))
    assert case.id.encode() not in listener.requests[0][1]
    called = {page.person_id}
    for step in range(1, 5):
        world.caller.onward("demo", page.id, step, AT)
        called.add(world.rota.page("demo", page.id).person_id)
    assert called == {"lea"}


def test_a_webhook_is_signed_as_standard_webhooks_are_and_carries_ids_alone(world, listener):
    case = held_case(world.store)
    secret = bytes.fromhex(world.rota.add_hook("demo", listener.url, "lea", AT))
    page = world.rota.call("demo", "case", case.id, AT)
    asyncio.run(world.caller.hooks("demo", page.id, 1))
    ((headers, body),) = listener.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == expected and headers["webhook-id"] == f"{page.id}.1"
    told = json.loads(body)
    assert told["type"] == "page.opened"
    assert told["data"] == {"page": page.id, "kind": "case", "step": 1, "case": case.id}
    assert SECRET_WORDS.encode() not in body
    with world.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT t::text FROM page_hook t")).scalars().all()
    assert rows and not [row for row in rows if "127.0.0.1" in row]


@pytest.mark.parametrize("status", [302, 400, 500])
def test_an_answer_other_than_200_is_tried_again_and_no_redirect_is_followed(listener, status):
    listener.answers = status
    with pytest.raises(Unavailable):
        webhook.post(listener.url, b"s" * 24, "m", 1, {}, allow_loopback=True)
    assert len(listener.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/x", "https://127.0.0.1:9/x", "https://10.0.0.1/x", "https://169.254.169.254/x",
     "https://[::1]/x", "file:///etc/passwd", "https://", "nonsense"],
)  # fmt: skip
def test_nothing_private_is_called(url):
    with pytest.raises(Unavailable):
        webhook.post(url, b"s" * 24, "m", 1, {})


def test_nobody_of_another_organisation_is_called_or_answers(world):
    page = world.rota.call("demo", "test", "", AT)
    with pytest.raises(NotFound):
        world.rota.acknowledge("other", page.id, "otto", AT)
    with pytest.raises(NotFound):
        world.rota.go_on("other", page.id, 1, AT)
    with world.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM desk_user"))
    assert world.rota.pages("other") == [] and world.rota.hooks("other") == []


def test_where_nobody_may_decide_a_call_says_so(world):
    with world.store.engine.begin() as connection:
        connection.execute(text("UPDATE person SET standing = 'left' WHERE organisation_id = 'other'"))
        connection.execute(text("UPDATE organisation SET directory_version = directory_version + 1"))
    with pytest.raises(SettingsError, match="Nobody"):
        world.rota.call("other", "test", "", AT)


def test_the_night_signs_every_record_and_does_what_no_policy_asks_not(world):
    nights = Nights(world.store)
    assert nights.sign(AT) == 2
    assert (nights.retain(AT), nights.sample(AT)) == (0, 0)
    assert world.store.casework.proofs.last("other") is not None


def test_a_job_that_fails_is_listed_and_tried_again(world):
    from gateway.store.openline import driver_of

    with world.store.engine.begin() as connection:
        for organisation in ("demo", "other"):
            world.store.alarms.set(
                driver_of(connection),
                "case_waits",
                AT + timedelta(days=9),
                {"organisation_id": organisation, "case_id": "c"},
            )
        connection.execute(text("UPDATE procrastinate_jobs SET attempts = 7"))
    operations = world.store.casework.operations
    (dead,) = operations.dead_letters("demo")
    assert (dead.what, dead.tries) == ("case_waits", 7)
    operations.try_again(dead.id, "demo", "lea", AT)
    with pytest.raises(NotFound):
        operations.try_again(dead.id, "other", "otto", AT)
    health = operations.health("demo", AT)
    assert health.jobs == {"todo": 2} and health.database_bytes > 0
