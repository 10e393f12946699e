// The figures of the same periods of the year before, under those of a chart: their line and band,
// the change in words, and a table of both.
//
// Not here: the chart (chart.js), and the interval of a change (change.js).
"use strict";

import { ask, dataPath, seriesOf } from "./api.js";
import { changeBetween, changeLine, changeWords, isUnclear, rangeOf, signedNearest }
  from "./change.js";
import { colourOf, drawn, withGaps } from "./chart.js";
import { element, pictured, styled, svgElement } from "./dom.js";
import { figureWords, isRate } from "./numbers.js";
import { begins, periodWords, yearBefore } from "./periods.js";
import { differing, flagsOf, isWeak, seriesWords, statusWords } from "./series.js";
import { t } from "./words.js";

/** @import { Answer, Child, Compared, Picture, Row, Series, Structure, View } from "./types" */

const DASHES = "4 4";

/**
 * The figures of the year before of the series that are shown.
 * @param {View} view
 * @param {Series[]} series
 * @returns {Promise<Compared>}
 */
export async function compared(view, series) {
  const periods = series.flatMap(({ rows }) => rows).sort((a, b) =>
    a.begins.getTime() - b.begins.getTime()).flatMap(({ period }) => yearBefore(period) ?? []);
  const range = { start: periods[0], end: periods[periods.length - 1], all: false };
  /** @type {Answer} */
  const answer = await ask(dataPath({ ...view, ...range }));
  const earlier = new Map(seriesOf(answer).map(({ key, rows }) =>
    [key.join("."), new Map(rows.map((row) => [row.period, row]))]));
  const pairs = series.map(({ key, rows }) => rows.map((now) => ({ now,
    before: earlier.get(key.join("."))?.get(yearBefore(now.period) ?? "") ?? null })));
  const shifted = pairs.map((each) => each.flatMap(({ now, before }) =>
    (before ? [{ ...before, begins: now.begins, period: now.period }] : [])));
  return { pairs, rows: shifted.flat(), marks: (limits) => shifted.flatMap((rows, n) => {
    const colour = series.length > 1 ? colourOf(n) : styled("--soft");
    const line = withGaps(rows.map((row) => drawn(row, null, limits)));
    return [Plot.areaY(line, { x: "begins", y1: "y1", y2: "y2", fill: colour, fillOpacity: 0.13 }),
      Plot.lineY(line, { x: "begins", y: "y", stroke: colour, strokeWidth: 1.4,
        strokeDasharray: DASHES, strokeOpacity: 0.85 })];
  }) };
}

/** Whether a break lies between two periods, so that they cannot be compared.
 * @type {(structure: Structure, before: Row, now: Row) => boolean} */
const isBroken = (structure, before, now) =>
  (structure.parts ?? [structure]).flatMap(({ breaks = [] }) => breaks).some(({ from }) =>
    begins(from) > begins(before.period) && begins(from) <= now.begins);

/**
 * The change of the newest figure of each series against the year before.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 * @param {Compared} year
 * @returns {{ words: string, node: Element }[]}
 */
function changes(structure, view, series, year) {
  return series.map(({ key }, n) => {
    const { now, before } = year.pairs[n][year.pairs[n].length - 1];
    const period = periodWords(now.period);
    const what = series.length > 1
      ? `${seriesWords(structure, key, view.codes, differing(view))}, ${period}` : period;
    const said = (/** @type {string} */ words, /** @type {Child} */ node = null) =>
      ({ words: `${what}: ${words}`, node: element("div", { class: "against" },
        element("span", {}, `${what}:`), node ?? element("p", { class: "change" }, words)) });
    if (!before) return said(t("compare-missing"));
    if (isBroken(structure, before, now)) return said(t("compare-break"));
    const change = changeBetween(before, now);
    const { value, rest } = changeWords(structure, change);
    return said(value === null ? rest : `${value} ${rest}`, changeLine(structure, change));
  });
}

/** The sample of the line of the year before.
 * @type {() => Element} */
const sample = () => svgElement("svg", { class: "sample", width: 34, height: 12,
  "aria-hidden": "true" }, svgElement("rect", { width: 34, height: 12, fill: styled("--soft"),
  "fill-opacity": 0.18 }), svgElement("line", { x1: 0, x2: 34, y1: 6, y2: 6,
  stroke: styled("--soft"), "stroke-width": 1.6, "stroke-dasharray": DASHES }));

/** @type {(structure: Structure, pair: { now: Row, before: Row | null }) => Element[]} */
function cells(structure, { now, before }) {
  const number = (/** @type {string} */ text) => element("td", { class: "number" }, text);
  const title = statusWords(structure, now);
  const flags = element("td", { class: "status" }, element("abbr", { title },
    flagsOf(now).map((flag) => `[${flag}]`).join("\u2009")));
  const figure = element("td", { class: `number ${isWeak(now) ? "weak" : "value-cell"}` },
    figureWords(structure, now));
  if (!before) return [figure, number("\u2013"), number("\u2013"), number("\u2013"), flags];
  const then = number(figureWords(structure, before));
  if (isBroken(structure, before, now)) {
    return [figure, then, element("td", { colspan: 2 }, t("compare-break")), flags];
  }
  const change = changeBetween(before, now);
  const { low, high } = rangeOf(structure, change);
  const value = signedNearest(structure)(change.value);
  return [figure, then, number(isUnclear(change) ? t("compare-unclear", { value }) : value),
    number(t("range-words", { low, high })), flags];
}

/** @type {(structure: Structure, view: View, series: Series[], year: Compared) => Element} */
function tableOf(structure, view, series, year) {
  const head = (/** @type {string} */ text, kind = "number") =>
    element("th", { scope: "col", class: kind }, text);
  const several = series.length > 1;
  const rows = series.flatMap(({ key }, n) => year.pairs[n].toReversed().map((pair) =>
    element("tr", {}, element("th", { scope: "row" }, periodWords(pair.now.period)),
      several ? element("td", {}, seriesWords(structure, key, view.codes, differing(view))) : null,
      ...cells(structure, pair))));
  return element("table", {}, element("caption", {}, t("compare-caption")),
    element("thead", {}, element("tr", {}, head(t("period"), ""),
      several ? head(t("series"), "") : null, head(t("compare-now")), head(t("compare-then")),
      head(t("compare-change")), head(t("compare-range")), head(t("status"), "status"))),
    element("tbody", {}, rows));
}

/**
 * The picture of a chart that also shows the year before.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 * @param {Compared} year
 * @param {Picture} picture
 * @returns {Picture}
 */
export function withYearBefore(structure, view, series, year, picture) {
  const said = changes(structure, view, series, year);
  const words = [...picture.words ?? [], t("compare-line"), ...said.map((one) => one.words)];
  pictured(picture.drawing, `${picture.drawing.getAttribute("aria-label")} ${t("compare-line")} `
    + said.map((one) => one.words).join(" "));
  const note = t(isRate(structure) ? "compare-note-rate" : "compare-note");
  return { ...picture, words, legend: [...picture.legend,
    element("span", { class: "key" }, sample(), t("compare-key")),
    element("div", { class: "compared" }, said.map(({ node }) => node),
      element("p", { class: "small" }, note))],
  table: tableOf(structure, view, series, year) };
}
