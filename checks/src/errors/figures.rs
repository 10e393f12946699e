//! Codes of requests for figures that are not answered.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Requests for figures that are not answered, by code.
pub(super) const FIGURES: &[ErrorCode] = &[
    code(
        "busy",
        &[503],
        "The server has no capacity left.",
        "Ask again in a second; ask for fewer series at once.",
        "the server is busy; ask again in a second",
    ),
    code(
        "embargo",
        &[404],
        "A state or file of the ledger is under embargo.",
        "Ask again when the embargo ends; the message says when.",
        "this state or file of the ledger is under embargo until 2024-02-01T08:30:00Z; ask again \
         then",
    ),
    code(
        "encoding",
        &[400],
        "The address is not percent-encoded UTF-8.",
        "Write a percent sign as %25; let a library build the address.",
        "the address is not valid percent-encoded UTF-8; write a percent sign as %25",
    ),
    code(
        "estimate",
        &[503],
        "No figure can be computed from what was released.",
        "Tell the publisher; the ledger or its plan has a fault.",
        "no figure can be computed from the released measurements; please tell the publisher",
    ),
    code(
        "host",
        &[400],
        "The request has no header `Host`, or several.",
        "Send exactly one.",
        "an HTTP/1.1 request has exactly one Host header; send one",
    ),
    code(
        "key",
        &[400, 2],
        "The key of the series has too many or too few parts, or one that is not made of codes.",
        "Write a part for each dimension in the order that the message lists; an empty part \
         stands for every code.",
        "the key has 2 parts but needs 3, one for each dimension (FREQ, DIRECTION, INDICATOR); an \
         empty part stands for every code",
    ),
    code(
        "method",
        &[405],
        "The method is not GET or HEAD.",
        "Use GET: nothing here can be changed.",
        "the method is not allowed; use GET or HEAD",
    ),
    code(
        "no-nowcast",
        &[404, 2],
        "Nothing can be said of what is still to come of these figures.",
        "Use the figures themselves; [a nowcast](../how-to/derive.md) needs six complete steps, a \
         figure larger than its noise and every source.",
        "there is no nowcast for these series and periods: all is counted, the period is not \
         over, a source was silent, or fewer than six complete steps, too small a figure or too \
         much that is late let none be made; see the figures themselves",
    ),
    code(
        "no-structure",
        &[404, 2],
        "No structure has this kind, agency, id and version.",
        "Leave out the version for the newest; correct the id.",
        "no structure has this kind, agency, id and version; leave out the version for the newest",
    ),
    code(
        "not-acceptable",
        &[406],
        "None of the formats or codings that the request accepts is offered.",
        "Ask for one of those that the message names, or leave `Accept` out.",
        "Accept-Encoding allows none of the codings offered here; accept identity, gzip or zstd",
    ),
    code(
        "not-found",
        &[404, 2],
        "There is nothing at this address.",
        "Check its spelling; [HTTP](http.md) lists the addresses.",
        "there is nothing at this address; check its spelling",
    ),
    code(
        "not-offered",
        &[501, 2],
        "This server does not have this feature of the standard, or the plan has nothing of which \
         it could be made.",
        "Ask for what the line names instead; [SDMX](sdmx.md) says what is offered of the \
         standard.",
        "not offered: filters on codes other than eq and ne; use these",
    ),
    code(
        "not-ready",
        &[503, 2],
        "No ledger is read yet, or it does not verify.",
        "Wait until the server has read it. If it stays so, the message says what does not verify.",
        "no verified ledger is available: it is being read; ask again later",
    ),
    code(
        "nothing-released",
        &[404, 2],
        "The series and periods asked for have no published figure.",
        "Ask for periods between the first and the last that the list of dataflows names.",
        "no figures are published for these series and periods; see the list of dataflows for the \
         first and last period",
    ),
    code(
        "parameter",
        &[400, 2],
        "A parameter is unknown, given twice, or has a value that it does not take.",
        "Write a value, or choose a parameter, that the message allows.",
        "parameter format must be csv or json, not `xml`; correct it",
    ),
    code(
        "precondition",
        &[412],
        "The answer is not the one that `If-Match` or `If-Unmodified-Since` names.",
        "Ask without these headers, and use the `ETag` of the new answer.",
        "the answer is not the one that If-Match or If-Unmodified-Since names; ask without them",
    ),
    code(
        "range",
        &[416],
        "The range lies beyond the answer.",
        "Ask for bytes that the answer has, or for all of it.",
        "the answer has 512 bytes, none of them in the requested range; ask for a range within",
    ),
    code(
        "timeout",
        &[503],
        "The answer was not ready in time.",
        "Ask for fewer series or periods.",
        "the answer was not ready in time; ask for fewer series or periods",
    ),
    code(
        "too-large",
        &[413, 2],
        "The answer would have more observations than one may have.",
        "Ask for fewer series or periods, in several requests.",
        "the answer would have 900000 observations; the limit is 250000, so ask for fewer series \
         or periods",
    ),
    code(
        "unknown-code",
        &[404, 2],
        "A dimension has no such code.",
        "Choose one of the codes that the message offers.",
        "dimension DIRECTION has no code `ENTRI`; did you mean ENTRY? there are ENTRY, EXIT",
    ),
    code(
        "unknown-dataflow",
        &[404, 2],
        "The plan has no such dataflow.",
        "Choose one of those that the message offers.",
        "no dataflow matches `BORDER`; there are BORDER_FLOW, VISITORS_PRESENT",
    ),
    code(
        "unmeasured",
        &[404, 2],
        "The table is not measured by these codes for periods of this length.",
        "Ask for longer periods or coarser codes.",
        "the plan has no `marginals` of these codes for periods of this length; ask for longer \
         periods or coarser codes",
    ),
    code(
        "unverified",
        &[503, 2],
        "A file on disk is not the one that the ledger names.",
        "Restore the file from a mirror; who only reads asks again later.",
        "the file does not match its ledger entry, so it is not served; please tell the publisher",
    ),
    code(
        "unwritable",
        &[500, 2],
        "The answer cannot be written in this format.",
        "Ask for another format.",
        "the answer cannot be written: a sheet has too many rows; ask for another format",
    ),
    code(
        "uri-too-long",
        &[414],
        "The address is too long.",
        "Ask for fewer codes, in several requests.",
        "the address has 9000 bytes; the limit is 8192, so ask for fewer codes",
    ),
];
