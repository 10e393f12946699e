// The table: a row for each period; one series with its interval, several with a column each. No
// value is without its margin.
//
// Not here: which figures changed (revisions.js).
"use strict";

import { element } from "./dom.js";
import { figureWords, isRate, precisionWords, writing } from "./numbers.js";
import { begins, periodWords, untilWords } from "./periods.js";
import { differing, flagsOf, isWeak, seriesWords, silentWords, statusWords } from "./series.js";
import { t } from "./words.js";

/** @import { Changes, Child, Earlier, Row, Series, Structure, View } from "./types" */
/** @typedef {[Child[], Element[]]} HeadsAndRows */

/** @type {(structure: Structure, row: Row) => Child} */
function flagMarks(structure, row) {
  const text = flagsOf(row).map((flag) => `[${flag}]`).join("\u2009");
  const silent = silentWords(structure, [row]);
  const title = silent ? `${statusWords(row)}. ${silent}` : statusWords(row);
  return text ? element("abbr", { title }, text) : "";
}

/** @type {(text: string, title: string | null, kind?: string) => Element} */
const number = (text, title, kind = "") =>
  element("td", { class: `number ${kind}`, title }, text);

/** @type {(words: string, kind?: string) => Element} */
const head = (words, kind = "number") => element("th", { scope: "col", class: kind }, words);

/** @type {(was: Earlier | null | undefined) => Child} */
function changeMark(was) {
  if (!was) return "";
  return element("span", { class: "mark" }, t(was.isNew ? "new-mark" : "revised-mark"));
}

/**
 * A period without a figure, and why there is none.
 * @param {string} period
 * @param {number} columns
 * @param {string} words
 */
const emptyRow = (period, columns, words) => element("tr", { class: "empty" },
  element("th", { scope: "row" }, periodWords(period)),
  element("td", { colspan: columns - 1 }, words));

/** @type {(structure: Structure, was: Earlier | null | undefined) => string} */
const earlierWords = (structure, was) => (was && !was.isNew ? figureWords(structure, was) : "");

/**
 * The heads and rows of one series.
 * @param {Structure} structure
 * @param {Series} series
 * @param {Changes | null} changes
 * @returns {HeadsAndRows}
 */
function single(structure, series, changes) {
  const compared = changes !== null;
  const { nearest, below, above, exact } = writing(structure);
  const margin = !isRate(structure);
  const heads = [head(t("period"), ""), head(t("value")), margin ? head(t("margin")) : null,
    head(t("low")), head(t("high")), compared ? head(t("was")) : null, head(t("status"), "status")];
  const columns = heads.filter(Boolean).length;
  const empty = series.unpublished.map((period) =>
    ({ begins: begins(period), node: emptyRow(period, columns, t("unpublished")) }));
  const full = series.rows.map((row) => {
    const was = changes?.changeOf(series.key, row);
    const node = element("tr", { class: [isWeak(row) && "weak", was && "changed"].filter(Boolean)
      .join(" ") || null },
      element("th", { scope: "row" }, periodWords(row.period)),
      number(nearest(row.value), exact(row.value), "value-cell"),
      margin ? number(`\u00b1 ${above(row.margin)}`, exact(row.margin)) : null,
      number(below(row.low), exact(row.low)), number(above(row.high), exact(row.high)),
      compared ? number(earlierWords(structure, was), was && !was.isNew ? exact(was.value) : null)
        : null,
      element("td", { class: "status" }, flagMarks(structure, row), " ", changeMark(was)));
    return { begins: row.begins, node };
  });
  const newestFirst = [...full, ...empty]
    .sort((a, b) => b.begins.getTime() - a.begins.getTime());
  return [heads, newestFirst.map(({ node }) => node)];
}

/** @type {(structure: Structure, row?: Row, was?: Earlier | null) => Element} */
function cell(structure, row, was) {
  if (!row) return element("td", { class: "number" }, "\u2013");
  const { nearest, exact } = writing(structure);
  return element("td", { class: `number ${isWeak(row) ? "weak" : ""} ${was ? "changed" : ""}`,
    title: `${exact(row.low)} \u2013 ${exact(row.high)}` },
    element("span", { class: "value-cell" }, nearest(row.value)),
    element("span", { class: "cell-margin" }, ` ${precisionWords(structure, row)}`),
    flagsOf(row).length ? element("span", { class: "cell-flags" }, " ",
      flagMarks(structure, row)) : null,
    was ? element("span", { class: "cell-was" }, changeMark(was), " ",
      earlierWords(structure, was)) : null);
}

/**
 * The heads and rows of several series.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 * @param {Changes | null} changes
 * @returns {HeadsAndRows}
 */
function several(structure, view, series, changes) {
  const shown = differing(view);
  const names = series.map((one) => seriesWords(structure, one.key, view.codes, shown));
  const periods = [...new Set(series.flatMap((one) => one.rows.map((row) => row.period)))];
  periods.sort().reverse();
  const byPeriod = series.map((one) => new Map(one.rows.map((row) => [row.period, row])));
  const rows = periods.map((period) => element("tr", {},
    element("th", { scope: "row" }, periodWords(period)),
    series.map((one, n) => {
      const row = byPeriod[n].get(period);
      return cell(structure, row, row && changes?.changeOf(one.key, row));
    })));
  return [[head(t("period"), ""), ...names.map((name) => head(name, "number series-head"))], rows];
}

/**
 * A row for each period under embargo, newest first.
 * @param {Structure} structure
 * @param {Series[]} series
 * @param {number} columns
 */
function embargoedRows(structure, series, columns) {
  const periods = [...new Set(series.flatMap((one) => one.embargoed))].sort().reverse();
  const words = t("embargoed", { until: untilWords(structure) });
  return periods.map((period) => emptyRow(period, columns, words));
}

/**
 * The table of an answer's series.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 * @param {Changes | null} changes since an earlier state, if the reader compares with one
 * @param {string} caption
 */
export function tableOf(structure, view, series, changes, caption) {
  const [heads, rows] = series.length === 1 ? single(structure, series[0], changes)
    : several(structure, view, series, changes);
  return element("table", { class: series.length > 1 ? "wide" : null },
    element("caption", { id: "caption" }, caption),
    element("thead", {}, element("tr", {}, heads)),
    element("tbody", {}, embargoedRows(structure, series, heads.filter(Boolean).length), rows));
}

/**
 * The words of the flags that the series have.
 * @param {Series[]} series
 */
export function legendOf(series) {
  const rows = series.flatMap((one) => one.rows);
  return ["b", "p", "u", "z", "s"].filter((flag) => rows.some((row) => flagsOf(row).includes(flag)))
    .map((flag) => `[${flag}] ${t(`flag-${flag}`)}`).join(" \u00b7 ");
}
