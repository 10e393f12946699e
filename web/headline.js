// The newest figures of a view: one with its sentence, several in a line each.
//
// Not here: the pictures (pictures.js) and the table (table.js).
"use strict";

import { SERIES_MAX } from "./chart.js";
import { $, element } from "./dom.js";
import { above, isRate, precisionWords, writing } from "./numbers.js";
import { addsUp, differing, intervalWords, isIncomplete, seriesWords, sentence, silentWords,
  whenWords } from "./series.js";
import { inSentence, listWords, t } from "./words.js";

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
  $("margin").textContent = isRate(structure) ? "" : `\u00b1 ${above(row.margin)}`;
  $("when").textContent = whenWords(structure, one.key, row.period);
  const once = addsUp(structure, one.key) ? onceWords(structure) : "";
  const silent = isIncomplete(row) ? [element("p", { class: "silent" },
    silentWords(structure, [row]))] : [];
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

/**
 * How often a person counts: once in each step and cell, or, in a table, once in each step and code
 * of what stands apart.
 * @type {(structure: Structure) => string}
 */
function onceWords(structure) {
  const apart = structure.apart ?? [];
  const names = structure.margins ? structure.dimensions.filter(({ id }) => apart.includes(id))
    .map(({ name }) => inSentence(name)) : [t("cell")];
  return t("once", { list: listWords([t(`word-${structure.step}`), ...names]) });
}
