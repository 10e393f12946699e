// Lines with their 95 % bands over lengths, ages or periods: what survival.js, median.js and
// curves.js draw.
//
// Not here: the chart of series over time (chart.js), from which the looks come.
"use strict";

import { DASHES, SYMBOLS, colourOf, plotting, sample } from "./chart.js";
import { element, styled } from "./dom.js";
import { t } from "./words.js";

/** @import { Mark } from "./types" */
/**
 * A point; with `y` not a number it is a gap. An open point is of low reliability or provisional.
 * @typedef {{ x: number | Date, y: number, y1: number, y2: number, title: string, open: boolean,
 *   plain?: boolean }} Point
 */
/** @typedef {{ name: string, points: Point[] }} Line */
/** @typedef {Record<string, unknown>} Axis */

/**
 * The points that neither line nor band shows.
 * @param {Point[]} points
 */
const isolated = (points) => points.filter((point, n) => !Number.isNaN(point.y)
  && ![points[n - 1], points[n + 1]].some((other) => other && !Number.isNaN(other.y)));

/** @type {(line: Line, n: number, several: boolean) => Mark[]} */
function marksOf({ points }, n, several) {
  const colour = colourOf(n);
  const x = "x";
  const drawn = points.filter((point) => !Number.isNaN(point.y) && !point.plain);
  const fill = (/** @type {Point} */ { open }) => (open ? styled("--card") : colour);
  return [
    Plot.areaY(points, { x, y1: "y1", y2: "y2", fill: colour, fillOpacity: several ? 0.14 : 0.22 }),
    ...["y1", "y2"].map((y) => Plot.lineY(points, { x, y, stroke: colour, strokeOpacity: 0.45,
      strokeWidth: 0.75 })),
    Plot.lineY(points, { x, y: "y", stroke: colour, strokeWidth: 2, strokeDasharray: DASHES[n] }),
    Plot.ruleX(isolated(points), { x, y1: "y1", y2: "y2", stroke: colour, strokeWidth: 3,
      strokeOpacity: 0.4 }),
    Plot.dot(drawn, { x, y: "y", r: 3, stroke: colour, fill, symbol: SYMBOLS[n] }),
  ];
}

/**
 * The drawing of up to as many lines as there are colours.
 * @param {Line[]} lines
 * @param {number} width in pixels
 * @param {{ x: Axis, y: Axis, marginLeft?: number, marginRight?: number,
 *   marginBottom?: number }} axes
 * @returns {Promise<SVGElement>}
 */
export async function drawLines(lines, width, { x, y, ...margins }) {
  await plotting();
  const soft = styled("--soft");
  const points = lines.flatMap((line) => line.points.filter((point) => !Number.isNaN(point.y)));
  return Plot.plot({
    width, height: Math.round(Math.min(440, Math.max(260, width * 0.5))),
    marginLeft: 62, marginRight: 28, marginTop: 16, marginBottom: 38, ...margins,
    style: { background: "transparent", color: soft, fontSize: "13px" },
    x: { label: null, ...x }, y: { label: null, tickSize: 0, ...y },
    marks: [
      Plot.gridY({ stroke: styled("--line"), strokeOpacity: 1, ticks: y.ticks ?? 6 }),
      ...lines.flatMap((line, n) => marksOf(line, n, lines.length > 1)),
      Plot.ruleX(points, Plot.pointerX({ x: "x", stroke: soft, strokeDasharray: "2 3" })),
      Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: "title", fill: styled("--card"),
        stroke: soft })),
    ],
  });
}

/**
 * What stands for what: each line if there are several, the band, and open symbols if there are
 * any.
 * @param {Line[]} lines
 * @param {string} alone what a single line is
 * @returns {Element[]}
 */
export function lineLegend(lines, alone) {
  const key = (/** @type {(Element | string)[]} */ ...parts) =>
    element("span", { class: "key" }, ...parts);
  const names = lines.length > 1 ? lines.map(({ name }) => name) : [alone];
  const open = lines.some(({ points }) => points.some((point) => point.open));
  return [...names.map((name, n) => key(sample(n), name)),
    key(element("i", { class: "band", "aria-hidden": "true" }), t("band")),
    ...(open ? [element("span", {}, t("open-weak"))] : [])];
}

/**
 * Names and colours for a drawing that is saved.
 * @param {Line[]} lines
 * @param {string} alone
 */
export const lineKeys = (lines, alone) => lines.map(({ name }, n) =>
  ({ words: lines.length > 1 ? name : alone, colour: colourOf(n) }));

/**
 * Words in lines of at most so many characters, for an axis.
 * @param {string} words
 * @param {number} columns
 */
export function broken(words, columns) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= columns) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}
