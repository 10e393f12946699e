// The figures of cohorts by age: who has not ended, as a share and as a number, and how many went
// by each transition.
//
// Not here: how they are drawn (triangle.js, curves.js). A cohort's figures at an age are those of
// the month that lies as much later.
"use strict";

import { ask, dataPath, seriesOf } from "./api.js";
import { choice } from "./controls.js";
import { element } from "./dom.js";
import { codeWords } from "./series.js";
import { asShares, combinations, derived, figureIn, idIn, ownCodes, placeOf, withStatus }
  from "./spells.js";
import { t } from "./words.js";

/** @import { Answer, Code, Dimension, Scene, Structure, View } from "./types" */
/** @import { Combination, Figure } from "./spells.js" */
/**
 * The figures of one combination of codes by cohort and age, and the structure by which they are
 * written.
 * @typedef {{ structure: Structure, cohorts: string[],
 *   figureAt: (cohort: string, age: number) => Figure }} Cohorts
 */

export const SHARE = "share";
export const LEFT = "left";
/** Every transition of one cohort. */
export const EACH = "each";

/** @type {(month: string, later: number) => string} */
export function monthLater(month, later) {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + later;
  return `${Math.floor(count / 12)}-${String(count % 12 + 1).padStart(2, "0")}`;
}

/**
 * The dimensions of ages and of transitions, the ages of which one cohort can be told (all but the
 * last, which is open), and the transitions by which a cohort does not begin.
 * @param {Structure} structure
 */
export function partsOf(structure) {
  const [age, transition] = [placeOf(structure, "age"), placeOf(structure, "transition")];
  const [ages, transitions] = [age, transition].map((place) => structure.dimensions[place]);
  return { gone: [age, transition], ages, transitions, months: ownCodes(ages).slice(0, -1),
    after: ownCodes(transitions).filter(({ id }) => !structure.beginnings?.includes(id)) };
}

/** @type {(view: View) => View} */
const byMonth = (view) => ({ ...view, key: [["M"], ...view.key.slice(1)] });

/**
 * The combination that is shown, the first, and how many there are.
 * @param {Structure} structure
 * @param {View} view
 * @returns {{ combination: Combination, count: number }}
 */
export function combinationShown(structure, view) {
  const all = combinations(structure, byMonth(view), partsOf(structure).gone);
  return { combination: all[0], count: all.length };
}

/**
 * Who of each cohort has not ended at each age.
 * @param {Scene} scene
 * @param {string} shows SHARE or LEFT
 * @returns {Promise<Cohorts>}
 */
async function left(scene, shows) {
  const { structure, view } = scene;
  const { gone, months } = partsOf(structure);
  const { combination } = combinationShown(structure, view);
  const key = combination.key.map((code, n) => (gone.includes(n) ? [] : [code]));
  const idOfRow = idIn(structure, gone);
  const rows = (await derived(byMonth(view), structure.id, key))
    .filter((row) => idOfRow(row) === combination.id);
  const columns = shows === SHARE ? ["PART", "PART_LOW", "PART_HIGH"]
    : ["LEFT", "LEFT_LOW", "LEFT_HIGH"];
  const byPlace = new Map(rows.map((row) => [`${row.COHORT} ${row.AGE}`, row]));
  const status = withStatus(scene);
  return { structure: shows === SHARE ? asShares(structure) : structure,
    cohorts: [...new Set(rows.map(({ COHORT }) => String(COHORT)))].sort(),
    figureAt: (cohort, age) => {
      const row = byPlace.get(`${cohort} ${months[age].id}`);
      return row && status(figureIn(row, columns, cohort), monthLater(cohort, age));
    } };
}

/**
 * How many of each cohort went by some transitions at each age.
 * @param {Scene} scene
 * @param {string[]} transitions
 * @returns {Promise<(Cohorts & { transition: string })[]>}
 */
export async function wentBy({ structure, view }, transitions) {
  const { gone: [age, transition], months } = partsOf(structure);
  const { combination } = combinationShown(structure, view);
  const key = combination.key.map((code, n) => (n === age ? months.map(({ id }) => id)
    : n === transition ? transitions : [code]));
  /** @type {Answer} */
  const answer = await ask(dataPath({ ...view, key }));
  const series = seriesOf(answer);
  const cohorts = [...new Set(series.flatMap(({ rows, embargoed }) =>
    [...rows.map(({ period }) => period), ...embargoed]))].sort();
  return transitions.map((code) => {
    const own = new Map(series.filter((one) => one.key[transition] === code)
      .map((one) => [one.key[age], { embargoed: one.embargoed,
        rows: new Map(one.rows.map((row) => [row.period, row])) }]));
    return { structure, cohorts, transition: code, figureAt: (cohort, n) => {
      const month = monthLater(cohort, n);
      const one = own.get(months[n].id);
      return one?.embargoed.includes(month) ? null : one?.rows.get(month);
    } };
  });
}

/**
 * @param {Scene} scene
 * @param {string} shows SHARE, LEFT or a transition
 * @returns {Promise<Cohorts>}
 */
export const cohortsOf = async (scene, shows) => (shows === SHARE || shows === LEFT
  ? left(scene, shows) : (await wentBy(scene, [shows]))[0]);

/**
 * What is shown: what the address names, or the share that has not ended.
 * @param {Structure} structure
 * @param {View} view
 * @param {string[]} others that this picture knows besides
 */
export function showsOf(structure, { shows }, others = []) {
  const known = [SHARE, LEFT, ...others, ...partsOf(structure).after.map(({ id }) => id)];
  return shows !== null && known.includes(shows) ? shows : SHARE;
}

/**
 * What is shown, in words.
 * @param {Structure} structure
 * @param {string} shows
 * @param {View} view
 */
export const showsWords = (structure, shows, view) => ([SHARE, LEFT, EACH].includes(shows)
  ? t(`shows-${shows}`) : codeWords(partsOf(structure).transitions, shows, view.codes));

/**
 * The choice of what is shown.
 * @param {Scene} scene
 * @param {string} chosen
 * @param {string[]} others
 */
export function showsChoice({ structure, view, change }, chosen, others = []) {
  const ids = [SHARE, LEFT, ...others, ...partsOf(structure).after.map(({ id }) => id)];
  return choice("shows", t("shows"), ids.map((id) => [id, showsWords(structure, id, view)]), chosen,
    (shows) => { change({ shows: shows === SHARE ? null : shows }); });
}

/**
 * That a picture is of the first combination of codes only, if there are several; and that cohorts
 * are by the month.
 * @param {Structure} structure
 * @param {View} view
 */
export function cohortNotes(structure, view) {
  const { combination, count } = combinationShown(structure, view);
  const notes = count > 1 ? [t("cohort-first", { name: combination.name, count })] : [];
  if (view.key[0][0] !== "M") notes.push(t("cohort-months"));
  return notes.map((words) => element("span", {}, words));
}

/** @type {(dimension: Dimension, ages: Code[], n: number, view: View) => string} */
export const ageWords = (dimension, ages, n, view) =>
  codeWords(dimension, ages[n].id, view.codes);
