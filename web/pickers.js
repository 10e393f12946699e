// Pickers: the codes of each dimension, one or several; the length of periods; the range.
//
// Not here: the lists of codes (codes.js); the effect of a choice (page.js). All controls are
// native, so that keyboard and screen readers work as everywhere.
"use strict";

import { codeList } from "./codes.js";
import { $, element, redrawn } from "./dom.js";
import { begins, dayOf } from "./periods.js";
import { TOTAL, codeWords, nameOf } from "./series.js";
import { t } from "./words.js";

/** @import { CodeForm, Dimension, Picked, Release, Structure, View } from "./types" */

/** So many lists of codes and views stand in one row; with more, the views are a list, too. */
const BUTTONS_MAX = 6;

/**
 * The key with which a statistic opens if the address names none: that of the plan, if it has one.
 * @param {Structure} structure
 * @returns {string[][]}
 */
const opening = ({ view }) => (view?.key.split(".") ?? []).map((part) => part.split("+"));

/**
 * The key of a view, made valid: only codes that the structure has, and the total where there are
 * none. An empty key is the one with which the statistic opens.
 * @param {Structure} structure
 * @param {string[][]} key
 * @returns {string[][]}
 */
export function completed(structure, key) {
  const asked = key.length ? key : opening(structure);
  return structure.dimensions.map((dimension, position) => {
    const known = (/** @type {string} */ id) => dimension.codes.some((code) => code.id === id);
    const given = [...new Set((asked[position] ?? []).filter(known))];
    if (dimension.id === "FREQ") return [given[0] ?? dimension.codes[0].id];
    if (given.length) return given;
    return [known(TOTAL) ? TOTAL : dimension.codes[0].id];
  });
}

/** @type {(name: string, options: string[][], chosen: string) => HTMLElement[]} */
function radios(name, options, chosen) {
  return options.map(([value, words]) => {
    const input = element("input", { type: "radio", name, value });
    input.checked = value === chosen;
    return element("label", {}, input, element("span", {}, words));
  });
}

/** @type {(dimension: Dimension, chosen: string[], form: CodeForm) => string} */
function summaryWords(dimension, chosen, form) {
  const first = codeWords(dimension, chosen[0], form);
  return chosen.length === 1 ? first : t("chosen", { first, count: chosen.length - 1 });
}

/**
 * @param {Dimension} dimension
 * @param {string[]} chosen
 * @param {View} view
 * @param {Picked} picked
 */
function picker(dimension, chosen, view, picked) {
  const list = codeList(dimension, chosen, view.codes, picked);
  const node = element("details", { class: "picker", "data-dimension": dimension.id },
    element("summary", {}, element("span", { class: "label" }, dimension.name),
      element("span", { class: "chosen" }, summaryWords(dimension, chosen, view.codes))),
    list.node);
  node.addEventListener("toggle", () => { if (!node.open) list.clear(); });
  return node;
}

/** @returns {NodeListOf<HTMLDetailsElement>} */
export const allPickers = () => document.querySelectorAll("details.picker");

/**
 * Builds the pickers anew. A picker that was open stays open, and what had the focus keeps it.
 * @param {Structure} structure
 * @param {View} view
 * @param {Picked} picked
 */
export function showPickers(structure, view, picked) {
  const open = [...allPickers()].filter((node) => node.open).map((node) => node.dataset.dimension);
  const scroll = document.activeElement?.closest(".choices")?.querySelector(".codes")?.scrollTop;
  const pickers = structure.dimensions.map((dimension, position) =>
    (dimension.id === "FREQ" || dimension.codes.length < 2 ? null
      : picker(dimension, view.key[position], view, picked)));
  redrawn($("pickers"), () => {
    $("pickers").replaceChildren(...pickers.filter((node) => node !== null));
    for (const node of allPickers()) node.open = open.includes(node.dataset.dimension);
  });
  const codes = document.activeElement?.closest(".choices")?.querySelector(".codes");
  if (codes && scroll) codes.scrollTop = scroll;
}

/** @type {(view: View, views: string[]) => void} */
function showViews(view, views) {
  const isMany = $("pickers").childElementCount + views.length > BUTTONS_MAX;
  const [shown, other] = isMany ? ["many-views", "few-views"] : ["few-views", "many-views"];
  $(shown).hidden = false;
  $(other).hidden = true;
  $(other).querySelector(".segments")?.replaceChildren();
  $(shown).querySelector(".segments")?.replaceChildren(...radios("view",
    views.map((id) => [id, t(`view-${id}`)]), view.view));
  $("view-chosen").textContent = t(`view-${view.view}`);
}

/**
 * @param {Structure} structure
 * @param {View} view
 * @param {string[]} views that fit the statistic
 */
export function showChoices(structure, view, views) {
  const [frequency] = structure.dimensions.filter((dimension) => dimension.id === "FREQ");
  const grains = frequency.codes.map((code) => [code.id, nameOf(frequency, code)]);
  const focus = document.activeElement;
  const focused = focus instanceof HTMLInputElement ? focus : null;
  $("grains").replaceChildren(...radios("grain", grains, view.key[0][0]));
  $("grain-chosen").textContent = codeWords(frequency, view.key[0][0], "name");
  const span = view.start || view.end ? "between" : view.all ? "all" : "recent";
  $("spans").replaceChildren(...radios("span",
    ["recent", "all", "between"].map((id) => [id, t(id)]), span));
  $("span-chosen").textContent = t(span);
  $("between").hidden = span !== "between";
  for (const id of /** @type {const} */ (["start", "end"])) {
    $(id).value = view[id] ?? "";
    $(id).min = structure.first ? dayOf(begins(structure.first)) : "";
  }
  const forms = ["name", "code", "both"].map((id) => [id, t(`codes-${id}`)]);
  $("forms").replaceChildren(...radios("codes", forms, view.codes));
  $("more-chosen").textContent = view.asOf ? t("more-vintage", { size: view.asOf }) : "\u22ef";
  showViews(view, views);
  if (focused?.type === "radio" && !focused.isConnected) {
    /** @type {HTMLInputElement | null} */
    const again = $("picker").querySelector(
      `input[name="${focused.name}"][value="${CSS.escape(focused.value)}"]`);
    again?.focus({ preventScroll: true });
  }
}

/**
 * Fills a drop-down with the sizes of the ledger at which a release was added, newest first.
 * @param {HTMLSelectElement} select
 * @param {string} none the words for no choice
 * @param {Release[]} releases
 * @param {(release: Release) => string} words
 * @param {string | null} chosen
 */
export function showSizes(select, none, releases, words, chosen) {
  const option = (/** @type {string} */ value, /** @type {string} */ text) => {
    const node = element("option", { value }, text);
    node.selected = value === (chosen ?? "");
    return node;
  };
  const options = releases.slice().reverse().map((release) =>
    option(String(release.size), words(release)));
  if (chosen && !releases.some((release) => String(release.size) === chosen)) {
    options.unshift(option(chosen, chosen));
  }
  select.replaceChildren(option("", none), ...options);
}
