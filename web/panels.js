// Panels beside the figures: about, quality, privacy, and the clock of releases.
//
// Not here: the verification of the ledger (ledger.js).
"use strict";

import { $, element, svgElement } from "./dom.js";
import { heldOf } from "./nowcast.js";
import { decimal, isRate, percent, writing } from "./numbers.js";
import { oddsFigure } from "./odds.js";
import { closes, endOf, instantWords, lengthWords, periodWords, untilWords } from "./periods.js";
import { changesSince } from "./revisions.js";
import { TOTAL, areaWords, isWeak } from "./series.js";
import { term, termsLine } from "./terms.js";
import { listWords, numberWords, t } from "./words.js";

/** @import { Child, Dataflow, Listed, Page, Privacy, Release, Releases, Series, Spending, Store,
  Structure } from "./types" */

// The number of releases over which timeliness and revisions are shown.
const RELEASES = 12;
// The texts on method that stand beside the figures; the page of the plan has all.
const METHOD_SHOWN = ["concepts", "comparability", "revision_policy"];

/**
 * Terms and their meanings; a term without a meaning is left out.
 * @param {[Child, Child][]} rows
 */
const terms = (rows) => rows.filter(([, words]) => words).flatMap(([name, words]) =>
  [element("dt", {}, name), element("dd", {}, words)]);

/** @type {(numbers: number[]) => number} */
const median = (numbers) => numbers.slice().sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** @type {(store: Store, structure: Structure) => void} */
export function showAbout(store, structure) {
  const { boundWindow, boundMonth, window } = structure.privacy;
  const bound = [[boundWindow, window], [boundMonth, "month"]].filter(([count]) => count)
    .map(([count, length]) => t("meta-bound-times",
      { count: Number(count), window: t(`word-${length}`) }));
  const dimensions = structure.dimensions
    .map(({ name, codes }) => ({ name, count: codes.filter(({ id }) => id !== TOTAL).length }))
    .filter(({ count }) => count > 1).map((dimension) => t("meta-codes", dimension)).join(", ");
  const contact = /^[^\s@]+@[^\s@]+$/.test(store.contact)
    ? element("a", { href: `mailto:${store.contact}` }, store.contact) : store.contact;
  $("about").replaceChildren(...terms([
    [t("meta-publisher"), store.controller], [t("meta-purpose"), store.purpose],
    [t("meta-basis"), store.legalBasis], [t("meta-contact"), contact],
    [t("meta-area"), areaWords(store.referenceArea)],
    [term("unit", t("meta-unit")), t(`unit-${structure.unit}`)],
    [term("step", t("meta-step")), t(`word-${structure.step}`)],
    [term("bound", t("meta-bound")), isRate(structure) ? null : listWords(bound)],
    [t("meta-of"), [...new Set(structure.parts?.map((part) => part.name))].join(" / ")],
    [term("dimension", t("meta-dimensions")), dimensions],
    [term("break", t("meta-breaks")), (structure.breaks ?? []).map(({ from, note }) =>
      t("meta-break", { from: periodWords(from), note })).join("; ")],
    [t("meta-id"), isRate(structure) ? structure.id
      : `${store.agency}:${structure.id}(${structure.version})`],
  ]));
}

/**
 * What the plan says of the method, in short; a text of the dataflow takes the place of the plan's.
 * @param {Store} store
 * @param {Structure} structure
 */
export function showMethod(store, structure) {
  const notes = new Map([...store.method ?? [], ...structure.method ?? []]
    .map(({ id, text }) => [id, text]));
  const rows = METHOD_SHOWN.map((id) =>
    /** @type {[Child, Child]} */ ([t(`method-${id}`), notes.get(id)]));
  $("method").hidden = !notes.size;
  $("method-notes").replaceChildren(...terms(rows));
}

/** @type {(structure: Structure, series: Series[]) => string} */
function accuracy(structure, series) {
  const { above } = writing(structure);
  const rows = series.flatMap((one) => one.rows);
  const margins = rows.map((row) => row.margin);
  return t("quality-accuracy-words", { count: rows.length,
    median: `\u00b1 ${above(median(margins))}`, widest: `\u00b1 ${above(Math.max(...margins))}`,
    weak: rows.filter(isWeak).length });
}

/** @type {(milliseconds: number) => string} */
function lag(milliseconds) {
  const hours = Math.ceil(milliseconds / 3_600_000);
  const unit = (/** @type {string} */ name, /** @type {number} */ n) =>
    numberWords(n, { style: "unit", unit: name, unitDisplay: "long" });
  return hours < 72 ? unit("hour", hours) : unit("day", Math.ceil(hours / 24));
}

/** @type {(store: Store, releases: Release[]) => string} */
function timeliness(store, releases) {
  if (store.class === "synthetic") return t("quality-time-simulated");
  const lags = releases.slice(-RELEASES).map((release) =>
    new Date(release.at).getTime() - closes(release.step, store.timeZone, 0).getTime());
  if (!lags.length) return t("quality-revisions-short");
  return t("quality-time-words", { count: lags.length, median: lag(median(lags)),
    latest: lag(Math.max(...lags)) });
}

/**
 * @param {Pick<Page, "structure" | "view">} page
 * @param {Series[]} series
 * @param {Release[]} releases
 */
async function revisions({ structure, view }, series, releases) {
  const { above } = writing(structure);
  const step = Math.min(RELEASES, releases.length - 1);
  if (step < 1) return t("quality-revisions-short");
  const changes = await changesSince(view, releases[releases.length - 1 - step].size, series);
  if (!changes.revised.length) return t("quality-revisions-none", { count: step });
  const moved = changes.revised.map(({ row, was }) =>
    Math.abs((row.counted ?? row).value - was.value));
  return t("quality-revisions-some", { changed: changes.revised.length,
    shared: changes.shared, count: step, median: above(median(moved)),
    margin: `\u00b1 ${above(median(changes.revised.map(({ was }) => was.margin)))}` });
}

/**
 * How often past nowcasts held the final figure, next to how often the counts alone did; null for a
 * statistic without nowcasts.
 * @param {Pick<Page, "structure" | "view">} page
 * @param {Series[]} series
 */
async function nowcasts({ structure, view }, [series]) {
  if (!structure.vintages?.length || !series) return null;
  const held = await heldOf(view, series.key, structure.grains[0]);
  if (!held) return t("quality-nowcasts-none");
  return t("quality-nowcasts-words", { count: held.count,
    held: percent(held.held / held.count), counts: percent(held.counts / held.count) });
}

/**
 * @param {Page} page
 * @param {Series[]} series
 * @param {Release[]} releases
 */
export async function showQuality(page, series, releases) {
  const { structure, view, list: { store } } = page;
  const until = view.asOf ? releases.filter(({ size }) => size <= Number(view.asOf)) : releases;
  const rows = terms([
    [term("margin", t("quality-accuracy")), accuracy(structure, series)],
    [term("release", t("quality-time")), timeliness(store, until)],
    [term("revised", t("quality-revisions")), await revisions(page, series, until)],
    [term("nowcast", t("quality-nowcasts")), await nowcasts(page, series)],
  ]);
  $("quality").replaceChildren(...rows);
}

/**
 * When the next release is due.
 * @param {Store} store
 * @param {string} next its period
 * @param {string | null | undefined} nextAt
 */
const dueAt = (store, next, nextAt) => (nextAt ? new Date(nextAt)
  : closes(next, store.timeZone, store.releaseDelayMinutes));

/**
 * The next release in words: its period, and unless the store is a simulation of the past, when it
 * comes.
 * @param {Store} store
 * @param {string} next
 * @param {string | null | undefined} nextAt
 * @param {string} timed the message with places for period, instant and the time left
 * @param {string | null} untimed the message with a place for the period
 */
function nextWords(store, next, nextAt, timed, untimed) {
  if (store.class === "synthetic" && endOf(next).getTime() < Date.now()) {
    const period = periodWords(next, true);
    return untimed ? t(untimed, { period }) : period;
  }
  const due = dueAt(store, next, nextAt);
  const minutes = Math.floor((due.getTime() - Date.now()) / 60_000);
  const left = minutes <= 0 ? t("due") : t("left", { time: lengthWords(minutes) });
  return t(timed, { period: periodWords(next), left,
    instant: instantWords(due, store.timeZone) });
}

/**
 * That nothing is released, and when the first release comes.
 * @param {Store} store
 * @param {Releases | undefined} flow
 */
export const firstWords = (store, flow) => (flow?.next
  ? nextWords(store, flow.next, flow.nextAt, "nothing-yet-timed", "nothing-yet")
  : t("nothing-ever"));

/**
 * The dataflow whose release comes next.
 * @param {Store} store
 * @param {Dataflow[]} flows
 */
export function soonest(store, flows) {
  const time = (/** @type {Dataflow} */ { next, nextAt }) =>
    (next ? dueAt(store, next, nextAt).getTime() : Infinity);
  return flows.filter(({ next }) => next).sort((a, b) => time(a) - time(b)).at(0);
}

/**
 * Up to which period figures are released, and when the next release is due.
 * @param {Store} store
 * @param {Releases} flow
 */
export function clockTerms(store, flow) {
  /** @type {[Child, string][]} */
  const rows = [];
  if (flow.last) rows.push([term("release", t("released-to")), periodWords(flow.last, true)]);
  if (flow.embargoed) {
    const period = periodWords(flow.embargoed.last, true);
    rows.push([term("embargo", t("embargo")),
      t("embargo-until", { period, until: untilWords(flow) })]);
  }
  if (flow.next) {
    rows.push([t("next-release"),
      nextWords(store, flow.next, flow.nextAt, "in-time", null)]);
  }
  return rows.map((row) => element("div", {}, terms([row])));
}

/** @type {(store: Store, structure: Structure) => void} */
export const showClock = (store, structure) =>
  $("clock").replaceChildren(...clockTerms(store, structure));

/**
 * A bar that is filled up to a share.
 * @param {string} label
 * @param {number} share
 * @param {string} words
 * @param {boolean} part whether it is part of the bar above it
 */
function meter(label, share, words, part = false) {
  const stripe = (/** @type {string} */ name, /** @type {number} */ width) => svgElement("rect",
    { class: name, width: `${(width * 100).toFixed(2)}%`, height: "100%", rx: 3 });
  const bar = svgElement("svg", { role: "img", "aria-label": t("labelled", { label, words }) },
    stripe("track", 1), stripe("fill", Math.min(1, share)));
  return element("div", { class: part ? "meter part" : "meter" },
    element("p", {}, element("span", {}, label), element("span", {}, words)), bar);
}

/** @type {(delta: string) => string} */
const power = (delta) => delta.replace(/^1e-(\d)$/, (_, digit) =>
  `10\u207b${"\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]}`);

/** @type {(privacy: Privacy) => string} */
export const epsilonWords = ({ epsilon }) => listWords(epsilon.map((each) =>
  t("epsilon-at", { epsilon: decimal(each.epsilon), delta: power(each.delta) })), "disjunction");

/**
 * What is protected as one whole.
 * @param {Privacy} privacy
 */
const unitWords = ({ window }) => t("privacy-unit", { window: t(`calendar-${window}`) });

/**
 * What the budget promises one person, and what is spent of it.
 * @param {Privacy} privacy
 * @param {Listed[]} flows
 * @param {Structure} structure
 */
export function showPrivacy(privacy, flows, structure) {
  const window = t(`word-${privacy.window}`);
  const windows = t(`windows-${privacy.window}`, { count: privacy.windowsMax });
  $("odds").replaceChildren(...oddsFigure(privacy));
  $("unit").textContent = `${unitWords(privacy)} ${t("privacy-limit")}`;
  const rho = (/** @type {Spending} */ spending) => t("rho-of", {
    spent: decimal(spending.spentDecimal), budget: decimal(spending.budgetDecimal),
    share: percent(spending.share) });
  const meters = [meter(t("spent-plan", { windows }), privacy.lifetime.share,
    rho(privacy.lifetime))];
  const now = privacy.windows.at(-1);
  if (now) {
    meters.push(meter(t("spent-window", { period: periodWords(now.window) }), now.share, rho(now)));
    const name = (/** @type {string} */ id) => flows.find((flow) => flow.id === id)?.name ?? id;
    meters.push(...now.dataflows.map((flow) => meter(name(flow.id), flow.share, rho(flow), true)));
  }
  $("budget").replaceChildren(...meters);
  $("privacy-terms").replaceChildren(termsLine(["privacy-unit", "window", "noise", "rho", "budget",
    "epsilon"]));
  $("lifetime").textContent = [
    isRate(structure) ? t("privacy-rate")
      : t("privacy-flow", { rho: decimal(structure.privacy.budgetDecimal), window }),
    t("privacy-epsilon", { window, budget: decimal(privacy.budget), windows,
      epsilon: epsilonWords(privacy) }),
  ].join(" ");
}
