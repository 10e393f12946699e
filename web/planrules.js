// The rules that all statistics of a plan share, in plain sentences: releases, bounds, cost, what
// is not counted, what comes late, states and events, method, amendments.
//
// Not here: what each statistic counts (planflow.js), and the glossary (glossary.js).
"use strict";

import { atBoundOf, newestAtBound } from "./atbound.js";
import { element } from "./dom.js";
import { countOf, minutesWords } from "./lengths.js";
import { decimal, figureWords, percent } from "./numbers.js";
import { oddsFigure, ratio } from "./odds.js";
import { clockTerms, epsilonWords, soonest } from "./panels.js";
import { periodWords } from "./periods.js";
import { cycleWords, facts, lateWords, methodFacts } from "./planflow.js";
import { whenWords } from "./series.js";
import { termsLine } from "./terms.js";
import { has, listWords, t } from "./words.js";

/** @import { Amendment, Child, PlanPage, PlanTransition, Structure } from "./types" */

/** @type {(all: (string | false | null | undefined)[]) => Element} */
const sentences = (all) => element("ul", { class: "sentences" },
  all.flatMap((words) => (words ? [element("li", {}, words)] : [])));

/** @type {(page: PlanPage) => { step: string, window: string }} */
const lengths = ({ structures, privacy }) =>
  ({ step: t(`word-${structures[0].step}`), window: t(`word-${privacy.window}`) });

/**
 * A table of the statistics.
 * @param {string} caption
 * @param {string[]} heads
 * @param {[string, ...string[]][]} rows
 */
function table(caption, heads, rows) {
  return element("div", { class: "table tall", role: "region", "aria-label": caption,
    tabindex: "0" },
  element("table", {}, element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, heads.map((words, n) =>
      element("th", { scope: "col", class: n ? "number" : null }, words)))),
    element("tbody", {}, rows.map(([name, ...cells]) => element("tr", {},
      element("th", { scope: "row" }, name),
      cells.map((words) => element("td", { class: "number" }, words)))))));
}

// ---------------------------------------------------------------- releases

/** @type {(page: PlanPage) => Child[]} */
function sourceWords({ list }) {
  const { intake } = list;
  if (!intake) return [];
  const source = (/** @type {typeof intake.sources[0]} */ { name, from, ...every }) =>
    t(from ? "release-source-days" : "release-source", { name, from: from && periodWords(from),
      every: t(`word-${every.completeEvery}`), within: minutesWords(every.completeWithinMinutes) });
  return [element("ul", {}, intake.sources.map((each) => element("li", {}, source(each))))];
}

/** @type {(page: PlanPage) => Child[]} */
export function releasesPart(page) {
  const { list, structures } = page;
  const { store, intake } = list;
  const { step } = lengths(page);
  const flow = soonest(store, list.dataflows);
  const n = structures.length;
  return [
    element("dl", { class: "clock" }, clockTerms(store, { ...(flow ?? structures[0]),
      timeZone: store.timeZone })),
    sentences([
      t(n === 1 ? "release-step-one" : "release-step", { step, n }),
      store.releaseDelayMinutes ? t("release-delay",
        { step, delay: minutesWords(store.releaseDelayMinutes) }) : t("release-prompt", { step }),
      intake && t("release-sources", { step, wait: minutesWords(intake.longestWaitMinutes) }),
      store.embargo ? t("release-embargo", { hour: store.embargo, zone: store.timeZone })
        : t("release-open"),
      t("release-once"), t("release-last", { last: periodWords(store.expires, true) }),
    ]),
    ...sourceWords(page), termsLine(["release", "step", "vintage", "embargo"]),
  ];
}

// ---------------------------------------------------------------- bounds and cost

/** @type {(page: PlanPage) => Child[]} */
export function personPart(page) {
  const { structures } = page;
  const hasMonths = structures.some(({ privacy }) => privacy.boundMonth);
  const rows = structures.map(({ name, privacy }) =>
    /** @type {[string, ...string[]]} */ ([name, String(privacy.boundWindow),
      ...(hasMonths ? [privacy.boundMonth ? String(privacy.boundMonth) : t("none")] : [])]));
  return [element("p", {}, t("person-lead")),
    table(t("table-bounds"), [t("col-flow"), t("col-window", lengths(page)),
      ...(hasMonths ? [t("col-month")] : [])], rows),
    termsLine(["bound", "window", "privacy-unit"])];
}

/**
 * The cost of each statistic, what is left of the budget of a window, and the budgets.
 * @param {PlanPage} page
 */
function costRows({ structures, privacy }) {
  const budget = ratio(privacy.budget);
  const spent = structures.map((structure) => ratio(structure.privacy.budget));
  const left = budget - spent.reduce((sum, rho) => sum + rho, 0);
  const rows = structures.map((structure, n) => [structure.name,
    decimal(structure.privacy.budgetDecimal), percent(spent[n] / budget)]);
  if (left > 1e-9 * budget) rows.push([t("row-left"), "", percent(left / budget)]);
  const windows = countOf(privacy.windowsMax, privacy.window);
  rows.push([t("row-window", { window: t(`word-${privacy.window}`) }), privacy.budget,
    percent(1)], [t("row-life", { windows }), decimal(privacy.lifetime.budgetDecimal), ""]);
  return /** @type {[string, ...string[]][]} */ (rows);
}

/** @type {(page: PlanPage) => Child[]} */
export function costPart(page) {
  const { privacy } = page;
  const places = { ...lengths(page), budget: privacy.budget,
    life: decimal(privacy.lifetime.budgetDecimal),
    windows: countOf(privacy.windowsMax, privacy.window), epsilon: epsilonWords(privacy) };
  return [...oddsFigure(privacy), element("p", { class: "small" }, t("privacy-limit")),
    element("p", {}, `${t("cost-lead", places)} ${t("cost-epsilon", places)}`),
    table(t("table-costs"), [t("col-flow"), t("col-rho", places), t("col-share")], costRows(page)),
    termsLine(["rho", "budget", "charge", "epsilon", "window", "noise"])];
}

// ---------------------------------------------------------------- what is missing

/** @type {(page: PlanPage) => Promise<Child[]>} */
export async function cutPart(page) {
  const { list, structures } = page;
  const { store } = list;
  const measured = structures.filter((structure) => atBoundOf(list, structure.id));
  const newest = await Promise.all(structures.filter(({ boundOf }) => boundOf)
    .map(async (flow) => ({ flow, found: await newestAtBound(flow) })));
  const persons = structures.some(({ unit }) => unit === "PERSONS");
  return [sentences([
    measured.length ? t("cut-bound", { flows: listWords(measured.map(({ name }) => name)) })
      : t("cut-bound-none"),
    ...newest.map(({ flow, found }) => found && t("cut-newest", { flow: flow.name,
      when: whenWords(flow, found.key, found.row.period), figure: figureWords(flow, found.row) })),
    persons && t("cut-once", lengths(page)), t("cut-cycle"), t("cut-codes"),
    t("cut-start", { start: periodWords(store.start, true),
      end: periodWords(store.expires, true) }),
    t("cut-small"),
  ]), termsLine(["bound", "structural-zero", "estimate", "low-reliability"])];
}

/**
 * Statistics with what is said of each; those of which the same is said together.
 * @param {Structure[]} structures
 */
function together(structures) {
  /** @type {Map<string, string[]>} */
  const said = new Map();
  for (const structure of structures) {
    const words = lateWords(structure);
    said.set(words, [...(said.get(words) ?? []), structure.name]);
  }
  return /** @type {[Child, Child][]} */ ([...said].map(([words, names]) =>
    [said.size === 1 ? t("late-every") : names.join(", "), words]));
}

/** @type {(page: PlanPage) => Child[]} */
export function latePart({ list, structures, privacy }) {
  const { retention, lifeCycle } = list;
  const { step } = structures[0];
  return [facts(together(structures)), sentences([
    retention?.eventsSteps !== undefined ? t("late-retention",
      { step: t(`word-${step}`), steps: countOf(retention.eventsSteps, step) }) : t("late-forever"),
    retention?.personsWindows !== undefined && t("late-forgotten",
      { windows: countOf(retention.personsWindows, privacy.window) }),
    lifeCycle?.corrections && t("late-corrections"),
  ]), termsLine(["late", "provisional", "revised", "vintage", "retention",
    ...(list.intake ? ["source", "silent"] : [])])];
}

// ---------------------------------------------------------------- states and events

/** @type {(transition: PlanTransition) => string} */
function eventWords({ name, kind, afterDays }) {
  const words = cycleWords("event", name);
  if (kind === undefined) {
    return afterDays === undefined ? t("cycle-until", { name: words })
      : t("cycle-after", { name: words, days: countOf(afterDays, "day") });
  }
  return kind === name ? words : t("cycle-named", { kind: cycleWords("event", kind), name: words });
}

/** @type {(page: PlanPage) => Child[] | null} */
export function cyclePart({ list: { lifeCycle } }) {
  if (!lifeCycle) return null;
  const row = (/** @type {PlanTransition} */ transition) => element("tr", {},
    element("th", { scope: "row" }, cycleWords("status", transition.from)),
    element("td", {}, eventWords(transition)),
    element("td", {}, cycleWords("status", transition.to)));
  const model = `cycle-${lifeCycle.model}`;
  return [element("p", {}, has(model) ? t(model) : null, has(model) ? " " : null, t("cycle-lead")),
    element("details", {}, element("summary", {}, t("cycle-table")),
      element("div", { class: "table tall", role: "region", "aria-label": t("cycle-table"),
        tabindex: "0" },
      element("table", {},
        element("caption", { class: "unseen" }, t("cycle-table")),
        element("thead", {}, element("tr", {}, ["col-from", "col-event", "col-to"].map((name) =>
          element("th", { scope: "col" }, t(name))))),
        element("tbody", {}, lifeCycle.transitions.map(row))))),
    termsLine(["life-cycle"])];
}

// ---------------------------------------------------------------- method and amendments

/** @type {(page: PlanPage) => Child[] | null} */
export function methodPart({ list: { store } }) {
  return store.method?.length ? [facts(methodFacts(store.method))] : null;
}

/** @type {(page: PlanPage, amendment: Amendment) => string[]} */
function changesOf({ list }, amendment) {
  const name = (/** @type {string} */ id) =>
    list.dataflows.find((flow) => flow.id === id)?.name ?? id;
  return [
    ...(amendment.added ?? []).map((code) => t("amendment-added",
      { code: code.code, list: code.codeList, name: code.name })),
    ...(amendment.closed ?? []).map((code) => t("amendment-closed",
      { code: code.code, list: code.codeList })),
    ...(amendment.renamed ?? []).map((code) => t("amendment-renamed",
      { code: code.code, list: code.codeList, name: code.name })),
    ...(amendment.breaks ?? []).map(({ dataflow, note }) => t("amendment-break",
      { flow: name(dataflow), note })),
    ...(amendment.sources ?? []).map((source) => t("amendment-source", { name: source.name })),
  ];
}

/** @type {(page: PlanPage) => Child[]} */
export function amendmentsPart(page) {
  const amendments = page.list.amendments ?? [];
  const one = (/** @type {Amendment} */ amendment) => element("li", {},
    element("p", {}, element("strong", {},
      t("amendment-from", { from: periodWords(amendment.from, true) })), `: ${amendment.note} (`,
    t("amendment-entry", { entry: amendment.entry }), "; ",
    element("a", { href: amendment.file }, t("amendment-text")), ")"),
    element("ul", {}, changesOf(page, amendment).map((words) => element("li", {}, words))));
  return [element("p", {}, t("amendments-lead")),
    amendments.length ? element("ul", { class: "amendments" }, amendments.map(one))
      : element("p", {}, t("amendments-none")),
    termsLine(["amendment", "break"])];
}
