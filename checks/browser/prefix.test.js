// The pages below a base path, behind a proxy that removes it and behind one that leaves it: every
// request that they make stays below it and succeeds.
//
// Not here: scheme and host of whole addresses (crates/serve/src/tests/site.rs).

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";
import { open } from "./browser.js";
import { makeStore, stage } from "./store.js";

const BASE = "/open/stat";
const PATHS = ["", "?flow=CROSSINGS&key=D.HK.FLOW.US.ENTRY&view=chart",
  "?flow=CROSSINGS&key=D.HK.FLOW.US.ENTRY&view=table&lang=de", "?flow=CROSSINGS&view=map",
  "?flow=CROSSINGS&view=ranking", "?flow=ENTRY_SHARE", "?flow=NONE", "plan", "ledger",
  "embed?flow=CROSSINGS&key=D.HK.FLOW.US.ENTRY"];

const on = stage(makeStore, "--base-path", BASE, "--proxy", "127.0.0.1");

// A proxy that serves the site below the base path, and nothing else.
async function proxy(removes) {
  const failed = [];
  const server = createServer((asked, answer) => {
    if (!asked.url.startsWith(`${BASE}/`)) {
      failed.push(`outside: ${asked.url}`);
      answer.writeHead(404).end();
      return;
    }
    const path = removes ? asked.url.slice(BASE.length) : asked.url;
    const headers = { ...asked.headers, forwarded: "host=statistics.test;proto=https" };
    const inner = request(new URL(on.server.address), { path, headers, method: asked.method },
      (given) => {
        const isLost = given.statusCode === 404 && asked.url.includes("NONE");
        if (given.statusCode >= 400 && !isLost) failed.push(`${given.statusCode}: ${asked.url}`);
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
      });
    inner.end();
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const address = `http://127.0.0.1:${server.address().port}${BASE}`;
  return { address, failed, end: () => server.close() };
}

for (const removes of [true, false]) {
  test(`behind a proxy that ${removes ? "removes" : "leaves"} the base path`, async () => {
    const before = await proxy(removes);
    const opened = await open(on.browser, before.address);
    for (const path of PATHS) {
      await opened.go(path).catch((error) => {
        throw new Error(`${path}: ${error.message}: ${[...opened.faults, ...before.failed]}`);
      });
      const links = await opened.page.locator("a[href]").evaluateAll((all) =>
        all.map((link) => link.href).filter((link) => link.startsWith(location.origin)));
      const outside = links.filter((link) => !link.startsWith(`${before.address}/`));
      assert.deepEqual(outside, [], path);
    }
    const head = await opened.page.request.get(`${before.address}/?flow=CROSSINGS`);
    assert.match(await head.text(), /og:url" content="https:\/\/statistics\.test\/open\/stat\//);
    assert.ok(opened.asked.length > 50, `${opened.asked.length} requests`);
    assert.deepEqual([opened.faults, before.failed], [[], []]);
    await opened.close();
    before.end();
  });
}
