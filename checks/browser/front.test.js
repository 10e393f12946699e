// The front page, the order of a view, wrong addresses, and how much the pages move while loading.
//
// Not here: the figures of a view in full (pages.test.js).

import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, settled } from "./browser.js";
import { laws, makeHeadlines, makeNone, stage, visitStore } from "./store.js";

const on = stage();
const law = laws(on);
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const SHIFT_MAX = 0.05;
const text = (page, selector) => page.locator(selector).innerText();
const api = async (path, address = on.server.address) => (await fetch(`${address}/${path}`)).json();
const whole = (x) =>
  `${x < 0 ? "\u2212" : ""}${Math.abs(Math.round(x)).toLocaleString("en-GB")}`;

// A store of its own, its server and a page.
async function visit(made, body, options) {
  try {
    await visitStore(on.browser, made, body, options);
  } finally {
    made.remove();
  }
}

law("the front page shows one series of each statistic if the plan names none",
  async ({ page, go, asked }) => {
    await go("");
    assert.match(await page.title(), /^What is new/);
    assert.equal(await page.locator("#news > li").count(), 3);
    assert.equal(await page.locator("#news svg.spark[role=img]").count(), 3);
    assert.equal(await page.locator("#front-flows > li").count(), 4);
    assert.match(await text(page, "#front-about"), /published by Example Statistics Office/);
    assert.match(await text(page, "#front-clock"), /13 February 2024.*14 February 2024/s);
    const heavy = asked.filter((url) => /\/d3\.|plot\.umd|log\/tile/.test(url));
    assert.deepEqual(heavy, [], "no library, no ledger");
    // A language is no view; anything else is.
    await go("?lang=de");
    assert.equal(await text(page, "#front h1"), "Neues");
    await page.locator("#languages a[lang=en]").click();
    await settled(page);
    // Each card leads to its figures in full, and back.
    const value = await text(page, "#news > li:first-child .value");
    await page.locator("#news > li:first-child a").click();
    await page.waitForURL(/flow=CROSSINGS&key=/);
    await page.locator("#one").waitFor();
    await settled(page);
    assert.equal(await text(page, "#value"), value);
    await page.goBack();
    await page.locator("#front").waitFor();
    assert.match(await page.title(), /^What is new/);
  });

test("headlines of the plan have value, interval and change", async () => {
  await visit(makeHeadlines(), async ({ page, go }, address) => {
    await go("");
    assert.equal(await page.locator("#news > li").count(), 2);
    const { headlines } = await api("v1/dataflows", address);
    for (const [n, { dataflow, key, title }] of headlines.entries()) {
      const answer = await api(`v1/data/${dataflow}/${key}?lastNObservations=2`, address);
      const [[, before, m0], [, value, m1]] = answer.series[0].observations;
      const card = page.locator("#news > li").nth(n);
      assert.equal(await card.locator("h2").innerText(), title);
      assert.equal(await card.locator(".value").innerText(), whole(value));
      assert.equal(await card.locator(".margin").innerText(), `\u00b1 ${Math.ceil(m1)}`);
      const [low, high] = [value - before - m0 - m1, value - before + m0 + m1];
      const words = await card.locator(".change").innerText();
      assert.equal(/too small to tell/.test(words), low <= 0 && high >= 0, words);
      const signed = (x) => (x > 0 ? "+" : "") + whole(x);
      const range = `(${signed(Math.floor(low))}\u00a0to\u00a0${signed(Math.ceil(high))})`;
      assert.ok(words.includes(range), words);
    }
  });
});

test("a change needs the period just before, under the same rule", async () => {
  const { changeOf } = await import("../../web/change.js");
  const row = (day, value, margin, status = null) => ({ period: `2024-01-0${day}`,
    begins: new Date(`2024-01-0${day}T00:00:00Z`), value, margin, low: value - margin,
    high: value + margin, status, vintage: 1 });
  const change = changeOf([row(1, 10, 2), row(2, 14, 3)]);
  assert.deepEqual([change.value, change.low, change.high, change.before.period],
    [4, -1, 9, "2024-01-01"]);
  assert.equal(changeOf([row(2, 14, 3)]), null);
  assert.equal(changeOf([row(1, 10, 2), row(3, 14, 3)]), null);
  assert.equal(changeOf([row(1, 10, 2), row(2, 14, 3, "B")]), null);
});

law("an earlier figure that the latest release changed is listed with its old value",
  async ({ page, go }) => {
    await go("");
    const items = await page.locator("#front-revisions li").allInnerTexts();
    const none = await page.locator("#front-revisions p").count();
    assert.equal(items.length === 0, none === 1);
    for (const item of items) {
      const figure = "\u2212?[\\d,]+\\s\u00b1\\s\\d+";
      assert.match(item, new RegExp(`: .* is now ${figure}, and was ${figure}`));
    }
  });

test("a store without a release says so, and when the first comes", async () => {
  await visit(makeNone(), async ({ page, go }) => {
    await go("");
    assert.match(await text(page, "#front-none"),
      /Nothing has been released yet.*1 January 2024/);
    assert.equal(await page.locator("#news > li").count(), 0);
    assert.equal(await page.locator("#front-flows > li").count(), 4);
    await go("?flow=CROSSINGS");
    assert.match(await text(page, "#state-text"), /Nothing has been released yet.*1 January 2024/);
  });
});

law("a view begins with title, figure and chart; controls and table follow",
  async ({ page, go }) => {
    await go(`${FLOW}US.ENTRY`);
    const top = async (selector) => (await page.locator(selector).boundingBox()).y;
    const order = ["#title", "#value", "#chart", "#picker", "#table", "#about"];
    const places = [];
    for (const selector of order) places.push(await top(selector));
    assert.deepEqual(places, places.toSorted((a, b) => a - b));
    assert.ok(await top("#chart") < 450, `${await top("#chart")}`);
    // The address without a key opens the shortest reliable length.
    await go("?flow=CROSSINGS");
    const grain = await page.locator("[name=grain]:checked").inputValue();
    for (const shorter of ["D", "W", "M"].slice(0, ["D", "W", "M"].indexOf(grain))) {
      const key = `${shorter}.HK.FLOW._T._T`;
      const { series } = await api(`v1/data/CROSSINGS/${key}?lastNObservations=1`);
      const [, value, margin] = series[0].observations[0];
      assert.ok(margin > Math.abs(value) / 4, shorter);
    }
    await choose(page, "[name=view][value=table]");
    await page.waitForURL(/view=table/);
    assert.ok(!(await page.locator("#chart").isVisible()));
  });

law("on a phone the controls and the catalogue are drawers", async ({ page, go }) => {
  await go(`${FLOW}US.ENTRY`);
  for (const [drawer, inside] of [["#drawer", "#picker"], ["#catalogue", "#flows"]]) {
    assert.ok(!(await page.locator(inside).isVisible()), inside);
    await page.locator(`${drawer} > summary`).click();
    assert.ok(await page.locator(inside).isVisible(), inside);
  }
}, { viewport: { width: 390, height: 844 } });

law("a table asks for no library of charts", async ({ page, go, asked }) => {
  await go(`${FLOW}US.ENTRY&view=table`);
  assert.ok(!asked.some((url) => /d3\.min|plot\.umd/.test(url)));
  await choose(page, "[name=view][value=chart]");
  await page.locator("#chart svg[role=img]").waitFor();
  assert.equal(asked.filter((url) => /d3\.min|plot\.umd/.test(url)).length, 2);
});

for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
  law(`nothing moves while a page loads, at ${viewport.width} pixels`, async ({ page, go }) => {
    await page.addInitScript(() => {
      globalThis.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    const paths = ["", "?flow=CROSSINGS", `${FLOW}US.ENTRY`, `${FLOW}US+JP.ENTRY`,
      `${FLOW}AU+BR+CA+CN+DE+EG+FR.ENTRY`, `${FLOW}_T._T&view=table`, `${FLOW}_T._T&view=map`,
      "?flow=ENTRY_SHARE", "?flow=NONE"];
    for (const path of paths) {
      await go(path);
      await page.waitForTimeout(300);
      const shift = await page.evaluate(() => globalThis.shift);
      assert.ok(shift < SHIFT_MAX, `${path}: ${shift}`);
    }
  }, { viewport });
}

law("an address that names what there is not says so, and what there is", async ({ page, go }) => {
  const links = () => page.locator("#lost a").allInnerTexts();
  await go("?flow=NOPE");
  assert.match(await text(page, "#lost"), /no statistic \u201cNOPE\u201d/);
  assert.equal((await links()).length, 5);
  for (const [key, words] of [["D.HK.FLOW.XX.ENTRY", /no code \u201cXX\u201d/],
    ["S.HK.FLOW._T.ENTRY", /Frequency has no code \u201cS\u201d/],
    ["D.HK.FLOW._T.ENTRY.MORE", /too many parts \(6\).*dimensions \(5\)/],
    ["D.HK.FLOW.US+XX.ENTRY", /no code \u201cXX\u201d/]]) {
    await go(`?flow=CROSSINGS&key=${key}`);
    assert.match(await text(page, "#lost"), words);
    assert.ok(!(await page.locator("#value").isVisible()), "no other figure");
    assert.match(await page.title(), /^Not found/);
  }
  await go("embed?flow=CROSSINGS&key=D.HK.FLOW.XX.ENTRY");
  assert.match(await text(page, "#plain"), /no code \u201cXX\u201d/);
  // A link shows the same view with a code that there is.
  await go("?flow=CROSSINGS&key=D.HK.FLOW.XX.ENTRY");
  await page.locator("#lost a", { hasText: "Japan (JP)" }).click();
  await page.waitForURL(/key=D.HK.FLOW.JP.ENTRY/);
  await page.locator("#value").waitFor();
  for (const option of ["asOf=x", "start=2024", "view=pie", "last=3", "since=-1", "end=2024-02-30",
    "asOf=99999", "since=99999"]) {
    await go(`${FLOW}US.ENTRY&${option}`);
    assert.ok((await text(page, "#lost")).includes(option), option);
  }
});

test("a rate with wide intervals is drawn between limits", async () => {
  const { limitsOf } = await import("../../web/chart.js");
  const rate = { measure: "rate" };
  const row = (low, high) => ({ low, high, value: (low + high) / 2 });
  assert.equal(limitsOf(rate, [row(0.2, 0.4), row(0.5, 0.9)]), null);
  assert.deepEqual(limitsOf(rate, [row(0.2, 0.4), row(-2, 30)]), { low: 0, high: 1 });
  assert.deepEqual(limitsOf(rate, [row(1.8, 2.4), row(-2, 30)]), { low: 0, high: 2.4 });
  assert.equal(limitsOf({ measure: "flow" }, [row(-2, 30)]), null);
});
