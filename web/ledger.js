// The ledger's page: its checkpoint, its entries, and their verification in this browser.
//
// The root is made of the published hashes, and the entries that are shown are held against these:
// a long ledger opens as fast as a short one. All entries are read where they are few, and where
// the reader asks for it.
//
// Not here: the rules by which charges are recomputed; the program does that.
"use strict";

import { $, copyButton, element } from "./dom.js";
import { bundleHolds, bundlesIn, canVerify, checkpoint, entriesIn, fileBytes, hex, isSigned, parsed,
  rootByTiles, sha256, verifierKey } from "./log.js";
import { instantWords, periodWords } from "./periods.js";
import { speak, switches, t } from "./words.js";

const SHOWN = 50;
// Entries up to which all are verified unasked.
const FEW = 4096;
const SEEN = "tidegauge-seen";
// `held` has a verdict for each bundle that was held against the published hashes.
const ledger = { size: 0, first: 0, held: new Map(), turned: 0 };

const short = (text) => `${text.slice(0, 12)}\u2026`;

// ---------------------------------------------------------------- verification

// A line that says what is verified and how it ended; words and a sign, never colour alone.
function line(words) {
  const verdict = element("span", { class: "verdict" }, t("waiting"));
  const claim = element("span", { class: "claim" }, words);
  const node = element("li", {}, verdict, claim);
  $("checks").append(node);
  return (good, other = null) => {
    if (other) claim.textContent = other;
    node.className = good ? "ok" : "bad";
    verdict.textContent = `${good ? "\u2713" : "\u2717"} ${t(good ? "ok" : "bad")}`;
    return good;
  };
}

// Whether the ledger seen at the last visit is the beginning of this one.
async function compareSeen(point) {
  const kept = JSON.parse(localStorage.getItem(SEEN) ?? "{}");
  const seen = kept[point.origin];
  if (!seen) {
    $("checks").append(element("li", { class: "note" }, t("check-first")));
  } else {
    const verdict = line(t("check-seen", { size: seen.size }));
    const same = seen.size <= point.size
      && hex(await rootByTiles(point.size, seen.size)) === seen.root;
    // A fork stays what was seen: forgetting it would hide it from the next visit.
    if (!verdict(same)) return;
  }
  kept[point.origin] = { size: point.size, root: hex(point.root) };
  localStorage.setItem(SEEN, JSON.stringify(kept));
}

// Whether a bundle has the published hashes; each is looked at once.
function holds(number) {
  if (!ledger.held.has(number)) {
    ledger.held.set(number, bundleHolds(number, ledger.size).catch(() => false));
  }
  return ledger.held.get(number);
}

const hold = async (from, to) =>
  (await Promise.all(bundlesIn(from, to).map(holds))).every(Boolean);

// Verifies every entry, bundle by bundle, and tells how far it is.
async function verifyAll(verdict) {
  let good = true;
  for (const number of bundlesIn(0, ledger.size)) {
    good = await holds(number) && good;
    $("progress").textContent = t("check-progress",
      { done: Math.min(ledger.size, (number + 1) * 256), size: ledger.size });
  }
  $("progress").textContent = "";
  return verdict(good, t("check-entries", { size: ledger.size }));
}

async function verify(point) {
  const key = await verifierKey();
  $("vkey").textContent = key;
  if (!canVerify()) {
    $("checks").replaceChildren(element("li", { class: "note" }, t("check-cannot")));
    return;
  }
  const signed = line(t("check-signature", { key: short(key.split("+").at(-1)) }));
  const rooted = line(t("check-root", { size: point.size, root: short(hex(point.root)) }));
  const isGenuine = signed(await isSigned(point, key).catch(() => false));
  const root = await rootByTiles(point.size, point.size).catch(() => null);
  const isWhole = rooted(root !== null && hex(root) === hex(point.root));
  ledger.verdict = line(t("check-entries", { size: point.size }));
  if (point.size <= FEW) await verifyAll(ledger.verdict);
  else $("verify-all").hidden = false;
  if (isGenuine && isWhole) await compareSeen(point);
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

async function showEntries() {
  const { size, first } = ledger;
  const turned = ++ledger.turned;
  const to = size - first;
  const from = Math.max(0, to - SHOWN);
  const entries = (await entriesIn(from, to, size)).map(parsed);
  if (turned !== ledger.turned) return;
  $("entries-caption").textContent = t("entries-shown", { from, to: to - 1, size });
  $("rows").replaceChildren(...entries.map((entry, n) =>
    element("tr", {},
      element("th", { scope: "row", class: "number" }, String(from + n)),
      element("td", {}, t(`kind-${entry.entry}`)), element("td", {}, subject(entry)),
      element("td", {}, element("time", { datetime: entry.at }, instantWords(new Date(entry.at)))),
      digestCell(entry))).reverse());
  $("newer").disabled = first === 0;
  $("older").disabled = from === 0;
  if (!ledger.verdict || $("verify-all").hidden) return;
  const good = await hold(from, to);
  if (turned === ledger.turned) ledger.verdict(good, t("check-shown", { from, to: to - 1 }));
}

async function turn(by) {
  ledger.first = Math.max(0, ledger.first + by);
  await showEntries();
}

await speak();
switches($("languages"));
document.title = `${t("ledger")} \u2013 Tidegauge`;
for (const link of document.querySelectorAll("a[data-home]")) {
  link.href = `.${new URLSearchParams(location.search).get("lang") ? location.search : "/"}`;
}
$("newer").addEventListener("click", () => turn(-SHOWN));
$("older").addEventListener("click", () => turn(SHOWN));
$("verify-all").addEventListener("click", async () => {
  $("verify-all").hidden = true;
  await verifyAll(ledger.verdict);
});
const command = `tidegauge ledger verify ${new URL(".", location.href).href.replace(/\/$/, "")}`;
$("verify").textContent = command;
$("verify").parentElement.append(copyButton(t("copy"), t("copied"), () => command));
try {
  const point = await checkpoint();
  $("note").textContent = point.note.trim();
  ledger.size = point.size;
  await verify(point);
  await showEntries();
} catch (error) {
  $("checks").append(element("li", { class: "bad" }, t("cannot", { why: error.message })));
}
document.body.dataset.ready = "true";
