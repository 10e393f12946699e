// Figures that lack a source, as the page shows them.
//
// Not here: which figures those are (the server's tests).

import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open } from "./browser.js";
import { ROOT, makeStore, serve, servePublic } from "./store.js";

const WRITER = process.env.SILENT ?? join(ROOT, "target/debug/examples/silent");
const POLICE = "Land border police had not delivered when this was released.";
const BOTH = "Land border police and Harbour office had not delivered when this was released.";
const DAYS = "?flow=CROSSINGS&key=D.XX.FLOW.AIR.ENTRY&start=2024-01-06";
const on = {};

before(async () => {
  on.directory = mkdtempSync(join(tmpdir(), "tidegauge-silent-"));
  execFileSync(WRITER, [on.directory], { stdio: "pipe" });
  on.server = await servePublic(on.directory);
  on.browser = await launch();
});
after(async () => {
  await on.browser?.close();
  on.server?.stop();
  rmSync(on.directory, { recursive: true });
});

const text = (page, selector) => page.locator(selector).innerText();

test("the table names the sources that a figure lacks, at the figure and below", async () => {
  const { page, go, faults, close } = await open(on.browser, on.server.address);
  await go(DAYS);
  assert.ok((await text(page, "#plain")).endsWith(BOTH));
  const rows = page.locator("#table tbody tr");
  const marks = await rows.locator("td.status").allInnerTexts();
  assert.deepEqual(marks.map((mark) => mark.includes("[s]")), [true, false, false, true, false]);
  assert.ok((await rows.first().locator("abbr").getAttribute("title")).endsWith(BOTH));
  const flags = await text(page, "#flags");
  assert.match(flags, /\[s\] a source had not delivered/);
  assert.ok(flags.includes(`7 Jan 2024: ${POLICE}`), flags);
  assert.ok(flags.includes(`10 Jan 2024: ${BOTH}`), flags);
  await go("?flow=CROSSINGS&key=D.XX.FLOW.AIR+SEA.ENTRY&start=2024-01-06");
  assert.equal(await page.locator("#table .cell-flags", { hasText: "[s]" }).count(), 4);
  assert.ok((await page.locator("#each li").allInnerTexts()).every((one) => one.endsWith(BOTH)));
  assert.deepEqual(faults, []);
  await close();
});

test("a chart rings the figures that lack a source", async () => {
  const { page, go, faults, close } = await open(on.browser, on.server.address);
  await go(`${DAYS}&view=chart`);
  assert.equal(await page.locator("#chart circle[r='6']").count(), 2);
  assert.ok((await text(page, "#legend")).includes(`7 Jan 2024: ${POLICE} 10 Jan 2024: ${BOTH}`));
  assert.ok((await page.locator("#chart-words").textContent()).includes(`7 Jan 2024: ${POLICE}`));
  assert.deepEqual(faults, []);
  await close();
});

test("a longer period lacks what any of its steps lacks", async () => {
  const { page, go, faults, close } = await open(on.browser, on.server.address);
  await go("?flow=CROSSINGS&key=W.XX.FLOW.AIR.ENTRY&last=all");
  const rows = page.locator("#table tbody tr");
  const marks = await rows.locator("td.status").allInnerTexts();
  assert.deepEqual(marks.map((mark) => mark.includes("[s]")),
    [true, false, false, false, false, false, true]);
  await go("?flow=CROSSINGS&key=D.XX.FLOW.AIR.ENTRY&start=2023-12-01&end=2023-12-20");
  assert.ok(!(await text(page, "#flags")).includes("[s]"));
  assert.ok(!(await text(page, "#plain")).includes("delivered"));
  assert.deepEqual(faults, []);
  await close();
});

test("in German the names stay those of the plan", async () => {
  const { page, go, faults, close } = await open(on.browser, on.server.address,
    { locale: "de-DE" });
  await go(DAYS);
  assert.match(await text(page, "#plain"),
    /Land border police und Harbour office hatten bei der Veröffentlichung noch nicht/);
  assert.deepEqual(faults, []);
  await close();
});

test("a plan without sources says nothing of them", async () => {
  const made = makeStore((plan) => plan, "2024-01-10");
  const server = await serve(made.store);
  const { page, go, faults, close } = await open(on.browser, server.address);
  try {
    for (const view of ["table", "chart"]) {
      await go(`?flow=CROSSINGS&key=D.HK.FLOW._T._T&view=${view}`);
      assert.ok(!/\bsource had|delivered/i.test(await page.locator("main").innerText()), view);
      assert.ok(await page.locator("#reading-sources").isHidden());
    }
    assert.deepEqual(faults, []);
  } finally {
    await close();
    server.stop();
    made.remove();
  }
});
