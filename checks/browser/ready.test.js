// Every view of every statistic of the ready-made plans: no error, no violation of WCAG 2.2 AA,
// nothing that scrolls sideways, hardly anything that moves while it loads, and few bytes.
//
// Not here: what each view shows; other tests look at each kind. Times (measure.js).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.js";
import { launch, open, shown } from "./browser.js";
import { makeReady, serve } from "./store.js";
import { READY, everyView, watch } from "./views.js";

const BYTES_MAX = 300_000;
const SHIFT_MAX = 0.05;
// Each view is looked at in one of them, in turn.
const LOOKS = [{ colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } }];

let browser = null;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// What is wrong with a view, each fault in words.
async function faultsOf(address, view, look) {
  const opened = await open(browser, address, { ...look, bypassCSP: true });
  const { page, context } = opened;
  const session = await context.newCDPSession(page);
  let bytes = 0;
  session.on("Network.loadingFinished", (done) => { bytes += done.encodedDataLength; });
  await session.send("Network.enable");
  await page.addInitScript(watch);
  await page.goto(`${address}/${view}`);
  await shown(page);
  await page.waitForLoadState("networkidle");
  const { shift, over } = await page.evaluate(() => ({ shift: globalThis.shift,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth }));
  const faults = [...opened.faults, ...await violations(page)];
  if (!view.includes("view=map") && bytes > BYTES_MAX) faults.push(`${bytes} bytes`);
  if (shift > SHIFT_MAX) faults.push(`moves by ${shift}`);
  if (over > 0) faults.push(`scrolls sideways by ${over} pixels`);
  await opened.close();
  return faults;
}

for (const plan of READY) {
  test(`every view of ${plan} loads without a fault`, async () => {
    const made = makeReady(plan);
    const server = await serve(made.store);
    try {
      const page = await browser.newPage();
      const views = await everyView(page, server.address);
      await page.close();
      assert.ok(views.length > 6);
      const found = {};
      for (const [n, view] of views.entries()) {
        const faults = await faultsOf(server.address, view, LOOKS[n % LOOKS.length]);
        if (faults.length) found[`${view} ${LOOKS[n % LOOKS.length].colorScheme}`] = faults;
      }
      assert.deepEqual(found, {});
    } finally {
      server.stop();
      made.remove();
    }
  });
}
