// The catalogue: every dataflow, searchable by any word of its name, description or identifier.
//
// Not here: figures.
"use strict";

import { write } from "./address.js";
import { $, element } from "./dom.js";
import { periodWords } from "./periods.js";
import { plain, t } from "./words.js";

/** @import { Listed, View } from "./types" */

/** @type {(flow: Listed, view: View) => HTMLElement} */
function entry(flow, view) {
  const until = flow.last ? t("up-to", { period: periodWords(flow.last) }) : t("not-yet");
  const href = write({ ...view, flow: flow.id, key: [], at: null, since: null, rows: null,
    sort: null });
  const current = flow.id === view.flow ? "page" : null;
  return element("li", {},
    element("a", { href, "data-flow": flow.id, "aria-current": current },
      element("span", { class: "flow-name" }, flow.name),
      element("span", { class: "small" }, until)));
}

/** @type {(flows: Listed[], view: View) => void} */
export function showCatalogue(flows, view) {
  const words = plain($("search").value).split(/\s+/).filter(Boolean);
  const found = flows.filter((flow) => {
    const text = plain(`${flow.id} ${flow.name} ${flow.description}`);
    return words.every((word) => text.includes(word));
  });
  $("flows").replaceChildren(...found.map((flow) => entry(flow, view)));
  const status = found.length ? t("search-count", { count: found.length, all: flows.length })
    : t("search-none");
  $("search-status").textContent = words.length ? status : "";
}
