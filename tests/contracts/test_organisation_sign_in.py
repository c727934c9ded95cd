"""Signing in through the organisation's own provider, a real one on loopback."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.desk.signing.oidc import OidcProvider
from gateway.domain.people import Organisation, Role
from gateway.domain.signing import Passkey
from gateway.errors import SettingsError
from gateway.settings import Settings, read
from gateway.store.desk_users import add_desk_user, create_organisation
from gateway.wiring.web import provider_of
from tests.fakes.desk import world
from tests.fakes.oidc import CLIENT, SECRET, FakeProvider, provider
from tests.fakes.sql import Store

NEXT_CENTURY = 4_102_444_800  # a fixed moment ahead, so that every worker names the test alike
BASE = "http://localhost"


@pytest.fixture
def away() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def app(family_store: Store, away: FakeProvider) -> Flask:
    add_desk_user(
        family_store.engine, family_store.vault, "demo",
        address="mo@org.test", role=Role.MODERATOR, password="lantern over the weir",
    )  # fmt: skip
    here = world()

    def clock() -> datetime:
        return datetime.now(UTC)

    known = OidcProvider("demo", away.issuer, CLIENT, SECRET, clock)
    return create_desk(
        here.office, here.docket, family_store.sessions, family_store.directory, clock, b"k" * 32,
        terms=Terms(factor_required=False, provider=known),
    )  # fmt: skip


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def leave(client: FlaskClient) -> str:
    """Go to the provider and come back: the address one comes back to."""
    gone = client.get("/sign-in/organisation", base_url=BASE)
    assert gone.status_code == 303, gone.text
    return str(requests.get(gone.location, allow_redirects=False, timeout=10).headers["Location"])


def press(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of the page one comes back to."""
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    return client.post("/sign-in/organisation", data=fields, base_url=BASE)


def come_back(client: FlaskClient) -> TestResponse:
    return press(client, client.get(leave(client).removeprefix(BASE), base_url=BASE))


def test_a_desk_user_signs_in_without_a_password(client: FlaskClient, away: FakeProvider) -> None:
    assert "Sign in with your organisation" in client.get("/sign-in", base_url=BASE).text
    done = come_back(client)
    assert (done.status_code, done.location) == (303, "/")
    assert client.get("/", base_url=BASE).status_code == 200
    assert away.asked.count("/token") == 1


def test_coming_back_signs_in_nobody_until_the_button_is_pressed(
    client: FlaskClient, family_store: Store
) -> None:
    client.get(leave(client).removeprefix(BASE), base_url=BASE)
    mo = family_store.directory.person("demo", "mo")
    assert family_store.sessions.of(mo, datetime.now(UTC)) == []


def test_the_second_factor_is_still_asked_for(client: FlaskClient, family_store: Store) -> None:
    now = datetime.now(UTC)
    family_store.sessions.factors.put_passkey(Passkey("key", "demo", "mo", "key", b"id", b"cose", 0, now))
    assert come_back(client).location.startswith("/sign-in/second")
    assert client.get("/", base_url=BASE).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.org"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": NEXT_CENTURY},
        {"nonce": "of another question"},
        {"nonce": None},
        {"nonce": ["a list"]},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": ["mo@org.test"]},
    ],
    ids=str,
)
def test_a_token_that_cannot_be_believed_lets_nobody_in(
    client: FlaskClient, away: FakeProvider, claims: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    away.claims = claims
    with caplog.at_level(logging.INFO):
        done = come_back(client)
    assert done.status_code == 403 and "did not work this time" in done.text
    assert client.get("/", base_url=BASE).status_code == 303
    assert "mo@org.test" not in caplog.text


def test_who_is_no_desk_user_is_told_so(client: FlaskClient, away: FakeProvider) -> None:
    for email in ("stranger@org.test", "ruth@family.test"):
        away.claims = {"email": email}
        done = come_back(client)
        assert done.status_code == 403 and "no account at this desk" in done.text


def test_a_key_that_was_not_published_signs_nobody_in(client: FlaskClient, away: FakeProvider) -> None:
    away.published = [away.signing]
    away.signing = RSAKey.generate_key(2048, {"kid": "first"})
    assert come_back(client).status_code == 403


def test_keys_may_be_changed_by_the_provider(client: FlaskClient, away: FakeProvider) -> None:
    assert come_back(client).status_code == 303
    away.signing = RSAKey.generate_key(2048, {"kid": "second"})
    assert come_back(client).status_code == 303


def test_a_description_of_another_issuer_is_not_believed(client: FlaskClient, away: FakeProvider) -> None:
    away.described = {"issuer": "https://other.example.org"}
    page = client.get("/sign-in/organisation", base_url=BASE)
    assert page.status_code == 403 and "did not work" in page.text


def test_what_another_browser_was_given_is_worth_nothing(client: FlaskClient, app: Flask) -> None:
    """An attacker's own code and state, sent to a victim's browser, must not sign the victim in as them."""
    address = leave(client).removeprefix(BASE)
    victim = app.test_client()
    assert victim.get(address, base_url=BASE).status_code == 403
    leave(victim)
    assert victim.get(address, base_url=BASE).status_code == 403


def test_a_code_works_once_and_only_with_its_own_verifier(client: FlaskClient) -> None:
    page = client.get(leave(client).removeprefix(BASE), base_url=BASE)
    leave(client)  # another seed: the verifier of the first is gone
    assert press(client, page).status_code == 403


def test_without_a_provider_there_is_no_such_page(family_store: Store) -> None:
    here = world()
    app = create_desk(
        here.office,
        here.docket,
        family_store.sessions,
        family_store.directory,
        lambda: datetime.now(UTC),
        b"k" * 32,
    )
    client = app.test_client()
    assert client.get("/sign-in/organisation", base_url=BASE).status_code == 404
    assert client.get("/sign-in/organisation/back?code=a&state=b", base_url=BASE).status_code == 404
    assert "organisation&#39;s account" not in client.get("/sign-in", base_url=BASE).text


def test_a_provider_that_does_not_answer_is_told_kindly(app: Flask) -> None:
    silent = OidcProvider("demo", "http://127.0.0.1:9", CLIENT, SECRET, lambda: datetime.now(UTC))
    parts = app.extensions["desk"]
    object.__setattr__(parts, "terms", Terms(False, "", silent))
    page = app.test_client().get("/sign-in/organisation", base_url=BASE)
    assert page.status_code == 403 and "sign in with your password" in page.text


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    return file


def chosen(secret: Path, **more: str) -> Settings:
    given = {"issuer": "https://login.example.org", "client_id": CLIENT, "secret_file": str(secret), **more}
    return read({f"GATEWAY_OIDC_{name.upper()}": value for name, value in given.items()})


def test_the_settings_make_a_provider_of_the_only_organisation(family_store: Store, secret: Path) -> None:
    made = provider_of(chosen(secret), family_store)  # type: ignore[arg-type]  # it asks for organisations only
    assert made is not None and made.organisation_id == "demo" and SECRET not in repr(made)
    assert provider_of(read({}), family_store) is None  # type: ignore[arg-type]


def test_a_secret_that_others_may_read_is_refused(family_store: Store, secret: Path) -> None:
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        provider_of(chosen(secret), family_store)  # type: ignore[arg-type]
    secret.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        provider_of(chosen(secret), family_store)  # type: ignore[arg-type]


def test_of_several_organisations_it_must_be_said_whose_it_is(family_store: Store, secret: Path) -> None:
    create_organisation(family_store.engine, Organisation("other", "Other Tutors", "other.test"))
    with pytest.raises(SettingsError, match="oidc_organisation"):
        provider_of(chosen(secret, organisation="nobody"), family_store)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="oidc_organisation"):
        provider_of(chosen(secret), family_store)  # type: ignore[arg-type]
    made = provider_of(chosen(secret, organisation="other"), family_store)  # type: ignore[arg-type]
    assert made is not None and made.organisation_id == "other"
