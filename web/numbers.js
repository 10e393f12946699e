// Numbers as the page shows them: values rounded to the nearest whole number, intervals outwards.
//
// Not here: figures computed by the page. Values, margins and intervals come from the server.
"use strict";

import { locale } from "./words.js";

/** @import { Measured, Row, Writing } from "./types" */

/** @type {(text: string) => string} */
const minus = (text) => text.replace("-", "\u2212");
/** @type {(x: number) => string} */
const whole = (x) =>
  minus(new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(x + 0));

/** @type {(x: number) => string} */
export const nearest = (x) => whole(Math.sign(x) * Math.round(Math.abs(x)));
/** @type {(x: number) => string} */
export const below = (x) => whole(Math.floor(x));
/** @type {(x: number) => string} */
export const above = (x) => whole(Math.ceil(x));
/** @type {(x: number) => string} */
export const exact = (x) => minus(new Intl.NumberFormat(locale,
  { maximumFractionDigits: 3 }).format(x));
/** @type {(share: number) => string} */
export const percent = (share) => new Intl.NumberFormat(locale,
  { style: "percent", maximumFractionDigits: share > 0.9995 || share === 0 ? 0 : 1 }).format(share);

/** @type {(x: number) => string} */
const tenths = (x) => minus(new Intl.NumberFormat(locale,
  { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(x / 1000 + 0));
/** @type {Writing} */
const counts = { nearest, below, above, exact };
/** @type {Writing} */
const percents = { nearest: (x) => tenths(Math.round(x * 1000)),
  below: (x) => tenths(Math.floor(x * 1000)), above: (x) => tenths(Math.ceil(x * 1000)),
  exact: (x) => minus(new Intl.NumberFormat(locale,
    { style: "percent", maximumFractionDigits: 2 }).format(x)) };

/** @type {(structure: Measured) => boolean} */
export const isRate = (structure) => structure.measure === "rate";

/**
 * How figures of a structure are written: counts as whole numbers, rates in tenths of a per cent.
 * @param {Measured} structure
 */
export const writing = (structure) => (isRate(structure) ? percents : counts);

/**
 * A figure and its precision: a count with its margin, a rate with its interval.
 * @param {Measured} structure
 * @param {Row} row
 */
export function figureWords(structure, row) {
  const { nearest: near, below: low, above: high } = writing(structure);
  return isRate(structure) ? `${near(row.value)} (${low(row.low)} \u2013 ${high(row.high)})`
    : `${near(row.value)} \u00b1 ${high(row.margin)}`;
}
