// The outlines of countries, drawn once and coloured as often as wanted.
//
// Not here: figures. The outlines (vendor/countries-50m.json) are fetched only when a map is asked
// for. A country too small to be seen has a circle.
"use strict";

import { REGIONS } from "./address.js";
import { outlineOf } from "./countries.js";
import { element, loadScript, styled, svgElement } from "./dom.js";

/** @import { GeoPath, Projection, Shape } from "./types" */
/**
 * How a country looks: the number of its class, and whether it is hatched; null if it has no
 * figure.
 * @typedef {{ step: number, weak: boolean } | null} Look
 */
/** @typedef {{ svg: SVGSVGElement, paint: (lookOf: (code: string) => Look) => void }} World */

// The digits of Antarctica, which is left out because it takes much space.
const ANTARCTICA = "010";
const EDGE = 4;
// The radius of the circle of a small country, on narrow maps and on others, and the width from
// which a map is not narrow. A country is small if it is about half as large as its circle.
const RADII = [2.5, 4];
const NARROW = 480;
/**
 * For each region of `REGIONS` but the whole world, its centre and places at its edge.
 * @type {Record<string, { centre: [number, number], edge: [number, number][] }>}
 */
const VIEWS = {
  europe: { centre: [14, 53],
    edge: [[-23, 65], [-10, 36], [33, 34], [14, 35], [28, 71], [44, 48]] },
  africa: { centre: [18, 1], edge: [[-18, 20], [18, 37.5], [58, -10], [20, -35.5], [52, 12]] },
  americas: { centre: [-82, 8], edge: [[-165, 62], [-80, 72], [-34, -8], [-70, -56]] },
  asia: { centre: [88, 30], edge: [[27, 38], [146, 44], [70, 55], [110, -11], [42, 12]] },
  oceania: { centre: [160, -20],
    edge: [[112, -25], [147, -44], [168, -48], [-155, -18], [150, 14]] },
};

/** @type {Shape[] | null} */
let known = null;

/** @returns {Promise<Shape[]>} */
export async function outlines() {
  if (!known) {
    const [response] = await Promise.all([fetch(new URL("countries-50m.json", import.meta.url)),
      loadScript("d3.min.js"), loadScript("topojson-client.min.js")]);
    const topology = await response.json();
    known = topojson.feature(topology, topology.objects.countries).features
      .filter((shape) => shape.id !== ANTARCTICA);
  }
  return known;
}

/** @type {(shape: Shape) => string} */
const idOf = (shape) => shape.id ?? shape.properties.name;

/**
 * The codes that have an outline.
 * @param {Shape[]} shapes
 * @param {string[]} codes
 */
export function outlined(shapes, codes) {
  const ids = new Set(shapes.map(idOf));
  return new Set(codes.filter((code) => ids.has(outlineOf(code) ?? "")));
}

/**
 * @param {Shape[]} shapes
 * @param {string} region
 * @param {number} width
 * @param {number} height
 * @returns {Projection}
 */
function projectionOf(shapes, region, width, height) {
  /** @type {[[number, number], [number, number]]} */
  const inside = [[EDGE, EDGE], [width - EDGE, height - EDGE]];
  if (region === REGIONS[0]) {
    return d3.geoEqualEarth().fitExtent(inside, { type: "FeatureCollection", features: shapes });
  }
  const { centre: [x, y], edge } = VIEWS[region];
  return d3.geoAzimuthalEqualArea().rotate([-x, -y]).clipAngle(75)
    .fitExtent(inside, { type: "MultiPoint", coordinates: edge })
    .clipExtent([[0, 0], [width, height]]);
}

/**
 * The middle of the largest part of a country.
 * @param {GeoPath} path
 * @param {Shape} shape
 */
function middle(path, { geometry }) {
  if (geometry.type !== "MultiPolygon") return path.centroid(geometry);
  const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
  const [largest] = parts.sort((a, b) => d3.geoArea(b) - d3.geoArea(a));
  return path.centroid(largest);
}

/** @type {(step: number, steps: number) => string} */
export const shade = (step, steps) => d3.interpolateRgb(styled("--map-low"),
  styled("--map-high"))(step / Math.max(1, steps - 1));

/** The colour of the lines that hatch a shade: one that is seen on it.
 * @type {(step: number, steps: number) => string} */
const lineOn = (step, steps) => styled(step > (steps - 1) / 2 ? "--card" : "--ink");

/**
 * Hatched shades, as patterns of a drawing.
 * @param {number} steps
 */
const hatches = (steps) => svgElement("defs", {}, Array.from({ length: steps },
  (_, step) => svgElement("pattern", { id: `weak${step}`, width: 6, height: 6,
    patternUnits: "userSpaceOnUse" },
  svgElement("rect", { width: 6, height: 6, fill: shade(step, steps) }),
  svgElement("path", { d: "M-1 1L1 -1M0 6L6 0M5 7L7 5", stroke: lineOn(step, steps),
    "stroke-width": 0.8, "stroke-opacity": 0.55 }))));

/** @type {(look: Look, steps: number) => string} */
export const fillOf = (look, steps) => {
  if (!look) return styled("--map-none");
  return look.weak ? `url(#weak${look.step})` : shade(look.step, steps);
};

/**
 * A small square with a look, for legends.
 * @param {Look} look
 * @param {number} steps
 */
export const swatch = (look, steps) => svgElement("svg",
  { class: "sample", width: 22, height: 14, "aria-hidden": "true" },
  svgElement("rect", { x: 0.5, y: 0.5, width: 21, height: 13, rx: 2,
    fill: fillOf(look, steps), stroke: styled("--soft") }));

/**
 * The map of a region. `paint` colours it.
 * @param {Shape[]} shapes
 * @param {string[]} codes of the countries that can have figures
 * @param {{ region: string, width: number, height: number, steps: number }} frame
 *   `steps`: the number of classes
 * @returns {World}
 */
export function worldOf(shapes, codes, { region, width, height, steps }) {
  const path = d3.geoPath(projectionOf(shapes, region, width, height)).digits(1);
  const radius = RADII[width < NARROW ? 0 : 1];
  const codeOf = new Map(codes.map((code) => [outlineOf(code), code]));
  const stroke = { stroke: styled("--card"), "stroke-width": 0.5, "stroke-linejoin": "round" };
  const svg = svgElement("svg", { class: "world", width, height,
    viewBox: `0 0 ${width} ${height}` }, hatches(steps));
  /** @type {[string, SVGElement][]} */
  const painted = [];
  /** @type {SVGElement[]} */
  const circles = [];
  for (const shape of shapes) {
    const d = path(shape);
    const code = codeOf.get(idOf(shape));
    if (d) {
      const outline = svgElement("path", { d, ...stroke, fill: styled("--map-none"),
        "data-code": code });
      svg.append(outline);
      if (code !== undefined) painted.push([code, outline]);
    }
    if (code !== undefined && path.area(shape) < 1.5 * radius ** 2) {
      const [cx, cy] = middle(path, shape);
      if (cx >= 0 && cy >= 0 && cx <= width && cy <= height) {
        const circle = svgElement("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), r: radius,
          stroke: styled("--soft"), "stroke-width": 0.7, "data-code": code });
        circles.push(circle);
        painted.push([code, circle]);
      }
    }
  }
  svg.append(...circles);
  const paint = (/** @type {(code: string) => Look} */ lookOf) => {
    for (const [code, node] of painted) {
      const look = lookOf(code);
      node.setAttribute("fill", fillOf(look, steps));
      // A small country without a figure has no circle.
      if (node.localName === "circle") node.setAttribute("display", look ? "inline" : "none");
    }
  };
  return { svg, paint };
}

/**
 * Shows words beside the country under the pointer.
 * @param {SVGSVGElement} svg
 * @param {(code: string) => string} wordsOf
 */
export function hints(svg, wordsOf) {
  const hint = element("div", { class: "map-hint", "aria-hidden": "true" });
  const move = (/** @type {PointerEvent} */ event) => {
    const code = codeAt(event);
    hint.hidden = !code;
    const place = svg.parentElement;
    if (!code || !place) return;
    if (hint.parentElement !== place) place.append(hint);
    hint.textContent = wordsOf(code);
    const box = place.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const left = Math.min(Math.max(0, x - hint.offsetWidth / 2), box.width - hint.offsetWidth);
    const over = y - hint.offsetHeight - 14;
    hint.style.setProperty("transform",
      `translate(${Math.round(Math.max(0, left))}px, ${Math.round(over < 0 ? y + 18 : over)}px)`);
  };
  svg.addEventListener("pointermove", move);
  svg.addEventListener("pointerdown", move);
  svg.addEventListener("pointerleave", () => { hint.hidden = true; });
}

/**
 * The code of the country that an event points at.
 * @param {Event} event
 */
export const codeAt = (event) =>
  /** @type {Element} */ (event.target).closest("[data-code]")?.getAttribute("data-code") ?? null;
