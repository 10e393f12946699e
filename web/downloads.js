// Downloads: files that the server writes, and files that this page makes; each names its source.
//
// Not here: how the server writes its formats; the page shows those that it offers.
"use strict";

import { dataPath } from "./api.js";
import { absolute, offers } from "./calls.js";
import { $, element, styled, svgElement } from "./dom.js";
import { isRate } from "./numbers.js";
import { periodWords } from "./periods.js";
import { codeWords, seriesWords, statusWords } from "./series.js";
import { language, t } from "./words.js";

/** @import { Picture, Shown } from "./types" */

const OFFERED = ["xlsx", "sdmx-csv-1", "sdmx-json", "sdmx-ml", "sdmx-ml-generic", "jsonstat",
  "parquet"];
/** @type {Record<string, string>} */
const ENDINGS = { "sdmx-csv-1": "csv", "sdmx-json": "json", "sdmx-ml": "xml",
  "sdmx-ml-generic": "xml", jsonstat: "json", parquet: "parquet", xlsx: "xlsx" };
/** Formats with names, which are in the language of the page. */
const NAMED = ["sdmx-json", "jsonstat", "xlsx"];
const PNG_SCALE = 2;

/**
 * How to cite a view: with the state of the ledger that it rests on, so that anyone can get the
 * same figures again.
 * @param {Pick<Shown, "store" | "structure" | "view" | "series" | "size" | "name">} shown
 */
export function citation({ store, structure, view, series, size, name }) {
  const last = series.flatMap((one) => one.rows).map((row) => row.period).sort().at(-1);
  const warning = store.class === "synthetic" ? `${t("synthetic-head")} ` : "";
  return warning + t("citation", {
    agency: store.controller, year: String(new Date().getUTCFullYear()), title: store.title,
    flow: structure.name, size: String(size), period: last && periodWords(last, true),
    series: name ?? (series.length > 1 ? view.key.map((part) => part.join("+")).join(".")
      : seriesWords(structure, series[0].key, view.codes)),
    address: absolute(dataPath(view, { asOf: size })),
  });
}

/** @type {(text: string) => string} */
const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A flat table with names beside codes; each line has the source.
 * @param {Shown} shown
 */
function csv(shown) {
  const { structure, series } = shown;
  const source = citation(shown);
  const own = isRate(structure) ? ["RATE", "LOW_95", "HIGH_95", "STATUS"]
    : ["VALUE", "MARGIN_95", "LOW_95", "HIGH_95", "STATUS", "VINTAGE"];
  const sources = structure.sources ?? [];
  if (sources.length) own.push("SILENT_SOURCES");
  // What is counted so far, where the value is what it will be in the end.
  const hasCounts = series.some(({ rows }) => rows.some((row) => row.counted));
  if (hasCounts) own.push("COUNTED");
  const heads = structure.dimensions.flatMap((d) => [d.id, `${d.id}_NAME`]);
  /** @type {(string | number | null)[][]} */
  const lines = [[...heads, "TIME_PERIOD", ...own, "SOURCE"]];
  for (const one of series) {
    const key = structure.dimensions.flatMap((dimension, n) =>
      [one.key[n], codeWords(dimension, one.key[n], "name")]);
    for (const row of one.rows) {
      const status = statusWords(structure, row);
      const figures = isRate(structure) ? [row.value, row.low, row.high, status]
        : [row.value, row.margin, row.low, row.high, status, row.vintage];
      const silent = sources.filter(({ id }) => row.silent?.includes(id)).map(({ name }) => name);
      if (sources.length) figures.push(silent.join("; "));
      if (hasCounts) figures.push(row.counted?.value ?? row.value);
      lines.push([...key, row.period, ...figures, source]);
    }
  }
  return lines.map((line) => `${line.map((cell) => quoted(String(cell))).join(",")}\r\n`).join("");
}

/** @type {(shown: Shown) => string} */
function json(shown) {
  const { store, structure, series } = shown;
  return JSON.stringify({
    citation: citation(shown), language, asOf: shown.size, class: store.class,
    publisher: store.controller, contact: store.contact, legalBasis: store.legalBasis,
    structure: { id: structure.id, name: structure.name, description: structure.description,
      unit: structure.unit, dimensions: structure.dimensions },
    privacy: structure.privacy,
    series: series.map(({ key, embargoed, unpublished, rows }) =>
      ({ key, held: embargoed, untold: unpublished, rows })),
  }, null, 1);
}

/** @type {(drawing: Element) => number[]} */
const sizeOf = (drawing) => ["width", "height"].map((side) => Number(drawing.getAttribute(side)));

/**
 * A line of text in a drawing, from a point to the right.
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} colour
 */
const text = (words, x, y, size, colour, weight = 400) => svgElement("text", { x, y, fill: colour,
  "font-size": size, "font-weight": weight, "font-family": "sans-serif" }, words);

/**
 * The chart as a separate file: title above, legend and source below, colours written out.
 * @param {Shown} shown
 * @param {Element} chart
 * @param {Picture["file"]} file
 */
export function standalone(shown, chart, file) {
  const [width, height] = sizeOf(chart);
  const { line, key } = file ?? { line: `${t("estimate")}, ${t("band")}`,
    key: shown.names.map((words, n) => ({ words, colour: shown.colours[n] })) };
  const legend = key.map(({ words, colour }, n) => svgElement("g", {},
    svgElement("rect", { x: 20, y: 64 + n * 20, width: 14, height: file ? 8 : 4, fill: colour }),
    text(words, 42, 71 + n * 20, 13, styled("--ink"))));
  const source = wrapped(citation(shown), Math.floor(width / 6.6));
  const top = 68 + legend.length * 20;
  const inner = /** @type {Element} */ (chart.cloneNode(true));
  inner.setAttribute("x", "0");
  inner.setAttribute("y", String(top));
  inner.setAttribute("color", styled("--soft"));
  inner.setAttribute("font-family", "sans-serif");
  inner.setAttribute("font-size", "13");
  return svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 24,
    height: top + height + 30 + source.length * 16, role: "img" },
    svgElement("title", {}, shown.structure.name),
    svgElement("desc", {}, `${chart.getAttribute("aria-label")} ${citation(shown)}`),
    svgElement("rect", { width: "100%", height: "100%", fill: styled("--paper") }),
    text(shown.structure.name, 20, 30, 18, styled("--ink"), 600),
    text(line, 20, 50, 13, styled("--soft")), legend, inner,
    source.map((words, n) =>
      text(words, 20, top + height + 24 + n * 16, 11, styled("--soft"))));
}

/**
 * The lines of a text, each with at most this number of characters.
 * @param {string} words
 * @param {number} columns
 */
function wrapped(words, columns) {
  const lines = [""];
  const fitting = new RegExp(`.{1,${columns}}`, "g");
  for (const word of words.split(" ").flatMap((long) => long.match(fitting) ?? [])) {
    if (lines[lines.length - 1].length + word.length >= columns) lines.push("");
    lines[lines.length - 1] += `${word} `;
  }
  return lines;
}

/** @type {(content: string, type: string) => Blob} */
const blob = (content, type) => new Blob([content], { type });

/** @type {(drawing: Element) => Blob} */
const svgBlob = (drawing) =>
  blob(new XMLSerializer().serializeToString(drawing), "image/svg+xml");

/**
 * A drawing as pixels; null if the browser cannot make them.
 * @param {Element} drawing
 * @returns {Promise<Blob | null>}
 */
async function png(drawing) {
  const [width, height] = sizeOf(drawing);
  const address = URL.createObjectURL(svgBlob(drawing));
  const image = new Image();
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  const canvas = element("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.scale(PNG_SCALE, PNG_SCALE);
  pen.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/**
 * @param {Element | null} drawing
 * @param {(drawing: Element) => Blob | Promise<Blob | null>} written
 */
const saved = (drawing, written) => (drawing ? written(drawing) : null);

/** @type {(name: string, content: Blob | null) => void} */
function save(name, content) {
  if (!content) return;
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * A button that saves a file made by this page.
 * @param {string} id
 * @param {string} name
 * @param {() => Blob | null | Promise<Blob | null>} content
 */
function made(id, name, content) {
  const button = element("button", { type: "button", id: `download-${id}` }, t(`download-${id}`));
  button.addEventListener("click", async () => save(name, await content()));
  return button;
}

/**
 * @param {Shown} shown
 * @param {() => Promise<Picture | null>} drawPicture draws the picture of the view
 */
export function showDownloads(shown, drawPicture) {
  const { structure, view } = shown;
  const name = `${structure.id}_${view.key.map((part) => part.join("+")).join(".")}`.slice(0, 120);
  /** @type {(format: string, id: string, ending: string) => HTMLElement} */
  const link = (format, id, ending) => {
    const lang = NAMED.includes(format) ? language : null;
    return element("a", { class: "button", id: `download-${id}`,
      href: dataPath(view, { format, lang }),
      // Not "xlsx.xlsx" nor "sdmx-csv.csv".
      download: [name, id.replace(new RegExp(`(^|-)${ending}$`), ""), ending].filter(Boolean)
        .join(".") },
      t(`download-${id}`));
  };
  const svg = async () => {
    const picture = await drawPicture();
    return picture?.drawing instanceof SVGElement
      ? standalone(shown, picture.drawing, picture.file) : null;
  };
  const buttons = [
    made("csv", `${name}.csv`, () => blob(csv(shown), "text/csv")),
    made("json", `${name}.json`, () => blob(json(shown), "application/json")),
    link("csv", isRate(structure) ? "table-csv" : "sdmx-csv", "csv"),
    ...OFFERED.filter((format) => offers(structure, format))
      .map((format) => link(format, format, ENDINGS[format])),
    ...(shown.drawable ? [made("svg", `${name}.svg`, async () => saved(await svg(), svgBlob)),
      made("png", `${name}.png`, async () => saved(await svg(), png))] : []),
  ];
  $("downloads").replaceChildren(...buttons);
  $("citation").textContent = citation(shown);
}
