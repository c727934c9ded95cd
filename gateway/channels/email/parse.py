"""Reads a mail: every text anybody could see in it, and the parts a copy may be built from."""

from __future__ import annotations

from classifiers.finding import Layer
from gateway.channels.email import automatic, cards, headers, outlook
from gateway.channels.email.attachments import (
    CALENDAR,
    CARD,
    MAIL,
    TNEF,
    Accepted,
    accept,
)
from gateway.channels.email.contents import DEPTH_LIMIT, NOT_PASSED, Contents
from gateway.channels.email.flowed import unflowed
from gateway.channels.email.footer import without_footers, without_html_footers
from gateway.channels.email.gathering import (
    NAMED_PEOPLE,
    TEXT_LIMIT,
    TOO_LONG,
    Gathering,
    content_id,
    file_text,
)
from gateway.channels.email.html_text import tell
from gateway.channels.email.inspection import inspect, text_of
from gateway.domain.message import Part, Reading
from gateway.moderate.gate import dissect
from gateway.moderate.structure import Entity
from gateway.moderate.threads import message_ids

GROUPS = frozenset({"multipart/mixed", "multipart/alternative", "multipart/related"})
SEALED = {
    "multipart/encrypted": "an encrypted message",
    "multipart/signed": "a signed message",
    "application/pkcs7-mime": "an encrypted message",
    "application/x-pkcs7-mime": "an encrypted message",
    "multipart/report": "a delivery report",
}
TEXT_BODIES = frozenset({"text/plain", "text/html"})
# Forms of a text for programs of one maker, beside the text itself; judged, and left out.
SAID_ANEW = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})
MAILS = frozenset({"message/rfc822", "message/global"})
ADDRESSED = frozenset({"to", "cc", "bcc"})
CIRCLES = "a mail that has been through here before"
CARD_REMOVED = "[A visiting card was removed here.]"


def read(raw: bytes) -> Reading:
    """Return what a mail says; what could not be read safely is in `form_faults`.

    raw: as received over SMTP, line ends CRLF. Never raises: a mail that breaks the reader
    is one that could not be read.
    """
    try:
        return _Reader(raw).run()
    except Exception:  # in doubt, hold: nothing about the mail may be in a message or a log
        return Reading(form_faults=("a form that broke the reader",))


def on_the_wire(stored: bytes) -> bytes:
    """Return a mail from a file as it would come over SMTP: a file may have bare line feeds only."""
    return stored if b"\r" in stored else stored.replace(b"\n", b"\r\n")


class _Reader(Gathering):
    """Reads one mail. Leaves are numbered from 1 in reading order, or 0 when there is one only."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.root, found = dissect(raw)
        self._note(*found)
        self.within: list[str] = []
        self.index = 0 if _is_leaf(self.root) else 1

    def run(self) -> Reading:
        fields = self.root.fields
        named = [(name.encode(), value) for name, values in fields.items() for value in values]
        if automatic.goes_in_circles(named):
            self._note(CIRCLES)
        subject = self._subject()
        authors, addressees = self._people()
        self._walk(self.root, alternative=False, nested=0)
        return Reading(
            passages=tuple(self.passages),
            parts=tuple(self.parts),
            subject=subject,
            message_id="".join(message_ids(_first(fields, "message-id"))[:1]),
            in_reply_to="".join(message_ids(_first(fields, "in-reply-to"))[:1]),
            references=message_ids(_first(fields, "references")),
            sent_at=headers.sent_at(_first(fields, "date")),
            authors=authors,
            addressees=addressees,
            auto_submitted=automatic.is_auto_submitted(named),
            form_faults=tuple(self.faults),
        )

    def _subject(self) -> str:
        subject, faults = headers.words(_first(self.root.fields, "subject"))
        self._note(*faults)
        self._say(Layer.SUBJECT, subject)
        self._say(Layer.DISPLAY, headers.loosely(subject))
        return subject

    def _people(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Say the names in the address fields; return who wrote, and to whom."""
        authors: list[str] = []
        addressees: list[str] = []
        for name in NAMED_PEOPLE:
            for value in self.root.fields.get(name, ()):
                found, faults = headers.mailboxes(value)
                if name == "from":
                    self._note(*faults)
                    authors += [one.address for one in found if one.address]
                elif name in ADDRESSED:
                    addressees += [one.address for one in found if one.address]
        self._say_people(self.root)
        return tuple(authors), tuple(addressees)

    def _walk(self, entity: Entity, *, alternative: bool, nested: int) -> None:
        """Read an entity. alternative: it says again what stands before it. nested: how many
        attached mails it lies in."""
        if entity is not self.root:
            self._part_header(entity)
        if entity.children or entity.content_type.startswith("multipart/"):
            self._group_names(entity)
            if entity.content_type in MAILS:
                self._mail_within(entity.children[0], nested + 1)
                return
            if entity.content_type not in GROUPS:
                self._note(SEALED.get(entity.content_type, NOT_PASSED))
            is_choice = entity.content_type == "multipart/alternative"
            for position, child in enumerate(entity.children):
                again = alternative or (is_choice and position > 0)
                self._walk(child, alternative=again, nested=nested)
            return
        self._leaf(entity, alternative, nested)
        self.index += 1

    def _mail_within(self, root: Entity, nested: int) -> None:
        """Read an attached mail. What it says is delivered as a text, its files as files."""
        if nested > DEPTH_LIMIT:
            self._note("mails nested too deep")
            return
        outer, self.within = self.within, []
        for value in root.fields.get("subject", ()):
            subject, faults = headers.words(value)
            self._note(*faults)
            self.within.append(f"Subject: {subject}\n")
        self._walk(root, alternative=False, nested=nested)
        text, self.within = "\n".join(self.within).rstrip() + "\n", outer
        self._say(Layer.ATTACHMENT, text, self.index)
        self._keep(Contents(text.encode("utf-8", "replace")), "text/plain", f"message-{self.index}.txt")
        self.index += 1

    def _leaf(self, entity: Entity, alternative: bool, nested: int) -> None:
        names = self._names(entity)
        attached = bool(names) or entity.disposition == "attachment"
        if alternative and entity.content_type in SAID_ANEW and entity.text is not None and not attached:
            self._say(Layer.HIDDEN, _words_of(entity), self.index)
        elif entity.content_type not in TEXT_BODIES or entity.text is None or attached:
            self._attachment(entity, names[0] if names else "", nested)
        elif not nested:
            self._body(entity, alternative)
        elif alternative:
            self._say(Layer.ATTACHMENT, _words_of(entity), self.index)
        else:
            self.within.append(_words_of(entity))
            self._say_hidden(entity)

    def _body(self, entity: Entity, alternative: bool) -> None:
        text = entity.text or ""
        if entity.content_type == "text/plain" and len(text) > TEXT_LIMIT:
            self._note(TOO_LONG)
        elif entity.content_type == "text/plain":
            if entity.parameters.get("format", "").lower() == "flowed":
                text = unflowed(text, entity.parameters.get("delsp", "").lower() == "yes")
            text = without_footers(text)
            self._look_for_files(text)
            self._say(Layer.TEXT, text, self.index)
        else:
            text = without_html_footers(text)
            if not self._html(text):
                return
        self.parts.append(Part(self.index, entity.content_type, text=text, alternative=alternative))

    def _say_hidden(self, entity: Entity) -> None:
        """Say what the HTML of an attached mail tells besides its words; that is not delivered."""
        if entity.content_type == "text/html":
            told = tell(entity.text or "")
            self._say(
                Layer.ATTACHMENT, "\n".join(one.text for one in (*told.asides, *told.links)), self.index
            )

    def _attachment(self, entity: Entity, filename: str, nested: int) -> None:
        verdict = accept(entity.content_type, filename, entity.content)
        if not isinstance(verdict, Accepted):
            self._note(SEALED.get(entity.content_type, verdict))
            self._say(Layer.ATTACHMENT, _words_of(entity), self.index)
            return
        kind, content = verdict.content_type, entity.content
        if kind == MAIL:
            root, found = dissect(on_the_wire(content))
            self._note(*found)
            self._mail_within(root, nested + 1)
        elif kind == TNEF:
            self._unpack(outlook.unpacked(content))
        elif kind == CARD:
            self._say(Layer.ATTACHMENT, cards.told(file_text(entity)[0]), self.index)
            self._remark(CARD_REMOVED)
        elif kind == CALENDAR:
            self._calendar(entity, verdict.filename)
        else:
            if kind.startswith("text/"):
                text, faults = file_text(entity)
                contents = Contents(text.encode("utf-8", "replace"), [text], faults)
            else:
                contents = inspect(kind, content, self.budget)
            inline = entity.disposition != "attachment"
            self._file(contents, kind, verdict.filename, content_id(entity), inline)


def _words_of(entity: Entity) -> str:
    """Return the text of a leaf that will not be delivered as it is, as well as it can be had."""
    text = entity.text
    if text is None:
        text = text_of(entity.content)[0] if entity.content_type.startswith("text/") else ""
    return tell(text).whole.text if entity.content_type.endswith("html") else text


def _is_leaf(entity: Entity) -> bool:
    return not entity.children and not entity.content_type.startswith("multipart/")


def _first(fields: dict[str, list[bytes]], name: str) -> bytes:
    values = fields.get(name)
    return values[0] if values else b""
