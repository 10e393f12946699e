// The table: periods down, and for one series its interval, for several a column each.
//
// Not here: which cells changed (revisions.js). No value stands without its margin.
"use strict";

import { element } from "./dom.js";
import { figureWords, isRate, writing } from "./numbers.js";
import { begins, periodWords, untilWords } from "./periods.js";
import { differing, flagsOf, isWeak, seriesWords, statusWords } from "./series.js";
import { t } from "./words.js";

function flagMarks(row) {
  const text = flagsOf(row).map((flag) => `[${flag}]`).join("\u2009");
  return text ? element("abbr", { title: statusWords(row) }, text) : "";
}

const number = (text, title, kind = "") =>
  element("td", { class: `number ${kind}`, title }, text);

const head = (words, kind = "number") => element("th", { scope: "col", class: kind }, words);

function change(was) {
  if (!was) return "";
  if (was.fresh) return element("span", { class: "mark" }, t("new-mark"));
  return element("span", { class: "mark" }, t("revised-mark"));
}

// A period of which there is no figure, and why.
const emptyRow = (period, columns, words) => element("tr", { class: "held" },
  element("th", { scope: "row" }, periodWords(period)),
  element("td", { colspan: columns - 1 }, words));

const before = (structure, was) => (was && !was.fresh ? figureWords(structure, was) : "");

function single(structure, series, changes) {
  const compared = changes !== null;
  const { nearest, below, above, exact } = writing(structure);
  const margin = !isRate(structure);
  const heads = [head(t("period"), ""), head(t("value")), margin ? head(t("margin")) : null,
    head(t("low")), head(t("high")), compared ? head(t("was")) : null, head(t("status"), "status")];
  const untold = series.untold.map((period) => ({ period, begins: begins(period), untold: true }));
  const all = [...series.rows, ...untold].sort((a, b) => b.begins - a.begins);
  const columns = heads.filter(Boolean).length;
  const rows = all.map((row) => {
    if (row.untold) return emptyRow(row.period, columns, t("untold"));
    const was = changes?.of(series.key, row);
    return element("tr", { class: [isWeak(row) && "weak", was && "changed"].filter(Boolean)
      .join(" ") || null },
      element("th", { scope: "row" }, periodWords(row.period)),
      number(nearest(row.value), exact(row.value), "value-cell"),
      margin ? number(`\u00b1 ${above(row.margin)}`, exact(row.margin)) : null,
      number(below(row.low), exact(row.low)), number(above(row.high), exact(row.high)),
      compared ? number(before(structure, was), was && !was.fresh ? exact(was.value) : null)
        : null,
      element("td", { class: "status" }, flagMarks(row), " ", change(was)));
  });
  return [heads, rows];
}

function cell(structure, row, was) {
  if (!row) return element("td", { class: "number" }, "\u2013");
  const { nearest, exact } = writing(structure);
  const value = nearest(row.value);
  return element("td", { class: `number ${isWeak(row) ? "weak" : ""} ${was ? "changed" : ""}`,
    title: `${exact(row.low)} \u2013 ${exact(row.high)}` },
    element("span", { class: "value-cell" }, value),
    element("span", { class: "cell-margin" }, figureWords(structure, row).slice(value.length)),
    flagsOf(row).length ? element("span", { class: "cell-flags" }, " ", flagMarks(row)) : null,
    was ? element("span", { class: "cell-was" }, change(was), " ",
      before(structure, was)) : null);
}

function several(structure, view, series, changes) {
  const shown = differing(view);
  const names = series.map((one) => seriesWords(structure, one.key, view.codes, shown));
  const periods = [...new Set(series.flatMap((one) => one.rows.map((row) => row.period)))];
  periods.sort().reverse();
  const at = series.map((one) => new Map(one.rows.map((row) => [row.period, row])));
  const rows = periods.map((period) => element("tr", {},
    element("th", { scope: "row" }, periodWords(period)),
    series.map((one, n) => {
      const row = at[n].get(period);
      return cell(structure, row, row && changes?.of(one.key, row));
    })));
  return [[head(t("period"), ""), ...names.map((name) => head(name, "number series-head"))], rows];
}

// The periods that are released and not public yet, newest first.
function heldRows(structure, series, columns) {
  const held = [...new Set(series.flatMap((one) => one.held))].sort().reverse();
  const words = t("held", { until: untilWords(structure) });
  return held.map((period) => emptyRow(period, columns, words));
}

// The table of an answer's series; `changes` tells which cells differ from an earlier state.
export function tableOf(structure, view, series, changes, caption) {
  const [heads, rows] = series.length === 1 ? single(structure, series[0], changes)
    : several(structure, view, series, changes);
  return element("table", { class: series.length > 1 ? "wide" : null },
    element("caption", { id: "caption" }, caption),
    element("thead", {}, element("tr", {}, heads)),
    element("tbody", {}, heldRows(structure, series, heads.filter(Boolean).length), rows));
}

export function legendOf(series) {
  const rows = series.flatMap((one) => one.rows);
  return ["b", "p", "u", "z"].filter((flag) => rows.some((row) => flagsOf(row).includes(flag)))
    .map((flag) => `[${flag}] ${t(`flag-${flag}`)}`).join(" \u00b7 ");
}
