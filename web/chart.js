// The chart: flows and rates are lines with their 95 % band, a few periods of a flow bars with
// whiskers, and persons present an area; series differ by colour, dash, symbol and name.
//
// Not here: the year before (yearbefore.js), what changed in what is counted (annotations.js), and
// the library that draws (vendor/plot.umd.min.js, which sets the global `Plot`); it is
// loaded only where a chart is drawn (`plotting`).
"use strict";

import { annotationList, annotationMarks, annotationsOf } from "./annotations.js";
import { tick } from "./controls.js";
import { element, loadScript, pictured, styled, svgElement } from "./dom.js";
import { figureWords, isRate, writing } from "./numbers.js";
import { begins, clock, dayTick, endOf, monthTick, periodWords, yearBefore } from "./periods.js";
import { countedWords, differing, isIncomplete, isStock, seriesWords, silentNotes, silentWords,
  statusWords } from "./series.js";
import { t } from "./words.js";

/** @import { Annotation, Compared, Mark, Picture, Row, Scene, Series, Structure, View }
  from "./types" */
/** @typedef {{ low: number, high: number }} Limits */
/** @typedef {"area" | "bars" | "line"} Form */
/**
 * A row with the name of its series, and what is drawn of it: `y` is not a number if the value lies
 * beyond the limits, and the band from `y1` to `y2` ends at them.
 * @typedef {Row & { name: string | null, middle: Date, y: number, y1: number,
 *   y2: number }} DrawnRow
 */

export const SERIES_MAX = 6;
export const DASHES = ["", "7 3", "2 3", "9 3 2 3", "12 4", "1 4"];
export const SYMBOLS = ["circle", "square", "triangle", "diamond2", "star", "times"];
// A flow with at most this number of periods is drawn as bars.
const BARS_MAX = 12;
// At most this number of series are compared with the year before.
const COMPARED_MAX = 3;
// A series with at most this number of points shows each of them.
const DOTS_MAX = 62;
// The radius of the ring around a figure that lacks a source.
const RING = 6;
// The width of the words of a tick in pixels.
const TICK = 70;
/** Rows or ticks that are so many days apart are months or longer. */
const MONTH_DAYS_MIN = 28;

/** Loads the libraries that draw. */
export const plotting = () =>
  Promise.all([loadScript("d3.min.js"), loadScript("plot.umd.min.js")]);

/** @type {(n: number) => string} */
export const colourOf = (n) => styled(`--s${n + 1}`);

/**
 * Whether the axis starts at zero: unless that would leave more than half of the height empty.
 * @param {Row[]} rows
 */
export function startsAtZero(rows) {
  const low = Math.min(...rows.map((row) => row.low));
  const high = Math.max(...rows.map((row) => row.high));
  return low <= 0 || low < high / 2;
}

/**
 * The limits between which rates are drawn, because one rate with a wide interval would flatten
 * all others: those of the intervals that are at most 1 wide, and at least 0 and 1. Null if there
 * is nothing beyond.
 * @param {Structure} structure
 * @param {Row[]} rows
 * @returns {Limits | null}
 */
export function limitsOf(structure, rows) {
  if (!isRate(structure)) return null;
  const narrow = rows.filter((row) => row.high - row.low <= 1);
  const low = Math.min(0, ...narrow.map((row) => row.low));
  const high = Math.max(1, ...narrow.map((row) => row.high));
  return rows.some((row) => row.low < low || row.high > high) ? { low, high } : null;
}

/**
 * How the series are drawn: persons present as areas, because they are there all the time; one flow
 * of a few periods as bars; all else as lines.
 * @param {Structure} structure
 * @param {Series[]} series
 * @param {boolean} compared whether there are lines of the year before
 * @returns {Form}
 */
function formOf(structure, series, compared) {
  if (series.every(({ key }) => isStock(structure, key))) return "area";
  const [{ key, rows }] = series;
  const few = series.length === 1 && rows.length <= BARS_MAX && rows.length > 1;
  return few && !compared && !isRate(structure) && !isStock(structure, key) ? "bars" : "line";
}

/**
 * Where a figure and its interval are drawn: the interval is cut at the limits, and an estimate
 * beyond them has no place.
 * @param {Pick<Row, "value" | "low" | "high">} row
 * @param {Limits | null} limits
 */
export function placed({ value, low, high }, limits) {
  const within = (/** @type {number} */ y) =>
    (limits ? Math.min(limits.high, Math.max(limits.low, y)) : y);
  return { y: value === within(value) ? value : NaN, y1: within(low), y2: within(high) };
}

/** @type {(row: Row, name: string | null, limits: Limits | null) => DrawnRow} */
export function drawn(row, name, limits) {
  const middle = new Date((row.begins.getTime() + endOf(row.period).getTime()) / 2);
  // No upper end of what is counted so far says where the figure will be.
  const { y, y1, y2 } = placed(row, limits);
  return { ...row, name, middle, y, y1, y2: row.isOpen && !Number.isNaN(y) ? y : y2 };
}

/**
 * The rows with a row that draws nothing wherever periods are missing, so that no line or band
 * crosses them.
 * @param {DrawnRow[]} rows
 * @returns {DrawnRow[]}
 */
export const withGaps = (rows) => rows.flatMap((row, n) => {
  const next = rows[n + 1]?.begins;
  const end = endOf(row.period);
  return !next || next.getTime() <= end.getTime() ? [row]
    : [row, { ...row, begins: end, y: NaN, y1: NaN, y2: NaN }];
});

/**
 * The rows without a row just before or after them; neither line nor band shows those.
 * @param {DrawnRow[]} rows
 * @returns {DrawnRow[]}
 */
const isolated = (rows) => rows.filter((row, n) =>
  !(rows[n - 1] && endOf(rows[n - 1].period).getTime() === row.begins.getTime())
  && !(rows[n + 1] && endOf(row.period).getTime() === rows[n + 1].begins.getTime()));

/** @type {(structure: Structure) => (row: Row & { name: string | null }) => string} */
export const tipOf = (structure) => (row) => {
  const name = row.name ? `${row.name}\n` : "";
  const { below, above } = writing(structure);
  return `${name}${periodWords(row.period)}\n${figureWords(structure, row)}\n`
    + (row.isOpen ? "" : `${t("range-words", { low: below(row.low), high: above(row.high) })}\n`)
    + `${row.counted ? `${countedWords(structure, row)}\n` : ""}${statusWords(structure, row)}`
    + (isIncomplete(row) ? `\n${silentWords(structure, [row])}` : "");
};

/**
 * The band, line and symbols of series `n`.
 * @param {DrawnRow[]} rows
 * @param {number} n
 * @param {boolean} several whether there are other series
 * @param {boolean} few whether each point has its symbol
 * @param {boolean} area whether it is filled down to zero
 * @returns {(Mark | null)[]}
 */
function lineMarks(rows, n, several, few, area) {
  const colour = colourOf(n);
  const x = "begins";
  const line = withGaps(rows);
  const fill = (/** @type {Row} */ row) => (row.status === "P" ? styled("--card") : colour);
  return [
    area ? Plot.areaY(line, { x, y1: 0, y2: "y", fill: colour,
      fillOpacity: several ? 0.08 : 0.16 }) : null,
    Plot.areaY(line, { x, y1: "y1", y2: "y2", fill: colour,
      fillOpacity: several ? 0.14 : 0.22 }),
    ...["y1", "y2"].map((y) => Plot.lineY(line, { x, y, stroke: colour, strokeOpacity: 0.45,
      strokeWidth: 0.75 })),
    Plot.lineY(line, { x, y: "y", stroke: colour, strokeWidth: few ? 2 : 1.4,
      strokeDasharray: DASHES[n] }),
    ...countedMarks(rows),
    few ? Plot.dot(rows, { x, y: "y", r: several ? 3 : 2.6, stroke: colour, fill,
      symbol: SYMBOLS[n] }) : null,
    Plot.ruleX(isolated(rows), { x, y1: "y1", y2: "y2", stroke: colour, strokeWidth: 3,
      strokeOpacity: 0.4 }),
  ];
}

/**
 * The counts behind nowcasts: a dotted line with crosses, in the colour of notes.
 * @param {DrawnRow[]} rows
 * @returns {Mark[]}
 */
function countedMarks(rows) {
  const counted = rows.filter((row) => row.counted);
  if (!counted.length) return [];
  const place = { x: "begins", y: (/** @type {Row} */ row) => row.counted?.value,
    stroke: styled("--soft") };
  return [Plot.lineY(counted, { ...place, strokeDasharray: "1 3" }),
    Plot.dot(counted, { ...place, r: 2.6, symbol: "times" })];
}

/**
 * A bar for each period, with its interval as a whisker; provisional ones are paler, and what a
 * nowcast adds is an outline.
 * @param {DrawnRow[]} rows
 * @returns {Mark[]}
 */
function barMarks(rows) {
  const [colour, ink] = [colourOf(0), styled("--ink")];
  const within = (/** @type {DrawnRow} */ row, /** @type {number} */ share) =>
    new Date(row.begins.getTime()
      + share * (endOf(row.period).getTime() - row.begins.getTime()));
  const spread = (/** @type {number} */ gap) => ({
    x1: (/** @type {DrawnRow} */ row) => within(row, gap),
    x2: (/** @type {DrawnRow} */ row) => within(row, 1 - gap) });
  const counted = (/** @type {DrawnRow} */ row) => row.counted?.value ?? row.y;
  return [
    Plot.rectY(rows, { ...spread(0.14), y1: 0, y2: counted, fill: colour, stroke: colour,
      fillOpacity: (/** @type {Row} */ row) => (row.status === "P" ? 0.28 : 0.72) }),
    // What is still to come has an outline only.
    Plot.rectY(rows.filter((row) => row.counted), { ...spread(0.14), y1: counted, y2: "y",
      fill: "none", stroke: colour, strokeDasharray: "4 3" }),
    Plot.ruleX(rows, { x: "middle", y1: "y1", y2: "y2", stroke: ink, strokeWidth: 1.5 }),
    ...["y1", "y2"].map((y) =>
      Plot.ruleY(rows, { ...spread(0.4), y, stroke: ink, strokeWidth: 1.5 })),
  ];
}

/**
 * A ring around each figure that lacks a source.
 * @param {Row[]} rows
 * @param {string} x
 * @param {string} colour
 * @returns {Mark[]}
 */
function silentMarks(rows, x, colour) {
  const incomplete = rows.filter(isIncomplete);
  return incomplete.length ? [Plot.dot(incomplete, { x, y: "y", r: RING,
    stroke: colour, strokeWidth: 1.5 })] : [];
}

/**
 * Whether there are figures of the year before to compare with.
 * @param {Structure} structure
 * @param {Series[]} series
 */
function isComparable(structure, series) {
  const rows = series.flatMap((one) => one.rows);
  const before = yearBefore(rows.reduce((a, b) => (b.begins > a.begins ? b : a)).period);
  return series.length <= COMPARED_MAX && before !== null && Boolean(structure.first)
    && begins(before) >= begins(structure.first ?? "");
}

/**
 * What the reader can set on a chart; known before it is drawn.
 * @param {Scene} scene
 */
export const controlsOf = ({ structure, view, series, change }) =>
  (isComparable(structure, series) ? [tick("compare", t("compare"), view.compare !== null,
    (isWanted) => change({ compare: isWanted ? "year" : null }))] : []);

/**
 * The lines of the series, at most SERIES_MAX, and if the view wants it the year before.
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export async function show(scene) {
  const { structure, view, series, width } = scene;
  const controls = controlsOf(scene);
  await plotting();
  if (!view.compare || !controls.length) {
    const picture = drawing(structure, view, series, width);
    const none = view.compare ? [element("span", {}, t("compare-none"))] : [];
    return { ...picture, legend: [...picture.legend, ...none], controls };
  }
  const { compared, withYearBefore } = await import("./yearbefore.js");
  const before = await compared(view, series);
  return { ...withYearBefore(structure, view, series, before,
    drawing(structure, view, series, width, before)), controls };
}

/**
 * The chart of up to SERIES_MAX series, its legend, and the chart in words.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 * @param {number} width in pixels
 * @param {Compared | null} before the lines of the year before
 * @returns {Picture}
 */
export function drawing(structure, view, series, width, before = null) {
  const several = series.length > 1;
  const names = series.map((one) => seriesWords(structure, one.key, view.codes,
    several ? differing(view) : null));
  const limits = limitsOf(structure, series.flatMap((one) => one.rows));
  const drawnRows = series.map((one, n) =>
    one.rows.map((row) => drawn(row, several ? names[n] : null, limits)));
  const rows = drawnRows.flat();
  const form = formOf(structure, series, before !== null);
  const zero = form === "bars" || (form === "area" && !several)
    || startsAtZero([...rows, ...before?.rows ?? []]);
  const few = form !== "bars" && series[0].rows.length <= DOTS_MAX;
  const annotations = annotationsOf(structure, view, rows);
  const soft = styled("--soft");
  const x = form === "bars" ? "middle" : "begins";
  const chart = Plot.plot({
    width, height: Math.round(Math.min(440, Math.max(260, width * 0.5))),
    marginLeft: 62, marginRight: 14, marginTop: 16, marginBottom: 34,
    style: { background: "transparent", color: soft, fontSize: "13px" },
    x: { type: "utc", label: null, ...(form === "bars" ? barTicks(drawnRows[0], width)
      : dateTicks(series[0].rows, width)) },
    y: { label: null, zero, nice: true, ticks: 6, tickSize: 0,
      tickFormat: writing(structure).nearest },
    marks: [
      Plot.gridY({ stroke: styled("--line"), strokeOpacity: 1, ticks: 6 }),
      zero ? Plot.ruleY([0], { stroke: soft }) : null,
      ...annotationMarks(annotations, width, rows),
      ...before?.marks(limits) ?? [],
      ...drawnRows.flatMap((each, n) => (form === "bars" ? barMarks(each)
        : lineMarks(each, n, several, few, form === "area" && zero))),
      ...silentMarks(rows, x, styled("--ink")),
      Plot.ruleX(rows, Plot.pointerX({ x, stroke: soft, strokeDasharray: "2 3" })),
      Plot.tip(rows, Plot.pointer({ x, y: "y", title: tipOf(structure), fill: styled("--card"),
        stroke: soft })),
    ],
  });
  const words = [...chartWords(structure, view, series),
    ...annotations.map((one) => `(${one.number}) ${one.words}`)];
  pictured(chart, `${t(form === "line" ? "chart-label" : `chart-${form}`)}. ${words.join(" ")}`);
  return { drawing: chart, legend: [...legend(series, names, { form, zero, few }, annotations),
    ...limitLegend(structure, rows, limits), ...silentLegend(structure, rows),
    ...annotationList(annotations)], words };
}

/** @type {(from: Date, to: Date) => number} */
const daysBetween = (from, to) => (to.getTime() - from.getTime()) / 86_400_000;

/**
 * Writes the dates of the axis in the reader's language, as coarse as the rows or as the ticks are,
 * which may lie on months although the rows are days. In a chart of hours a tick at midnight shows
 * its date, and every other tick its time.
 * @param {{ begins: Date, period: string }[]} rows
 * @returns {(date: Date, ticks: Date[]) => string}
 */
function axisDates(rows) {
  const days = daysBetween(rows[0].begins, rows[rows.length - 1].begins);
  const step = daysBetween(rows[0].begins, endOf(rows[0].period));
  return (date, ticks) => {
    const apart = ticks.length > 1 ? daysBetween(ticks[0], ticks[1]) : 0;
    if (Math.max(step, apart) >= MONTH_DAYS_MIN) return monthTick(date);
    const day = dayTick(date);
    const time = clock(date);
    if (!rows[0].period.includes("T") || time === "00:00") return day;
    return days < 1 ? `${day}, ${time}` : time;
  };
}

/**
 * Leaves out words of ticks that would touch each other, and those that were said just before.
 * @param {(date: Date, ticks: Date[]) => string} words
 * @param {number} width of the chart in pixels
 * @returns {(date: Date, n: number, ticks: Date[]) => string}
 */
const spaced = (words, width) => (date, n, ticks) => {
  const every = Math.ceil(ticks.length * TICK / width);
  const said = words(date, ticks);
  return n % every || (n && said === words(ticks[n - every], ticks)) ? "" : said;
};

/**
 * The ticks of an axis of dates.
 * @param {{ begins: Date, period: string }[]} rows in order
 * @param {number} width of the chart in pixels
 */
export const dateTicks = (rows, width) => ({ ticks: Math.max(3, Math.floor(width / 120)),
  tickFormat: spaced(axisDates(rows), width) });

/**
 * An axis of whole periods, with a tick below the middle of a bar and the period in few letters.
 * @param {DrawnRow[]} rows
 * @param {number} width of the chart in pixels
 */
function barTicks(rows, width) {
  const every = Math.ceil(rows.length * TICK / (width - 76));
  const names = new Map(rows.map(({ middle, period }) => [middle.getTime(),
    periodWords(period).replace(/(\p{L}{3})\p{L}* (\d{4})$/u, "$1 $2")]));
  return { domain: [rows[0].begins, endOf(rows[rows.length - 1].period)],
    ticks: rows.filter((_, n) => n % every === 0).map(({ middle }) => middle),
    tickFormat: (/** @type {Date} */ date) => names.get(date.getTime()) ?? "" };
}

/** @type {(n: number) => SVGElement} */
export function sample(n) {
  const colour = colourOf(n);
  return svgElement("svg", { class: "sample", width: 34, height: 12, "aria-hidden": "true" },
    svgElement("line", { x1: 0, x2: 34, y1: 6, y2: 6, stroke: colour, "stroke-width": 2,
      "stroke-dasharray": DASHES[n] || null }),
    svgElement("path", { d: d3.symbol(symbolType(SYMBOLS[n]), 26)(), fill: colour,
      stroke: colour, transform: "translate(17 6)" }));
}

/** @type {(name: string) => object} */
function symbolType(name) {
  return d3[`symbol${name[0].toUpperCase()}${name.slice(1)}`];
}

/** A bar with a whisker, as a sample. */
function barSample() {
  const line = (/** @type {string} */ d) =>
    svgElement("path", { d, stroke: styled("--ink"), "stroke-width": 1.5 });
  return svgElement("svg", { class: "sample", width: 20, height: 16, "aria-hidden": "true" },
    svgElement("rect", { x: 3, y: 5, width: 14, height: 11, fill: colourOf(0),
      "fill-opacity": 0.72 }), line("M10 1V9M7 1H13M7 9H13"));
}

/**
 * @param {Series[]} series
 * @param {string[]} names
 * @param {{ form: Form, zero: boolean, few: boolean }} drawn how the series are drawn, whether the
 *   axis starts at zero, and whether each point has its symbol
 * @param {Annotation[]} annotations
 * @returns {Element[]}
 */
function legend(series, names, { form, zero, few }, annotations) {
  const key = (/** @type {(Element | string)[]} */ ...parts) =>
    element("span", { class: "key" }, ...parts);
  const band = key(element("i", { class: "band", "aria-hidden": "true" }), t("band"));
  const lines = form === "bars" ? [key(barSample(), t("bar-sample"))]
    : [...series.length > 1 ? names.map((name, n) => key(sample(n), name))
      : [key(sample(0), t("estimate"))], band];
  const has = (/** @type {(row: Row) => unknown} */ is) =>
    series.some((one) => one.rows.some(is));
  const note = (/** @type {string} */ name) => element("span", {}, t(name));
  const bars = form === "bars";
  // The words for bars that are estimated say that they are provisional, too.
  const open = has((row) => row.status === "P" && !(bars && row.counted)) && (few || bars)
    ? note(bars ? "pale-bars" : "open-dots") : null;
  const counted = has((row) => row.counted) ? note(bars ? "outlined-bars" : "counted-line") : null;
  const least = has((row) => row.isOpen) ? note("no-upper-end") : null;
  const broken = annotations.some(({ isBreak }) => isBreak)
    ? element("span", {}, t("break-line")) : null;
  const changed = annotations.some(({ isBreak }) => !isBreak)
    ? element("span", {}, t("change-mark")) : null;
  const area = form === "area" && zero ? element("span", {}, t("area-sample")) : null;
  return [...lines, area, broken, changed, open, counted, least,
    zero ? null : element("span", {}, t("axis"))].filter((part) => part !== null);
}

/**
 * Between which limits is drawn, if there are any.
 * @param {Structure} structure
 * @param {Row[]} rows
 * @param {Limits | null} limits
 */
export function limitLegend(structure, rows, limits) {
  if (!limits) return [];
  const { nearest } = writing(structure);
  const n = rows.filter((row) => row.low < limits.low || row.high > limits.high).length;
  return [element("span", {}, t("chart-limit",
    { low: nearest(limits.low), high: nearest(limits.high), count: n }))];
}

/**
 * What a ring means, if there is any.
 * @param {Structure} structure
 * @param {Row[]} rows
 */
function silentLegend(structure, rows) {
  if (!rows.some(isIncomplete)) return [];
  const ring = svgElement("svg", { class: "sample", width: 16, height: 16, "aria-hidden": "true" },
    svgElement("circle", { cx: 8, cy: 8, r: RING, fill: "none", stroke: styled("--ink"),
      "stroke-width": 1.5 }));
  return [element("span", { class: "key" }, ring,
    silentNotes(structure, rows).join(" "))];
}

/**
 * The chart in words, one sentence for each series; every figure has its margin.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 */
export function chartWords(structure, view, series) {
  return series.map(({ key, rows }) => {
    const last = rows[rows.length - 1];
    const low = rows.reduce((a, b) => (b.value < a.value ? b : a));
    const high = rows.reduce((a, b) => (b.value > a.value ? b : a));
    return t("chart-words", {
      series: seriesWords(structure, key, view.codes), count: rows.length,
      first: periodWords(rows[0].period), last: periodWords(last.period),
      low: figureWords(structure, low), lowWhen: periodWords(low.period),
      high: figureWords(structure, high), highWhen: periodWords(high.period),
      now: figureWords(structure, last),
    }) + silentNotes(structure, rows).map((note) => ` ${note}`).join("");
  });
}
