// Nowcasts in the place of counts to which late events are still to be added: the figure that is
// shown is what the count will be in the end, with the count behind it.
//
// Not here: the estimate, which the server computes from published figures, and how it is drawn.
"use strict";

import { ask, derivedPath, positions } from "./api.js";
import { named } from "./periods.js";

/** @import { Answer, Nowcast, Row, Series, View } from "./types" */

/** @type {(key: string[], period: string) => string} */
const name = (key, period) => `${key.join(".")} ${period}`;

/**
 * The nowcasts of a view's series, by key and period.
 * @param {View} view
 * @returns {Promise<Map<string, Nowcast>>}
 */
async function nowcastsOf(view) {
  /** @type {Answer} */
  const { columns, rows } = await ask(derivedPath(view, `${view.flow}.NOWCAST`));
  const at = positions(columns);
  return new Map((rows ?? []).map((row) => {
    const key = row.slice(0, at.TIME_PERIOD).map(String);
    const [value, low, high] = [row[at.OBS_VALUE], row[at.CI_LOW], row[at.CI_HIGH]].map(Number);
    return [name(key, named(String(row[at.TIME_PERIOD]), key[0])),
      { value, low, high, by: String(row[at.COUNTED_BY]) }];
  }));
}

/** @type {(row: Row, nowcast: Nowcast) => Row} */
const estimated = (row, { value, low, high, by }) => ({ ...row, value, low, high, isOpen: false,
  margin: Math.max(value - low, high - value),
  counted: { value: row.value, margin: row.margin, low: row.low, high: row.high, by } });

/**
 * The series with a nowcast for every count to which late events are still to be added, as far as
 * there is one.
 * @param {View} view
 * @param {Series[]} series
 * @returns {Promise<Series[]>}
 */
export async function withNowcasts(view, series) {
  if (!series.some(({ rows }) => rows.some((row) => row.isOpen))) return series;
  // Without any, the page says what is counted.
  const known = await nowcastsOf(view).catch(() => new Map());
  return series.map((one) => ({ ...one, rows: one.rows.map((row) => {
    const nowcast = row.isOpen ? known.get(name(one.key, row.period)) : undefined;
    return nowcast ? estimated(row, nowcast) : row;
  }) }));
}

/**
 * How often past nowcasts of the steps of a series held the final figure, and how often the
 * intervals of the counts alone did; null where none is complete.
 * @param {View} view
 * @param {string[]} key
 * @param {string} step
 */
export async function heldOf(view, key, step) {
  const steps = { ...view, key: [step, ...key.slice(1)].map((code) => [code]), all: true,
    start: null, end: null };
  /** @type {Answer | null} */
  const answer = await ask(derivedPath(steps, `${view.flow}.NOWCAST_HELD`)).catch(() => null);
  if (!answer?.rows?.length) return null;
  const at = positions(answer.columns);
  const held = (/** @type {string} */ column) =>
    answer.rows?.filter((row) => row[at[column]] === "Y").length ?? 0;
  return { count: answer.rows.length, held: held("HELD"), counts: held("COUNTED_HELD") };
}
