"""One's own account: sessions, second factors, recovery codes, password."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies
from gateway.desk.access import stepped_up
from gateway.desk.parts import begun, parts, viewer
from gateway.desk.signing.enrol import account_name
from gateway.desk.signing.showing import LONGEST_CODE
from gateway.domain.signing import LONGEST_PASSWORD, SHORTEST_PASSWORD

DONE = {
    "ended": "That browser is signed out.",
    "others": "Every other browser is signed out.",
    "removed": "It is removed, and lets nobody in any more.",
    "password": "The password is changed. Every other browser is signed out.",
}
LAST_ONE = "This is your only second factor. Set up another one first, then remove it."
PASSWORD_FAULTS = {
    "short": f"Use at least {SHORTEST_PASSWORD} characters: a few words you can remember are best.",
    "long": f"Use at most {LONGEST_PASSWORD} characters.",
    "other": "The two do not match. Type the new password twice.",
    "known": "This holds your own name or address, which others guess first. Choose another.",
}
SHORTEST_GUESSED = 4  # letters of a name that would make a password easier


def account_blueprint() -> Blueprint:
    """The account page and its forms."""
    pages = Blueprint("account", __name__)
    _add_sessions(pages)
    _add_factors(pages)
    _add_password(pages)
    return pages


def _add_sessions(pages: Blueprint) -> None:
    @pages.get("/account")
    def show() -> ResponseReturnValue:
        return _page(told=DONE.get(request.args.get("done", ""), ""))

    @pages.post("/account/sessions/<session_id>/end")
    def end_session(session_id: str) -> ResponseReturnValue:
        parts().sessions.end(viewer(), session_id, parts().clock())
        return redirect(url_for("account.show", done="ended"), 303)

    @pages.post("/account/sessions/end-others")
    def end_others() -> ResponseReturnValue:
        parts().sessions.end_others(viewer(), cookies.get(cookies.SESSION), parts().clock())
        return redirect(url_for("account.show", done="others"), 303)


def _add_factors(pages: Blueprint) -> None:
    @pages.post("/account/app/remove")
    @stepped_up(back="account.show")
    def drop_app() -> ResponseReturnValue:
        held = parts().sessions.factors.held(viewer())
        if parts().terms.factor_required and not held.passkeys:
            return _page(fault=LAST_ONE), 409
        parts().sessions.factors.drop_app(viewer(), parts().clock())
        return redirect(url_for("account.show", done="removed"), 303)

    @pages.post("/account/passkeys/<passkey_id>/remove")
    @stepped_up(back="account.show")
    def drop_passkey(passkey_id: str) -> ResponseReturnValue:
        held = parts().sessions.factors.held(viewer())
        if parts().terms.factor_required and held.app_since is None and len(held.passkeys) < 2:
            return _page(fault=LAST_ONE), 409
        parts().sessions.factors.drop_passkey(viewer(), passkey_id, parts().clock())
        return redirect(url_for("account.show", done="removed"), 303)

    @pages.post("/account/codes")
    @stepped_up(back="account.show")
    def new_codes() -> ResponseReturnValue:
        if not begun().enrolled:
            abort(400, "Recovery codes stand in for a second factor. Set one up first.")
        codes = parts().sessions.factors.new_codes(viewer(), parts().clock())
        return render_template("desk/codes.html", codes=codes, next=url_for("account.show"))

    @pages.post("/account/codes/file")
    def codes_file() -> ResponseReturnValue:
        """The codes that the page before showed, as a file: we keep none of them to read."""
        codes = [code[:LONGEST_CODE] for code in request.form.getlist("code")[:20]]
        if not codes or not parts().sessions.factors.are_codes(viewer(), codes):
            abort(400, "These are not your present recovery codes. Make new ones.")
        words = ["Tutor Gateway: recovery codes. Each lets you in once, after the password.", "", *codes, ""]
        name = {"Content-Disposition": "attachment; filename=recovery-codes.txt"}
        return Response("\r\n".join(words), mimetype="text/plain", headers=name)


def _add_password(pages: Blueprint) -> None:
    @pages.get("/account/password")
    @stepped_up()
    def password() -> ResponseReturnValue:
        return render_template("desk/password.html", fault="", shortest=SHORTEST_PASSWORD)

    @pages.post("/account/password")
    @stepped_up(back="account.password")
    def put_password() -> ResponseReturnValue:
        new = request.form.get("new", "")
        fault = _password_fault(new, request.form.get("again", ""))
        if fault:
            said = PASSWORD_FAULTS[fault]
            return render_template("desk/password.html", fault=said, shortest=SHORTEST_PASSWORD), 422
        token = cookies.get(cookies.SESSION)
        parts().sessions.change_password(viewer(), new, token, parts().clock())
        return redirect(url_for("account.show", done="password"), 303)


def _password_fault(new: str, again: str) -> str:
    """What is wrong with a new password, "" when nothing is (NIST SP 800-63B 3.1.1.2)."""
    person = viewer()
    own = (person.given, person.family, account_name(person).partition("@")[0])
    if len(new) < SHORTEST_PASSWORD:
        return "short"
    if len(new) > LONGEST_PASSWORD:
        return "long"
    if new != again:
        return "other"
    guessed = (one.casefold() for one in own if len(one) >= SHORTEST_GUESSED)
    return "known" if any(one in new.casefold() for one in guessed) else ""


def _page(told: str = "", fault: str = "") -> str:
    person, sessions = viewer(), parts().sessions
    return render_template(
        "desk/account.html",
        sessions=sessions.of(person, parts().clock()),
        this=begun(),
        held=sessions.factors.held(person),
        account=account_name(person),
        required=parts().terms.factor_required,
        told=told,
        fault=fault,
    )
