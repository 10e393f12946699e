// The ledger's page: its checkpoint, its entries, and their verification in this browser.
//
// The root is computed from the published hashes, and the entries that are shown are compared with
// these, so a long ledger opens as fast as a short one. All entries are read if they are few, or if
// the reader asks for it.
//
// Not here: the rules by which charges are recomputed; the program does that.
"use strict";

import { $, copyButton, element } from "./dom.js";
import { bundleHasPublishedHashes, bundlesIn, canVerify, checkpoint, entriesIn, fileBytes, hex,
  isSigned, parsed, rootFromTiles, sha256, verifierKey } from "./log.js";
import { instantWords, periodWords } from "./periods.js";
import { linkTerms, termsLine } from "./terms.js";
import { isolated, reasonOf, speak, switches, t } from "./words.js";

/** @import { Checkpoint, Entry } from "./types" */

/**
 * Writes the result of a check, in other words if any are given; returns whether it succeeded.
 * @typedef {(good: boolean, words?: string | null) => boolean} Verdict
 */

const ENTRIES_SHOWN = 50;
// A ledger with at most this number of entries is always verified whole.
const FEW = 4096;
const SEEN = "tidegauge-seen";

const ledger = {
  size: 0,
  /** The number of entries that are newer than those on the page. */
  newer: 0,
  /**
   * For each bundle that was compared with the published hashes, whether they are equal.
   * @type {Map<number, Promise<boolean>>}
   */
  compared: new Map(),
  /** Counts the pages that were turned, so that an answer that comes too late is dropped. */
  turned: 0,
  /** @type {Verdict | null} */
  verdict: null,
};

/** @type {(text: string) => string} */
const short = (text) => `${text.slice(0, 12)}\u2026`;

// ---------------------------------------------------------------- verification

/**
 * Adds a line that says what is verified and how that ended, with words and a sign and never only
 * by colour.
 * @param {string} words
 * @returns {Verdict}
 */
function line(words) {
  const verdict = element("span", { class: "verdict" }, t("waiting"));
  const claim = element("span", { class: "claim" }, words);
  const node = element("li", {}, verdict, claim);
  $("checks").append(node);
  return (good, otherWords = null) => {
    if (otherWords) claim.textContent = otherWords;
    node.className = good ? "ok" : "bad";
    verdict.textContent = `${good ? "\u2713" : "\u2717"} ${t(good ? "ok" : "bad")}`;
    return good;
  };
}

/**
 * Shows whether the ledger seen at the last visit is the beginning of this one.
 * @param {Checkpoint} point
 */
async function compareSeen(point) {
  /** @type {Record<string, { size: number, root: string }>} */
  const kept = JSON.parse(localStorage.getItem(SEEN) ?? "{}");
  const seen = kept[point.origin];
  if (!seen) {
    $("checks").append(element("li", { class: "note" }, t("check-first")));
  } else {
    const verdict = line(t("check-seen", { count: seen.size }));
    const same = seen.size <= point.size
      && hex(await rootFromTiles(point.size, seen.size)) === seen.root;
    // After a fork the older state stays stored: otherwise the next visit would not see the fork.
    if (!verdict(same)) return;
  }
  kept[point.origin] = { size: point.size, root: hex(point.root) };
  localStorage.setItem(SEEN, JSON.stringify(kept));
}

/**
 * Whether a bundle has the published hashes; each is read once.
 * @param {number} number
 * @returns {Promise<boolean>}
 */
function bundleIsGood(number) {
  const known = ledger.compared.get(number);
  if (known) return known;
  const compared = bundleHasPublishedHashes(number, ledger.size).catch(() => false);
  ledger.compared.set(number, compared);
  return compared;
}

/** @type {(from: number, to: number) => Promise<boolean>} */
const entriesAreGood = async (from, to) =>
  (await Promise.all(bundlesIn(from, to).map(bundleIsGood))).every(Boolean);

/**
 * Verifies every entry, bundle by bundle, and shows its progress.
 * @param {Verdict} verdict
 */
async function verifyAll(verdict) {
  let good = true;
  for (const number of bundlesIn(0, ledger.size)) {
    good = await bundleIsGood(number) && good;
    $("progress").textContent = t("check-progress",
      { done: Math.min(ledger.size, (number + 1) * 256), count: ledger.size });
  }
  $("progress").textContent = "";
  return verdict(good, t("check-entries", { count: ledger.size }));
}

/** @type {(point: Checkpoint) => Promise<void>} */
async function verify(point) {
  const key = await verifierKey();
  $("vkey").textContent = key;
  if (!canVerify()) {
    $("checks").replaceChildren(element("li", { class: "note" }, t("check-cannot")));
    return;
  }
  const signed = line(t("check-signature", { key: short(key.split("+").at(-1) ?? "") }));
  const rooted = line(t("check-root", { count: point.size, root: short(hex(point.root)) }));
  const isGenuine = signed(await isSigned(point, key).catch(() => false));
  const root = await rootFromTiles(point.size, point.size).catch(() => null);
  const isWhole = rooted(root !== null && hex(root) === hex(point.root));
  ledger.verdict = line(t("check-entries", { count: point.size }));
  if (point.size <= FEW) await verifyAll(ledger.verdict);
  else $("verify-all").hidden = false;
  if (isGenuine && isWhole) await compareSeen(point);
}

/**
 * Compares the file of a release with its entry.
 * @param {Entry} entry
 * @param {HTMLElement} cell
 */
async function checkFile(entry, cell) {
  const bytes = await fileBytes(entry.path ?? "").catch(() => null);
  const digest = bytes && hex(await sha256(bytes));
  const good = digest === entry.digest && bytes?.length === entry.bytes;
  cell.replaceChildren(element("span", { class: good ? "verdict ok" : "verdict bad" },
    `${good ? "\u2713" : "\u2717"} ${t(good ? "ok" : "bad")}`), " ",
  element("code", {}, digest ?? ""));
}

// ---------------------------------------------------------------- entries

/** @type {(entry: Entry) => HTMLElement} */
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

/** @type {(entry: Entry) => string} */
function subject(entry) {
  const period = entry.step ?? entry.from ?? (entry.entry === "charge" ? entry.window : null);
  const parts = [entry.dataflow ?? entry.id ?? entry.class, entry.part,
    period && periodWords(period), entry.rho && `\u03c1 ${entry.rho}`, entry.note];
  return parts.filter((part) => typeof part === "string").map(isolated).join(" \u00b7 ");
}

async function showEntries() {
  const { size, newer } = ledger;
  const turned = ++ledger.turned;
  const to = size - newer;
  const from = Math.max(0, to - ENTRIES_SHOWN);
  const entries = (await entriesIn(from, to, size)).map(parsed);
  if (turned !== ledger.turned) return;
  $("entries-caption").textContent = t("entries-shown",
    { from: String(from), to: String(to - 1), size });
  $("rows").replaceChildren(...entries.map((entry, n) =>
    element("tr", {},
      element("th", { scope: "row", class: "number" }, String(from + n)),
      element("td", {}, t(`kind-${entry.entry}`)), element("td", { class: "long" }, subject(entry)),
      element("td", {}, element("time", { datetime: entry.at }, instantWords(new Date(entry.at)))),
      digestCell(entry))).reverse());
  $("newer").disabled = newer === 0;
  $("older").disabled = from === 0;
  if (!ledger.verdict || $("verify-all").hidden) return;
  const good = await entriesAreGood(from, to);
  if (turned !== ledger.turned) return;
  ledger.verdict(good, t("check-shown", { from: String(from), to: String(to - 1) }));
}

/**
 * Turns to older entries, or back to newer ones.
 * @param {number} entries
 */
async function turn(entries) {
  ledger.newer = Math.max(0, ledger.newer + entries);
  await showEntries();
}

await speak();
switches($("languages"));
linkTerms();
$("ledger-terms").replaceChildren(termsLine(["root", "charge", "release", "rho", "amendment",
  "plan"]));
$("newer").addEventListener("click", () => turn(-ENTRIES_SHOWN));
$("older").addEventListener("click", () => turn(ENTRIES_SHOWN));
$("verify-all").addEventListener("click", async () => {
  $("verify-all").hidden = true;
  if (ledger.verdict) await verifyAll(ledger.verdict);
});
const command = `tidegauge ledger verify ${new URL(".", location.href).href.replace(/\/$/, "")}`;
$("verify").textContent = command;
$("verify").after(copyButton(t("copy"), t("copied"), () => command));
try {
  const point = await checkpoint();
  $("note").textContent = point.note.trim();
  ledger.size = point.size;
  await verify(point);
  await showEntries();
} catch (error) {
  $("checks").append(element("li", { class: "bad" }, t("cannot", { why: reasonOf(error) })));
}
document.body.dataset.ready = "true";
