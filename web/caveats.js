// What the figures on the page lack: what is provisional, what comes too late for a final figure,
// by how much late events changed earlier figures, and what a bound cuts, or another statistic has
// instead. The server says the same to readers without scripts (crates/serve/src/page/caveats.rs).
//
// Not here: sources that had not delivered (series.js), and margins.
"use strict";

import { plainView, write } from "./address.js";
import { ask, dataPath, structureOf } from "./api.js";
import { atBoundKey, atBoundOf } from "./atbound.js";
import { element } from "./dom.js";
import { countOf } from "./lengths.js";
import { above, below, figureWords, isRate, isZero, nearest } from "./numbers.js";
import { endOf, periodWords, stepAfter } from "./periods.js";
import { TOTAL, isKept, isOfPlan, partsOf } from "./series.js";
import { derived } from "./spells.js";
import { term } from "./terms.js";
import { labelled, listWords, t, tNodes } from "./words.js";

// The page of the book that says it in full.
const HOW_TO = "docs/explanation/bounds.html";

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
 * What comes too late for a final figure, in a sentence; empty for a figure that can still change,
 * and for a structural zero.
 * @param {Structure} structure
 * @param {Row} row
 */
export function finalWords(structure, row) {
  // A break hides whether a figure is provisional.
  const isUnsure = row.status === "B" && (isRate(structure) || structure.refined);
  if (row.status === "P" || row.isOpen || row.counted || isZero(row) || isUnsure) return "";
  if (isKept(structure)) return t("final-present");
  const ends = new Set(partsOf(structure).map(({ vintages }) => vintages?.at(-1) ?? 0));
  const [end] = ends;
  if (ends.size > 1) return t("final-parts");
  return end ? t("final-late", { time: countOf(end, structure.step) }) : t("final-once");
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
  // It has a marginal of all its codes.
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
 * @param {Structure} other
 */
async function beyondWords(structure, view, all, other) {
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
    { period, figure: figureWords(other, { ...row, status: null, value, margin }) })}`;
}

/**
 * What another statistic has of what a bound cuts, and what its own, higher bound cuts of that.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @param {string} firstOf
 * @returns {Promise<Child>}
 */
async function restAndCut(list, structure, view, all, firstOf) {
  const other = await structureOf(firstOf);
  // In a table a person lacks the same in every marginal, and the total is measured in any case.
  const key = view.key.map((part, n) => (isOfPlan(other.dimensions[n])
    && !other.apart?.includes(other.dimensions[n].id) ? [TOTAL] : part));
  const [rest, cut] = await Promise.all([beyondWords(structure, view, all, other),
    cutWords(list, other, { ...view, flow: other.id, key }, all, "rest-lacks")]);
  const flow = t("quoted", { text: other.name });
  return element("span", {}, `${rest} ${t("rest-cut", { flow })}`, cut ? " " : null, cut);
}

/**
 * The persons whom the bound of a statistic cut up to the newest period shown, with a link, and the
 * most that a figure of that period lacks; nothing if the plan counts none, and null if it has no
 * such figure.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @param {string} lacks the message of what is missing
 * @returns {Promise<Child>}
 */
async function cutWords(list, structure, view, all, lacks = "bound-lacks") {
  const counted = atBoundOf(list, structure.id);
  const row = all[0].rows.at(-1);
  if (!counted || !row) return t("bound-unmeasured");
  const cuts = await derivedOf(view, `${structure.id}.CUT`, row.period);
  if (!cuts.length) return null;
  const [value, margin] = [cuts[0].PERSONS, cuts[0].MARGIN].map(Number);
  const most = Math.max(...cuts.map(({ CUT_MAX }) => Number(CUT_MAX)));
  const described = await structureOf(counted.id);
  const reached = t("bound-reached", { window: t(`that-${structure.privacy.window}`),
    period: periodWords(row.period),
    figure: figureWords(described, { ...row, status: null, value, margin }) });
  const key = atBoundKey(described, all[0].key[0]);
  const its = write({ ...plainView(counted.id), key: key.map((code) => [code]) });
  return element("span", {}, element("a", { href: its, "data-flow": counted.id }, reached), " ",
    most === 0 ? t("bound-lacks-none")
      : t(structure.vintages?.length ? `${lacks}-late` : lacks, { most: nearest(most) }));
}

/**
 * What is provisional among the newest figures of several series, and what is final.
 * @param {Structure} structure
 * @param {Series[]} all
 */
function statusSentences(structure, all) {
  const rows = all.flatMap((series) => series.rows.slice(-1));
  const words = [provisionalWords, finalWords].map((of) =>
    rows.map((row) => of(structure, row)).find(Boolean));
  return words.flatMap((sentence) => (sentence ? [element("li", {}, sentence)] : []));
}

/**
 * What the bound of the figures shown cuts; of a rate, that of each part.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 */
async function boundCaveats(list, structure, view, all) {
  const bounded = partsOf(structure).filter(({ measure }) => measure !== "at_bound");
  if (!bounded.length) return [];
  const more = element("a", { href: HOW_TO, hreflang: "en" }, t("bound-more"));
  if (isRate(structure)) {
    const parts = [...new Map(bounded.map((part) => [part.id, part])).values()];
    return parts.map((part) => caveat("bound", labelled(t("quoted", { text: part.name }),
      boundWords(part)), " ", more.cloneNode(true)));
  }
  const cut = await (structure.firstOf ? restAndCut(list, structure, view, all, structure.firstOf)
    : cutWords(list, structure, view, all));
  return [caveat("bound", boundWords(structure), cut ? " " : null, cut, " ", more)];
}

/**
 * What the figures shown lack.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} all
 * @param {boolean} hasStatus whether the status of a single series stands below its figure
 * @returns {Promise<Element[]>}
 */
export async function caveatsOf(list, structure, view, all, hasStatus = true) {
  const [series] = all;
  if (!series) return [];
  const [bounds, moved] = await Promise.all([boundCaveats(list, structure, view, all),
    isRate(structure) ? null : movedWords(structure, view, series.key)]);
  return [...(hasStatus && all.length === 1 ? [] : statusSentences(structure, all)), ...bounds,
    ...(moved ? [caveat("late", moved)] : [])];
}
