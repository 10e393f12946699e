// The median of a duration over time: the class in which it lies in each period, with the classes
// that its interval holds; of a single series also the quartiles.
//
// Not here: the quartiles, which come from the server; the distribution itself (distribution.js).
"use strict";

import { SERIES_MAX, dateTicks } from "./chart.js";
import { element, pictured } from "./dom.js";
import { broken, drawLines, lineKeys, lineLegend } from "./lines.js";
import { begins, endOf, named, periodWords, untilWords } from "./periods.js";
import { codeWords } from "./series.js";
import { combinations, derived, head, idIn, missingLegend, moreLegend, nothing, orWhyNot,
  ownCodes, placeOf } from "./spells.js";
import { t } from "./words.js";

/** @import { Picture, Scene } from "./types" */
/** @import { DerivedRow } from "./spells.js" */
/** @import { Line, Point } from "./lines.js" */

/** @typedef {{ name: string, quartile: string, rows: Map<string, DerivedRow> }} Track */

/** @type {(bands: string[], row: DerivedRow, name: string) => number[] | null} */
const positions = (bands, row, name) => (row[name] === null ? null
  : [row[`${name}_LOW`], row[name], row[`${name}_HIGH`]]
    .map((band) => bands.indexOf(String(band))));

/**
 * The points of a track; lines in the same class lie a little apart.
 * @param {Track} track
 * @param {string[]} periods
 * @param {string[]} bands
 * @param {string[]} names of the bands
 * @param {number} apart
 * @returns {Point[]}
 */
function pointsOf({ name, quartile, rows }, periods, bands, names, apart) {
  return periods.flatMap((period, n) => {
    const row = rows.get(period);
    const found = row && positions(bands, row, quartile);
    const x = begins(period);
    const gap = { x, y: NaN, y1: NaN, y2: NaN, title: "", open: false };
    if (!found) return [gap];
    const [low, at, high] = found;
    const point = { x, y: at + apart, y1: low - 0.42, y2: high + 0.42, open: false,
      title: [name, periodWords(period), names[at], ...(low === high ? []
        : [t("range-words", { low: names[low], high: names[high] })])].join("\n") };
    const next = periods[n + 1];
    const isGap = next && begins(next).getTime() > endOf(period).getTime();
    return isGap ? [point, { ...gap, x: endOf(period) }] : [point];
  });
}

/** @type {(bands: string[], names: string[], row: DerivedRow | undefined, quartile: string,
 *   until: string) => string} */
function cellWords(bands, names, row, quartile, until) {
  if (!row) return "\u2013";
  if (row.CONF_STATUS === "E") return t("embargoed", { until });
  const found = positions(bands, row, quartile);
  if (!found) return `\u2013 (${t("spell-unpublished")})`;
  const [low, at, high] = found;
  return low === high ? names[at]
    : t("quartile-range", { band: names[at], low: names[low], high: names[high] });
}

/** @type {(scene: Scene) => Promise<{ tracks: Track[], periods: string[], count: number }>} */
async function tracksOf({ structure, view }) {
  const place = placeOf(structure, "band");
  const key = view.key.map((part, n) => (n === place ? [] : part));
  const rows = await derived(view, structure.id, key);
  const idOfRow = idIn(structure, [place]);
  const periodOf = (/** @type {DerivedRow} */ row) =>
    named(String(row.TIME_PERIOD), view.key[0][0]);
  const all = combinations(structure, view, [place]).map((one) => ({ ...one,
    rows: new Map(rows.filter((row) => idOfRow(row) === one.id).map((row) =>
      [periodOf(row), row])) })).filter((one) => one.rows.size);
  const quartiles = all.length > 1 ? ["MEDIAN"] : ["Q1", "MEDIAN", "Q3"];
  const tracks = all.flatMap((one) => quartiles.map((quartile) => ({ quartile, rows: one.rows,
    name: all.length > 1 ? one.name : t(`quartile-${quartile}`) })));
  return { tracks, count: all.length, periods: [...new Set(rows.map(periodOf))]
    .sort((a, b) => begins(a).getTime() - begins(b).getTime()) };
}

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export const show = (scene) => orWhyNot(async () => {
  const { structure, view, width } = scene;
  const dimension = structure.dimensions[placeOf(structure, "band")];
  const bands = ownCodes(dimension).map(({ id }) => id);
  const names = bands.map((band) => codeWords(dimension, band, view.codes));
  const { tracks, periods, count } = await tracksOf(scene);
  if (!tracks.length) return nothing(t("nothing"));
  const drawn = tracks.slice(0, SERIES_MAX);
  /** @type {Line[]} */
  const lines = drawn.map((track, n) => ({ name: track.name, points: pointsOf(track, periods, bands,
    names, (n - (drawn.length - 1) / 2) * Math.min(0.12, 0.6 / drawn.length)) }));
  if (!lines.some(({ points }) => points.some(({ y }) => !Number.isNaN(y)))) {
    return nothing(t("median-none"));
  }
  const labels = names.map((name) => broken(name, width < 500 ? 12 : 22));
  const longest = Math.max(...labels.flat().map(({ length }) => length));
  const left = longest * 7 + 16;
  const drawing = await drawLines(lines, width, { marginLeft: left,
    x: { type: "utc", ...dateTicks(periods.map((period) => ({ period, begins: begins(period) })),
      width - left) },
    y: { domain: [-0.5, bands.length - 0.5], ticks: bands.map((_, n) => n),
      tickFormat: (/** @type {number} */ n) => labels[n].join("\n") } });
  const until = untilWords(structure);
  const isWithout = drawn.some(({ rows, quartile }) => [...rows.values()].some((row) =>
    row.CONF_STATUS !== "E" && row[quartile] === null));
  const words = tracks.map((track) => t("median-words", { series: track.name,
    quartile: t(`quartile-${track.quartile}`), first: periodWords(periods[0]),
    last: periodWords(periods[periods.length - 1]),
    now: cellWords(bands, names, track.rows.get(periods[periods.length - 1]), track.quartile,
      until) }));
  pictured(drawing, [t("median-label"), ...words].join(" "));
  const caption = t("median-caption", { name: structure.name });
  return { drawing, words,
    file: { line: `${caption}, ${t("band")}`,
      key: lineKeys(lines, t("quartile-MEDIAN")) },
    legend: [...lineLegend(lines, t("quartile-MEDIAN")), element("span", {}, t("median-note")),
      ...missingLegend(structure, isWithout ? [undefined] : []), ...moreLegend(count, SERIES_MAX)],
    table: element("table", { class: "wide" }, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, head(t("period"), ""),
        tracks.map(({ name }) => head(name, "series-head")))),
      element("tbody", {}, periods.slice().reverse().map((period) => element("tr", {},
        element("th", { scope: "row" }, periodWords(period)),
        tracks.map(({ rows, quartile }) => element("td", { class: "long" },
          cellWords(bands, names, rows.get(period), quartile, until))))))) };
});
