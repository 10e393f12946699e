//! Codes of faults of files of events and of the rows of a delivery.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Faults of files of events and of the rows of a delivery, by code.
pub(super) const ROWS: &[ErrorCode] = &[
    code(
        "bad-date",
        &[2, 422],
        "A date is not of the form YYYY-MM-DD, or not of the years 1970 to 2148.",
        "Write the date so; `_Z` stands for none.",
        "error[bad-date]: events.csv:17: exit_by: must be a date YYYY-MM-DD of the years 1970 to \
         2148; write _Z for none",
    ),
    code(
        "bad-day",
        &[2, 422],
        "A day has a time, or another form.",
        "Write only the day, as YYYY-MM-DD. A time belongs in the column `occurred_at`.",
        "error[bad-day]: events.csv:17: occurred_on: must be a day YYYY-MM-DD; a time belongs in \
         a column occurred_at",
    ),
    code(
        "bad-event-id",
        &[2, 422],
        "An event id is too long or has characters that are not allowed.",
        "Shorten it, and write it in letters, digits and hyphens.",
        "error[bad-event-id]: events.csv:17: event_id: an event id has 1 to 64 printable ASCII \
         characters without space, comma or quotes; write it in letters, digits and hyphens",
    ),
    code(
        "bad-pseudonym",
        &[2, 422],
        "A pseudonym is too short, too long or has characters that are not allowed.",
        "Let `tidegauge-agent` make the pseudonyms; look whether the columns of the file are in \
         the order of its header.",
        "error[bad-pseudonym]: events.csv:17: pseudonym: a pseudonym has 8 to 128 printable ASCII \
         characters without space, comma or quotes; let tidegauge-agent make it",
    ),
    code(
        "bad-revision",
        &[2, 422],
        "A revision is not a whole number, or is too high.",
        "Number the versions of an event from 0.",
        "error[bad-revision]: events.csv:17: revision: must be a whole number from 0 to 65535; \
         leave it empty for 0",
    ),
    code(
        "bad-time",
        &[2, 422],
        "A time has another form, or does not say how far it is from universal time.",
        "Write it as in the example of the line, with its offset. If only the day is known, write \
         it in a column `occurred_on`.",
        "error[bad-time]: events.csv:17: occurred_at: must be a date and time with an offset, in \
         RFC 3339 format, such as 2024-01-15T08:30:00+08:00; a day without a time belongs in a \
         column occurred_on",
    ),
    code(
        "both-times",
        &[2, 422],
        "A row says in two columns when its event occurred.",
        "Leave one of the two values empty.",
        "error[both-times]: events.csv:17: occurred_on: a row has a value in occurred_at or in \
         occurred_on, not in both; leave one empty",
    ),
    code(
        "closed-code",
        &[2, 422],
        "The code was not valid on the day of the event.",
        "Write the code that was valid on that day; if the day is wrong, correct the day.",
        "error[closed-code]: events.csv:17: border_point: not valid in code list CL_BORDER_POINT \
         on the day of the event; write the code that was valid then, or correct the day",
    ),
    code(
        "control-character",
        &[2, 422],
        "A value has a character that cannot be seen.",
        "Remove it; mostly the export of the other system puts it in.",
        "error[control-character]: events.csv:17: border_point: a control character is not \
         allowed; remove it",
    ),
    code(
        "csv-syntax",
        &[2, 422],
        "The file is not CSV.",
        "Double each quote inside a quoted value, and end lines with a line feed.",
        "error[csv-syntax]: events.csv:17: row: not CSV as RFC 4180 defines it: a stray quote or \
         a bare carriage return; double each quote inside a quoted value, and end each line with \
         a line feed",
    ),
    code(
        "duplicate-column",
        &[2, 422],
        "The header has a column twice.",
        "Remove one of the two.",
        "error[duplicate-column]: events.csv:1: kind: the column appears twice; remove one",
    ),
    code(
        "duplicate-key",
        &[2, 422],
        "An object has a key twice.",
        "Remove one of the two.",
        "error[duplicate-key]: events.ndjson:17: kind: the key appears twice; remove one",
    ),
    code(
        "empty-input",
        &[2, 422],
        "The file is empty.",
        "Look whether the export ended well, and make the file again.",
        "error[empty-input]: events.csv: file: the file has neither a header nor a row; export it \
         again",
    ),
    code(
        "expands-too-far",
        &[2, 422],
        "A page or a chunk of a Parquet file is larger, unpacked, than any that is read.",
        "Write the file with smaller groups of rows.",
        "error[expands-too-far]: events.parquet: file: decodes to more than 67108864 bytes; write \
         the file with smaller groups of rows",
    ),
    code(
        "future-time",
        &[2, 422],
        "The event lies in the future by the store's clock.",
        "Correct the time or its offset; look whether the clock of the store's host is right.",
        "error[future-time]: events.csv:17: occurred_at: the event lies in the future by the \
         store's clock; correct the time or its offset, or the clock of the store's host",
    ),
    code(
        "json-syntax",
        &[2, 422],
        "A line is not JSON.",
        "Write one object on each line.",
        "error[json-syntax]: events.ndjson:17: row: not JSON; write one JSON object on each line",
    ),
    code(
        "missing-column",
        &[2, 422],
        "A column that the plan needs is missing.",
        "Add it to the header and to each row; [Files of events](events.md) has the columns.",
        "error[missing-column]: events.csv:1: kind: the column is missing; add it",
    ),
    code(
        "missing-key",
        &[2, 422],
        "A key that the plan needs is missing.",
        "Add it to each object.",
        "error[missing-key]: events.ndjson:17: kind: the key is missing; add it to each object",
    ),
    code(
        "missing-value",
        &[2, 422],
        "A value is empty that must not be.",
        "Write the value; if it is not known, the plan's list needs a code for that.",
        "error[missing-value]: events.csv:17: direction: every row must have a value; write it, \
         or a code for unknown values if the list has one",
    ),
    code(
        "not-an-object",
        &[2, 422],
        "A line is JSON, but not an object.",
        "Write one object on each line, without a list around them.",
        "error[not-an-object]: events.ndjson:17: row: a line must be one JSON object; write one \
         event on each line, without a list around them",
    ),
    code(
        "not-utf8",
        &[2, 422],
        "The file is in another encoding than UTF-8.",
        "Save or export it in UTF-8.",
        "error[not-utf8]: events.csv:17: row: not UTF-8; save the file in this encoding",
    ),
    code(
        "other-delimiter",
        &[2, 422],
        "Something other than commas separates the columns.",
        "Export the file with commas.",
        "error[other-delimiter]: events.csv:1: header: semicolons separate the columns; use commas",
    ),
    code(
        "outside-plan",
        &[2, 422],
        "The event lies after the last day of the plan.",
        "Take it in under the next plan, in its own store.",
        "error[outside-plan]: events.csv:17: occurred_at: the event lies after the last day of \
         the plan; take it into a store of the next plan",
    ),
    code(
        "parquet-codec",
        &[2, 422],
        "The Parquet file is compressed in a way that is not read.",
        "Write it with one of the codecs that the line names.",
        "error[parquet-codec]: events.parquet: file: the codec LZO of the pages is not supported; \
         write the file with ZSTD, Snappy, GZIP, Brotli, LZ4 or none",
    ),
    code(
        "parquet-footer",
        &[2, 422],
        "The file is not a whole Parquet file, or describes more than any file of events.",
        "Copy it again; if that does not help, write it again with more rows in each group.",
        "error[parquet-footer]: events.parquet: file: the footer is not that of a complete, \
         unencrypted Parquet file; copy or write the file again",
    ),
    code(
        "parquet-page",
        &[2, 422],
        "A page of the Parquet file is damaged.",
        "Copy or write the file again.",
        "error[parquet-page]: events.parquet: file: a page is damaged and cannot be decoded; copy \
         or write the file again",
    ),
    code(
        "pseudonym-form",
        &[2, 422],
        "A real store was given pseudonyms that are not keyed.",
        "Make them with `tidegauge-agent` ([Connect an agency](../how-to/connect-agency.md)).",
        "error[pseudonym-form]: events.csv:17: pseudonym: a real store takes keyed pseudonyms \
         only, hk1: and 43 characters of base64url; make them with tidegauge-agent",
    ),
    code(
        "row-too-long",
        &[2, 422],
        "A row is longer than any event.",
        "Look for a quote that is opened and never closed.",
        "error[row-too-long]: events.csv:17: row: a row has at most 65536 bytes; look for a quote \
         that is never closed",
    ),
    code(
        "row-width",
        &[2, 422],
        "A row has more or fewer values than the header has columns.",
        "Look for a comma in a value without quotes, or for a missing one.",
        "error[row-width]: events.csv:17: row: the header has 6 columns, the row 5 fields; look \
         for a comma in a value without quotes, or a missing one",
    ),
    code(
        "token-class",
        &[2, 422],
        "Pseudonyms of a synthetic store were given to a real one, or the other way round.",
        "Take real events into a store that was made with `--real`, invented ones into one made \
         with `--synthetic`.",
        "error[token-class]: events.csv:17: pseudonym: a synthetic store takes pseudonyms that \
         begin with syn1:, a real store refuses them; take invented events into a synthetic \
         store, and real ones into a real store",
    ),
    code(
        "too-many-columns",
        &[2, 422],
        "The file has more columns than any plan.",
        "Export only the columns of the plan.",
        "error[too-many-columns]: events.csv:1: header: 70 columns exceed the limit of 64; export \
         only the plan's columns",
    ),
    code(
        "too-many-rows",
        &[2],
        "The file has more rows than one may hold.",
        "Split it into several files.",
        "error[too-many-rows]: events.csv: file: one file holds at most 1000000000 rows; split it",
    ),
    code(
        "truncated",
        &[2, 422],
        "The last line has no end, so the file may be cut off.",
        "Copy the file again. If your system writes none, add a line end to the last line.",
        "error[truncated]: events.csv:17: row: the last line has no line end, so the file may be \
         cut off; copy it again, or add a line end",
    ),
    code(
        "unknown-action",
        &[2, 422],
        "The column `action` has an unknown word.",
        "Write `count` or `retract`, or leave it empty.",
        "error[unknown-action]: events.csv:17: action: must be count or retract; leave it empty \
         for count",
    ),
    code(
        "unknown-code",
        &[2, 422],
        "A value is not a code of its list.",
        "Write one of its codes; one that is new is added with an [amendment](../how-to/amend.md).",
        "error[unknown-code]: events.csv:17: border_point: not in code list CL_BORDER_POINT; \
         write one of its codes, or add the code with `tidegauge plan amend`",
    ),
    code(
        "unknown-column",
        &[2, 422],
        "The file has a column that the plan does not know.",
        "Leave it out: a store takes only what its plan declares.",
        "error[unknown-column]: events.csv:1: header: column 7 is not one of the plan's: \
         pseudonym, occurred_at, kind, border_point; leave it out",
    ),
    code(
        "unknown-format",
        &[2],
        "The format of the file is not known.",
        "Rename the file, or name its format with `--format`.",
        "error[unknown-format]: events.txt: file: the format must be csv, ndjson or parquet; \
         rename the file, or name its format with --format",
    ),
    code(
        "unknown-key",
        &[2, 422],
        "An object has a key that the plan does not know.",
        "Leave it out.",
        "error[unknown-key]: events.ndjson:17: row: a key is not one of the plan's: pseudonym, \
         occurred_at, kind, border_point; leave it out",
    ),
    code(
        "unknown-kind",
        &[2, 422],
        "The kind of the event is not one of the life cycle.",
        "Write one of its kinds; `tidegauge plan diagram` draws them.",
        "error[unknown-kind]: events.csv:17: kind: not an event kind of life cycle border; \
         `tidegauge plan diagram` draws them",
    ),
    code(
        "unreadable",
        &[2],
        "The operating system does not let the file be read.",
        "Correct the path, or its permissions.",
        "error[unreadable]: events.csv: file: there is no such file; check the path",
    ),
    code(
        "wrong-type",
        &[2, 422],
        "A value, or a column of a Parquet file, has another type.",
        "Write the type that the line asks for.",
        "error[wrong-type]: events.ndjson:17: revision: must be a string; write such a value",
    ),
];
