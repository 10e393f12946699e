// Asking the server, and the addresses of its answers.
//
// Not here: the ledger's tiles (log.js).
"use strict";

import { keyText } from "./address.js";
import { begins } from "./periods.js";

export const RECENT = { H: 72, D: 60, W: 52, M: 24, Q: 16, A: 10 };

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

export const structureOf = (id) => ask(`v1/dataflows/${encodeURIComponent(id)}`);

// Where a view's figures are, in a format of the server.
export function dataPath(view, { format = null, asOf = view.asOf } = {}) {
  const query = new URLSearchParams();
  if (view.start) query.set("startPeriod", view.start);
  if (view.end) query.set("endPeriod", view.end);
  if (!view.all && !view.start && !view.end) query.set("lastNObservations", RECENT[view.key[0][0]]);
  if (asOf) query.set("asOf", asOf);
  if (format) query.set("format", format);
  const text = query.toString();
  return `v1/data/${encodeURIComponent(view.flow)}/${keyText(view.key)}${text ? `?${text}` : ""}`;
}

// An answer as rows: one for each series, its observations in order of time. Periods that are
// under embargo have no figure and are told apart, as `held`.
export function seriesOf(answer) {
  const at = Object.fromEntries(answer.columns.map((name, position) => [name, position]));
  return answer.series.map((series) => ({
    key: series.key,
    held: series.observations.filter((row) => row[at.value] === null).map((row) => row[at.period]),
    rows: series.observations.filter((row) => row[at.value] !== null).map((row) => ({
      period: row[at.period], begins: begins(row[at.period]), value: row[at.value],
      margin: row[at.margin], low: row[at.low], high: row[at.high], status: row[at.status],
      vintage: row[at.vintage],
    })),
  }));
}
