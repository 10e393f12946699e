// The answer to an address that names what there is not: what was not found, and what there is.
//
// Not here: addresses that the server itself does not know.
"use strict";

import { misread, plainView, write } from "./address.js";
import { element } from "./dom.js";
import { listsOf } from "./lists.js";
import { TIME } from "./pivot.js";
import { codeWords, countriesOf } from "./series.js";
import { addressOf, listWords, t } from "./words.js";

/** @import { Child, Dimension, Listed, Structure, View } from "./types" */

// At most this number of codes are listed before a reader asks for the others.
const CODES_SHOWN = 40;

/** @type {(links: Element[]) => Element} */
const list = (links) => element("ul", { class: "offers" },
  links.map((link) => element("li", {}, link)));

/** @type {(query: string, words: string) => Element} */
const link = (query, words) => element("a", { href: query, "data-flow": "" }, words);

/** @type {(words: string, ...offers: Child[]) => Element} */
const part = (words, ...offers) => element("section", {}, element("p", {}, words), ...offers);

/**
 * @param {Listed[]} flows
 * @param {string} id
 */
const unknownFlow = (flows, id) => part(t("lost-flow", { id }),
  element("p", {}, t("lost-flows")),
  list(flows.map((flow) => link(write(plainView(flow.id)), flow.name))));

/**
 * A dimension that lacks codes of the address, with links to the same view with each code it has.
 * @param {Structure} structure
 * @param {View} view
 * @param {number} position
 * @param {string[]} unknown
 */
function unknownCodes(structure, view, position, unknown) {
  const dimension = structure.dimensions[position];
  const known = (/** @type {Dimension} */ { codes }, /** @type {string[]} */ ids) =>
    ids.filter((id) => codes.some((code) => code.id === id));
  const links = dimension.codes.map((code) => {
    const key = structure.dimensions.map((each, n) =>
      (n === position ? [code.id] : known(each, view.key[n] ?? [])));
    return link(write({ ...view, key }), codeWords(dimension, code.id, "both"));
  });
  const [shown, more] = [links.slice(0, CODES_SHOWN), links.slice(CODES_SHOWN)];
  return part(t("lost-code", { dimension: dimension.name,
    codes: listWords(unknown.map((id) => t("quoted", { text: id })), "disjunction") }),
  element("p", {}, t("lost-codes")), list(shown),
  more.length ? element("details", {},
    element("summary", {}, t("lost-more", { count: more.length })), list(more)) : null);
}

/** @type {(structure: Structure, view: View) => Element[]} */
function unknownParts(structure, view) {
  const { dimensions } = structure;
  const missing = view.key.flatMap((ids, position) => {
    if (position >= dimensions.length) return [];
    const { codes } = dimensions[position];
    const unknown = ids.filter((id) => !codes.some((code) => code.id === id));
    return unknown.length ? [unknownCodes(structure, view, position, unknown)] : [];
  });
  if (view.key.length <= dimensions.length) return missing;
  const names = listWords(dimensions.map(({ name }) => name));
  return [part(t("lost-parts", { given: view.key.length, n: dimensions.length, names }),
    list([link(write(plainView(structure.id)), structure.name)])), ...missing];
}

/**
 * Names on the rows of a table that are no dimensions, with the same view without them.
 * @type {(structure: Structure, view: View) => Element[]}
 */
function unknownRows({ dimensions }, view) {
  const known = [...dimensions.map(({ id }) => id), TIME];
  const unknown = (view.rows ?? []).filter((id) => !known.includes(id));
  if (!unknown.length) return [];
  const rows = view.rows?.filter((id) => known.includes(id)) ?? [];
  return [part(t("lost-rows", { rows: listWords(unknown.map((id) => t("quoted", { text: id }))),
    known: listWords(known) }),
  list([link(write({ ...view, rows: rows.length ? rows : null }), t("lost-without"))]))];
}

/** @type {(structure: Structure, view: View) => Element[]} */
function unknownOptions(structure, view) {
  const known = [...countriesOf(structure).map((n) => structure.dimensions[n].id),
    ...listsOf(structure).map(({ id }) => id)];
  /** @type {[string, string][]} */
  const by = view.by === null || known.includes(view.by) ? [] : [["by", view.by]];
  return [...misread(), ...by].map(([name, value]) => part(t("lost-option", { name, value }),
    list([link(write({ ...view, by: by.length ? null : view.by }), t("lost-without"))])));
}

/** @type {(day: string) => boolean} */
function isDay(day) {
  const instant = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
}

/**
 * Dates that no calendar has, and sizes that the ledger has not reached.
 * @param {View} view
 * @param {number} size of the ledger
 */
function impossible(view, size) {
  const without = (/** @type {string} */ name) =>
    list([link(write({ ...view, [name]: null }), t("lost-without"))]);
  const days = (/** @type {const} */ (["start", "end"])).flatMap((name) => (
    view[name] === null || isDay(view[name]) ? []
      : [part(t("lost-day", { name, value: view[name] }), without(name))]));
  const sizes = (/** @type {const} */ (["asOf", "since"])).flatMap((name) => (
    Number(view[name]) <= size ? []
      : [part(t("lost-size", { name, value: view[name], size }), without(name))]));
  return [...days, ...sizes];
}

/**
 * What an address names that there is not; empty if there is everything.
 * @param {number} size of the ledger
 * @param {Listed[]} flows
 * @param {Structure | null} structure of the view's statistic; null if there is none
 * @param {View} view
 * @returns {Element[]}
 */
export function missingOf(size, flows, structure, view) {
  if (!structure) return [unknownFlow(flows, view.flow)];
  return [...unknownParts(structure, view), ...unknownRows(structure, view),
    ...unknownOptions(structure, view), ...impossible(view, size)];
}

/**
 * @param {HTMLElement} place
 * @param {Element[]} missing
 * @param {string | null} title the statistic's, if there is one
 */
export function showMissing(place, missing, title) {
  place.replaceChildren(element("h1", {}, t("lost")),
    title ? element("p", { class: "lead" }, title) : "", ...missing,
    element("p", {}, element("a", { href: addressOf("./") }, t("lost-front"))));
}
