// Records all text that nodemailer's mailparser shows in each mail.
import { createRequire } from "node:module";
import { opened, record } from "./writing.mjs";

const require = createRequire(import.meta.url);
const { simpleParser } = require("mailparser");
const { version } = require("mailparser/package.json");
const PEOPLE = ["from", "sender", "reply-to", "to", "cc", "bcc"];

function people(list) {
  return (list ?? []).flatMap((one) => [one.name, one.address, ...people(one.group)]);
}

async function shown(raw) {
  const mail = await simpleParser(raw);
  const fields = PEOPLE.flatMap((name) => mail.headers.get(name) ?? []);
  return {
    subject: [mail.subject],
    people: fields.flatMap((field) => [field.text, ...people(field.value)]),
    text: [mail.text],
    html: [mail.html, mail.textAsHtml],
    names: mail.attachments.flatMap((one) => [one.filename, one.cid]),
    attachments: mail.attachments.map((one) => opened(one.content)),
  };
}

await record("mailparser", "mailparser (Node)", version, shown);
