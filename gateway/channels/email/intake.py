"""What follows 354: the message collected from chunks, never line by line.

Every search here is one of bytes' own, so a 25 MB mail costs the event loop about a
millisecond per chunk; aiosmtpd's loop wakes for each line instead.
"""

from __future__ import annotations

from io import BytesIO

END = b"\r\n.\r\n"
# What a chunk may end in that only the next chunk can explain, longest first.
UNDECIDED = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")


class Intake:
    """The message of one DATA command while it arrives.

    most_bytes: beyond it the bytes are dropped and `too_large` is set.
    most_line_bytes: beyond it likewise, and `long_line` is set.
    odd: True when a bare CR, a bare LF or a NUL was seen (RFC 5321 section 2.3.8).
    received: bytes taken from the wire so far, dots and end mark included.
    """

    __slots__ = (
        "_begun",
        "_kept",
        "_kept_bytes",
        "_line",
        "_most",
        "_most_line",
        "_tail",
        "long_line",
        "odd",
        "received",
        "too_large",
    )

    def __init__(self, most_bytes: int, most_line_bytes: int) -> None:
        self._most, self._most_line = most_bytes, most_line_bytes
        # Unlike a join at the end, a BytesIO hands its 25 MB over without copying them at once.
        self._kept = BytesIO()
        self._kept_bytes = self._line = 0
        self._begun = False
        # It starts as if a line had just ended, so that a first "." counts as one.
        self._tail = b"\r\n"
        self.received = 0
        self.odd = self.too_large = self.long_line = False

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk; return what follows the end mark, or None when more is to come."""
        self.received += len(chunk)
        data = self._tail + chunk
        end = data.find(END)
        if end >= 0:
            self._keep(data[: end + 2])
            return data[end + len(END) :]
        self._tail = next((tail for tail in UNDECIDED if data.endswith(tail)), b"")
        self._keep(data[: len(data) - len(self._tail)])
        return None

    def content(self) -> bytes:
        """The message as it was before dots were stuffed; b"" when it broke a limit."""
        return self._kept.getvalue()

    def _keep(self, data: bytes) -> None:
        if not data:
            return
        self.odd = self.odd or has_odd_bytes(data)
        self.long_line = self.long_line or self._has_long_line(data)
        # RFC 5321 section 4.5.2: one leading dot of a line is not part of it.
        data = data.replace(b"\r\n.", b"\r\n")
        if not self._begun:
            self._begun, data = True, data[2:]
        self._kept_bytes += len(data)
        self.too_large = self.too_large or self._kept_bytes > self._most
        if self.too_large or self.long_line:
            self._kept = BytesIO()
        else:
            self._kept.write(data)

    def _has_long_line(self, data: bytes) -> bool:
        """Tell whether a line is too long, hopping from line end to line end."""
        longest = self._most_line + 2
        start = -self._line  # where the line began that runs on from earlier chunks
        while len(data) - start > longest:
            end = data.rfind(b"\n", max(start, 0), start + longest)
            if end < 0:
                return True
            start = end + 1
        last = data.rfind(b"\n", max(start, 0))
        self._line = len(data) - (start if last < 0 else last + 1)
        return False


def has_odd_bytes(data: bytes) -> bool:
    """Tell whether there is a NUL, a CR without its LF or an LF without its CR."""
    ends = data.count(b"\r\n")
    return data.count(b"\n") != ends or data.count(b"\r") != ends or b"\0" in data
