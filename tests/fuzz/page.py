"""Any HTML: read without an exception, and what may leave runs nothing, fetches nothing, hides nothing."""

from __future__ import annotations

import re
from html import unescape

from gateway.channels.email.html_text import tell
from gateway.channels.email.sanitise import clean, reads_alike, text_of

SEEDS = [
    b"<html><head><title>x</title><style>p{color:red}</style></head><body><p>Hello &amp; good bye</p></body></html>",
    b"<!-- c --><div style='display:none'>hidden</div><a href=\"https://example.org\" title='t'>link</a><br/>",
    b"<table><tr><td colspan=2>a<td>b</table><img src=cid:a alt='logo'><img src=https://example.org/x.png>",
    b"<![if !mso]><script>alert(1)</script><svg><a xlink:href=x></svg><template>t</template><math><mtext></math>",
    b'<p>&#48;7&#x37;00 &nbsp;900&shy;123</p><noscript><p title="</noscript><img src=x onerror=y>">',
]
TOKENS = [b"<", b">", b"</", b"<!--", b"-->", b"--!>", b"<![CDATA[", b"]]>", b'"', b"'", b"=", b"&#", b"&lt", b";", b"\0", b"<svg>", b"<math>", b"<style>", b"</style>", b"<title>", b"<textarea>", b"<plaintext>", b" onclick=x", b" src=javascript:x", b" href=data:text/html,x", b"<table>", b"<select>", b"\xc2\xa0", b"\xe2\x80\x8b", b"<br"]  # fmt: skip
# In what nh3 wrote, "<" begins a tag and every attribute is quoted.
_TAG = re.compile(r"<[a-z][^>\"]*(?:\"[^\"]*\"[^>\"]*)*>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
_LEADS_OUT = re.compile(r"[\0- ]*(?:https?|mailto):", re.IGNORECASE)  # browsers drop what is in front
_KEPT_TAGS = re.compile(
    r"</?(?:script|style|iframe|object|embed|form|input|link|meta|base|svg|math|template)\b"
)


def check(data: bytes) -> None:
    """Read the bytes as HTML in UTF-8, and clean them."""
    source = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    told = tell(source)
    for run in (told.shown, told.whole, *told.asides, *told.links):
        assert all(0 <= place <= len(source) for place in (run.origin or ())), "a place outside the source"
    fragment = clean(source)
    assert not _KEPT_TAGS.search(fragment), "a tag that was to go"
    for tag in _TAG.findall(fragment):
        for name, value in _ATTRIBUTE.findall(tag):
            assert not name.startswith("on"), "a script in an attribute"
            assert name != "src" and (name != "href" or _LEADS_OUT.match(unescape(value))), "a fetch"
    again = clean(fragment)
    assert again == fragment.replace("\r\n", "\n").replace("\r", "\n"), "cleaned twice is another thing"
    if reads_alike(source, told):
        ours, theirs = "".join(told.whole.text.split()), "".join(text_of(fragment).split())
        assert ours == theirs, "words that were not judged"
