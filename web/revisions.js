// The changes between two states of the ledger: the figures that were revised, and the new ones.
//
// Not here: the figures of either state; the server has them for any size of the ledger.
"use strict";

import { Refusal, ask, dataPath, seriesOf } from "./api.js";

/** @import { Answer, Changes, Earlier, Row, Series, View } from "./types" */

// Earlier states are cached by address: they never change.
const CACHED_MAX = 8;
/** @type {Map<string, Promise<Answer>>} */
const cached = new Map();

/** @type {(path: string) => Promise<Answer>} */
function askOnce(path) {
  const known = cached.get(path);
  if (known) return known;
  if (cached.size >= CACHED_MAX) cached.delete([...cached.keys()][0]);
  /** @type {Promise<Answer>} */
  const answer = ask(path);
  cached.set(path, answer);
  answer.catch(() => cached.delete(path));
  return answer;
}

/** @type {(key: string[], period: string) => string} */
const name = (key, period) => `${key.join(".")} ${period}`;

/**
 * The figures that are shown as they were at an earlier size; none if nothing was released then.
 * @param {View} view
 * @param {string | number} size
 * @param {Series[]} series
 * @returns {Promise<Series[]>}
 */
async function earlier(view, size, series) {
  const rows = series.flatMap((one) => one.rows);
  const [first, last] = rows.reduce(([a, b], row) =>
    [row.begins < a.begins ? row : a, row.begins > b.begins ? row : b], [rows[0], rows[0]]);
  try {
    // Only the same periods, whichever was the newest then.
    const range = { start: first.period, end: last.period, all: false };
    return seriesOf(await askOnce(dataPath({ ...view, ...range }, { asOf: size })));
  } catch (error) {
    if (error instanceof Refusal && error.code === "nothing-released") return [];
    throw error;
  }
}

/**
 * Compares the series shown with those of an earlier size.
 * @param {View} view
 * @param {string | number} size
 * @param {Series[]} series
 * @returns {Promise<Changes>}
 */
export async function changesSince(view, size, series) {
  const before = new Map((await earlier(view, size, series)).flatMap((one) =>
    one.rows.map((row) => [name(one.key, row.period), row])));
  /** @type {(key: string[], row: Row) => Earlier | null} */
  const changeOf = (key, row) => {
    const was = before.get(name(key, row.period));
    if (!was) return { isNew: true };
    // What was published is compared, not what was expected of it.
    const { value, margin } = row.counted ?? row;
    return was.value === value && was.margin === margin ? null : was;
  };
  /** @type {Changes} */
  const changes = { changeOf, size, revised: [], added: 0, shared: 0 };
  for (const { key, rows } of series) {
    for (const row of rows) {
      const was = changeOf(key, row);
      if (was?.isNew) changes.added += 1;
      else {
        changes.shared += 1;
        if (was) changes.revised.push({ row, was });
      }
    }
  }
  return changes;
}
