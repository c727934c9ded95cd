"""Zip archives: opened within limits, every file in them judged, and packed anew."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from gateway.channels.email.contents import (
    DEPTH_LIMIT,
    ENCRYPTED,
    OVER_LIMITS,
    RATIO_FLOOR_BYTES,
    RATIO_LIMIT,
    UNREADABLE,
    Budget,
    Contents,
    Opener,
)

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    LookupError,  # an entry without a name
    struct.error,
)
Files = list[tuple[str, bytes]]

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_FLAG_ENCRYPTED = 0x1 | 0x40
# What a Mac adds to a zip archive: folder settings and attributes, never shown.
_UNSEEN = ("__MACOSX/",)
_UNSEEN_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def unzipped(content: bytes, budget: Budget) -> Files:
    """Return the files in a zip archive in order, folders left out.

    Raises: ValueError over the limits or when encrypted; one of BROKEN when it is broken.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        total = sum(entry.file_size for entry in entries)
        if total > max(RATIO_LIMIT * len(content), RATIO_FLOOR_BYTES) or len(
            {one.filename for one in entries}
        ) != len(entries):
            raise ValueError(OVER_LIMITS)
        budget.spend(len(entries), total)
        if any(entry.flag_bits & _FLAG_ENCRYPTED for entry in entries):
            raise ValueError(ENCRYPTED)
        # read() stops at the size that the directory tells, whatever the stream holds.
        return [(entry.filename, archive.read(entry)) for entry in entries]


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of those files, the same bytes for the same files; it tells no dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            packed = name == "mimetype" or _is_packed(data)
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=5)
    return made.getvalue()


def _is_packed(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF"))


def fault_of(error: BaseException) -> str:
    """Return which fault an archive has that could not be opened."""
    return next((one for one in (ENCRYPTED, OVER_LIMITS) if one in str(error)), UNREADABLE)


def look(content: bytes, budget: Budget, depth: int, opener: Opener) -> Contents:
    """Return what the files in an archive say, and the archive made anew from them."""
    contents = Contents(content)
    if depth >= DEPTH_LIMIT:
        contents.faults.append(OVER_LIMITS)
        return contents
    try:
        files = unzipped(content, budget)
    except BROKEN as error:
        contents.faults.append(fault_of(error))
        return contents
    clean: Files = []
    for name, data in files:
        if name.startswith(_UNSEEN) or PurePosixPath(name).name in _UNSEEN_NAMES:
            continue
        shown = safe_path(name)
        contents.texts.append(shown)
        inside = opener(shown, data, budget, depth + 1)
        contents.take(inside)
        clean.append((shown, inside.clean))
    if len({name for name, _ in clean}) != len(clean):
        contents.faults.append(UNREADABLE)
    if not contents.faults:
        contents.clean = zipped(clean)
    return contents


def safe_path(name: str) -> str:
    """Return a path within an archive that leads nowhere else and holds no unseen characters."""
    pieces = name.replace("\\", "/").split("/")
    shown = ("".join(letter for letter in piece if letter.isprintable()).strip(" .") for piece in pieces)
    return "/".join(piece[-120:] for piece in shown if piece and ":" not in piece) or "file"
