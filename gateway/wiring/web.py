"""The web process: desk, API and (in the demo) the families' mailboxes in one application."""

from __future__ import annotations

from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from gateway.channels.platform.app import beside, create_api
from gateway.desk.app import create_desk
from gateway.desk.mailboxes import mailboxes_blueprint
from gateway.journey import Journey
from gateway.settings import Settings, read
from gateway.wiring.casework import LINKS, casework_pages
from gateway.wiring.running import journey_of, now, readers_of, taker
from gateway.wiring.storing import Store, open_store

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application() -> WSGIApplication:
    """Build the application in a web worker, from the settings of its environment."""
    settings = read()
    store, readers = open_store(settings), readers_of(settings)
    journey = journey_of(store, readers)

    def close() -> None:
        journey.close()
        readers.close()
        store.close()

    # A web worker ends without atexit, and would wait for its readers for ever.
    Finalize(None, close, exitpriority=10)
    return build(settings, store, journey)


def build(settings: Settings, store: Store, journey: Journey) -> WSGIApplication:
    """The desk with the API beside it, over one store and one journey."""
    folder = settings.mailboxes
    demo = (mailboxes_blueprint(folder),) if folder else ()
    desk = create_desk(
        journey,
        store.docket,
        store.sessions,
        store.directory,
        now,
        store.form_key,
        extra=(*casework_pages(store.casework, journey.read), *demo),
        links=(*LINKS, ("Mailboxes", "/mailboxes")) if folder else LINKS,
    )
    api = create_api(taker(journey), store.ledger, store.directory, store.api_keys, now)
    return beside(desk, api)
