// The page of the plan and `tidegauge plan explain` say the same, word for word.
//
// Not here: what the words are. Left out is what the command does not have: links, the clock, the
// axis of a picture, and countries' names, which a browser knows in more languages than a plan.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { launch } from "./browser.js";
import { PROGRAM, ROOT, makeBroken, makeNone, visitStore } from "./store.js";

const LEFT_OUT = ".terms, .clock, .unseen, .odds-axis, .odds-key, svg, a:not(.term)";
const LANGUAGES = ["en", "de", "es", "fr"];
const words = (text) => text.match(/[\p{L}\p{N}]+/gu);

// The words of the page, from its title to the glossary.
const ofPage = (page) => page.evaluate((leftOut) => {
  const said = ["#title", "#plan-title", "[data-t=plan-lead]", "#statement, dl.facts", "#parts"]
    .map((selector) => document.querySelector(selector).cloneNode(true));
  for (const node of said.flatMap((part) => [...part.querySelectorAll(leftOut)])) node.remove();
  for (const code of said.flatMap((part) => [...part.querySelectorAll(".code-list code")])) {
    if (/^[A-Z]{2}$/.test(code.textContent)) code.nextSibling.nextSibling.textContent = "";
  }
  for (const node of said.flatMap((part) => [...part.querySelectorAll("dd")])) {
    if (/^.* \([A-Z]{2}\)$/u.test(node.textContent)) {
      node.textContent = node.textContent.slice(-3, -1);
    }
  }
  const texts = (node) => (node.nodeType === Node.TEXT_NODE ? [node.textContent]
    : [...node.childNodes].flatMap(texts));
  return said.slice(1).flatMap(texts).join(" ");
}, LEFT_OUT);

const explained = (place, lang) => execFileSync(PROGRAM,
  ["plan", "explain", place, "--lang", lang, "--format", "markdown"], { encoding: "utf8" })
  .replace(/^( *- `[A-Z]{2}`).*$/gmu, "$1");

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

for (const name of ["asylum", "border", "exit-metrics", "returns"]) {
  test(`the plan ${name} is explained as its page says it`, async () => {
    const plan = join(ROOT, `plans/${name}.toml`);
    const made = makeNone(plan);
    try {
      await visitStore(browser, made, async ({ page, go }) => {
        for (const lang of LANGUAGES) {
          await go(`plan?lang=${lang}`);
          const said = words(await ofPage(page));
          assert.ok(said.length > 1500, `${said.length} words`);
          assert.deepEqual(words(explained(plan, lang)), said, lang);
          assert.equal(explained(made.store, lang), explained(plan, lang));
        }
      });
    } finally {
      made.remove();
    }
  });
}

test("the amendments of a store are explained as its page says them", async () => {
  const made = makeBroken();
  try {
    await visitStore(browser, made, async ({ page, go }) => {
      await go("plan?lang=en");
      const said = words(await ofPage(page));
      assert.ok(said.join(" ").includes("Gates count every traveller"));
      assert.deepEqual(words(explained(made.store, "en")), said);
    });
  } finally {
    made.remove();
  }
});
