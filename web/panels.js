// Panels beside the figures, made from the running system: about, quality, privacy, clock.
//
// Not here: the ledger's verification (ledger.js).
"use strict";

import { $, element, svgElement } from "./dom.js";
import { isRate, percent, writing } from "./numbers.js";
import { closes, endOf, instantWords, periodWords, untilWords } from "./periods.js";
import { changesSince } from "./revisions.js";
import { TOTAL, isWeak } from "./series.js";
import { t } from "./words.js";

// Releases over which timeliness and revisions are told.
const RELEASES = 12;

const terms = (rows) => rows.filter(([, words]) => words).flatMap(([term, words]) =>
  [element("dt", {}, term), element("dd", {}, words)]);

const median = (numbers) => numbers.slice().sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export function showAbout(store, structure) {
  const { boundWindow, boundMonth, window } = structure.privacy;
  const bound = t("meta-bound-window", { n: boundWindow, window: t(`word-${window}`) })
    + (boundMonth ? t("meta-bound-month", { n: boundMonth }) : "");
  const codes = (dimension) => dimension.codes.filter((code) => code.id !== TOTAL).length;
  const dimensions = structure.dimensions.filter((dimension) => codes(dimension) > 1)
    .map((dimension) => t("meta-codes", { name: dimension.name, n: codes(dimension) }))
    .join(", ");
  const contact = /^[^\s@]+@[^\s@]+$/.test(store.contact)
    ? element("a", { href: `mailto:${store.contact}` }, store.contact) : store.contact;
  $("about").replaceChildren(...terms([
    [t("meta-publisher"), store.controller], [t("meta-purpose"), store.purpose],
    [t("meta-basis"), store.legalBasis], [t("meta-contact"), contact],
    [t("meta-area"), store.referenceArea], [t("meta-unit"), t(`unit-${structure.unit}`)],
    [t("meta-step"), t(`word-${structure.step}`)],
    [t("meta-bound"), isRate(structure) ? null : bound],
    [t("meta-of"), structure.of && [...new Set(structure.of.map((one) => one.name))].join(" / ")],
    [t("meta-dimensions"), dimensions],
    [t("meta-breaks"), (structure.breaks ?? []).map(({ from, note }) =>
      t("meta-break", { from: periodWords(from), note })).join("; ")],
    [t("meta-id"), isRate(structure) ? structure.id
      : `${store.agency}:${structure.id}(${structure.version})`],
  ]));
}

function accuracy(structure, series) {
  const { above } = writing(structure);
  const rows = series.flatMap((one) => one.rows);
  const margins = rows.map((row) => row.margin);
  return t("quality-accuracy-words", { count: rows.length,
    median: `\u00b1 ${above(median(margins))}`, widest: `\u00b1 ${above(Math.max(...margins))}`,
    weak: rows.filter(isWeak).length });
}

function lag(milliseconds) {
  const hours = Math.ceil(milliseconds / 3_600_000);
  return hours < 72 ? t("hours", { n: hours }) : t("days", { n: Math.ceil(hours / 24) });
}

function timeliness(store, releases) {
  if (store.class === "synthetic") return t("quality-time-simulated");
  const lags = releases.slice(-RELEASES).map((release) =>
    new Date(release.at) - closes(release.step, store.timeZone, 0));
  if (!lags.length) return t("quality-revisions-short");
  return t("quality-time-words", { n: lags.length, median: lag(median(lags)),
    latest: lag(Math.max(...lags)) });
}

async function revisions({ structure, view, series }, releases) {
  const { above } = writing(structure);
  const step = Math.min(RELEASES, releases.length - 1);
  if (step < 1) return t("quality-revisions-short");
  const changes = await changesSince(view, releases[releases.length - 1 - step].size, series);
  if (!changes.revised.length) return t("quality-revisions-none", { count: changes.shared, step });
  const moved = changes.revised.map(({ row, was }) => Math.abs(row.value - was.value));
  return t("quality-revisions-some", { changed: changes.revised.length, count: changes.shared,
    step, median: above(median(moved)),
    margin: `\u00b1 ${above(median(changes.revised.map(({ was }) => was.margin)))}` });
}

export async function showQuality(page, releases) {
  const { structure, view, series, list: { store } } = page;
  const told = view.asOf ? releases.filter((one) => one.size <= Number(view.asOf)) : releases;
  const rows = terms([
    [t("quality-accuracy"), accuracy(structure, series)],
    [t("quality-time"), timeliness(store, told)],
    [t("quality-revisions"), await revisions(page, told)],
  ]);
  $("quality").replaceChildren(...rows);
}

// When the last release's data end, and when the next one is due.
export function showClock(store, structure) {
  const rows = [];
  if (structure.last) rows.push([t("released-to"), periodWords(structure.last, true)]);
  if (structure.embargoed) {
    const period = periodWords(structure.embargoed.last, true);
    rows.push([t("embargo"), t("embargo-until", { period, until: untilWords(structure) })]);
  }
  if (structure.next) {
    const due = structure.nextAt ? new Date(structure.nextAt)
      : closes(structure.next, store.timeZone, store.releaseDelayMinutes);
    const minutes = Math.floor((due - Date.now()) / 60_000);
    const [h, m] = [Math.floor(minutes / 60), minutes % 60];
    const left = minutes <= 0 ? t("due") : h >= 48
      ? t("left-days", { n: Math.floor(h / 24), h: h % 24 }) : t("left-hours", { h, m });
    const synthetic = store.class === "synthetic" && endOf(structure.next) < Date.now();
    rows.push([t("next-release"), synthetic ? periodWords(structure.next, true)
      : t("in-time", { period: periodWords(structure.next), left,
        instant: instantWords(due, store.timeZone) })]);
  }
  $("clock").replaceChildren(...terms(rows));
}

function meter(label, share, words, part) {
  const bar = svgElement("svg", { role: "img", "aria-label": `${label}: ${words}` },
    [["track", 1], ["fill", Math.min(1, share)]].map(([name, width]) => svgElement("rect",
      { class: name, width: `${(width * 100).toFixed(2)}%`, height: "100%", rx: 3 })));
  return element("div", { class: part ? "meter part" : "meter" },
    element("p", {}, element("span", {}, label), element("span", {}, words)), bar);
}

const ratio = (text) => {
  const [above_, under = "1"] = text.split("/");
  return Number(above_) / Number(under);
};

// The most that a bettor at even odds wins, in percent, rounded up: half of one and the total
// variation, which a divergence of rho holds below (Pinsker; Bretagnolle and Huber).
export function oddsPercent(rho) {
  const apart = Math.min(Math.sqrt(rho / 2), Math.sqrt(1 - Math.exp(-rho)));
  return Math.ceil(50 * (1 + apart));
}

const power = (delta) => delta.replace(/^1e-(\d)$/, (_, digit) =>
  `10\u207b${"\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]}`);

export function showPrivacy(privacy, flows, structure) {
  const window = t(`word-${privacy.window}`);
  $("unit").textContent = t("privacy-unit", { unit: privacy.unit });
  $("meaning").textContent = t("privacy-meaning",
    { window, odds: oddsPercent(ratio(privacy.budget)) });
  const rho = (of) => t("rho-of", { spent: of.spentDecimal, budget: of.budgetDecimal,
    share: percent(of.share) });
  const meters = [meter(t("spent-plan", { n: privacy.windowsMax, window }), privacy.lifetime.share,
    rho(privacy.lifetime))];
  const now = privacy.windows.at(-1);
  if (now) {
    meters.push(meter(t("spent-window", { period: periodWords(now.window) }), now.share, rho(now)));
    const name = (id) => flows.find((flow) => flow.id === id)?.name ?? id;
    meters.push(...now.dataflows.map((flow) => meter(name(flow.id), flow.share, rho(flow), true)));
  }
  $("budget").replaceChildren(...meters);
  const epsilon = privacy.epsilon.map((e) =>
    t("epsilon-at", { epsilon: e.epsilon, delta: power(e.delta) })).join(t("or"));
  $("lifetime").textContent = [
    isRate(structure) ? t("privacy-rate")
      : t("privacy-flow", { rho: structure.privacy.budgetDecimal, window }),
    t("privacy-epsilon", { window, budget: privacy.budget, epsilon, n: privacy.windowsMax }),
  ].join(" ");
}
