// Draws a life cycle: each status is a box with a column below it, and each transition has a lane
// of its own, in which a band as thick as its figure leads from column to column.
//
// Not here: the figures (lifecycle.js). The columns have the order of the statuses in the plan, and
// the lanes that of the columns where they begin, so that no two words ever meet.
"use strict";

import { styled, svgElement } from "./dom.js";
import { figureWords } from "./numbers.js";

/** @import { Flow, Row, Stock, Structure } from "./types" */
/** @typedef {{ x: Map<string, number>, y: number, scale: (value: number) => number,
 *   width: number }} Lane */

// All in pixels.
const BAND_MAX = 44;
const BOX = 34;
const COLUMN = 8;
const LABEL = 18;
const GAP = 16;
const HEAD = 9;
const BLOCK = 30;
const SPACE = 7;
const FONT = "13px sans-serif";
// Below this width the boxes of neighbours stand on two heights.
const WIDE = 640;
const HALO = 0.22;

const ruler = document.createElement("canvas").getContext("2d");

/** How long words are in pixels.
 * @type {(words: string, weight?: number) => number} */
function lengthOf(words, weight = 400) {
  if (!ruler) return words.length * 9;
  ruler.font = `${weight} ${FONT}`;
  return ruler.measureText(words).width;
}

/** @type {(rows: Row[]) => (value: number) => number} */
function scaleOf(rows) {
  const most = Math.max(1, ...rows.map(({ high }) => high));
  return (value) => Math.max(0, value) * BAND_MAX / most;
}

/**
 * A sample of a band: the largest round number that no figure exceeds by much, and its thickness.
 * @param {Row[]} rows
 */
export function sampleOf(rows) {
  const most = Math.max(1, ...rows.map(({ high }) => high)) / 2;
  const power = 10 ** Math.floor(Math.log10(most));
  const value = power * ([5, 2, 1].find((step) => step * power <= most) ?? 1);
  const thick = Math.max(1, scaleOf(rows)(value));
  const height = Math.ceil(thick) + 2;
  return { value, mark: svgElement("svg", { class: "sample", width: 30, height,
    "aria-hidden": "true" }, svgElement("rect", { y: 1, width: 30, height: thick,
    fill: styled("--soft") })) };
}

/** @type {(flow: Flow) => string} */
const colourOf = ({ own }) => styled(own ? "--s1" : "--s2");

/** @type {(words: string, places: Record<string, string | number | null>) => SVGElement} */
const text = (words, places) => svgElement("text", { fill: styled("--ink"), "font-size": 13,
  ...places }, words);

/**
 * A band from one column to another, or with its length for one that returns to its column: the
 * figure inside, its interval around, and an arrow head at the end.
 * @param {number} begin
 * @param {number} end
 * @param {number} y the middle
 * @param {Lane["scale"]} scale
 * @param {Row} row
 * @param {string} colour
 */
function band(begin, end, y, scale, row, colour) {
  const towards = end > begin ? 1 : -1;
  const neck = end - towards * HEAD;
  const shape = (/** @type {number} */ value) => {
    const half = Math.max(0.75, scale(value) / 2);
    return `M${begin} ${y - half}H${neck}V${y - half - 3}L${end} ${y}L${neck} ${y + half + 3}`
      + `V${y + half}H${begin}Z`;
  };
  const maybeNone = row.low <= 0;
  const line = { stroke: colour, "stroke-width": maybeNone ? 1.3 : 0.8,
    "stroke-dasharray": maybeNone ? "4 3" : null };
  const open = row.status === "P";
  return [svgElement("path", { d: shape(row.high), fill: colour, "fill-opacity": HALO }),
    svgElement("path", { d: shape(row.value), fill: maybeNone ? "none" : colour,
      "fill-opacity": open ? 0.4 : 0.75, ...line })];
}

/** A dot where a transition begins.
 * @type {(x: number, y: number, colour: string) => SVGElement} */
const dot = (x, y, colour) => svgElement("circle", { cx: x, cy: y, r: 3.5, fill: styled("--card"),
  stroke: colour, "stroke-width": 1.8 });

/**
 * One transition. From one status, its band begins there; from several, thin lines lead from them
 * to a short band, because the figure does not say how many came from which.
 * @param {Structure} structure
 * @param {Flow} flow
 * @param {Lane} lane
 */
function laneOf(structure, flow, { x, y, scale, width }) {
  const { from, to, row } = flow;
  const colour = colourOf(flow);
  const at = (/** @type {string} */ status) => x.get(status) ?? 0;
  const middle = y + LABEL + 4 + (row ? Math.max(4, scale(row.high) / 2) : 4);
  const target = at(to[0]);
  const sources = from.map(at).filter((source) => source !== target);
  const left = Math.min(target, ...sources, ...to.map(at));
  const before = sources.filter((source) => source < target);
  const after = sources.filter((source) => source > target);
  // The side of the column from which most come, and with it the band.
  const side = before.length >= after.length ? -1 : 1;
  const edge = side * COLUMN / 2;
  const single = from.length === 1 && sources.length === 1;
  const begin = single ? sources[0] - edge : target + edge + side * BLOCK;
  const thin = (/** @type {number} */ x1, /** @type {number} */ x2) => svgElement("line", {
    x1, x2, y1: middle, y2: middle, stroke: colour, "stroke-width": 1.5,
    "stroke-dasharray": "1.5 3" });
  const reach = (/** @type {number} */ way) => (way === side && row ? begin : target);
  const lines = single && row ? [] : [
    ...(before.length ? [thin(Math.min(...before), reach(-1))] : []),
    ...(after.length ? [thin(Math.max(...after), reach(1))] : [])];
  const back = sources.length < from.length ? [svgElement("path", { fill: "none", stroke: colour,
    "stroke-width": 1.5, d: `M${target - edge} ${middle - 6}h${-side * 9}`
      + `a6 6 0 0 ${side < 0 ? 1 : 0} 0 12h${side * 9}` })] : [];
  return svgElement("g", {}, lines, back,
    row ? band(begin, target + edge, middle, scale, row, colour) : [],
    sources.map((source) => dot(source, middle, colour)), labelOf(structure, flow, left, y, width));
}

/**
 * The figure and the name above a band, from the left end of the band or as far to the left as they
 * need.
 * @param {Structure} structure
 * @param {Flow} flow
 * @param {number} left
 * @param {number} y
 * @param {number} width
 */
function labelOf(structure, { name, row }, left, y, width) {
  const figure = row ? figureWords(structure, row) : "\u2013";
  const room = width - 8 - lengthOf(figure, 700) - SPACE;
  let short = name;
  for (let end = name.length - 1; end > 0 && lengthOf(short) > room; end -= 1) {
    short = `${name.slice(0, end).trimEnd()}\u2026`;
  }
  const length = lengthOf(figure, 700) + SPACE + lengthOf(short) + 6;
  const x = Math.max(2, Math.min(left - 4, width - length));
  return svgElement("text", { x, y: y + LABEL - 4, "font-size": 13, fill: styled("--ink"),
    stroke: styled("--paper"), "stroke-width": 4, "paint-order": "stroke",
    "stroke-linejoin": "round" },
  svgElement("tspan", { "font-weight": 700 }, figure), svgElement("tspan", { dx: SPACE }, short));
}

/**
 * A name in one line, or in two if it does not fit and has a space.
 * @param {string} name
 * @param {number} room
 */
function linesOf(name, room) {
  const words = name.split(" ");
  if (name.length * 8 + 8 <= room || words.length < 2) return [name];
  const lengths = words.map((_, n) =>
    Math.max(words.slice(0, n).join(" ").length, words.slice(n).join(" ").length));
  const cut = lengths.indexOf(Math.min(...lengths.slice(1)), 1);
  return [words.slice(0, cut).join(" "), words.slice(cut).join(" ")];
}

/**
 * The box of a status with its column. A box at the edge of the picture stays within it.
 * @param {string} name
 * @param {Stock | undefined} stock
 * @param {Structure} structure
 * @param {{ x: number, y: number, height: number, room: number, width: number }} place
 */
function columnOf(name, stock, structure, { x, y, height, room, width }) {
  const figure = stock ? figureWords(structure, stock.row) : "";
  const lines = [...figure ? [name] : linesOf(name, room), ...figure ? [figure] : []];
  const small = lines.length > 1 || name.length * 8 > room - 8;
  const letter = small ? 7 : 8;
  const box = Math.min(room, Math.max(...lines.map(({ length }) => length)) * letter + 12);
  const left = Math.min(width - box - 1, Math.max(1, x - box / 2));
  return svgElement("g", {},
    svgElement("rect", { x: x - COLUMN / 2, y: y + BOX, width: COLUMN, height: height - y - BOX,
      fill: styled("--track") }),
    svgElement("rect", { x: left, y: y + 1, width: box, height: BOX - 1, rx: 5,
      fill: styled("--wash"), stroke: styled("--soft") }),
    lines.map((line, n) => text(line, { x: left + box / 2, "text-anchor": "middle",
      y: y + (lines.length > 1 ? 14 + n * 14 : 22), "font-size": small ? 11.5 : 13,
      "font-weight": figure && n ? 400 : 600 })));
}

/**
 * @param {Structure} structure
 * @param {Flow[]} flows
 * @param {Stock[]} stocks
 * @param {(status: string) => string} nameOf
 * @param {number} width
 * @returns {SVGElement}
 */
export function diagram(structure, flows, stocks, nameOf, width) {
  const touched = new Set(flows.flatMap(({ from, to }) => [...from, ...to]));
  const statuses = (structure.lifeCycle?.statuses ?? []).filter((status) => touched.has(status));
  const staggered = width < WIDE && statuses.length > 3;
  const step = width / statuses.length;
  const x = new Map(statuses.map((status, n) => [status, (n + 0.5) * step]));
  const scale = scaleOf(flows.flatMap(({ row }) => row ?? []));
  let y = (staggered ? 2 * BOX + 6 : BOX) + GAP;
  const lanes = flows.map((flow) => {
    const lane = laneOf(structure, flow, { x, y, scale, width });
    y += LABEL + 8 + (flow.row ? Math.max(8, scale(flow.row.high)) : 8) + GAP;
    return lane;
  });
  const columns = statuses.map((status, n) => columnOf(nameOf(status),
    stocks.find((stock) => stock.statuses.join() === status), structure, { x: (n + 0.5) * step,
      y: staggered && n % 2 ? BOX + 6 : 0, height: y, width,
      room: staggered ? (n ? 2 : 1.5) * step - 6 : step - 8 }));
  return svgElement("svg", { class: "lanes", width, height: y, viewBox: `0 0 ${width} ${y}`,
    "font-family": "sans-serif" }, columns, lanes);
}
