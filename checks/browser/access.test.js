// Accessibility by axe-core: no violation of WCAG 2.2 AA, light and dark, wide and narrow, and no
// page that scrolls sideways.
//
// Not here: properties that only a person can judge. Keyboard paths are in pages.test.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.js";
import { open } from "./browser.js";
import { stage } from "./store.js";

const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const VIEWS = {
  table: `${FLOW}US._T&since=100&view=table`, comparison: `${FLOW}US+JP._T`,
  chart: `${FLOW}US+JP+PH.ENTRY&view=chart`, map: `${FLOW}_T._T&view=map`,
  German: `${FLOW}_T._T&lang=de&codes=both`, empty: `${FLOW}_T._T&start=2030-01-01`,
  front: "", unknown: "?flow=CROSSINGS&key=D.HK.FLOW.XX", several: `${FLOW}AU+BR+CA+CN+DE+FR+GB._T`,
  ledger: "ledger", plan: "plan", "German plan": "plan?lang=de#term-rho",
  embedded: `embed${FLOW}US._T`,
  book: "docs", keys: "docs/reference/plan.html", proof: "docs/proofs/kernel.html",
};

const on = stage();

for (const [name, path] of Object.entries(VIEWS)) {
  test(`the ${name} view has no violation at AA, in either mode and width`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 390]) {
        const viewport = { width, height: 900 };
        const options = { colorScheme, viewport, bypassCSP: true };
        const opened = await open(on.browser, on.server.address, options);
        await opened.go(path);
        const found = await violations(opened.page);
        assert.deepEqual(found, [], `${colorScheme} ${width}`);
        const overflow = await opened.page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0, `scrolls sideways at ${width}`);
        assert.deepEqual(opened.faults, []);
        await opened.close();
      }
    }
  });
}
