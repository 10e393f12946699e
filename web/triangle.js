// The triangle of cohorts: a row for each month of beginning, a column for each age, and in each
// cell the share that has not ended, or a number, as text and as one of five shades.
//
// Not here: the figures (cohorts.js), the shades (view.css). It is a table, so it has no SVG.
"use strict";

import { SHARE, ageWords, cohortNotes, cohortsOf, combinationShown, partsOf, showsChoice, showsOf,
  showsWords } from "./cohorts.js";
import { codeChoices } from "./controls.js";
import { element } from "./dom.js";
import { figureWords, isRate, nearest, percent, writing } from "./numbers.js";
import { periodWords } from "./periods.js";
import { isWeak, statusWords } from "./series.js";
import { flagLegend, missing, missingLegend, nothing, orWhyNot, wideTable, wordsOf }
  from "./spells.js";
import { labelled, t } from "./words.js";

/** @import { Picture, Row, Scene, Structure } from "./types" */
/** @import { Cohorts } from "./cohorts.js" */
/** @import { Figure } from "./spells.js" */

const SHADES = 5;

/** @type {(structure: Structure, value: number) => string} */
const short = (structure, value) => (isRate(structure)
  ? percent(Math.round(value * 100) / 100).replace("-", "\u2212") : nearest(value));

/**
 * The shade of a value, as it is written.
 * @type {(value: number, most: number) => number}
 */
const shadeOf = (value, most) =>
  Math.max(0, Math.min(SHADES - 1, Math.floor(SHADES * value / most + 1e-9)));

/**
 * @param {Structure} structure
 * @param {Figure} figure
 * @param {string} place the cohort and the age
 * @param {number} most the value of the darkest shade
 */
function cell(structure, figure, place, most) {
  const words = (/** @type {string} */ text) => `${place}: ${text}`;
  if (!figure) {
    return element("td", { class: "none", title: words(missing(structure, figure)) },
      figure === null ? "\u2026" : "\u2013");
  }
  const { below, above } = writing(structure);
  const shade = shadeOf(isRate(structure) ? Math.round(figure.value * 100) / 100 : figure.value,
    most);
  const title = words([figureWords(structure, figure),
    t("range-words", { low: below(figure.low), high: above(figure.high) }),
    statusWords(structure, figure)].join(", "));
  return element("td", { class: `shade-${shade} ${isWeak(figure) ? "weak" : ""}`, title },
    short(structure, figure.value));
}

/**
 * @param {Cohorts} cohorts
 * @param {(Figure | "later")[][]} figures by cohort and age
 * @param {string[]} ages in words
 * @param {number} most
 * @param {string} caption
 */
function drawing({ structure, cohorts }, figures, ages, most, caption) {
  const table = element("table", { "aria-labelledby": "triangle" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, t("cohort")),
      ages.map((age, n) => element("th", { scope: "col", title: age, "aria-label": age },
        String(n))))),
    element("tbody", {}, cohorts.map((cohort, n) => element("tr", {},
      element("th", { scope: "row" }, periodWords(cohort)),
      figures[n].map((figure, age) => (figure === "later" ? element("td", {})
        : cell(structure, figure, `${periodWords(cohort)}, ${ages[age]}`, most)))))));
  return element("div", {}, element("p", { class: "small", id: "triangle" }, caption),
    element("div", { class: "table tall triangle", role: "region", "aria-labelledby": "triangle",
      tabindex: "0" }, table));
}

/** @type {(structure: Structure, most: number, rows: Row[]) => Element[]} */
function legend(structure, most, rows) {
  const key = (/** @type {string} */ kind, /** @type {string} */ words) => element("span",
    { class: "key" }, element("i", { class: `swatch ${kind}`, "aria-hidden": "true" }), words);
  const words = (/** @type {number} */ n) => short(structure, most * n / SHADES);
  const shades = Array.from({ length: SHADES }, (_, n) => key(`shade-${n}`,
    t("range-words", { low: words(n), high: words(n + 1) })));
  return [...shades, ...(rows.some(isWeak) ? [key("weak", t("hatched-weak"))] : [])];
}

/** @type {(cohorts: Cohorts, figures: (Figure | "later")[][], ages: string[]) => string[]} */
function inWords({ structure, cohorts }, figures, ages) {
  return cohorts.map((cohort, n) => {
    const known = figures[n].flatMap((figure, age) =>
      (figure && figure !== "later" ? [{ figure, age }] : []));
    if (!known.length) return labelled(periodWords(cohort), missing(structure, undefined));
    const [first, last] = [known[0], known[known.length - 1]].map(({ figure, age }) =>
      `${wordsOf(structure, figure)} (${ages[age]})`);
    return first === last ? `${labelled(periodWords(cohort), first)}.`
      : t("cohort-words", { cohort: periodWords(cohort), first, last });
  });
}

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export const show = (scene) => orWhyNot(async () => {
  const { structure, view } = scene;
  const shows = showsOf(structure, view);
  const found = await cohortsOf(scene, shows);
  if (!found.cohorts.length) return nothing(t("nothing"));
  const { ages: dimension, months } = partsOf(structure);
  // The newest cohort is known at its first age only, and so on.
  const count = Math.min(months.length, found.cohorts.length);
  const ages = months.slice(0, count).map((_, n) => ageWords(dimension, months, n, view));
  const figures = found.cohorts.map((cohort, n) => ages.map((_, age) =>
    (n + age < found.cohorts.length ? found.figureAt(cohort, age)
      : /** @type {const} */ ("later"))));
  const known = figures.flat().filter((figure) => figure !== "later");
  const rows = known.filter((figure) => figure !== undefined && figure !== null);
  const most = shows === SHARE ? 1 : Math.max(1, ...rows.map(({ value }) => value));
  const caption = t("triangle-caption", { what: showsWords(structure, shows, view),
    name: combinationShown(structure, view).combination.name, age: dimension.name });
  return { drawing: drawing(found, figures, ages, most, caption),
    legend: [...legend(found.structure, most, rows), ...cohortNotes(structure, view),
      ...missingLegend(found.structure, known), ...flagLegend(found.structure, rows, true)],
    words: inWords(found, figures, ages),
    controls: [showsChoice(scene, shows), ...codeChoices(scene, partsOf(structure).gone)],
    table: wideTable(found.structure, caption, t("cohort"), ages,
      found.cohorts.map((cohort, n) =>
        ({ head: periodWords(cohort), figures: figures[n] }))) };
}, () => [showsChoice(scene, showsOf(scene.structure, scene.view))]);
