// The page for plans with steps of an hour or a quarter of an hour, in a real browser.
//
// Not here: to which hour an event belongs (the program's tests).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, launch, settled } from "./browser.js";
import { makeHours, visitStore } from "./store.js";

const FLOW = "?flow=BORDER_FLOW&key=H.DE.FLOW._T._T._T";
const on = {};

before(async () => {
  on.hours = makeHours();
  on.quarters = makeHours((plan) => plan.replaceAll('step = "hour"', 'step = "quarter_hour"'),
    "2024-10-26");
  on.browser = await launch();
});
after(async () => {
  await on.browser?.close();
  on.hours?.remove();
  on.quarters?.remove();
});

const law = (made, body, options) => visitStore(on.browser, made, body, options);

// The labels below the chart; the numbers beside it have neither letters nor colons.
async function ticks(page) {
  const all = await page.locator("#chart svg text").allTextContents();
  return all.filter((words) => /[a-z:]/.test(words));
}

test("every step has words in every language", async () => {
  for (const language of ["en", "de", "es", "fr"]) {
    const { default: words } = await import(`../../web/words/${language}.js`);
    for (const step of ["quarter_hour", "hour", "day", "week", "month"]) {
      assert.ok(words[`word-${step}`], `${language} ${step}`);
    }
  }
});

test("a table of hours names each by its beginning and end", async () => {
  await law(on.hours, async ({ page, go }, address) => {
    await go(FLOW);
    const clock = await page.locator("#clock").innerText();
    assert.match(clock, /Released up to\s+30 October 2024, 23:00\u201324:00/);
    assert.match(clock, /Next release\s+31 October 2024, 00:00\u201301:00/);
    const rows = page.locator("#table tbody tr");
    assert.equal(await rows.count(), 72);
    assert.match(await rows.first().innerText(), /^30 Oct 2024, 23:00\u201324:00\s/);
    assert.match(await rows.nth(23).innerText(), /^30 Oct 2024, 00:00\u201301:00\s/);
    assert.equal(await page.locator("#when").innerText(), "on 30 October 2024, 23:00\u201324:00");
    assert.match(await page.locator("#plain").innerText(), /once in each hour and cell\.$/m);
    // Each row is the served figure of its hour.
    const path = "v1/data/BORDER_FLOW/H.DE.FLOW._T._T._T?lastNObservations=1";
    const { series } = await (await fetch(`${address}/${path}`)).json();
    const [period, value] = series[0].observations[0];
    assert.equal(period, "2024-10-30T23:00:00");
    assert.ok((await rows.first().innerText()).includes(String(Math.round(Math.abs(value)))));
    await go("?flow=VISITORS_PRESENT&key=H.DE.STOCK._T");
    assert.match(await page.locator("#when").innerText(), /^at the end of 30 October 2024, 23:00/);
  });
});

test("a chart of hours has dates at midnight and times between", async () => {
  await law(on.hours, async ({ page, go }) => {
    for (const [rest, tick, otherTick] of [
      ["&view=chart", /^\d\d:00$/, /^\d\d? Oct$/],
      ["&view=chart&last=all", /^\d\d? Oct$/, /^\d\d? Oct$/],
      ["&view=chart&start=2024-10-30&end=2024-10-30", /^30 Oct, \d\d:00$/, /^30 Oct$/],
    ]) {
      await go(`${FLOW}${rest}`);
      const labels = await ticks(page);
      assert.ok(labels.length >= 3, `${rest}: ${labels}`);
      assert.ok(labels.every((label) => tick.test(label) || otherTick.test(label)), `${labels}`);
      assert.ok(labels.some((label) => tick.test(label)), `${labels}`);
      const dates = labels.filter((label) => otherTick.test(label));
      assert.equal(new Set(dates).size, dates.length, `${rest}: ${labels}`);
    }
  });
});

test("a range of hours is chosen by days, and longer periods are offered", async () => {
  await law(on.hours, async ({ page, go }) => {
    await go(FLOW);
    await choose(page, "input[name=span][value=between]");
    await settled(page);
    const value = (id) => page.locator(`#${id}`).inputValue();
    assert.deepEqual([await value("start"), await value("end")], ["2024-10-28", "2024-10-30"]);
    assert.equal(await page.locator("#start").getAttribute("min"), "2024-10-26");
    await page.locator("#start").fill("2024-10-30");
    await page.waitForFunction(() => location.search.includes("start=2024-10-30"));
    await settled(page);
    assert.equal(await page.locator("#table tbody tr").count(), 24);
    await go(FLOW.replace("H.DE", "D.DE"));
    assert.equal(await page.locator("#table tbody tr").count(), 5);
  });
});

test("hours in German", async () => {
  await law(on.hours, async ({ page, go }) => {
    await go(FLOW);
    const when = await page.locator("#when").innerText();
    assert.equal(when, "am 30. Oktober 2024, 23:00\u201324:00 Uhr");
    assert.match(await page.locator("#plain").innerText(), /einmal je Stunde und Tabellenfeld\.$/m);
  }, { locale: "de-DE" });
});

test("quarters of an hour are distinguished from hours", async () => {
  await law(on.quarters, async ({ page, go }) => {
    await go("?flow=BORDER_FLOW&key=N15.DE.FLOW._T._T._T");
    const rows = page.locator("#table tbody tr");
    assert.equal(await rows.count(), 96);
    assert.match(await rows.first().innerText(), /^26 Oct 2024, 23:45\u201324:00\s/);
    // At a whole hour the server writes a quarter of an hour as it writes an hour.
    assert.match(await rows.nth(3).innerText(), /^26 Oct 2024, 23:00\u201323:15\s/);
    assert.match(await page.locator("#clock").innerText(), /27 October 2024, 00:00\u201300:15/);
    await go("?flow=BORDER_FLOW&key=H.DE.FLOW._T._T._T");
    assert.match(await rows.first().innerText(), /^26 Oct 2024, 23:00\u201324:00\s/);
    await go("?flow=BORDER_FLOW&key=N15.DE.FLOW._T._T._T&view=chart");
    assert.ok((await ticks(page)).length >= 3);
  });
});
