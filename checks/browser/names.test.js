// Names from a plan in several languages: the page shows those of its language, countries the
// browser's where the plan has none, and links that carry names say the language.
//
// Not here: the messages of the pages (languages.test.js), the lookup of a language (the server).

import assert from "node:assert/strict";
import { laws, makeStore, stage } from "./store.js";

const TEXTS = [
  ['title = "Border crossings by citizenship"', "title",
    '{ en = "Border crossings by citizenship", de = "Grenz\u00fcbertritte nach Staat" }'],
  ['{ id = "ENTRY", name = "Arrival" }', null,
    '{ id = "ENTRY", name = { en = "Arrival", de = "Einreise" } }'],
  ['{ id = "US", name = "United States" }', null,
    '{ id = "US", name = { en = "United States", de = "Amerika" } }'],
];
const law = laws(stage(() => makeStore((plan) => TEXTS.reduce((text, [found, key, to]) => {
  assert.ok(text.includes(found), found);
  return text.replace(found, key ? `${key} = ${to}` : to);
}, plan))));
const VIEW = "?flow=CROSSINGS&key=D.HK.FLOW.US+JP.ENTRY&view=table";
const words = (page) => page.locator("body").innerText();

law("the page shows the names of its language", async ({ page, go }) => {
  await go(`${VIEW}&lang=de`);
  const german = await words(page);
  assert.match(german, /Grenz\u00fcbertritte nach Staat/);
  assert.match(german, /Amerika/, "the plan's own name goes before the browser's");
  assert.match(german, /Japan/);
  assert.doesNotMatch(german, /Vereinigte Staaten|United States/);
  await go(`${VIEW}&lang=fr`);
  const french = await words(page);
  assert.match(french, /Border crossings by citizenship/, "the plan has no French title");
  assert.match(french, /Japon/);
  assert.match(french, /\u00c9tats-Unis/, "the browser names what the plan does not");
  await go(`${VIEW}&lang=en`);
  assert.match(await words(page), /United States/);
});

law("a link to a file with names says the language", async ({ page, go }) => {
  await go(`${VIEW}&lang=de`);
  const named = await page.locator("#download-jsonstat").getAttribute("href");
  assert.match(named ?? "", /[?&]lang=de(&|$)/);
  const codes = await page.locator("#download-parquet").getAttribute("href");
  assert.doesNotMatch(codes ?? "", /lang=/);
  const answer = await page.evaluate(async (href) => (await fetch(href)).text(), named);
  assert.match(answer, /Amerika/);
});
