"""Every route of the desk, for every role, in the own and a foreign organisation, over a real database.

A new route needs one line in `gateway/desk/roles.py`, and nothing here: its address is filled in
from SAMPLES, or with "x1" for what is not named there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway.desk import access, forgery
from gateway.desk.roles import ROUTES, Door, may
from gateway.domain.case import Action, Decision
from gateway.domain.people import CASE_ROLES, DESK_ROLES, Person, Role
from gateway.domain.signing import Passkey
from gateway.errors import Forbidden
from tests.fakes.real_desk import BASE, PASSWORD, RealDesk, real_desk

ROLES = sorted(DESK_ROLES)
STRANGERS = ("signed out", "with an API key", "was a moderator")
OWING = ("password only", "not enrolled")


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[RealDesk]:
    with real_desk(database_url, tmp_path / "home", mailboxes=str(tmp_path / "mailboxes")) as made:
        yield made


def rules(desk: RealDesk) -> list[tuple[Rule, str]]:
    """Every route with each of its methods."""
    found = [(rule, method) for rule in desk.app.url_map.iter_rules() for method in rule.methods or ()]
    return sorted(
        ((rule, method) for rule, method in found if method not in ("HEAD", "OPTIONS")),
        key=lambda one: (one[0].endpoint, one[1]),
    )


def address(desk: RealDesk, rule: Rule, organisation: str) -> str:
    """The route's address, with ids of things that belong to that organisation."""
    samples = {
        "case_id": desk.cases[organisation],
        "passkey_id": f"{organisation}-moderator",
        "session_id": desk.store.sessions.of(moderator(desk, organisation), datetime.now(UTC))[0].id,
        "person_id": "tara",
        "version": "default@1+00000000",
        "filename": "desk.css",
    }
    values = {name: samples.get(name, 1 if "int" in rule.rule else "x1") for name in rule.arguments}
    with desk.app.test_request_context():
        return str(desk.app.url_for(rule.endpoint, **values))


def moderator(desk: RealDesk, organisation: str) -> Person:
    person = desk.people[organisation, Role.MODERATOR]
    now = datetime.now(UTC)
    if not desk.store.sessions.of(person, now):
        desk.store.sessions.enter(organisation, person.id, now)
    return person


def ask(client: FlaskClient, method: str, path: str, token: str) -> TestResponse:
    if method == "GET":
        return client.get(path, base_url=BASE)
    return client.open(path, method=method, base_url=BASE, data={forgery.FIELD: token})


def became(response: TestResponse) -> str:
    """What somebody met with: let in, refused, or sent to where something is owed."""
    if response.status_code >= 500:
        return "broken"
    where, _, query = (response.location or "").partition("?")
    if response.status_code == 303 and where in SENT and query.startswith("next="):
        return SENT[where]
    if response.status_code == 303 and response.request.path == "/" and where == "/account":
        return "refused"
    if response.status_code == 403 and access.NOT_YOURS in response.text:
        return "refused"
    return "owes" if response.status_code == 403 and access.SIGNED_OUT in response.text else "let in"


SENT = {
    "/sign-in": "owes",
    "/sign-in/second": "owes",
    "/account/second-factor": "owes",
    "/confirm": "confirm",
}


def wanted(endpoint: str, visitor: str) -> str:
    """What the table says somebody should meet with."""
    door = ROUTES.get(endpoint, frozenset())
    if door is Door.OPEN:
        return "let in"
    if visitor in STRANGERS:
        return "owes"
    if visitor in OWING:
        passes = {"password only": (Door.BEGUN,), "not enrolled": (Door.BEGUN, Door.KNOWN)}[visitor]
        return "let in" if door in passes else "owes"
    if isinstance(door, Door):
        return "let in"
    return "let in" if Role(visitor) in door else "refused"


def enter(desk: RealDesk, visitor: str, organisation: str) -> tuple[FlaskClient, str]:
    """A browser of that visitor, and a genuine token for its forms."""
    sessions, now = desk.store.sessions, datetime.now(UTC)
    if visitor in ("signed out", "with an API key"):
        client = desk.app.test_client()
        client.set_cookie("desk-visit", "a-visit")
        if visitor == "with an API key":
            key = desk.store.api_keys.mint_api_key(organisation, "platform")
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client, forgery.issue(desk.key, "visit:a-visit")
    person = desk.people[organisation, Role.MODERATOR if visitor not in ROLES else Role(visitor)]
    token = None
    if visitor == "password only":
        token = sessions.sign_in_verified(organisation, person.mailboxes[0], now)
    client, token = desk.client_of(person, token)
    return client, desk.seal(token)


def walk(desk: RealDesk, visitor: str, home: str, things_of: str) -> dict[str, tuple[str, str]]:
    """Routes at which a visitor of one organisation, asking for things of one, met with something else."""
    wrong = {}
    for rule, method in rules(desk):
        client, token = enter(desk, visitor, home)
        met = became(ask(client, method, address(desk, rule, things_of), token))
        if met != wanted(rule.endpoint, visitor):
            wrong[f"{method} {rule.endpoint}"] = (met, wanted(rule.endpoint, visitor))
    return wrong


@pytest.mark.parametrize("visitor", [*ROLES, "signed out", "with an API key", "password only"])
def test_every_route_lets_in_whom_the_table_says(desk: RealDesk, visitor: str) -> None:
    assert walk(desk, visitor, "demo", "demo") == {}


def test_who_has_not_set_up_a_second_factor_gets_no_further_than_setting_one_up(desk: RealDesk) -> None:
    desk.store.sessions.factors.drop_passkey(moderator(desk, "demo"), "demo-moderator", datetime.now(UTC))
    assert walk(desk, "not enrolled", "demo", "demo") == {}


def test_who_is_a_moderator_no_more_is_a_stranger_at_once(desk: RealDesk) -> None:
    left = replace(moderator(desk, "demo"), role=Role.TUTOR, address="left@relay.test")
    open_ones = [desk.client_of(moderator(desk, "demo")) for _ in rules(desk)]
    roster = desk.store.roster.export("demo")
    desk.store.roster.apply(replace(roster, people=(left,), pairs=(), guardianships=()))
    for (rule, method), (client, token) in zip(rules(desk), open_ones, strict=True):
        met = became(ask(client, method, address(desk, rule, "demo"), desk.seal(token)))
        forged = method != "GET" and wanted(rule.endpoint, "signed out") == "let in"
        assert met == wanted(rule.endpoint, "was a moderator") or forged, rule.endpoint


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_or_changes_anything_of_another_organisation(desk: RealDesk, role: Role) -> None:
    moderator(desk, "other")  # signs in, so that there is a session one might end
    before = digest(desk, "other")
    assert walk(desk, role, "demo", "other") == {}
    assert digest(desk, "other") == before
    case = desk.cases["other"]
    client, _ = enter(desk, role, "demo")
    code = client.get(f"/cases/{case}", base_url=BASE).status_code
    assert code == (404 if role in CASE_ROLES else 403)


def digest(desk: RealDesk, organisation: str) -> dict[str, str]:
    """A hash of all the rows of an organisation, by table; sessions only by whether they ended."""
    found = {}
    with desk.store._engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT table_name FROM information_schema.columns WHERE column_name = 'organisation_id'"
                " AND table_schema = 'public' ORDER BY 1"
            )
        ).scalars()
        for name in tables.all():
            whole = "t.id || coalesce(t.revoked_at::text, '')" if name == "desk_session" else "t::text"
            rows = text(f'SELECT {whole} FROM "{name}" t WHERE organisation_id = :ours ORDER BY 1')
            lines = connection.execute(rows, {"ours": organisation}).scalars().all()
            found[name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


def test_every_route_is_in_the_table_and_the_table_names_no_other(desk: RealDesk) -> None:
    served = {rule.endpoint for rule in desk.app.url_map.iter_rules()}
    assert served - set(ROUTES) == set(), "give each a line in gateway/desk/roles.py"
    assert set(ROUTES) - served == set(), "the route is gone: take its line out of gateway/desk/roles.py"


def test_marks_on_views_say_the_same_as_the_table(desk: RealDesk) -> None:
    marked = {
        endpoint: view.admitted
        for endpoint, view in desk.app.view_functions.items()
        if hasattr(view, "admitted")
    }
    assert marked == {endpoint: ROUTES[endpoint] for endpoint in marked}


def test_an_auditor_and_an_operator_open_no_message_and_decide_nothing() -> None:
    for role in (Role.AUDITOR, Role.OPERATOR):
        assert not [
            endpoint
            for endpoint in ROUTES
            if endpoint.startswith(("case.", "queue.")) and may(role, endpoint)
        ]


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("demo", Role.AUDITOR),
        ("demo", Role.OPERATOR),
        ("other", Role.MODERATOR),
        ("other", Role.ADMINISTRATOR),
    ],
)
def test_behind_the_pages_the_journey_refuses_them_too(desk: RealDesk, organisation: str, role: Role) -> None:
    person, case = desk.people[organisation, role], desk.cases["demo"]
    with pytest.raises(Forbidden):
        desk.office.lay_out("demo", case, person)
    decision = Decision(case, 1, Action.RELEASE, person.id, "It is fine.")
    if organisation == "demo":
        with pytest.raises(Forbidden):
            desk.office.decide("demo", decision)
    kinds = [one.entry.kind for one in desk.store.record.entries("demo")]
    assert "body.viewed" not in kinds


def forgeries(desk: RealDesk, own: str) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Form and headers of each forgery of a form of the session or visit whose genuine token is `own`."""
    another, other = desk.client_of(desk.people["demo", Role.ADMINISTRATOR])
    del another
    return {
        "no token": ({}, {}),
        "another session's": ({forgery.FIELD: desk.seal(other)}, {}),
        "another visit's": ({forgery.FIELD: forgery.issue(desk.key, "visit:another")}, {}),
        "another site's page": ({forgery.FIELD: own}, {"Origin": "https://evil.example.test"}),
        "another site, as the browser says": ({forgery.FIELD: own}, {"Sec-Fetch-Site": "cross-site"}),
        "a neighbour's page": ({forgery.FIELD: own}, {"Sec-Fetch-Site": "same-site", "Origin": "null"}),
    }


@pytest.mark.parametrize("visitor", [Role.SAFEGUARDING_LEAD, "password only", "signed out"])
def test_no_forged_form_is_taken_by_any_route(desk: RealDesk, visitor: str) -> None:
    client, own = enter(desk, visitor, "demo")
    client.set_cookie("desk-away", "a-seed")
    posts = [
        (rule, address(desk, rule, "demo"))
        for rule, method in rules(desk)
        if method == "POST" and wanted(rule.endpoint, visitor) == "let in"
    ]
    forged = forgeries(desk, own)
    moderator(desk, "demo")
    before = digest(desk, "demo")
    taken = [
        (rule.endpoint, name)
        for rule, path in posts
        for name, (form, headers) in forged.items()
        if access.FORGED not in client.post(path, data=form, headers=headers, base_url=BASE).text
    ]
    assert posts and taken == [] and digest(desk, "demo") == before


def test_a_genuine_form_is_taken_with_the_headers_that_browsers_send(desk: RealDesk) -> None:
    for headers in ({"Origin": BASE}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, {}):
        client, own = enter(desk, Role.MODERATOR, "demo")
        answer = client.post("/keys", data={forgery.FIELD: own}, headers=headers, base_url=BASE)
        assert answer.status_code == 303


def test_a_passkey_of_one_organisation_is_nothing_to_another(desk: RealDesk) -> None:
    """The same id and name in another organisation is another person."""
    now, factors = datetime.now(UTC), desk.store.sessions.factors
    ours, theirs = desk.people["demo", Role.AUDITOR], desk.people["other", Role.AUDITOR]
    factors.put_passkey(Passkey("second", "demo", ours.id, "key", b"second", b"none", 0, now))
    assert (len(factors.held(ours).passkeys), len(factors.held(theirs).passkeys)) == (2, 1)
    token = desk.store.sessions.sign_in(theirs.mailboxes[0], PASSWORD, now)
    assert token and desk.store.sessions.session(token, now).person == theirs  # type: ignore[union-attr]


FIELDS = (
    "address", "password", "code", "next", "passkey", "name", "new", "again", "state", "keys", "reason", "version",
)  # fmt: skip
HOSTILE = ("\0\u202e", "x" * 5_000, "' OR 1=1 --\ufffd\U0010ffff", "9" * 40, "[" * 3_000)


@pytest.mark.parametrize("visitor", [Role.ADMINISTRATOR, "password only", "signed out"])
def test_no_field_of_any_form_breaks_a_page(desk: RealDesk, visitor: str) -> None:
    broken = []
    for rule, method in rules(desk):
        if method != "POST" or wanted(rule.endpoint, visitor) != "let in":
            continue
        for value in HOSTILE:
            client, token = enter(desk, visitor, "demo")
            client.set_cookie("desk-known", "a.b")
            form = {forgery.FIELD: token, **dict.fromkeys(FIELDS, value)}
            answer = client.post(address(desk, rule, "demo"), data=form, base_url=BASE)
            if answer.status_code >= 500:
                broken.append((rule.endpoint, value[:20]))
    assert broken == []


def test_no_cookie_breaks_a_page(desk: RealDesk) -> None:
    names = ("desk", "desk-visit", "desk-known", "desk-away", "desk-keys")
    form = {forgery.FIELD: forgery.issue(desk.key, "visit:a"), "address": "x@y.test", "password": "wrong"}
    for name, value in product(names, ("", ".", "\u00e9", "x" * 3_000, "a.b.c", "%00")):
        client = desk.app.test_client()
        client.set_cookie(name, value)
        for path in ("/", "/sign-in", "/sign-in/organisation/back?code=a&state=%C3%A9", "/account"):
            assert client.get(path, base_url=BASE).status_code < 500, (name, value, path)
        client.set_cookie("desk-visit", "a")
        assert client.post("/sign-in", data=form, base_url=BASE).status_code in (403, 429), (name, value)
