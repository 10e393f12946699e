//! Codes of findings in a public ledger, and why one cannot be read or written.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Findings in a public ledger, and why one cannot be read or written, by code.
pub(super) const LEDGER: &[ErrorCode] = &[
    code(
        "above-claim",
        &[1],
        "An attack on the plan measured more privacy loss than the ledger claims.",
        "Do not release under this plan, and report it as [Security](../explanation/security.md) \
         says.",
        "error[above-claim]: BORDER_FLOW 2024-01: rho: measured 3/5 exceeds the claim 1/2; do not \
         release under this plan, and report it as a fault of the program",
    ),
    code(
        "amendment-early",
        &[1, 3, 4],
        "An amendment begins on a day for which figures are released.",
        "Let it begin after the last released step, which the line names.",
        "error[amendment-early]: amendment: from: must be after 2025-03-01, the last released \
         step, given 2025-02-01; begin it later",
    ),
    code(
        "amendment-order",
        &[1, 4],
        "An amendment amends something other than what is in force.",
        "Treat the ledger as altered: compare it with a mirror.",
        "error[amendment-order]: entry 7: amends: 5ac0 is in force, but the entry amends 77b1; \
         the ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "budget-lifetime",
        &[1, 4],
        "The charges of all windows exceed the total budget of the plan.",
        "Treat the published figures as over their promise, and tell the publisher.",
        "error[budget-lifetime]: entry 41: rho: the charges of all windows exceed the plan's \
         total budget of 3; its figures cost more privacy than was promised, so tell its publisher",
    ),
    code(
        "budget-window",
        &[1, 4],
        "The charges of a window exceed its budget.",
        "Treat the figures of this window as over their promise, and tell the publisher.",
        "error[budget-window]: entry 12: rho: the charges of window 2024 exceed its budget of \
         1/2; its figures cost more privacy than was promised, so tell its publisher",
    ),
    code(
        "bundle-shape",
        &[1, 4],
        "A bundle of entries has more or fewer than its name says.",
        "Copy the ledger again; if it stays so, it is damaged or altered.",
        "error[bundle-shape]: tile/entries/000: entries: the file does not have exactly 256 \
         entries; copy the ledger again, and tell its publisher if it stays so",
    ),
    code(
        "charge-part",
        &[1, 4],
        "A charge is for a part that the dataflow does not have.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[charge-part]: entry 3: part: by the plan the dataflow has no such part; the ledger \
         was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "charge-twice",
        &[1, 4],
        "A part of a window is charged twice.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[charge-twice]: entry 9: charge: entry 3 already charges for the same part and \
         window; the ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "charge-value",
        &[1, 4],
        "A charge differs from what the plan requires.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[charge-value]: entry 3: rho: the plan requires 3/5, the entry has 1/2; the ledger \
         was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "charge-window",
        &[1, 4],
        "A charge is for a window that the plan does not have.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[charge-window]: entry 3: window: 2031 is not among the 5 windows of the plan; the \
         ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "checkpoint-syntax",
        &[1, 2, 4],
        "The file is not a checkpoint.",
        "Give the file `checkpoint` of a ledger; copy it again byte for byte.",
        "error[checkpoint-syntax]: checkpoint: text: a checkpoint is an origin, a size without \
         leading zeros and a root; give a ledger's file `checkpoint`, unchanged",
    ),
    code(
        "dataflow-unknown",
        &[1, 4],
        "An entry names a dataflow that the plan does not have.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[dataflow-unknown]: entry 3: dataflow: BORDER_STOCK is not in the plan; the ledger \
         was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "entry-size",
        &[4],
        "An entry is longer than the ledger can hold.",
        "Report it as an error of the program.",
        "error[entry-size]: entry 3: entry: longer than its limit of 65535 bytes; please report \
         it as an error of the program",
    ),
    code(
        "entry-syntax",
        &[1, 4],
        "An entry is unknown, or written in another form.",
        "Use the newest version of the program; if it stays so, the ledger is altered.",
        "error[entry-syntax]: entry 3: entry: not a known entry in canonical form; use the newest \
         version of tidegauge, and tell the publisher if it stays so",
    ),
    code(
        "file-kind",
        &[1, 4],
        "Where a file must be there is a directory, a pipe or another thing.",
        "Put the published file in its place, such as from a mirror.",
        "error[file-kind]: vkey: file: is not a plain file; put the published file in its place",
    ),
    code(
        "file-missing",
        &[1, 4],
        "A file that must be there is missing.",
        "Copy the ledger again, or wait until the mirror is complete.",
        "error[file-missing]: release/BORDER_FLOW/2024-01-15.v0.json: file: missing; copy the \
         ledger \
         again, and tell its publisher if it stays so",
    ),
    code(
        "file-size",
        &[1, 4],
        "A file is longer than any of its kind.",
        "Copy the ledger again; if it stays so, it is damaged or altered.",
        "error[file-size]: plan/5ac0.toml: file: longer than its limit of 1048576 bytes; copy the \
         ledger again, and tell its publisher if it stays so",
    ),
    code(
        "fork",
        &[5],
        "The ledger does not extend one that was seen before.",
        "Keep both, and ask the publisher. One of the two was written by somebody else, or after \
         a restore from an old backup.",
        "error[fork]: checkpoint: the tree of 25 entries does not extend the tree of 31 seen \
         before; keep a copy of both, and ask the publisher which holds",
    ),
    code(
        "genesis",
        &[1, 4],
        "The first entry is not that of this ledger, or a later one begins it again.",
        "Use the newest version of the program; if it stays so, the ledger is altered.",
        "error[genesis]: entry 0: genesis: the first entry, and only the first, must be a genesis \
         of a format up to 3 for stats.example.org/border; use the newest version of tidegauge, \
         and tell the publisher if it stays so",
    ),
    code(
        "http",
        &[2],
        "A ledger cannot be fetched over the network.",
        "Look at the address and the network, and try again.",
        "error[http]: checkpoint: connection refused; check the address and the network",
    ),
    code(
        "http-status",
        &[2],
        "The server answers with neither the file nor its absence.",
        "Try again later; if it stays so, tell the publisher.",
        "error[http-status]: checkpoint: the server answered 502; try again later",
    ),
    code(
        "io",
        &[2, 9],
        "A file of the ledger cannot be read or written.",
        "Look at its owner and permissions, then at the disk.",
        "error[io]: checkpoint: permission denied; check its owner and its permissions, \
         then the disk",
    ),
    code(
        "key-other",
        &[1, 4],
        "The ledger is signed with another key than the expected one.",
        "Compare the key with the one that the publisher printed or announced. Trust neither \
         ledger before.",
        "error[key-other]: vkey: key: the log publishes another key than the expected \
         stats.example.org+3a1f+AQ; compare it with the one that the publisher announced",
    ),
    code(
        "key-syntax",
        &[1, 2, 4],
        "The text is not a verifier key.",
        "Give the text of the file `vkey`, whole and unchanged.",
        "error[key-syntax]: --key: key: not a verifier key (name+id+base64, Ed25519); give the \
         text of the file `vkey`, whole and unchanged",
    ),
    code(
        "law-broken",
        &[1],
        "An attack on the plan found persons who change what others count, or one person who is \
         present twice.",
        "Do not release under this plan, and report it as [Security](../explanation/security.md) \
         says.",
        "error[law-broken]: release/BORDER_FLOW/2024-01-01.v0.json: counts: persons together must \
         count what each counts alone; do not release under this plan, and report it as a fault \
         of the program",
    ),
    code(
        "ledger-exists",
        &[3],
        "There is a ledger in the directory already.",
        "Name another directory.",
        "error[ledger-exists]: checkpoint: there is a ledger in this directory already; name \
         another directory",
    ),
    code(
        "ledger-gap",
        &[5],
        "The ledger is older than what its writer remembers.",
        "Find out what put an old copy there; restore the public directory from a mirror.",
        "error[ledger-gap]: index: 31 is beyond the end of the ledger, which has 25 entries; \
         restore the public directory from a mirror",
    ),
    code(
        "ledger-locked",
        &[6],
        "Another process has the ledger open for writing.",
        "Try again later.",
        "error[ledger-locked]: ledger: another process has it open for writing; try again later",
    ),
    code(
        "ledger-stopped",
        &[9],
        "A write to the ledger failed before.",
        "Look at the disk, then run the command again.",
        "error[ledger-stopped]: ledger: an earlier write failed; check the disk, then run the \
         command again",
    ),
    code(
        "note-syntax",
        &[1, 2, 4],
        "The text is not a signed note.",
        "Give the file `checkpoint` of a ledger; copy it again byte for byte.",
        "error[note-syntax]: checkpoint: note: not a signed note; give a ledger's file \
         `checkpoint`, unchanged",
    ),
    code(
        "origin",
        &[1, 2, 4],
        "The checkpoint is of another ledger.",
        "Give the checkpoint and the key of the same ledger.",
        "error[origin]: checkpoint: origin: stats.example.org/other is not \
         stats.example.org/border; give the checkpoint and the key of one ledger",
    ),
    code(
        "path",
        &[1, 4],
        "An entry names a file outside the public directory.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[path]: ../x: path: not a path inside the public directory; tell its publisher that \
         the ledger was altered",
    ),
    code(
        "plan-digest",
        &[1, 4],
        "The plan is not the file that the ledger names.",
        "Copy the ledger again; if it stays so, the plan was changed.",
        "error[plan-digest]: plan/5ac0.toml: digest: the file does not have the digest and length \
         that the ledger states; copy the ledger again, and tell its publisher if it stays so",
    ),
    code(
        "plan-entry",
        &[1, 4],
        "The entry of a plan or amendment differs from its file.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[plan-entry]: entry 1: rho: the entry differs from its file; the ledger was \
         altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "plan-missing",
        &[1, 4],
        "Something is charged or released before there is a plan.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[plan-missing]: entry 1: plan: the ledger has no plan before this entry; the ledger \
         was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "plan-second",
        &[1, 4],
        "The ledger has a second plan, which would renew a budget.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[plan-second]: entry 8: plan: entry 1 already has the plan, and a ledger has only \
         one; the ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "plan-syntax",
        &[1, 4],
        "The published plan is not a plan of this version.",
        "Use the newest version of the program; if it stays so, the plan was changed.",
        "error[plan-syntax]: plan/5ac0.toml: plan: line 12: privacy.rho: this key is required; \
         add it",
    ),
    code(
        "price",
        &[1, 4],
        "The charges of the published plan cannot be computed.",
        "Use the newest version of the program; if it stays so, tell the publisher.",
        "error[price]: plan/5ac0.toml: price: sensitivity must be positive; use the newest \
         version of tidegauge, and tell the publisher if it stays so",
    ),
    code(
        "published",
        &[3],
        "Other bytes are published at this path, and published files never change.",
        "Find out who wrote there; restore the public directory from a mirror.",
        "error[published]: release/BORDER_FLOW/2024-01-15.v0.json: other bytes are published \
         there already; restore the public directory from a mirror",
    ),
    code(
        "release-charges",
        &[1, 4],
        "A release does not name the charges that pay for it.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-charges]: entry 5: charges: the entries before this one that pay for it \
         are [3], the entry has [2]; the ledger was altered, so do not rely on it, and tell its \
         publisher",
    ),
    code(
        "release-digest",
        &[1, 4],
        "A file of figures is not the one that the ledger names.",
        "Copy the ledger again; if it stays so, do not use the file.",
        "error[release-digest]: release/BORDER_FLOW/2024-01-15.v0.json: digest: the file does not \
         have the digest and length that the ledger states; copy the ledger again, and tell its \
         publisher if it stays so",
    ),
    code(
        "release-order",
        &[1, 4],
        "A release is out of order.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-order]: entry 5: step: the next release must be 2024-01-15, the entry has \
         2024-01-16; the ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "release-path",
        &[1, 4],
        "A release has the path of another one.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-path]: entry 5: path: the file of this release must be \
         release/BORDER_FLOW/2024-01-15.v0.json; the ledger was altered, so do not rely on it, \
         and tell its publisher",
    ),
    code(
        "release-shape",
        &[1, 4],
        "A file of figures does not hold what the plan requires at its step.",
        "Do not use the file, and tell the publisher.",
        "error[release-shape]: release/BORDER_FLOW/2024-01-15.v0.json: counts: part 0 is not what \
         the plan requires at this step; the ledger was altered, so do not rely on it, and tell \
         its publisher",
    ),
    code(
        "release-silent",
        &[1, 4],
        "The silent sources of a release are not sources that deliver for its step.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-silent]: entry 5: silent: sources that deliver for the step are needed, in \
         the plan's order, given SEA; the ledger was altered, so do not rely on it, and tell its \
         publisher",
    ),
    code(
        "release-step",
        &[1, 4],
        "A release is for a step that the plan does not allow.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-step]: entry 5: step: 2023-12-31 is not a step that the plan allows; the \
         ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "release-syntax",
        &[1, 4],
        "A file of figures is not in its one form.",
        "Copy the ledger again; if it stays so, do not use the file.",
        "error[release-syntax]: release/BORDER_FLOW/2024-01-15.v0.json: file: not a release file \
         in canonical form; copy the ledger again, and tell its publisher if it stays so",
    ),
    code(
        "release-twice",
        &[1, 4],
        "The same figures are released twice.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-twice]: entry 9: release: entry 5 already releases the same; the ledger \
         was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "release-vintage",
        &[1, 4],
        "A vintage is released that is not due.",
        "Treat the ledger as altered, and tell the publisher.",
        "error[release-vintage]: entry 9: vintage: vintage 2 of this step is not due here; the \
         ledger was altered, so do not rely on it, and tell its publisher",
    ),
    code(
        "root",
        &[1, 4],
        "The entries are not those that the checkpoint signs.",
        "Copy the ledger again; if it stays so, it is altered.",
        "error[root]: checkpoint: root: the entries do not have the root that the checkpoint \
         signs; copy the ledger again, and tell its publisher if it stays so",
    ),
    code(
        "shape-differs",
        &[1],
        "What the program publishes changes in length or in files with one person.",
        "Do not release under this plan, and report it as [Security](../explanation/security.md) \
         says.",
        "error[shape-differs]: vkey: bytes: must not depend on one person; do not release under \
         this plan, and report it as a fault of the program",
    ),
    code(
        "signature",
        &[1, 2, 4],
        "The checkpoint is not signed with the expected key.",
        "Copy it again; compare the key with the one that the publisher announced.",
        "error[signature]: checkpoint: signature: the note has no valid signature of the key \
         stats.example.org/border; copy it again, and compare the key with the one that the \
         publisher announced",
    ),
    code(
        "tile",
        &[1, 4],
        "A tile does not hold the hashes of the entries.",
        "Copy the ledger again; if it stays so, it is damaged or altered.",
        "error[tile]: tile/0/000: hashes: the tile does not hold the hashes of the entries; copy \
         the log again, and tell its publisher if it stays so",
    ),
    code(
        "tree-size",
        &[1, 4],
        "The ledger has more entries than any.",
        "Treat the checkpoint as wrong, and tell the publisher.",
        "error[tree-size]: checkpoint: size: 99999999999 entries exceed the limit of 16777216; \
         copy the ledger again, and tell its publisher if it stays so",
    ),
];
