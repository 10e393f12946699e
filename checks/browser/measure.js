// Measures the first load of every view of the ready-made plans: bytes, what moves, and when the
// largest part is painted, on this machine and on a slow line with a slow processor.
//
//   node checks/browser/measure.js [PLAN ...]
//
// Not here: limits; ready.test.js checks those that do not depend on the machine.

import { launch, shown } from "./browser.js";
import { makeReady, serve } from "./store.js";
import { READY, everyView, watch } from "./views.js";

// 1.6 Mbit/s with 150 ms until an answer begins, and a processor four times slower.
const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000,
  uploadThroughput: 93_750 };
const SLOWDOWN = 4;
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];

// Opens a view with an empty cache.
async function load(browser, address, viewport, isSlow) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  session.on("Network.loadingFinished", (done) => { bytes += done.encodedDataLength; });
  await session.send("Network.enable");
  if (isSlow) {
    await session.send("Network.emulateNetworkConditions", SLOW);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  }
  await page.addInitScript(watch);
  await page.goto(address);
  await shown(page);
  await page.waitForTimeout(isSlow ? 1500 : 400);
  const [shift, painted, drawn] = await page.evaluate(() =>
    [globalThis.shift, globalThis.painted, globalThis.drawn]);
  await context.close();
  return { bytes, shift, painted, drawn };
}

const times = ({ painted, drawn }) => `${Math.round(painted)} ${Math.round(drawn)}`;

const browser = await launch();
const worst = { bytes: 0, shift: 0, painted: 0, slow: 0 };
console.log("view; kB; shift at 1280 and 390; largest paint and last picture in ms at 1280; the "
  + "same at 390 on a slow line");
for (const plan of process.argv.length > 2 ? process.argv.slice(2) : READY) {
  const made = makeReady(plan);
  const server = await serve(made.store);
  const page = await browser.newPage();
  const views = await everyView(page, server.address);
  await page.close();
  for (const view of views) {
    const address = `${server.address}/${view}`;
    const [wide, narrow] = [await load(browser, address, SIZES[0], false),
      await load(browser, address, SIZES[1], false)];
    const slow = await load(browser, address, SIZES[1], true);
    console.log(`${plan} ${view || "/"}; ${Math.round(wide.bytes / 1000)}; `
      + `${wide.shift.toFixed(3)} ${narrow.shift.toFixed(3)}; ${times(wide)}; ${times(slow)}`);
    if (!view.includes("view=map")) worst.bytes = Math.max(worst.bytes, wide.bytes);
    worst.shift = Math.max(worst.shift, wide.shift, narrow.shift, slow.shift);
    worst.painted = Math.max(worst.painted, wide.painted);
    worst.slow = Math.max(worst.slow, slow.painted);
  }
  server.stop();
  made.remove();
}
await browser.close();
console.log(`most: ${Math.round(worst.bytes / 1000)} kB without maps, shift `
  + `${worst.shift.toFixed(3)}, largest paint ${Math.round(worst.painted)} ms here and `
  + `${Math.round(worst.slow)} ms on a slow line`);
