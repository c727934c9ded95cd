// Single-key shortcuts, and no second submit. Every page works without this file.
"use strict";

(() => {
  document.documentElement.classList.add("keys");
  const typing = (element) => element.closest("textarea, select, input:not([type=checkbox])");
  const bar = document.getElementById("decide");
  let chosen = null;

  // A key never decides: it chooses, and takes you to what is still missing.
  const choose = (button) => {
    chosen?.classList.remove("chosen");
    chosen = button;
    button.classList.add("chosen");
    const reason = document.getElementById("reason");
    (reason.value.trim().length < 3 ? reason : button).focus();
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
    if (event.key === "Enter" && event.ctrlKey && chosen && event.target.closest("#decide")) {
      event.preventDefault();
      bar.requestSubmit(chosen);
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

  let sent = false;
  bar?.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
})();
