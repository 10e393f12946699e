// A chart for other people's pages: band, latest figure in a sentence, and source stay with it.
//
// Not here: pickers. The view is the one that the address names; a link leads to the full page.
"use strict";

import { read, write } from "./address.js";
import { ask, dataPath, listed, seriesOf, structureOf } from "./api.js";
import { SERIES_MAX, drawing } from "./chart.js";
import { $, element } from "./dom.js";
import { mended } from "./pickers.js";
import { sentence } from "./series.js";
import { speak, t } from "./words.js";

async function show() {
  const list = await ask("v1/dataflows");
  const [store, flows, view] = [list.store, listed(list), read()];
  const flow = flows.find((one) => one.id === view.flow) ?? flows[0];
  const structure = await structureOf(flow.id);
  view.flow = flow.id;
  view.key = mended(structure, view.key);
  const answer = await ask(dataPath(view));
  const series = seriesOf(answer).filter((one) => one.rows.length).slice(0, SERIES_MAX);
  $("synthetic").hidden = store.class !== "synthetic";
  $("title").textContent = structure.name;
  document.title = structure.name;
  $("plain").replaceChildren(...series.slice(0, 2).map((one) =>
    element("p", {}, sentence(structure, one.key, one.rows.at(-1), view.codes))));
  const draw = () => {
    const width = Math.max(280, $("chart").clientWidth);
    const { chart, legend } = drawing(structure, view, series, width);
    $("chart").replaceChildren(chart);
    $("legend").replaceChildren(...legend);
  };
  draw();
  window.addEventListener("resize", draw);
  $("source").replaceChildren(`${t("embed-source")}: ${store.controller}, ${store.title}. `,
    element("a", { href: `.${write({ ...view, view: "chart" })}`.replace(".?", "./?"),
      target: "_blank", rel: "noopener" }, t("embed-open")));
}

await speak();
await show().catch((error) => { $("title").textContent = t("cannot", { why: error.message }); });
