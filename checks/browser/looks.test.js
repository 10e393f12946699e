// What ten views look like, compared with pictures of them that somebody has looked at
// (looks/*.png), so that a change of a style does not change them unseen.
//
// Not here: whether they are right. Two pictures may differ in some pixels, because browsers differ
// in how they draw letters. What changes with each ledger and each day is painted over.
//
//   UPDATE=1 node --test checks/browser/looks.test.js    writes the pictures anew; look at them

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { launch, open, shown } from "./browser.js";
import { makeReady, serve } from "./store.js";

const LOOKS = fileURLToPath(new URL("looks/", import.meta.url));
// What is drawn anew when it fails, to look at.
const FAILED = fileURLToPath(new URL("../../target/looks/", import.meta.url));
// The share of pixels that may differ.
const DIFFERENT_MAX = 0.02;
// How different a pixel may be before it counts, from 0 to 1.
const THRESHOLD = 0.2;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
// What differs from one store to the next, or from one day to the next.
const CHANGING = ["#clock", "#front-clock", "#ledger-state", "#citation"];

/** For each view, its plan, its address and how it is looked at. */
const VIEWS = {
  front: ["border", "", WIDE, "light"],
  "front-narrow": ["exit-metrics", "", NARROW, "light"],
  "front-dark": ["asylum", "", WIDE, "dark"],
  chart: ["border", "?flow=BORDER_FLOW", WIDE, "light"],
  "chart-narrow-dark": ["border", "?flow=VISITORS_PRESENT", NARROW, "dark"],
  "chart-of-many": ["asylum", "?flow=WAITING", WIDE, "light"],
  map: ["asylum", "?flow=APPLICATIONS&view=map", WIDE, "light"],
  table: ["exit-metrics", "?flow=MOVEMENTS&view=table", WIDE, "light"],
  lost: ["border", "?flow=NOPE", WIDE, "light"],
  german: ["border", "?flow=BORDER_FLOW&lang=de", WIDE, "light"],
};

const stores = {};
let browser = null;
before(async () => {
  browser = await launch();
  for (const plan of new Set(Object.values(VIEWS).map(([name]) => name))) {
    const made = makeReady(plan);
    stores[plan] = { made, server: await serve(made.store) };
  }
});
after(async () => {
  await browser?.close();
  for (const { made, server } of Object.values(stores)) {
    server.stop();
    made.remove();
  }
});

async function pictureOf(plan, address, viewport, colorScheme) {
  const { server } = stores[plan];
  const opened = await open(browser, server.address,
    { viewport, colorScheme, reducedMotion: "reduce" });
  await opened.page.goto(`${server.address}/${address}`);
  await shown(opened.page);
  await opened.page.waitForLoadState("networkidle");
  const mask = CHANGING.map((selector) => opened.page.locator(selector));
  const bytes = await opened.page.screenshot({ mask, animations: "disabled" });
  await opened.close();
  return bytes;
}

for (const [name, view] of Object.entries(VIEWS)) {
  test(`the view "${name}" looks as it did`, async () => {
    const path = `${LOOKS}${name}.png`;
    const bytes = await pictureOf(...view);
    if (process.env.UPDATE) writeFileSync(path, bytes);
    assert.ok(existsSync(path), `no picture ${path}; write it with UPDATE=1`);
    const [is, was] = [PNG.sync.read(bytes), PNG.sync.read(readFileSync(path))];
    assert.deepEqual([is.width, is.height], [was.width, was.height]);
    const drawn = new PNG({ width: is.width, height: is.height });
    const different = pixelmatch(is.data, was.data, drawn.data, is.width, is.height,
      { threshold: THRESHOLD });
    const share = different / (is.width * is.height);
    if (share > DIFFERENT_MAX) {
      mkdirSync(FAILED, { recursive: true });
      writeFileSync(`${FAILED}${name}.png`, bytes);
      writeFileSync(`${FAILED}${name}.different.png`, PNG.sync.write(drawn));
    }
    assert.ok(share <= DIFFERENT_MAX, `${(100 * share).toFixed(1)} % of the pixels differ: `
      + `target/looks/${name}.png`);
  });
}
