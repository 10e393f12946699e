// What a series and a figure are called.
//
// Not here: how they are laid out (table.js, chart.js, map.js).
"use strict";

import { above, below, figureWords, isRate, writing } from "./numbers.js";
import { periodWords } from "./periods.js";
import { has, language, t } from "./words.js";

export const TOTAL = "_T";
const RELIABLE_MARGIN = 0.3;
const GENERAL = ["FREQ", "REF_AREA"];
const COUNTRY = /^[A-Z]{2}$/;

// Whether a dimension lists countries: its codes are those of ISO 3166, two letters.
export function isOfCountries(dimension) {
  const codes = dimension.codes.filter((code) => code.id !== TOTAL);
  return !GENERAL.includes(dimension.id) && codes.length > 1
    && codes.every((code) => COUNTRY.test(code.id));
}

// The name of a code: the plan's, but for what every plan has and for countries, which the
// browser knows in the reader's language.
export function nameOf(dimension, code) {
  if (code.id === TOTAL) return t("total");
  if (has(`code-${dimension.id}-${code.id}`) && dimension.id === "FREQ") {
    return t(`code-${dimension.id}-${code.id}`);
  }
  if (language !== "en" && isOfCountries(dimension)) {
    return new Intl.DisplayNames([language], { type: "region" }).of(code.id) ?? code.name;
  }
  return code.name;
}

// A code as the reader wants it: by name, code or both.
export function codeWords(dimension, id, form) {
  const code = dimension.codes.find((candidate) => candidate.id === id);
  const name = code ? nameOf(dimension, code) : id;
  if (form === "code") return id;
  return form === "both" ? `${name} (${id})` : name;
}

// A series in words: of all dimensions that say something, or of those alone that differ.
export function seriesWords(structure, key, form, differing = null) {
  const words = structure.dimensions.map((dimension, position) => {
    if (GENERAL.includes(dimension.id)) return null;
    if (differing) return differing[position] ? codeWords(dimension, key[position], form) : null;
    if (dimension.codes.length < 2 || key[position] === TOTAL) return null;
    return codeWords(dimension, key[position], form);
  }).filter(Boolean);
  return words.length ? words.join(" \u00b7 ") : t("total");
}

// In which dimensions the series of a view differ.
export const differing = (view) => view.key.map((part) => part.length > 1);

// A flow of persons counts a person once in each step and cell: over several of either it is a
// sum of such counts, and no number of persons.
export function addsUp(structure, key) {
  const several = key[0] !== structure.grains[0] || key.includes(TOTAL);
  return several && structure.measure === "flow" && structure.unit === "PERSONS";
}

export function counted(structure, key, count, number) {
  if (addsUp(structure, key)) return number;
  const noun = structure.unit === "EVENTS" ? "event" : "person";
  return t(Math.abs(count) === 1 ? `${noun}-one` : `${noun}-many`, { number });
}

export const isWeak = (row) => row.margin > RELIABLE_MARGIN * Math.abs(row.value);
const statusFlags = { B: "b", M: "z", P: "p" };
export const flagsOf = (row) => [...(statusFlags[row.status] ?? ""), ...(isWeak(row) ? "u" : "")];
export const statusWords = (row) =>
  flagsOf(row).map((flag) => t(`flag-${flag}`)).join(", ") || t("flag-none");

// A count is never negative, so an interval that reaches below zero says "at most".
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

export function whenWords(structure, key, period) {
  const stock = structure.measure === "stock" || key[2] === "STOCK";
  const day = period.length === 10 || period.includes("T");
  return t(stock ? "when-stock" : day ? "when-day" : "when-period",
    { period: periodWords(period, true) });
}

// One figure in one sentence.
export function sentence(structure, key, row, form) {
  return t("sentence", {
    what: seriesWords(structure, key, form),
    when: whenWords(structure, key, row.period),
    figure: figureWords(structure, row),
    interval: intervalWords(structure, key, row),
  });
}
