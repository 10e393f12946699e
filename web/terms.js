// Links from a term, where it stands, to its meaning in the glossary on the page of the plan.
//
// Not here: the meanings (words/plan), and the glossary itself (glossary.js).
"use strict";

import { element } from "./dom.js";
import { addressOf, t } from "./words.js";

/** @import { Child } from "./types" */

/** The terms of the glossary. */
export const TERMS = ["amendment", "bound", "break", "budget", "charge", "checkpoint", "dataflow",
  "dimension", "embargo", "epsilon", "estimate", "interval", "late", "ledger", "life-cycle",
  "low-reliability", "margin", "noise", "nowcast", "plan", "privacy-unit", "provisional", "release",
  "retention", "revised", "rho", "root", "series", "silent", "source", "step", "structural-zero",
  "synthetic", "unit", "vintage", "window"];

/** @type {(id: string) => string} */
export const termAddress = (id) => addressOf("plan", `term-${id}`);

/**
 * Words as a link to what they mean.
 * @param {string} id one of `TERMS`
 * @param {Child[]} words
 */
export const term = (id, ...words) =>
  element("a", { class: "term", href: termAddress(id), rel: "help", "data-term-link": id }, words);

/**
 * A line that links terms to their meanings.
 * @param {string[]} ids
 */
export const termsLine = (ids) => element("p", { class: "small terms" }, t("terms-line"), " ",
  ids.flatMap((id, n) => [n ? " \u00b7 " : "", term(id, t(`term-${id}`))]));

/** Links the terms that the page itself names, with `data-term`, once their words stand there. */
export function linkTerms() {
  for (const node of document.querySelectorAll("[data-term]")) {
    if (node.querySelector(":scope > .term")) continue;
    node.replaceChildren(term(node.getAttribute("data-term") ?? "", ...node.childNodes));
  }
}
