// Calls that read the same figures from a shell, from Python and from R.
//
// Not here: calls of an interface that the server does not offer.
"use strict";

import { keyText } from "./address.js";
import { dataPath } from "./api.js";
import { $, copyButton, element } from "./dom.js";
import { isRate } from "./numbers.js";
import { t } from "./words.js";

/** @import { Structure, View } from "./types" */

const base = () => new URL(".", location.href).href;
/** @type {(path: string) => string} */
export const absolute = (path) => new URL(path, base()).href;

/**
 * Whether the server offers the figures in a format.
 * @param {Structure} structure
 * @param {string} format
 */
export function offers(structure, format) {
  return (structure.formats ?? []).some((offered) => offered.name === format);
}

/** @type {(structure: Structure, view: View) => string} */
function sdmx1(structure, view) {
  const parameters = [view.start && `"startPeriod": "${view.start}"`,
    view.end && `"endPeriod": "${view.end}"`].filter(Boolean);
  const given = parameters.length ? `, params={${parameters.join(", ")}}` : "";
  return ["import sdmx", `sdmx.add_source({"id": "TG", "name": "Tidegauge",`,
    `    "url": "${base()}sdmx/2.1"})`,
    `message = sdmx.Client("TG").data("${structure.id}",`,
    `    key="${keyText(view.key)}"${given})`, "figures = sdmx.to_pandas(message)"].join("\n");
}

/** @type {(structure: Structure, view: View) => string} */
function rsdmx(structure, view) {
  const limits = [view.start && `startPeriod=${view.start}`, view.end && `endPeriod=${view.end}`];
  const query = limits.filter(Boolean).join("&");
  const data = `${base()}sdmx/2.1/data/${structure.id}/${keyText(view.key)}`;
  return ["library(rsdmx)",
    `figures <- as.data.frame(readSDMX("${data}${query && `?${query}`}"))`].join("\n");
}

/** @type {(structure: Structure, view: View) => string[][]} */
function callsOf(structure, view) {
  const csv = absolute(dataPath(view, { format: "csv" }));
  const calls = [
    ["curl", `curl '${csv}'`],
    isRate(structure) ? ["Python (pandas)", ["import pandas",
      `figures = pandas.read_csv("${csv}")`].join("\n")]
      : ["Python (pysdmx)", ["from urllib.request import urlopen",
        "from pysdmx.io import read_sdmx", `text = urlopen("${csv}").read().decode()`,
        "figures = read_sdmx(text, validate=False).data[0].data"].join("\n")],
    ["R", `figures <- read.csv("${csv}")`],
  ];
  if (offers(structure, "sdmx-ml")) {
    calls.splice(1, 0, ["Python (sdmx1)", sdmx1(structure, view)]);
    calls.push(["R (rsdmx)", rsdmx(structure, view)]);
  }
  return calls;
}

/** @type {(label: string, text: string) => HTMLElement} */
function block(label, text) {
  const code = element("code", { tabindex: "0", role: "region", "aria-label": label }, text);
  return element("div", { class: "call" }, element("span", { class: "label" }, label),
    element("div", { class: "copyable" }, code, copyButton(t("copy"), t("copied"), () => text)));
}

/** @type {(text: string) => string} */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
  .replaceAll("<", "&lt;");

/**
 * The snippet that embeds a chart in another page; the frame keeps band, margin and source.
 * @param {Structure} structure
 * @param {string} query
 */
function snippet(structure, query) {
  return `<iframe src="${escaped(absolute(`embed${query}`))}" title="${escaped(structure.name)}"`
    + ' width="720" height="520" loading="lazy"></iframe>';
}

/** @type {(structure: Structure, view: View, query: string) => void} */
export function showCalls(structure, view, query) {
  const calls = callsOf(structure, view).map(([label, text]) => block(label, text));
  $("calls").replaceChildren(...calls);
  $("embed").replaceChildren(block(t("embed"), snippet(structure, query)));
  $("link").replaceChildren(block(t("link"), location.href));
}
