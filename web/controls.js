// What a reader can set on a picture: a choice of one from a list, and a tick.
//
// Not here: what they do; each picture says that.
"use strict";

import { element } from "./dom.js";

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
