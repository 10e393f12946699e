// How many persons the bound of a statistic cuts, where the plan measures that.
//
// Not here: the bound itself; the server says it with the structure of the statistic.
"use strict";

import { plainView } from "./address.js";
import { Refusal, ask, dataPath, seriesOf } from "./api.js";
import { TOTAL, isOfPlan } from "./series.js";

/** @import { Answer, Catalogue, Dataflow, Row, Structure } from "./types" */

/**
 * The dataflow that counts the persons at the bound of this one, if the plan has it.
 * @param {Catalogue} list
 * @param {string} flow
 * @returns {Dataflow | undefined}
 */
export const atBoundOf = (list, flow) => list.dataflows.find(({ boundOf }) => boundOf === flow);

/**
 * The key of persons at the bound for periods of this frequency, with the codes of another key
 * where the two have a dimension in common, and totals elsewhere.
 * @param {Structure} structure
 * @param {string} frequency
 * @param {Map<string, string>} codes by dimension
 */
export const atBoundKey = (structure, frequency, codes = new Map()) =>
  structure.dimensions.map((dimension) => {
    const { id, codes: known } = dimension;
    if (id === "FREQ") return frequency;
    if (!isOfPlan(dimension)) return known[0].id;
    return known.find((each) => each.id === codes.get(id))?.id ?? TOTAL;
  });

/**
 * The figures of one series of persons at the bound; none if none are released.
 * @param {Structure} structure
 * @param {string[]} key
 * @param {{ newest?: number, period?: string, asOf?: string | null }} choice
 * @returns {Promise<Row[]>}
 */
export async function atBoundRows(structure, key, { newest, period, asOf = null }) {
  const view = { ...plainView(structure.id), key: key.map((code) => [code]),
    start: period ?? null, end: period ?? null, asOf };
  try {
    /** @type {Answer} */
    const answer = await ask(dataPath(view, newest ? { newest } : {}));
    return seriesOf(answer)[0]?.rows ?? [];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/**
 * The newest figure of persons at a bound, of whole months where there are any.
 * @param {Structure} structure
 * @returns {Promise<{ key: string[], row: Row } | null>}
 */
export async function newestAtBound(structure) {
  const frequency = structure.grains.includes("M") ? "M" : structure.grains[0];
  const key = atBoundKey(structure, frequency);
  const row = (await atBoundRows(structure, key, { newest: 1 })).at(-1);
  return row ? { key, row } : null;
}
