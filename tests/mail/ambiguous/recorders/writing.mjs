// Shared by the two Node recorders: reads the mails, writes the record.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));
const LONGEST = 100000;

/** What saved bytes would look like to somebody who opens them. */
export function opened(content) {
  if (typeof content === "string") return content;
  return content ? Buffer.from(content).toString("utf8") : "";
}

function tidy(told) {
  const kept = {};
  for (const place of Object.keys(told).sort()) {
    const texts = [...new Set(told[place].filter(Boolean).map((text) => String(text).slice(0, LONGEST).toWellFormed()))];
    if (texts.length) kept[place] = texts;
  }
  return kept;
}

/** Writes recorded/<file>.json. shown: bytes in, {place: [text]} out. */
export async function record(file, parser, version, shown) {
  const mails = {};
  for (const name of readdirSync(FOLDER).filter((one) => one.endsWith(".eml")).sort()) {
    try {
      mails[name.slice(0, -4)] = tidy(await shown(readFileSync(join(FOLDER, name))));
    } catch (fault) {
      mails[name.slice(0, -4)] = { error: [fault.constructor.name] };
    }
  }
  const text = JSON.stringify({ mails, parser, version }, null, 1);
  writeFileSync(join(FOLDER, "recorded", `${file}.json`), text.replace(/[\u007f-\uffff]/g, (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0")) + "\n");
}
