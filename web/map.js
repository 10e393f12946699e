// The map of a dimension of countries, with a table of the same figures.
//
// Not here: the outlines (vendor/countries-50m.json), which are fetched only when a map is asked
// for. Colours are classes of values; a figure of low reliability is also hatched.
"use strict";

import { ask, dataPath, seriesOf } from "./api.js";
import { plotting } from "./chart.js";
import { NUMERIC } from "./countries.js";
import { element, loadScript, pictured, styled, svgElement } from "./dom.js";
import { above, below, nearest } from "./numbers.js";
import { periodWords } from "./periods.js";
import { TOTAL, codeWords, countriesOf, intervalWords, isIncomplete, isWeak, silentWords }
  from "./series.js";
import { t } from "./words.js";

/** @import { Answer, Dimension, Picture, Row, Scale, Scene, Series, Shape, Structure, View }
  from "./types" */
/** @typedef {{ countries: Shape[], borders: object }} Outlines */
/** @typedef {Row & { key: string[], code: string }} CountryRow */

const CLASSES = 5;
// The digits of Antarctica, which is left out because it takes much space.
const ANTARCTICA = "010";
/** @type {Outlines | null} */
let outlines = null;

/** @returns {Promise<Outlines>} */
async function world() {
  if (!outlines) {
    await loadScript("topojson-client.min.js");
    const response = await fetch(new URL("countries-50m.json", import.meta.url));
    const topology = await response.json();
    const countries = topojson.feature(topology, topology.objects.countries).features;
    outlines = { countries: countries.filter((shape) => shape.id !== ANTARCTICA),
      borders: topojson.mesh(topology, topology.objects.countries, (a, b) => a !== b) };
  }
  return outlines;
}

/**
 * The figures of every country, for the first code chosen in each other dimension.
 * @param {Structure} structure
 * @param {View} view
 * @param {number} position of the dimension of countries
 * @returns {Promise<Series[]>}
 */
async function figures(structure, view, position) {
  const countries = structure.dimensions[position].codes.map((code) => code.id)
    .filter((id) => id !== TOTAL);
  const key = view.key.map((part, n) => (n === position ? countries : [part[0]]));
  /** @type {Answer} */
  const answer = await ask(dataPath({ ...view, key }));
  return seriesOf(answer);
}

/** @type {(rows: Row[]) => Scale} */
function classes(rows) {
  const values = rows.map((row) => Math.max(0, row.value));
  return d3.scaleQuantize([0, d3.max(values) || 1], d3.range(CLASSES)).nice();
}

/** @type {(n: number) => string} */
const shade = (n) =>
  d3.interpolateRgb(styled("--map-low"), styled("--map-high"))(n / (CLASSES - 1));

function hatch() {
  const line = svgElement("path", { d: "M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke: styled("--ink"),
    "stroke-width": 0.9, "stroke-opacity": 0.75 });
  return svgElement("defs", {}, svgElement("pattern", { id: "hatch", width: 6, height: 6,
    patternUnits: "userSpaceOnUse" }, line));
}

/** @type {(structure: Structure, row: Row) => string} */
function words(structure, row) {
  const figure = `${nearest(row.value)} \u00b1 ${above(row.margin)}`;
  const few = row.low > 0 ? figure : `${figure} (${t("map-few", { high: above(row.high) })})`;
  return isIncomplete(row) ? `${few}\n${silentWords(structure, [row])}` : few;
}

/**
 * @param {Structure} structure
 * @param {Outlines} shapes
 * @param {CountryRow[]} rows
 * @param {Scale} scale
 * @param {(code: string) => string} name
 * @param {number} width in pixels
 */
function chartOf(structure, shapes, rows, scale, name, width) {
  const byNumber = new Map(rows.map((row) => [NUMERIC[row.code], row]));
  const coloured = shapes.countries.filter((shape) => byNumber.has(shape.id));
  const rowOf = (/** @type {Shape} */ shape) =>
    /** @type {CountryRow} */ (byNumber.get(shape.id));
  const chart = Plot.plot({
    width, height: Math.round(width * 0.5), projection: { type: "equal-earth",
      domain: { type: "FeatureCollection", features: shapes.countries } },
    style: { background: "transparent", color: styled("--soft"), fontSize: "13px" },
    marks: [
      Plot.geo(shapes.countries, { fill: styled("--track") }),
      Plot.geo(coloured, { fill: (/** @type {Shape} */ shape) =>
        shade(scale(Math.max(0, rowOf(shape).value))) }),
      Plot.geo(coloured.filter((shape) => isWeak(rowOf(shape))), { fill: "url(#hatch)" }),
      Plot.geo(shapes.borders, { stroke: styled("--card"), strokeWidth: 0.6 }),
      Plot.geo(coloured, { stroke: styled("--soft"), strokeWidth: 0.4 }),
      Plot.tip(coloured, Plot.pointer(Plot.centroid({ fill: styled("--card"),
        stroke: styled("--soft"), title: (/** @type {Shape} */ shape) =>
          `${name(rowOf(shape).code)}\n${words(structure, rowOf(shape))}` }))),
    ],
  });
  chart.prepend(hatch());
  return pictured(chart, t("map-label"));
}

/** @type {(rows: Row[], scale: Scale) => Element[]} */
function legendOf(rows, scale) {
  const swatch = (/** @type {string} */ fill, hatched = false) => svgElement("svg",
    { class: "sample", width: 26, height: 14, "aria-hidden": "true" },
  svgElement("rect", { width: 26, height: 14, rx: 2, fill, stroke: styled("--soft") }),
  hatched ? svgElement("rect", { width: 26, height: 14, fill: "url(#hatch)" }) : null);
  const key = (/** @type {Element} */ mark, /** @type {string} */ text) =>
    element("span", { class: "key" }, mark, text);
  const steps = d3.range(CLASSES).map((n) => {
    const [low, high] = scale.invertExtent(n);
    return key(swatch(shade(n)), t("range-words", { low: nearest(low), high: nearest(high) }));
  });
  if (rows.some(isWeak)) steps.push(key(swatch(styled("--track"), true), t("map-weak")));
  return [...steps, key(swatch(styled("--track")), t("map-none"))];
}

/**
 * @param {Structure} structure
 * @param {Dimension} dimension
 * @param {CountryRow[]} rows
 * @param {(code: string) => string} name
 * @param {string} caption
 */
function tableOf(structure, dimension, rows, name, caption) {
  const head = (/** @type {string} */ text, kind = "number") =>
    element("th", { scope: "col", class: kind }, text);
  return element("table", {}, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head(dimension.name, ""), head(t("value")),
      head(t("margin")), head(t("low")), head(t("high")))),
    element("tbody", {}, rows.map((row) => element("tr", { class: isWeak(row) ? "weak" : null,
      title: intervalWords(structure, row.key, row) },
    element("th", { scope: "row" }, name(row.code)),
    element("td", { class: "number value-cell" }, nearest(row.value)),
    element("td", { class: "number" }, `\u00b1 ${above(row.margin)}`),
    element("td", { class: "number" }, below(row.low)),
    element("td", { class: "number" }, above(row.high))))));
}

/**
 * The map of one period.
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export async function show({ structure, view, width, change }) {
  const position = countriesOf(structure);
  const dimension = structure.dimensions[position];
  const [shapes, series] = await Promise.all([world(), figures(structure, view, position),
    plotting()]);
  const periods = series[0].rows.map((row) => row.period);
  const period = view.at !== null && periods.includes(view.at) ? view.at
    : periods[periods.length - 1];
  const rows = series.flatMap((country) => country.rows.filter((row) => row.period === period)
    .map((row) => ({ key: country.key, code: country.key[position], ...row })));
  const name = (/** @type {string} */ code) => codeWords(dimension, code, view.codes);
  const scale = classes(rows);
  const silent = silentWords(structure, rows);
  const caption = t("map-caption",
    { dimension: dimension.name, period: periodWords(period, true) });
  return { drawing: chartOf(structure, shapes, rows, scale, name, width),
    legend: [...legendOf(rows, scale), ...(silent ? [element("span", {}, silent)] : []),
      element("p", {}, t("map-note"))],
    controls: [periodChoice(periods, period, (at) => change({ at }))],
    table: tableOf(structure, dimension, rows, name, caption) };
}

/**
 * The choice of a period.
 * @param {string[]} periods
 * @param {string} chosen
 * @param {(period: string) => void} picked
 */
function periodChoice(periods, chosen, picked) {
  const select = element("select", { id: "at" }, periods.slice().reverse().map((value) => {
    const option = element("option", { value }, periodWords(value));
    option.selected = value === chosen;
    return option;
  }));
  select.addEventListener("change", () => picked(select.value));
  return element("p", { class: "field map-period" },
    element("label", { for: "at" }, t("map-period")), select);
}
