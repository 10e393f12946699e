// The page of the plan: its rules in plain sentences, and the glossary.
//
// Not here: the sentences (planflow.js, planrules.js, glossary.js), and figures.
"use strict";

import { ask, dataflowsOf, structureOf } from "./api.js";
import { $, element } from "./dom.js";
import { glossary } from "./glossary.js";
import { periodWords } from "./periods.js";
import { countedPart, facts } from "./planflow.js";
import { amendmentsPart, costPart, cutPart, cyclePart, latePart, methodPart, personPart,
  releasesPart } from "./planrules.js";
import { areaWords } from "./series.js";
import { linkTerms } from "./terms.js";
import { addressOf, reasonOf, speak, switches, t } from "./words.js";

/** @import { Catalogue, Child, PlanPage, Privacy } from "./types" */

/**
 * The parts of the page, in order; one without content is left out.
 * @type {[string, (page: PlanPage) => Child[] | null | Promise<Child[]>][]}
 */
const PARTS = [
  ["counted", countedPart], ["releases", releasesPart], ["person", personPart],
  ["cost", costPart], ["cut", cutPart], ["late", latePart], ["cycle", cyclePart],
  ["method", methodPart], ["amendments", amendmentsPart],
  ["glossary", ({ privacy }) => glossary(privacy)],
];

/** @type {(page: PlanPage) => void} */
function showStatement({ list: { store } }) {
  $("synthetic").hidden = store.class !== "synthetic";
  $("publisher").textContent = store.title;
  $("plan-title").textContent = store.title;
  const toml = /** @type {HTMLAnchorElement} */ ($("toml"));
  toml.href = store.plan;
  toml.hidden = false;
  $("statement").replaceWith(facts([
    [t("meta-publisher"), store.controller], [t("meta-purpose"), store.purpose],
    [t("meta-basis"), store.legalBasis], [t("meta-contact"), store.contact],
    [t("meta-area"), areaWords(store.referenceArea)],
    [t("plan-span"), t("plan-span-words", { from: periodWords(store.start, true),
      to: periodWords(store.expires, true) })],
    [t("plan-zone"), store.timeZone], [t("plan-agency"), `${store.agency}:${store.id}`],
  ]));
}

/** @type {() => Promise<PlanPage>} */
async function loaded() {
  /** @type {[Catalogue, Privacy]} */
  const [catalogue, privacy] = await Promise.all([ask("v1/dataflows"), ask("v1/privacy")]);
  const list = { ...catalogue, dataflows: dataflowsOf(catalogue) };
  const structures = await Promise.all(list.dataflows.map(({ id }) => structureOf(id)));
  return { list, privacy, structures };
}

/** Shows the part that the address names, once it is there. */
function goToPart() {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!part) return;
  for (let each = part.parentElement; each; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  for (const shown of document.querySelectorAll(".pointed")) shown.classList.remove("pointed");
  part.classList.add("pointed");
  part.scrollIntoView();
  part.focus({ preventScroll: true });
}

async function show() {
  const page = await loaded();
  showStatement(page);
  const parts = await Promise.all(PARTS.map(async ([id, part]) =>
    ({ id, nodes: await part(page) })));
  const shown = parts.filter(({ nodes }) => nodes);
  $("contents").replaceChildren(element("ul", {}, shown.map(({ id }) =>
    element("li", {}, element("a", { href: addressOf("plan", id) }, t(`part-${id}`))))));
  $("parts").replaceChildren(...shown.map(({ id, nodes }) =>
    element("section", { class: "block", id, "aria-labelledby": `part-${id}`, tabindex: "-1" },
      element("h2", { id: `part-${id}` }, t(`part-${id}`)), nodes ?? [])));
  goToPart();
}

await speak("plan");
switches($("languages"));
linkTerms();
window.addEventListener("hashchange", goToPart);
try {
  await show();
} catch (error) {
  $("state").hidden = false;
  $("state").textContent = t("cannot", { why: reasonOf(error) });
}
document.body.dataset.ready = "true";
