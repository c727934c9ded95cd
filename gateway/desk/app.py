"""The desk as one WSGI application."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from gateway.desk import cookies, words
from gateway.desk.access import form_token, guard
from gateway.desk.bulk_page import bulk_blueprint
from gateway.desk.case_page import case_blueprint
from gateway.desk.faults import show_faults
from gateway.desk.forgery import FIELD
from gateway.desk.headers import add_security_headers
from gateway.desk.letters import visible
from gateway.desk.pair_page import pair_blueprint
from gateway.desk.parts import Parts, Terms, name_of, parts, visitor
from gateway.desk.queue_page import queue_blueprint
from gateway.desk.roles import may
from gateway.desk.signing.account import account_blueprint
from gateway.desk.signing.confirm import confirm_blueprint
from gateway.desk.signing.enrol import enrol_blueprint
from gateway.desk.signing.enter import access_blueprint
from gateway.desk.signing.organisation import organisation_blueprint
from gateway.desk.signing.second import second_blueprint
from gateway.desk.work_page import work_blueprint
from gateway.errors import GatewayError
from gateway.ports import Clock, Directory, Docket, Office, Sessions

LARGEST_FORM_BYTES = 256 * 1024

Link = tuple[str, str]


def create_desk(
    office: Office,
    docket: Docket,
    sessions: Sessions,
    directory: Directory,
    clock: Clock,
    secret_key: bytes,
    extra: Sequence[Blueprint] = (),
    links: Sequence[Link] = (),
    terms: Terms | None = None,
) -> Flask:
    """Return the desk, ready to be served.

    secret_key: seals forms; the same in every web process.
    extra: more pages under the same guard: whom they are for stands in `roles`, and their forms
        need `form_token()`; they may extend "desk/base.html".
    links: (title, path) of further entries in the navigation.
    terms: how people sign in.
    """
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.secret_key = secret_key
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES, MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES)
    app.extensions["desk"] = Parts(office, docket, sessions, directory, clock, secret_key, terms or Terms())
    app.before_request(guard)
    app.after_request(add_security_headers)
    _teach_templates(app, tuple(links))
    show_faults(app)
    app.add_url_rule("/healthz", "healthz", healthz)
    signing = (access_blueprint(), second_blueprint(), confirm_blueprint(), organisation_blueprint())
    own = (enrol_blueprint(), account_blueprint())
    work = (queue_blueprint(), case_blueprint(), work_blueprint(), bulk_blueprint(), pair_blueprint())
    for pages in (*signing, *own, *work, *extra):
        app.register_blueprint(pages)
    return app


def healthz() -> ResponseReturnValue:
    """200 when the docket answers, 503 otherwise; says nothing else to anybody."""
    try:
        for organisation in parts().directory.organisations():
            parts().docket.counts(organisation.id)
    except (GatewayError, OSError):
        return "not ready\n", 503, {"Content-Type": "text/plain"}
    return "ok\n", 200, {"Content-Type": "text/plain"}


def _teach_templates(app: Flask, links: tuple[Link, ...]) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.globals.update(words=words, name_of=name_of, form_token=form_token, form_field=FIELD)

    @app.context_processor
    def around() -> dict[str, object]:
        person = visitor()
        return {
            "person": person,
            "may": lambda endpoint: person is not None and may(person.role, endpoint),
            "links": links,
            "keys": cookies.get(cookies.KEYS) != "off",
            "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        }
