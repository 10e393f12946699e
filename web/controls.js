// What a reader can set on a picture: a choice of one from a list, and a tick.
//
// Not here: what they do; each picture says that.
"use strict";

import { element } from "./dom.js";
import { periodWords } from "./periods.js";
import { codeWords, nameOfDimension } from "./series.js";
import { t } from "./words.js";

/** @import { Scene } from "./types" */

/**
 * Gives the focus back to a control once the picture is drawn again with new figures.
 * @param {string} id
 */
function refocus(id) {
  const place = document.getElementById("picture-controls");
  if (!place) return;
  const watch = new MutationObserver(() => {
    watch.disconnect();
    if (document.activeElement === document.body) document.getElementById(id)?.focus();
  });
  watch.observe(place, { childList: true });
}

/**
 * A list from which one is chosen.
 * @param {string} id
 * @param {string} label
 * @param {[string, string, boolean?][]} options values, words, and whether it cannot be chosen
 * @param {string} chosen
 * @param {(value: string) => void} picked
 */
export function choice(id, label, options, chosen, picked) {
  const select = element("select", { id }, options.map(([value, words, disabled]) => {
    const option = element("option", { value, disabled }, words);
    option.selected = value === chosen;
    return option;
  }));
  select.addEventListener("change", () => {
    refocus(id);
    picked(select.value);
  });
  return element("p", { class: "field picture-field" }, element("label", { for: id }, label),
    select);
}

/**
 * For a picture of one code of each dimension, the first that is chosen: which of them, where there
 * are several.
 * @param {Scene} scene
 * @param {number[]} except positions of dimensions whose codes the picture shows all
 */
export const codeChoices = ({ structure, view, change }, except) =>
  structure.dimensions.flatMap((dimension, n) => {
    const chosen = dimension.codes.map(({ id }) => id).filter((id) => view.key[n].includes(id));
    if (chosen.length < 2 || except.includes(n)) return [];
    return [choice(`first-${dimension.id}`, nameOfDimension(structure, n), chosen.map((id) =>
      [id, codeWords(dimension, id, view.codes)]), view.key[n][0], (code) => change({
      key: view.key.map((part, each) =>
        (each === n ? [code, ...part.filter((id) => id !== code)] : part)) }))];
  });

/**
 * Something that is shown or not.
 * @param {string} id
 * @param {string} label
 * @param {boolean} checked
 * @param {(checked: boolean) => void} picked
 */
export function tick(id, label, checked, picked) {
  const input = element("input", { type: "checkbox", id });
  input.checked = checked;
  input.addEventListener("change", () => picked(input.checked));
  return element("p", { class: "field picture-tick" }, input,
    element("label", { for: id }, label));
}

/**
 * The choice of one of the periods that the series of a view have, the newest first. `period` is
 * the one that is chosen, or null if the address names one that they do not have.
 * @param {Scene} scene
 */
export function periodChoice({ view, series, change }) {
  const periods = [...new Set(series.flatMap(({ rows }) => rows)
    .sort((a, b) => b.begins.getTime() - a.begins.getTime()).map((row) => row.period))];
  const period = view.at === null ? periods[0] : periods.find((each) => each === view.at) ?? null;
  /** @type {[string, string][]} */
  const options = periods.map((each) => [each, periodWords(each)]);
  if (period === null) options.unshift(["", "\u2013"]);
  return { period, control: choice("at", t("picture-period"), options, period ?? "",
    (at) => change({ at })) };
}

/** That the address names what the picture does not have, in its place.
 * @type {(words: string) => HTMLElement} */
export const lacking = (words) => element("p", { class: "note" }, words);
