"""Gathers what a mail says and what a copy may be built from, while the mail is read."""

from __future__ import annotations

from classifiers.finding import Layer, Passage
from gateway.channels.email import calendars, headers, outlook, uuencoded
from gateway.channels.email.attachments import CALENDAR, CONVERTED, Accepted, accept, safe_name
from gateway.channels.email.contents import NOT_PASSED, Budget, Contents
from gateway.channels.email.html_text import Run, tell
from gateway.channels.email.inspection import inspect, text_of
from gateway.channels.email.sanitise import reads_alike
from gateway.domain.message import Part
from gateway.moderate.structure import Entity

NAMED_PEOPLE = ("from", "sender", "reply-to", "to", "cc", "bcc")
TOLD_OF_PARTS = ("subject", "content-description")
SAYING_NOTHING = {"content-type", "content-transfer-encoding", "content-disposition", "mime-version"}
# Characters of the subject and of all names beside it; a header of 40 KB is to cost 100 ms.
HEADER_LIMITS = {Layer.SUBJECT: 2_000, Layer.DISPLAY: 5_000}
SHORT_NAME = 25
TOO_LONG = "more text than can be read"
# Of HTML: 8 MB of open tags took nh3 ten seconds and more memory than there was.
PAGE_LIMIT, TAG_LIMIT = 8_000_000, 100_000
TEXT_LIMIT = 1_000_000  # characters that the detectors read within their time


class Gathering:
    """Passages, parts and faults of one mail so far.

    index: the number of the leaf that is being read. budget: what archives may still unpack to.
    room: characters that may still be said; header_room: of them, in headers.
    """

    def __init__(self) -> None:
        self.faults: dict[str, None] = {}
        self.passages: list[Passage] = []
        self.parts: list[Part] = []
        self.budget = Budget()
        self.room = TEXT_LIMIT
        self.header_room = dict(HEADER_LIMITS)
        self.index = 0

    def _note(self, *faults: str) -> None:
        if faults:
            self.faults.update(dict.fromkeys(faults))

    def _say(self, layer: Layer, text: str, part: int = 0) -> None:
        if layer in HEADER_LIMITS and text:
            text = self._within_header(layer, text)
        if text.strip() and self._has_room(text):
            self.passages.append(Passage(layer, text, part))

    def _within_header(self, layer: Layer, text: str) -> str:
        """Return as much as there is room for; each text costs, however short it is."""
        room = self.header_room[layer]
        self.header_room[layer] = max(0, room - max(len(text), SHORT_NAME))
        if len(text) > room or not self.header_room[layer]:
            self._note("more in a header than can be read")
        return text[:room]

    def _say_run(self, layer: Layer, run: Run, part: int) -> None:
        if (text := run.text).strip() and self._has_room(text):
            self.passages.append(Passage(layer, text, part, run.origin))

    def _has_room(self, text: str) -> bool:
        """Tell whether the detectors can read this too; if not, nobody has read the mail."""
        self.room -= len(text)
        if self.room < 0:
            self._note(TOO_LONG)
        return self.room >= 0

    def _say_people(self, entity: Entity) -> None:
        """Say the names in an entity's address fields; none of them is delivered."""
        for name in NAMED_PEOPLE:
            for value in entity.fields.get(name, ()):
                for one in headers.mailboxes(value)[0]:
                    self._say(Layer.DISPLAY, one.name)
                self._say(Layer.DISPLAY, headers.lenient_names(value))

    def _part_header(self, entity: Entity) -> None:
        """Say what a part's own header tells; programs show it in places, and none of it is delivered."""
        if entity.fields.keys() <= SAYING_NOTHING:
            return
        for name in TOLD_OF_PARTS:
            for value in entity.fields.get(name, ()):
                self._say(Layer.DISPLAY, headers.words(value)[0])
        if " " in (identity := content_id(entity)):
            self._say(Layer.DISPLAY, identity)
        self._say_people(entity)

    def _group_names(self, entity: Entity) -> None:
        """Say the names that a group of parts bears as if it were a file."""
        for parameters, name in ((entity.disposition_parameters, "filename"), (entity.parameters, "name")):
            for one in headers.parameter(parameters, name)[0]:
                self._say(Layer.DISPLAY, one)

    def _names(self, entity: Entity) -> list[str]:
        names: dict[str, None] = {}
        for parameters, name in ((entity.disposition_parameters, "filename"), (entity.parameters, "name")):
            values, faults = headers.parameter(parameters, name)
            self._note(*faults)
            names.update(dict.fromkeys(values))
        for position, one in enumerate(names):
            self._say(Layer.DISPLAY, headers.loosely(one))
            shown = safe_name(one)
            self._say(Layer.HIDDEN if position else Layer.FILENAME, shown, self.index)
            if shown != one:
                self._say(Layer.HIDDEN, one, self.index)
        return list(names)

    def _look_for_files(self, text: str) -> None:
        if uuencoded.is_within(text):
            self._note("a file within a text")

    def _html(self, source: str) -> bool:
        """Say what a page tells; False when it is too long for any HTML parser to be asked."""
        if len(source) > PAGE_LIMIT or source.count("<") > TAG_LIMIT:
            self._note(TOO_LONG)
            return False
        told = tell(source)
        self._say_run(Layer.HTML, told.shown, self.index)
        if told.concealed:
            self._say_run(Layer.HIDDEN, told.whole, self.index)
        for run in told.asides:
            self._say_run(Layer.HIDDEN, run, self.index)
        for run in told.links:
            self._say_run(Layer.LINK, run, self.index)
        if not reads_alike(source, told):
            self._note("HTML that can be read in two ways")
        return True

    def _file(
        self, contents: Contents, kind: str, name: str, content_id: str = "", inline: bool = False
    ) -> None:
        self._note(*contents.faults)
        if kind == "text/plain":
            self._look_for_files(contents.texts[0])
        for text in contents.texts:
            self._say(Layer.ATTACHMENT, text, self.index)
        self._keep(contents, kind, name, content_id, inline)

    def _keep(
        self, contents: Contents, kind: str, name: str, content_id: str = "", inline: bool = False
    ) -> None:
        if contents.faults:
            return
        self.parts.append(
            Part(
                self.index,
                kind,
                content=contents.clean,
                filename=name,
                content_id=content_id,
                inline=inline,
                unread=contents.unread,
            )
        )

    def _remark(self, words: str) -> None:
        """Put our words where something was taken out, under a number of their own."""
        self.index += 1
        self.parts.append(Part(self.index, "text/plain", text=words))

    def _calendar(self, entity: Entity, name: str) -> None:
        text, faults = file_text(entity)
        words, names, more = calendars.told(text)
        for one in names:
            self._say(Layer.DISPLAY, one)
        contents = Contents(text.encode("utf-8", "replace"), words, [*faults, *more])
        # Mail programs send the same invitation as an alternative and as a file.
        if any(part.content == contents.clean for part in self.parts):
            return
        self._file(contents, CALENDAR, name if name.endswith(".ics") else "invite.ics")

    def _unpack(self, found: outlook.Unpacked) -> None:
        self._note(*found.faults)
        words = found.text or tell(found.html).whole.text
        self._say(Layer.ATTACHMENT, found.text, self.index)
        self._say(Layer.ATTACHMENT, tell(found.html).whole.text if found.html else "", self.index)
        if not any((part.text or "").strip() for part in self.parts):
            if found.rich and not words.strip():
                self._note(outlook.UNREADABLE)
            elif words.strip():
                self.index += 1
                self._say(Layer.TEXT, words, self.index)
                self.parts.append(Part(self.index, "text/plain", text=words))
        for name, data in found.files:
            self.index += 1
            self._say(Layer.FILENAME, safe_name(name), self.index)
            verdict = accept("application/octet-stream", name, data)
            if not isinstance(verdict, Accepted) or verdict.content_type in {*CONVERTED, CALENDAR}:
                self._note(verdict if isinstance(verdict, str) else NOT_PASSED)
            else:
                contents = inspect(verdict.content_type, data, self.budget)
                self._file(contents, verdict.content_type, verdict.filename)


def file_text(entity: Entity) -> tuple[str, list[str]]:
    """Return the text of a file as its part tells, or as it is usually meant where it does not."""
    told = entity.text is not None and entity.parameters.get("charset")
    return (entity.text or "", []) if told else text_of(entity.content)


def content_id(entity: Entity) -> str:
    """Return the Content-ID by which HTML may show a part, "" if it has none."""
    values = entity.fields.get("content-id", [b""])
    return values[0].decode("utf-8", "replace").strip().strip("<>")
