"""The web process: desk, API and (in the demo) the families' mailboxes in one application."""

from __future__ import annotations

from datetime import timedelta
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from gateway.channels.platform.app import beside, create_api
from gateway.desk.addresses_page import new_addresses_blueprint
from gateway.desk.app import create_desk
from gateway.desk.families.blueprints import family_pages
from gateway.desk.mailboxes import mailboxes_blueprint
from gateway.desk.parts import Terms
from gateway.desk.signing.provider import Provider
from gateway.desk.todo_page import todo_blueprint
from gateway.desk.tutors.blueprints import tutor_pages
from gateway.errors import SettingsError
from gateway.journey import Journey
from gateway.ports import Office, Readers
from gateway.settings import Settings, read
from gateway.wiring.calling import callers_of, showing
from gateway.wiring.casework import LINKS, casework_pages
from gateway.wiring.running import journey_of, now, readers_of, taker
from gateway.wiring.storing import Store, open_store

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask


def application() -> WSGIApplication:
    """Build the application in a web worker, from the settings of its environment."""
    settings = read()
    store, readers = open_store(settings), readers_of(settings)
    journey = journey_of(store, readers, timedelta(seconds=settings.undo_s))

    def close() -> None:
        journey.close()
        readers.close()
        store.close()

    # A web worker ends without atexit, and would wait for its readers for ever.
    Finalize(None, close, exitpriority=10)
    return build(settings, store, journey, readers)


def build(settings: Settings, store: Store, journey: Journey, readers: Readers) -> WSGIApplication:
    """The desk with the API beside it, over one store and one journey."""
    api = create_api(taker(journey), store.ledger, store.directory, store.api_keys, now)
    return beside(desk_of(settings, store, journey, readers), api)


def desk_of(settings: Settings, store: Store, journey: Office, readers: Readers) -> Flask:
    """The desk with all its pages."""
    folder, take = settings.mailboxes, taker(journey)
    return create_desk(
        journey,
        store.docket,
        store.sessions,
        store.directory,
        now,
        store.form_key,
        extra=(
            *family_pages(callers_of(store, readers, take)),
            *tutor_pages(),
            *casework_pages(store.casework, showing(readers)),
            todo_blueprint(store.tasks),
            new_addresses_blueprint(store.addresses),
            *((mailboxes_blueprint(folder),) if folder else ()),
        ),
        links=(*LINKS, ("Mailboxes", "/mailboxes")) if folder else LINKS,
        terms=Terms(settings.second_factor == "required", settings.public_url, provider_of(settings, store)),
    )


def provider_of(settings: Settings, store: Store) -> Provider | None:
    """The organisation's own sign-in, None without one.

    Raises: SettingsError when its secret cannot be read, the extra is not installed, or it is
        not clear whose it is.
    """
    if not settings.oidc_issuer or settings.oidc_secret_file is None:
        return None
    try:
        from gateway.desk.signing.oidc import OidcProvider
    except ImportError:
        raise SettingsError("oidc_issuer needs more packages: install tutor-gateway[oidc].") from None
    try:
        secret = settings.oidc_secret_file.read_text().strip()
        exposed = settings.oidc_secret_file.stat().st_mode & 0o077
    except OSError as fault:
        raise SettingsError(f"oidc_secret_file cannot be read ({type(fault).__name__}).") from None
    if exposed or not secret:
        raise SettingsError("oidc_secret_file is empty, or others may read it; run `chmod 600` on it.")
    ids = [one.id for one in store.directory.organisations()]
    wanted = settings.oidc_organisation or (ids[0] if len(ids) == 1 else "")
    if wanted not in ids:
        raise SettingsError("oidc_organisation must be the id of the organisation whose sign-in it is.")
    return OidcProvider(wanted, settings.oidc_issuer, settings.oidc_client_id, secret, now)
