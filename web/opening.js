// With which series a statistic opens: those of the plan, or the total by the shortest length of
// period whose figures are reliable.
//
// Not here: the key of an address that names one (pickers.js completes it).
"use strict";

import { plainView } from "./address.js";
import { Refusal, ask, dataPath, seriesOf } from "./api.js";
import { begins, containing, dayOf, endOf } from "./periods.js";
import { completed } from "./pickers.js";
import { TOTAL } from "./series.js";

/** @import { Answer, Row, Structure, View } from "./types" */

// A length of period is reliable if the newest margin is at most this share of its figure.
const RELIABLE_SHARE = 0.25;

/**
 * The newest figure of a key with one series; null if there is none.
 * @param {string} flow
 * @param {string[][]} key
 * @param {string | null} asOf
 * @returns {Promise<Row | null>}
 */
async function newestOf(flow, key, asOf) {
  try {
    /** @type {Answer} */
    const answer = await ask(dataPath({ ...plainView(flow), key, asOf }, { newest: 1 }));
    return seriesOf(answer)[0]?.rows.at(-1) ?? null;
  } catch (error) {
    if (error instanceof Refusal && error.code === "nothing-released") return null;
    throw error;
  }
}

/** Whether a whole period of this length lies in what is released.
 * @type {(structure: Structure, frequency: string) => boolean} */
function hasWhole({ first, last }, frequency) {
  if (!first || !last) return true;
  const [from, to] = [begins(first).getTime(), endOf(last).getTime()];
  const begin = containing(first, frequency);
  const period = begins(begin).getTime() < from
    ? containing(dayOf(endOf(begin)), frequency) : begin;
  return endOf(period).getTime() <= to;
}

/**
 * The key of a view, or if it has none, the one with which the statistic opens. If no length of
 * period is reliable, it is the longest that has a figure.
 * @param {Structure} structure
 * @param {Pick<View, "key" | "asOf">} view
 * @returns {Promise<string[][]>}
 */
export async function openingKey(structure, { key, asOf }) {
  const whole = completed(structure, key);
  if (key.length || structure.view || !structure.last) return whole;
  let longest = whole;
  for (const { id } of structure.dimensions[0].codes) {
    const candidate = [[id], ...whole.slice(1)];
    if (!hasWhole(structure, id)) continue;
    // One after the other, because the first is reliable in most plans.
    // oxlint-disable-next-line no-await-in-loop
    const row = await newestOf(structure.id, candidate, asOf);
    if (!row) continue;
    if (row.margin <= RELIABLE_SHARE * Math.abs(row.value)) return candidate;
    longest = candidate;
  }
  return longest;
}

/**
 * One series of the view with which a statistic opens: the total where the view has several codes.
 * @param {Structure} structure
 * @returns {Promise<string[]>}
 */
export async function openingSeries(structure) {
  const key = await openingKey(structure, { key: [], asOf: null });
  return structure.dimensions.map((dimension, position) => {
    const part = key[position];
    const total = part.length > 1 && dimension.codes.some((code) => code.id === TOTAL);
    return total ? TOTAL : part[0];
  });
}
