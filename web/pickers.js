// Pickers: for each dimension its codes, one or several; the length of periods; the range.
//
// Not here: what is done with a choice (page.js). Nothing but native controls, so that keyboard
// and screen readers find what they know.
"use strict";

import { $, element } from "./dom.js";
import { begins, dayOf } from "./periods.js";
import { TOTAL, codeWords, nameOf } from "./series.js";
import { t } from "./words.js";

// Codes from which on a picker has a search field.
const MANY = 8;

// The key of a view, mended: codes that the structure has, the total where nothing is said.
export function mended(structure, key) {
  return structure.dimensions.map((dimension, position) => {
    const known = (id) => dimension.codes.some((code) => code.id === id);
    const given = [...new Set((key[position] ?? []).filter(known))];
    if (dimension.id === "FREQ") return [given[0] ?? dimension.codes[0].id];
    if (given.length) return given;
    return [known(TOTAL) ? TOTAL : dimension.codes[0].id];
  });
}

function radios(name, options, chosen) {
  return options.map(([value, words]) => {
    const input = element("input", { type: "radio", name, value });
    input.checked = value === chosen;
    return element("label", {}, input, element("span", {}, words));
  });
}

function summaryWords(dimension, chosen, form) {
  const first = codeWords(dimension, chosen[0], form);
  return chosen.length === 1 ? first : t("chosen", { first, more: chosen.length - 1 });
}

// Totals come first: they are what most readers ask for.
function totalFirst(codes) {
  return [...codes.filter((c) => c.id === TOTAL), ...codes.filter((c) => c.id !== TOTAL)];
}

function checkbox(dimension, code, chosen, form) {
  const input = element("input", { type: "checkbox", name: dimension.id, value: code.id });
  input.checked = chosen.includes(code.id);
  const words = codeWords(dimension, code.id, form);
  const label = element("label", { class: "code" }, input, element("span", {}, words));
  label.dataset.text = `${code.id} ${nameOf(dimension, code)}`.toLowerCase();
  return label;
}

function filter(dimension, list) {
  const label = t("filter", { dimension: dimension.name });
  const input = element("input", { type: "search", class: "filter", "aria-label": label,
    placeholder: label });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const text = input.value.trim().toLowerCase();
    for (const row of list.children) row.hidden = !row.dataset.text.includes(text);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  return input;
}

function quick(dimension, picked) {
  const button = (words, codes) => {
    const node = element("button", { type: "button" }, words);
    node.addEventListener("click", () => picked(dimension.id, codes));
    return node;
  };
  const all = dimension.codes.map((code) => code.id).filter((id) => id !== TOTAL);
  return element("p", { class: "quick" }, button(t("only-total"), [TOTAL]),
    button(t("every"), all));
}

function picker(dimension, chosen, view, picked) {
  const list = element("div", { class: "codes" },
    totalFirst(dimension.codes).map((code) => checkbox(dimension, code, chosen, view.codes)));
  list.addEventListener("change", () => {
    const codes = [...list.querySelectorAll(":checked")].map((input) => input.value);
    picked(dimension.id, codes);
  });
  const body = element("fieldset", { class: "choices" },
    element("legend", { class: "unseen" }, dimension.name),
    dimension.codes.length > MANY ? filter(dimension, list) : null, list,
    dimension.codes.some((code) => code.id === TOTAL) ? quick(dimension, picked) : null);
  return element("details", { class: "picker", "data-dimension": dimension.id },
    element("summary", {}, element("span", { class: "label" }, dimension.name),
      element("span", { class: "chosen" }, summaryWords(dimension, chosen, view.codes))), body);
}

// Builds the pickers anew; whichever was open, and whatever had the focus, stays so.
export function showPickers(structure, view, picked) {
  const open = [...document.querySelectorAll("details.picker[open]")]
    .map((node) => node.dataset.dimension);
  const focus = document.activeElement;
  const scroll = focus?.closest?.(".codes")?.scrollTop ?? 0;
  const pickers = structure.dimensions.map((dimension, position) =>
    (dimension.id === "FREQ" || dimension.codes.length < 2 ? null
      : picker(dimension, view.key[position], view, picked)));
  $("pickers").replaceChildren(...pickers.filter(Boolean));
  for (const node of document.querySelectorAll("details.picker")) {
    node.open = open.includes(node.dataset.dimension);
  }
  const again = focus?.value && [...$("pickers").querySelectorAll("input[type=checkbox]")]
    .find((input) => input.name === focus.name && input.value === focus.value);
  if (again) {
    again.closest(".codes").scrollTop = scroll;
    again.focus({ preventScroll: true });
  }
}

export function showChoices(structure, view, hasMap) {
  const frequency = structure.dimensions.find((dimension) => dimension.id === "FREQ");
  const grains = frequency.codes.map((code) => [code.id, nameOf(frequency, code)]);
  $("grains").replaceChildren(...radios("grain", grains, view.key[0][0]));
  const span = view.start || view.end ? "between" : view.all ? "all" : "recent";
  $("spans").replaceChildren(...radios("span",
    ["recent", "all", "between"].map((id) => [id, t(id)]), span));
  $("between").hidden = span !== "between";
  for (const id of ["start", "end"]) {
    $(id).value = view[id] ?? "";
    $(id).min = structure.first ? dayOf(begins(structure.first)) : "";
  }
  const forms = ["name", "code", "both"].map((id) => [id, t(`codes-${id}`)]);
  $("forms").replaceChildren(...radios("codes", forms, view.codes));
  const views = ["table", "chart", ...(hasMap ? ["map"] : [])].map((id) => [id, t(`view-${id}`)]);
  $("views").replaceChildren(...radios("view", views, view.view));
}

// A dropdown of the tree sizes that hold a release each, newest first.
export function showSizes(select, none, releases, words, chosen) {
  const option = (value, text) => {
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
