// The lists of codes that can be compared in one picture: the members of a dimension, and its
// groups at each level, so that no bar is a part of another.
//
// Not here: the pictures (ranking.js).
"use strict";

import { TOTAL } from "./series.js";

/** @import { Code, CodeSet, Dimension, Structure, View } from "./types" */

const GENERAL = ["FREQ", "REF_AREA", "INDICATOR"];
// A list with fewer codes needs no picture of its own.
const CODES_MIN = 3;

/** @type {(dimension: Dimension, code: Code) => number} */
function depthOf(dimension, code) {
  const parent = dimension.codes.find(({ id }) => id === code.parent);
  return parent ? 1 + depthOf(dimension, parent) : 0;
}

/**
 * The lists that can be ranked: the members of each dimension, and its groups at each level. The
 * longest comes first.
 * @param {Structure} structure
 * @returns {CodeSet[]}
 */
export function listsOf(structure) {
  const lists = structure.dimensions.flatMap((dimension, position) => {
    if (GENERAL.includes(dimension.id)) return [];
    const parents = new Set(dimension.codes.map(({ parent }) => parent));
    const codes = dimension.codes.filter(({ id }) => id !== TOTAL);
    const groups = codes.filter(({ id }) => parents.has(id));
    const levels = [...new Set(groups.map((code) => depthOf(dimension, code)))].sort();
    const idsOf = (/** @type {Code[]} */ some) => some.map(({ id }) => id);
    return [{ id: dimension.id, position, level: null,
      codes: idsOf(codes.filter(({ id }) => !parents.has(id))) },
    ...levels.map((level) => ({ id: `${dimension.id}/${level + 1}`, position, level,
      codes: idsOf(groups.filter((code) => depthOf(dimension, code) === level)) }))];
  });
  return lists.filter(({ codes }) => codes.length >= CODES_MIN)
    .sort((a, b) => b.codes.length - a.codes.length);
}

/**
 * The key of a picture of a list: these codes of its dimension, and of every other the first that
 * is chosen. No codes are all codes.
 * @param {View} view
 * @param {number} position
 * @param {string[]} codes
 */
export const keyOfList = ({ key }, position, codes) =>
  key.map((part, n) => (n === position ? codes : [part[0]]));

/** @type {WeakMap<Dimension, Map<string, number>>} */
const LEVELS = new WeakMap();

/**
 * How deep each code of a dimension lies: 0 for the total, 1 for a group at the top, more for what
 * it contains, and beyond all groups for a member.
 * @param {Dimension} dimension
 */
function levelsOf(dimension) {
  const known = LEVELS.get(dimension);
  if (known) return known;
  const groups = new Set(dimension.codes.map(({ parent }) => parent));
  const depths = dimension.codes.map((code) => depthOf(dimension, code));
  const members = 1 + Math.max(...depths);
  const found = new Map(dimension.codes.map(({ id }, n) =>
    [id, id === TOTAL ? 0 : groups.has(id) ? 1 + depths[n] : members]));
  LEVELS.set(dimension, found);
  return found;
}

/** @type {(dimension: Dimension, id: string) => number} */
const levelOf = (dimension, id) => levelsOf(dimension).get(id) ?? 0;

/**
 * Of the codes of each dimension the one that is deepest in its list, which needs most.
 * @param {Structure} structure
 * @param {string[][]} key
 */
export const deepest = ({ dimensions }, key) => key.map((codes, n) => codes.reduce((a, b) =>
  (levelOf(dimensions[n], b) > levelOf(dimensions[n], a) ? b : a)));

/**
 * Whether a statistic measures series for periods of their length, as far as it says.
 * @param {Structure} structure
 * @param {string[][]} key
 */
export const isMeasured = (structure, key) =>
  lengthsOf(structure, deepest(structure, key)).includes(key[0][0]);

/**
 * The lengths of periods for which a statistic publishes series like this one, the shortest first:
 * those of the marginals of a table that are at least as detailed; all of them for a statistic that
 * is no table. A rate does not say.
 * @param {Structure} structure
 * @param {string[]} key
 */
export function lengthsOf(structure, key) {
  const { grains, margins } = structure;
  if (!margins || structure.parts) return grains;
  const levels = structure.dimensions.map((dimension, n) => levelOf(dimension, key[n]))
    .slice(GENERAL.length);
  const shortest = Math.min(...margins.filter((margin) =>
    levels.every((level, n) => level <= margin.levels[n]))
    .map(({ frequency }) => grains.indexOf(frequency)));
  return Number.isFinite(shortest) ? grains.slice(shortest) : [];
}
