// The ledger's page: its checkpoint, its entries, and their verification in this browser.
//
// Not here: the rules by which charges are recomputed; the program does that.
"use strict";

import { $, copyButton, element } from "./dom.js";
import { canVerify, checkpoint, entriesOf, fileBytes, hex, isSigned, leafHashes, parsed, rootOf,
  sha256, tilesHold, verifierKey } from "./log.js";
import { instantWords, periodWords } from "./periods.js";
import { speak, switches, t } from "./words.js";

const SHOWN = 50;
const SEEN = "tidegauge-seen";
const ledger = { entries: [], first: 0 };

const short = (text) => `${text.slice(0, 12)}\u2026`;

// ---------------------------------------------------------------- verification

// A line that says what is verified and how it ended; words and a sign, never colour alone.
function line(words) {
  const verdict = element("span", { class: "verdict" }, t("waiting"));
  const node = element("li", {}, verdict, element("span", { class: "claim" }, words));
  $("checks").append(node);
  return (good) => {
    node.className = good ? "ok" : "bad";
    verdict.textContent = `${good ? "\u2713" : "\u2717"} ${t(good ? "ok" : "bad")}`;
    return good;
  };
}

// Whether the ledger seen at the last visit is the beginning of this one.
async function compareSeen(point, hashes) {
  const kept = JSON.parse(localStorage.getItem(SEEN) ?? "{}");
  const seen = kept[point.origin];
  if (!seen) {
    $("checks").append(element("li", { class: "note" }, t("check-first")));
  } else {
    const verdict = line(t("check-seen", { size: seen.size }));
    const same = seen.size <= hashes.length
      && hex(await rootOf(hashes.slice(0, seen.size))) === seen.root;
    // A fork stays what was seen: forgetting it would hide it from the next visit.
    if (!verdict(same)) return;
  }
  kept[point.origin] = { size: point.size, root: hex(point.root) };
  localStorage.setItem(SEEN, JSON.stringify(kept));
}

async function verify(point, entries) {
  const key = await verifierKey();
  $("vkey").textContent = key;
  if (!canVerify()) {
    $("checks").replaceChildren(element("li", { class: "note" }, t("check-cannot")));
    return;
  }
  const signed = line(t("check-signature", { key: short(key.split("+").at(-1)) }));
  const rooted = line(t("check-root", { size: point.size, root: short(hex(point.root)) }));
  const tiled = line(t("check-tiles"));
  const isGenuine = signed(await isSigned(point, key).catch(() => false));
  const hashes = await leafHashes(entries);
  const isWhole = rooted(hex(await rootOf(hashes)) === hex(point.root));
  tiled(await tilesHold(hashes).catch(() => false));
  if (isGenuine && isWhole) await compareSeen(point, hashes);
}

async function checkFile(entry, cell) {
  const bytes = await fileBytes(entry.path).catch(() => null);
  const digest = bytes && hex(await sha256(bytes));
  const good = digest === entry.digest && bytes.length === entry.bytes;
  cell.replaceChildren(element("span", { class: good ? "verdict ok" : "verdict bad" },
    `${good ? "\u2713" : "\u2717"} ${t(good ? "ok" : "bad")}`), " ",
  element("code", {}, digest ?? ""));
}

// ---------------------------------------------------------------- entries

function digestCell(entry) {
  if (!entry.digest) return element("td", {});
  const cell = element("td", { class: "digest" }, element("code", {}, short(entry.digest)));
  if (entry.entry !== "release" || !canVerify()) return cell;
  const button = element("button", { type: "button", class: "small-button",
    "aria-label": `${t("check")} ${entry.path}` }, t("check"));
  button.addEventListener("click", () => checkFile(entry, cell));
  cell.append(" ", button);
  return cell;
}

function subject(entry) {
  const period = entry.step ?? entry.from ?? (entry.entry === "charge" ? entry.window : null);
  const parts = [entry.dataflow ?? entry.id ?? entry.class, entry.part,
    period && periodWords(period), entry.rho && `\u03c1 ${entry.rho}`, entry.note];
  return parts.filter(Boolean).join(" \u00b7 ");
}

function showEntries() {
  const size = ledger.entries.length;
  const to = size - ledger.first;
  const from = Math.max(0, to - SHOWN);
  $("entries-caption").textContent = t("entries-shown", { from, to: to - 1, size });
  $("rows").replaceChildren(...ledger.entries.slice(from, to).map((entry, n) =>
    element("tr", {},
      element("th", { scope: "row", class: "number" }, String(from + n)),
      element("td", {}, t(`kind-${entry.entry}`)), element("td", {}, subject(entry)),
      element("td", {}, element("time", { datetime: entry.at }, instantWords(new Date(entry.at)))),
      digestCell(entry))).reverse());
  $("newer").disabled = ledger.first === 0;
  $("older").disabled = from === 0;
}

function turn(by) {
  ledger.first = Math.max(0, ledger.first + by);
  showEntries();
}

await speak();
switches($("languages"));
document.title = `${t("ledger")} \u2013 Tidegauge`;
for (const link of document.querySelectorAll("a[data-home]")) {
  link.href = `.${new URLSearchParams(location.search).get("lang") ? location.search : "/"}`;
}
$("newer").addEventListener("click", () => turn(-SHOWN));
$("older").addEventListener("click", () => turn(SHOWN));
const command = `tidegauge ledger verify ${new URL(".", location.href).href.replace(/\/$/, "")}`;
$("verify").textContent = command;
$("verify").parentElement.append(copyButton(t("copy"), t("copied"), () => command));
try {
  const point = await checkpoint();
  $("note").textContent = point.note.trim();
  const entries = await entriesOf(point.size);
  await verify(point, entries);
  ledger.entries = entries.map(parsed);
  showEntries();
} catch (error) {
  $("checks").append(element("li", { class: "bad" }, t("cannot", { why: error.message })));
}
document.body.dataset.ready = "true";
