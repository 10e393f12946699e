// Accessibility by axe-core: no violation of WCAG 2.2 AA, light and dark, wide and narrow, and no
// page that scrolls sideways.
//
// Not here: properties that only a person can judge. Keyboard paths are in pages.test.js.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open } from "./browser.js";
import { stage } from "./store.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const VIEWS = {
  table: `${FLOW}US._T&since=100&view=table`, comparison: `${FLOW}US+JP._T`,
  chart: `${FLOW}US+JP+PH.ENTRY&view=chart`, map: `${FLOW}_T._T&view=map`,
  German: `${FLOW}_T._T&lang=de&codes=both`, empty: `${FLOW}_T._T&start=2030-01-01`,
  front: "", unknown: "?flow=CROSSINGS&key=D.HK.FLOW.XX", several: `${FLOW}AU+BR+CA+CN+DE+FR+GB._T`,
  ledger: "ledger", plan: "plan", "German plan": "plan?lang=de#term-rho", embedded: `embed${FLOW}US._T`,
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
        // Every part that can be opened is checked as well.
        await opened.page.evaluate(() => {
          for (const part of document.querySelectorAll("main details:not(.picker)")) {
            part.open = true;
          }
          document.querySelector("details.picker")?.setAttribute("open", "");
        });
        await opened.page.evaluate(AXE);
        const { violations } = await opened.page.evaluate((values) =>
          globalThis.axe.run({ runOnly: { type: "tag", values } }), TAGS);
        const found = violations.map(({ id, nodes }) =>
          `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
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
