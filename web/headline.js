// The newest figures of a view: one with its sentence, several in a line each.
//
// Not here: the pictures (pictures.js) and the table (table.js).
"use strict";

import { provisionalWords } from "./caveats.js";
import { SERIES_MAX } from "./chart.js";
import { $, element } from "./dom.js";
import { above, isRate, precisionWords, writing } from "./numbers.js";
import { addsUp, differing, intervalWords, isIncomplete, onceWords, seriesWords, sentence,
  silentWords, whenWords } from "./series.js";
import { term } from "./terms.js";
import { listWords, t } from "./words.js";

/** @import { Row, Series, Structure, View } from "./types" */

/** @type {(series: Series) => Row} */
const latest = ({ rows }) => rows[rows.length - 1];

/** @type {(structure: Structure, view: View, series: Series[]) => void} */
export function showHeadline(structure, view, series) {
  const one = series[0];
  const row = latest(one);
  const single = series.length === 1;
  $("series").classList.toggle("unseen", !single);
  $("series").textContent = single ? seriesWords(structure, one.key, view.codes)
    : namesOf(structure, view, series);
  $("latest").hidden = !single;
  $("value").textContent = writing(structure).nearest(row.value);
  $("margin").replaceChildren(isRate(structure) ? ""
    : term("margin", `\u00b1 ${above(row.margin)}`));
  $("when").textContent = whenWords(structure, one.key, row.period);
  const once = addsUp(structure, one.key) ? onceWords(structure) : "";
  const silent = [provisionalWords(structure, row),
    isIncomplete(row) ? silentWords(structure, [row]) : ""].filter(Boolean)
    .map((words) => element("p", { class: "silent" }, words));
  $("plain").replaceChildren(...(single
    ? [`${intervalWords(structure, one.key, row)} ${once}`, ...silent] : []));
  $("figures").hidden = single || series.length > SERIES_MAX;
  const periods = new Set(series.map((each) => latest(each).period));
  const when = periods.size === 1 ? whenWords(structure, one.key, row.period) : null;
  $("figures").replaceChildren(...(single ? [] : series.slice(0, SERIES_MAX)
    .map((each) => element("li", {}, ...figureLine(structure, view, each)
      .slice(0, when ? 3 : undefined)))),
  ...(when ? [element("li", { class: "when" }, when)] : []));
  $("each").hidden = single;
  $("each").replaceChildren(...(single || series.length > SERIES_MAX ? []
    : [element("ul", {}, series.map((each) => element("li", {},
      sentence(structure, each.key, latest(each), view.codes))))]),
  element("p", {}, t("overlap")));
}

/** @type {(structure: Structure, view: View, series: Series[]) => string} */
function namesOf(structure, view, series) {
  const names = series.slice(0, SERIES_MAX).map((each) =>
    seriesWords(structure, each.key, view.codes, differing(view)));
  const count = series.length - names.length;
  return count > 0 ? t("chosen", { first: names.join(", "), count }) : listWords(names);
}

/**
 * One of several series with its newest figure, in a line.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series} one
 */
export function figureLine(structure, view, one) {
  const row = latest(one);
  return [element("span", { class: "what" },
    seriesWords(structure, one.key, view.codes, differing(view))), " ",
  element("span", { class: "how-many", dir: "ltr" },
    element("strong", {}, writing(structure).nearest(row.value)), " ",
    precisionWords(structure, row)), " ",
  element("span", { class: "when" }, whenWords(structure, one.key, row.period))];
}
