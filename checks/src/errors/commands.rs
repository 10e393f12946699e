//! Codes of failed commands of a store.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Failed commands of a store, by code.
pub(super) const COMMANDS: &[ErrorCode] = &[
    code(
        "amendment-late",
        &[3],
        "A code is closed from a day that has begun: events of it may be taken in already.",
        "Close it from a later day, at the earliest the first day of the next step.",
        "error[amendment-late]: amendment: from: a code can close only from a day that has not \
         begun, given 2025-03-01; close it from a later day",
    ),
    code(
        "backup-ahead",
        &[5],
        "The backup has what the store does not have: the store is an older copy, or another one \
         that went on.",
        "Back up to a new directory, and find out which copy of the store is the right one; only \
         one may go on.",
        "error[backup-ahead]: backup: ledger: the backup has 31 entries, and the store only 25, \
         which would take its place; name a new directory, and find out which copy of the store \
         is the right one",
    ),
    code(
        "bad-counts",
        &[2],
        "A file of published counts for `tidegauge simulate` breaks a rule.",
        "Correct the line, or fetch the file again from its publisher.",
        "error[bad-counts]: counts.csv:17: Total: the classes sum to 120, not 121; correct the \
         line, or fetch the file again",
    ),
    code(
        "bad-option",
        &[2],
        "An option of `tidegauge simulate` or `plan rehearse` is outside its limits.",
        "Write a value that the line allows.",
        "error[bad-option]: from: must be a day of the series or before; change the option",
    ),
    code(
        "bad-request",
        &[2],
        "The server of the store is of another version than the command.",
        "Run the version of the command that the server has, or start the server again.",
        "error[bad-request]: socket: request: the server of this store is of another version; run \
         its version of this command, or start it again",
    ),
    code(
        "bad-rows",
        &[2, 422],
        "Rows are refused, and therefore all of the files; a line before says for each row why.",
        "Correct the rows, or leave them out with `--on-bad-row skip`.",
        "error[bad-rows]: 125 rows are refused, the first 100 of them listed; nothing was taken; \
         correct them, or leave them out with `--on-bad-row skip`",
    ),
    code(
        "bad-value",
        &[2],
        "A value on the command line breaks the rule of its option.",
        "Correct the value; `--help` after the command has the rule.",
        "error[bad-value]: --from: value: must be a period such as 2024, 2024-Q1, 2024-01, \
         2024-W03, 2024-01-15 or 2024-01-15T13; correct it, or see `--help`",
    ),
    code(
        "budget-exhausted",
        &[3],
        "The charges of a window exceed its budget.",
        "Lower shares or raise `privacy.rho`, in a new plan; a plan in force cannot get more.",
        "error[budget-exhausted]: plan: privacy: the charges of window 2024 exceed its budget; \
         lower shares, or raise `privacy.rho`",
    ),
    code(
        "bug",
        &[101, 500],
        "The program has an error.",
        "Report it with the line that comes before, which says where. The same command can be run \
         again.",
        "error[bug]: src/lib.rs:1:1: program: this should not happen; please report it",
    ),
    code(
        "certificate",
        &[2],
        "A certificate or its key cannot be used.",
        "Give files in PEM form that belong together.",
        "error[certificate]: --certificate: cert.pem: has no certificate in PEM; give a \
         certificate and its own key, as files in PEM",
    ),
    code(
        "charges-differ",
        &[3],
        "The ledger was written by a version that computes charges in another way.",
        "Use the version that made the store.",
        "error[charges-differ]: ledger: charges of window 2024: differ from those that this \
         program computes; use the version that made them",
    ),
    code(
        "contributions",
        &[2],
        "The table of contributions cannot be read, or says nothing.",
        "Correct the line that is named; [Choose a bound](../how-to/choose-bound.md) has the form.",
        "error[contributions]: table.csv: line 3: contributions and persons are whole numbers; \
         give a CSV file with the columns dataflow,contributions,persons",
    ),
    code(
        "control-store",
        &[4, 6, 9],
        "The control store, a database of SQLite, is damaged, busy or refused by the system.",
        "After 6 try again; after 9 look at permissions and the disk; after 4 restore a \
         [backup](../how-to/back-up.md).",
        "error[control-store]: private/control.sqlite: database disk image is malformed; try \
         again, check the disk, then restore a sound backup",
    ),
    code(
        "corrupt",
        &[4],
        "A file of the store, or of the backup that is restored, is missing, cut, or differs from \
         what was written.",
        "Stop the store, keep a copy of it, and restore a [backup](../how-to/back-up.md); if the \
         line names a backup, an earlier one.",
        "error[corrupt]: private/journal/3: file: is missing; if it stays so, keep a copy and \
         restore a sound backup",
    ),
    code(
        "delivery-conflict",
        &[2],
        "A signed file has the id of another delivery that was taken already.",
        "Do not copy or edit signed files; let the agent make the delivery again under a new id.",
        "error[delivery-conflict]: LAND-7.delivery: delivery: another delivery was taken under \
         this id; give each delivery its own",
    ),
    code(
        "directory-taken",
        &[2],
        "The directory for a new store, backup or copy has something in it, or lies inside what is \
         copied.",
        "Name a directory that does not exist yet, outside of the store and the backup.",
        "error[directory-taken]: store: directory: must not exist yet, or be empty; name another",
    ),
    code(
        "disk-full",
        &[7],
        "The disk is full, or a quota is used up.",
        "Free some space and run the command again. Nothing is half written.",
        "error[disk-full]: store/private/journal: disk: is full, or a quota is used up; free some \
         space and run the command again; the store is as it was before, or goes on where it \
         stopped",
    ),
    code(
        "empty",
        &[3],
        "Steps would be released from a store that never took an event.",
        "Take events in first. If there are truly none, add `--empty`.",
        "error[empty]: store: journal: no event was ever taken in, and what is released is final; \
         take events in first, or release all the same with `--empty`",
    ),
    code(
        "empty-input",
        &[2],
        "A directory of events has no file of events.",
        "Name the directory in which the files are. Names that begin with a dot or an underscore \
         are passed over.",
        "error[empty-input]: inbox: directory: has no file of events; name the one in which they \
         are",
    ),
    code(
        "ending",
        &[6],
        "The server of the store is ending.",
        "Run the command again.",
        "error[ending]: store: the server is ending; try again",
    ),
    code(
        "file-exists",
        &[2],
        "The file that a command would write exists.",
        "Name another file, or give `--force` to write over it.",
        "error[file-exists]: plan.toml: exists already; give --force to overwrite it, or another \
         name",
    ),
    code(
        "file-size",
        &[2],
        "A checkpoint to compare with is longer than any checkpoint.",
        "Give the file `checkpoint` of a public directory, or the address of its server.",
        "error[file-size]: kept: file: longer than its limit of 65536 bytes; name the checkpoint \
         itself",
    ),
    code(
        "flags-missing",
        &[2],
        "`plan new` lacks answers, and there is no terminal to ask for them.",
        "Give the flags that the line names, or run the command in a terminal.",
        "error[flags-missing]: plan new: --title, --controller: missing, and nobody can be \
         asked; give what is missing, or run this in a terminal",
    ),
    code(
        "fork",
        &[5],
        "The public ledger is not the one that the store wrote.",
        "Stop the store and find out who changed the public directory. Do not release before a \
         person has decided which ledger holds ([Back up, restore](../how-to/back-up.md)).",
        "error[fork]: public/checkpoint: tree: the public ledger is not the one that this store \
         wrote; release nothing, and find out who changed the public directory",
    ),
    code(
        "format-too-old",
        &[2],
        "The store was made by a version so old that this one cannot upgrade it.",
        "Use the version that made it, or a version between that can upgrade it.",
        "error[format-too-old]: private/control.sqlite: format: the control store has format 1, \
         and this program upgrades none below 2; use the version of tidegauge that wrote it",
    ),
    code(
        "key-missing",
        &[2],
        "The file with the key of an encrypted store is not there.",
        "Give its path with `--key`.",
        "error[key-missing]: store.key: key: there is no such file; give the file of the store's \
         key with `--key`",
    ),
    code(
        "key-permissions",
        &[3],
        "Others can read a file with a key.",
        "Run `chmod 600` on the file; if somebody may have read it, think of a new key.",
        "error[key-permissions]: private/signing.key: mode: must be 0600, so that nobody else can \
         read the key; run `chmod 600` on it",
    ),
    code(
        "listen",
        &[2],
        "The server cannot listen at the address.",
        "Choose another port, or port 0 for a free one.",
        "error[listen]: --public: 127.0.0.1:8080: Address already in use (os error 98); choose \
         another port, or port 0 for a free one",
    ),
    code(
        "locked",
        &[6],
        "Another process is at work in the store.",
        "Try again later, or wait for it with `--wait SECONDS`.",
        "error[locked]: store: lock: another process is writing to the store; try again later, or \
         wait for it longer with `--wait SECONDS`",
    ),
    code(
        "mixed-files",
        &[2],
        "Signed deliveries and other files were given in one call.",
        "Ingest them in two calls.",
        "error[mixed-files]: events.csv: file: is no signed delivery, and others are; ingest them \
         in two calls",
    ),
    code(
        "newer-format",
        &[2],
        "A file was written by a newer version of the program.",
        "Use the version that wrote it, or a newer one.",
        "error[newer-format]: private/control.sqlite: format: the control store has format 4, and \
         this program knows none above 3; use the version of tidegauge that wrote it, or a newer \
         one",
    ),
    code(
        "no-dataflow",
        &[2],
        "`export` does not know which dataflow to write.",
        "Name one of those that the next lines list, with `--dataflow`.",
        "error[no-dataflow]: export: --dataflow: is needed; name one of these",
    ),
    code(
        "no-directory",
        &[2],
        "The directory for `tidegauge-serve` does not exist.",
        "Correct the path; it is the public directory of a store, or a mirror of one.",
        "error[no-directory]: DIR: mirror: is not a directory; give the public directory of a \
         store, or a mirror of one",
    ),
    code(
        "no-sources",
        &[2],
        "An intake is to be opened for a plan without sources, so nobody could deliver.",
        "Start the server without `--intake`, or name the sources in the plan before the store is \
         made.",
        "error[no-sources]: --intake: plan: has no [[source]], so nobody could deliver; name the \
         sources in the plan before the store is made",
    ),
    code(
        "no-tls",
        &[2],
        "The intake can be reached from other machines and would not encrypt.",
        "Give a certificate and its key, or name the proxy that ends TLS ([Run behind a \
         proxy](../how-to/proxy.md)).",
        "error[no-tls]: --intake: 0.0.0.0:8443: is reached from other machines; give \
         --intake-certificate and --intake-key, or name the proxy that ends TLS with \
         --intake-proxy",
    ),
    code(
        "not-a-backup",
        &[2],
        "The directory is not a whole backup.",
        "Name the directory that `tidegauge backup` made; if it broke off, make the backup again.",
        "error[not-a-backup]: backup: manifest: is missing, so this is not a whole backup; \
         `tidegauge backup` makes one",
    ),
    code(
        "not-a-store",
        &[2],
        "The directory is not a store.",
        "Correct the path; `tidegauge init` makes a store.",
        "error[not-a-store]: stor: directory: is not a store; `tidegauge init` makes one",
    ),
    code(
        "not-compared",
        &[3],
        "A restored store would draw again what was released since the backup.",
        "Compare it first with a checkpoint that was kept elsewhere ([Back up, \
         restore](../how-to/back-up.md)).",
        "error[not-compared]: store: ledger: the store was restored and would draw again what was \
         released since the backup; compare it first: `tidegauge ledger compare DIR --head \
         FILE|URL`, with a checkpoint that was kept elsewhere",
    ),
    code(
        "not-healthy",
        &[1],
        "`tidegauge health` got no answer, or one that says that the server is not healthy.",
        "Look at the standard error of the server; [Monitoring](monitoring.md) says what each \
         answer means.",
        "error[not-healthy]: http://127.0.0.1:8080/v1/health: answer: status 503: not ready; \
         check the address, and what the server wrote to its standard error",
    ),
    code(
        "not-utf8",
        &[2],
        "A file or a path is not text in UTF-8.",
        "Save the file in UTF-8, or rename it.",
        "error[not-utf8]: plan.toml: file: must be UTF-8; save it in this encoding",
    ),
    code(
        "now-forbidden",
        &[3],
        "A time was given for a real store.",
        "Leave `--now` out: a real store uses only the system's clock.",
        "error[now-forbidden]: store: --now: a real store uses only the system's clock; leave the \
         option out",
    ),
    code(
        "older-format",
        &[3],
        "The store was made by an older version of the program and has to be upgraded.",
        "Back it up with the old version, then run `tidegauge upgrade DIR`.",
        "error[older-format]: private/control.sqlite: format: the control store has format 2, and \
         this program reads format 4; back the store up with the version that wrote it, then run \
         `tidegauge upgrade DIR`",
    ),
    code(
        "output",
        &[8],
        "Standard output could not be written. The work itself is done.",
        "Look at what the output goes to, and run the command again if you need its output.",
        "error[output]: standard output: write: Broken pipe (os error 32); the answer is \
         incomplete, so run the command again",
    ),
    code(
        "plan-fit",
        &[2],
        "No strategy and no shares grant the wishes of the plan.",
        "Do what the line says: mostly write a `[[wish]]` that asks for less.",
        "error[plan-fit]: plan.toml: the plan has no [[wish]]; write one for each figure that is \
         read",
    ),
    code(
        "plan-missing",
        &[2],
        "The ledger holds no plan yet.",
        "Give the directory of a store that `tidegauge init` made to its end.",
        "error[plan-missing]: public: ledger: holds no plan yet; give the directory of a store \
         that `tidegauge init` made",
    ),
    code(
        "plan-new",
        &[2],
        "The answers to `plan new` do not make a plan.",
        "Change the answer that the line names.",
        "error[plan-new]: plan new: code: no code is given; name at least one",
    ),
    code(
        "plan-privacy",
        &[2],
        "The charge or the margins of the plan cannot be computed.",
        "Change the share or the weight that the line names.",
        "error[plan-privacy]: plan.toml: dataflow: BORDER_FLOW: a share or a weight is too small \
         for its noise to be drawn, or too large; change it",
    ),
    code(
        "plan-too-large",
        &[2],
        "The plan has more attributes than a store can carry.",
        "Remove attributes.",
        "error[plan-too-large]: plan: attributes: at most 8 are allowed; remove some",
    ),
    code(
        "restored-behind",
        &[5],
        "The restored ledger is shorter than one that was published.",
        "Restore a newer backup. Without one, the store must not release again.",
        "error[restored-behind]: public/checkpoint: entries: 31 were published and the restored \
         ledger has 25: the backup is too old, and the store would draw again; restore a newer \
         backup",
    ),
    code(
        "rho-above-ceiling",
        &[3],
        "The budget of the plan is above the limit for real stores.",
        "Lower `privacy.rho` ([Choose rho](../how-to/choose-rho.md)).",
        "error[rho-above-ceiling]: plan: privacy.rho: 3 exceeds the ceiling of 2 for a real \
         store; lower it",
    ),
    code(
        "seed-forbidden",
        &[3],
        "A seed for the noise was given for a real store.",
        "Leave `--noise-seed` out.",
        "error[seed-forbidden]: store: --noise-seed: a real store draws its noise only from the \
         operating system; leave the option out",
    ),
    code(
        "served",
        &[6],
        "Another `tidegauge serve` serves this store.",
        "Stop that one first. Commands reach the store while it is served.",
        "error[served]: store: lock: another `tidegauge serve` serves this store; end that one \
         first",
    ),
    code(
        "sources-only",
        &[3],
        "Files were given to a real store whose plan names its sources.",
        "Let the sources deliver with `tidegauge-agent`, or take in the .delivery files that it \
         signed.",
        "error[sources-only]: store: ingest: the plan names its sources, so only deliveries that \
         they signed are taken; send them to the intake of `tidegauge serve`, or take in \
         .delivery files of `tidegauge-agent`",
    ),
    code(
        "store-class",
        &[2],
        "`init` does not know whether the store is for real or for invented events.",
        "Give `--real` or `--synthetic`.",
        "error[store-class]: init: class: is needed and never changes: --synthetic for events of \
         synthetic persons, as made by `tidegauge simulate`, or --real for events of real \
         persons; when in doubt, begin with --synthetic",
    ),
    code(
        "system",
        &[2, 9],
        "The operating system refuses: a file is missing, may not be read or written, or the disk \
         fails.",
        "Look at the path, its owner and its permissions; then at the disk. The store need not be \
         damaged.",
        "error[system]: plan.toml: file: there is no such file; check the path",
    ),
    code(
        "too-large",
        &[2, 413],
        "A signed file or a delivery has more bytes or rows than one may have.",
        "Let the agent send several: lower `delivery.rows` in its settings.",
        "error[too-large]: LAND-7.delivery: file: is larger than a delivery can be, 68157440 \
         bytes; make several",
    ),
    code(
        "too-many-before",
        &[2],
        "The simulation would need too many stays that began before its first day.",
        "Lower the scale, or begin earlier.",
        "error[too-many-before]: scale: first day: at most 1000000 stays or trips of a class can \
         have begun before it; lower the scale, or begin earlier",
    ),
    code(
        "too-many-crossings",
        &[2],
        "The simulation would have too many crossings on one day.",
        "Lower the scale.",
        "error[too-many-crossings]: scale: days: a day has at most 10000000 crossings after \
         scaling; lower the scale",
    ),
    code(
        "unanswered",
        &[6],
        "The server ended before it answered, so it is not known whether the work was done.",
        "Run the same command again: nothing is done twice.",
        "error[unanswered]: socket: the server ended before it answered, so it is not known \
         whether the work was done; run the same command again",
    ),
    code(
        "unreadable",
        &[2],
        "A signed file, or a file of counts, cannot be read.",
        "Correct the path, or its permissions.",
        "error[unreadable]: LAND-7.delivery: file: cannot be read: permission denied; check its \
         owner and its permissions",
    ),
    code(
        "unwritable",
        &[2, 7],
        "The file of a simulation cannot be written.",
        "Correct the path or its permissions, or free some space.",
        "error[unwritable]: events.csv: cannot be written: there is no such directory; check the \
         path",
    ),
    code(
        "wrong-key",
        &[2],
        "The key is not the one that the store is encrypted with.",
        "Give the file of the right key with `--key`.",
        "error[wrong-key]: other.key: key: is not the key that this store is encrypted with; give \
         that one with `--key`",
    ),
];
