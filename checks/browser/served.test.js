// The pages without scripts: what the server wrote is whole, says what scripts say, is accessible,
// and gives way to what scripts show without moving anything.
//
// Not here: figures against /v1/data, hostile addresses, embargo (crates/serve/src/tests/pages.rs);
// how much the pages move while loading (front.test.js).

import assert from "node:assert/strict";
import { test } from "node:test";
import { violationsNow } from "./axe.js";
import { open } from "./browser.js";
import { laws, makeHeadlines, makeNone, stage, visitStore } from "./store.js";

const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const WITHOUT = { javaScriptEnabled: false };

const on = stage();
const law = laws(on);
const text = (page, selector) => page.locator(selector).first().innerText();
// The status is in words here, and a mark with a title there.
const cellsOf = (page, table) => page.locator(`${table} tbody tr`).evaluateAll((rows) =>
  rows.map((row) => [...row.cells].slice(0, -1).map((cell) => cell.textContent.trim())));

for (const lang of ["en", "de"]) {
  for (const path of [`${FLOW}US.ENTRY`, "?flow=VISITORS_PRESENT&key=D.HK.STOCK._T",
    "?flow=ENTRY_SHARE"]) {
    test(`${path} in ${lang} says without scripts what it says with them`, async () => {
      const bare = await open(on.browser, on.server.address, WITHOUT);
      await bare.page.goto(`${on.server.address}/${path}&lang=${lang}`);
      const full = await open(on.browser, on.server.address);
      await full.go(`${path}&lang=${lang}&view=table`);
      const [served, shown] = [await cellsOf(bare.page, "#served"),
        await cellsOf(full.page, "#table")];
      assert.ok(served.length > 3, `${served.length} rows`);
      assert.deepEqual(served, shown.slice(0, served.length));
      assert.equal(await text(bare.page, "h1"), await text(full.page, "#title"));
      const words = (page, selector) => page.locator(selector).allInnerTexts();
      const newest = (await words(bare.page, "#served .latest span")).filter(Boolean);
      assert.deepEqual(newest, (await words(full.page, "#latest span")).filter(Boolean));
      const plain = await text(bare.page, "#served .plain");
      assert.ok((await text(full.page, "#plain")).startsWith(plain), plain);
      assert.equal(await bare.page.title(), await full.page.title());
      // Nothing of it is left once scripts have run.
      assert.equal(await full.page.locator("#served").count(), 0);
      assert.equal(await full.page.locator("h1:visible").count(), 1);
      for (const opened of [bare, full]) {
        assert.deepEqual(opened.faults, []);
        await opened.close();
      }
    });
  }
}

law("without scripts every statistic is one link away, and nothing empty is shown",
  async ({ page }) => {
    await page.goto(`${on.server.address}/`);
    assert.match(await text(page, "noscript"), /need JavaScript/);
    assert.equal(await page.locator("#served .news > li").count(), 3);
    assert.match(await text(page, "#served .news .margin"), /^\u00b1 [\d,]+$/);
    assert.equal(await text(page, "nav a[aria-current=page]"), "Figures");
    assert.match(await text(page, "#publisher"), /\w/);
    assert.match(await text(page, "#synthetic"), /Synthetic data/);
    assert.ok(!await page.locator("#catalogue, #drawer").first().isVisible());
    await page.locator("#served .shelf a").first().click();
    assert.equal(await page.locator("#served table").count(), 1);
    await page.locator("#languages a[lang=de]").click();
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    assert.match(await text(page, "#served caption"), /neueste zuerst/);
  }, WITHOUT);

test("headlines and an empty store can be read without scripts", async () => {
  for (const [made, check] of [
    [makeHeadlines(), async (page) => {
      assert.deepEqual(await page.locator("#served .news h2").allInnerTexts(),
        ["Arrivals", "Departures"]);
    }],
    [makeNone(), async (page) => {
      assert.match(await text(page, "#served .note"), /Nothing has been released yet/);
      assert.equal(await page.locator("#served .value").count(), 0);
    }]]) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      await visitStore(on.browser, made, async ({ page }, address) => {
        await page.goto(`${address}/`);
        await check(page);
      }, WITHOUT);
    } finally {
      made.remove();
    }
  }
});

test("what the server writes has no violation at AA", async () => {
  const paths = ["", `${FLOW}US.ENTRY`, `${FLOW}US+JP.ENTRY&lang=de`,
    `${FLOW}AU+BR+CA+CN+DE+FR+GB._T`, "?flow=NONE"];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
      const { page, close } = await open(on.browser, on.server.address, options);
      // Axe needs scripts, so only those of the page do not come.
      await page.route("**/page.js", (route) => route.abort());
      for (const path of paths) {
        await page.goto(`${on.server.address}/${path}`);
        const found = await violationsNow(page);
        assert.deepEqual(found, [], `${path} ${colorScheme} ${width}`);
        const overflow = await page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0, `${path} scrolls sideways at ${width}`);
      }
      await close();
    }
  }
});
