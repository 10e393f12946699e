// The map of a dimension of countries, with a table beside it that says the same.
//
// Not here: the outlines (vendor/countries-50m.json), fetched when a map is asked for and not
// before. Colours are classes of values; a figure of low reliability is hatched as well.
"use strict";

import { ask, dataPath, seriesOf } from "./api.js";
import { NUMERIC } from "./countries.js";
import { $, element, pictured, styled, svgElement } from "./dom.js";
import { above, below, nearest } from "./numbers.js";
import { periodWords } from "./periods.js";
import { TOTAL, codeWords, intervalWords, isWeak } from "./series.js";
import { t } from "./words.js";

const CLASSES = 5;
let outlines = null;

async function world() {
  if (!outlines) {
    await script("topojson-client.min.js");
    const response = await fetch(new URL("countries-50m.json", import.meta.url));
    const topology = await response.json();
    const countries = topojson.feature(topology, topology.objects.countries).features;
    outlines = { countries: countries.filter((one) => one.id !== "010"),
      borders: topojson.mesh(topology, topology.objects.countries, (a, b) => a !== b) };
  }
  return outlines;
}

function script(name) {
  return new Promise((loaded, failed) => {
    const node = element("script", { src: new URL(name, import.meta.url).href });
    node.addEventListener("load", loaded);
    node.addEventListener("error", () => failed(new Error(name)));
    document.head.append(node);
  });
}

// The figures of every country, of the first code chosen in each other dimension.
async function figures(page, position) {
  const { structure, view } = page;
  const countries = structure.dimensions[position].codes.map((code) => code.id)
    .filter((id) => id !== TOTAL);
  const key = view.key.map((part, n) => (n === position ? countries : [part[0]]));
  return seriesOf(await ask(dataPath({ ...view, key })));
}

function classes(rows) {
  const values = rows.map((row) => Math.max(0, row.value));
  return d3.scaleQuantize([0, d3.max(values) || 1], d3.range(CLASSES)).nice();
}

const shade = (n) =>
  d3.interpolateRgb(styled("--map-low"), styled("--map-high"))(n / (CLASSES - 1));

function hatch() {
  const line = svgElement("path", { d: "M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke: styled("--ink"),
    "stroke-width": 0.9, "stroke-opacity": 0.75 });
  return svgElement("defs", {}, svgElement("pattern", { id: "hatch", width: 6, height: 6,
    patternUnits: "userSpaceOnUse" }, line));
}

function words(row) {
  const figure = `${nearest(row.value)} \u00b1 ${above(row.margin)}`;
  return row.low > 0 ? figure : `${figure} (${t("map-few", { high: above(row.high) })})`;
}

function chartOf(shapes, rows, scale, name) {
  const byNumber = new Map(rows.map((row) => [NUMERIC[row.code], row]));
  const width = Math.max(280, $("map").clientWidth || 720);
  const of = (shape) => byNumber.get(shape.id);
  const told = shapes.countries.filter(of);
  const chart = Plot.plot({
    width, height: Math.round(width * 0.5), projection: { type: "equal-earth",
      domain: { type: "FeatureCollection", features: shapes.countries } },
    style: { background: "transparent", color: styled("--soft"), fontSize: "13px" },
    marks: [
      Plot.geo(shapes.countries, { fill: styled("--track") }),
      Plot.geo(told, { fill: (shape) => shade(scale(Math.max(0, of(shape).value))) }),
      Plot.geo(told.filter((shape) => isWeak(of(shape))), { fill: "url(#hatch)" }),
      Plot.geo(shapes.borders, { stroke: styled("--card"), strokeWidth: 0.6 }),
      Plot.geo(told, { stroke: styled("--soft"), strokeWidth: 0.4 }),
      Plot.tip(told, Plot.pointer(Plot.centroid({ fill: styled("--card"), stroke: styled("--soft"),
        title: (shape) => `${name(of(shape).code)}\n${words(of(shape))}` }))),
    ],
  });
  chart.prepend(hatch());
  return pictured(chart, t("map-label"));
}

function legendOf(rows, scale) {
  const swatch = (fill, hatched) => svgElement("svg", { class: "sample", width: 26, height: 14,
    "aria-hidden": "true" },
  svgElement("rect", { width: 26, height: 14, rx: 2, fill, stroke: styled("--soft") }),
  hatched ? svgElement("rect", { width: 26, height: 14, fill: "url(#hatch)" }) : null);
  const key = (mark, text) => element("span", { class: "key" }, mark, text);
  const steps = d3.range(CLASSES).map((n) => {
    const [low, high] = scale.invertExtent(n);
    return key(swatch(shade(n)), t("range-words", { low: nearest(low), high: nearest(high) }));
  });
  if (rows.some(isWeak)) steps.push(key(swatch(styled("--track"), true), t("map-weak")));
  return [...steps, key(swatch(styled("--track")), t("map-none"))];
}

function tableOf(structure, dimension, rows, name, caption) {
  const head = (text, kind = "number") => element("th", { scope: "col", class: kind }, text);
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

// Shows the map of one period; `picked` takes another period.
export async function showMap(page, position, picked) {
  const { structure, view } = page;
  const dimension = structure.dimensions[position];
  const asked = page.asked;
  const [shapes, series] = await Promise.all([world(), figures(page, position)]);
  if (asked !== page.asked) return;
  const periods = series[0].rows.map((row) => row.period);
  const period = periods.includes(view.at) ? view.at : periods.at(-1);
  const rows = series.map((one) => ({ key: one.key, code: one.key[position],
    ...one.rows.find((row) => row.period === period) }));
  const name = (code) => codeWords(dimension, code, view.codes);
  const scale = classes(rows);
  $("map").replaceChildren(chartOf(shapes, rows, scale, name));
  $("map-legend").replaceChildren(...legendOf(rows, scale));
  const caption = t("map-caption",
    { dimension: dimension.name, period: periodWords(period, true) });
  $("map-table").replaceChildren(tableOf(structure, dimension, rows, name, caption));
  const select = $("at");
  select.replaceChildren(...periods.slice().reverse().map((one) => {
    const option = element("option", { value: one }, periodWords(one));
    option.selected = one === period;
    return option;
  }));
  select.onchange = () => picked(select.value);
}
