// What axe-core finds on a page: violations of WCAG 2.2 AA and of good practice.
//
// Not here: properties that only a person can judge. The page must bypass its own policy of
// scripts (`bypassCSP`), since axe is put into it.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Each violation of a page as it is, with where it is.
export async function violationsNow(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate((values) =>
    globalThis.axe.run({ runOnly: { type: "tag", values } }), TAGS);
  return found.violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

// The same after every part that can be opened has been.
export async function violations(page) {
  await page.evaluate(() => {
    for (const part of document.querySelectorAll("main details:not(.picker)")) part.open = true;
    document.querySelector("details.picker")?.setAttribute("open", "");
  });
  return violationsNow(page);
}
