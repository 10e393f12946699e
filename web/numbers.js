// Numbers for the eye: values to the nearest whole, intervals outwards.
//
// Not here: any figure of the page's own. Values, margins and intervals come from the server.
"use strict";

import { locale } from "./words.js";

const minus = (text) => text.replace("-", "\u2212");
const whole = (x) =>
  minus(new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(x + 0));

export const nearest = (x) => whole(Math.sign(x) * Math.round(Math.abs(x)));
export const below = (x) => whole(Math.floor(x));
export const above = (x) => whole(Math.ceil(x));
export const exact = (x) => minus(new Intl.NumberFormat(locale,
  { maximumFractionDigits: 3 }).format(x));
export const percent = (share) => new Intl.NumberFormat(locale,
  { style: "percent", maximumFractionDigits: share > 0.9995 || share === 0 ? 0 : 1 }).format(share);

const tenths = (x) => minus(new Intl.NumberFormat(locale,
  { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(x / 1000 + 0));
const counts = { nearest, below, above, exact };
const percents = { nearest: (x) => tenths(Math.round(x * 1000)),
  below: (x) => tenths(Math.floor(x * 1000)), above: (x) => tenths(Math.ceil(x * 1000)),
  exact: (x) => minus(new Intl.NumberFormat(locale,
    { style: "percent", maximumFractionDigits: 2 }).format(x)) };

export const isRate = (structure) => structure.measure === "rate";

// How figures of a structure are written: counts whole, rates in tenths of a percent.
export const writing = (structure) => (isRate(structure) ? percents : counts);

// A figure and what it is known to: a count and its margin, a rate and its interval.
export function figureWords(structure, row) {
  const { nearest: near, below: low, above: high } = writing(structure);
  return isRate(structure) ? `${near(row.value)} (${low(row.low)} \u2013 ${high(row.high)})`
    : `${near(row.value)} \u00b1 ${high(row.margin)}`;
}
