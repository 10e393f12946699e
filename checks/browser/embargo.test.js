// An embargo as the page shows it, and its end by the clock of the program.
//
// Not here: that no other address serves embargoed figures (the server's tests).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, launch, open } from "./browser.js";
import { makeStore, serve } from "./store.js";

const DELAY = "release_delay_hours = 6";
const on = {};

before(async () => {
  const withEmbargo = (plan) => plan.replace(DELAY, `${DELAY}\nembargo = "09:30"`);
  on.made = makeStore(withEmbargo);
  on.first = makeStore(withEmbargo, "2024-01-01");
  on.browser = await launch();
});
after(async () => {
  await on.browser?.close();
  on.made?.remove();
  on.first?.remove();
});

// Serves a store with a clock that starts at an instant: the night after the store's last day.
async function servedFrom(instant, body, made = on.made) {
  const server = await serve(made.store, "--now", instant);
  try {
    await body(server.address);
  } finally {
    server.stop();
  }
}

const flowOf = async (address) => (await fetch(`${address}/v1/dataflows/CROSSINGS`)).json();
const lastDay = async (address) => {
  const path = "v1/data/CROSSINGS/D.HK.FLOW._T._T?startPeriod=2024-02-12";
  const { series } = await (await fetch(`${address}/${path}`)).json();
  return series[0].observations.at(-1);
};

test("the page shows the end of the embargo, and the figures before it", async () => {
  await servedFrom("2024-02-14T01:00:00Z", async (address) => {
    const { page, go, faults, close } = await open(on.browser, address);
    await go("?flow=CROSSINGS&key=D.HK.FLOW._T._T&start=2024-02-11");
    const clock = await page.locator("#clock").innerText();
    assert.match(clock, /Released up to\s+12 February 2024/);
    assert.match(clock, /Under embargo\s+figures up to 13 February 2024, until 14 Feb 2024, 09:30/);
    const rows = page.locator("#table tbody tr");
    assert.equal(await rows.count(), 3);
    const first = await rows.first().innerText();
    assert.match(first, /13 Feb 2024\s+under embargo until 14 Feb 2024, 09:30/);
    assert.match(await page.locator("#when").innerText(), /12 February 2024/);
    const newest = await page.locator("#asOf option").nth(1).textContent();
    assert.match(newest, /12 Feb 2024/);
    await go("?flow=CROSSINGS&key=D.HK.FLOW._T._T&start=2024-02-13");
    assert.match(await page.locator("#state-text").innerText(), /under embargo until 14 Feb 2024/);
    // The ledger is whole, and verifies.
    await go("ledger");
    await page.waitForFunction(() => document.body.dataset.ready);
    assert.equal(await page.locator("#checks .ok").count(), 3);
    assert.deepEqual(faults, []);
    await close();
  });
});

test("the server ends the embargo by itself at its hour", async () => {
  await servedFrom("2024-02-14T01:29:50Z", async (address) => {
    const begun = Date.now();
    const first = await flowOf(address);
    assert.equal(first.last, "2024-02-12");
    assert.equal(first.embargoed?.until, "2024-02-14T01:30:00Z");
    assert.deepEqual((await lastDay(address)).slice(1), [null, null, null, null, "Q", null, "E"]);
    let now = first;
    while (now.embargoed && Date.now() - begun < 60_000) {
      await new Promise((done) => setTimeout(done, 100));
      now = await flowOf(address);
    }
    assert.equal(now.last, "2024-02-13");
    assert.ok(Date.now() - begun > 1000, "not before its hour");
    const [period, value, margin, , , , , free] = await lastDay(address);
    assert.deepEqual([period, typeof value, margin > 0, free], ["2024-02-13", "number", true, "F"]);
  });
});

test("a rate is under embargo with its figures", async () => {
  await servedFrom("2024-02-14T01:00:00Z", async (address) => {
    const { page, go, faults, close } = await open(on.browser, address);
    await go("?flow=ENTRY_SHARE&key=D.HK.ENTRY_SHARE&start=2024-02-11");
    const rows = page.locator("#table tbody tr");
    assert.equal(await rows.count(), 3);
    assert.match(await rows.first().innerText(), /13 Feb 2024\s+under embargo until 14 Feb 2024/);
    assert.match(await rows.nth(1).innerText(), /12 Feb 2024\s+[\d.]+%/);
    assert.deepEqual(faults, []);
    await close();
  });
});

test("before the first figure the page shows the end of its embargo", async () => {
  await servedFrom("2024-01-02T01:00:00Z", async (address) => {
    const { page, go, faults, close } = await open(on.browser, address);
    for (const range of ["", "&last=all", "&start=2024-01-01&end=2024-01-01"]) {
      await go(`?flow=CROSSINGS&key=D.HK.FLOW._T._T${range}`);
      const state = await page.locator("#state-text").innerText();
      assert.match(state, /under embargo until 2 Jan 2024, 09:30/, range);
    }
    const clock = await page.locator("#clock").innerText();
    assert.match(clock, /Under embargo\s+figures up to 1 January 2024, until 2 Jan 2024, 09:30/);
    await choose(page, "input[name=span][value=between]");
    await page.waitForFunction(() => location.search.includes("start=2024-01-01"));
    assert.deepEqual(faults, []);
    await close();
  }, on.first);
});
