// Requests to the server, and the addresses of its answers.
//
// A rate is computed from two dataflows. The page treats it as one more dataflow, with the
// dimensions by which it is published and rows that have an interval and no margin.
//
// Not here: the tiles of the ledger (log.js).
"use strict";

import { keyText } from "./address.js";
import { begins, named } from "./periods.js";
import { has, language, t } from "./words.js";

/** @import { Answer, Catalogue, Dataflow, Dimension, Listed, Rate, Series, Structure, View }
  from "./types" */

/**
 * The number of periods that count as recent, by frequency.
 * @type {Record<string, number>}
 */
export const RECENT = { N15: 96, H: 72, D: 60, W: 52, M: 24, Q: 16, A: 10 };

/** An answer of the server that is an error; `code` is the word that names it. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {string | undefined} code
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/**
 * An answer in JSON, and the language of its names: that of the page where the plan has it. Throws
 * a `Refusal` for an error of the server.
 * @param {string} path
 */
async function answerOf(path) {
  const headers = { accept: "application/json", "accept-language": language };
  const response = await fetch(path, { headers });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw new Refusal(body?.rule ?? `${response.status}`, body?.code);
  return { body, spoken: response.headers.get("content-language") ?? "en" };
}

/**
 * Fetches an answer in JSON. The caller names its type. Throws as `answerOf`.
 * @template T
 * @param {string} path
 * @returns {Promise<T>}
 */
export async function ask(path) {
  return (await answerOf(path)).body;
}

/**
 * The rates of the plan, by identifier; their figures have their own addresses.
 * @type {Map<string, Rate>}
 */
const rates = new Map();

/**
 * A dataflow whose periods are named as periods of its step.
 * @template {Dataflow} T
 * @param {T} flow
 * @returns {T}
 */
function withNamedPeriods(flow) {
  const step = flow.grains[0];
  const asStep = (/** @type {string | null | undefined} */ period) => period && named(period, step);
  const embargoed = flow.embargoed
    && { ...flow.embargoed, last: named(flow.embargoed.last, step) };
  return { ...flow, first: asStep(flow.first), last: asStep(flow.last), next: asStep(flow.next),
    embargoed };
}

/** @type {(list: Catalogue) => Dataflow[]} */
export const dataflowsOf = (list) => list.dataflows.map(withNamedPeriods);

/**
 * Everything in the catalogue: dataflows, then rates.
 * @param {Catalogue} list
 * @returns {Listed[]}
 */
export function listed(list) {
  for (const rate of list.rates ?? []) rates.set(rate.id, rate);
  const flows = dataflowsOf(list);
  const lastOf = (/** @type {string} */ id) => flows.find((flow) => flow.id === id)?.last;
  return [...flows,
    ...(list.rates ?? []).map((rate) => ({ ...rate, last: lastOf(rate.numerator) }))];
}

/**
 * A dimension of every statistic, or the total of any, in the reader's language: these names do not
 * come from the plan.
 * @param {Dimension} dimension
 * @param {boolean} isBalance whether the statistic has a stock beside arrivals and departures
 * @returns {Dimension}
 */
function withOwnNames({ id, name, codes }, isBalance) {
  const isOwn = (/** @type {string} */ message) => has(message)
    && (isBalance || !message.startsWith("code-INDICATOR-"));
  const own = (/** @type {string} */ message, /** @type {string} */ other) =>
    (isOwn(message) ? t(message) : other);
  return { id, name: own(`dimension-${id}`, name), codes: codes.map((code) => ({ ...code,
    name: code.id === "_T" ? t("total") : own(`code-${id}-${code.id}`, code.name) })) };
}

/**
 * The description of a dataflow; each code says the language of its name.
 * @param {string} id
 * @returns {Promise<Structure>}
 */
async function dataflow(id) {
  const { body, spoken } = await answerOf(`v1/dataflows/${encodeURIComponent(id)}`);
  const structure = withNamedPeriods(/** @type {Structure} */ (body));
  for (const { codes } of structure.dimensions) for (const code of codes) code.language ??= spoken;
  const isBalance = structure.measure === "balance";
  return { ...structure, dimensions: structure.dimensions.map((dimension) =>
    withOwnNames(dimension, isBalance)) };
}

/**
 * The description of a rate: its first dataflow, with the dimensions by which it is published.
 * @param {Rate} rate
 * @returns {Promise<Structure>}
 */
async function structureOfRate(rate) {
  const parts = await Promise.all(rate.dataflows.map(dataflow));
  const [numerator] = parts;
  const dimensions = (/** @type {string[]} */ ids) =>
    ids.flatMap((id) => numerator.dimensions.filter((dimension) => dimension.id === id));
  const indicator = { id: "INDICATOR", name: numerator.dimensions[2].name,
    codes: [{ id: rate.id, name: rate.name }] };
  return { ...numerator, id: rate.id, name: rate.name, description: rate.description,
    measure: "rate", unit: "RATE", parts, view: undefined,
    dimensions: [...dimensions(["FREQ", "REF_AREA"]), indicator, ...dimensions(rate.by)],
    formats: ["json", "csv"].map((name) => ({ name })) };
}

/**
 * The description of a dataflow or a rate.
 * @param {string} id
 */
export function structureOf(id) {
  const rate = rates.get(id);
  return rate ? structureOfRate(rate) : dataflow(id);
}

/**
 * The address of a view's figures, in a format of the server.
 * @param {View} view
 * @param {{ format?: string | null, asOf?: string | number | null, newest?: number,
 *   lang?: string | null }} [choice] `newest`: only this number of the newest periods, whatever the
 *   range of the view; `lang`: the language of names, for a link, which sends no header of ours
 */
export function dataPath(view, choice = {}) {
  const where = `v1/${rates.has(view.flow) ? "derived" : "data"}`;
  return `${where}/${encodeURIComponent(view.flow)}/${keyText(view.key)}${queryOf(view, choice)}`;
}

/**
 * The address of a derived table of a view's key and periods.
 * @param {View} view
 * @param {string} id
 */
export const derivedPath = (view, id) =>
  `v1/derived/${encodeURIComponent(id)}/${keyText(view.key)}${queryOf(view)}`;

/** @type {(view: View, choice?: { format?: string | null, asOf?: string | number | null,
 *   newest?: number, lang?: string | null }) => string} */
function queryOf(view, choice = {}) {
  const { format = null, asOf = view.asOf, newest = 0, lang = null } = choice;
  const query = new URLSearchParams();
  if (newest) query.set("lastNObservations", String(newest));
  else if (view.start || view.end) {
    if (view.start) query.set("startPeriod", view.start);
    if (view.end) query.set("endPeriod", view.end);
  } else if (!view.all) {
    query.set("lastNObservations", String(RECENT[view.key[0][0]]));
  }
  if (asOf) query.set("asOf", String(asOf));
  if (format) query.set("format", format);
  if (lang) query.set("lang", lang);
  const text = query.toString();
  return text && `?${text}`;
}

/**
 * The answer to a question about figures; null if they are not measured, which a rate does not say
 * before it is asked.
 * @param {string} path
 * @returns {Promise<Answer | null>}
 */
export async function askMeasured(path) {
  try {
    return await ask(path);
  } catch (error) {
    if (error instanceof Refusal && error.code === "unmeasured") return null;
    throw error;
  }
}

/**
 * The position of each column of an answer, by name.
 * @param {string[]} columns
 * @returns {Record<string, number>}
 */
export const positions = (columns) =>
  Object.fromEntries(columns.map((name, position) => [name, position]));

/**
 * The series of an answer. Periods under embargo have no figure and are listed apart.
 * @param {Answer} answer
 * @returns {Series[]}
 */
export function seriesOf(answer) {
  if (answer.rows) return seriesOfRates(answer.columns, answer.rows);
  const at = positions(answer.columns);
  return (answer.series ?? []).map(({ key, observations }) => {
    /** @type {Series} */
    const series = { key, embargoed: [], unpublished: [], rows: [] };
    for (const row of observations) {
      const time = String(row[at.period]);
      const period = named(time, key[0]);
      if (row[at.value] === null) series.embargoed.push(period);
      else {
        series.rows.push({ period, begins: begins(time), value: Number(row[at.value]),
          margin: Number(row[at.margin]), low: Number(row[at.low]), high: Number(row[at.high]),
          status: statusOrNull(row[at.status]), vintage: Number(row[at.vintage]),
          ...silentIn(row, at.silentSources), isOpen: row[at.intervalOf] === "COUNTED" });
      }
    }
    return series;
  });
}

/**
 * The silent sources of a figure, in an answer that has the column.
 * @param {(string | number | null)[]} row
 * @param {number | undefined} place
 * @returns {{ silent?: string[] }}
 */
function silentIn(row, place) {
  if (place === undefined) return {};
  const text = row[place];
  return { silent: typeof text === "string" ? text.split(" ") : [] };
}

/** @type {(code: string | number | null | undefined) => string | null} */
const statusOrNull = (code) => (typeof code === "string" ? code : null);

/**
 * The series of a table of rates. A rate that is not published, because its denominator may be
 * zero, has no row and is listed apart. The margin is the wider half of the interval.
 * @param {string[]} columns
 * @param {(string | number | null)[][]} rows
 * @returns {Series[]}
 */
function seriesOfRates(columns, rows) {
  const at = positions(columns);
  /** @type {Map<string, Series>} */
  const all = new Map();
  for (const row of rows) {
    const key = row.slice(0, at.TIME_PERIOD).map(String);
    const id = key.join(".");
    const series = all.get(id) ?? { key, embargoed: [], unpublished: [], rows: [] };
    all.set(id, series);
    const period = named(String(row[at.TIME_PERIOD]), key[0]);
    if (row[at.CONF_STATUS] === "E") series.embargoed.push(period);
    else if (row[at.RATE] === null) series.unpublished.push(period);
    else {
      const [value, low, high] = [row[at.RATE], row[at.RATE_LOW], row[at.RATE_HIGH]].map(Number);
      series.rows.push({ period, begins: begins(period), value, low, high,
        status: statusOrNull(row[at.OBS_STATUS]),
        margin: Math.max(value - low, high - value), vintage: null,
        ...silentIn(row, at.SILENT_SOURCES) });
    }
  }
  return [...all.values()];
}
