// The list of a dimension's codes, from which a reader chooses: groups that fold, with their
// members; a search that keeps the groups of what it finds in sight; how many are chosen; when a
// code was valid.
//
// Not here: where the list stands and when it is open (pickers.js).
"use strict";

import { actButton } from "./axes.js";
import { element } from "./dom.js";
import { periodWords } from "./periods.js";
import { membersOf } from "./pivot.js";
import { TOTAL, codeWords, nameOf } from "./series.js";
import { plain, t } from "./words.js";

/** @import { Code, CodeForm, Dimension, Picked } from "./types" */
/**
 * A list of codes: its dimension, what is chosen of it, and the codes inside each.
 * @typedef {{ dimension: Dimension, chosen: Set<string>, form: CodeForm, picked: Picked,
 *   members: Map<string, string[]>, open: Set<string> }} List
 */
/**
 * One code, the text by which it is found, and what stands inside it.
 * @typedef {{ id: string, node: HTMLElement, text: string, inside: Entry[],
 *   fold: (isOpen: boolean) => void }} Entry
 */

// A list with more codes than this has a search field, and says how many are chosen.
const MANY = 8;

/**
 * For each dimension, the groups that the reader has unfolded and what the reader searches for.
 * They outlast a choice, after which the list is built anew.
 * @type {Map<string, { open: Set<string>, search: string }>}
 */
const kept = new Map();

/**
 * When a code is valid, if it is not always.
 * @param {Code} code
 */
function validityWords({ validFrom, validTo }) {
  const [from, to] = [validFrom, validTo].map((day) => day && periodWords(day));
  if (from && to) return t("valid-between", { from, to });
  if (from) return t("valid-from", { from });
  return to ? t("valid-to", { to }) : null;
}

/**
 * Everything by which a reader may look for a code.
 * @param {Dimension} dimension
 * @param {Code} code
 */
const textOf = (dimension, code) => plain([code.id, nameOf(dimension, code), code.name,
  ...code.also ?? [], ...(code.formerNames ?? []).map(({ name }) => name)].join(" "));

/**
 * Chooses codes, or no longer, beside those that are chosen.
 * @param {List} list
 * @param {string[]} ids
 * @param {boolean} isChosen
 */
function choose({ dimension, chosen, picked }, ids, isChosen) {
  const wanted = (/** @type {string} */ id) => (ids.includes(id) ? isChosen : chosen.has(id));
  const all = dimension.codes.map(({ id }) => id).filter((id) => id !== TOTAL);
  picked(dimension.id, [TOTAL, ...all].filter(wanted));
}

/** @type {(list: List, code: Code) => HTMLElement} */
function checkbox(list, code) {
  const { dimension, chosen, form } = list;
  const input = element("input", { type: "checkbox", name: dimension.id, value: code.id,
    "data-again": `code-${dimension.id}-${code.id}` });
  input.checked = chosen.has(code.id);
  input.addEventListener("change", () => choose(list, [code.id], input.checked));
  const validity = validityWords(code);
  return element("label", { class: "code" }, input, element("span", {},
    codeWords(dimension, code.id, form),
    validity ? element("span", { class: "validity" }, ` (${validity})`) : null));
}

/**
 * A group: a line that folds, and its members.
 * @param {List} list
 * @param {Code} code
 * @param {Entry[]} inside
 * @returns {Pick<Entry, "node" | "fold">}
 */
function group(list, code, inside) {
  const { dimension, chosen, form, open } = list;
  const ids = inside.map(({ id }) => id);
  const count = ids.filter((id) => chosen.has(id)).length;
  const words = { name: codeWords(dimension, code.id, form), count, all: ids.length };
  const isWhole = count === ids.length;
  const members = element("div", { class: "members" }, inside.map(({ node }) => node));
  const folding = actButton(`open-${dimension.id}-${code.id}`, "", () => {
    if (!open.delete(code.id)) open.add(code.id);
    fold(open.has(code.id));
  }, { label: t("members-of", words), kind: "fold" });
  const fold = (/** @type {boolean} */ isOpen) => {
    members.hidden = !isOpen;
    folding.setAttribute("aria-expanded", String(isOpen));
  };
  fold(open.has(code.id));
  const all = actButton(`members-${dimension.id}-${code.id}`,
    t(isWhole ? "members-none" : "members-all"), () => choose(list, ids, !isWhole),
    { label: t(isWhole ? "members-none-of" : "members-all-of", words), kind: "members-all" });
  const node = element("div", { class: "code-group" }, element("div", { class: "code-line" },
    folding, checkbox(list, code),
    element("span", { class: "count", "aria-hidden": "true" }, t("members-count", words)), all),
  members);
  return { node, fold };
}

/**
 * The entries of the codes just inside a group, or of those inside none.
 * @param {List} list
 * @param {Map<string, Code>} codes
 * @param {string} inGroup
 * @returns {Entry[]}
 */
function entriesOf(list, codes, inGroup) {
  return (list.members.get(inGroup) ?? []).flatMap((id) => {
    const code = codes.get(id);
    if (!code) return [];
    const inside = entriesOf(list, codes, id);
    const drawn = inside.length ? group(list, code, inside)
      : { node: checkbox(list, code), fold: () => {} };
    return [{ id, text: textOf(list.dimension, code), inside, ...drawn }];
  });
}

/**
 * Shows only the entries that have every word, with the groups around them; all without a word. A
 * group that has the words while none of its members does keeps them all. The number of entries
 * that have the words.
 * @param {List} list
 * @param {Entry[]} entries
 * @param {string[]} words
 * @returns {number}
 */
function narrow(list, entries, words) {
  let found = 0;
  for (const entry of entries) {
    const isFound = words.every((word) => entry.text.includes(word));
    const inside = narrow(list, entry.inside, words);
    if (isFound && !inside) narrow(list, entry.inside, []);
    entry.node.hidden = !(isFound || inside);
    entry.fold(list.open.has(entry.id) || (words.length > 0 && inside > 0));
    found += Number(isFound) + inside;
  }
  return found;
}

/**
 * A search field, and how many codes it leaves.
 * @param {List} list
 * @param {Entry[]} entries
 * @param {{ search: string }} memory
 */
function searchField(list, entries, memory) {
  const label = t("filter", { dimension: list.dimension.name });
  const input = element("input", { type: "search", class: "filter", "aria-label": label,
    placeholder: label, autocomplete: "off", "data-again": `search-${list.dimension.id}` });
  const status = element("p", { class: "small", role: "status" });
  const search = (/** @type {string} */ text) => {
    memory.search = text;
    const words = plain(text).split(/\s+/).filter(Boolean);
    const found = narrow(list, entries, words);
    const all = list.dimension.codes.length;
    status.textContent = words.length
      ? t(found ? "search-count" : "search-none", { count: found, all })
      : t("count-chosen", { count: list.chosen.size, all });
  };
  input.value = memory.search;
  search(input.value);
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    search(input.value);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  return { nodes: [input, status], clear: () => {
    input.value = "";
    search("");
  } };
}

/**
 * Buttons that choose the total, every other code, or every code that has no members.
 * @param {List} list
 */
function shortcuts({ dimension, members, picked }) {
  /** @type {(words: string, codes: string[]) => HTMLElement} */
  const button = (words, codes) => actButton(`quick-${dimension.id}-${words}`, t(words),
    () => picked(dimension.id, codes), { kind: "quick-button" });
  const all = dimension.codes.map((code) => code.id).filter((id) => id !== TOTAL);
  const single = all.filter((id) => !members.has(id));
  const hasTotal = dimension.codes.some((code) => code.id === TOTAL);
  return element("p", { class: "quick" }, hasTotal ? button("only-total", [TOTAL]) : null,
    button("every", all), single.length < all.length ? button("every-single", single) : null);
}

/**
 * The list of a dimension's codes, and how to clear its search.
 * @param {Dimension} dimension
 * @param {string[]} chosen
 * @param {CodeForm} form
 * @param {Picked} picked
 * @returns {{ node: HTMLElement, clear: () => void }}
 */
export function codeList(dimension, chosen, form, picked) {
  const codes = new Map(dimension.codes.map((code) => [code.id, code]));
  // At first the groups with something chosen are open.
  const parents = chosen.flatMap((id) => codes.get(id)?.parent ?? []);
  const memory = kept.get(dimension.id) ?? { open: new Set(parents), search: "" };
  kept.set(dimension.id, memory);
  /** @type {List} */
  const list = { dimension, chosen: new Set(chosen), form, picked, open: memory.open,
    members: membersOf(dimension, codes.keys()) };
  const entries = entriesOf(list, codes, "");
  const search = dimension.codes.length > MANY ? searchField(list, entries, memory) : null;
  const isTree = entries.some(({ inside }) => inside.length);
  const node = element("fieldset", { class: isTree ? "choices roomy" : "choices" },
    element("legend", { class: "unseen" }, dimension.name), search?.nodes,
    element("div", { class: isTree ? "codes tree" : "codes" },
      entries.map((entry) => entry.node)), shortcuts(list));
  return { node, clear: () => search?.clear() };
}
