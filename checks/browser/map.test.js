// The map: which statistics have one, what stands on it and beside it, and its slider of periods.
//
// Not here: whether the outlines are right (vendor/countries-50m.json), and the look of the map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { classOf, thresholdsOf } from "../../web/classes.js";
import { choose, open } from "./browser.js";
import { laws, makeJourneys, serve, stage } from "./store.js";

const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const JOURNEYS = "?flow=CROSSINGS&key=M.HK.FLOW._T._T.ENTRY&view=map";
const text = (page, selector) => page.locator(selector).innerText();
const drawn = (page) => page.locator("#chart .world").waitFor();
const country = (page, code) => page.locator(`#chart path[data-code=${code}]`);
const asksForFigures = (url) => url.includes("/v1/data/");

const on = stage();
const law = laws(on);
const journeys = stage(makeJourneys);
const onJourneys = laws(journeys);

test("classes are round, wider than a margin, and few where little can be told apart", () => {
  const rows = (values, margin) => values.map((value) => ({ value, margin }));
  const skewed = [1, 2, 3, 5, 8, 20, 40, 90, 300, 2000, 50_000];
  const ends = thresholdsOf(rows(skewed, 1));
  assert.equal(ends.length, 4);
  assert.deepEqual(ends, ends.toSorted((a, b) => a - b));
  assert.deepEqual(ends.map((end) => Number(end.toPrecision(1))), ends);
  const used = new Set(skewed.map((value) => classOf(ends, value)));
  assert.ok(used.size >= 4, [...used].join());
  assert.deepEqual(thresholdsOf(rows([12, 30, -8, 41], 40)), [40]);
  assert.deepEqual(thresholdsOf(rows([-3, 0], 5)), []);
  assert.equal(thresholdsOf(rows([800, 900, 1000, 1100, 1200], 5)).length, 4);
  assert.deepEqual([39, 40, 41].map((value) => classOf([40], value)), [0, 1, 1]);
});

law("the map is fetched only when the reader wants it, and its table has the same figures",
  async ({ page, go, asked }) => {
    await go(`${FLOW}_T.ENTRY`);
    assert.ok(!asked.some((url) => /countries-50m|topojson|map\.js/.test(url)));
    await choose(page, "[name=view][value=map]");
    await drawn(page);
    assert.ok(asked.some((url) => url.endsWith("countries-50m.json")));
    assert.equal(await page.locator("#picture-table tbody tr").count(), 14);
    assert.match(await text(page, "#view-picture"), /imply no opinion/);
    assert.ok(await page.locator("#chart path[fill^='url(#weak']").count() > 0);
    await page.locator("#at").press("Home");
    await page.waitForURL(/at=2024-01-01/);
    await page.locator("#picture-table caption", { hasText: "1 January 2024" }).waitFor();
  });

law("a statistic without countries has no map", async ({ page, go }) => {
  await go("?flow=BORDER_FLOW&view=map");
  assert.equal(await page.locator("[name=view][value=map]").count(), 0);
  assert.match(await text(page, "#chart"), /no map of .Entries and exits by border point/);
  assert.ok(await page.locator("#view-table").isVisible());
  await page.locator("#chart .note a").click();
  await page.waitForURL(/flow=BORDER_FLOW&key=/);
  await page.locator("#chart svg[role=img]").waitFor();
});

law("rates by country have a map, with intervals in place of margins", async ({ page, go }) => {
  await go("?flow=ENTRY_SHARE&view=map");
  await drawn(page);
  const heads = await page.locator("#picture-table thead th").allInnerTexts();
  assert.deepEqual(heads.slice(1), ["Value", "Low", "High", "Status"]);
  assert.match(await text(page, "#picture-table tbody tr:first-child"), /%/);
});

onJourneys("codes of Eurostat have their outlines; groups and special codes stand beside the map",
  async ({ page, go }) => {
    await go(JOURNEYS);
    await drawn(page);
    const grey = await page.locator("#chart path:not([data-code])").first().getAttribute("fill");
    for (const code of ["EL", "UK", "XK", "CN"]) {
      assert.notEqual(await country(page, code).first().getAttribute("fill"), grey, code);
    }
    assert.equal(await page.locator("#chart circle[data-code=MT]").count(), 1);
    const [groups, beside] = await page.locator(".beside").allInnerTexts();
    const figure = /\u2212?[\d,]+\s\u00b1\s[\d,]+/;
    for (const name of ["European Union", "Other countries", "No citizenship"]) {
      assert.match(groups, new RegExp(`${name}\\s+${figure.source}`));
      assert.ok(!beside.includes(name));
    }
    for (const name of ["Gibraltar", "Stateless", "Unknown"]) {
      assert.match(beside, new RegExp(`${name}\\s+${figure.source}`));
    }
    assert.doesNotMatch(beside, /Greece|Kosovo|Malta/);
    const codes = "EL+MT+DE+UK+XK+GI+CN+STLS+UNK+EU27+OTHER+NONE";
    const { series } = await (await fetch(
      `${journeys.server.address}/v1/data/CROSSINGS/M.HK.FLOW.${codes}._T.ENTRY`)).json();
    const served = series.map(({ observations: [[, value, margin]] }) =>
      `${Math.round(Math.abs(value))} \u00b1 ${Math.ceil(margin)}`).sort();
    const cells = await page.locator("#picture-table tbody tr:has(td)").evaluateAll((rows) =>
      rows.map((row) => [1, 2].map((n) => row.cells[n].textContent.replace(/[,\u2212]/g, ""))
        .join(" ")).sort());
    assert.deepEqual(cells, served);
    await go(`${JOURNEYS}&lang=de`);
    await drawn(page);
    const table = await text(page, "#picture-table");
    for (const name of ["Griechenland", "Vereinigtes K\u00f6nigreich", "Kosovo", "Stateless"]) {
      assert.ok(table.includes(name), name);
    }
  });

onJourneys("the slider shows periods without asking again, and colours keep their meaning",
  async ({ page, go, asked }) => {
    await go(JOURNEYS.replace("key=M", "key=D"));
    await drawn(page);
    const legend = () => page.locator("#legend > .key").allInnerTexts();
    const asking = asked.filter(asksForFigures).length;
    const [length, keys] = [await page.evaluate(() => history.length), await legend()];
    const slider = page.locator("#at");
    assert.equal(await slider.getAttribute("aria-valuetext"), "31 January 2024");
    for (let n = 0; n < 3; n += 1) await slider.press("ArrowLeft");
    assert.equal(await slider.getAttribute("aria-valuetext"), "28 January 2024");
    assert.match(page.url(), /at=2024-01-28/);
    assert.match(await text(page, "#picture-table caption"), /28 January 2024/);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.waitForURL(/at=2024-01-31/);
    await page.getByRole("button", { name: "Play" }).waitFor();
    assert.deepEqual(await legend(), keys);
    assert.equal(asked.filter(asksForFigures).length, asking);
    assert.equal(await page.evaluate(() => history.length), length);
    // The address opens the same period.
    await go(`${JOURNEYS.replace("key=M", "key=D")}&at=2024-01-05`);
    await drawn(page);
    assert.match(await text(page, "#picture-table caption"), /5 January 2024/);
    await go(`${JOURNEYS.replace("key=M", "key=D")}&at=1999-01-05`);
    assert.match(await text(page, "#chart"), /no figures of 1999-01-05/);
    assert.equal(await page.locator("#chart .world").count(), 0);
  });

onJourneys("origin and destination: one is shown, a country is picked on the other",
  async ({ page, go }) => {
    await go(JOURNEYS);
    await drawn(page);
    const shows = page.getByLabel("The map shows");
    await shows.selectOption({ label: "Destination" });
    await page.waitForURL(/by=DESTINATION/);
    await page.locator(".map-what", { hasText: "By Destination" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "map-by");
    await page.getByLabel("Citizenship", { exact: true }).last().waitFor();
    await page.locator("#map-CITIZENSHIP").selectOption("UK");
    await page.waitForURL(/FLOW\.UK\._T\.ENTRY/);
    await page.locator(".map-what", { hasText: "United Kingdom" }).waitFor();
    // A click on a country picks it, and a second click all of them.
    await country(page, "CN").first().click();
    await page.waitForURL(/FLOW\.CN\._T\.ENTRY/);
    await page.locator("#chart path.picked[data-code=CN]").first().click();
    await page.waitForURL(/FLOW\._T\._T\.ENTRY/);
    await go(`${JOURNEYS}&by=AGE`);
    assert.match(await text(page, "#lost"), /by=AGE/);
  });

onJourneys("a region is shown larger, and the address keeps it", async ({ page, go }) => {
  await go(JOURNEYS);
  await drawn(page);
  const width = () => country(page, "DE").first()
    .evaluate((node) => node.getBoundingClientRect().width);
  const small = await width();
  await page.getByLabel("Region").selectOption("Europe");
  await page.waitForURL(/region=europe/);
  assert.ok(await width() > 2 * small);
  await page.reload();
  await drawn(page);
  assert.ok(await width() > 2 * small);
  await country(page, "DE").first().hover();
  assert.match(await text(page, ".map-hint"), /^Germany\n\u2212?\d+\s\u00b1\s\d+/);
});

onJourneys("the place of the map is kept before it is drawn", async ({ page, go }) => {
  for (const size of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(size);
    await page.addInitScript(() => {
      globalThis.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await go(JOURNEYS);
    await drawn(page);
    const { shift, over } = await page.evaluate(() => ({ shift: globalThis.shift,
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth }));
    assert.ok(shift < 0.05, `${size.width}: ${shift}`);
    assert.equal(over, 0);
  }
});

onJourneys("where countries are not measured, the map says so and links to longer periods",
  async ({ page, go }) => {
    await page.route(/\/v1\/data\/CROSSINGS\/D\.[^?]*(EL|EU27)\+/, (route) => route.fulfill({
      status: 404, contentType: "application/json",
      body: JSON.stringify({ code: "unmeasured", rule: "not measured" }) }));
    await go(JOURNEYS.replace("key=M", "key=D"));
    assert.match(await text(page, "#chart"), /are not published/);
    await page.locator("#chart .note a", { hasText: "Month" }).click();
    await drawn(page);
    assert.match(page.url(), /key=M/);
  });

test("figures under embargo are not on the map, which says until when", async () => {
  const delay = "release_delay_hours = 6";
  const made = makeJourneys((plan) => plan.replace(delay, `${delay}\nembargo = "09:30"`));
  const server = await serve(made.store, "--now", "2024-02-01T01:00:00Z");
  const { page, go, faults, close } = await open(journeys.browser, server.address);
  try {
    await go(JOURNEYS.replace("key=M", "key=D"));
    await drawn(page);
    assert.match(await text(page, "#picture-table caption"), /30 January 2024/);
    assert.match(await text(page, "#legend"),
      /Figures up to 31 Jan 2024 are under embargo until 1 Feb 2024, 09:30/);
    assert.deepEqual(faults, []);
  } finally {
    await close();
    server.stop();
    made.remove();
  }
});
