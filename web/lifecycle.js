// The life cycle of one period: statuses as columns, and every transition as a band from the status
// before to the status after, as thick as its figure.
//
// Not here: which transitions there are; the server describes them. Where the statistic that is
// shown does not count a transition and another of the plan does, the band has the figure of that
// one, for the same codes, and says so.
"use strict";

import { Refusal, ask, dataPath, seriesOf, structureOf } from "./api.js";
import { codeChoices, lacking, periodChoice } from "./controls.js";
import { element, pictured, svgElement, styled } from "./dom.js";
import { diagram, sampleOf } from "./lanes.js";
import { above, below, figureWords, nearest } from "./numbers.js";
import { periodWords, untilWords } from "./periods.js";
import { TOTAL, codeWords, flagsOf, isWeak, silentNotes, statusWords, whenWords }
  from "./series.js";
import { has, listWords, t } from "./words.js";

/** @import { Answer, Flow, Picture, Row, Scene, Stock, Structure, View } from "./types" */

const GENERAL = ["FREQ", "REF_AREA", "INDICATOR"];

/** @type {(status: string) => string} */
export function statusName(status) {
  if (has(`status-${status}`)) return t(`status-${status}`);
  const words = status.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * The key of a statistic for the codes of the view, with all codes of one of its dimensions; null
 * if it does not have these codes.
 * @param {Structure} structure
 * @param {Structure} shown the statistic of the view
 * @param {View} view
 * @param {(dimension: { id: string }) => string[] | null} own codes that the view does not decide
 * @returns {string[][] | null}
 */
function keyOf(structure, shown, view, own) {
  const wanted = new Map(shown.dimensions.map(({ id }, n) => [id, view.key[n][0]]));
  wanted.delete("INDICATOR");
  wanted.delete(shown.lifeCycle?.dimension ?? "");
  const key = structure.dimensions.map((dimension) => {
    const codes = own(dimension);
    if (codes) return codes;
    const code = wanted.get(dimension.id) ?? TOTAL;
    wanted.delete(dimension.id);
    return dimension.codes.some(({ id }) => id === code) ? [code] : null;
  });
  const lost = [...wanted].some(([id, code]) => !GENERAL.includes(id) && code !== TOTAL);
  return lost || key.includes(null) ? null : /** @type {string[][]} */ (key);
}

/**
 * The rows of one period by the code of a dimension; empty if there are none for these codes.
 * @param {View} view
 * @param {string[][]} key
 * @param {number} position of the dimension, or -1
 * @param {string} period
 * @returns {Promise<Map<string, Row>>}
 */
async function figures(view, key, position, period) {
  try {
    /** @type {Answer} */
    const answer = await ask(dataPath({ ...view, key, start: period, end: period, all: false }));
    return new Map(seriesOf(answer).flatMap((one) => one.rows
      .filter((row) => row.period === period)
      .map((row) => [position < 0 ? "" : one.key[position], row])));
  } catch (error) {
    if (error instanceof Refusal) return new Map();
    throw error;
  }
}

/** @type {<T>(all: T[]) => T[]} */
const once = (all) => [...new Set(all)];

/**
 * The transitions that a statistic counts, those with one figure together.
 * @param {Structure} structure
 * @param {Structure} shown
 * @param {View} view
 * @param {string} period
 * @returns {Promise<Flow[]>}
 */
async function flowsOf(structure, shown, view, period) {
  const { statuses = [], transitions = [], dimension } = structure.lifeCycle ?? {};
  const counted = transitions.filter((one) => one.counted);
  const position = structure.dimensions.findIndex(({ id }) => id === dimension);
  const key = keyOf(structure, shown, view, ({ id }) => {
    if (id === "INDICATOR") return [structure.dimensions[2].codes[0].id];
    return id === dimension ? once(counted.flatMap(({ code }) => code ?? [])) : null;
  });
  if (!counted.length || !key) return [];
  const rows = await figures({ ...view, flow: structure.id }, key, position, period);
  const codes = once(counted.map(({ code }) => code ?? ""));
  return codes.map((code) => {
    const group = counted.filter((one) => (one.code ?? "") === code);
    const inOrder = (/** @type {string[]} */ some) =>
      statuses.filter((status) => some.includes(status));
    return { id: `${structure.id} ${code}`, statistic: structure.name,
      own: structure.id === shown.id, ids: group.map(({ id }) => id),
      name: code ? codeWords(structure.dimensions[position], code, view.codes) : structure.name,
      from: inOrder(group.map(({ from }) => from)), to: inOrder(group.map(({ to }) => to)),
      row: rows.get(code) ?? null };
  });
}

/**
 * The persons present in some of the statuses at the end of the period; null for a statistic that
 * counts none, or not for these codes.
 * @param {Structure} structure
 * @param {Structure} shown
 * @param {View} view
 * @param {string} period
 * @returns {Promise<Stock | null>}
 */
async function stockOf(structure, shown, view, period) {
  const present = structure.lifeCycle?.present ?? [];
  const key = keyOf(structure, shown, view, ({ id }) => (id === "INDICATOR" ? ["STOCK"] : null));
  if (!present.length || !key) return null;
  const row = (await figures({ ...view, flow: structure.id }, key, -1, period)).get("");
  return row ? { statuses: present, statistic: structure.name, row } : null;
}

/**
 * All transitions with their figures: those of the statistic that is shown, then from others of the
 * plan those that it does not count.
 * @param {Scene} scene
 * @param {string} period
 * @returns {Promise<{ flows: Flow[], stocks: Stock[] }>}
 */
async function cycleOf({ page, structure, view }, period) {
  const others = await Promise.all(page.list.dataflows.filter(({ id, measure, grains }) =>
    id !== structure.id && ["flow", "transition", "stock", "balance"].includes(measure)
      && grains.includes(view.key[0][0])).map(({ id }) => structureOf(id)));
  const [own, stocks, ...more] = await Promise.all([flowsOf(structure, structure, view, period),
    Promise.all(others.map((other) => stockOf(other, structure, view, period))),
    ...others.map((other) => flowsOf(other, structure, view, period))]);
  const flows = own.slice();
  for (const flow of more.flat()) {
    const known = new Set(flows.flatMap(({ ids }) => ids));
    if (flow.row && !flow.ids.some((id) => known.has(id))) flows.push(flow);
  }
  const { statuses = [] } = structure.lifeCycle ?? {};
  const place = (/** @type {string[]} */ some) => statuses.indexOf(some[0]);
  flows.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  return { flows, stocks: stocks.filter((stock) => stock !== null) };
}

// ---------------------------------------------------------------- words and table

/** @type {(statuses: string[]) => string} */
const either = (statuses) =>
  listWords(statuses.map(statusName), "disjunction");

/** @type {(structure: Structure, flow: Flow) => string} */
function flowWords(structure, { name, from, to, row, own, statistic }) {
  const figure = row ? figureWords(structure, row) : t("lifecycle-nothing");
  const words = t("lifecycle-flow", { name, from: either(from), to: either(to), figure });
  return own ? words : `${words} ${t("lifecycle-other", { statistic })}`;
}

/** @type {(structure: Structure, stock: Stock) => string} */
const stockWords = (structure, { statuses, row, statistic }) => t("lifecycle-stock",
  { status: either(statuses), figure: figureWords(structure, row), statistic });

/** @type {(structure: Structure, flows: Flow[], caption: string) => Element} */
function tableOf(structure, flows, caption) {
  const head = (/** @type {string} */ text, kind = "") =>
    element("th", { scope: "col", class: kind }, text);
  const number = (/** @type {string} */ text, kind = "") =>
    element("td", { class: `number ${kind}` }, text);
  const several = flows.some(({ own }) => !own);
  const figure = (/** @type {Row | null} */ row) => (row
    ? [number(nearest(row.value), isWeak(row) ? "" : "value-cell"),
      number(`\u00b1 ${above(row.margin)}`), number(below(row.low)), number(above(row.high)),
      element("td", { class: "status" }, element("abbr", { title: statusWords(structure, row) },
        flagsOf(row).map((flag) => `[${flag}]`).join("\u2009")))]
    : [element("td", { colspan: 5 }, t("lifecycle-nothing"))]);
  const rows = flows.map((flow) => element("tr", {},
    element("th", { scope: "row", class: "long" }, flow.name),
    element("td", { class: "long" }, either(flow.from)),
    element("td", {}, either(flow.to)), ...figure(flow.row),
    several ? element("td", { class: "long" }, flow.statistic) : null));
  return element("table", {}, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head(t("lifecycle-what")), head(t("lifecycle-from")),
      head(t("lifecycle-to")), head(t("value"), "number"), head(t("margin"), "number"),
      head(t("low"), "number"), head(t("high"), "number"), head(t("status"), "status"),
      several ? head(t("lifecycle-statistic")) : null)), element("tbody", {}, rows));
}

/** @type {(structure: Structure, flows: Flow[], stocks: Stock[], heading: string) => Element[]} */
function legendOf(structure, flows, stocks, heading) {
  const key = (/** @type {Element} */ mark, /** @type {string} */ words) =>
    element("span", { class: "key" }, mark, words);
  const swatch = (/** @type {string} */ colour) => svgElement("svg", { class: "sample", width: 26,
    height: 12, "aria-hidden": "true" }, svgElement("rect", { width: 26, height: 12,
    fill: styled(colour), "fill-opacity": 0.6 }));
  const rows = flows.flatMap(({ row }) => row ?? []);
  const { value, mark } = sampleOf(rows);
  const counted = new Set(flows.flatMap(({ ids }) => ids));
  const missing = once((structure.lifeCycle?.transitions ?? []).map(({ id }) => id))
    .filter((id) => !counted.has(id));
  const others = once(flows.filter(({ own }) => !own).map(({ statistic }) => statistic));
  const dashed = svgElement("svg", { class: "sample", width: 26, height: 12,
    "aria-hidden": "true" }, svgElement("rect", { x: 1, y: 1, width: 24, height: 10, fill: "none",
    stroke: styled("--soft"), "stroke-width": 1.5, "stroke-dasharray": "4 3" }));
  return [element("strong", { class: "of-what" }, heading),
    key(mark, t("lifecycle-thick", { value: nearest(value) })),
    element("span", {}, t("lifecycle-band")),
    ...(others.length ? [key(swatch("--s1"), structure.name),
      key(swatch("--s2"), others.join("; "))] : []),
    ...(rows.some((row) => row.low <= 0) ? [key(dashed, t("lifecycle-dashed"))] : []),
    ...(rows.some((row) => row.status === "P")
      ? [element("span", {}, t("lifecycle-provisional"))] : []),
    ...(flows.some(({ from }) => from.length > 1)
      ? [element("span", {}, t("lifecycle-several"))] : []),
    ...silentNotes(structure, rows).map((note) => element("span", {}, note)),
    ...stocks.map((stock) => element("span", {}, stockWords(structure, stock))),
    ...(missing.length ? [element("span", {}, t("lifecycle-missing",
      { names: missing.map(statusName).join(", ") }))] : []),
    ...(structure.embargoed ? [element("span", {}, t("ranking-embargo", {
      period: periodWords(structure.embargoed.last), until: untilWords(structure) }))] : [])];
}

/** @type {(structure: Structure, view: View, period: string) => string} */
function headingOf(structure, view, period) {
  const others = structure.dimensions.flatMap((dimension, n) =>
    (dimension.codes.length < 2 || ["FREQ", structure.lifeCycle?.dimension].includes(dimension.id)
      || view.key[n][0] === TOTAL ? [] : [codeWords(dimension, view.key[n][0], view.codes)]));
  return t("lifecycle-caption", { others: others.map((words) => `, ${words}`).join(""),
    when: whenWords(structure, view.key.map(([code]) => code), period) });
}

/**
 * The diagram of one period.
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export async function show(scene) {
  const { structure, view, width } = scene;
  const { period, control } = periodChoice(scene);
  if (period === null) {
    return { drawing: lacking(t("period-none", { period: view.at })), legend: [],
      controls: [control] };
  }
  const own = structure.dimensions.findIndex(({ id }) => id === structure.lifeCycle?.dimension);
  const { flows, stocks } = await cycleOf(scene, period);
  const heading = headingOf(structure, view, period);
  const words = [heading, ...flows.map((flow) => flowWords(structure, flow)),
    ...stocks.map((stock) => stockWords(structure, stock))];
  const drawing = diagram(structure, flows, stocks, statusName, width);
  return { drawing: pictured(drawing, `${t("lifecycle-label")}. ${words.join(" ")}`), words,
    legend: legendOf(structure, flows, stocks, heading), table: tableOf(structure, flows, heading),
    controls: [control, ...codeChoices(scene, [own])] };
}
