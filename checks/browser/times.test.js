// Pictures of durations and cohorts in a real browser, on a store of simulated applications: each
// shows the figures of the server, in the drawing, in words and in a table.
//
// Not here: whether those figures are right (the server's tests).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { violationsNow } from "./axe.js";
import { open, settled } from "./browser.js";
import { laws, makeTimes, serve, stage } from "./store.js";

const WAITING = "?flow=WAITING&key=M.AT.FLOW._T.";
const OUTCOMES = "?flow=WAITING&key=M.AT.FLOW.GENEVA+REJECTED._T";
const COHORTS = "?flow=COHORTS&key=M.AT.FLOW._T.WITHDRAWAL+DECISION._T._T";
const VIEWS = [`${WAITING}_T&view=distribution`, `${OUTCOMES}&view=survival`,
  `${WAITING}_T&view=median`, `${COHORTS}&view=triangle`, `${COHORTS}&view=curves`,
  `${COHORTS}&view=distribution`];


const on = stage(makeTimes);
const law = laws(on);
const api = async (path) => (await fetch(`${on.server.address}/v1/${path}`)).json();
const derived = async (path) => {
  const { columns, rows } = await api(`derived/${path}`);
  return rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]])));
};
const text = (page, selector) => page.locator(selector).innerText();
const whole = (x) => Math.abs(Math.round(x)).toLocaleString("en-GB");
const tenth = (x) => `${(Math.round(x * 1000) / 10).toFixed(1).replace("-", "\u2212")}%`;
const nameOf = async (flow, dimension, code) => {
  const { dimensions } = await api(`dataflows/${flow}`);
  return dimensions.find(({ id }) => id === dimension).codes.find(({ id }) => id === code).name;
};

law("a distribution has each class with its margin, and the median", async ({ page, go }) => {
  await go(`${WAITING}_T&view=distribution&at=2024-07`);
  assert.equal(await page.locator("#at").inputValue(), "2024-07");
  const { series } = await api(
    "data/WAITING/M.AT.FLOW._T.M_LT3+M3_5+M6_11?startPeriod=2024-07&endPeriod=2024-07");
  const [{ MEDIAN }] = await derived("WAITING/M.AT.FLOW._T.?startPeriod=2024-07&endPeriod=2024-07");
  const label = await page.locator("#chart svg").getAttribute("aria-label");
  const table = await text(page, "#picture-table");
  for (const { observations: [[, value, margin]] } of series) {
    const figure = `${whole(value)}\u00a0\u00b1\u00a0${whole(margin)}`;
    assert.ok((await text(page, "#chart")).includes(figure), figure);
    assert.ok(label.includes(figure), `${figure}: ${label}`);
    assert.match(table, new RegExp(`${whole(value)}\\s+\u00b1 ${whole(margin)}`));
  }
  const median = await nameOf("WAITING", "WAITING", MEDIAN);
  assert.ok(label.includes(`Median: ${median}`), label);
  assert.match(table, new RegExp(`Median\\s+${median}`));
  assert.match(await text(page, "#legend"), /Hatched, \[u\]: low reliability/);
  await page.locator("#at").focus();
  await page.locator("#at").selectOption("2024-05");
  await settled(page);
  assert.match(page.url(), /at=2024-05/);
  await page.locator("#chart svg[aria-label*='May 2024']").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "at");
});

law("a duration curve shows the shares of the server, with intervals", async ({ page, go }) => {
  await go(`${OUTCOMES}&view=survival`);
  const rows = await derived("WAITING.LONGER/M.AT.FLOW.GENEVA+REJECTED.?lastNObservations=1");
  assert.equal(rows.length, 2 * 5);
  const table = await text(page, "#picture-table");
  for (const { PART } of rows) assert.ok(table.includes(tenth(PART)), `${PART}: ${table}`);
  assert.equal(await page.locator("#picture-table tbody tr").count(), 5);
  assert.match(await text(page, "#legend"), /Those that have not ended are not included/);
});

law("the median over time has its class and interval for each period", async ({ page, go }) => {
  await go(`${WAITING}_T&view=median`);
  assert.equal(await page.locator("#picture-table tbody tr").count(), 8);
  assert.deepEqual(await page.locator("#picture-table thead th").allInnerTexts(),
    ["Period", "First quartile", "Median", "Third quartile"]);
  const [{ Q3 }] = await derived("WAITING/M.AT.FLOW._T.?lastNObservations=1");
  const newest = await page.locator("#picture-table tbody tr").first().innerText();
  assert.ok(newest.includes(await nameOf("WAITING", "WAITING", Q3)), newest);
});

law("a triangle has a row for each cohort and a cell for each known age", async ({ page, go }) => {
  await go(`${COHORTS}&view=triangle`);
  const rows = page.locator(".triangle tbody tr");
  assert.equal(await rows.count(), 8);
  const counts = await rows.evaluateAll((all) =>
    all.map((row) => row.querySelectorAll("td[class]").length));
  assert.deepEqual(counts, [8, 7, 6, 5, 4, 3, 2, 1]);
  const left = await derived("COHORTS/M.AT.FLOW._T.._T.");
  const one = left.find(({ COHORT, AGE }) => COHORT === "2024-03" && AGE === "M01");
  const cell = rows.nth(2).locator("td").nth(1);
  assert.equal(await cell.innerText(), `${Math.round(one.PART * 100)}%`);
  assert.ok((await cell.getAttribute("title")).includes(tenth(one.PART)));
  assert.ok((await text(page, "#picture-table")).includes(tenth(one.PART)));
  // Decisions of the cohort of March at age 1 are those of April.
  await page.locator("#shows").selectOption("DECISION");
  await page.locator("#triangle").getByText("Decided").waitFor();
  assert.match(page.url(), /shows=DECISION/);
  const { series: [{ observations: [[, value]] }] } = await api(
    "data/COHORTS/M.AT.FLOW._T.DECISION._T.M01?startPeriod=2024-04&endPeriod=2024-04");
  assert.equal(await rows.nth(2).locator("td").nth(1).innerText(), whole(value));
  assert.equal(await page.locator("#download-svg").count(), 0);
});

law("curves compare up to six cohorts, or the transitions of one", async ({ page, go }) => {
  await go(`${COHORTS}&view=curves`);
  const heads = page.locator("#picture-table thead th");
  assert.equal(await heads.count(), 7);
  await page.locator(".cohorts summary").click();
  assert.ok(await page.locator(".cohorts input:not(:checked)").first().isDisabled());
  await page.locator(".cohorts input:checked").first().press("Space");
  await heads.nth(6).waitFor({ state: "detached" });
  assert.equal(await heads.count(), 6);
  assert.ok(await page.locator(".cohorts").getAttribute("open") !== null);
  assert.match(await page.evaluate(() => document.activeElement?.id), /^cohort-2024-08$/);
  await page.locator("#shows").selectOption("each");
  await heads.nth(3).waitFor({ state: "detached" });
  assert.deepEqual(await heads.allInnerTexts(),
    ["Calendar months since application", "Withdrawn", "Decided"]);
  const [download] = await Promise.all([page.waitForEvent("download"),
    page.locator("#download-svg").click()]);
  const svg = readFileSync(await download.path(), "utf8");
  assert.ok(svg.includes("Withdrawn") && svg.includes("Decided"), svg);
  assert.ok(svg.includes("All transitions of one cohort (Total, January 2024)"), svg);
});

law("who has not ended is shown by how long", async ({ page, go }) => {
  await go(`${COHORTS}&view=distribution`);
  const rows = await derived("COHORTS.WAITING/M.AT.FLOW._T._T?startPeriod=2024-08");
  const table = await text(page, "#picture-table");
  assert.equal(await page.locator("#picture-table tbody tr").count(), rows.length - 1);
  for (const { BAND, OBS_VALUE, MARGIN } of rows.filter((row) => row.BAND !== "_T")) {
    assert.match(table, new RegExp(`${whole(OBS_VALUE)}\\s+\u00b1 ${whole(MARGIN)}`), BAND);
  }
});

test("what cannot be drawn says why, and leaves the choice", async () => {
  const { page, go, close } = await open(on.browser, on.server.address);
  await go("?flow=COHORTS&key=M.AT.FLOW._T.DECISION.GENEVA._T&view=triangle");
  assert.match(await text(page, "#chart"), /cannot be drawn of this choice: not offered: who is/);
  await page.locator("#shows").selectOption("DECISION");
  await page.locator(".triangle tbody tr").nth(7).waitFor();
  await go("?flow=APPLICATIONS&view=triangle");
  assert.match(await text(page, "#chart"), /There is no picture by cohort of/);
  await close();
});

law("a period without figures is said to have none, and others are offered",
  async ({ page, go }) => {
    for (const view of ["distribution", "survival"]) {
      await go(`${WAITING}_T&view=${view}&at=2031-01`);
      assert.match(await text(page, "#chart"), /no figures of 2031-01/, view);
      assert.equal(await page.locator("#at").inputValue(), "", view);
    }
    await go(`${COHORTS}&view=curves&at=1999-01`);
    assert.match(await text(page, "#chart"), /no figures of 1999-01/);
  });

law("of several codes a picture shows the first, and offers the others", async ({ page, go }) => {
  await go(`${COHORTS.replace("FLOW._T.", "FLOW.EU27+ASIA.")}&view=triangle`);
  await page.locator(".triangle").waitFor();
  assert.match(await page.locator("#chart").textContent(), /European Union/);
  await page.locator("#first-CITIZENSHIP").selectOption("ASIA");
  await page.waitForURL(/FLOW\.ASIA\+EU27\./);
  await page.waitForFunction(() => /Asia/.test(document.getElementById("chart").textContent));
});

law("an embedded picture is that of its address", async ({ page, go }) => {
  await go(`embed${WAITING}_T&view=distribution&at=2024-05`);
  assert.match(await text(page, "#plain"), /in May 2024/);
  assert.match(await text(page, "#legend"), /May 2024/);
  assert.ok(await page.locator("#chart svg.distribution").isVisible());
  assert.match(await page.locator("#source a").getAttribute("href"), /view=distribution/);
});

test("figures under embargo are shown as such", async () => {
  const made = makeTimes();
  const server = await serve(made.store, "--now", "2024-09-04T01:00:00Z");
  const { page, go, faults, close } = await open(on.browser, server.address);
  await go(`${COHORTS}&last=all&view=triangle`);
  const cells = page.locator(".triangle tbody tr:first-child td");
  assert.equal(await cells.nth(7).innerText(), "\u2026");
  assert.match(await cells.nth(7).getAttribute("title"), /under embargo until/);
  assert.match(await text(page, "#legend"), /\u2026: under embargo until/);
  await go(`${WAITING}_T&last=all&view=distribution`);
  const newest = page.locator("#at option").first();
  assert.match(await newest.innerText(), /August 2024, under embargo until/);
  assert.ok(await newest.isDisabled());
  assert.equal(await page.locator("#at").inputValue(), "2024-07");
  await go(`${WAITING}_T&last=all&view=median`);
  assert.match(await page.locator("#picture-table tbody tr").first().innerText(), /under embargo/);
  assert.deepEqual(faults, []);
  await close();
  server.stop();
  made.remove();
});

test("no picture has a violation at AA or scrolls sideways", async () => {
  for (const path of VIEWS) {
    for (const [colorScheme, width] of [["light", 390], ["dark", 1280]]) {
      const opened = await open(on.browser, on.server.address,
        { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      await opened.go(path);
      const found = await violationsNow(opened.page);
      assert.deepEqual(found, [], `${path} ${colorScheme}`);
      const overflow = await opened.page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${path} scrolls sideways at ${width}`);
      assert.deepEqual(opened.faults, [], path);
      await opened.close();
    }
  }
});
