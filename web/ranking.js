// The ranking: a bar with its interval for each code of a list, the largest first, of one period.
//
// Not here: the figures of other dimensions; the first code that is chosen in each counts.
// Groups are ranked apart from their members, and a total is never a bar.
"use strict";

import { askMeasured, dataPath, seriesOf } from "./api.js";
import { limitsOf } from "./chart.js";
import { choice, codeChoices, lacking, periodChoice, tick } from "./controls.js";
import { element, loadScript, pictured, styled, svgElement } from "./dom.js";
import { isMeasured, keyOfList, listsOf } from "./lists.js";
import { figureWords, isRate, writing } from "./numbers.js";
import { periodWords, untilWords } from "./periods.js";
import { TOTAL, codeWords, flagsOf, intervalWords, isIncomplete, isWeak, silentWords,
  statusWords, whenWords } from "./series.js";
import { unmeasured } from "./unmeasured.js";
import { language, listWords, t } from "./words.js";

/** @import { CodeSet, Dimension, Picture, Row, Scene, Series, Structure,
  View } from "./types" */
/** @typedef {Row & { key: string[], code: string, name: string, unsure: boolean }} Ranked */
/** @typedef {{ structure: Structure, dimension: Dimension, rows: Ranked[], shown: Ranked[],
 *   unpublished: number, limits: Limits | null, heading: string }} Ranking */
/** @typedef {{ low: number, high: number }} Limits */

const BARS_MAX = 30;
// At most this number of runs of codes whose order is not certain are named.
const RUNS_MAX = 4;
const RUN_MAX = 6;
// In pixels: a row, the room for the names beside bars, and from which width names are beside.
const ROW = 26;
const ROW_TALL = 40;
const WIDE = 560;
const NAMES = 220;
const TOP = 26;

/**
 * The figures of a list of one period, the largest first. A code that is closed in the period is
 * left out: that it has none is known, and no place in an order. So is a rate that is not
 * published.
 * @param {Structure} structure
 * @param {View} view
 * @param {CodeSet} list
 * @param {string} period
 * @returns {Promise<{ rows: Ranked[], unpublished: number, series: Series[] } | null>} null if
 *   they are not measured
 */
async function figures(structure, view, list, period) {
  const key = keyOfList(view, list.position, list.codes);
  if (!isMeasured(structure, key)) return null;
  const answer = await askMeasured(dataPath({ ...view, key, start: period, end: period,
    all: false }));
  if (!answer) return null;
  const dimension = structure.dimensions[list.position];
  const all = seriesOf(answer);
  const rows = all.flatMap((one) => one.rows.filter((row) =>
    row.period === period && row.status !== "M").map((row) => {
    const code = one.key[list.position];
    return { ...row, key: one.key, code, name: codeWords(dimension, code, view.codes),
      unsure: false };
  }));
  rows.sort((a, b) => b.value - a.value || a.name.localeCompare(b.name, language));
  return { rows: rows.map((row, n) => ({ ...row,
    unsure: n + 1 < rows.length && row.low <= rows[n + 1].high })), series: all,
  unpublished: all.filter(({ unpublished }) => unpublished.includes(period)).length };
}

/**
 * The runs of neighbours whose intervals overlap, from the first place to the last.
 * @param {Ranked[]} rows
 * @returns {[number, number][]}
 */
function runsOf(rows) {
  /** @type {[number, number][]} */
  const runs = [];
  rows.forEach(({ unsure }, n) => {
    if (!unsure || n + 1 >= rows.length) return;
    const last = runs[runs.length - 1];
    if (last && last[1] === n) last[1] = n + 1;
    else runs.push([n, n + 1]);
  });
  return runs;
}

/**
 * Names the codes whose order is not certain.
 * @param {Ranked[]} rows
 */
function unsureWords(rows) {
  const runs = runsOf(rows);
  if (!runs.length) return [t("ranking-sure")];
  const named = runs.slice(0, RUNS_MAX).map(([first, last]) => {
    const names = rows.slice(first, Math.min(last + 1, first + RUN_MAX)).map(({ name }) => name);
    const more = last + 1 - first - names.length;
    return t("ranking-unsure", { names: more > 0
      ? t("ranking-more", { names: names.join(", "), count: more }) : listWords(names) });
  });
  const rest = runs.length - named.length;
  return [...named, ...(rest > 0 ? [t("ranking-unsure-more", { count: rest })] : [])];
}

// ---------------------------------------------------------------- the drawing

/** @type {() => Element} */
const hatching = () => svgElement("defs", {}, svgElement("pattern", { id: "ranking-hatch",
  width: 6, height: 6, patternUnits: "userSpaceOnUse" },
svgElement("path", { d: "M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke: styled("--s1"),
  "stroke-width": 1.4, "stroke-opacity": 0.7 })));

/** @type {(row: Row) => { fill: string, "fill-opacity": number, stroke: string }} */
const fillOf = (row) => ({ fill: isWeak(row) ? "url(#ranking-hatch)" : styled("--s1"),
  "fill-opacity": row.status === "P" && !isWeak(row) ? 0.35 : 0.8, stroke: styled("--s1") });

/** @type {(words: string, length: number) => string} */
const shortened = (words, length) =>
  (words.length > length ? `${words.slice(0, length - 1).trimEnd()}\u2026` : words);

/**
 * One row: name, bar, interval and figure.
 * @param {Ranking} ranking
 * @param {Ranked} row
 * @param {{ x: (value: number) => number, y: number, left: number, beside: boolean,
 *   width: number }} place
 */
function rowOf({ structure }, row, { x, y, left, beside, width }) {
  const text = (/** @type {string} */ words, /** @type {Record<string, string | number>} */ more) =>
    svgElement("text", { fill: styled("--ink"), "font-size": 13, ...more }, words);
  const middle = y + (beside ? ROW / 2 : ROW_TALL - 13);
  const [zero, end] = [x(0), x(row.value)];
  const [low, high] = [x(row.low), x(row.high)];
  const figure = figureWords(structure, row);
  const after = Math.max(high, zero) + 6;
  const room = after + figure.length * 7 < width;
  const line = (/** @type {string} */ d) => svgElement("path", { d, stroke: styled("--ink"),
    "stroke-width": 1.5, fill: "none" });
  return svgElement("g", {},
    text(shortened(row.name, beside ? 28 : Math.floor((width - 12 - figure.length * 7.5) / 7)),
      beside ? { x: left - 14, y: middle + 4.5, "text-anchor": "end" } : { x: 0, y: y + 14 }),
    svgElement("rect", { x: Math.min(zero, end), y: middle - 7, height: 14,
      width: Math.abs(end - zero), "stroke-width": 1, ...fillOf(row) }),
    line(`M${low} ${middle}H${high}M${low} ${middle - 4}V${middle + 4}M${high} ${middle - 4}`
      + `V${middle + 4}`),
    text(figure, beside ? { x: room ? after : low - 6, y: middle + 4.5,
      "text-anchor": room ? "start" : "end" } : { x: width - 12, y: y + 14,
      "text-anchor": "end" }));
}

/** A bracket around places whose order is not certain.
 * @type {(x: number, way: number, first: number, last: number) => SVGElement} */
const bracketOf = (x, way, first, last) => svgElement("path", { fill: "none",
  stroke: styled("--soft"), "stroke-width": 1.6, d: `M${x} ${first}h${way}V${last}h${-way}` });

/** @type {(ranking: Ranking, width: number) => SVGElement} */
function drawingOf(ranking, width) {
  const { structure, shown, limits } = ranking;
  const beside = width >= WIDE;
  const height = TOP + shown.length * (beside ? ROW : ROW_TALL) + 8;
  const left = beside ? NAMES : 2;
  const longest = Math.max(...shown.map((row) => figureWords(structure, row).length)) * 7 + 12;
  const [from, to] = [limits?.low ?? Math.min(0, ...shown.map(({ low }) => low)),
    limits?.high ?? Math.max(0, ...shown.map(({ high }) => high))];
  const scale = d3.scaleLinear([from, to], [left, width - (beside ? longest : 16)]);
  // What lies beyond the limits ends at them, as in the chart.
  const x = (/** @type {number} */ value) => scale(Math.min(to, Math.max(from, value)));
  const soft = styled("--soft");
  const ticks = scale.ticks(Math.max(2, Math.floor(width / 150)));
  const axis = ticks.map((value) => svgElement("g", {},
    svgElement("line", { x1: x(value), x2: x(value), y1: TOP - 6, y2: height,
      stroke: value === 0 ? soft : styled("--line") }),
    svgElement("text", { x: x(value), y: TOP - 12, fill: soft, "font-size": 12,
      "text-anchor": "middle" }, writing(structure).nearest(value))));
  const tall = beside ? ROW : ROW_TALL;
  const rows = shown.map((row, n) => rowOf(ranking, row, { x, left, beside, width,
    y: TOP + n * tall }));
  const bracket = beside ? { x: left - 4, way: -4 } : { x: width - 6, way: 4 };
  const brackets = runsOf(shown).map(([first, last]) => bracketOf(bracket.x, bracket.way,
    TOP + first * tall + tall / 2, TOP + last * tall + tall / 2));
  return svgElement("svg", { class: "ranking", width, height, viewBox: `0 0 ${width} ${height}`,
    "font-family": "sans-serif" }, hatching(), axis, rows, brackets);
}

/** @type {(ranking: Ranking) => Element[]} */
function legendOf({ structure, rows, shown, limits, unpublished, heading }) {
  const { nearest } = writing(structure);
  const beyond = limits ? shown.filter(({ low, high }) =>
    low < limits.low || high > limits.high).length : 0;
  const swatch = (/** @type {Partial<Row>} */ as) => svgElement("svg", { class: "sample", width: 26,
    height: 14, "aria-hidden": "true" }, svgElement("rect", { x: 0.5, y: 0.5, width: 25, height: 13,
    ...fillOf(/** @type {Row} */ ({ value: 1, margin: 0, ...as })) }));
  const key = (/** @type {Element} */ mark, /** @type {string} */ words) =>
    element("span", { class: "key" }, mark, words);
  const silent = silentWords(structure, shown.filter(isIncomplete));
  return [element("strong", { class: "of-what" }, heading),
    key(swatch({ status: null }), t("bar-sample")),
    ...(shown.some(isWeak) ? [key(swatch({ margin: 1 }), t("map-weak"))] : []),
    ...(shown.some((row) => row.status === "P" && !isWeak(row))
      ? [key(swatch({ status: "P" }), t("pale-bars"))] : []),
    ...(runsOf(shown).length ? [key(svgElement("svg", { class: "sample", width: 10, height: 18,
      "aria-hidden": "true" }, bracketOf(8, -5, 2, 16)), t("ranking-sign"))] : []),
    ...(limits && beyond ? [element("span", {}, t("chart-limit",
      { low: nearest(limits.low), high: nearest(limits.high), count: beyond }))] : []),
    ...(unpublished ? [element("span", {}, t("ranking-unpublished", { count: unpublished }))] : []),
    ...(silent ? [element("span", {}, silent)] : []),
    ...(structure.embargoed ? [element("span", {}, t("ranking-embargo", {
      period: periodWords(structure.embargoed.last), until: untilWords(structure) }))] : []),
    element("ul", { class: "unsure" }, unsureWords(rows).map((words) =>
      element("li", {}, words))),
    ...(rows.length > shown.length ? [element("span", {}, t("ranking-rest",
      { n: shown.length, all: rows.length }))] : [])];
}

// ---------------------------------------------------------------- words and table

/** @type {(ranking: Ranking) => string[]} */
function wordsOf({ structure, rows, shown, heading }) {
  const places = shown.map((row, n) => t("ranking-place", { place: n + 1, name: row.name,
    figure: figureWords(structure, row), interval: isRate(structure) ? ""
      : intervalWords(structure, row.key, row) }));
  return [heading, ...unsureWords(rows), ...places];
}

/** @type {(ranking: Ranking) => Element} */
function tableOf({ structure, dimension, shown, heading }) {
  const { nearest, below, above, exact } = writing(structure);
  const margin = !isRate(structure);
  const head = (/** @type {string} */ text, kind = "number") =>
    element("th", { scope: "col", class: kind }, text);
  const number = (/** @type {string} */ text, /** @type {number} */ value, kind = "") =>
    element("td", { class: `number ${kind}`, title: exact(value) }, text);
  const rows = shown.map((row, n) => element("tr", { class: isWeak(row) ? "weak" : null },
    element("td", { class: "number" }, String(n + 1)),
    element("th", { scope: "row" }, row.name), number(nearest(row.value), row.value, "value-cell"),
    margin ? number(`\u00b1 ${above(row.margin)}`, row.margin) : null,
    number(below(row.low), row.low), number(above(row.high), row.high),
    element("td", { class: "status" }, element("abbr", { title: statusWords(structure, row) },
      flagsOf(row).map((flag) => `[${flag}]`).join("\u2009")))));
  return element("table", {}, element("caption", {}, heading),
    element("thead", {}, element("tr", {}, head(t("ranking-head")), head(dimension.name, ""),
      head(t("value")), margin ? head(t("margin")) : null, head(t("low")), head(t("high")),
      head(t("status"), "status"))), element("tbody", {}, rows));
}

/** @type {(structure: Structure, list: CodeSet) => string} */
function listName(structure, list) {
  const { name } = structure.dimensions[list.position];
  const levels = listsOf(structure).filter(({ position, level }) =>
    position === list.position && level !== null).length;
  if (list.level === null) return t("ranking-list", { name, n: list.codes.length });
  return t(levels > 1 ? "ranking-groups-level" : "ranking-groups",
    { name, n: list.codes.length, level: list.level + 1 });
}

/** @type {(structure: Structure, view: View, list: CodeSet, period: string) => string} */
function headingOf(structure, view, list, period) {
  const others = structure.dimensions.flatMap((dimension, position) =>
    (position === list.position || dimension.codes.length < 2 || dimension.id === "FREQ"
      || view.key[position][0] === TOTAL ? []
      : [codeWords(dimension, view.key[position][0], view.codes)]));
  return t("ranking-caption", { name: structure.name,
    list: structure.dimensions[list.position].name,
    others: others.map((words) => `, ${words}`).join(""),
    when: whenWords(structure, view.key.map(([code]) => code), period) });
}

/**
 * The list that the address names with its figures, or else the first one of which most of the
 * largest figures are reliable: groups may be where their members are not.
 * @param {Structure} structure
 * @param {View} view
 * @param {CodeSet[]} lists
 * @param {string | null} period
 */
async function opened(structure, view, lists, period) {
  const wanted = view.by === null ? lists : lists.filter(({ id }) => id === view.by);
  /** @type {{ list: CodeSet | undefined, found: Awaited<ReturnType<typeof figures>> }} */
  let first = { list: wanted[0], found: null };
  if (period === null) return first;
  for (const list of wanted) {
    // One after the other, because the first is reliable in most plans.
    // oxlint-disable-next-line no-await-in-loop
    const found = await figures(structure, view, list, period);
    const largest = found?.rows.slice(0, BARS_MAX) ?? [];
    if (largest.filter((row) => !isWeak(row)).length > largest.length / 2) return { list, found };
    if (!first.found) first = { list, found };
  }
  return first;
}

/**
 * The ranking of one list in one period.
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export async function show(scene) {
  const { structure, view, width, change } = scene;
  const lists = listsOf(structure);
  const { period, control } = periodChoice(scene);
  const [{ list, found }] = await Promise.all([opened(structure, view, lists, period),
    loadScript("d3.min.js")]);
  const controls = [control];
  if (lists.length > 1 || !list) {
    /** @type {[string, string][]} */
    const options = lists.map((each) => [each.id, listName(structure, each)]);
    if (!list) options.unshift(["", "\u2013"]);
    controls.push(choice("by", t("ranking-by"), options, list?.id ?? "", (by) => change({ by })));
  }
  controls.push(...codeChoices(scene, list ? [list.position] : []));
  const without = (/** @type {Element} */ drawing) => ({ drawing, legend: [], controls });
  if (!list) return without(lacking(t("ranking-by-none", { by: view.by })));
  if (period === null) return without(lacking(t("period-none", { period: view.at })));
  if (!found) return without(unmeasured(structure, view, list));
  const { rows, unpublished } = found;
  if (!rows.length) return without(lacking(t("ranking-none")));
  const shown = view.top === "all" ? rows : rows.slice(0, BARS_MAX);
  /** @type {Ranking} */
  const ranking = { structure, rows, unpublished, shown, limits: limitsOf(structure, shown),
    dimension: structure.dimensions[list.position],
    heading: headingOf(structure, view, list, period) };
  if (rows.length > BARS_MAX) {
    controls.push(tick("top", t("ranking-all", { n: rows.length }), view.top === "all",
      (all) => change({ top: all ? "all" : null })));
  }
  const words = wordsOf(ranking);
  return { drawing: pictured(drawingOf(ranking, width),
    `${t("ranking-label")}. ${words.slice(0, 12).join(" ")}`),
  legend: legendOf(ranking), words, controls, table: tableOf(ranking),
  file: { line: ranking.heading, key: [] },
  data: { name: ranking.heading, series: found.series, view: { ...view, start: period, end: period,
    all: false, key: keyOfList(view, list.position, []) } } };
}
