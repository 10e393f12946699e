import { launch } from "./browser.js";
const b = await launch();
const A = "http://127.0.0.1:8601/";
for (const [name, path, width, colorScheme] of [["front", "", 1280, "light"], ["view", "?flow=BORDER_FLOW&key=M.HK.FLOW._T.ENTRY._T", 1280, "light"], ["viewp", "?flow=BORDER_FLOW&key=M.HK.FLOW._T.ENTRY._T&lang=de", 390, "dark"], ["frontp", "", 390, "light"], ["lost", "?flow=BORDER_FLOW&key=D.X", 1280, "light"]]) {
  const c = await b.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 }, colorScheme });
  const p = await c.newPage();
  const r = await p.goto(A + path);
  console.log(name, r.status());
  await p.screenshot({ path: `/tmp/nojs-${name}.png` });
  await c.close();
}
await b.close();
