// Numbers as the page shows them: values rounded to the nearest whole number, intervals outwards.
//
// Not here: figures computed by the page. Values, margins and intervals come from the server. How a
// language writes a number: words.js.
"use strict";

import { isolated, numberWords } from "./words.js";

/** @import { Measured, Row, Writing } from "./types" */

/** @type {(x: number) => string} */
const whole = (x) => numberWords(x, { maximumFractionDigits: 0 });

/** @type {(x: number) => string} */
export const nearest = (x) => whole(Math.sign(x) * Math.round(Math.abs(x)));
/** @type {(x: number) => string} */
export const below = (x) => whole(Math.floor(x));
/** @type {(x: number) => string} */
export const above = (x) => whole(Math.ceil(x));
/** @type {(x: number) => string} */
export const exact = (x) => numberWords(x);
/** @type {(share: number) => string} */
export const percent = (share) => numberWords(share,
  { style: "percent", maximumFractionDigits: share > 0.9995 || share === 0 ? 0 : 1 });

/**
 * A decimal number of the server as the language writes it; a fraction stays as it is.
 * @param {string} text
 */
export const decimal = (text) => (/^\d+(\.\d+)?$/.test(text)
  ? numberWords(Number(text), { maximumFractionDigits: 9 }) : text);

/** @type {(x: number) => string} */
const tenths = (x) => numberWords(x / 1000,
  { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** @type {Writing} */
const counts = { nearest, below, above, exact };
/** @type {Writing} */
const percents = { nearest: (x) => tenths(Math.round(x * 1000)),
  below: (x) => tenths(Math.floor(x * 1000)), above: (x) => tenths(Math.ceil(x * 1000)),
  exact: (x) => numberWords(x, { style: "percent", maximumFractionDigits: 2 }) };

/** @type {(structure: Measured) => boolean} */
export const isRate = (structure) => structure.measure === "rate";

/**
 * How figures of a structure are written: counts as whole numbers, rates in tenths of a per cent.
 * @param {Measured} structure
 */
export const writing = (structure) => (isRate(structure) ? percents : counts);

/**
 * Whether a figure is a structural zero, which is known without noise; where the series breaks it
 * has the status of the break.
 * @type {(row: Row) => boolean}
 */
export const isZero = ({ status, value, low, high }) => status === "M"
  || (status === "B" && value === 0 && low === 0 && high === 0);

/**
 * The precision of a figure: the margin of a count, the interval of a rate; empty for a structural
 * zero.
 * @param {Measured} structure
 * @param {Row} row
 */
export function precisionWords(structure, row) {
  const { below: low, above: high } = writing(structure);
  if (isZero(row)) return "";
  return isRate(structure) ? `(${low(row.low)} \u2013 ${high(row.high)})`
    : `\u00b1\u00a0${high(row.margin)}`;
}

/**
 * A figure and its precision. Both stay in this order in every language.
 * @param {Measured} structure
 * @param {Row} row
 */
export const figureWords = (structure, row) =>
  ltr([writing(structure).nearest(row.value), precisionWords(structure, row)].filter(Boolean)
    .join("\u00a0"));

/**
 * What is counted, with its margin: the count behind a nowcast, and any other figure as it is.
 * @param {Measured} structure
 * @param {Row} row
 */
export const countWords = (structure, row) =>
  figureWords(structure, row.counted ? { ...row, ...row.counted } : row);

/**
 * Numbers and signs that are read from left to right, as all numbers are.
 * @type {(text: string) => string}
 */
const ltr = (text) => isolated(text).replace("\u2068", "\u2066");
