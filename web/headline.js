// The newest figures of a view, or those of the period that its picture shows: one with its
// sentence, several in a line each.
//
// Not here: the pictures (pictures.js) and the table (table.js).
"use strict";

import { finalWords, provisionalWords } from "./caveats.js";
import { SERIES_MAX } from "./chart.js";
import { $, element } from "./dom.js";
import { isRate, precisionWords, writing } from "./numbers.js";
import { rowShown } from "./pictures.js";
import { addsUp, commonWords, differing, intervalWords, isIncomplete, marginWords, onceWords,
  seriesWords, sentence, silentWords, whenWords } from "./series.js";
import { term } from "./terms.js";
import { t } from "./words.js";

/** @import { Series, Structure, View } from "./types" */

/** @type {(structure: Structure, view: View, series: Series[]) => void} */
export function showHeadline(structure, view, all) {
  const series = all.filter(({ rows }) => rows.length);
  const one = series[0];
  const row = rowShown(view, one.rows);
  const single = series.length === 1;
  const periods = new Set(series.map((each) => rowShown(view, each.rows).period));
  const when = periods.size === 1 ? whenWords(structure, one.key, row.period) : "";
  $("series").textContent = single ? seriesWords(structure, one.key, view.codes)
    : [commonWords(structure, view), when].filter(Boolean).join(", ");
  $("series").hidden = !$("series").textContent;
  $("latest").hidden = !single;
  $("value").textContent = writing(structure).nearest(row.value);
  const margin = isRate(structure) ? "" : marginWords(row);
  $("margin").replaceChildren(margin ? term(row.counted ? "nowcast" : "margin", margin) : "");
  $("when").textContent = whenWords(structure, one.key, row.period);
  const once = addsUp(structure, one.key) ? onceWords(structure) : "";
  const silent = [provisionalWords(structure, row), finalWords(structure, row),
    isIncomplete(row) ? silentWords(structure, [row]) : ""].filter(Boolean)
    .map((words) => element("p", { class: "silent" }, words));
  $("plain").replaceChildren(...(single
    ? [`${intervalWords(structure, one.key, row)} ${once}`, ...silent] : []));
  $("figures").hidden = single || series.length > SERIES_MAX;
  $("figures").replaceChildren(...(single ? [] : series.slice(0, SERIES_MAX)
    .map((each) => element("li", {}, ...figureLine(structure, view, each)
      .slice(0, when ? 3 : undefined)))));
  $("each").hidden = single;
  $("each").replaceChildren(...(single || series.length > SERIES_MAX ? []
    : [element("ul", {}, series.map((each) => element("li", {},
      sentence(structure, each.key, rowShown(view, each.rows), view.codes))))]),
  element("p", {}, t("overlap")));
}

/**
 * One of several series with its newest figure, in a line.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series} one
 */
export function figureLine(structure, view, one) {
  const row = rowShown(view, one.rows);
  return [element("span", { class: "what" },
    seriesWords(structure, one.key, view.codes, differing(view))), " ",
  element("span", { class: "how-many", dir: "ltr" },
    element("strong", {}, writing(structure).nearest(row.value)), " ",
    precisionWords(structure, row)), " ",
  element("span", { class: "when" }, whenWords(structure, one.key, row.period))];
}
