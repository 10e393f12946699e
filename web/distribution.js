// The distribution of a duration in one period: a bar for each class of length with its interval,
// and the classes of median and quartiles with theirs. Of a cohort dataflow, those who have not
// ended, by how long.
//
// Not here: figures computed by the page. Quartiles and stocks are those of the server's derived
// tables.
"use strict";

import { ask, dataPath, seriesOf } from "./api.js";
import { SERIES_MAX, colourOf } from "./chart.js";
import { element, pictured, styled, svgElement } from "./dom.js";
import { broken } from "./lines.js";
import { figureWords } from "./numbers.js";
import { begins, named, periodWords } from "./periods.js";
import { TOTAL, codeWords, flagsOf, isWeak } from "./series.js";
import { cellsOf, combinations, derived, figureIn, flagLegend, head, headsOf, idIn, idOf,
  missingLegend, moreLegend, orWhyNot, ownCodes, periodChoice, periodShown, placeOf,
  weakClass, withStatus, withoutPeriod, wordsOf } from "./spells.js";
import { labelled, t } from "./words.js";

/** @import { Answer, Dimension, Picture, Row, Scene, Structure, View } from "./types" */
/** @import { Combination, DerivedRow, Figure } from "./spells.js" */
/** @typedef {{ band: string, low: string, high: string }} Quartile by code */
/**
 * What is shown of one combination in the period: its figures by band, and its quartiles (null if
 * they are not published, undefined if there are none).
 * @typedef {Combination & { figures: Map<string, Figure>,
 *   quartiles?: (Quartile | null)[] | null }} Panel
 */
/**
 * @typedef {{ dimension: Dimension, bands: string[], periods: string[], embargoed: string[],
 *   panelsAt: (period: string) => Panel[] }} Found
 */

const QUARTILES = ["Q1", "MEDIAN", "Q3"];
const MARKS = ["\u00bc", "\u00bd", "\u00be"];
const ROW = 30;
const CAP = 4;

// ---------------------------------------------------------------- what is shown

/** @type {(periods: Iterable<string>) => string[]} */
const inOrder = (periods) => [...new Set(periods)]
  .sort((a, b) => begins(a).getTime() - begins(b).getTime());

/**
 * The figures of a duration by band, with its quartiles.
 * @param {Scene} scene
 * @returns {Promise<Found>}
 */
async function lengths({ structure, view }) {
  const place = placeOf(structure, "band");
  const dimension = structure.dimensions[place];
  const bands = ownCodes(dimension).map(({ id }) => id);
  const key = (/** @type {string[]} */ codes) =>
    view.key.map((part, n) => (n === place ? codes : part));
  const [answer, quartiles] = await Promise.all([
    /** @type {Promise<Answer>} */ (ask(dataPath({ ...view, key: key(bands) }))),
    derived(view, structure.id, key([]))]);
  const series = seriesOf(answer);
  const idOfRow = idIn(structure, [place]);
  const byPlace = new Map(quartiles.map((row) =>
    [`${idOfRow(row)} ${named(String(row.TIME_PERIOD), view.key[0][0])}`, row]));
  const panelsAt = (/** @type {string} */ period) =>
    combinations(structure, view, [place]).map((one) => {
      const own = series.filter((each) => idOf(each.key, [place]) === one.id);
      const figures = new Map(own.map(({ key: codes, rows }) =>
        [codes[place], rows.find((row) => row.period === period)]));
      return { ...one, figures, quartiles: quartilesIn(byPlace.get(`${one.id} ${period}`)) };
    }).filter(({ figures }) => [...figures.values()].some(Boolean));
  return { dimension, bands, panelsAt,
    periods: inOrder(series.flatMap(({ rows }) => rows.map(({ period }) => period))),
    embargoed: inOrder(series.flatMap(({ embargoed }) => embargoed)) };
}

/** @type {(row: DerivedRow | undefined) => (Quartile | null)[] | undefined} */
const quartilesIn = (row) => row && QUARTILES.map((name) => (row[name] === null ? null
  : { band: String(row[name]), low: String(row[`${name}_LOW`]),
    high: String(row[`${name}_HIGH`]) }));

/**
 * Those of a cohort dataflow who have not ended, by how long.
 * @param {Scene} scene
 * @returns {Promise<Found>}
 */
async function waiting(scene) {
  const { structure, view } = scene;
  const gone = [placeOf(structure, "age"), placeOf(structure, "transition")];
  const dimension = structure.dimensions[gone[0]];
  const monthly = { ...view, key: [["M"], ...view.key.slice(1)] };
  const key = monthly.key.filter((_, n) => !gone.includes(n));
  const rows = await derived(monthly, `${structure.id}.WAITING`, key);
  const status = withStatus(scene);
  const idOfRow = idIn(structure, gone);
  const shown = rows.filter(({ BAND }) => BAND !== TOTAL);
  // The server lists the bands in their order, as far as a month has them.
  const bands = dimension.codes.map(({ id }) => id)
    .filter((id) => shown.some(({ BAND }) => BAND === id));
  const panelsAt = (/** @type {string} */ period) =>
    combinations(structure, monthly, gone).map((one) => {
      const own = shown.filter((row) => row.TIME_PERIOD === period && idOfRow(row) === one.id);
      return { ...one, figures: new Map(own.map((row) => [String(row.BAND),
        status(figureIn(row, ["OBS_VALUE", "CI_LOW", "CI_HIGH"], period))])) };
    }).filter(({ figures }) => figures.size);
  const periodsOf = (/** @type {boolean} */ hidden) => inOrder(rows
    .filter(({ CONF_STATUS }) => (CONF_STATUS === "E") === hidden)
    .map(({ TIME_PERIOD }) => String(TIME_PERIOD)));
  return { dimension, bands, panelsAt, periods: periodsOf(false), embargoed: periodsOf(true) };
}

// ---------------------------------------------------------------- the drawing

/**
 * Where things are: the columns, from the left, and the scale of values.
 * @typedef {{ label: number, from: number, to: number, value: number, marks: number,
 *   step: number, at: (value: number) => number, lines: string[][] }} Places
 */

/**
 * @param {Found} found
 * @param {Panel[]} panels
 * @param {string[]} labels of the bands
 * @param {number} width
 * @returns {Places}
 */
function placesIn({ bands }, panels, labels, width) {
  const rows = panels.flatMap(({ figures }) => bands.map((band) => figures.get(band)))
    .filter((row) => row !== undefined && row !== null);
  const longest = (/** @type {string[]} */ texts) => Math.max(0, ...texts.map((x) => x.length));
  const label = Math.min(longest(labels) * 7 + 8, Math.round(width * 0.34));
  const lines = labels.map((words) => broken(words, Math.floor(label / 6.7)));
  const step = panels.some(({ quartiles }) => quartiles) ? Math.min(34, width * 0.055) : 0;
  const value = longest(rows.map((row) => valueText(row))) * 7 + 14;
  const [low, high] = [Math.min(0, ...rows.map((row) => row.low)),
    Math.max(1, ...rows.map((row) => row.high))];
  const [from, to] = [label + 8, width - value - 3 * step];
  return { label, from, to, value: width - 3 * step - 10, marks: width - 2.5 * step, step, lines,
    at: (x) => from + (to - from) * (x - low) / (high - low) };
}

// A count with its margin and its flags.
/** @type {(row: Row) => string} */
const valueText = (row) => [figureWords({ measure: "duration", unit: "PERSONS", grains: [] }, row),
  ...flagsOf(row).map((flag) => `[${flag}]`)].join(" ");

/** @type {(words: string, x: number, y: number, more?: object) => SVGElement} */
const text = (words, x, y, more = {}) => svgElement("text", { x, y, dy: "0.32em", "font-size": 13,
  fill: styled("--ink"), ...more }, words);

/** @type {(from: number[], to: number[], stroke: string, width?: number) => SVGElement} */
const line = ([x1, y1], [x2, y2], stroke, width = 1) => svgElement("line",
  { x1, y1, x2, y2, stroke, "stroke-width": width });

/** @type {(id: string, colour: string) => SVGElement} */
const hatching = (id, colour) => svgElement("defs", {}, svgElement("pattern", { id, width: 6,
  height: 6, patternUnits: "userSpaceOnUse" }, svgElement("path",
  { d: "M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke: colour, "stroke-width": 1.4 })));

/**
 * A bar with its whisker and its value.
 * @param {Figure} figure
 * @param {number} y
 * @param {Places} places
 */
function bar(figure, y, { from, value, at }) {
  const soft = styled("--soft");
  if (!figure) return [text("\u2013", from, y, { fill: soft })];
  const [zero, end, low, high] = [0, figure.value, figure.low, figure.high].map(at);
  const weak = isWeak(figure);
  const colour = colourOf(0);
  return [
    svgElement("rect", { x: Math.min(zero, end), y: y - 9, width: Math.max(1, Math.abs(end - zero)),
      height: 18, fill: weak ? "url(#weak-bar)" : colour, "fill-opacity": weak ? 1 : 0.55,
      stroke: colour, "stroke-dasharray": figure.status === "P" ? "3 2" : null }),
    line([low, y], [high, y], styled("--ink"), 1.5),
    ...[low, high].map((x) => line([x, y - CAP], [x, y + CAP], styled("--ink"), 1.5)),
    text(valueText(figure), value, y, { "text-anchor": "end" })];
}

/**
 * The class of each quartile, with a line over those in its interval.
 * @param {(Quartile | null)[]} quartiles
 * @param {string[]} bands
 * @param {(band: number) => number} yOf
 * @param {Places} places
 */
const quartileMarks = (quartiles, bands, yOf, { marks, step }) => quartiles.flatMap((one, n) => {
  const x = marks + n * step;
  const ink = styled("--ink");
  const title = text(MARKS[n], x, yOf(-0.72), { "text-anchor": "middle", fill: styled("--soft") });
  if (!one) return [title, text("\u2013", x, yOf(0), { "text-anchor": "middle" })];
  const [low, y, high] = [one.low, one.band, one.high].map((band) => yOf(bands.indexOf(band)));
  return [title,
    ...(low === high ? [] : [line([x, low], [x, high], ink, 2),
      ...[low, high].map((end) => line([x - CAP, end], [x + CAP, end], ink, 2))]),
    svgElement("circle", { cx: x, cy: y, r: n === 1 ? 5.5 : 4,
      fill: n === 1 ? ink : styled("--card"), stroke: ink, "stroke-width": 2 })];
});

/**
 * @param {Panel} panel
 * @param {Found} found
 * @param {Places} places
 * @param {number} top
 * @param {boolean} several
 */
function panelDrawing(panel, { bands }, places, top, several) {
  const title = several ? 24 : 0;
  const yOf = (/** @type {number} */ n) => top + title + 20 + ROW * (n + 0.5);
  const soft = styled("--soft");
  return [
    several ? text(panel.name, 0, top + 12, { "font-weight": 600 }) : null,
    ...bands.flatMap((band, n) => [
      n ? line([0, yOf(n - 0.5)], [places.value, yOf(n - 0.5)], styled("--line")) : null,
      ...places.lines[n].map((words, row, { length }) => text(words, places.label,
        yOf(n) + (row - (length - 1) / 2) * 13, { "text-anchor": "end",
          "font-size": length > 1 ? 11.5 : 13 })),
      ...bar(panel.figures.get(band), yOf(n), places)]),
    line([places.at(0), yOf(-0.5)], [places.at(0), yOf(bands.length - 0.5)], soft),
    ...(panel.quartiles ? quartileMarks(panel.quartiles, bands, yOf, places) : [])];
}

/**
 * @param {Found} found
 * @param {Panel[]} panels
 * @param {string[]} labels
 * @param {number} width
 */
function draw(found, panels, labels, width) {
  const several = panels.length > 1;
  const places = placesIn(found, panels, labels, width);
  const height = ROW * found.bands.length + 30 + (several ? 30 : 0);
  return svgElement("svg", { width, height: height * panels.length, class: "distribution",
    viewBox: `0 0 ${width} ${height * panels.length}` }, hatching("weak-bar", colourOf(0)),
  panels.flatMap((panel, n) => panelDrawing(panel, found, places, n * height, several)));
}

// ---------------------------------------------------------------- in words, and as tables

/** @type {(quartile: Quartile | null, nameOf: (band: string) => string) => string} */
function quartileRange(quartile, nameOf) {
  if (!quartile) return t("spell-unpublished");
  const { band, low, high } = quartile;
  return low === high ? nameOf(band) : t("quartile-range",
    { band: nameOf(band), low: nameOf(low), high: nameOf(high) });
}

/** @type {(structure: Structure, found: Found, panel: Panel, period: string, view: View) =>
 *   string} */
function panelWords(structure, { dimension, bands }, panel, period, { codes }) {
  const nameOf = (/** @type {string} */ band) => codeWords(dimension, band, codes);
  const figures = bands.map((band) =>
    labelled(nameOf(band), wordsOf(structure, panel.figures.get(band))));
  const quartiles = (panel.quartiles ?? []).map((quartile, n) =>
    `${labelled(t(`quartile-${QUARTILES[n]}`), quartileRange(quartile, nameOf))}.`);
  return [t("distribution-words", { series: panel.name, period: periodWords(period),
    figures: figures.join("; ") }), ...quartiles].join(" ");
}

/**
 * @param {Structure} structure
 * @param {Found} found
 * @param {Panel[]} panels
 * @param {string} caption
 * @param {(band: string) => string} nameOf
 */
function tables(structure, { dimension, bands }, panels, caption, nameOf) {
  const group = (/** @type {Panel} */ { name }, /** @type {number} */ columns,
    /** @type {Element[]} */ rows) => element("tbody", {}, panels.length > 1 ? element("tr", {},
    element("th", { scope: "rowgroup", colspan: columns, class: "group" }, name)) : null, rows);
  const heads = headsOf(structure);
  const figures = element("table", {}, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head(dimension.name, ""), heads)),
    panels.map((panel) => group(panel, heads.length + 1, bands.map((band) => element("tr",
      { class: weakClass(panel.figures.get(band)) }, element("th", { scope: "row" }, nameOf(band)),
      cellsOf(structure, panel.key, panel.figures.get(band)))))));
  const withQuartiles = panels.filter(({ quartiles }) => quartiles);
  if (!withQuartiles.length) return figures;
  const cells = (/** @type {Quartile | null} */ quartile) => (quartile
    ? [quartile.band, quartile.low, quartile.high].map((band) => element("td", {}, nameOf(band)))
    : [element("td", { colspan: 3 }, t("spell-unpublished"))]);
  return element("div", {}, figures, element("table", {},
    element("caption", {}, t("quartiles-caption")),
    element("thead", {}, element("tr", {}, [t("quartile"), t("class"), t("quartile-low"),
      t("quartile-high")].map((words) => head(words, "")))),
    withQuartiles.map((panel) => group(panel, 4, (panel.quartiles ?? []).map((quartile, n) =>
      element("tr", {}, element("th", { scope: "row" }, t(`quartile-${QUARTILES[n]}`)),
        cells(quartile)))))));
}

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export const show = (scene) => orWhyNot(async () => {
  const { structure, view, width } = scene;
  const isCohort = structure.measure === "cohort";
  const found = await (isCohort ? waiting(scene) : lengths(scene));
  const period = periodShown(view, found.periods);
  if (!period) return withoutPeriod(scene, found.periods, found.embargoed);
  const panels = found.panelsAt(period);
  const drawn = panels.slice(0, SERIES_MAX);
  const nameOf = (/** @type {string} */ band) => codeWords(found.dimension, band, view.codes);
  const words = panels.map((panel) => panelWords(structure, found, panel, period, view));
  const drawing = draw(found, drawn, found.bands.map(nameOf), width);
  pictured(drawing, [t(isCohort ? "waiting-label" : "distribution-label"), ...words].join(" "));
  const figures = drawn.flatMap((panel) => found.bands.map((band) => panel.figures.get(band)));
  const rows = figures.filter((row) => row !== undefined && row !== null);
  const isWithout = drawn.some(({ quartiles }) => quartiles?.includes(null));
  const caption = t(isCohort ? "waiting-caption" : "distribution-caption",
    { name: panels.length > 1 ? structure.name : panels[0]?.name,
      period: periodWords(period, true) });
  const note = (/** @type {string} */ name) => element("span", {}, t(name));
  return { drawing, words, file: { line: `${caption}, ${t("band")}`, key: [] },
    legend: [note("distribution-legend"),
      ...(isCohort ? [] : [note("quartiles-legend")]),
      ...(rows.some(isWeak) ? [note("hatched-weak")] : []),
      ...missingLegend(structure, isWithout ? [undefined, ...figures] : figures),
      ...flagLegend(structure, rows, true), ...moreLegend(panels.length, SERIES_MAX)],
    controls: [periodChoice(scene, found.periods, found.embargoed, period)],
    table: tables(structure, found, panels, caption, nameOf) };
});
