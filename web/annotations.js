// What changed in what is counted, on the time axis of a chart: breaks, codes that begin or end to
// be counted, sources that begin to deliver. Each day has a number, and a note with that number.
//
// Not here: the line of the figures (chart.js), and the amendments in the ledger (ledger.js).
"use strict";

import { element, styled } from "./dom.js";
import { begins, dayOf, endOf, periodWords } from "./periods.js";
import { TOTAL, codeWords } from "./series.js";
import { labelled, listWords, t } from "./words.js";

/** @import { Annotation, Code, Dimension, Mark, Row, Structure, View } from "./types" */
/** @typedef {{ day: string, words: string, isBreak: boolean }} Note */

// At most this number of days have a number; the newest count most.
const ANNOTATIONS_MAX = 9;
// Labels that would be closer than this, in pixels, are set on two heights.
const LABEL = 64;

/** @type {(structure: Structure) => Note[]} */
function breaksOf(structure) {
  const notes = (structure.parts ?? [structure]).flatMap(({ breaks = [] }) => breaks)
    .map(({ from, note }) => ({ day: from, words: t("note-break", { note }), isBreak: true }));
  return notes.filter((note, n) =>
    notes.findIndex(({ day, words }) => day === note.day && words === note.words) === n);
}

/** @type {(dimension: Dimension, code: Code) => string[]} */
function withGroups(dimension, code) {
  const parent = dimension.codes.find(({ id }) => id === code.parent);
  return [code.id, ...(parent ? withGroups(dimension, parent) : [])];
}

/**
 * The codes that are counted in the figures of a view, by themselves or in a total, from or until
 * some day only.
 * @param {Structure} structure
 * @param {View} view
 * @returns {Note[]}
 */
function codesOf(structure, view) {
  return structure.dimensions.flatMap((dimension, position) => {
    const chosen = view.key[position] ?? [];
    const isCounted = (/** @type {Code} */ code) =>
      [TOTAL, ...withGroups(dimension, code)].some((id) => chosen.includes(id));
    /** @type {(name: string, day: string, code: Code) => Note} */
    const note = (name, day, code) => ({ day, isBreak: false, words: t(name,
      { code: codeWords(dimension, code.id, view.codes), dimension: dimension.name }) });
    return dimension.codes.filter(isCounted).flatMap((code) => [
      ...(code.validFrom ? [note("note-opened", code.validFrom, code)] : []),
      ...(code.validTo ? [note("note-closed", dayOf(endOf(code.validTo)), code)] : [])]);
  });
}

/** @type {(structure: Structure) => Note[]} */
const sourcesOf = ({ amendments = [] }) => amendments.filter(({ sources }) => sources?.length)
  .map(({ from, note, sources = [] }) => ({ day: from, isBreak: false, words: t("note-sources",
    { names: listWords(sources.map(({ name }) => name)), note }) }));

/**
 * The notes of the time that the rows cover, by day, the oldest first.
 * @param {Structure} structure
 * @param {View} view
 * @param {Row[]} rows
 * @returns {Annotation[]}
 */
export function annotationsOf(structure, view, rows) {
  const first = Math.min(...rows.map((row) => row.begins.getTime()));
  const last = Math.max(...rows.map((row) => endOf(row.period).getTime()));
  const notes = [...breaksOf(structure), ...codesOf(structure, view), ...sourcesOf(structure)]
    .filter(({ day }) => begins(day).getTime() >= first && begins(day).getTime() < last);
  const days = [...new Set(notes.map(({ day }) => day))].sort().slice(-ANNOTATIONS_MAX);
  return days.map((day, n) => {
    const all = notes.filter((note) => note.day === day);
    return { number: n + 1, at: begins(day), isBreak: all.some(({ isBreak }) => isBreak),
      words: labelled(periodWords(day), all.map(({ words }) => words).join(" ")) };
  });
}

/**
 * A vertical line at each day, dashed for a break and dotted for the others, with its number.
 * @param {Annotation[]} annotations
 * @param {number} width of the chart in pixels
 * @param {Row[]} rows
 * @returns {Mark[]}
 */
export function annotationMarks(annotations, width, rows) {
  if (!annotations.length) return [];
  const colour = styled("--soft");
  const [first, last] = [rows[0], rows[rows.length - 1]].map((row) => row.begins.getTime());
  const room = LABEL * (last - first || 1) / width;
  // A label too close to the one before it goes to the other height.
  const levels = annotations.map(() => 0);
  annotations.forEach(({ at }, n) => {
    const near = n > 0 && at.getTime() - annotations[n - 1].at.getTime() < room;
    levels[n] = near ? 1 - levels[n - 1] : 0;
  });
  const lines = (/** @type {boolean} */ isBreak, /** @type {string} */ dashes) => {
    const days = annotations.filter((one) => one.isBreak === isBreak);
    return days.length ? [Plot.ruleX(days, { x: "at", stroke: colour, strokeWidth: 1.4,
      strokeDasharray: dashes })] : [];
  };
  const labels = [0, 1].flatMap((level) => {
    const days = annotations.filter((_, n) => levels[n] === level);
    return days.length ? [Plot.text(days, { x: "at", frameAnchor: "top", dy: level ? 7 : -9,
      fill: colour, stroke: styled("--paper"), strokeWidth: 3,
      text: (/** @type {Annotation} */ { isBreak, number }) =>
        (isBreak ? `${t("break")} (${number})` : `(${number})`) })] : [];
  });
  return [...lines(true, "5 4"), ...lines(false, "1 3"), ...labels];
}

/**
 * The notes as a list with their numbers.
 * @param {Annotation[]} annotations
 */
export const annotationList = (annotations) => (annotations.length
  ? [element("ol", { class: "annotations", "aria-label": t("notes-label") },
    annotations.map(({ words }) => element("li", {}, words)))] : []);
