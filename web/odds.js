// What the budget of a plan promises one person, in a picture and two sentences.
//
// Not here: the proof (crates/serve/src/describe/privacy.proof.md), and what is spent (panels.js).
//
// A limit is rounded up, and never to 100, because no budget makes a guess certain.
"use strict";

import { element, svgElement } from "./dom.js";
import { countOf } from "./lengths.js";
import { numberWords, t } from "./words.js";

/** @import { Privacy } from "./types" */

// From this limit on, a budget is said to promise next to nothing.
const NEARLY_CERTAIN = 99;

/** @type {(text: string) => number} */
export const ratio = (text) => {
  const [numerator, denominator = "1"] = text.split("/");
  return Number(numerator) / Number(denominator);
};

/**
 * The largest share of guesses of a coin toss that can be right, in per cent: half of one plus the
 * total variation, which a divergence of rho limits (Pinsker; Bretagnolle and Huber).
 * @param {number} rho
 */
function limit(rho) {
  const variation = Math.min(Math.sqrt(rho / 2), Math.sqrt(-Math.expm1(-rho)));
  return 50 * (1 + variation);
}

/**
 * That limit in whole per cent, rounded up.
 * @param {number} rho
 */
export const oddsPercent = (rho) => Math.ceil(limit(rho));

/**
 * That limit as the page writes it: whole where that is below 100, else with as many decimals as
 * keep it below.
 * @param {number} rho
 */
export function oddsWords(rho) {
  for (let digits = 0; digits < 4; digits += 1) {
    const up = Math.ceil(limit(rho) * 10 ** digits) / 10 ** digits;
    if (up < 100) {
      return numberWords(up, { maximumFractionDigits: digits });
    }
  }
  return t("odds-almost");
}

/**
 * The numbers of windows that are shown: one, two and all.
 * @param {number} most
 */
const shownWindows = (most) => [...new Set([1, Math.min(2, most), most])];

/** @type {(count: number, privacy: Privacy) => string} */
function spanWords(count, { windowsMax, window }) {
  if (count === 1) return t(`odds-one-${window}`);
  const windows = countOf(count, window);
  return count === windowsMax ? t("odds-all", { windows }) : windows;
}

/**
 * A bar of a hundred guesses: those that chance gets right, those that what is published can add,
 * and the rest.
 * @param {number} rho
 * @param {string} label
 */
function bar(rho, label) {
  const stripe = (/** @type {string} */ name, /** @type {number} */ from,
    /** @type {number} */ to) => svgElement("rect",
    { class: name, x: `${from}%`, width: `${(to - from).toFixed(2)}%`, height: "100%" });
  const most = limit(rho);
  return element("li", {},
    element("p", { class: "odds-words" }, element("span", {}, label),
      element("strong", {}, t("odds-most", { odds: oddsWords(rho) }))),
    svgElement("svg", { "aria-hidden": "true", focusable: "false" },
      stripe("track", 0, 100), stripe("chance", 0, 50), stripe("gain", 50, most),
      svgElement("line", { class: "toss", x1: "50%", x2: "50%", y1: 0, y2: "100%" })));
}

/**
 * The picture: for one window, for two and for the life of the plan.
 * @param {Privacy} privacy
 */
function picture(privacy) {
  const rho = ratio(privacy.budget);
  return element("figure", { class: "odds" },
    element("figcaption", {}, t("odds-caption")),
    element("ul", {}, shownWindows(privacy.windowsMax).map((count) =>
      bar(rho * count, spanWords(count, privacy)))),
    element("p", { class: "odds-axis", "aria-hidden": "true" }, element("span", {}, "0"),
      element("span", {}, t("odds-toss")), element("span", {}, t("odds-sure"))),
    element("p", { class: "odds-key" },
      element("span", {}, element("i", { class: "chance" }), t("odds-chance")),
      element("span", {}, element("i", { class: "gain" }), t("odds-gain"))));
}

/**
 * What a reader can learn about one person, for one window and for the life of the plan.
 * @param {Privacy} privacy
 */
export function oddsSentences(privacy) {
  const { window, windowsMax } = privacy;
  const rho = ratio(privacy.budget);
  const { windowsMoved } = privacy;
  const moved = t(windowsMoved === 1 ? "odds-moved-one" : "odds-moved", {
    window: t(`word-${window}`), windows: countOf(windowsMoved, window),
    odds: oddsWords(rho * windowsMoved) });
  const one = `${t(`odds-${window}`, { odds: oddsWords(rho) })} ${moved}`;
  if (windowsMax < 2) return [one];
  const life = limit(rho * windowsMax);
  const places = { windows: countOf(windowsMax, window), window: t(`word-${window}`),
    life: oddsWords(rho * windowsMax) };
  return [one, t(life >= NEARLY_CERTAIN ? "odds-life-open" : "odds-life", places)];
}

/**
 * The picture with its sentences.
 * @param {Privacy} privacy
 */
export const oddsFigure = (privacy) => [picture(privacy),
  ...oddsSentences(privacy).map((words) => element("p", {}, words))];
