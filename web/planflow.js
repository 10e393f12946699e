// What a plan counts: each statistic of it in plain sentences, with its code lists.
//
// Not here: its figures (page.js), and the rules that all statistics share (planrules.js).
"use strict";

import { plainView, write } from "./address.js";
import { element } from "./dom.js";
import { countOf } from "./lengths.js";
import { decimal, percent } from "./numbers.js";
import { ratio } from "./odds.js";
import { periodWords } from "./periods.js";
import { TOTAL, isOfPlan, nameOf, onceWords } from "./series.js";
import { term } from "./terms.js";
import { has, labelled, language, listWords, t } from "./words.js";

/** @import { Catalogue, Child, Code, Dimension, PlanMethod, PlanPage, Rate, Structure }
  from "./types" */

/**
 * A state or an event of a life cycle, in words where it is one of the ready-made models'.
 * @param {"status" | "event"} what
 * @param {string} id
 */
export const cycleWords = (what, id) => (has(`${what}-${id}`) ? t(`${what}-${id}`) : id);

/** @type {(structure: Structure) => string} */
export function boundWords({ privacy }) {
  const places = { n: privacy.boundWindow, month: privacy.boundMonth,
    window: t(`word-${privacy.window}`) };
  return t(privacy.boundMonth ? "bound-both" : "bound-window", places);
}

/**
 * Terms and what is said of them; a term of which nothing is said is left out.
 * @param {[Child, Child | Child[]][]} rows
 */
export const facts = (rows) => element("dl", { class: "facts" },
  rows.filter(([, words]) => (Array.isArray(words) ? words.length : words))
    .flatMap(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]));

// ---------------------------------------------------------------- code lists

/** @type {(structure: Structure) => Dimension[]} */
const dimensionsOf = ({ dimensions }) => dimensions.filter(isOfPlan);

/** @type {(dimension: Dimension) => Code[]} */
const codesOf = ({ codes }) => codes.filter(({ id }) => id !== TOTAL);

/** @type {(dimension: Dimension) => Code[]} */
function groupsOf(dimension) {
  const parents = new Set(codesOf(dimension).map(({ parent }) => parent));
  return codesOf(dimension).filter(({ id }) => parents.has(id));
}

/** @type {(dimension: Dimension, code: Code) => Child[]} */
const codeText = (dimension, code) =>
  [element("code", {}, code.id), " ", nameOf(dimension, code)];

/**
 * The codes of a dimension, those of a group under it.
 * @param {Dimension} dimension
 * @param {string | undefined} parent
 * @returns {Element}
 */
function codeTree(dimension, parent) {
  const codes = codesOf(dimension);
  const known = new Set(codes.map(({ id }) => id));
  const here = codes.filter((code) => (parent === undefined
    ? !code.parent || !known.has(code.parent) : code.parent === parent));
  const isParent = (/** @type {Code} */ { id }) => codes.some((code) => code.parent === id);
  return element("ul", { class: here.some(isParent) ? "code-list groups" : "code-list" },
    here.map((code) => element("li", {}, codeText(dimension, code),
      isParent(code) ? codeTree(dimension, code.id) : null)));
}

/** @type {(dimension: Dimension) => Element} */
function dimensionWords(dimension) {
  const codes = codesOf(dimension);
  const groups = groupsOf(dimension);
  const n = codes.length - groups.length;
  return element("details", {},
    element("summary", {}, groups.length
      ? t("dimension-groups", { name: dimension.name, n, count: groups.length })
      : t("dimension-codes", { name: dimension.name, count: n })),
    codeTree(dimension, undefined));
}

// ---------------------------------------------------------------- what is measured

/**
 * How many levels the codes of a dimension have.
 * @param {Dimension} dimension
 */
function depthOf({ codes }) {
  const parents = new Map(codes.map(({ id, parent }) => [id, parent]));
  const depth = (/** @type {string | undefined} */ id) => {
    let levels = 0;
    for (let at = id; at !== undefined && levels < codes.length; at = parents.get(at)) levels += 1;
    return levels;
  };
  return Math.max(...codes.map(({ id }) => depth(id)));
}

/** @type {(frequency: string) => string} */
const grainWords = (frequency) => t(`grains-${frequency}`);

/**
 * Which combinations of codes are published, and from which length of period on.
 * @param {Structure} structure
 * @returns {Child[]}
 */
function measuredWords(structure) {
  const dimensions = dimensionsOf(structure);
  if (!structure.margins?.length) return dimensions.length > 1 ? [t("measured-all")] : [];
  const name = (/** @type {number} */ level, /** @type {number} */ n) => {
    if (level === 0) return null;
    const dimension = dimensions[n];
    return level === depthOf(dimension) ? dimension.name
      : t("measured-groups", { name: dimension.name });
  };
  const rows = structure.margins.map(({ levels, frequency }) => {
    const names = levels.map(name).filter((words) => words !== null);
    return element("li", {}, t("measured-from", { grains: grainWords(frequency),
      names: names.length ? names.join(" \u00d7 ") : t("measured-total") }));
  });
  const apart = dimensions.filter(({ id }) => structure.apart?.includes(id));
  return [element("p", {}, t("measured-some")),
    element("details", {}, element("summary", {}, t("measured-these", { n: rows.length })),
      element("ul", {}, rows)),
  apart.length ? element("p", {}, t("apart-words",
    { names: listWords(apart.map((dimension) => dimension.name)) })) : null];
}

// ---------------------------------------------------------------- one statistic

/**
 * The bound, and of which statistic it counts the first contributions.
 * @type {(structure: Structure, page: PlanPage) => string}
 */
function firstWords(structure, { list }) {
  const bound = boundWords(structure);
  const of = list.dataflows.find(({ id }) => id === structure.firstOf);
  return of ? t("bound-first", { bound, flow: t("quoted", { text: of.name }) }) : bound;
}

/** @type {(structure: Structure, page: PlanPage) => string} */
function whatWords(structure, { list }) {
  const bounded = list.dataflows.find(({ id }) => id === structure.boundOf);
  return t(`what-${structure.measure}`, { flow: bounded?.name,
    window: t(`word-${structure.privacy.window}`),
    statuses: listWords((structure.statuses ?? [])
      .map((id) => t("quoted", { text: cycleWords("status", id) })), "disjunction") });
}

/**
 * The kinds of events or the transitions that are counted, if not all.
 * @param {Structure} structure
 */
function onlyWords(structure) {
  const ids = Object.values(structure.only ?? {}).flat();
  const name = (/** @type {string} */ id) => structure.dimensions
    .flatMap(({ codes }) => codes).find((code) => code.id === id)?.name;
  return listWords(ids.map((id) => name(id) ?? cycleWords("event", id)));
}

/**
 * When a later measurement changes the figures of a period.
 * @param {Structure} structure
 */
export function lateWords(structure) {
  const step = t(`word-${structure.step}`);
  const window = t(`word-${structure.privacy.window}`);
  if (["balance", "stock"].includes(structure.measure)) return t("late-present");
  const refined = structure.refined ? `${t("late-refined", { step, window })} ` : "";
  const after = (structure.vintages ?? []).map((steps) => countOf(steps, structure.step));
  return refined + (after.length ? t("late-vintages", { step, after: listWords(after) })
    : t("late-once", { step }));
}

/** @type {(structure: Structure, page: PlanPage) => string} */
function costWords({ privacy }, page) {
  return t("cost-words", { rho: decimal(privacy.budgetDecimal), window: t(`word-${privacy.window}`),
    share: percent(ratio(privacy.budget) / ratio(page.privacy.budget)) });
}

/** @type {(structure: Structure) => Child[]} */
function unitWords(structure) {
  const unit = t(`unit-words-${structure.unit}`);
  const isFlow = structure.measure === "flow" && structure.unit === "PERSONS";
  return [isFlow ? `${unit} ${onceWords(structure)}` : unit];
}

/** @type {(structure: Structure) => string} */
function periodsWords({ grains, step }) {
  const words = listWords(grains.map(grainWords));
  return t("periods-words", { step: t(`word-${step}`),
    grains: words.charAt(0).toLocaleUpperCase(language) + words.slice(1) });
}

/** @type {(id: string) => Element} */
const openLink = (id) => element("a", { href: `./${write(plainView(id))}` }, t("flow-open"));

/**
 * One statistic.
 * @param {Structure} structure
 * @param {PlanPage} page
 */
function flowArticle(structure, page) {
  const dimensions = dimensionsOf(structure);
  const only = onlyWords(structure);
  const breaks = (structure.breaks ?? []).map(({ from, note }) =>
    t("meta-break", { from: periodWords(from), note })).join("; ");
  return element("article", { id: `flow-${structure.id}`,
    "aria-labelledby": `name-${structure.id}` },
  element("h3", { id: `name-${structure.id}` }, structure.name),
  element("p", {}, structure.description, " ", openLink(structure.id)),
  facts([
    [t("flow-what"), [whatWords(structure, page),
      only ? ` ${labelled(t("flow-only"), only)}.` : ""]],
    [term("unit", t("flow-unit")), unitWords(structure)],
    [term("step", t("flow-periods")), periodsWords(structure)],
    [term("dimension", t("flow-dimensions")), dimensions.length ? dimensions.map(dimensionWords)
      : [t("dimensions-none")]],
    [t("flow-measured"), measuredWords(structure)],
    [term("bound", t("flow-bound")), firstWords(structure, page)],
    [term("rho", t("flow-cost")), costWords(structure, page)],
    [term("late", t("flow-late")), lateWords(structure)],
    [term("break", t("flow-breaks")), breaks],
    ...methodFacts(structure.method),
  ]));
}

/**
 * What the plan says of its method, each text with its name.
 * @param {PlanMethod[] | undefined} method
 * @returns {[Child, Child][]}
 */
export const methodFacts = (method) => (method ?? []).map(({ id, text }) =>
  [t(`method-${id}`), text]);

/** @type {(rate: Rate, list: Catalogue) => Element} */
function rateArticle(rate, list) {
  const names = rate.dataflows.map((id) => list.dataflows.find((flow) => flow.id === id)?.name);
  return element("article", { id: `flow-${rate.id}`, "aria-labelledby": `name-${rate.id}` },
    element("h3", { id: `name-${rate.id}` }, rate.name),
    element("p", {}, rate.description, " ", openLink(rate.id)),
    facts([[t("flow-what"), t("what-rate")], [t("flow-of"), names.join(" / ")],
      [term("rho", t("flow-cost")), t("cost-none")]]));
}

/**
 * Every statistic of the plan.
 * @param {PlanPage} page
 */
export const countedPart = (page) => [
  ...page.structures.map((structure) => flowArticle(structure, page)),
  ...(page.list.rates ?? []).map((rate) => rateArticle(rate, page.list)),
];
