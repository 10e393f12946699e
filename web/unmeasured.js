// Why a view has no figures, and what a statistic has instead of series that it does not measure:
// longer periods, and totals in place of codes, each with a link.
//
// Not here: which series are measured (lists.js).
"use strict";

import { write } from "./address.js";
import { element } from "./dom.js";
import { deepest, keyOfList, lengthsOf } from "./lists.js";
import { untilWords } from "./periods.js";
import { TOTAL, codeWords, nameOfDimension } from "./series.js";
import { listWords, t } from "./words.js";

/** @import { Series, Structure, View } from "./types" */

/**
 * Why none of the series of an answer has a figure: an embargo, rates that are not published, or
 * that no period is released.
 * @param {Structure} structure
 * @param {Series[]} series
 */
export function emptyWords(structure, series) {
  const until = untilWords(structure);
  if (until && series.some(({ embargoed }) => embargoed.length)) {
    return t("embargoed-all", { until });
  }
  return t(series.some(({ unpublished }) => unpublished.length) ? "rates-unpublished" : "nothing");
}

/**
 * A note that says what is not measured, and offers what is; only where it is not known, as for a
 * rate, what may be.
 * @param {Structure} structure
 * @param {View} view
 * @param {{ position: number, codes: string[] } | null} list the codes that a picture needs of a
 *   dimension, in place of those of the view
 */
export function unmeasured(structure, view, list = null) {
  const { dimensions } = structure;
  const key = deepest(structure, list ? keyOfList(view, list.position, list.codes) : view.key);
  const isKnown = Boolean(structure.margins) && !structure.parts;
  const lengths = lengthsOf(structure, key);
  const link = (/** @type {string[][]} */ to, /** @type {string} */ words) => element("li", {},
    element("a", { "data-flow": structure.id, href: write({ ...view, at: null, key: to }) },
      words));
  const longer = lengths.slice(lengths.indexOf(key[0]) + 1).map((id) =>
    link([[id], ...view.key.slice(1)], codeWords(dimensions[0], id, "name")));
  const chosen = dimensions.flatMap(({ id, codes }, n) =>
    (id !== "FREQ" && key[n] !== TOTAL && codes.some((code) => code.id === TOTAL) ? [n] : []));
  const totals = chosen.filter((n) => n !== list?.position).flatMap((n) => {
    const to = view.key.map((codes, each) => (each === n ? [TOTAL] : codes));
    const works = lengthsOf(structure, key.with(n, TOTAL)).includes(key[0]);
    return works ? [link(to, t("map-all", { dimension: nameOfDimension(structure, n) }))] : [];
  });
  const names = listWords(chosen.map((n) => nameOfDimension(structure, n)));
  const why = longer.length ? t("unmeasured-length")
    : t(chosen.length > 1 ? "unmeasured-together" : "unmeasured-detail", { names });
  const offers = [...totals, ...longer];
  return element("div", { class: "note" },
    element("p", {}, isKnown ? why : t("unmeasured-none")),
    offers.length ? element("p", {}, t(isKnown ? "unmeasured-instead" : "unmeasured-maybe")) : null,
    offers.length ? element("ul", { class: "offers" }, offers) : null);
}
