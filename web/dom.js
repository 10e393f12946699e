// Finding elements and making them.
//
// Not here: their text (words.js), and when they are made.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

/** @import { Attributes, Child, ElementsById } from "./types" */

/**
 * The element of the page with this identifier.
 * @template {string} Id
 * @param {Id} id
 * @returns {Id extends keyof ElementsById ? ElementsById[Id] : HTMLElement}
 */
export const $ = (id) => /** @type {any} */ (document.getElementById(id));

/**
 * @template {Element} T
 * @param {T} node
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 * @returns {T}
 */
function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Makes an element; attributes that are null or false are left out, and so are children that are
 * null.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/**
 * The same as `element`, in a drawing.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 * @returns {SVGElementTagNameMap[Name]}
 */
export function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/**
 * Makes a drawing one picture that these words describe, for screen readers: its parts have no
 * words of their own.
 * @template {Element} T
 * @param {T} drawing
 * @param {string} words
 * @returns {T}
 */
export function pictured(drawing, words) {
  for (const part of drawing.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", words);
  return drawing;
}

/**
 * The value of a custom property of the style sheet, such as `--sea`.
 * @param {string} name
 */
export function styled(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** @type {Map<string, Promise<unknown>>} */
const files = new Map();

/**
 * Loads a file by an element of the head, once.
 * @param {string} name
 * @param {HTMLElement} node
 */
function load(name, node) {
  const known = files.get(name);
  if (known) return known;
  const loading = new Promise((loaded, failed) => {
    node.addEventListener("load", loaded);
    node.addEventListener("error", () => {
      files.delete(name);
      failed(new Error(name));
    });
    document.head.append(node);
  });
  files.set(name, loading);
  return loading;
}

/**
 * Loads a script that sets a global. Scripts that are loaded together run in this order.
 * @param {string} name of a file beside this one
 */
export function loadScript(name) {
  const node = element("script", { src: new URL(name, import.meta.url).href });
  node.async = false;
  return load(name, node);
}

/**
 * Loads a style sheet.
 * @param {string} name of a file beside this one
 */
export const loadStyle = (name) => load(name,
  element("link", { rel: "stylesheet", href: new URL(name, import.meta.url).href }));

/**
 * A button that copies a text to the clipboard, or selects the code beside it where the browser
 * gives this page no clipboard.
 * @param {string} words
 * @param {string} done what the button says for a moment after copying
 * @param {() => string | null} text
 */
export function copyButton(words, done, text) {
  const button = element("button", { type: "button", class: "copy" }, words);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text() ?? "");
      button.textContent = done;
      setTimeout(() => { button.textContent = words; }, 1500);
    } catch {
      const code = button.parentElement?.querySelector("code");
      if (code) getSelection()?.selectAllChildren(code);
    }
  });
  return button;
}

/**
 * Draws a part of the page anew. The control in it that had the focus keeps it: the one with the
 * same `data-again`, or else the part itself.
 * @param {HTMLElement} part
 * @param {() => void} draw
 */
export function redrawn(part, draw) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const again = focused?.dataset.again;
  draw();
  if (!again || focused?.isConnected) return;
  /** @type {HTMLElement | null} */
  const node = document.querySelector(`[data-again="${CSS.escape(again)}"]:not([disabled])`);
  (node ?? part).focus({ preventScroll: true });
}
