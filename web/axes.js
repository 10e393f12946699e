// The controls of a table: which dimensions stand on its rows and which on its columns, which page
// of it is shown, and whether its groups are folded.
//
// Not here: the table itself (table.js).
"use strict";

import { element } from "./dom.js";
import { TIME, axesOf } from "./pivot.js";
import { t } from "./words.js";

/** @import { Structure, Tabled, View } from "./types" */

/**
 * The name of a dimension, or of time.
 * @param {Structure} structure
 * @param {string} id
 */
export const axisName = (structure, id) => (id === TIME ? t("period")
  : structure.dimensions.find((dimension) => dimension.id === id)?.name ?? id);

/**
 * A button; `again` names it, so that it keeps the focus when it is drawn anew (dom.js).
 * @param {string} again
 * @param {string} words
 * @param {() => unknown} act
 * @param {{ label?: string, disabled?: boolean, kind?: string }} [form]
 */
export function actButton(again, words, act, { label, disabled, kind = "small-button" } = {}) {
  const node = element("button", { type: "button", class: kind, "data-again": again, disabled,
    "aria-label": label, title: label }, words);
  node.addEventListener("click", act);
  return node;
}

/**
 * The rows of the address for a choice; none if it is the usual one.
 * @param {string[]} rows
 */
const chosenRows = (rows) => ({ rows: rows.join() === TIME ? null : rows, sort: null });

/**
 * One axis with its dimensions, each a button that moves it to the other axis.
 * @param {Structure} structure
 * @param {"rows" | "columns"} axis
 * @param {string[]} ids
 * @param {(id: string) => unknown} move
 */
function axisControl(structure, axis, ids, move) {
  const other = axis === "rows" ? "columns" : "rows";
  const buttons = ids.map((id) => {
    const name = axisName(structure, id);
    const last = axis === "rows" && ids.length === 1;
    return actButton(`axis-${id}`, name, () => move(id),
      { label: t(`to-${other}`, { name }), disabled: last, kind: `small-button to-${other}` });
  });
  return element("p", { class: "axis" }, element("span", { class: "label" }, t(axis)), buttons);
}

/**
 * The controls of the axes; empty for one series, whose table has its interval on the columns.
 * @param {Structure} structure
 * @param {View} view
 * @param {Tabled["change"]} change
 * @returns {Element[]}
 */
export function axisControls(structure, view, change) {
  const { rows, columns } = axesOf(view, structure);
  if (rows.length + columns.length < 2) return [];
  const toColumns = (/** @type {string} */ id) =>
    change(chosenRows(rows.filter((other) => other !== id)));
  const toRows = (/** @type {string} */ id) => change(chosenRows([...rows, id]));
  const swap = columns.length
    ? actButton("axis-swap", t("swap"), () => change(chosenRows(columns))) : null;
  const usual = view.rows
    ? actButton("axis-usual", t("usual"), () => change({ rows: null, sort: null })) : null;
  return [axisControl(structure, "rows", rows, toColumns),
    axisControl(structure, "columns", columns, toRows),
    element("p", { class: "axis" }, swap, usual)];
}

/**
 * A part of a list that is shown on one page.
 * @template T
 * @param {T[]} list
 * @param {number} size
 * @param {number} from
 */
export function pageOf(list, size, from) {
  const first = from < list.length ? from : 0;
  return { first, size, all: list.length, shown: list.slice(first, first + size) };
}

/**
 * Which part of the rows or columns is shown, with buttons for the other parts; null if all are.
 * @param {"rows" | "columns"} axis
 * @param {{ first: number, size: number, all: number, shown: unknown[] }} page
 * @param {(first: number) => void} turn
 */
export function pager(axis, { first, size, all, shown }, turn) {
  if (shown.length === all) return null;
  const words = t(`page-${axis}`, { from: first + 1, to: first + shown.length, all });
  return element("p", { class: "pages" }, element("span", { role: "status" }, words),
    actButton(`${axis}-before`, t(`before-${axis}`), () => turn(Math.max(0, first - size)),
      { disabled: first === 0 }),
    actButton(`${axis}-after`, t(`after-${axis}`), () => turn(first + size),
      { disabled: first + size >= all }));
}
