//! Codes of deliveries that are refused.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Deliveries that are refused, by code.
pub(super) const INTAKE: &[ErrorCode] = &[
    code(
        "bad-header",
        &[400, 2],
        "A header of the delivery has another form.",
        "Correct the header that the detail names; [Sources and the intake](sources.md) has the \
         forms.",
        "content-length: must be a whole number; correct it",
    ),
    code(
        "bug",
        &[500],
        "The program of the store has an error.",
        "Send the same delivery again later; the operator finds the place in the server's \
         standard error.",
        "an error in the program; send it again later, and ask the operator, whose log says where",
    ),
    code(
        "busy",
        &[503],
        "Too much is under way.",
        "Send the same delivery again after the seconds of `Retry-After`.",
        "body: too much is under way; send it again later",
    ),
    code(
        "client-busy",
        &[429],
        "Too many requests from this address are under way.",
        "Send one delivery after the other.",
        "connection: too many requests are under way from this address; send one after another",
    ),
    code(
        "content-digest",
        &[400, 2],
        "The body is not the one that was signed.",
        "Send the delivery again; if it stays so, something between changes it.",
        "content-digest: is not that of the body as sent; send the delivery again",
    ),
    code(
        "cut",
        &[400],
        "The body is shorter or longer than its header says.",
        "Send the delivery again.",
        "body: is not as long as its content-length; send the delivery again",
    ),
    code(
        "damaged",
        &[400, 2],
        "The body cannot be decompressed.",
        "Compress it again with gzip or Zstandard, and look whether the header names the right \
         one.",
        "body: cannot be decompressed; compress it again, and check content-encoding",
    ),
    code(
        "delivery-conflict",
        &[409],
        "Another delivery was taken under this id.",
        "Give each delivery its own id. If it was meant to be the same one, it has changed: do \
         not build it again.",
        "path: another delivery was taken under this id; give each delivery its own",
    ),
    code(
        "delivery-format",
        &[415, 2],
        "The body has a format or an encoding that is not taken.",
        "Send CSV or NDJSON or Parquet, as it is or with gzip or Zstandard.",
        "content-encoding: gzip, zstd or none is needed; send it so",
    ),
    code(
        "disk-full",
        &[503],
        "The disk of the store is full.",
        "Tell the operator, and send the same delivery again later.",
        "store: its disk is full; tell its operator, and send it again later",
    ),
    code(
        "key-expired",
        &[403, 2],
        "The key was not valid on the day of the signature.",
        "Sign with the key that the plan has for this day ([Rotate the \
         keys](../how-to/rotate-keys.md)).",
        "keyid: the key \"land-1\" is not valid on 2024-02-01, the day of the signature; sign \
         with the key that is",
    ),
    code(
        "malformed-message",
        &[400, 2],
        "The message is not one of this contract.",
        "Use `tidegauge-agent`, or compare with the example of [Sources and the \
         intake](sources.md).",
        "message: a request is needed; send it as tidegauge-agent does",
    ),
    code(
        "method",
        &[405],
        "The method is not meant at this address.",
        "Use GET to ask, and PUT to deliver.",
        "method: is not meant at this address; use GET, or PUT for a delivery",
    ),
    code(
        "missing-header",
        &[400, 411, 2],
        "A header that is needed is missing.",
        "Add the header that the detail names.",
        "content-length: this header is needed; send a body of known length",
    ),
    code(
        "other-store",
        &[403, 2],
        "The delivery is for another store.",
        "Correct the store in the agent's settings; compare it with `/intake/v1/plan`.",
        "tidegauge-store: is of another store; this one is 5ac0",
    ),
    code(
        "pseudonym-key",
        &[403, 2],
        "The pseudonyms were made under another key than that of the plan.",
        "Use the key whose id the plan names: under another one every person would count as a new \
         one.",
        "tidegauge-pseudonym-key: under another key than 5ac0 every person would count as a new \
         one; make the pseudonyms under that key",
    ),
    code(
        "signature",
        &[401, 2],
        "There is no signature, or it does not fit.",
        "Sign with the private key whose public key is in the plan, and cover the parts that the \
         detail names; look whether the clock is right.",
        "signature-input: expires: is past; sign again",
    ),
    code(
        "source-busy",
        &[429],
        "Earlier deliveries of the source are under way.",
        "Wait for their receipts before the next one.",
        "source: its earlier deliveries are still under way; wait for their receipts",
    ),
    code(
        "source-day",
        &[429],
        "The source has had its rows of the day.",
        "Send the rest tomorrow, or let the operator take signed files in.",
        "source: has had its rows of the day; the store's operator can take signed files of more \
         with `tidegauge ingest`",
    ),
    code(
        "source-days",
        &[403, 2],
        "The source does not deliver yet.",
        "Begin on its first day, or amend the plan.",
        "source: LAND does not deliver yet; begin on its first day, or let the plan be amended",
    ),
    code(
        "too-large",
        &[413, 2],
        "The delivery is too large, as it is or unpacked.",
        "Send several smaller ones.",
        "body: at most 67108864 bytes, given 80000000; send several deliveries",
    ),
    code(
        "too-slow",
        &[408],
        "The body was not sent in time.",
        "Send smaller deliveries, or over a better connection.",
        "body: was not sent within 300 seconds; send a smaller delivery",
    ),
    code(
        "unknown-address",
        &[404, 2],
        "There is no such address.",
        "Use the addresses of [Sources and the intake](sources.md).",
        "path: no such address; the plan is at /intake/v1/plan",
    ),
    code(
        "unknown-delivery",
        &[404],
        "No delivery with this id was taken.",
        "Send it.",
        "path: no delivery with this id was taken; send it",
    ),
    code(
        "unknown-parameter",
        &[400],
        "The address has a query.",
        "Leave the question mark and what follows out.",
        "query: these addresses take none; leave it out",
    ),
    code(
        "unknown-source",
        &[400, 2],
        "The plan does not have this source.",
        "Correct the source; `/intake/v1/plan` lists them.",
        "source: is not in the plan; /intake/v1/plan lists those that are",
    ),
];
