// Numbers as the page shows them: values rounded to the nearest whole number, intervals outwards.
//
// Not here: figures computed by the page. Values, margins and intervals come from the server.
"use strict";

import { locale } from "./words.js";

/** @import { Measured, Row, Writing } from "./types" */

// Making a format takes longer than using it, and a table has thousands of numbers.
/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @type {(form: Intl.NumberFormatOptions, x: number) => string} */
function written(form, x) {
  const name = `${locale} ${JSON.stringify(form)}`;
  const format = formats.get(name) ?? new Intl.NumberFormat(locale, form);
  formats.set(name, format);
  return format.format(x).replace("-", "\u2212");
}

/** @type {(x: number) => string} */
const whole = (x) => written({ maximumFractionDigits: 0 }, x + 0);

/** @type {(x: number) => string} */
export const nearest = (x) => whole(Math.sign(x) * Math.round(Math.abs(x)));
/** @type {(x: number) => string} */
export const below = (x) => whole(Math.floor(x));
/** @type {(x: number) => string} */
export const above = (x) => whole(Math.ceil(x));
/** @type {(x: number) => string} */
export const exact = (x) => written({ maximumFractionDigits: 3 }, x);
/** @type {(share: number) => string} */
export const percent = (share) => written({ style: "percent",
  maximumFractionDigits: share > 0.9995 || share === 0 ? 0 : 1 }, share);

/** @type {(x: number) => string} */
const tenths = (x) => written({ style: "percent", minimumFractionDigits: 1,
  maximumFractionDigits: 1 }, x / 1000 + 0);
/** @type {Writing} */
const counts = { nearest, below, above, exact };
/** @type {Writing} */
const percents = { nearest: (x) => tenths(Math.round(x * 1000)),
  below: (x) => tenths(Math.floor(x * 1000)), above: (x) => tenths(Math.ceil(x * 1000)),
  exact: (x) => written({ style: "percent", maximumFractionDigits: 2 }, x) };

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
