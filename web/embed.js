// A picture for other people's pages, with its bands, its latest figures in sentences, and its
// source.
//
// Not here: pickers. The address names the view; a link leads to the full page.
"use strict";

import { read, write } from "./address.js";
import { ask, askMeasured, dataPath, listed, seriesOf, structureOf } from "./api.js";
import { caveatsOf } from "./caveats.js";
import { SERIES_MAX } from "./chart.js";
import { $, element } from "./dom.js";
import { isMeasured } from "./lists.js";
import { missingOf } from "./lost.js";
import { withNowcasts } from "./nowcast.js";
import { openingKey } from "./opening.js";
import { noPicture, pictureOf, rowShown } from "./pictures.js";
import { sentence } from "./series.js";
import { emptyWords, unmeasured } from "./unmeasured.js";
import { reasonOf, speak, t } from "./words.js";

/** @import { Catalogue, Page, Series, Structure, View } from "./types" */

/**
 * What the figures lack, in a list whose links leave the frame.
 * @param {Catalogue} list
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 */
async function caveatList(list, structure, view, series) {
  // Figures are shown even if these cannot be asked for.
  const lines = await caveatsOf(list, structure, view, series, false).catch(() => []);
  const all = element("ul", { class: "caveats" }, lines);
  for (const link of all.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener";
    const href = link.getAttribute("href") ?? "";
    if (href.startsWith("?")) link.setAttribute("href", `./${href}`);
  }
  return all;
}

async function show() {
  /** @type {Catalogue} */
  const list = await ask("v1/dataflows");
  const { store } = list;
  const flows = listed(list);
  const view = read();
  $("synthetic").hidden = store.class !== "synthetic";
  view.flow = view.flow || flows[0].id;
  const isKnown = flows.some(({ id }) => id === view.flow);
  const described = isKnown ? await structureOf(view.flow) : null;
  const missing = missingOf(store.treeSize, flows, described, view);
  if (!described || missing.length) {
    $("title").textContent = t("lost");
    $("plain").replaceChildren(...missing);
    return;
  }
  const structure = { ...described, timeZone: store.timeZone, sources: list.intake?.sources,
    corrections: list.lifeCycle?.corrections, amendments: list.amendments };
  view.key = await openingKey(structure, view);
  const answer = isMeasured(structure, view.key) ? await askMeasured(dataPath(view)) : null;
  $("title").textContent = structure.name;
  document.title = structure.name;
  if (!answer) {
    $("plain").replaceChildren(unmeasured(structure, view));
    return;
  }
  const all = await withNowcasts(view, seriesOf(answer));
  const series = all.filter((one) => one.rows.length).slice(0, SERIES_MAX);
  if (!series.length) {
    $("plain").textContent = emptyWords(structure, all);
    return;
  }
  const caveats = await caveatList(list, structure, view, series);
  $("plain").replaceChildren(...series.slice(0, 2).map(({ key, rows }) =>
    element("p", {}, sentence(structure, key, rowShown(view, rows), view.codes))), caveats);
  const page = /** @type {Page} */ ({ list, flows, structure, view, series });
  const draw = async () => {
    const width = Math.max(280, $("chart").clientWidth);
    const picture = await pictureOf({ page, structure, view, series, width,
      change: async () => {}, keep: () => {} });
    $("chart").replaceChildren(picture?.drawing ?? noPicture(structure, view));
    // What is chosen on a picture stands in its controls, which are not here.
    const { controls = [], file = null, legend = [] } = picture ?? {};
    const said = legend.some((node) => node.classList?.contains("of-what"));
    const of = controls.length && file && !said
      ? [element("span", { class: "of-what" }, file.line)] : [];
    $("legend").replaceChildren(...of, ...legend);
  };
  await draw();
  window.addEventListener("resize", draw);
  $("source").replaceChildren(
    t("embed-source", { controller: store.controller, title: store.title }), " ",
    element("a", { href: `.${write(view)}`.replace(".?", "./?"),
      target: "_blank", rel: "noopener" }, t("embed-open")));
}

await speak();
await show().catch((error) => { $("title").textContent = t("cannot", { why: reasonOf(error) }); });
