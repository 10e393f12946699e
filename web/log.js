// The ledger, read and verified in this browser: signed checkpoint, entries, Merkle tree.
//
// Not here: what the page shows of it (ledger.js), and whether the charges are right; `tidegauge
// ledger verify` recomputes those.
//
// Formats: C2SP signed-note, tlog-checkpoint and tlog-tiles; hashes as RFC 6962 has them.
"use strict";

const WIDTH = 256;
const ED25519 = 1;

export const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);

// Whether this page may hash and verify: browsers allow it over https and on this machine alone.
export const canVerify = () => globalThis.crypto?.subtle !== undefined;

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function fetched(path) {
  const response = await fetch(`log/${path}`);
  if (!response.ok) throw new Error(`log/${path}: ${response.status}`);
  return response;
}

export const fileBytes = async (path) =>
  new Uint8Array(await (await fetched(path)).arrayBuffer());

// The checkpoint and its parts. The signed text ends with the newline before the empty line.
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

// Whether the checkpoint bears a valid signature of this key, which must be named after it.
export async function isSigned(point, vkey) {
  const at = vkey.indexOf("+");
  const [name, id, text] = [vkey.slice(0, at), vkey.slice(at + 1, at + 9), vkey.slice(at + 10)];
  const key = fromBase64(text);
  const named = await sha256(joined(utf8(`${name}\n`), key));
  if (key[0] !== ED25519 || key.length !== 33 || hex(named.slice(0, 4)) !== id) return false;
  const line = point.signatures.find((one) => one.startsWith(`\u2014 ${name} `));
  if (!line || name !== point.origin) return false;
  const signature = fromBase64(line.slice(name.length + 3));
  if (hex(signature.slice(0, 4)) !== id) return false;
  const known = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", known, signature.slice(4), utf8(point.signed));
}

// The path of a tile or bundle: groups of three digits, all but the last behind an x.
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
const bundles = new Map();

// The entries of one bundle of a tree of this size, as bytes.
export async function bundleOf(number, size) {
  const path = tilePath("entries", number, Math.min(WIDTH, size - number * WIDTH));
  if (!bundles.has(path)) {
    if (bundles.size >= BUNDLES_KEPT) bundles.delete(bundles.keys().next().value);
    const bundle = fileBytes(path).then(unbundled);
    bundles.set(path, bundle);
    bundle.catch(() => bundles.delete(path));
  }
  const entries = await bundles.get(path);
  if (entries.length !== Math.min(WIDTH, size - number * WIDTH)) {
    throw new Error(`bundle ${number}: ${entries.length} entries`);
  }
  return entries;
}

// The numbers of the bundles that hold entries `from` to `to`, the last left out.
export function bundlesIn(from, to) {
  const first = Math.floor(from / WIDTH);
  return Array.from({ length: Math.ceil(to / WIDTH) - first }, (_, n) => first + n);
}

// Entries `from` to `to` of a tree of this size, the last left out, as bytes.
export async function entriesIn(from, to, size) {
  const numbers = bundlesIn(from, to);
  const all = (await Promise.all(numbers.map((number) => bundleOf(number, size)))).flat();
  const first = numbers.length ? numbers[0] * WIDTH : 0;
  return all.slice(from - first, to - first);
}

export const parsed = (entry) => JSON.parse(new TextDecoder().decode(entry));

export const leafHashes = (entries) =>
  Promise.all(entries.map((entry) => sha256(joined([0], entry))));

// The root of a list of leaf hashes: RFC 6962 pairs neighbours, and an odd one climbs alone.
export async function rootOf(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const next = [];
    for (let at = 0; at < level.length; at += 2) {
      next.push(at + 1 < level.length ? sha256(joined([1], level[at], level[at + 1])) : level[at]);
    }
    level = await Promise.all(next);
  }
  return level[0];
}

// The hashes of one tile: nodes `number * 256` and on of a level that has so many in all.
async function hashTile(level, number, count) {
  const bytes = await fileBytes(tilePath(level, number, Math.min(WIDTH, count - number * WIDTH)));
  return Array.from({ length: bytes.length / 32 }, (_, n) => bytes.slice(n * 32, n * 32 + 32));
}

// The root of the first `of` leaves of a tree of this size, from its published hashes alone: the
// nodes over 256 leaves each, and the leaves after the last of them.
export async function rootByTiles(size, of) {
  const [above, whole] = [Math.floor(size / WIDTH), Math.floor(of / WIDTH)];
  const numbers = Array.from({ length: Math.ceil(whole / WIDTH) }, (_, number) => number);
  const nodes = (await Promise.all(numbers.map((number) => hashTile(1, number, above)))).flat();
  const rest = of - whole * WIDTH;
  const leaves = rest ? (await hashTile(0, whole, size)).slice(0, rest) : [];
  return rootOf([...nodes.slice(0, whole), ...(rest ? [await rootOf(leaves)] : [])]);
}

// Whether the entries of one bundle have the published hashes, and these the node above them.
export async function bundleHolds(number, size) {
  const [entries, tile] = await Promise.all([bundleOf(number, size), hashTile(0, number, size)]);
  const hashes = await leafHashes(entries);
  if (tile.length !== hashes.length) return false;
  if (hashes.some((hash, n) => hex(hash) !== hex(tile[n]))) return false;
  if (hashes.length < WIDTH) return true;
  const nodes = await hashTile(1, Math.floor(number / WIDTH), Math.floor(size / WIDTH));
  return hex(await rootOf(hashes)) === hex(nodes[number % WIDTH]);
}

// Entries among which the releases of a dataflow are looked for: the newest.
const RECENT_ENTRIES = 2048;

// The recent releases of a dataflow in order, each with the size of the tree that first held it.
export async function releasesOf(flow) {
  const { size } = await checkpoint();
  const from = Math.max(0, size - RECENT_ENTRIES);
  const entries = (await entriesIn(from, size, size)).map(parsed);
  return entries.flatMap((entry, n) => (entry.entry === "release" && entry.dataflow === flow
    ? [{ ...entry, size: from + n + 1 }] : []));
}
