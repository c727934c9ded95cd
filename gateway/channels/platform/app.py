"""The API as a WSGI application: the routes, sign-in by key, and a place beside the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from apiflask import APIFlask, HTTPTokenAuth
from flask import jsonify

from gateway.channels.platform import guard, reply, specification
from gateway.channels.platform.bodies import Decided, Keyed, Standing, Submission
from gateway.channels.platform.pace import Pace
from gateway.channels.platform.problems import Problem
from gateway.channels.platform.receive import Reception, Take
from gateway.domain.people import Organisation
from gateway.ports import ApiKeys, Clock, Directory, Ledger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS_PER_MINUTE = 600
KEY_LIMIT = 256  # characters of an API key; a longer one is nobody's


def create_api(take: Take, ledger: Ledger, directory: Directory, api_keys: ApiKeys, clock: Clock) -> APIFlask:
    """The API under /v1, ready to be served alone or `beside` the desk.

    take: hands an arrival to the journey and blocks until the commit.
    """
    api = APIFlask(
        "gateway.channels.platform",
        title="Tutor Gateway",
        version="1",
        spec_path="/v1/openapi.json",
        docs_path=None,  # its pages would load scripts from elsewhere
        static_folder=None,  # type: ignore[arg-type]  # None is Flask's own way to serve no files
    )
    guard.install(api)
    specification.configure(api)
    auth = _sign_in(api_keys, clock)
    _add_sending(api, auth, Reception(take, ledger, directory, clock), directory)
    _add_asking(api, auth, ledger, directory)
    return api


def beside(desk: WSGIApplication, api: WSGIApplication) -> WSGIApplication:
    """One WSGI application: the API for /v1 and below, the desk for everything else.

    Addresses reach both unshortened, unlike with Werkzeug's DispatcherMiddleware.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        chosen = api if path == "/v1" or path.startswith("/v1/") else desk
        return chosen(environ, start_response)

    return application


def _sign_in(api_keys: ApiKeys, clock: Clock) -> HTTPTokenAuth:
    """Who asks, by API key; at most so many requests a minute for each."""
    auth = HTTPTokenAuth(scheme="Bearer", name="ApiKey", realm="tutor-gateway")
    pace = Pace(REQUESTS_PER_MINUTE)

    def verify(token: str | None) -> Organisation | None:
        if not token or len(token) > KEY_LIMIT or not (token.isascii() and token.isprintable()):
            return None
        organisation = api_keys.organisation_of(token)
        if organisation is None:
            return None
        wait_s = pace.wait_s(hashlib.sha256(token.encode()).hexdigest(), clock())
        if wait_s:
            raise Problem("too-many-requests", retry_after_s=wait_s)
        return organisation

    auth.verify_token(verify)
    auth.error_processor(lambda _: Problem("not-authenticated").response())
    return auth


def _add_sending(api: APIFlask, auth: HTTPTokenAuth, reception: Reception, directory: Directory) -> None:
    @api.post("/v1/messages")
    @api.auth_required(auth)
    @api.input(Keyed, location="headers")
    @api.input(Submission)
    @api.output(Decided, description="It passed: show the text and subject given here.")
    @api.doc(operation_id="send_message", responses=specification.SENDING)
    def send_message(headers_data: Keyed, json_data: Submission) -> Any:
        """Send a message of a pair.

        Decided at once, or held for a person; answered only when it is safely kept. The same
        Idempotency-Key with the same body gets the same answer again.
        """
        organisation = cast(Organisation, auth.current_user)
        taken = reception.receive(organisation, headers_data.idempotency_key, json_data)
        status, body = reply.answer(taken, json_data, directory.policy_of(organisation.id))
        response = jsonify(body.model_dump())
        response.status_code = status
        if taken.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response


def _add_asking(api: APIFlask, auth: HTTPTokenAuth, ledger: Ledger, directory: Directory) -> None:
    @api.get("/v1/messages/<message_id>")
    @api.auth_required(auth)
    @api.output(Standing, description="Where the message stands, as its sender may know it.")
    @api.doc(operation_id="get_message", responses=specification.ASKING)
    def get_message(message_id: str) -> Any:
        """Ask where a message stands."""
        if not (message_id.isascii() and message_id.isalnum()):
            raise Problem("not-found")  # none of our ids, and perhaps nothing a database could take
        organisation = cast(Organisation, auth.current_user)
        progress = ledger.progress(organisation.id, message_id)
        standing = reply.standing(progress, directory.policy_of(organisation.id))
        return jsonify(standing.model_dump())
