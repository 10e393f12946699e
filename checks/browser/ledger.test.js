// The page of the ledger: its verification, the faults that it finds, and the amount that it reads.
//
// Not here: whether charges are right; `tidegauge ledger verify` recomputes those.

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { laws, stage } from "./store.js";

const on = stage();
const law = laws(on);
const text = (page, selector) => page.locator(selector).innerText();

law("the ledger verifies in the browser, and a released file by its digest",
  async ({ page, go }) => {
    await go("ledger");
    await page.waitForFunction(() => document.body.dataset.ready);
    assert.equal(await page.locator("#checks .ok").count(), 3);
    assert.match(await text(page, "#synthetic"), /Every event .* was simulated/);
    assert.ok(await text(page, "#publisher"));
    assert.equal(await page.locator(".bad").count(), 0);
    await page.locator("#rows button").first().click();
    await page.locator("#rows .verdict.ok").waitFor();
    assert.match(await page.locator("#rows .digest code").first().innerText(), /^[0-9a-f]{64}$/);
    await page.locator("#older").click();
    assert.match(await text(page, "#entries-caption"), /39 to 88/);
    await go("ledger");
    await page.waitForFunction(() => document.body.dataset.ready);
    assert.equal(await page.locator("#checks .ok").count(), 4);
  });

law("a ledger that was tampered with does not verify in the browser", async ({ page, go }) => {
  const forged = (change) => async (route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    change(body);
    await route.fulfill({ response, body });
  };
  const verdicts = async () => {
    await page.reload();
    await page.waitForFunction(() => document.body.dataset.ready);
    return page.locator("#checks li:not(.note)").evaluateAll((all) =>
      all.map((item) => item.className));
  };
  await go("ledger");
  await page.waitForFunction(() => document.body.dataset.ready);
  // Another digit in the last entry, in the second of its time. The root is unchanged.
  await page.route("**/tile/entries/**", forged((body) => { body[body.length - 4] ^= 1; }));
  assert.deepEqual(await verdicts(), ["ok", "ok", "bad", "ok"]);
  await page.unrouteAll();
  // Another published hash: it matches neither the entries nor the root.
  await page.route("**/tile/0/**", forged((body) => { body[40] ^= 1; }));
  assert.deepEqual(await verdicts(), ["ok", "bad", "bad"]);
  await page.unrouteAll();
  await page.route("**/log/checkpoint", forged((body) => { body[body.length - 8] ^= 1; }));
  assert.equal((await verdicts())[0], "bad");
  await page.unrouteAll();
  await page.route("**/log/release/**", forged((body) => { body[body.length - 5] ^= 1; }));
  await verdicts();
  await page.locator("#rows button").first().click();
  await page.locator("#rows .verdict.bad").waitFor();
});

// A ledger of this number of entries in memory, signed with a new key: its files by their paths.
function longLedger(size) {
  const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const entries = Array.from({ length: size }, (_, n) => Buffer.from(JSON.stringify(
    { entry: "release", dataflow: "LONG", step: "2024-01-01", vintage: n, charges: [],
      path: `release/LONG/${n}`, digest: "00".repeat(32), bytes: 1, at: "2024-01-02T00:00:00Z" })));
  const pair = (nodes) => {
    const next = [];
    for (let n = 0; n < nodes.length; n += 2) {
      next.push(n + 1 < nodes.length ? sha(Buffer.of(1), nodes[n], nodes[n + 1]) : nodes[n]);
    }
    return next;
  };
  const root = (nodes) => (nodes.length > 1 ? root(pair(nodes)) : nodes[0]);
  const leaves = entries.map((entry) => sha(Buffer.of(0), entry));
  const above = Array.from({ length: Math.floor(size / 256) }, (_, n) =>
    root(leaves.slice(256 * n, 256 * n + 256)));
  const files = new Map();
  const tiles = (level, all, write) => {
    for (let n = 0; n * 256 < all.length; n += 1) {
      const part = all.slice(256 * n, 256 * n + 256);
      const partial = part.length < 256 ? `.p/${part.length}` : "";
      files.set(`tile/${level}/${String(n).padStart(3, "0")}${partial}`,
        Buffer.concat(part.map(write)));
    }
  };
  tiles("entries", entries, (entry) =>
    Buffer.concat([Buffer.of(entry.length >> 8, entry.length & 255), entry]));
  tiles(0, leaves, (leaf) => leaf);
  tiles(1, above, (node) => node);
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.concat([Buffer.of(1),
    publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
  const name = "tidegauge/10ng";
  const id = sha(Buffer.from(`${name}\n`), raw).subarray(0, 4);
  const signed = `${name}\n${size}\n${root(leaves).toString("base64")}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(signed), privateKey)]);
  const line = `\u2014 ${name} ${signature.toString("base64")}`;
  files.set("checkpoint", Buffer.from(`${signed}\n${line}\n`));
  files.set("vkey", Buffer.from(`${name}+${id.toString("hex")}+${raw.toString("base64")}\n`));
  return files;
}

law("a ledger of 100,000 entries is opened, paged and verified in ranges", async ({ page, go }) => {
  const files = longLedger(100_000);
  let asked = [];
  await page.route("**/log/**", (route) => {
    const path = new URL(route.request().url()).pathname.split("/log/")[1];
    asked.push(path);
    const body = files.get(path);
    return body ? route.fulfill({ body }) : route.fulfill({ status: 404 });
  });
  const ready = () => page.waitForFunction(() => document.body.dataset.ready);
  const claims = () => page.locator("#checks li:not(.note)").evaluateAll((all) =>
    all.map((item) => item.className));
  await go("ledger");
  await ready();
  assert.deepEqual(await claims(), ["ok", "ok", "ok"]);
  assert.match(await text(page, "#checks"), /Entries 99950 to 99999, which are shown/);
  assert.ok(asked.length < 12, asked.join(" "));
  asked = [];
  await page.locator("#older").click();
  await page.locator("#checks", { hasText: "Entries 99900 to 99949" }).waitFor();
  assert.ok(asked.length < 6, asked.join(" "));
  // The next visit compares the tree that it saw with the new one, which is longer.
  const longer = longLedger(100_600);
  const seen = await page.evaluate(() => localStorage.getItem("tidegauge-seen"));
  assert.match(seen, /"size":100000/);
  for (const [path, body] of longer) files.set(path, body);
  await page.reload();
  await ready();
  assert.deepEqual(await claims(), ["ok", "ok", "ok", "ok"]);
  // A forged entry far from those on the page is found only when all entries are verified.
  const bundle = files.get("tile/entries/007");
  bundle[100] ^= 1;
  await page.reload();
  await ready();
  assert.deepEqual(await claims(), ["ok", "ok", "ok", "ok"]);
  await page.locator("#verify-all").click();
  await page.locator("#checks li.bad", { hasText: "All 100,600 entries" }).waitFor();
  bundle[100] ^= 1;
  // The page of figures reads only the newest part of a long ledger.
  asked = [];
  await go("");
  assert.ok(asked.length < 12, asked.join(" "));
});

law("a ledger that does not continue its earlier state is caught", async ({ page, go }) => {
  await go("ledger");
  await page.waitForFunction(() => document.body.dataset.ready);
  await page.evaluate(() => {
    const seen = JSON.parse(localStorage.getItem("tidegauge-seen"));
    for (const state of Object.values(seen)) state.root = `${state.root.slice(1)}x`;
    localStorage.setItem("tidegauge-seen", JSON.stringify(seen));
  });
  await page.reload();
  await page.waitForFunction(() => document.body.dataset.ready);
  assert.equal(await page.locator("#checks .bad").count(), 1);
});
