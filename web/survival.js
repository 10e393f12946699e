// The duration curve: of what ended in a period, the share that had lasted longer than each class
// of length, with its band; up to six combinations of codes are compared.
//
// Not here: who is left of a cohort (curves.js). The shares come from the server.
"use strict";

import { SERIES_MAX, limitLegend, limitsOf, placed } from "./chart.js";
import { element, pictured } from "./dom.js";
import { broken, drawLines, lineKeys, lineLegend } from "./lines.js";
import { figureWords, writing } from "./numbers.js";
import { begins, named, periodWords } from "./periods.js";
import { codeWords, isWeak } from "./series.js";
import { asShares, combinations, derived, figureIn, flagLegend, idIn, missingLegend,
  moreLegend, orWhyNot, ownCodes, periodChoice, periodShown, placeOf, wideTable, withStatus,
  withoutPeriod, wordsOf } from "./spells.js";
import { labelled, t } from "./words.js";

/** @import { Picture, Row, Scene, Structure } from "./types" */
/** @import { Limits } from "./chart.js" */
/** @import { Combination, Figure } from "./spells.js" */
/** @import { Point } from "./lines.js" */

/** @typedef {Combination & { figures: Figure[] }} Curve one figure for each class but the last */

/** @type {(scene: Scene) => Promise<{ classes: string[], periods: string[], embargoed: string[],
 *   curvesAt: (period: string) => Curve[] }>} */
async function curves(scene) {
  const { structure, view } = scene;
  const place = placeOf(structure, "band");
  const key = view.key.map((part, n) => (n === place ? [] : part));
  const rows = await derived(view, `${structure.id}.LONGER`, key);
  const periodOf = (/** @type {Record<string, unknown>} */ row) =>
    named(String(row.TIME_PERIOD), view.key[0][0]);
  const idOfRow = idIn(structure, [place]);
  const status = withStatus(scene);
  const classes = ownCodes(structure.dimensions[place]).slice(0, -1).map(({ id }) => id);
  const curvesAt = (/** @type {string} */ period) =>
    combinations(structure, view, [place]).map((one) => {
      const own = rows.filter((row) => periodOf(row) === period && idOfRow(row) === one.id);
      return { ...one, figures: classes.map((band) => {
        const row = own.find(({ BAND }) => BAND === band);
        return row && status(figureIn(row, ["PART", "PART_LOW", "PART_HIGH"], period));
      }) };
    }).filter(({ id }) => rows.some((row) => idOfRow(row) === id));
  const periodsOf = (/** @type {boolean} */ hidden) => [...new Set(rows
    .filter(({ CONF_STATUS }) => (CONF_STATUS === "E") === hidden).map(periodOf))]
    .sort((a, b) => begins(a).getTime() - begins(b).getTime());
  return { classes, curvesAt, periods: periodsOf(false), embargoed: periodsOf(true) };
}

/**
 * The points of a curve, from all at the start; shares beyond the limits are cut there.
 * @param {Structure} shares
 * @param {Curve} curve
 * @param {string[]} names of the classes
 * @param {Limits | null} limits
 * @param {boolean} several
 * @returns {Point[]}
 */
function pointsOf(shares, { name, figures }, names, limits, several) {
  const { below, above } = writing(shares);
  const start = { x: 0, y: 1, y1: 1, y2: 1, open: false, plain: true, title: t("survival-all") };
  return [start, ...figures.map((row, n) => (row ? { x: n + 1, ...placed(row, limits),
    open: isWeak(row) || row.status === "P",
    title: [...(several ? [name] : []), t("longer-than", { band: names[n] }),
      figureWords(shares, row), t("range-words", { low: below(row.low), high: above(row.high) })]
      .join("\n") } : { ...start, x: n + 1, y: NaN, y1: NaN, y2: NaN }))];
}

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export const show = (scene) => orWhyNot(async () => {
  const { structure, view, width } = scene;
  const shares = asShares(structure);
  const { classes, periods, embargoed, curvesAt } = await curves(scene);
  const period = periodShown(view, periods);
  if (!period) return withoutPeriod(scene, periods, embargoed);
  const all = curvesAt(period);
  const drawn = all.slice(0, SERIES_MAX);
  const dimension = structure.dimensions[placeOf(structure, "band")];
  const names = classes.map((band) => codeWords(dimension, band, view.codes));
  const rows = /** @type {Row[]} */ (drawn.flatMap(({ figures }) => figures).filter(Boolean));
  const limits = limitsOf(shares, rows);
  const lines = drawn.map((curve) => ({ name: curve.name,
    points: pointsOf(shares, curve, names, limits, drawn.length > 1) }));
  const columns = Math.max(5, Math.floor((width - 100) / classes.length / 7));
  const ticks = [t("survival-start"), ...names].map((name) => broken(name, columns));
  const drawing = await drawLines(lines, width, {
    x: { domain: [0, classes.length], ticks: ticks.map((_, n) => n),
      tickFormat: (/** @type {number} */ n) => ticks[n].join("\n") },
    y: { domain: [limits?.low ?? Math.min(0, ...rows.map(({ low }) => low)),
      limits?.high ?? Math.max(1, ...rows.map(({ high }) => high))], tickFormat: "~%", ticks: 6 },
    marginRight: Math.max(20, 3.7 * Math.max(...ticks[classes.length].map((one) => one.length))),
    marginBottom: 22 + 15 * Math.max(...ticks.map(({ length }) => length)) });
  const words = all.map(({ name, figures }) => t("survival-words",
    { series: name, period: periodWords(period), figures: figures.map((figure, n) =>
      labelled(names[n], wordsOf(shares, figure))).join("; ") }));
  pictured(drawing, [t("survival-label"), ...words].join(" "));
  const caption = t("survival-caption",
    { name: structure.name, period: periodWords(period, true) });
  return { drawing, words,
    file: { line: `${caption}, ${t("band")}`,
      key: lineKeys(lines, t("estimate")) },
    legend: [...lineLegend(lines, t("estimate")), element("span", {}, t("survival-note")),
      ...limitLegend(shares, rows, limits),
      ...missingLegend(shares, drawn.flatMap(({ figures }) => figures)),
      ...flagLegend(shares, rows), ...moreLegend(all.length, SERIES_MAX)],
    controls: [periodChoice(scene, periods, embargoed, period)],
    table: wideTable(shares, caption, t("longer-head"), all.map(({ name }) => name),
      names.map((name, n) => ({ head: name, figures: all.map(({ figures }) => figures[n]) }))) };
});
