// How series and figures are named and described in words.
//
// Not here: how they are laid out (table.js, chart.js, map.js).
"use strict";

import { above, below, figureWords, isRate, writing } from "./numbers.js";
import { periodWords } from "./periods.js";
import { has, language, t } from "./words.js";

/** @import { Code, CodeForm, Dimension, Measured, Row, Structure, View } from "./types" */

export const TOTAL = "_T";
const RELIABLE_MARGIN = 0.3;
// At most this number of periods without a source are listed.
const PERIODS_MAX = 6;
const GENERAL = ["FREQ", "REF_AREA"];
/**
 * Whether the plan states this dimension, or every structure has it.
 * @type {(dimension: { id: string }) => boolean}
 */
export const isOfPlan = ({ id }) => ![...GENERAL, "INDICATOR"].includes(id);
const COUNTRY = /^[A-Z]{2}$/;

/**
 * Whether a dimension lists countries: its codes have two letters, as in ISO 3166.
 * @param {Dimension} dimension
 */
export function isOfCountries(dimension) {
  const codes = dimension.codes.filter((code) => code.id !== TOTAL);
  return !GENERAL.includes(dimension.id) && codes.length > 1
    && codes.every((code) => COUNTRY.test(code.id));
}

/**
 * The position of the dimension that a map shows, or -1; there is no map of rates.
 * @param {Structure} structure
 */
export const countriesOf = (structure) =>
  (isRate(structure) ? -1 : structure.dimensions.findIndex(isOfCountries));

/**
 * The name of a code in the reader's language, where the page or the browser has one (totals,
 * frequencies, countries); else the plan's.
 * @param {Dimension} dimension
 * @param {Code} code
 */
export function nameOf(dimension, code) {
  if (code.id === TOTAL) return t("total");
  if (has(`code-${dimension.id}-${code.id}`) && dimension.id === "FREQ") {
    return t(`code-${dimension.id}-${code.id}`);
  }
  // The plan's own name goes before that of the browser where it is in the reader's language.
  const isSpoken = (code.language ?? "en").split("-")[0] === language;
  if (isSpoken || !COUNTRY.test(code.id) || !isOfCountries(dimension)) return code.name;
  const regions = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  return regions.of(code.id) ?? code.name;
}

/**
 * A code as the reader wants it: its name, itself, or both.
 * @param {Dimension} dimension
 * @param {string} id
 * @param {CodeForm} form
 */
export function codeWords(dimension, id, form) {
  const code = dimension.codes.find((candidate) => candidate.id === id);
  const name = code ? nameOf(dimension, code) : id;
  if (form === "code") return id;
  return form === "both" ? `${name} (${id})` : name;
}

/**
 * A series in words: by every dimension that is informative, or only by those that differ.
 * @param {Structure} structure
 * @param {string[]} key
 * @param {CodeForm} form
 * @param {boolean[] | null} differing for each dimension, whether it differs
 */
export function seriesWords(structure, key, form, differing = null) {
  const words = structure.dimensions.map((dimension, position) => {
    if (GENERAL.includes(dimension.id)) return null;
    if (differing) return differing[position] ? codeWords(dimension, key[position], form) : null;
    if (dimension.codes.length < 2 || key[position] === TOTAL) return null;
    return codeWords(dimension, key[position], form);
  }).filter(Boolean);
  return words.length ? words.join(" \u00b7 ") : t("total");
}

/**
 * For each dimension, whether the series of a view differ in it.
 * @param {View} view
 */
export const differing = (view) => view.key.map((part) => part.length > 1);

/**
 * Whether a figure is a sum of counts of persons rather than a number of persons: a flow counts a
 * person once in each step and cell, so over several steps or cells it is such a sum.
 * @param {Measured} structure
 * @param {string[]} key
 */
export function addsUp(structure, key) {
  const several = key[0] !== structure.grains[0] || key.includes(TOTAL);
  return several && structure.measure === "flow" && structure.unit === "PERSONS";
}

/**
 * A number with its unit, if it has one.
 * @param {Measured} structure
 * @param {string[]} key
 * @param {number} count
 * @param {string} number the count as it is written
 */
export function counted(structure, key, count, number) {
  if (addsUp(structure, key)) return number;
  const noun = structure.unit === "EVENTS" ? "event" : "person";
  return t(Math.abs(count) === 1 ? `${noun}-one` : `${noun}-many`, { number });
}

/**
 * How often a person counts: once in each step and cell, or, in a table, once in each step and code
 * of what stands apart.
 * @type {(structure: Structure) => string}
 */
export function onceWords(structure) {
  const apart = structure.apart ?? [];
  const names = structure.margins ? structure.dimensions.filter(({ id }) => apart.includes(id))
    .map(({ name }) => name.toLowerCase()) : [t("once-cell")];
  const per = names.map((what) => t("once-per", { what })).join("");
  return t(`once-${structure.step}`, { per });
}

/** @type {(row: Row) => boolean} */
export const isWeak = (row) => row.margin > RELIABLE_MARGIN * Math.abs(row.value);
/** @type {(row: Row) => boolean} */
export const isIncomplete = (row) => Boolean(row.silent?.length);
/** @type {Record<string, string>} */
const statusFlags = { B: "b", M: "z", P: "p" };
/** @type {(row: Row) => string[]} */
export const flagsOf = (row) => [...(statusFlags[row.status ?? ""] ?? ""),
  ...(isWeak(row) ? "u" : ""), ...(isIncomplete(row) ? "s" : "")];
/** @type {(row: Row) => string} */
export const statusWords = (row) =>
  flagsOf(row).map((flag) => t(`flag-${flag}`)).join(", ") || t("flag-none");

/**
 * Which sources had not delivered when these figures were released, in a sentence; empty if every
 * source had.
 * @param {Measured} structure
 * @param {Row[]} rows
 */
export function silentWords(structure, rows) {
  const ids = new Set(rows.flatMap((row) => row.silent ?? []));
  const sources = (structure.sources ?? []).filter(({ id }) => ids.has(id));
  if (!sources.length) return "";
  const names = new Intl.ListFormat(language).format(sources.map(({ name }) => name));
  return t(sources.length === 1 ? "silent-one" : "silent-many", { names });
}

/**
 * The figures that lack sources: for each group of sources a sentence, with the periods.
 * @param {Measured} structure
 * @param {Row[]} rows
 * @returns {string[]}
 */
export function silentNotes(structure, rows) {
  /** @type {Map<string, string[]>} */
  const periods = new Map();
  for (const row of rows.filter(isIncomplete)) {
    const words = silentWords(structure, [row]);
    const known = periods.get(words) ?? [];
    if (!known.includes(row.period)) periods.set(words, [...known, row.period]);
  }
  return [...periods].map(([words, all]) => {
    const newest = all.sort().reverse().map((period) => periodWords(period));
    const shown = newest.slice(0, PERIODS_MAX).join("; ");
    const more = newest.length - PERIODS_MAX;
    return t("silent-note", { words,
      periods: more > 0 ? t("silent-more", { periods: shown, more }) : shown });
  });
}

/**
 * The interval of a figure in a sentence. No true count is negative, so an interval that reaches
 * below zero is written as "at most".
 * @param {Measured} structure
 * @param {string[]} key
 * @param {Row} row
 */
export function intervalWords(structure, key, row) {
  if (isRate(structure)) {
    const words = writing(structure);
    return t("interval-between", { low: words.below(row.low), high: words.above(row.high) });
  }
  if (row.high < 0) return t("interval-none");
  const high = counted(structure, key, Math.ceil(row.high), above(row.high));
  if (row.low > 0) return t("interval-between", { low: below(row.low), high });
  const why = row.value < 0 ? ` ${t("interval-negative")}` : "";
  return t("interval-most", { high }) + why;
}

/** @type {(structure: Measured, key: string[], period: string) => string} */
export function whenWords(structure, key, period) {
  const stock = structure.measure === "stock" || key[2] === "STOCK";
  const day = period.length === 10 || period.includes("T");
  return t(stock ? "when-stock" : day ? "when-day" : "when-period",
    { period: periodWords(period, true) });
}

/**
 * One figure in one sentence.
 * @param {Structure} structure
 * @param {string[]} key
 * @param {Row} row
 * @param {CodeForm} form
 */
export function sentence(structure, key, row, form) {
  return t("sentence", {
    what: seriesWords(structure, key, form),
    when: whenWords(structure, key, row.period),
    figure: figureWords(structure, row),
    interval: intervalWords(structure, key, row),
  }) + (isIncomplete(row) ? ` ${silentWords(structure, [row])}` : "");
}
