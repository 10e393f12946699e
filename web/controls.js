// What a reader can set on a picture: a choice of one from a list, and a tick.
//
// Not here: what they do; each picture says that.
"use strict";

import { element } from "./dom.js";
import { periodWords } from "./periods.js";
import { t } from "./words.js";

/** @import { Scene } from "./types" */

/**
 * A list from which one is chosen.
 * @param {string} id
 * @param {string} label
 * @param {[string, string][]} options values and their words
 * @param {string} chosen
 * @param {(value: string) => void} picked
 */
export function choice(id, label, options, chosen, picked) {
  const select = element("select", { id }, options.map(([value, words]) => {
    const option = element("option", { value }, words);
    option.selected = value === chosen;
    return option;
  }));
  select.addEventListener("change", () => picked(select.value));
  return element("p", { class: "field picture-field" }, element("label", { for: id }, label),
    select);
}

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
