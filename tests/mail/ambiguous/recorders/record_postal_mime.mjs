// Records all text that postal-mime shows in each mail.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { opened, record } from "./writing.mjs";

const require = createRequire(import.meta.url);
const { readFileSync } = require("node:fs");
const entry = require.resolve("postal-mime");
const loaded = await import(pathToFileURL(entry).href);
const PostalMime = loaded.default?.parse ? loaded.default : loaded.default?.default ?? loaded.PostalMime;
const { version } = JSON.parse(readFileSync(entry.replace(/(node_modules.postal-mime.).*$/, "$1package.json"), "utf8"));
const PEOPLE = ["from", "sender", "replyTo", "to", "cc", "bcc"];

function people(list) {
  return [list ?? []].flat().flatMap((one) => [one.name, one.address, ...people(one.group)]);
}

async function shown(raw) {
  const mail = await PostalMime.parse(raw);
  return {
    subject: [mail.subject],
    people: PEOPLE.flatMap((name) => people(mail[name])),
    text: [mail.text],
    html: [mail.html],
    names: mail.attachments.flatMap((one) => [one.filename, one.contentId, one.description]),
    attachments: mail.attachments.map((one) => opened(one.content)),
  };
}

await record("postal-mime", "postal-mime (Node)", version, shown);
