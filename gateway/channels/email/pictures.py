"""Pictures: codes in them read, words too where OCR is installed; and the picture without its metadata.

Metadata is cut out of the file rather than lost by encoding anew: no quality is lost, the
cost is that of reading, and nothing stays that is not on a short list of what a picture needs.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from gateway.channels.email.contents import UNSEEN, Contents, Remembered

PIXEL_LIMIT = 36_000_000
JPEG_PIXEL_LIMIT = 100_000_000  # reduced while it is decoded
LOOKED_AT = 2_400  # pixels on the longer side; a code that is finer is not read by a phone either
MOVING_PIXEL_LIMIT = 60_000_000
SHOWS_NOTHING_BYTES = 64  # shorter than the smallest picture there is

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD"}
    | {b"acTL", b"fcTL", b"fdAT", b"hIST"}
)
_JPEG_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_JPEG_PROFILE = b"ICC_PROFILE\0"
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def kind_of(content: bytes) -> str:
    """Return the type of a picture by its first bytes, "" for one that is not passed."""
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def look(content_type: str, content: bytes) -> Contents:
    """Return the words in a picture's codes (and in the picture), and the picture itself cleaned."""
    if len(content) <= SHOWS_NOTHING_BYTES:
        return Contents(content)
    try:
        clean = stripped(content_type, content)
        texts = codes(clean)
    except MemoryError:
        raise
    except Exception:  # whatever a broken picture does to the libraries: nobody has seen it
        return Contents(content, faults=[UNSEEN], unread=True)
    return Contents(clean, list(texts), unread=_ocr() is None)


def stripped(content_type: str, content: bytes) -> bytes:
    """Return the picture without comments, camera data, places and trailing bytes.

    Raises ValueError when it is not built as its type says.
    """
    cut = {"image/jpeg": _jpeg, "image/png": _png, "image/gif": _gif, "image/webp": _webp}[content_type]
    try:
        return b"".join(cut(content))
    except (IndexError, struct.error) as fault:
        raise ValueError("a picture that ends too early") from fault


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Yield the segments that make the picture (ITU T.81 annex B); of Exif only how to turn it."""
    yield b"\xff\xd8"
    if (turned := _orientation(content)) > 1:
        yield _turned(turned)
    at = 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        if content[at] != 0xFF:
            raise ValueError("a picture with something between its segments")
        marker = content[at + 1]
        if marker == 0xD9:
            break
        if marker in _JPEG_ALONE:
            at += 2
            continue
        size = struct.unpack_from(">H", content, at + 2)[0] + 2
        segment = content[at : at + size]
        if _kept(marker, segment):
            yield segment
        at += size
        if marker == 0xDA:
            end = _scan_end(content, at)
            yield content[at:end]
            at = end
            if at >= len(content):  # cut short: shown as far as it goes
                break
    yield b"\xff\xd9"


def _kept(marker: int, segment: bytes) -> bool:
    if marker == 0xFE:
        return False
    if 0xE0 <= marker <= 0xEF:
        return marker in (0xE0, 0xEE) or (marker == 0xE2 and segment[4:16] == _JPEG_PROFILE)
    return True


def _scan_end(content: bytes, at: int) -> int:
    """Return where the next real marker after entropy-coded data stands."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2
    return len(content)


def _orientation(content: bytes) -> int:
    """Return the Exif orientation, 1 to 8; 1 where none is told."""
    at = content.find(b"\xff\xe1", 0, 65_536)
    tiff = content.find(b"Exif\0\0", at, at + 16) + 6 if at >= 0 else 5
    if tiff <= 5:
        return 1
    order = "<" if content[tiff : tiff + 2] == b"II" else ">"
    try:
        first = tiff + struct.unpack_from(order + "I", content, tiff + 4)[0]
        for number in range(struct.unpack_from(order + "H", content, first)[0]):
            tag, _, _, value = struct.unpack_from(order + "HHIH", content, first + 2 + 12 * number)
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass  # no orientation that a program could read
    return 1


def _turned(orientation: int) -> bytes:
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG
    for name, start, end in _chunks(content):
        if name in _PNG_KEPT:
            yield content[start:end]
        if name == b"IEND":
            return


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = len(_PNG)
    while at + 8 <= len(content):
        size = struct.unpack_from(">I", content, at)[0]
        yield content[at + 4 : at + 8], at, at + 12 + size
        at += 12 + size


def _gif(content: bytes) -> Iterator[bytes]:
    """Yield the blocks that make the picture (GIF89a section 19 and following); comments go."""
    at = 13 + _colours(content[10])
    yield content[:at]
    while content[at : at + 1] not in (b";", b""):
        start, extension = at, content[at] == 0x21
        at += 2 if extension else 10 + _colours(content[at + 9]) + 1
        first = content[at + 1 : at + 1 + content[at]]
        while content[at]:
            at += content[at] + 1
        at += 1
        if (
            not extension
            or content[start + 1] == 0xF9
            or (content[start + 1] == 0xFF and first in _GIF_LOOPS)
        ):
            yield content[start:at]
    yield b";"


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(content: bytes) -> Iterator[bytes]:
    """Yield the chunks of the picture (RFC 9649 section 2.7), those that tell of it left out."""
    kept = []
    at = 12
    while at + 8 <= len(content):
        size = struct.unpack_from("<I", content, at + 4)[0]
        end = at + 8 + size + (size & 1)
        if (name := content[at : at + 4]) in _WEBP_KEPT:
            chunk = content[at:end]
            if name == b"VP8X":
                chunk = chunk[:8] + bytes([chunk[8] & ~(0x20 | 0x08 | 0x04)]) + chunk[9:]
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    yield b"RIFF" + struct.pack("<I", len(body)) + body


def packed_texts(content: bytes) -> Iterator[bytes]:
    """Yield what compressed text chunks of a PNG hold, for the last look at what leaves."""
    if not content.startswith(_PNG):
        return
    for name, start, end in _chunks(content):
        if name in (b"zTXt", b"iTXt", b"iCCP"):
            data = content[start + 8 : end - 4]
            at = data.find(b"\x78")
            yield data if at < 0 else zlib.decompressobj().decompress(data[at:], 1 << 20)


def _codes(content: bytes) -> tuple[str, ...]:
    from PIL import Image, ImageFile, ImageSequence

    ImageFile.LOAD_TRUNCATED_IMAGES = True  # shown as far as it goes, as every mail program does
    found: dict[str, None] = {}
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
        pixels = image.width * image.height
        jpeg = image.format in ("JPEG", "MPO")
        if pixels > (JPEG_PIXEL_LIMIT if jpeg else PIXEL_LIMIT):
            raise ValueError("a picture too large to look at")
        image.draft("L", (LOOKED_AT, LOOKED_AT))
        frames = getattr(image, "n_frames", 1)
        for frame in ImageSequence.Iterator(image) if frames > 1 else [image]:
            # A GIF's frames may be larger than it says.
            if frames > 1 and frames * frame.width * frame.height > MOVING_PIXEL_LIMIT:
                raise ValueError("a moving picture too long to look at")
            found.update(dict.fromkeys(read_frame(frame)))
    return tuple(found)


codes = Remembered(_codes, limit=64)
"""The words in a picture's QR and bar codes, and with OCR in the picture. Raises on a broken one."""


def read_frame(image: Any) -> list[str]:
    """Return the words of codes in one opened picture, and of the picture if OCR is installed."""
    import zxingcpp

    grey = _grey(image)
    found = [code.text or code.bytes.decode("latin-1") for code in zxingcpp.read_barcodes(grey)]
    if (ocr := _ocr()) is not None:
        found.append(str(ocr.image_to_string(grey, timeout=8)))
    return [one for one in found if one.strip()]


def _grey(image: Any) -> Any:
    """Return the picture in grey on white, reduced: what is see-through shows the page."""
    from PIL import Image

    if max(image.size) > LOOKED_AT:
        image = image.copy()
        image.thumbnail((LOOKED_AT, LOOKED_AT))
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return image.convert("L")


@lru_cache(maxsize=1)
def _ocr() -> Any:
    """Return pytesseract if it and the program behind it are installed (extra `ocr`), else None."""
    import shutil

    if importlib.util.find_spec("pytesseract") is None or shutil.which("tesseract") is None:
        return None
    return importlib.import_module("pytesseract")
