// How series and figures are named and described in words.
//
// Not here: how they are laid out (table.js, chart.js, map.js).
"use strict";

import { isCountry, regionOf } from "./countries.js";
import { above, below, countWords, figureWords, isRate, isZero, writing } from "./numbers.js";
import { duringWords, periodWords } from "./periods.js";
import { inSentence, isolated, language, listWords, t } from "./words.js";

/** @import { Code, CodeForm, Dimension, Measured, Row, Structure, View } from "./types" */

export const TOTAL = "_T";
const RELIABLE_MARGIN = 0.3;
// At most this number of periods without a source are listed.
const PERIODS_MAX = 6;
const GENERAL = ["FREQ", "REF_AREA"];
/**
 * Whether the plan states this dimension. Every structure has some more, and one that the plan does
 * not divide has a dimension of a single code, its unit.
 * @type {(dimension: Dimension) => boolean}
 */
export const isOfPlan = ({ id, codes }) => ![...GENERAL, "INDICATOR"].includes(id)
  && !(id === "UNIT" && codes.length === 1);

/**
 * The codes of a dimension that are groups of others.
 * @param {Dimension} dimension
 */
export const groupsOf = ({ codes }) =>
  new Set(codes.flatMap(({ parent }) => (parent ? [parent] : [])));

/** @type {(dimension: Dimension) => boolean} */
function listsCountries(dimension) {
  if (GENERAL.includes(dimension.id)) return false;
  const groups = groupsOf(dimension);
  const codes = dimension.codes.filter(({ id }) => id !== TOTAL && !groups.has(id));
  return codes.length > 1 && codes.filter(({ id }) => isCountry(id)).length > codes.length / 2;
}

/** @type {WeakMap<Dimension, boolean>} */
const ofCountries = new WeakMap();

/**
 * Whether a dimension lists countries: most of its codes are countries, apart from groups and the
 * total.
 * @param {Dimension} dimension
 */
export function isOfCountries(dimension) {
  const known = ofCountries.get(dimension) ?? listsCountries(dimension);
  ofCountries.set(dimension, known);
  return known;
}

/**
 * The positions of the dimensions that a map can show.
 * @param {Structure} structure
 */
export const countriesOf = (structure) => structure.dimensions.flatMap((dimension, position) =>
  (isOfCountries(dimension) ? [position] : []));

/** @type {Intl.DisplayNames | null} */
let regions = null;

/** The name of a country in the reader's language, if the browser has one.
 * @type {(id: string) => string | undefined} */
function countryName(id) {
  regions ??= new Intl.DisplayNames([language], { type: "region" });
  return regions.of(regionOf(id));
}

/** An area of reference: a country with its name, any other code as it is.
 * @type {(id: string) => string} */
export const areaWords = (id) => (isCountry(id) ? `${countryName(id) ?? id} (${id})` : id);

/**
 * The name of a code in the reader's language, where the browser has one (countries); else the
 * plan's. What every statistic has is named by the page (api.js).
 * @param {Dimension} dimension
 * @param {Code} code
 */
export function nameOf(dimension, code) {
  // The plan's own name goes before that of the browser where it is in the reader's language.
  const isSpoken = (code.language ?? "en").split("-")[0] === language;
  if (!isSpoken && isCountry(code.id) && isOfCountries(dimension)) {
    return countryName(code.id) ?? code.name;
  }
  return code.name;
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
  const words = structure.dimensions.flatMap((dimension, position) => {
    if (GENERAL.includes(dimension.id)) return [];
    const isShown = differing ? differing[position]
      : dimension.codes.length > 1 && key[position] !== TOTAL;
    return isShown ? [codeWords(dimension, key[position], form)] : [];
  });
  return words.length ? words.map(isolated).join(" \u00b7 ") : t("total");
}

/**
 * The name of a dimension, with its identifier where another has the same name.
 * @param {Structure} structure
 * @param {number} n
 */
export function nameOfDimension({ dimensions }, n) {
  const { id, name } = dimensions[n];
  const alone = dimensions.filter((other) => other.name === name).length === 1;
  return alone ? name : `${name} (${id})`;
}

/**
 * For each dimension, whether the series of a view differ in it.
 * @param {View} view
 */
export const differing = (view) => view.key.map((part) => part.length > 1);

/**
 * The codes that all series of a view with several have in common, without totals; empty if there
 * are none.
 * @param {Structure} structure
 * @param {View} view
 */
export function commonWords(structure, view) {
  const key = view.key.map(([code]) => code);
  const common = view.key.map((part, n) => part.length === 1 && part[0] !== TOTAL
    && structure.dimensions[n].codes.length > 1);
  return common.some((is, n) => is && !GENERAL.includes(structure.dimensions[n].id))
    ? seriesWords(structure, key, view.codes, common) : "";
}

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

/** @type {Record<string, string>} */
const UNITS = { EVENTS: "unit-events", PERSONS: "unit-persons", RATE: "unit-rates" };

/**
 * What the figures of a series are in, such as "in persons"; empty for sums of persons.
 * @param {Structure} structure
 * @param {string[]} key
 */
export const inUnits = (structure, key) =>
  (addsUp(structure, key) ? "" : t(UNITS[structure.unit]));

/**
 * A number with its unit, if it has one.
 * @param {Measured} structure
 * @param {string[]} key
 * @param {number} count a whole number
 */
export function counted(structure, key, count) {
  if (addsUp(structure, key)) return above(count);
  return t(structure.unit === "EVENTS" ? "events" : "persons", { count });
}

/**
 * How often a person counts: once in each step and cell, or, in a table, once in each step and code
 * of what stands apart.
 * @type {(structure: Structure) => string}
 */
export function onceWords(structure) {
  const apart = structure.apart ?? [];
  const names = structure.margins ? structure.dimensions.filter(({ id }) => apart.includes(id))
    .map(({ name }) => inSentence(name)) : [t("cell")];
  return t("once", { list: listWords([t(`word-${structure.step}`), ...names]) });
}

/** @type {(row: Row) => boolean} */
export const isWeak = (row) => row.margin > RELIABLE_MARGIN * Math.abs(row.value);
/** @type {(row: Row) => boolean} */
export const isIncomplete = (row) => Boolean(row.silent?.length);
/** @type {Record<string, string>} */
const statusFlags = { B: "b", M: "z", P: "p" };
/** @type {(row: Row) => string[]} */
export const flagsOf = (row) => [...(statusFlags[row.status ?? ""] ?? ""),
  ...(row.counted ? "e" : ""),
  ...(isWeak(row) ? "u" : ""), ...(isIncomplete(row) ? "s" : "")];
/**
 * What a figure is made of: the dataflows of a rate, and any other statistic itself.
 * @template {Measured} M
 * @param {M} structure
 * @returns {(M | Structure)[]}
 */
export const partsOf = (structure) => structure.parts ?? [structure];
/**
 * Whether late events change who is present in later periods, and never a figure that is published.
 * @type {(structure: Measured) => boolean}
 */
export const isKept = (structure) =>
  partsOf(structure).some(({ measure }) => ["stock", "balance"].includes(measure));
/** @type {(structure: Measured, row: Row) => string} */
export const statusWords = (structure, row) =>
  flagsOf(row).map((flag) => t(`flag-${flag}`)).join(", ")
    || t(isKept(structure) ? "flag-kept" : "flag-none");

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
  const names = listWords(sources.map(({ name }) => name));
  return t("silent", { count: sources.length, names });
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
    const count = newest.length - PERIODS_MAX;
    return t("silent-note", { words,
      periods: count > 0 ? t("silent-more", { periods: shown, count }) : shown });
  });
}

/** The margin of a figure that stands alone: that of a nowcast is of more than the noise, and says
 * its level. A structural zero has none.
 * @type {(row: Row) => string} */
export function marginWords(row) {
  if (isZero(row)) return "";
  const margin = above(row.margin);
  return row.counted ? t("margin-nowcast", { margin }) : `\u00b1 ${margin}`;
}

/** The count behind a nowcast, with its margin; empty for any other figure.
 * @type {(structure: Measured, row: Row) => string} */
export const countedWords = (structure, row) =>
  (row.counted ? t("counted-so-far", { figure: countWords(structure, row) }) : "");

/**
 * What is known of a figure to which late events are still to be added: what it will be in the end,
 * or if nothing is known of that, the least that it will be, unless events can be retracted.
 * @param {Measured} structure
 * @param {Row} row
 */
function openWords(structure, row) {
  const words = writing(structure);
  if (row.counted) {
    const less = structure.corrections && row.value < row.counted.value;
    return t("interval-nowcast", { day: periodWords(row.counted.by),
      counted: words.nearest(row.counted.value), value: words.nearest(row.value),
      low: words.below(row.low), high: words.above(row.high) })
      + (less ? ` ${t("nowcast-less")}` : "");
  }
  return structure.corrections || row.low <= 0
    ? t("interval-counted", { counted: words.nearest(row.value) })
    : t("interval-least", { low: words.below(row.low) });
}

/**
 * The interval of a figure in a sentence. It never covers late events that are due, except as a
 * nowcast. No true count is negative, so an interval that reaches below zero is written as
 * "at most".
 * @param {Measured} structure
 * @param {string[]} key
 * @param {Row} row
 */
export function intervalWords(structure, key, row) {
  if (row.counted || row.isOpen) return openWords(structure, row);
  if (isZero(row)) return t("interval-zero");
  if (isRate(structure)) {
    const words = writing(structure);
    const isOpen = row.status === "P" && structure.parts?.some(({ vintages }) => vintages?.length);
    return t(isOpen ? "interval-so-far" : "interval-between",
      { low: words.below(row.low), high: words.above(row.high) });
  }
  if (row.high < 0) return t("interval-none");
  const high = counted(structure, key, Math.ceil(row.high));
  if (row.low > 0) return t("interval-between", { low: below(row.low), high });
  const why = row.value < 0 ? ` ${t("interval-negative")}` : "";
  return t("interval-most", { high }) + why;
}

/** Whether a series counts persons present at the end of each period.
 * @type {(structure: Measured, key: string[]) => boolean} */
export const isStock = (structure, key) => structure.measure === "stock" || key[2] === "STOCK";

/** @type {(structure: Measured, key: string[], period: string) => string} */
export function whenWords(structure, key, period) {
  return duringWords(period, isStock(structure, key));
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
