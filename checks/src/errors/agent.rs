//! Codes of errors at an agency.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Errors at an agency, by code.
pub(super) const AGENT: &[ErrorCode] = &[
    code(
        "age",
        &[2],
        "`key wrap` got no recipient.",
        "Give the recipients of the other agency with `--to`.",
        "error[age]: key wrap: --to: at least one recipient is needed; give each with --to",
    ),
    code(
        "bad-date",
        &[2],
        "A date is not a day of the years 1970 to 2148.",
        "Correct it; leave the field empty for none.",
        "error[bad-date]: events.csv:17: exit_by: must be a day of the years 1970 to 2148; leave \
         it empty for none",
    ),
    code(
        "bad-encoding",
        &[2],
        "A value has bytes that the file's encoding does not have.",
        "Set `encoding` of the input to the encoding of the file.",
        "error[bad-encoding]: events.csv:17: point: has bytes that are not of the encoding utf-8; \
         set `encoding` of the input",
    ),
    code(
        "bad-identifier",
        &[2],
        "An identifier has characters that cannot be seen.",
        "Correct the export of the other system.",
        "error[bad-identifier]: events.csv:17: pseudonym: an identifier must not have control or \
         invisible characters; correct the export",
    ),
    code(
        "bad-revision",
        &[2],
        "A revision is not a whole number from 0 to 65535.",
        "Number the versions of an event from 0.",
        "error[bad-revision]: events.csv:17: revision: must be a whole number from 0 to 65535; \
         number the versions of an event from 0",
    ),
    code(
        "bad-rows",
        &[2],
        "Rows are refused, by the agent or by the store; a line before says for each row why.",
        "Correct the file or the mapping; or leave such rows out with `delivery.on_bad_row = \
         \"skip\"`.",
        "error[bad-rows]: events.csv: rows: nothing of these rows was delivered; correct the file \
         or the mapping, or set `delivery.on_bad_row = \"skip\"`",
    ),
    code(
        "bad-rule",
        &[2],
        "A rule of the mapping has keys that do not belong together.",
        "Correct the key that the line names; [tidegauge-agent](agent.md) has the rules.",
        "error[bad-rule]: mapping.border_point: column: needs `column` or `columns`, and not \
         both; write one of them",
    ),
    code(
        "bad-time",
        &[2],
        "A time is not of the form that the mapping names, or is older than any event.",
        "Correct `format` of the mapping, or the value.",
        "error[bad-time]: events.csv:17: occurred_at: is not of the form %d.%m.%Y %H:%M; correct \
         the value, or `format` of the mapping",
    ),
    code(
        "bad-value",
        &[2],
        "A value on the command line or in the intake's plan breaks its rule.",
        "Correct it as the line says.",
        "error[bad-value]: plan: intake: is no address; write for instance \
         https://stats.example.org",
    ),
    code(
        "broker",
        &[3],
        "The broker of Kafka is too old, or the topic's name is not allowed.",
        "Correct `topic`; update the broker.",
        "error[broker]: input events: broker: the broker refuses it with UnsupportedVersion; \
         check `topic`, the rights of the login and the version of the broker",
    ),
    code(
        "bug",
        &[101],
        "The agent has an error.",
        "Report it with the place that the line names. The same command can be run again.",
        "error[bug]: src/lib.rs:1:1: program: this should not happen; please report it",
    ),
    code(
        "certificate",
        &[2, 3],
        "A certificate is not of the PEM form, or the other side's is refused.",
        "Correct the path of `ca` or `certificate`; look whether the name of the host is the \
         certificate's.",
        "error[certificate]: input events: tls: the server's certificate is refused; check `ca` \
         and `host`",
    ),
    code(
        "code-table",
        &[2],
        "A code table has more or fewer than two columns.",
        "Write in each line the text of the field and the plan's code.",
        "error[code-table]: points.csv:3: row: a code table has two columns; write in each line \
         the text of the field and the plan's code",
    ),
    code(
        "conflict",
        &[3],
        "The intake has another content under this id.",
        "Look whether a second agent uses a copy of this state; `--rebuild` makes the delivery \
         anew.",
        "error[conflict]: https://stats.example.org: delivery 7: status 409: path: another \
         delivery was taken under this id; another content has this id: is there a second agent \
         with this state? --rebuild makes the delivery anew",
    ),
    code(
        "consumer",
        &[3],
        "The consumer of NATS cannot be used.",
        "Make it as [tidegauge-agent](agent.md) says: a pull consumer that the agent may use.",
        "error[consumer]: input events: consumer: is not a pull consumer; make one, or name \
         another",
    ),
    code(
        "corrupt",
        &[4],
        "The agent's state is damaged.",
        "Restore it from a copy, or run again with `--rebuild` if the line says so.",
        "error[corrupt]: agent-state/state.json: state: is not a state of this program; restore \
         it from a copy",
    ),
    code(
        "csv-syntax",
        &[2],
        "The file is not CSV.",
        "Look at delimiter and quotes of the line.",
        "error[csv-syntax]: events.csv:17: row: cannot be read: it is not CSV; check \
         delimiter and quotes",
    ),
    code(
        "cut-off",
        &[2],
        "The last line has no end, so the file may be cut off.",
        "Wait for the rest, or copy it again; if your system writes none, set `last_line = \
         \"open\"`.",
        "error[cut-off]: events.csv: file: the last line has no line end: the file may be cut \
         off; wait for the rest or copy it again, or, if your system writes no last line end, set \
         the input's `last_line = \"open\"`",
    ),
    code(
        "device",
        &[2, 9],
        "The device with the key fails, or its module cannot be loaded.",
        "Correct the path of `module`; look at the device.",
        "error[device]: token: module: cannot be loaded; check the path",
    ),
    code(
        "disk-full",
        &[7],
        "The disk is full, or a quota is used up.",
        "Free some space and run the command again.",
        "error[disk-full]: agent-state: disk: is full, or a quota is used up; free some space and \
         run it again",
    ),
    code(
        "duplicate-attribute",
        &[2],
        "An event or a trace has an attribute twice.",
        "Correct the export.",
        "error[duplicate-attribute]: log.xes:17: point: an event and a trace must have each \
         attribute once; correct the export",
    ),
    code(
        "duplicate-column",
        &[2],
        "The header has a mapped column twice.",
        "Rename one of the two.",
        "error[duplicate-column]: events.csv: point: the column appears twice; rename one",
    ),
    code(
        "empty-input",
        &[2],
        "The file has neither a header nor a row.",
        "Look whether the export ended well.",
        "error[empty-input]: events.csv: file: has neither header nor row; export it again",
    ),
    code(
        "equal-cursors",
        &[2],
        "More rows have the same cursor than fit into a delivery.",
        "Choose a column for the cursor whose values differ.",
        "error[equal-cursors]: input events: changed: more rows have one cursor than fit into a \
         delivery; choose another column",
    ),
    code(
        "expands-too-far",
        &[2],
        "The file is larger, unpacked, than any that is read.",
        "Write smaller groups of rows, or export it as CSV.",
        "error[expands-too-far]: events.parquet: page: a page claims more than its column has; \
         write the file again",
    ),
    code(
        "file-exists",
        &[2],
        "The file that would be written exists.",
        "Choose another name; no key is ever written over.",
        "error[file-exists]: agent.toml: file: is there already; choose another name with --out",
    ),
    code(
        "file-gone",
        &[2],
        "A file that was taken in part is not there any more.",
        "Put it back, or give up the rest of its rows as the line says.",
        "error[file-gone]: events-07.csv: file: was taken in part and is not there any more; put \
         it back, or give up the rest of its rows with --give-up events-07.csv",
    ),
    code(
        "file-name",
        &[2],
        "The name of a file is not UTF-8, or is not one that was taken in part.",
        "Rename the file; `tidegauge-agent status` shows the right name.",
        "error[file-name]: x.csv: --give-up: is not a file that was taken in part; \
         `tidegauge-agent status` shows it",
    ),
    code(
        "inexact-number",
        &[2],
        "An identifier is written as a number that was rounded.",
        "Export it as a text.",
        "error[inexact-number]: events.ndjson:17: pseudonym: an identifier must be a text or a \
         whole number below 2^53: others are rounded, or written in several ways; export it as a \
         text",
    ),
    code(
        "intake",
        &[2, 3, 6],
        "The intake cannot be reached, or answers something else.",
        "Look at the address, the network and the certificate. What was prepared is kept; run the \
         command again.",
        "error[intake]: intake: delivery: status 503: store: its disk is full; the delivery is \
         kept, run the command again later",
    ),
    code(
        "json-syntax",
        &[2],
        "A line is not one JSON object with each key once.",
        "Write one object on each line.",
        "error[json-syntax]: events.ndjson:17: row: a line must be one JSON object with each key \
         once; write one event on each line",
    ),
    code(
        "key-exists",
        &[2],
        "The token has a key with this id already.",
        "Use it, or choose another id.",
        "error[key-exists]: border: key: has a key with the id 3a1f already; use it, or choose \
         another id",
    ),
    code(
        "key-format",
        &[2],
        "A file with a key, an identity or credentials has another form.",
        "Give the right file, unchanged.",
        "error[key-format]: land.key: key: must be one line that begins with \
         tidegauge-signing-key:; `tidegauge-agent key` makes it",
    ),
    code(
        "key-permissions",
        &[3],
        "Others can read a file with a key.",
        "Run `chmod 600` on it; if somebody may have read it, make a new key.",
        "error[key-permissions]: land.key: mode: others can read it; run `chmod 600` on it, and \
         think of a new key",
    ),
    code(
        "locked",
        &[6],
        "Another agent uses this state.",
        "Stop it, or give this one its own state.",
        "error[locked]: agent-state: lock: another agent uses this state; stop it, or give this \
         one its own",
    ),
    code(
        "login",
        &[3],
        "The server of an input refuses the agent's login.",
        "Correct login, password and the rights of the role.",
        "error[login]: input events: credentials: the server refuses them; correct them",
    ),
    code(
        "messages-gone",
        &[3],
        "The broker deleted messages before they were read.",
        "Deliver their rows in another way, then set `skip_deleted = true`.",
        "error[messages-gone]: input events: border/0: the broker does not have the messages \
         after those that were read: it deleted them, or the topic was made anew; deliver their \
         rows in another way and set `skip_deleted = true`",
    ),
    code(
        "missing-column",
        &[2],
        "The file or the table has no such column.",
        "Correct its name in the mapping; the line lists those that there are.",
        "error[missing-column]: events.csv: point: no column has this name; check its spelling: \
         there are PUNKT, RICHTUNG",
    ),
    code(
        "missing-mapping",
        &[2],
        "The mapping lacks a rule for a column that the plan requires.",
        "Write one.",
        "error[missing-mapping]: mapping: border_point: the plan requires it; write a rule for \
         each, as the guide has them",
    ),
    code(
        "missing-sheet",
        &[2],
        "The spreadsheet has no such sheet.",
        "Correct `sheet` of the input.",
        "error[missing-sheet]: events.xlsx: sheet: there is no sheet of this name; the file has \
         Sheet1",
    ),
    code(
        "missing-topic",
        &[2],
        "The broker has no such topic.",
        "Correct `topic`, or the rights of the agent.",
        "error[missing-topic]: input events: border: there is no such topic, or it may not be \
         read; check `topic`, and the rights of the login",
    ),
    code(
        "missing-value",
        &[2],
        "A value is empty that must not be.",
        "Correct the row; or map the empty text to a code of the plan.",
        "error[missing-value]: events.csv:17: border_point: every row must have a value; correct \
         the row, or map the empty text to a code",
    ),
    code(
        "newer-format",
        &[2],
        "The agent's state was written by another version of the program.",
        "Use the version that wrote it.",
        "error[newer-format]: state.json: format: the state has format 2, and this program knows \
         only 1; use the version of tidegauge-agent that wrote it",
    ),
    code(
        "no-band",
        &[2],
        "No band of the mapping has the age.",
        "Extend `age_bands`, or correct the date.",
        "error[no-band]: events.csv:17: age_band: the age on the day of the event is in none of \
         the mapping's age_bands; extend them, or correct the date",
    ),
    code(
        "no-good-row",
        &[2],
        "Not one of many rows is good, so the mapping is wrong.",
        "Correct the mapping, and run `tidegauge-agent check`.",
        "error[no-good-row]: events.csv: rows: of 100 rows or more not one is good, so the \
         mapping is wrong and not the rows; nothing of them was delivered or declared; correct \
         the mapping, and check again",
    ),
    code(
        "no-key",
        &[2],
        "There is no key at this path, or in the token.",
        "Make it with the command that the line names.",
        "error[no-key]: land.key: key: there is no such file; `tidegauge-agent key signing` makes \
         it",
    ),
    code(
        "no-sample",
        &[2],
        "There is no file to check.",
        "Give one with `--sample`.",
        "error[no-sample]: input events: path: has no file; give --sample",
    ),
    code(
        "no-sources",
        &[3],
        "The plan names no key of agencies, so it takes no deliveries.",
        "Ask the statistics office; its plan needs sources.",
        "error[no-sources]: plan: pseudonym_key: the plan names no key of agencies, so it takes \
         no deliveries; ask the statistics office",
    ),
    code(
        "no-tls",
        &[3],
        "The server of an input does not encrypt.",
        "Let it encrypt; in a closed network write `tls = \"off\"`.",
        "error[no-tls]: input events: tls: the server does not encrypt; let it, or write tls = \
         \"off\"",
    ),
    code(
        "no-token",
        &[2],
        "The device has no token with this label, or several.",
        "Correct `token`, or rename one.",
        "error[no-token]: device: token: the device has no token with this label; correct `token`",
    ),
    code(
        "other-source",
        &[3],
        "The state is that of another source.",
        "Give each source its own state with `delivery.state`.",
        "error[other-source]: agent.toml: delivery.state: is of the source LAND, `plan.source` is \
         SEA; give each source its own state, by `delivery.state`",
    ),
    code(
        "other-store",
        &[3],
        "The intake, or the state, is of another store.",
        "Compare the store in the settings with the one of the intake; give a new store its own \
         state.",
        "error[other-store]: plan: store: the intake is of the store 5ac0; check both",
    ),
    code(
        "output",
        &[8],
        "Standard output could not be written.",
        "Look at what the output goes to.",
        "error[output]: standard output: write: Broken pipe (os error 32); the work is done",
    ),
    code(
        "parquet",
        &[2],
        "The file is not a whole Parquet file.",
        "Copy it again.",
        "error[parquet]: events.parquet: footer: is not a complete, unencrypted Parquet file; \
         copy it again",
    ),
    code(
        "pin",
        &[3],
        "The device refuses the PIN.",
        "Check it before you try again: the device locks after a few attempts.",
        "error[pin]: token: pin_file: the device refuses the PIN; check it before you try again, \
         as the device locks after a few attempts",
    ),
    code(
        "plan-columns",
        &[2],
        "The file is not the columns of a plan.",
        "Fetch `/intake/v1/plan` again, or give a plan that `tidegauge plan check` accepts.",
        "error[plan-columns]: columns.json: file: is not a copy of /intake/v1/plan; fetch it again",
    ),
    code(
        "receipt",
        &[3],
        "The receipt is not that of the delivery, or not signed by the store.",
        "Look whether the address is that of the store; ask its operator.",
        "error[receipt]: https://stats.example.org: delivery 7: the receipt is not signed by \
         `plan.store_key`; ask whoever runs the store",
    ),
    code(
        "refused",
        &[3],
        "The intake refuses the delivery.",
        "Do what the line says: mostly the source, the key or the address in the settings is \
         wrong.",
        "error[refused]: https://stats.example.org: delivery 7: status 401: signature: no such \
         key; check `source`, `signing_key_id` and the plan's key",
    ),
    code(
        "refused-identifier",
        &[2],
        "The identifier is one of those that stand for unknown ones.",
        "Leave the row out, or correct its identifier.",
        "error[refused-identifier]: events.csv:17: pseudonym: is one of the values that the \
         mapping refuses as identifiers; leave the row out, or correct its identifier",
    ),
    code(
        "row-too-long",
        &[2],
        "A row is longer than any.",
        "Look at delimiter and quotes.",
        "error[row-too-long]: events.csv:17: row: is longer than 65536 bytes; check delimiter and \
         quotes",
    ),
    code(
        "row-width",
        &[2],
        "A row has more or fewer values than the header has columns.",
        "Look for a delimiter in a value without quotes.",
        "error[row-width]: events.csv:17: row: the header has 6 columns, the row 5 fields; look \
         for a delimiter in a value without quotes",
    ),
    code(
        "server-away",
        &[6],
        "The server of an input does not answer.",
        "Nothing: the agent tries again. If it stays so, look at the server and the network.",
        "error[server-away]: input events: connection: the server does not answer; check that it \
         runs, and the network",
    ),
    code(
        "settings",
        &[2],
        "A key of agent.toml breaks its rule.",
        "Correct the line; [tidegauge-agent](agent.md) has the keys.",
        "error[settings]: agent.toml: input: there is no such input; name one with --input",
    ),
    code(
        "spreadsheet",
        &[2],
        "The file is not a whole XLSX or ODS file.",
        "Save it again.",
        "error[spreadsheet]: events.xlsx: file: is not a complete XLSX or ODS file; save it again",
    ),
    code(
        "sql",
        &[2],
        "The database refuses the query of the input.",
        "Correct the query, or what the role may read.",
        "error[sql]: input events: statement: the server refuses it with SQLSTATE 42P01; correct \
         the query, or the rights of the role",
    ),
    code(
        "standby",
        &[2],
        "A standby of PostgreSQL cannot say which transactions are over.",
        "Name the primary in `host`.",
        "error[standby]: input events: host: a standby cannot say which transactions are over; \
         use the primary",
    ),
    code(
        "state",
        &[4],
        "The state of an input is of another kind of input.",
        "Keep the name and the kind of an input; give a new one a new name.",
        "error[state]: state.json: inputs: is not a position in a directory; an input keeps its \
         name and its kind",
    ),
    code(
        "system",
        &[2, 9],
        "The operating system refuses.",
        "Check the path, its owner and its permissions.",
        "error[system]: agent.toml: read: there is no such file; check the path",
    ),
    code(
        "token-class",
        &[2],
        "A rehearsal got identifiers of persons who may be real.",
        "Use the file of `tidegauge simulate`; take real ones to a real store.",
        "error[token-class]: events.csv:17: pseudonym: a rehearsal takes only identifiers of \
         which a column begins with syn1:, as those that `tidegauge simulate` invents; real ones \
         go to a real store",
    ),
    code(
        "too-large",
        &[2, 3],
        "A code table or a delivery has too many bytes.",
        "Lower `delivery.rows`; shorten the table.",
        "error[too-large]: events.csv: rows: the store takes fewer bytes at once; lower \
         `delivery.rows`",
    ),
    code(
        "too-long",
        &[2],
        "A value is longer than any field.",
        "Look whether the right column is mapped.",
        "error[too-long]: events.csv:17: point: a value has at most 4096 bytes; check which \
         column is mapped",
    ),
    code(
        "truncated",
        &[2],
        "The log is cut off.",
        "Copy the file again.",
        "error[truncated]: log.xes:900: event: the file is cut off; copy it again",
    ),
    code(
        "unclear-time",
        &[2],
        "A local time is left out, or occurs twice, because clocks change.",
        "Let the system export the offset, or say with `unclear_times` which of the two is meant.",
        "error[unclear-time]: events.csv:17: occurred_at: a change of clocks in Europe/Rome \
         leaves this local time out or has it twice; export the offset, or set `unclear_times`",
    ),
    code(
        "unfinished",
        &[6],
        "A file is still being written, by its name.",
        "Wait; rename it once it is written, or delete it.",
        "error[unfinished]: events-07.csv.tmp: file: its name is one of a file that is still \
         being written, so it is waited for, and the files after it wait too; rename it once it \
         is written, or delete it",
    ),
    code(
        "unknown-code",
        &[2],
        "A value, or a code in the mapping, is not a code of the plan's list.",
        "Map the value to a code; correct the code by the near words of the line.",
        "error[unknown-code]: events.csv:17: border_point: is neither in the mapping's codes nor \
         a code of the plan's list border_point; map the value to a code",
    ),
    code(
        "unknown-column",
        &[2],
        "The mapping has a column that the plan does not know.",
        "Correct its name, or remove it.",
        "error[unknown-column]: mapping: borderpoint: is not a column of the plan; it has \
         pseudonym, occurred_at, kind, border_point",
    ),
    code(
        "unknown-encoding",
        &[2],
        "The encoding is not known.",
        "Write one of those of the WHATWG list.",
        "error[unknown-encoding]: events.csv: encoding: latin99 is not an encoding; write for \
         instance utf-8, windows-1252",
    ),
    code(
        "unknown-format",
        &[2],
        "The format is not known, or cannot be read as a stream.",
        "Set `format` of the input.",
        "error[unknown-format]: events.dat: format: is none of csv, ndjson, parquet; set `format` \
         of the input",
    ),
    code(
        "unknown-source",
        &[2],
        "The plan has no such source.",
        "Correct `plan.source` by the list in the line.",
        "error[unknown-source]: plan: source: the plan has no source LAN; it has LAND, SEA",
    ),
    code(
        "unknown-zone",
        &[2],
        "The time zone is not known.",
        "Write its name as in the IANA database.",
        "error[unknown-zone]: mapping.occurred_at: zone: Rome is not a time zone; write for \
         instance Europe/Rome",
    ),
    code(
        "unreadable",
        &[2],
        "The file cannot be read.",
        "Check the path, its permissions and the disk.",
        "error[unreadable]: events.ndjson:17: row: cannot be read: permission denied; check its \
         permissions, then the disk",
    ),
    code(
        "wrong-key",
        &[3],
        "The key is another one than that of the plan, cannot be opened, or is not kept in the \
         token as it must be.",
        "Ask for the key whose id the plan names.",
        "error[wrong-key]: land.key: key: has the id 3a1f, the plan wants 77b1; ask for that key",
    ),
    code(
        "wrong-type",
        &[2],
        "A value has a type that no column has.",
        "Export texts, numbers, dates or truth values.",
        "error[wrong-type]: events.ndjson:17: point: must be a text, a number, a date or a truth \
         value; export one of these",
    ),
    code(
        "xes-log",
        &[2],
        "The file is not an XES log.",
        "Export it again, or set `format` of the input.",
        "error[xes-log]: log.xes: file: is not an XES log: XML with one outermost element `log`; \
         export it again, or set `format` of the input",
    ),
    code(
        "xes-order",
        &[2],
        "The elements of the log are not in the order of the standard.",
        "Export it again as IEEE 1849 says.",
        "error[xes-order]: log.xes:12: event: a log has traces, a trace has events; export it \
         again as IEEE 1849 says",
    ),
    code(
        "xml-doctype",
        &[2],
        "The log has a document type.",
        "Remove it.",
        "error[xml-doctype]: log.xes:2: event: a document type is not allowed; remove it",
    ),
    code(
        "xml-syntax",
        &[2],
        "The log is not XML.",
        "Export it again.",
        "error[xml-syntax]: log.xes:12: event: cannot be read: not XML, or a part is too long; \
         export it again",
    ),
];
