"""All pages of and about tutors, ready for `create_desk` beside those of the families."""

from __future__ import annotations

from flask import Blueprint

from gateway.desk.tutors.discipline import discipline_blueprint
from gateway.desk.tutors.outbox import outbox_blueprint
from gateway.desk.tutors.own_strikes import add_strikes
from gateway.desk.tutors.reports_page import reports_blueprint


def tutor_pages() -> tuple[Blueprint, ...]:
    """The tutor's pages, and the desk's of strikes and of reports."""
    own = outbox_blueprint()
    add_strikes(own)
    return (own, discipline_blueprint(), reports_blueprint())
