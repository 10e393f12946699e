// What became of cohorts, by age: the share or the number of each that has not ended, or went by a
// transition; or of one cohort every transition. Up to six lines with their bands.
//
// Not here: the figures (cohorts.js).
"use strict";

import { SERIES_MAX, limitLegend, limitsOf, placed } from "./chart.js";
import { EACH, SHARE, ageWords, cohortNotes, cohortsOf, combinationShown, partsOf, showsChoice,
  showsOf, showsWords, wentBy } from "./cohorts.js";
import { choice, codeChoices } from "./controls.js";
import { element, pictured } from "./dom.js";
import { drawLines, lineKeys, lineLegend } from "./lines.js";
import { figureWords, writing } from "./numbers.js";
import { periodWords } from "./periods.js";
import { codeWords, isWeak } from "./series.js";
import { flagLegend, missingLegend, moreLegend, nothing, orWhyNot, wideTable, wordsOf }
  from "./spells.js";
import { labelled, t } from "./words.js";

/** @import { Picture, Row, Scene, Structure } from "./types" */
/** @import { Cohorts } from "./cohorts.js" */
/** @import { Figure } from "./spells.js" */

/** @typedef {{ name: string, figures: Figure[] }} Curve by age */
/**
 * @typedef {{ structure: Structure, of: string, curves: Curve[], count: number,
 *   controls: Element[] }} Shown `of` says whose curves these are
 */

/**
 * The cohorts that are drawn: those of the address, or as many as can be, spread over all that are
 * known at several ages.
 * @param {string[]} cohorts
 * @param {string | null} at
 */
export function cohortsShown(cohorts, at) {
  const chosen = (at ?? "").split("+").filter((cohort) => cohorts.includes(cohort));
  if (chosen.length || at !== null) return chosen.slice(0, SERIES_MAX).sort();
  const known = cohorts.length > SERIES_MAX + 2 ? cohorts.slice(0, -2) : cohorts;
  if (known.length <= SERIES_MAX) return known;
  return Array.from({ length: SERIES_MAX }, (_, n) =>
    known[Math.round(n * (known.length - 1) / (SERIES_MAX - 1))]);
}

/**
 * The choice of the cohorts that are compared.
 * @param {Scene} scene
 * @param {string[]} cohorts
 * @param {string[]} chosen
 */
function cohortBoxes({ change }, cohorts, chosen) {
  const boxes = cohorts.slice().reverse().map((cohort) => {
    const on = chosen.includes(cohort);
    const input = element("input", { type: "checkbox", value: cohort, name: "cohort",
      id: `cohort-${cohort}`,
      disabled: !on && chosen.length >= SERIES_MAX });
    input.checked = on;
    input.addEventListener("change", () => {
      const at = on ? chosen.filter((one) => one !== cohort) : [...chosen, cohort];
      change({ at: at.sort().join("+") || null });
    });
    return element("label", { class: "code" }, input, periodWords(cohort));
  });
  const open = document.querySelector("#picture-controls .cohorts[open]");
  return element("details", { class: "cohorts", open: open !== null },
    element("summary", {}, element("span", { class: "label" }, t("cohorts")),
      element("span", { class: "chosen" },
        t("cohorts-chosen", { n: chosen.length, all: cohorts.length }))),
    element("fieldset", { class: "choices" }, element("legend", { class: "unseen" }, t("cohorts")),
      element("p", { class: "small" }, t("cohorts-most", { max: SERIES_MAX })),
      element("div", { class: "codes" }, boxes)));
}

/** @type {(found: Cohorts, cohort: string, months: number) => Figure[]} */
function lifeOf({ cohorts, figureAt }, cohort, months) {
  return Array.from({ length: Math.min(months, cohorts.length - cohorts.indexOf(cohort)) },
    (_, age) => figureAt(cohort, age));
}

/** @type {(scene: Scene, shows: string) => Promise<Shown>} */
async function byCohort(scene, shows) {
  const found = await cohortsOf(scene, shows);
  const months = partsOf(scene.structure).months.length;
  const chosen = cohortsShown(found.cohorts, scene.view.at);
  const of = combinationShown(scene.structure, scene.view).combination.name;
  return { structure: found.structure, of, count: chosen.length,
    curves: chosen.map((cohort) => ({ name: periodWords(cohort),
      figures: lifeOf(found, cohort, months) })),
    controls: [cohortBoxes(scene, found.cohorts, chosen)] };
}

/** @type {(scene: Scene) => Promise<Shown>} */
async function byTransition(scene) {
  const { structure, view, change } = scene;
  const { after, transitions, months, gone } = partsOf(structure);
  const known = after.map(({ id }) => id);
  const chosen = view.key[gone[1]].filter((code) => known.includes(code));
  const found = await wentBy(scene, chosen.length ? chosen : known);
  const { cohorts } = found[0];
  const [first] = (view.at ?? cohorts[0] ?? "").split("+");
  const cohort = cohorts.find((one) => one === first);
  const { name } = combinationShown(structure, view).combination;
  return { structure, of: `${name}, ${cohort && periodWords(cohort)}`, count: found.length,
    curves: cohort ? found.map((one) => ({
      name: codeWords(transitions, one.transition, view.codes),
      figures: lifeOf(one, cohort, months.length) })) : [],
    controls: [choice("at", t("cohort"), [...cohort ? [] : [""], ...cohorts.toReversed()]
      .map((one) => [one, one ? periodWords(one) : "\u2013"]), cohort ?? "",
    (at) => { change({ at }); })] };
}

/**
 * @param {Shown} shown
 * @param {string[]} ages in words
 * @param {import("./chart.js").Limits | null} limits
 */
function linesOf({ structure, curves }, ages, limits) {
  const { below, above } = writing(structure);
  const gap = { y: NaN, y1: NaN, y2: NaN, open: false, title: "" };
  return curves.map(({ name, figures }) => ({ name, points: figures.map((row, x) => (row
    ? { x, ...placed(row, limits),
      open: isWeak(row) || row.status === "P", title: [name, ages[x], figureWords(structure, row),
        t("range-words", { low: below(row.low), high: above(row.high) })].join("\n") }
    : { x, ...gap })) }));
}

/** @type {(shown: Shown, ages: string[]) => string[]} */
const inWords = ({ structure, curves }, ages) => curves.map(({ name, figures }) => t("curve-words",
  { name, figures: figures.map((figure, n) => labelled(ages[n], wordsOf(structure, figure)))
    .join("; ") }));

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export const show = (scene) => orWhyNot(async () => {
  const { structure, view, width } = scene;
  const shows = showsOf(structure, view, [EACH]);
  const shown = shows === EACH ? await byTransition(scene) : await byCohort(scene, shows);
  const controls = [showsChoice(scene, shows, [EACH]), ...shown.controls,
    ...codeChoices(scene, partsOf(structure).gone)];
  if (!shown.curves.some(({ figures }) => figures.some(Boolean))) {
    return view.at === null ? nothing(t("nothing"))
      : { ...nothing(t("period-none", { period: view.at })), controls };
  }
  const { ages: dimension, months } = partsOf(structure);
  const drawn = { ...shown, curves: shown.curves.slice(0, SERIES_MAX) };
  const rows = /** @type {Row[]} */ (drawn.curves.flatMap(({ figures }) => figures)
    .filter(Boolean));
  const oldest = Math.max(...shown.curves.map(({ figures }) => figures.length));
  const ages = months.slice(0, oldest).map((_, n) => ageWords(dimension, months, n, view));
  const limits = limitsOf(shown.structure, rows);
  const lines = linesOf(drawn, ages, limits);
  const isShare = shows === SHARE;
  const every = Math.ceil(oldest / Math.max(4, Math.floor(width / 45)));
  const drawing = await drawLines(lines, width, {
    x: { domain: [0, Math.max(1, oldest - 1)], label: dimension.name, labelAnchor: "center",
      labelArrow: "none", tickFormat: String,
      ticks: ages.map((_, n) => n).filter((n) => n % every === 0) },
    y: { ...(isShare ? { domain: [limits?.low ?? Math.min(0, ...rows.map(({ low }) => low)),
      limits?.high ?? Math.max(1, ...rows.map(({ high }) => high))], tickFormat: "~%" }
      : { zero: true, nice: true, tickFormat: writing(structure).nearest }), ticks: 6 } });
  const what = showsWords(structure, shows, view);
  const words = inWords(shown, ages);
  const caption = t("curves-caption", { what, age: dimension.name, name: shown.of });
  pictured(drawing, `${t("chart-label")}. ${caption}. ${words.join(" ")}`);
  return { drawing, words,
    file: { line: `${caption}, ${t("band")}`,
      key: lineKeys(lines, drawn.curves[0].name) },
    legend: [...lineLegend(lines, drawn.curves[0].name),
      ...limitLegend(shown.structure, rows, limits), ...cohortNotes(structure, view),
      ...missingLegend(shown.structure, drawn.curves.flatMap(({ figures }) => figures)),
      ...flagLegend(shown.structure, rows), ...moreLegend(shown.count, SERIES_MAX)],
    controls,
    table: wideTable(shown.structure, caption, dimension.name,
      shown.curves.map(({ name }) => name), ages.map((age, n) => ({ head: age,
        figures: shown.curves.map(({ figures }) => figures[n]) }))) };
}, () => [showsChoice(scene, showsOf(scene.structure, scene.view, [EACH]), [EACH])]);
