// A small picture of each series, in place of a chart with too many lines.
//
// Not here: the small picture itself (spark.js).
"use strict";

import { chartWords } from "./chart.js";
import { element } from "./dom.js";
import { figureLine } from "./headline.js";
import { periodWords } from "./periods.js";
import { spark } from "./spark.js";
import { t } from "./words.js";

/** @import { Picture, Scene } from "./types" */

// At most this number of series have a small picture each.
const SHOWN_MAX = 24;

/**
 * @param {Scene} scene
 * @returns {Picture}
 */
export function show({ structure, view, series }) {
  const shown = series.filter(({ rows }) => rows.length).slice(0, SHOWN_MAX);
  const words = chartWords(structure, view, shown);
  const drawing = element("ul", { class: "multiples" }, shown.map((one, n) =>
    element("li", {}, ...figureLine(structure, view, one), spark(one.rows, words[n]))));
  const periods = shown.flatMap(({ rows }) => rows)
    .sort((a, b) => a.begins.getTime() - b.begins.getTime());
  const [first, last] = [periods[0], periods[periods.length - 1]]
    .map(({ period }) => periodWords(period));
  const rest = series.length > shown.length
    ? [element("span", {}, t("too-many", { count: series.length, max: SHOWN_MAX }))] : [];
  const legend = [element("span", {}, t("multiples", { first, last })), ...rest];
  return { drawing, legend, words };
}
