// Downloads: files of the server, and files of this page; each names its source.
//
// Not here: how the server writes its formats; the page offers those that it announces.
"use strict";

import { dataPath } from "./api.js";
import { absolute, offers } from "./calls.js";
import { $, element, styled, svgElement } from "./dom.js";
import { isRate } from "./numbers.js";
import { codeWords, seriesWords, statusWords } from "./series.js";
import { language, t } from "./words.js";

const ANNOUNCED = ["sdmx-csv-1", "sdmx-json", "sdmx-ml", "sdmx-ml-generic", "jsonstat", "parquet"];
const ENDINGS = { "sdmx-csv-1": "csv", "sdmx-json": "json", "sdmx-ml": "xml",
  "sdmx-ml-generic": "xml", jsonstat: "json", parquet: "parquet" };
const PNG_SCALE = 2;

// How a view is cited: with the state of the ledger that it rests on, so that it can be redone.
export function citation({ store, structure, view, series, size }) {
  const last = series.flatMap((one) => one.rows).map((row) => row.period).sort().at(-1);
  return t("citation", {
    agency: store.controller, year: new Date().getUTCFullYear(), title: store.title,
    flow: structure.name, size, period: last,
    series: series.length > 1 ? view.key.map((part) => part.join("+")).join(".")
      : seriesWords(structure, series[0].key, view.codes),
    address: absolute(dataPath(view, { asOf: size })),
  });
}

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// A flat table with names beside codes; source and terms stand in each line.
function csv(shown) {
  const { structure, series } = shown;
  const source = citation(shown);
  const own = isRate(structure) ? ["RATE", "LOW_95", "HIGH_95", "STATUS"]
    : ["VALUE", "MARGIN_95", "LOW_95", "HIGH_95", "STATUS", "VINTAGE"];
  const heads = structure.dimensions.flatMap((d) => [d.id, `${d.id}_NAME`]);
  const lines = [[...heads, "TIME_PERIOD", ...own, "SOURCE"]];
  for (const one of series) {
    const key = structure.dimensions.flatMap((dimension, n) =>
      [one.key[n], codeWords(dimension, one.key[n], "name")]);
    for (const row of one.rows) {
      const told = isRate(structure) ? [row.value, row.low, row.high, statusWords(row)]
        : [row.value, row.margin, row.low, row.high, statusWords(row), row.vintage];
      lines.push([...key, row.period, ...told, source]);
    }
  }
  return lines.map((line) => `${line.map((cell) => quoted(String(cell))).join(",")}\r\n`).join("");
}

function json(shown) {
  const { store, structure, series } = shown;
  return JSON.stringify({
    citation: citation(shown), language, asOf: shown.size, class: store.class,
    publisher: store.controller, contact: store.contact, legalBasis: store.legalBasis,
    structure: { id: structure.id, name: structure.name, description: structure.description,
      unit: structure.unit, dimensions: structure.dimensions },
    privacy: structure.privacy, series,
  }, null, 1);
}

// The chart as a drawing of its own: title above, legend and source below, colours written out.
export function standalone(shown, chart) {
  const [width, height] = ["width", "height"].map((side) => Number(chart.getAttribute(side)));
  const text = (words, x, y, size, colour, weight = 400) => svgElement("text", { x, y, fill: colour,
    "font-size": size, "font-weight": weight, "font-family": "sans-serif" }, words);
  const legend = shown.names.map((name, n) => svgElement("g", {},
    svgElement("rect", { x: 20, y: 64 + n * 20, width: 14, height: 4, fill: shown.colours[n] }),
    text(name, 42, 71 + n * 20, 13, styled("--ink"))));
  const source = wrapped(citation(shown), Math.floor(width / 6.6));
  const top = 68 + legend.length * 20;
  const inner = chart.cloneNode(true);
  inner.setAttribute("x", 0);
  inner.setAttribute("y", top);
  inner.setAttribute("color", styled("--soft"));
  inner.setAttribute("font-family", "sans-serif");
  inner.setAttribute("font-size", 13);
  const whole = svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 24,
    height: top + height + 30 + source.length * 16, role: "img" },
    svgElement("title", {}, shown.structure.name),
    svgElement("desc", {}, `${chart.getAttribute("aria-label")} ${citation(shown)}`),
    svgElement("rect", { width: "100%", height: "100%", fill: styled("--paper") }),
    text(shown.structure.name, 20, 30, 18, styled("--ink"), 600),
    text(`${t("estimate")}, ${t("band")}`, 20, 50, 13, styled("--soft")), legend, inner,
    source.map((line, n) =>
      text(line, 20, top + height + 24 + n * 16, 11, styled("--soft"))));
  return whole;
}

function wrapped(text, columns) {
  const lines = [""];
  const fitting = new RegExp(`.{1,${columns}}`, "g");
  for (const word of text.split(" ").flatMap((one) => one.match(fitting))) {
    if (lines.at(-1).length + word.length >= columns) lines.push("");
    lines[lines.length - 1] += `${word} `;
  }
  return lines;
}

async function png(svg) {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
  const text = new XMLSerializer().serializeToString(svg);
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  const canvas = element("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
  const pen = canvas.getContext("2d");
  pen.scale(PNG_SCALE, PNG_SCALE);
  pen.drawImage(image, 0, 0);
  return new Promise((made) => canvas.toBlob(made, "image/png"));
}

function save(name, content) {
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function made(id, name, content) {
  const button = element("button", { type: "button", id: `download-${id}` }, t(`download-${id}`));
  button.addEventListener("click", async () => save(name, await content()));
  return button;
}

// `drawn()` gives the chart of the view as an SVG element, or null where there is none.
export function showDownloads(shown, drawn) {
  const { structure, view } = shown;
  const name = `${structure.id}_${view.key.map((part) => part.join("+")).join(".")}`.slice(0, 120);
  const blob = (text, type) => new Blob([text], { type });
  const link = (format, id, ending) => element("a", { class: "button", id: `download-${id}`,
    href: dataPath(view, { format }), download: `${name}.${id}.${ending}` }, t(`download-${id}`));
  const svg = () => standalone(shown, drawn());
  const whole = () => blob(new XMLSerializer().serializeToString(svg()), "image/svg+xml");
  const buttons = [
    made("csv", `${name}.csv`, () => blob(csv(shown), "text/csv")),
    made("json", `${name}.json`, () => blob(json(shown), "application/json")),
    link("csv", isRate(structure) ? "table-csv" : "sdmx-csv", "csv"),
    ...ANNOUNCED.filter((format) => offers(structure, format))
      .map((format) => link(format, format, ENDINGS[format])),
    ...(shown.drawable ? [made("svg", `${name}.svg`, whole),
      made("png", `${name}.png`, () => png(svg()))] : []),
  ];
  $("downloads").replaceChildren(...buttons);
  $("citation").textContent = citation(shown);
}
