// What the pictures of durations and of cohorts share: their dimensions, the server's derived
// tables, choices, and tables of figures.
//
// Not here: the pictures (distribution.js, survival.js, median.js, triangle.js, curves.js).
// Quartiles and shares are the server's.
"use strict";

import { Refusal, ask, derivedPath } from "./api.js";
import { choice } from "./controls.js";
import { element } from "./dom.js";
import { exact, figureWords, writing } from "./numbers.js";
import { begins, periodWords, untilWords } from "./periods.js";
import { TOTAL, flagsOf, intervalWords, isWeak, seriesWords, silentNotes, silentWords,
  statusWords } from "./series.js";
import { labelled, reasonOf, t } from "./words.js";

/** @import { Answer, Child, Code, Dimension, Picture, Row, Scene, Structure, View }
  from "./types" */
/** @typedef {Record<string, string | number | null>} DerivedRow */
/** @typedef {{ id: string, key: string[], name: string }} Combination */
/** @typedef {Row | null | undefined} Figure null under embargo, undefined if there is none */

/**
 * The position of the dimension with a role, or -1.
 * @param {Structure} structure
 * @param {"age" | "band" | "transition"} role
 */
export const placeOf = (structure, role) =>
  structure.dimensions.findIndex(({ id }) => id === structure.roles?.[role]);

/**
 * The codes of a dimension without its total and its groups.
 * @param {Dimension} dimension
 * @returns {Code[]}
 */
export function ownCodes({ codes }) {
  const groups = new Set(codes.map(({ parent }) => parent));
  return codes.filter(({ id }) => id !== TOTAL && !groups.has(id));
}

/**
 * A structure whose figures are written as shares.
 * @param {Structure} structure
 * @returns {Structure}
 */
export const asShares = (structure) => ({ ...structure, measure: "rate", unit: "RATE" });

/**
 * The rows of a derived table.
 * @param {View} view
 * @param {string} id
 * @param {string[][]} key
 * @returns {Promise<DerivedRow[]>}
 */
export async function derived(view, id, key) {
  /** @type {Answer} */
  const answer = await ask(derivedPath({ ...view, key }, id));
  return (answer.rows ?? []).map((row) =>
    Object.fromEntries(answer.columns.map((name, n) => [name, row[n]])));
}

/**
 * A value with its interval, from three columns of a derived row: null under embargo, undefined if
 * it is not published.
 * @param {DerivedRow} row
 * @param {string[]} columns
 * @param {string} period
 * @returns {Figure}
 */
export function figureIn(row, [value, low, high], period) {
  if (row.CONF_STATUS === "E") return null;
  if (row[value] === null) return undefined;
  const figure = { period, begins: begins(period), value: Number(row[value]),
    low: Number(row[low]), high: Number(row[high]), status: null, vintage: null };
  const silent = row.SILENT_SOURCES;
  return { ...figure, margin: Math.max(figure.value - figure.low, figure.high - figure.value),
    ...(typeof silent === "string" ? { silent: silent.split(" ") } : {}) };
}

/**
 * A figure with its status, which derived tables lack: provisional if that of its period is.
 * @param {Scene} scene
 * @returns {(figure: Figure, period?: string) => Figure}
 */
export function withStatus({ series }) {
  const provisional = new Set(series.flatMap(({ rows }) => rows)
    .filter(({ status }) => status === "P").map(({ period }) => period));
  return (figure, period = figure?.period) =>
    (figure && provisional.has(period ?? "") ? { ...figure, status: "P" } : figure);
}

/**
 * The combinations of codes that a view selects, apart from some dimensions.
 * @param {Structure} structure
 * @param {View} view
 * @param {number[]} gone the positions of these dimensions
 * @returns {Combination[]}
 */
export function combinations(structure, view, gone) {
  /** @type {string[][]} */
  let keys = [[]];
  view.key.forEach((part, n) => {
    const codes = gone.includes(n) ? [TOTAL] : part;
    keys = keys.flatMap((key) => codes.map((code) => [...key, code]));
  });
  const differing = keys.length > 1
    ? view.key.map((part, n) => part.length > 1 && !gone.includes(n)) : null;
  return keys.map((key) => ({ key, id: idOf(key, gone),
    name: seriesWords(structure, key, view.codes, differing) }));
}

/** @type {(key: string[], gone: number[]) => string} */
export const idOf = (key, gone) => key.filter((_, n) => !gone.includes(n)).join(".");

/**
 * The combination that a derived row belongs to.
 * @param {Structure} structure
 * @param {number[]} gone
 * @returns {(row: DerivedRow) => string}
 */
export const idIn = (structure, gone) => (row) =>
  idOf(structure.dimensions.map(({ id }) => String(row[id])), gone);

/**
 * The period that is shown: that of the address, or else the newest; undefined if there are no
 * figures of it.
 * @param {View} view
 * @param {string[]} periods in order
 */
export const periodShown = ({ at }, periods) =>
  (at === null ? periods[periods.length - 1] : periods.find((period) => period === at));

/**
 * That there are no figures of the period that is to be shown, with the periods that have some.
 * @param {Scene} scene
 * @param {string[]} periods
 * @param {string[]} embargoed
 * @returns {Picture}
 */
export const withoutPeriod = (scene, periods, embargoed) => (periods.length
  ? { ...nothing(t("period-none", { period: scene.view.at })),
    controls: [periodChoice(scene, ["", ...periods], embargoed, "")] } : nothing(t("nothing")));

/**
 * The choice of a period, the newest first; those under embargo are listed and cannot be chosen.
 * @param {Scene} scene
 * @param {string[]} periods
 * @param {string[]} embargoed
 * @param {string} chosen
 */
export function periodChoice({ structure, change }, periods, embargoed, chosen) {
  /** @type {[string, string, boolean?][]} */
  const hidden = embargoed.map((period) => [period,
    `${periodWords(period)}, ${t("embargoed", { until: untilWords(structure) })}`, true]);
  /** @type {[string, string, boolean?][]} */
  const open = periods.map((period) => [period, period ? periodWords(period) : "\u2013"]);
  return choice("at", t("period"), [...open, ...hidden].reverse(), chosen,
    (at) => { change({ at }); });
}

/** @type {(structure: Structure, row: Row) => Child} */
export function flagMarks(structure, row) {
  const flags = flagsOf(row);
  if (!flags.length) return "";
  const silent = silentWords(structure, [row]);
  const title = [statusWords(structure, row), silent].filter(Boolean).join(". ");
  return element("abbr", { title },
    flags.map((flag) => `[${flag}]`).join("\u2009"));
}

/**
 * The meaning of the flags that figures have, and which sources they lack, for a legend.
 * @param {Structure} structure
 * @param {Row[]} rows
 * @param {boolean} hatched whether figures of low reliability are also hatched
 */
export function flagLegend(structure, rows, hatched = false) {
  const flags = ["b", "p", "u", "z", "s"].filter((flag) => !(hatched && flag === "u")
    && rows.some((row) => flagsOf(row).includes(flag)));
  return [...flags.map((flag) => `[${flag}] ${t(`flag-${flag}`)}`), ...silentNotes(structure, rows)]
    .map((words) => element("span", {}, words));
}

/** @type {(words: string, kind?: string) => Element} */
export const head = (words, kind = "number") => element("th", { scope: "col", class: kind }, words);

/**
 * The cells of a figure in a table: value, margin (not of a share), both ends and status.
 * @param {Structure} structure
 * @param {string[]} key
 * @param {Figure} figure
 */
export function cellsOf(structure, key, figure) {
  const isShare = structure.measure === "rate";
  if (!figure) {
    return [element("td", { colspan: isShare ? 4 : 5, class: "empty" },
      missing(structure, figure))];
  }
  const { nearest, below, above } = writing(structure);
  const number = (/** @type {string} */ text, /** @type {number} */ value, kind = "") =>
    element("td", { class: `number ${kind}`, title: exact(value) }, text);
  return [number(nearest(figure.value), figure.value, "value-cell"),
    isShare ? null : number(`\u00b1 ${above(figure.margin)}`, figure.margin),
    number(below(figure.low), figure.low), number(above(figure.high), figure.high),
    element("td", { class: "status", title: intervalWords(structure, key, figure) },
      flagMarks(structure, figure))];
}

/** @type {(structure: Structure) => Element[]} */
export const headsOf = (structure) => [head(t("value")),
  ...(structure.measure === "rate" ? [] : [head(t("margin"))]), head(t("low")), head(t("high")),
  head(t("status"), "status")];

/**
 * Why there is no figure.
 * @param {Structure} structure
 * @param {null | undefined} figure
 */
export const missing = (structure, figure) => (figure === null
  ? t("embargoed", { until: untilWords(structure) }) : t("spell-unpublished"));

/**
 * What the marks in place of figures mean, if there are any, for a legend.
 * @param {Structure} structure
 * @param {Figure[]} figures
 */
export const missingLegend = (structure, figures) => [
  ...(figures.includes(undefined) ? [labelled("\u2013", missing(structure, undefined))] : []),
  ...(figures.includes(null) ? [labelled("\u2026", missing(structure, null))] : []),
].map((words) => element("span", {}, words));

/** @type {(structure: Structure, figure: Figure) => string} */
export const wordsOf = (structure, figure) =>
  (figure ? figureWords(structure, figure) : missing(structure, figure));

/** @type {(figure: Figure) => string | null} */
export const weakClass = (figure) => (figure && isWeak(figure) ? "weak" : null);

/**
 * A table of several series: a row for each line of `rows`, a column for each combination; each
 * figure with its interval. The cell of a figure that is yet to come is empty.
 * @param {Structure} structure
 * @param {string} caption
 * @param {string} first the head of the first column
 * @param {string[]} names of the other columns
 * @param {{ head: string, figures: (Figure | "later")[] }[]} rows
 */
export function wideTable(structure, caption, first, names, rows) {
  const { nearest } = writing(structure);
  const known = (/** @type {Figure} */ figure) => (figure
    ? element("td", { class: `number ${isWeak(figure) ? "weak" : ""}` },
      element("span", { class: "value-cell" }, nearest(figure.value)),
      element("span", { class: "cell-margin" },
        figureWords(structure, figure).slice(nearest(figure.value).length)),
      flagsOf(figure).length
        ? element("span", { class: "cell-flags" }, " ", flagMarks(structure, figure)) : null)
    : element("td", { class: "number" }, figure === null
      ? element("abbr", { title: missing(structure, null) }, "\u2026") : "\u2013"));
  const cell = (/** @type {Figure | "later"} */ figure) =>
    (figure === "later" ? element("td", {}) : known(figure));
  return element("table", { class: "wide" }, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head(first, ""),
      names.map((name) => head(name, "number series-head")))),
    element("tbody", {}, rows.map((row) => element("tr", {},
      element("th", { scope: "row" }, row.head), row.figures.map(cell)))));
}

/**
 * A picture that says that there are more series than it draws.
 * @param {number} count
 * @param {number} max
 */
export const moreLegend = (count, max) =>
  (count > max ? [element("span", {}, t("too-many", { count, max }))] : []);

/**
 * The picture; if the server has no such figures for these codes or periods, why not.
 * @param {() => Promise<Picture>} draw
 * @param {() => Element[]} controls with which the reader may choose others
 * @returns {Promise<Picture>}
 */
export async function orWhyNot(draw, controls = () => []) {
  try {
    return await draw();
  } catch (error) {
    if (!(error instanceof Refusal) || !error.code) throw error;
    return { ...nothing(t("spell-refused", { why: reasonOf(error) })), controls: controls() };
  }
}

/**
 * A picture of nothing but a note.
 * @param {string} words
 * @returns {Picture}
 */
export const nothing = (words) =>
  ({ drawing: element("p", { class: "note" }, words), legend: [] });
