// A small picture of one series: its line, the band of its intervals, and a dot at the newest
// figure. Each picture has its own scale.
//
// Not here: charts with axes (chart.js). This needs no library.
"use strict";

import { startsAtZero } from "./chart.js";
import { svgElement } from "./dom.js";

/** @import { Row } from "./types" */

const WIDTH = 240;
const HEIGHT = 64;
// Room for the line's own width and for the dot.
const EDGE = 4;

/**
 * Draws the rows, at least one, in order of time.
 * @param {Row[]} rows
 * @param {string} words what the picture shows
 * @returns {SVGElement}
 */
export function spark(rows, words) {
  const first = rows[0].begins.getTime();
  const last = rows[rows.length - 1];
  const length = last.begins.getTime() - first || 1;
  const zero = startsAtZero(rows);
  const low = Math.min(...rows.map((row) => row.low), ...(zero ? [0] : []));
  const high = Math.max(...rows.map((row) => row.high), ...(zero ? [0] : []));
  const x = (/** @type {Row} */ row) => rows.length === 1 ? WIDTH / 2
    : EDGE + (row.begins.getTime() - first) / length * (WIDTH - 2 * EDGE);
  const y = (/** @type {number} */ value) =>
    HEIGHT - EDGE - (value - low) / (high - low || 1) * (HEIGHT - 2 * EDGE);
  const point = (/** @type {Row} */ row, /** @type {number} */ value) =>
    `${x(row).toFixed(1)} ${y(value).toFixed(1)}`;
  const line = (/** @type {string[]} */ points) => `M${points.join("L")}`;
  const band = line([...rows.map((row) => point(row, row.high)),
    ...rows.toReversed().map((row) => point(row, row.low))]);
  const path = (/** @type {string} */ name, /** @type {string} */ d) =>
    svgElement("path", { class: name, d });
  return svgElement("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    preserveAspectRatio: "none", "aria-label": words },
  zero ? path("zero", `M0 ${y(0).toFixed(1)}H${WIDTH}`) : null,
  rows.length === 1 ? path("bar", line([point(last, last.low), point(last, last.high)]))
    : path("band", `${band}Z`),
  path("line", line(rows.map((row) => point(row, row.value)))),
  path("dot", `M${point(last, last.value)}h0.01`));
}
