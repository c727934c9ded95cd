"""Saying yes or no to a guardian's new address, from the link in our letter to each address."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import dress, ours, page
from gateway.desk.families.telling import slow_down
from gateway.desk.parts import open_to_all, parts


def addresses_blueprint() -> Blueprint:
    """The page /address/<token>."""
    pages = Blueprint("address", __name__)
    dress(pages)

    @pages.get("/address/<token>")
    @open_to_all
    def show(token: str) -> ResponseReturnValue:
        """Nothing is looked up: programs that check mail open every link."""
        return page("families/address.html", token=token, answered=None, yes=False)

    @pages.post("/address/<token>")
    @open_to_all
    def answer(token: str) -> ResponseReturnValue:
        slow_down(token)
        said = request.form.get("answer", "")
        if said not in ("yes", "no"):
            abort(400)
        answered = ours().addresses.answer(token, said == "yes", parts().clock())
        return page("families/address.html", token=token, answered=answered, yes=said == "yes")

    return pages
