// What the figures on the page lack: what is provisional, by how much late events changed earlier
// figures, and what a bound cuts, or another statistic has instead.
//
// Not here: sources that had not delivered (series.js), and margins.
"use strict";

import { plainView, write } from "./address.js";
import { ask, dataPath, structureOf } from "./api.js";
import { atBoundKey, atBoundOf } from "./atbound.js";
import { element } from "./dom.js";
import { above, below, figureWords, isRate, nearest } from "./numbers.js";
import { endOf, periodWords, stepAfter } from "./periods.js";
import { isOfPlan } from "./series.js";
import { derived } from "./spells.js";
import { term } from "./terms.js";
import { listWords, t, tNodes } from "./words.js";

/** @import { Answer, Catalogue, Child, Row, Series, Structure, View } from "./types" */

/**
 * What of a provisional figure is still to come, in a sentence; empty for any other figure.
 * @param {Structure} structure
 * @param {Row} row
 */
export function provisionalWords(structure, row) {
  if (row.status !== "P") return "";
  const last = structure.vintages?.at(-1);
  const late = last === undefined ? "" : t("provisional-late",
    { period: periodWords(stepAfter(endOf(row.period), structure.grains[0], last - 1)) });
  const refined = structure.refined
    ? t("provisional-refined", { window: t(`that-${structure.privacy.window}`) }) : "";
  return [refined, late].filter(Boolean).join(" ") || t("provisional-parts");
}

/**
 * By how much late events changed earlier figures of a series, on average; null where no figure has
 * been measured again.
 * @param {Structure} structure
 * @param {View} view
 * @param {string[]} key
 */
async function movedWords(structure, view, key) {
  if (!structure.vintages?.length) return null;
  const step = [structure.grains[0], ...key.slice(1)];
  const path = dataPath({ ...view, key: step.map((code) => [code]), all: true, start: null,
    end: null }).replace("v1/data/", "v1/revisions/");
  /** @type {Answer | null} */
  const answer = await ask(path).catch(() => null);
  const at = (/** @type {string} */ name) => answer?.columns.lastIndexOf(name) ?? -1;
  const means = (answer?.rows ?? []).filter((row) => row[at("MEASURE")] === "MEAN_ABSOLUTE");
  const mean = means.at(-1);
  if (!mean) return null;
  const [from, to] = String(mean[at("TIME_PERIOD")]).split("/");
  return t("late-moved", { value: nearest(Number(mean[at("OBS_VALUE")])),
    margin: above(Number(mean[at("MARGIN")])), from: periodWords(from), to: periodWords(to) });
}

/** @type {(structure: Structure) => string} */
function boundWords({ privacy }) {
  const times = (/** @type {number} */ count) => t("times", { count });
  const bound = t(privacy.boundMonth ? "bound-times-both" : "bound-times",
    { times: times(privacy.boundWindow), month: times(privacy.boundMonth ?? 0),
      window: t(`word-${privacy.window}`) });
  return t("bound-cuts", { bound });
}

/**
 * A line that begins with its term.
 * @param {string} id
 * @param {Child[]} words
 */
const caveat = (id, ...words) => element("li", {},
  tNodes("labelled", { label: term(id, t(`term-${id}`)), words: element("span", {}, words) }));

/**
 * The rows of a derived table of a view in one period; none if there is no such table.
 * @param {View} view
 * @param {string} id
 * @param {string} period
 */
async function derivedOf(view, id, period) {
  const shown = { ...view, all: true, start: period, end: period };
  const rows = await derived(shown, id, view.key).catch(() => []);
  return rows.filter(({ TIME_PERIOD }) => TIME_PERIOD === period);
}

/**
 * By which dimensions another statistic has what goes beyond the bound of this one, which counts
 * only the first contributions to it.
 * @param {Structure} structure
 * @param {Structure} other
 */
function restWords(structure, other) {
  const dimensions = structure.dimensions.filter(isOfPlan);
  // It has a margin of all its codes.
  const depths = dimensions.map((_, n) =>
    Math.max(...(structure.margins ?? []).map(({ levels }) => levels[n])));
  const names = (/** @type {number[]} */ levels) => {
    const parts = dimensions.map(({ name }, n) =>
      (levels[n] === depths[n] ? name : levels[n] ? t("rest-groups", { name }) : ""));
    return parts.filter(Boolean).join(" \u00d7 ") || t("rest-total");
  };
  const margins = other.margins ?? [];
  const isAll = (/** @type {number[]} */ levels) =>
    levels.every((level, n) => level === depths[n]);
  const told = listWords([...new Set(margins.map(({ levels }) => names(levels)))]);
  return t(margins.some(({ levels }) => isAll(levels)) ? "rest-told" : "rest-told-not",
    { flow: t("quoted", { text: other.name }), told, cell: names(depths) });
}

/**
 * What goes beyond the bound of a statistic of first contributions, and between which counts the
 * figure of its cell lies with it; of a sum, how much went beyond.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @param {string} firstOf
 */
async function beyondWords(structure, view, all, firstOf) {
  const other = await structureOf(firstOf);
  const rest = restWords(structure, other);
  const row = all[0].rows.at(-1);
  if (!row || all.length > 1) return rest;
  const [range] = await derivedOf(view, `${structure.id}.RANGE`, row.period);
  if (!range) return rest;
  const period = periodWords(row.period);
  if (range.AT_LEAST !== null) {
    return `${rest} ${t("rest-range", { period, least: below(Number(range.AT_LEAST)),
      most: above(Number(range.AT_MOST)) })}`;
  }
  if (range.NOT_TOLD_APART === null) return rest;
  const [value, margin] = [range.NOT_TOLD_APART, range.MARGIN].map(Number);
  return `${rest} ${t("rest-apart",
    { period, figure: figureWords(other, { ...row, value, margin }) })}`;
}

/**
 * The persons whom the bound of a statistic cut up to the newest period shown, with a link, and the
 * most that a figure of that period lacks; nothing if the plan counts none, and null if it has no
 * such figure.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @returns {Promise<Child>}
 */
async function cutWords(list, structure, view, all) {
  if (structure.firstOf) return beyondWords(structure, view, all, structure.firstOf);
  const counted = atBoundOf(list, structure.id);
  const row = all[0].rows.at(-1);
  if (!counted || !row) return t("bound-unmeasured");
  const cuts = await derivedOf(view, `${structure.id}.CUT`, row.period);
  if (!cuts.length) return null;
  const [value, margin] = [cuts[0].PERSONS, cuts[0].MARGIN].map(Number);
  const most = Math.max(...cuts.map(({ CUT_MAX }) => Number(CUT_MAX)));
  const described = await structureOf(counted.id);
  const reached = t("bound-reached", { window: t(`that-${structure.privacy.window}`),
    period: periodWords(row.period), figure: figureWords(described, { ...row, value, margin }) });
  const key = atBoundKey(described, all[0].key[0]);
  const its = write({ ...plainView(counted.id), key: key.map((code) => [code]) });
  return element("span", {}, element("a", { href: its, "data-flow": counted.id }, reached), " ",
    t(structure.vintages?.length ? "bound-lacks-late" : "bound-lacks",
      { most: nearest(most) }));
}

/**
 * What the figures shown lack.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @returns {Promise<Element[]>}
 */
export async function caveatsOf(list, structure, view, all) {
  const [series] = all;
  if (isRate(structure) || structure.measure === "at_bound" || !series) return [];
  const [cut, moved] = await Promise.all([cutWords(list, structure, view, all),
    movedWords(structure, view, series.key)]);
  // With one series it stands below the figure.
  const open = all.length > 1 ? all.map(({ rows }) => rows.at(-1))
    .find((row) => row?.status === "P") : null;
  return [...(open ? [element("li", {}, provisionalWords(structure, open))] : []),
    caveat("bound", boundWords(structure), cut ? " " : null, cut),
    ...(moved ? [caveat("late", moved)] : [])];
}
