// Reads and verifies the ledger in this browser: signed checkpoint, entries, Merkle tree.
//
// Not here: the page (ledger.js), and whether the charges are right; `tidegauge ledger verify`
// recomputes those.
//
// Formats: C2SP signed-note, tlog-checkpoint and tlog-tiles; hashes as in RFC 6962.
"use strict";

/** @import { Checkpoint, Entry, Release } from "./types" */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const WIDTH = 256;
const ED25519 = 1;

/** @type {(bytes: Bytes) => string} */
export const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
/** @type {(text: string) => Bytes} */
const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** @type {(text: string) => Bytes} */
const utf8 = (text) => new TextEncoder().encode(text);

/** Whether this page may hash and verify: browsers allow it only over https and on localhost. */
export const canVerify = () => globalThis.crypto?.subtle !== undefined;

/** @type {(bytes: Bytes) => Promise<Bytes>} */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** @type {(...parts: (Bytes | number[])[]) => Bytes} */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @type {(path: string) => Promise<Response>} */
async function fetched(path) {
  const response = await fetch(`log/${path}`);
  if (!response.ok) throw new Error(`log/${path}: ${response.status}`);
  return response;
}

/** @type {(path: string) => Promise<Bytes>} */
export const fileBytes = async (path) =>
  new Uint8Array(await (await fetched(path)).arrayBuffer());

/**
 * The checkpoint and its parts. The signed text ends with the newline before the empty line.
 * @returns {Promise<Checkpoint>}
 */
export async function checkpoint() {
  const note = await (await fetched("checkpoint")).text();
  const cut = note.indexOf("\n\n");
  const [origin, size, root] = note.slice(0, cut).split("\n");
  return {
    note, signed: note.slice(0, cut + 1),
    signatures: note.slice(cut + 2).split("\n").filter(Boolean),
    origin, size: Number(size), root: fromBase64(root),
  };
}

export const verifierKey = async () => (await (await fetched("vkey")).text()).trim();

/**
 * Whether the checkpoint has a valid signature of this key, whose name must be the origin.
 * @param {Checkpoint} point
 * @param {string} vkey
 */
export async function isSigned(point, vkey) {
  const at = vkey.indexOf("+");
  const name = vkey.slice(0, at);
  const id = vkey.slice(at + 1, at + 9);
  const key = fromBase64(vkey.slice(at + 10));
  const named = await sha256(joined(utf8(`${name}\n`), key));
  if (key[0] !== ED25519 || key.length !== 33 || hex(named.slice(0, 4)) !== id) return false;
  const line = point.signatures.find((signed) => signed.startsWith(`\u2014 ${name} `));
  if (!line || name !== point.origin) return false;
  const signature = fromBase64(line.slice(name.length + 3));
  if (hex(signature.slice(0, 4)) !== id) return false;
  const known = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", known, signature.slice(4), utf8(point.signed));
}

/**
 * The path of a tile or bundle: groups of three digits, with an x before all but the last.
 * @param {number | string} level
 * @param {number} number
 * @param {number} width how many nodes or entries it has
 */
export function tilePath(level, number, width) {
  const groups = [];
  let rest = number;
  do {
    groups.unshift(String(rest % 1000).padStart(3, "0"));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const path = groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** @type {(bytes: Bytes) => Bytes[]} */
function unbundled(bytes) {
  const entries = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] * 256 + bytes[at + 1];
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

const BUNDLES_KEPT = 16;
/** @type {Map<string, Promise<Bytes[]>>} */
const bundles = new Map();

/** @type {(path: string) => Promise<Bytes[]>} */
function bundleAt(path) {
  const known = bundles.get(path);
  if (known) return known;
  if (bundles.size >= BUNDLES_KEPT) bundles.delete([...bundles.keys()][0]);
  const bundle = fileBytes(path).then(unbundled);
  bundles.set(path, bundle);
  bundle.catch(() => bundles.delete(path));
  return bundle;
}

/**
 * The entries of one bundle of a tree of this size, as bytes.
 * @param {number} number
 * @param {number} size
 */
export async function bundleOf(number, size) {
  const path = tilePath("entries", number, Math.min(WIDTH, size - number * WIDTH));
  const entries = await bundleAt(path);
  if (entries.length !== Math.min(WIDTH, size - number * WIDTH)) {
    throw new Error(`bundle ${number}: ${entries.length} entries`);
  }
  return entries;
}

/**
 * The numbers of the bundles that have the entries from `from` to before `to`.
 * @param {number} from
 * @param {number} to
 */
export function bundlesIn(from, to) {
  const first = Math.floor(from / WIDTH);
  return Array.from({ length: Math.ceil(to / WIDTH) - first }, (_, n) => first + n);
}

/**
 * The entries from `from` to before `to` of a tree of this size, as bytes.
 * @param {number} from
 * @param {number} to
 * @param {number} size
 */
export async function entriesIn(from, to, size) {
  const numbers = bundlesIn(from, to);
  const all = (await Promise.all(numbers.map((number) => bundleOf(number, size)))).flat();
  const first = numbers.length ? numbers[0] * WIDTH : 0;
  return all.slice(from - first, to - first);
}

/** @type {(entry: Bytes) => Entry} */
export const parsed = (entry) => JSON.parse(new TextDecoder().decode(entry));

/** @type {(entries: Bytes[]) => Promise<Bytes[]>} */
export const leafHashes = (entries) =>
  Promise.all(entries.map((entry) => sha256(joined([0], entry))));

/**
 * The root of a list of leaf hashes: RFC 6962 pairs neighbours, and a last one without a neighbour
 * moves up as it is.
 * @param {Bytes[]} hashes
 */
export async function rootOf(hashes) {
  let level = hashes;
  while (level.length > 1) {
    /** @type {(Bytes | Promise<Bytes>)[]} */
    const next = [];
    for (let at = 0; at < level.length; at += 2) {
      next.push(at + 1 < level.length ? sha256(joined([1], level[at], level[at + 1])) : level[at]);
    }
    level = await Promise.all(next);
  }
  return level[0];
}

/**
 * The hashes of one tile: the nodes from `number * 256` on.
 * @param {number} level
 * @param {number} number
 * @param {number} count how many nodes the level has in all
 */
async function hashTile(level, number, count) {
  const bytes = await fileBytes(tilePath(level, number, Math.min(WIDTH, count - number * WIDTH)));
  return Array.from({ length: bytes.length / 32 }, (_, n) => bytes.slice(n * 32, n * 32 + 32));
}

/**
 * The root of the first leaves of a tree of this size, from its published hashes only: the nodes
 * over 256 leaves each, and the leaves after the last of them.
 * @param {number} size
 * @param {number} leafCount
 */
export async function rootFromTiles(size, leafCount) {
  const nodesInAll = Math.floor(size / WIDTH);
  const whole = Math.floor(leafCount / WIDTH);
  const numbers = Array.from({ length: Math.ceil(whole / WIDTH) }, (_, number) => number);
  const tiles = await Promise.all(numbers.map((number) => hashTile(1, number, nodesInAll)));
  const nodes = tiles.flat();
  const rest = leafCount - whole * WIDTH;
  const leaves = rest ? (await hashTile(0, whole, size)).slice(0, rest) : [];
  return rootOf([...nodes.slice(0, whole), ...(rest ? [await rootOf(leaves)] : [])]);
}

/**
 * Whether the entries of one bundle have the published hashes, and these the published node above
 * them.
 * @param {number} number
 * @param {number} size
 */
export async function bundleHasPublishedHashes(number, size) {
  const [entries, tile] = await Promise.all([bundleOf(number, size), hashTile(0, number, size)]);
  const hashes = await leafHashes(entries);
  if (tile.length !== hashes.length) return false;
  if (hashes.some((hash, n) => hex(hash) !== hex(tile[n]))) return false;
  if (hashes.length < WIDTH) return true;
  const nodes = await hashTile(1, Math.floor(number / WIDTH), Math.floor(size / WIDTH));
  return hex(await rootOf(hashes)) === hex(nodes[number % WIDTH]);
}

// Releases of a dataflow are searched for only among the newest entries.
const RECENT_ENTRIES = 2048;

/**
 * The recent releases of a dataflow in order, each with the size of the tree that first had it.
 * @param {string} flow
 * @returns {Promise<Release[]>}
 */
export async function releasesOf(flow) {
  const { size } = await checkpoint();
  const from = Math.max(0, size - RECENT_ENTRIES);
  const entries = (await entriesIn(from, size, size)).map(parsed);
  return entries.flatMap((entry, n) =>
    (entry.entry === "release" && entry.dataflow === flow && entry.step
      ? [{ ...entry, step: entry.step, size: from + n + 1 }] : []));
}
