// Lengths of time in words, such as "6 hours" or "5 quarters".
//
// Not here: periods of the calendar (periods.js).
"use strict";

import { t } from "./words.js";

const DAY = 1440;
const HOUR = 60;

/**
 * This many of a length that a plan names, such as a step or a window.
 * @param {number} count
 * @param {string} word
 * @returns {string}
 */
export const countOf = (count, word) => (word === "quarter_hour" ? countOf(15 * count, "minute")
  : t(`windows-${word}`, { count }));

/**
 * A length in the largest unit of which it is a whole number.
 * @param {number} minutes
 */
export function minutesWords(minutes) {
  if (minutes && minutes % DAY === 0) return countOf(minutes / DAY, "day");
  if (minutes && minutes % HOUR === 0) return countOf(minutes / HOUR, "hour");
  return countOf(minutes, "minute");
}
