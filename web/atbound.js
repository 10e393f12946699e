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
 * The key of all persons at the bound, for periods of this frequency.
 * @param {Structure} structure
 * @param {string} frequency
 */
export const atBoundKey = (structure, frequency) => structure.dimensions.map((dimension) => {
  if (dimension.id === "FREQ") return frequency;
  return isOfPlan(dimension) ? TOTAL : dimension.codes[0].id;
});

/**
 * The newest figure of persons at a bound, of whole months where there are any; null if none are
 * released.
 * @param {Structure} structure
 * @returns {Promise<{ key: string[], row: Row } | null>}
 */
export async function newestAtBound(structure) {
  const frequency = structure.grains.includes("M") ? "M" : structure.grains[0];
  const key = atBoundKey(structure, frequency);
  const view = { ...plainView(structure.id), key: key.map((code) => [code]) };
  try {
    /** @type {Answer} */
    const answer = await ask(dataPath(view, { newest: 1 }));
    const row = seriesOf(answer)[0]?.rows.at(-1);
    return row ? { key, row } : null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
