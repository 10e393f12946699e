// The pictures of a statistic: which there are, which of them fit, and where they are drawn.
//
// Not here: how each is drawn. Each has a file of its own, which is loaded when it is asked for and
// exports `show`: from a scene (what is to be shown) to a picture (what is drawn, its legend, its
// words, its table). The names are those that an address may have (`VIEWS` in address.js).
"use strict";

import { write } from "./address.js";
import { SERIES_MAX, controlsOf } from "./chart.js";
import { $, element } from "./dom.js";
import { listsOf } from "./lists.js";
import { countriesOf } from "./series.js";
import { t } from "./words.js";

/** @import { Picture, PictureKind, Row, Scene, Structure, View } from "./types" */

/** Whether a statistic counts transitions between statuses.
 * @type {(structure: Structure) => boolean} */
const hasTransitions = ({ measure, lifeCycle }) => measure !== "rate"
  && Boolean(lifeCycle?.transitions.some(({ counted }) => counted));
/** @type {(structure: Structure) => boolean} */
const hasBands = ({ measure, roles }) => measure === "duration" && Boolean(roles?.band);
/** @type {(structure: Structure) => boolean} */
const hasCohorts = ({ measure, roles, beginnings }) =>
  measure === "cohort" && Boolean(roles?.age && roles.transition && beginnings?.length);

/** @type {PictureKind[]} */
const PICTURES = [
  { id: "chart", fits: () => true, load: ({ series }) =>
    (series.length > SERIES_MAX ? import("./multiples.js") : import("./chart.js")) },
  { id: "map", isOfPeriod: true, fits: (structure) => countriesOf(structure).length > 0,
    load: () => import("./map.js") },
  { id: "ranking", isOfPeriod: true, fits: (structure) => listsOf(structure).length > 0,
    load: () => import("./ranking.js") },
  { id: "lifecycle", isOfPeriod: true, fits: hasTransitions,
    load: () => import("./lifecycle.js") },
  { id: "distribution", isOfPeriod: true,
    fits: (structure) => hasBands(structure) || hasCohorts(structure),
    load: () => import("./distribution.js") },
  { id: "survival", isOfPeriod: true, fits: hasBands, load: () => import("./survival.js") },
  { id: "median", fits: hasBands, load: () => import("./median.js") },
  { id: "triangle", fits: hasCohorts, isTable: true,
    load: () => import("./triangle.js") },
  { id: "curves", fits: hasCohorts, load: () => import("./curves.js") },
];
/** The view that shows only the table. */
const TABLE = "table";

/**
 * The views of a statistic, in the order in which they are offered.
 * @param {Structure} structure
 */
export const viewsOf = (structure) => {
  const [chart, ...others] = PICTURES.filter(({ fits }) => fits(structure)).map(({ id }) => id);
  return [chart, TABLE, ...others];
};

/**
 * The figure of a series that a view is about: that of the period that its picture shows, or else
 * the newest.
 * @param {View} view
 * @param {Row[]} rows
 * @returns {Row}
 */
export function rowShown({ view, at }, rows) {
  const isOfPeriod = PICTURES.some(({ id, isOfPeriod: is }) => id === view && is);
  return (isOfPeriod && rows.find(({ period }) => period === at)) || rows[rows.length - 1];
}

/**
 * Whether the picture of a view can be saved as a drawing.
 * @param {Pick<Scene, "structure" | "view" | "series">} scene
 */
export function isSavable({ structure, view, series }) {
  const kind = PICTURES.find(({ id, fits }) => id === view.view && fits(structure));
  if (kind === PICTURES[0]) return series.length <= SERIES_MAX;
  return kind ? !kind.isTable : view.view === TABLE && series.length <= SERIES_MAX;
}

/**
 * Draws the picture that the view names; for a table, the chart. Null if there is none.
 * @param {Scene} scene
 * @returns {Promise<Picture | null>}
 */
export async function pictureOf(scene) {
  const { structure, view } = scene;
  const id = view.view === TABLE ? PICTURES[0].id : view.view;
  const kind = PICTURES.find((candidate) => candidate.id === id && candidate.fits(structure));
  return kind ? (await kind.load(scene)).show(scene) : null;
}

/** Puts what the reader can set on a picture above it. A control that had the focus keeps it.
 * @type {(controls: Element[]) => void} */
function placeControls(controls) {
  const bar = $("picture-controls");
  const focused = bar.contains(document.activeElement) ? document.activeElement?.id : null;
  bar.replaceChildren(...controls);
  bar.hidden = !controls.length;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/**
 * Makes room for a picture before it is drawn, as view.css says how much, and shows what can be set
 * on a chart, which is known before.
 * @param {Scene} scene
 */
export function makeRoom(scene) {
  $("view-picture").dataset.picture = scene.view.view;
  $("view-picture").hidden = false;
  const isChart = scene.view.view === PICTURES[0].id;
  if (!isChart) $("picture-controls").hidden = false;
  else placeControls(scene.series.length > SERIES_MAX ? [] : controlsOf(scene));
}

/** Puts a picture in its place. Its table, if it has one, comes in place of the usual one.
 * @type {(picture: Picture) => void} */
export function place({ drawing, legend, words = [], controls = [], table = null }) {
  $("chart").replaceChildren(drawing);
  $("legend").replaceChildren(...legend);
  placeControls(controls);
  $("chart-words").replaceChildren(...words.map((text) => element("p", {}, text)));
  $("chart-in-words").hidden = !words.length;
  $("picture-table").replaceChildren(...(table ? [table] : []));
  $("picture-table").hidden = !table;
  $("view-table").hidden = table !== null;
}

/**
 * Shows a table without a picture.
 */
export function placeNone() {
  for (const id of ["view-picture", "chart-in-words", "picture-table"]) $(id).hidden = true;
  $("view-table").hidden = false;
}

/**
 * That there is no such picture of the statistic, with a link to the chart.
 * @param {Structure} structure
 * @param {View} view
 * @returns {Element}
 */
export function noPicture(structure, view) {
  const chart = element("a", { href: write({ ...view, view: PICTURES[0].id }),
    "data-flow": view.flow }, t("picture-instead"));
  return element("p", { class: "note" }, t(`${view.view}-not`, { name: structure.name }), " ",
    chart);
}
