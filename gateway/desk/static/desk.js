// Single-key shortcuts, no second submit, and no polling while nobody is there. Every page works without this file.
"use strict";

(() => {
  const IDLE_MS = 10 * 60 * 1000;
  let touched = Date.now();
  for (const name of ["keydown", "pointerdown", "pointermove"]) {
    document.addEventListener(name, () => { touched = Date.now(); }, { passive: true });
  }
  // A page left open must neither keep its sign-in alive nor hold a case for ever.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const asked = event.detail.requestConfig?.triggeringEvent;
    if (!asked && Date.now() - touched > IDLE_MS) event.preventDefault();
  });

  for (const form of document.querySelectorAll("form")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("hx-post")) return;
      if (sent) event.preventDefault();
      // A form that somebody else stopped (to ask for a passkey) has not been sent yet.
      else sent = !event.defaultPrevented;
    });
    window.addEventListener("pageshow", () => { sent = false; });
  }

  if (document.body.dataset.keys !== "on") return;
  document.documentElement.classList.add("keys");
  const typing = (element) => element.closest("textarea, select, input:not([type=checkbox])");
  const bar = document.getElementById("decide");
  let chosen = null;

  // A key never decides: it chooses, and takes you to what is still missing.
  const choose = (target) => {
    if (target.matches("summary")) {
      target.parentElement.open = true;
      document.getElementById("question").focus();
      return;
    }
    chosen?.classList.remove("chosen");
    chosen = target;
    target.classList.add("chosen");
    const reason = document.getElementById("reason");
    (reason?.required && reason.value.trim().length < 3 ? reason : target).focus();
  };

  const step = (selector, by) => {
    const all = [...document.querySelectorAll(selector)];
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
    all[next]?.focus();
  };

  const moves = {
    j: () => step(".open-case", 1),
    k: () => step(".open-case", -1),
    m: () => step(".message a.number", 1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && event.target.closest("#decide")) {
      const asking = event.target.closest("details.ask")?.querySelector("button");
      if (asking || chosen) {
        event.preventDefault();
        bar.requestSubmit(asking || chosen);
      }
      return;
    }
    if (event.key === "Enter" && event.target.matches("[type=checkbox]")) event.preventDefault();
    if (event.key === "Escape") document.activeElement.blur();
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target && !moves[key]) return;
    event.preventDefault();
    if (moves[key]) moves[key]();
    else if (bar?.contains(target)) choose(target);
    else target.click();
  });
})();
