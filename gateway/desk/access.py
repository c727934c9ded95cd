"""Who may pass: the check before every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from gateway.desk import cookies, forgery
from gateway.desk.parts import parts, sitting
from gateway.desk.roles import Admitted, Door, admitted, first_page
from gateway.domain.signing import Session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORGED = "This form was not sent from a page of your present sign-in, so nothing was changed."
SIGNED_OUT = (
    "Your sign-in has ended or is not complete, so nothing was changed. Sign in and repeat what you did."
)
NOT_YOURS = "This page is not for your role. If you need it, ask an administrator of your organisation."

View = TypeVar("View", bound=Callable[..., object])


def stepped_up(back: str = "") -> Callable[[View], View]:
    """Mark a view that asks again who you are, unless you showed it within ten minutes.

    back: for a form, the endpoint of the page it stands on, where the person is returned to,
        with the same arguments in its address; what they sent is not done. Without one, this address.
    """

    def mark(view: View) -> View:
        view.__dict__["stepped_up"] = back or True
        return view

    return mark


def guard() -> ResponseReturnValue | None:
    """Let a request through (None), send it to where something is owed, or refuse it."""
    if request.endpoint == "static":
        return None
    _recognise()
    view = current_app.view_functions.get(request.endpoint or "")
    # An address that leads nowhere is open: its answer is 404 for everybody.
    door = admitted(request.endpoint, view) if request.endpoint else Door.OPEN
    if request.method not in SAFE_METHODS:
        _check_form(door)
    if door is Door.OPEN:
        return None
    return _owing(door) or _stepping_up(view, door)


def form_token() -> str:
    """A token for the forms of the page being rendered."""
    return forgery.issue(parts().secret_key, bound_to())


def bound_to() -> str:
    """What forms and challenges are bound to: the session, or before it this browser's visit."""
    if sitting() is not None:
        return "session:" + cookies.get(cookies.SESSION)
    nonce = g.get("visit") or cookies.get(cookies.VISIT)
    return f"visit:{nonce}" if nonce else ""


def home() -> str:
    """The address that the person of this request begins at."""
    session = sitting()
    return url_for(first_page(session.person.role)) if session else "/"


def local(path: str) -> str:
    """`path` when it leads to a page of ours, the first page otherwise: no open redirect."""
    try:
        pieces = urlsplit(path)
    except ValueError:
        return home()
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and not (pieces.scheme or pieces.netloc) and "\\" not in path else home()


def origin() -> str:
    """How browsers name this desk: scheme, host and port."""
    scheme = "https" if cookies.behind_tls() else "http"
    return parts().terms.public_url or f"{scheme}://{request.host}"


def _recognise() -> None:
    """Find out whose request this is: `g.person` only for those who showed all that is asked."""
    token = cookies.get(cookies.SESSION)
    g.session = parts().sessions.session(token, parts().clock()) if token else None
    g.person = g.session.person if g.session and _shown_all(g.session) else None


def _shown_all(session: Session) -> bool:
    return session.complete and (session.enrolled or not parts().terms.factor_required)


def _check_form(door: Admitted) -> None:
    """Refuse a form that another site, another session or nobody's page sent."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if forgery.from_elsewhere(site, origin, request.host, parts().terms.public_url):
        abort(403, FORGED)
    if door is not Door.OPEN and sitting() is None:
        abort(403, SIGNED_OUT)
    if not forgery.genuine(parts().secret_key, bound_to(), request.form.get(forgery.FIELD, "")):
        abort(403, FORGED)


def _owing(door: Admitted) -> ResponseReturnValue | None:
    """Where to send somebody who has not shown all that a page asks; None for those who have."""
    session = sitting()
    if session is None:
        return _first("access.sign_in")
    if door is Door.BEGUN:
        return None
    if not session.complete:
        return _first("second.show")
    if door is Door.KNOWN:
        return None
    if not _shown_all(session):
        return _first("enrol.show")
    if session.person.role not in door:
        if request.path == "/":
            return redirect(home(), 303)
        abort(403, NOT_YOURS)
    return None


def _first(endpoint: str) -> ResponseReturnValue:
    """To a page where something is owed, and then here; a form is not sent again."""
    if request.method not in SAFE_METHODS:
        abort(403, SIGNED_OUT)
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)


def _stepping_up(view: object, door: Admitted) -> ResponseReturnValue | None:
    """The way to the page that asks again who you are, None where that is not needed."""
    back = getattr(view, "stepped_up", None)
    session = sitting()
    if back is None or door is Door.BEGUN or session is None or session.fresh(parts().clock()):
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("confirm.show", next=request.full_path.rstrip("?")), 303)
    return redirect(url_for("confirm.show", next=_page_of_the_form(back), unsent=1), 303)


def _page_of_the_form(back: object) -> str:
    if not isinstance(back, str):
        return request.path
    try:
        return url_for(back, **(request.view_args or {}))
    except BuildError:
        return url_for(back)
