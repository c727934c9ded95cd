"""The rota: who is on call, where nobody is, and whether a call arrives."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import RotaBook
from gateway.desk.filing_page import nation_of
from gateway.desk.filling import EVERYBODY, NOT_OURS, an_id, moment_of, number, only, time_of, written
from gateway.desk.parts import parts
from gateway.domain.people import Person
from gateway.domain.rota import Shift, StandIn, gaps, on_call
from gateway.errors import NotFound, SettingsError
from gateway.hold.working_days import bank_holidays

WEEKS = 8
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_URL = 500


def rota_blueprint(book: RotaBook) -> Blueprint:
    """The page of the rota and its forms."""
    pages = Blueprint("rota", __name__)

    @pages.get("/rota")
    def show() -> ResponseReturnValue:
        return _page(book, only(EVERYBODY))

    @pages.post("/rota/shifts")
    def add_shift() -> ResponseReturnValue:
        person, starts, ends = only(), time_of(written("starts", 5)), time_of(written("ends", 5))
        weekday, position = number("weekday", 0, 6), number("position", 1, 9)
        if starts is None or ends is None:
            return _page(book, person, {"shift": "Give both times, such as 08:00 and 18:00."}), 422
        shift = Shift("", weekday, starts, ends, an_id(written("person", 64)), position)
        try:
            book.add_shift(person.organisation_id, shift, person.id, parts().clock())
        except NotFound:
            abort(400, NOT_OURS)
        return redirect(url_for("rota.show"), 303)

    @pages.post("/rota/exceptions")
    def add_exception() -> ResponseReturnValue:
        person, who = only(), written("person", 64)
        starts, ends = moment_of(written("starts", 16)), moment_of(written("ends", 16))
        if starts is None or ends is None or starts >= ends:
            return _page(book, person, {"exception": "Give a beginning and a later end."}), 422
        one = StandIn("", starts, ends, who, number("position", 1, 9))
        try:
            book.add_exception(person.organisation_id, one, person.id, parts().clock())
        except NotFound:
            abort(400, NOT_OURS)
        return redirect(url_for("rota.show"), 303)

    @pages.post("/rota/<entry_id>/remove")
    def remove(entry_id: str) -> ResponseReturnValue:
        person = only()
        book.remove(person.organisation_id, an_id(entry_id), person.id, parts().clock())
        return redirect(url_for("rota.show"), 303)

    @pages.post("/rota/test")
    def test() -> ResponseReturnValue:
        person = only(EVERYBODY)
        try:
            book.call(person.organisation_id, "test", "", parts().clock())
        except SettingsError as fault:
            return _page(book, person, {"test": str(fault)}), 422
        return redirect(url_for("rota.show", _anchor="pages"), 303)

    @pages.post("/rota/pages/<page_id>/acknowledge")
    def acknowledge(page_id: str) -> ResponseReturnValue:
        person = only(EVERYBODY)
        book.acknowledge(person.organisation_id, an_id(page_id), person.id, parts().clock())
        return redirect(url_for("rota.show", _anchor="pages"), 303)

    @pages.post("/rota/hooks")
    def add_hook() -> ResponseReturnValue:
        person, url = only(), written("url", LONGEST_URL)
        if not _may_be_called(url):
            return _page(book, person, {"url": "Give an address that begins with https://."}), 422
        secret = book.add_hook(person.organisation_id, url, person.id, parts().clock())
        return _page(book, person, {}, secret)

    @pages.post("/rota/hooks/<hook_id>/remove")
    def remove_hook(hook_id: str) -> ResponseReturnValue:
        person = only()
        book.remove_hook(person.organisation_id, an_id(hook_id), person.id, parts().clock())
        return redirect(url_for("rota.show"), 303)

    return pages


def _may_be_called(url: str) -> bool:
    try:
        pieces = urlsplit(url)
        return pieces.scheme == "https" and bool(pieces.hostname) and len(url) <= LONGEST_URL
    except ValueError:
        return False


def _page(book: RotaBook, person: Person, faults: dict[str, str] | None = None, secret: str = "") -> str:
    now, ours = parts().clock(), person.organisation_id
    shifts, exceptions = book.shifts(ours), book.exceptions(ours, now)
    return render_template(
        "desk/rota.html",
        shifts=shifts,
        exceptions=sorted(exceptions, key=lambda one: one.starts_at),
        on_call=on_call(shifts, exceptions, now),
        gaps=gaps(shifts, exceptions, now, WEEKS, _holidays(nation_of(person), now)),
        weeks=WEEKS,
        days=DAYS,
        people=book.deciders(ours),
        pages=book.pages(ours),
        hooks=book.hooks(ours),
        faults=faults or {},
        secret=secret,
        now=now,
    )


def _holidays(nation: str, now: datetime) -> frozenset[date]:
    years = {now.year, (now + timedelta(weeks=WEEKS)).year}
    return frozenset(day for year in years for day in bank_holidays(nation, year))
