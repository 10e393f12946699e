// Every view of every statistic of a served store: each picture that the page offers.
//
// Not here: what is checked of them (ready.test.js) and measured (measure.js).

import { settled } from "./browser.js";

// The names of the ready-made plans.
export const READY = ["asylum", "border", "exit-metrics", "returns"];

// The addresses of all views, the front page first; `page` is one of that store.
export async function everyView(page, address) {
  const list = await (await fetch(`${address}/v1/dataflows`)).json();
  const views = [""];
  for (const { id } of [...list.dataflows, ...list.rates ?? []]) {
    await page.goto(`${address}/?flow=${id}`);
    await settled(page);
    const offered = await page.locator("[name=view]").evaluateAll((inputs) =>
      inputs.map((input) => input.value));
    views.push(...offered.map((view) => `?flow=${id}&view=${view}`));
  }
  return views;
}

// Collects what moves on a page while it loads (`globalThis.shift`), when its largest part was
// painted (`globalThis.painted`) and when its last picture was drawn (`globalThis.drawn`), both in
// milliseconds. Drawings do not count as parts that are painted.
export function watch() {
  globalThis.shift = 0;
  globalThis.painted = 0;
  globalThis.drawn = 0;
  let pictures = 0;
  new MutationObserver(() => {
    const found = document.querySelectorAll("svg[role=img]").length;
    if (found > pictures) globalThis.drawn = performance.now();
    pictures = found;
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.painted = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
}
