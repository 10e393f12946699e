// Lengths of time in words, such as "6 hours" or "5 quarters".
//
// Not here: periods of the calendar (periods.js).
"use strict";

import { has, numberWords, t } from "./words.js";

const DAY = 1440;
const HOUR = 60;

/** @type {(count: number, unit: string) => string} */
const inUnits = (count, unit) =>
  numberWords(count, { style: "unit", unit, unitDisplay: "long" });

/**
 * This many of a length that a plan names, such as a step or a window.
 * @param {number} count
 * @param {string} word
 */
export function countOf(count, word) {
  if (word === "quarter_hour") return inUnits(15 * count, "minute");
  return has(`windows-${word}`) ? t(`windows-${word}`, { count }) : inUnits(count, word);
}

/**
 * A length in the largest unit of which it is a whole number.
 * @param {number} minutes
 */
export function minutesWords(minutes) {
  if (minutes && minutes % DAY === 0) return inUnits(minutes / DAY, "day");
  if (minutes && minutes % HOUR === 0) return inUnits(minutes / HOUR, "hour");
  return inUnits(minutes, "minute");
}
