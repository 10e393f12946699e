// A slider over periods, with a button that plays them in order.
//
// Not here: what is shown of a period. While the slider moves, only `show` is called; `keep`
// follows once it rests, so that an address is not written at every step of a drag.
"use strict";

import { element } from "./dom.js";
import { periodWords } from "./periods.js";
import { t } from "./words.js";

/** @typedef {(period: string) => void} Seen */

const STEP = 900;
// For readers who want less motion.
const SLOW_STEP = 2500;

/**
 * @param {string[]} periods in order
 * @param {string} chosen
 * @param {Seen} show
 * @param {Seen} keep
 * @returns {Element}
 */
export function timeline(periods, chosen, show, keep) {
  const last = periods.length - 1;
  const slider = element("input", { type: "range", id: "at", min: 0, max: last, step: 1,
    value: periods.indexOf(chosen) });
  const now = element("span", { class: "now", "aria-hidden": "true" });
  const button = element("button", { type: "button", class: "play" });
  let timer = 0;
  const period = () => periods[Number(slider.value)];
  const say = () => {
    const words = periodWords(period(), true);
    slider.setAttribute("aria-valuetext", words);
    now.textContent = words;
  };
  const face = () => {
    button.dataset.playing = String(Boolean(timer));
    button.setAttribute("aria-label", t(timer ? "map-pause" : "map-play"));
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    face();
  };
  const go = (/** @type {number} */ n) => {
    slider.value = String(n);
    say();
    show(period());
  };
  const wait = () => {
    const slow = matchMedia("(prefers-reduced-motion: reduce)").matches;
    timer = setTimeout(step, slow ? SLOW_STEP : STEP);
  };
  const step = () => {
    // Another picture has taken the place of this one.
    if (!slider.isConnected) return;
    go(Math.min(last, Number(slider.value) + 1));
    keep(period());
    if (Number(slider.value) < last) wait();
    else stop();
  };
  slider.addEventListener("input", () => {
    stop();
    say();
    show(period());
  });
  slider.addEventListener("change", () => keep(period()));
  button.addEventListener("click", () => {
    if (timer) {
      stop();
      return;
    }
    if (Number(slider.value) === last) go(0);
    wait();
    face();
  });
  say();
  face();
  return element("div", { class: "timeline" }, last > 0 ? button : null,
    element("label", { for: "at", class: "unseen" }, t("picture-period")),
    last > 0 ? slider : null, now);
}
