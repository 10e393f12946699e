// Asking the server, and the addresses of its answers.
//
// A rate is read off two dataflows. To the page it is one more of them: it has the dimensions by
// which it is told, and rows with an interval and no margin.
//
// Not here: the ledger's tiles (log.js).
"use strict";

import { keyText } from "./address.js";
import { begins, named } from "./periods.js";

export const RECENT = { N15: 96, H: 72, D: 60, W: 52, M: 24, Q: 16, A: 10 };

export async function ask(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) {
    const error = new Error(body?.rule ?? `${response.status}`);
    error.code = body?.code;
    throw error;
  }
  return body;
}

// The rates of the plan, by identifier; their figures are told at an address of their own.
const rates = new Map();

// A dataflow with its steps named as theirs.
function namedIn(flow) {
  const step = (period) => period && named(period, flow.grains[0]);
  const [first, last, next] = [flow.first, flow.last, flow.next].map(step);
  const embargoed = flow.embargoed && { ...flow.embargoed, last: step(flow.embargoed.last) };
  return { ...flow, first, last, next, embargoed };
}

// Everything that the catalogue lists: dataflows, then rates.
export function listed(list) {
  for (const rate of list.rates ?? []) rates.set(rate.id, rate);
  const flows = list.dataflows.map(namedIn);
  const last = (id) => flows.find((flow) => flow.id === id)?.last;
  return [...flows,
    ...(list.rates ?? []).map((rate) => ({ ...rate, last: last(rate.numerator) }))];
}

const dataflow = async (id) => namedIn(await ask(`v1/dataflows/${encodeURIComponent(id)}`));

// What describes a rate: what describes its numerator, of the dimensions that the rate is told by.
async function structureOfRate(rate) {
  const [of, under] = await Promise.all([rate.numerator, rate.denominator].map(dataflow));
  const named = (ids) => ids.map((id) => of.dimensions.find((one) => one.id === id));
  const indicator = { id: "INDICATOR", name: of.dimensions[2].name,
    codes: [{ id: rate.id, name: rate.name }] };
  return { ...of, id: rate.id, name: rate.name, description: rate.description, measure: "rate",
    unit: "RATE", of: [of, under],
    dimensions: [...named(["FREQ", "REF_AREA"]), indicator, ...named(rate.by)],
    formats: ["json", "csv"].map((name) => ({ name })) };
}

export const structureOf = (id) =>
  (rates.has(id) ? structureOfRate(rates.get(id)) : dataflow(id));

// Where a view's figures are, in a format of the server.
export function dataPath(view, { format = null, asOf = view.asOf } = {}) {
  const query = new URLSearchParams();
  if (view.start) query.set("startPeriod", view.start);
  if (view.end) query.set("endPeriod", view.end);
  if (!view.all && !view.start && !view.end) query.set("lastNObservations", RECENT[view.key[0][0]]);
  if (asOf) query.set("asOf", asOf);
  if (format) query.set("format", format);
  const text = query.toString();
  const where = `v1/${rates.has(view.flow) ? "derived" : "data"}`;
  return `${where}/${encodeURIComponent(view.flow)}/${keyText(view.key)}${text && `?${text}`}`;
}

// An answer as rows: one for each series, its observations in order of time. Periods that are
// under embargo have no figure and are told apart, as `held`.
export function seriesOf(answer) {
  if (answer.rows) return ratesOf(answer);
  const at = Object.fromEntries(answer.columns.map((name, position) => [name, position]));
  const isHeld = (row) => row[at.value] === null;
  const period = (series, row) => named(row[at.period], series.key[0]);
  return answer.series.map((series) => ({
    key: series.key,
    held: series.observations.filter(isHeld).map((row) => period(series, row)),
    untold: [],
    rows: series.observations.filter((row) => !isHeld(row)).map((row) => ({
      period: period(series, row), begins: begins(row[at.period]), value: row[at.value],
      margin: row[at.margin], low: row[at.low], high: row[at.high], status: row[at.status],
      vintage: row[at.vintage],
    })),
  }));
}

// A table of rates as series. A rate that is not told, for its denominator may be none, has no
// row and is among the `untold`. The margin is the wider half of its interval.
function ratesOf({ columns, rows }) {
  const at = Object.fromEntries(columns.map((name, position) => [name, position]));
  const series = new Map();
  for (const row of rows) {
    const key = row.slice(0, at.TIME_PERIOD);
    const one = series.get(key.join(".")) ?? { key, held: [], untold: [], rows: [] };
    series.set(key.join("."), one);
    const [time, value, low, high] = ["TIME_PERIOD", "RATE", "RATE_LOW", "RATE_HIGH"]
      .map((name) => row[at[name]]);
    const period = named(time, key[0]);
    if (row[at.CONF_STATUS] === "E") one.held.push(period);
    else if (value === null) one.untold.push(period);
    else {
      one.rows.push({ period, begins: begins(period), value, low, high, status: null,
        margin: Math.max(value - low, high - value), vintage: null });
    }
  }
  return [...series.values()];
}
