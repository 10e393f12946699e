// A picture for other people's pages, with its bands, its latest figures in sentences, and its
// source.
//
// Not here: pickers. The address names the view; a link leads to the full page.
"use strict";

import { read, write } from "./address.js";
import { ask, dataPath, listed, seriesOf, structureOf } from "./api.js";
import { SERIES_MAX } from "./chart.js";
import { $, element } from "./dom.js";
import { missingOf } from "./lost.js";
import { openingKey } from "./opening.js";
import { noPicture, pictureOf } from "./pictures.js";
import { sentence } from "./series.js";
import { reasonOf, speak, t } from "./words.js";

/** @import { Answer, Catalogue, Page } from "./types" */

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
  const missing = missingOf(flows, described, view);
  if (!described || missing.length) {
    $("title").textContent = t("lost");
    $("plain").replaceChildren(...missing);
    return;
  }
  const structure = { ...described, sources: list.intake?.sources,
    amendments: list.amendments };
  view.key = await openingKey(structure, view);
  /** @type {Answer} */
  const answer = await ask(dataPath(view));
  const series = seriesOf(answer).filter((one) => one.rows.length).slice(0, SERIES_MAX);
  $("title").textContent = structure.name;
  document.title = structure.name;
  $("plain").replaceChildren(...series.slice(0, 2).map(({ key, rows }) =>
    element("p", {}, sentence(structure, key, rows[rows.length - 1], view.codes))));
  const page = /** @type {Page} */ ({ list, flows, structure, view, series });
  const draw = async () => {
    const width = Math.max(280, $("chart").clientWidth);
    const picture = await pictureOf({ page, structure, view, series, width,
      change: async () => {}, keep: () => {} });
    $("chart").replaceChildren(picture?.drawing ?? noPicture(structure, view));
    $("legend").replaceChildren(...picture?.legend ?? []);
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
