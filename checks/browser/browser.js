// A headless browser that collects the faults of its pages, and the addresses that they request.
//
// Not here: the tests.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync);
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

// A page in a new profile. `faults` collects every error, every violation of the content security
// policy, and every request to another host than the server.
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC",
    viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  // Hosts that a test starts.
  const allowed = [];
  const asked = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (line) => {
    // "Nothing released" and a page that says what was not found are proper answers with status
    // 404, which browsers log as errors.
    const isAnswer = line.text().includes("404")
      && /\/v1\/(data|derived)\/|^[^?]*\/(embed)?\?/.test(line.location().url);
    if (line.type() === "error" && !isAnswer) faults.push(`console: ${line.text()}`);
  });
  context.on("request", (request) => {
    asked.push(request.url());
    const own = [address, ...allowed].some((host) => request.url().startsWith(`${host}/`))
      || /^(blob|data):/.test(request.url());
    if (!own) faults.push(`asked another host: ${request.url()}`);
  });
  const go = async (path) => {
    await page.goto(`${address}/${path}`);
    await settled(page);
  };
  return { page, context, faults, allowed, asked, go, close: () => context.close() };
}

// Opens whatever hides a control that is chosen with a click, closes what could lie above it, and
// chooses it.
export async function choose(page, selector) {
  await page.locator(selector).evaluate((node) => {
    for (const picker of document.querySelectorAll("details.picker")) picker.open = false;
    for (let each = node.parentElement; each; each = each.parentElement) {
      if (each.localName === "details") each.open = true;
    }
  });
  await page.locator(selector).check({ force: true });
}

// Waits until the page shows what the address asks for: the front page, a view with everything that
// it loads later, or that it was not found.
export async function settled(page) {
  // As if the reader opened the list of earlier states.
  await page.evaluate(() =>
    document.getElementById("vintages")?.dispatchEvent(new Event("toggle")));
  await shown(page, true);
}

// Waits until a page shows something; `isWhole`, until it has what it loads later, too.
export async function shown(page, isWhole = false) {
  await page.waitForFunction((whole) => {
    const { classList } = document.body;
    // A page of the book is shown as it comes.
    if (classList.contains("book")) return true;
    if (classList.contains("busy") || classList.contains("opening")) return false;
    const isShown = (id) => document.getElementById(id)?.checkVisibility();
    if (isShown("front") || isShown("lost")) return true;
    const figures = document.getElementById("shown");
    const last = whole ? "#quality dd" : "#table td";
    const found = document.querySelector(
      `${last}, #checks li.ok, #glossary dd, .embedded svg[role=img], .embedded #plain section`);
    if (!figures) return found !== null;
    return figures.hidden ? document.getElementById("state-text")?.textContent !== ""
      : found !== null;
  }, isWhole);
}
