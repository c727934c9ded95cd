"""The demo's page of mailboxes: what each person's own mail provider received."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.policy import default
from mailbox import Maildir
from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from gateway.desk.parts import open_to_all

SHOWN_HEADERS = ("From", "To", "Cc", "Subject", "Date")


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivered mail as its reader sees it."""

    headers: tuple[tuple[str, str], ...]
    text: str
    attachments: tuple[str, ...]


def mailboxes_blueprint(folder: Path) -> Blueprint:
    """Pages over the Maildirs below `folder`. Open to all: only the demo adds them."""
    pages = Blueprint("mailboxes", __name__, template_folder="templates")

    @pages.get("/mailboxes")
    @open_to_all
    def show_all() -> ResponseReturnValue:
        """Every mailbox and how much it holds."""
        found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        counts = [(name, len(letters(folder, name))) for name in found]
        return render_template("desk/mailboxes.html", mailboxes=counts)

    @pages.get("/mailboxes/<name>")
    @open_to_all
    def show(name: str) -> ResponseReturnValue:
        """The letters of one mailbox, oldest first."""
        if not folder.is_dir() or name not in {path.name for path in folder.iterdir()}:
            abort(404)
        return render_template("desk/mailbox.html", name=name, letters=letters(folder, name))

    return pages


def letters(folder: Path, name: str) -> list[Letter]:
    """The letters of one mailbox, oldest first."""
    box = Maildir(folder / name, create=False)
    return [_letter(box.get_bytes(key)) for key in sorted(box.keys())]


def _letter(raw: bytes) -> Letter:
    mail = email.message_from_bytes(raw, policy=default)
    body = mail.get_body(("plain", "html"))
    return Letter(
        headers=tuple((name, str(mail[name])) for name in SHOWN_HEADERS if mail[name]),
        text=str(body.get_content()) if body is not None else "",
        attachments=tuple(part.get_filename() or "attachment" for part in mail.iter_attachments()),
    )
