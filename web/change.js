// The change from one figure to another, with its interval, in a line.
//
// Not here: which two figures are compared (front.js, yearbefore.js).
//
// The server offers no interval of a difference. It reaches from the low end of the later interval
// less the high end of the earlier one to the high end less the low end; that holds however the
// errors of the two figures are related. For counts, its margin is the sum of both margins.
"use strict";

import { element } from "./dom.js";
import { isRate, writing } from "./numbers.js";
import { endOf, periodWords } from "./periods.js";
import { locale, t } from "./words.js";

/** @import { Change, Measured, Row } from "./types" */

/**
 * @param {Row} before
 * @param {Row} now
 * @returns {Change}
 */
export const changeBetween = (before, now) => ({ before, now, value: now.value - before.value,
  low: now.low - before.high, high: now.high - before.low });

/**
 * The change from the period before to the newest; null if there is no such period, or if the rule
 * or the source changed between the two.
 * @param {Row[]} rows
 */
export function changeOf(rows) {
  const [before, now] = rows.slice(-2);
  if (!now || now.status === "B" || endOf(before.period).getTime() !== now.begins.getTime()) {
    return null;
  }
  return changeBetween(before, now);
}

/** Whether the interval of a change holds 0, so that it may have gone either way.
 * @type {(change: Change) => boolean} */
export const isUnclear = ({ low, high }) => low <= 0 && high >= 0;

/**
 * A difference with its sign; that of rates in percentage points.
 * @param {Measured} structure
 * @param {(x: number) => number} round
 * @param {(x: number) => string} written
 * @returns {(x: number) => string}
 */
function signed(structure, round, written) {
  const points = new Intl.NumberFormat(locale,
    { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (x) => {
    const rounded = isRate(structure) ? round(x * 1000) / 10 : round(x);
    const text = isRate(structure) ? t("points",
      { number: points.format(rounded + 0).replace("-", "\u2212") }) : written(x);
    return rounded > 0 ? `+${text}` : text;
  };
}

/** @type {(structure: Measured) => (x: number) => string} */
export const signedNearest = (structure) =>
  signed(structure, Math.round, writing(structure).nearest);

/**
 * The two ends of the interval of a change.
 * @param {Measured} structure
 * @param {Change} change
 */
export function rangeOf(structure, { low, high }) {
  const { below, above } = writing(structure);
  return { low: signed(structure, Math.floor, below)(low),
    high: signed(structure, Math.ceil, above)(high) };
}

/**
 * A change in words, of which the value comes first, if it is not too small to tell.
 * @param {Measured} structure
 * @param {Change} change
 * @returns {{ value: string | null, rest: string }}
 */
export function changeWords(structure, change) {
  const places = { before: periodWords(change.before.period), ...rangeOf(structure, change) };
  if (isUnclear(change)) return { value: null, rest: t("change-small", places) };
  return { value: signedNearest(structure)(change.value), rest: t("change", places) };
}

/**
 * A change as a paragraph, with an arrow up or down if it is not too small to tell.
 * @param {Measured} structure
 * @param {Change} change
 */
export function changeLine(structure, change) {
  const { value, rest } = changeWords(structure, change);
  if (value === null) return element("p", { class: "change unclear" }, rest);
  const arrow = element("span", { class: "arrow", "aria-hidden": "true" },
    change.value > 0 ? "\u2197" : "\u2198");
  return element("p", { class: "change" }, arrow, " ", element("strong", {}, value), " ", rest);
}
