// The classes of values that share a colour on a map.
//
// Not here: the colours. Most countries have small figures and few have large ones, so each class
// begins a fixed number of times above the one before it, at a round number. The first class holds
// what is no larger than a usual margin of error, and no class is narrower than one. The figures of
// all periods make the classes, so that colours compare over time (test: "colours keep their
// meaning").
"use strict";

const CLASSES = 5;
// The share of the figures above zero that lies in the first class at least.
const LOW_SHARE = 0.2;
// The highest figure is at most this number of times the end of the first class.
const SPAN_MAX = 10_000;
const DIGITS = [1, 2, 3];

/** @type {(sorted: number[], share: number) => number} */
const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

/**
 * The numbers at which a class ends and the next begins, in order; empty if no value is above zero.
 * @param {{ value: number, margin: number }[]} rows
 * @returns {number[]}
 */
export function thresholdsOf(rows) {
  const inOrder = (/** @type {number} */ a, /** @type {number} */ b) => a - b;
  const values = rows.map(({ value }) => value).filter((value) => value > 0).sort(inOrder);
  if (!values.length) return [];
  const margin = quantile(rows.map((row) => row.margin).sort(inOrder), 0.5);
  const high = values[values.length - 1];
  const first = Math.max(quantile(values, LOW_SHARE), high / SPAN_MAX, margin);
  let ends = CLASSES - 1;
  const times = () => Math.max(1, high / first) ** (1 / ends);
  while (ends > 1 && first * (times() - 1) < margin) ends -= 1;
  const exact = Array.from({ length: ends }, (_, n) => first * times() ** n);
  const rounded = DIGITS.map((digits) => [...new Set(exact.map((end) =>
    Number(end.toPrecision(digits))))]);
  return rounded.find((some) => some.length === ends) ?? rounded[0];
}

/**
 * The class of a value: 0 is the lowest.
 * @param {number[]} thresholds
 * @param {number} value
 */
export const classOf = (thresholds, value) => thresholds.filter((end) => value >= end).length;
