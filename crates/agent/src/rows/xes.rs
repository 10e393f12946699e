//! XES event logs (IEEE 1849): one row an event, with the attributes of its trace.
//!
//! A field is an attribute's key; one of the trace has `case:` before it, as `case:concept:name`.
//! The number of a row is that of its event in the file, from 1.
//!
//! The encoding is that of the byte order mark or of the XML declaration; without both that of the
//! settings.
//!
//! Not here: attributes of the log, attributes inside of attributes, extensions.
//!
//! Invariants:
//! 1. Only XML whose root is a whole `log`, of a namespace of XES or none, is read
//!    (`rows::xes::tests::only_a_whole_log_is_read`).
//! 2. An attribute comes once in an event or a trace
//!    (`rows::xes::tests::an_attribute_that_comes_twice_is_a_fault`).
//! 3. A document type or an entity of its own ends the file: nothing is expanded
//!    (`rows::xes::tests::a_document_type_is_refused`).
//! 4. Attributes of a trace that come after its first event are refused, as XES demands
//!    (`rows::xes::tests::the_attributes_of_a_trace_come_first`).

use std::io::{BufReader, Chain, Cursor, Read as _};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::guard::{Allowance, Guard};
use super::row::{Item, Row, Wanted};
use super::{FileForm, ReadRows, Source};
use crate::error::Error;
use crate::fault::{Fault, RowFault, of_file};

/// The kinds of attributes that have one value.
const SINGLE: [&str; 6] = ["string", "date", "int", "float", "boolean", "id"];

/// The names of elements on which everything depends.
const ELEMENTS: [&str; 3] = ["log", "trace", "event"];
/// How the namespaces of XES begin: that of the standard, and that of the program before it.
const NAMESPACES: [&str; 2] = ["http://www.xes-standard.org", "http://code.deckfour.org/xes"];
/// Bytes in which the encoding is looked for.
const HEAD_BYTES: u64 = 1024;
/// What a decoder writes for bytes that it cannot read.
const REPLACEMENT: char = '\u{FFFD}';

/// The bytes of a file as UTF-8.
type Decoded = DecodeReaderBytes<Guard<Chain<Cursor<Vec<u8>>, Source>>, Vec<u8>>;

/// Where the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Before or after the log.
    Nothing,
    Log,
    Trace,
    Event,
}

/// The rows of an XES file.
pub(super) struct XesRows {
    reader: Reader<BufReader<Decoded>>,
    allowance: Allowance,
    file: String,
    encoding: &'static Encoding,
    wanted: Wanted,
    inside: Inside,
    /// The elements that are open.
    open: usize,
    /// Whether there was a log.
    has_log: bool,
    /// Whether the file has only white space so far.
    is_empty: bool,
    /// How deep inside of an attribute the reader is.
    depth: usize,
    /// The events so far.
    number: u64,
    /// The events of this trace so far.
    events: u64,
    trace: Result<Row, RowFault>,
    event: Result<Row, RowFault>,
    /// The wanted attributes that this trace or event has had.
    seen: Vec<usize>,
    buffer: Vec<u8>,
    /// The keys that were met, while they are looked for.
    names: Option<Vec<String>>,
}

/// Events in which keys are looked for.
const EVENTS_FOR_NAMES: usize = 1000;
/// Keys that are listed at most.
const NAMES_MAX: usize = 1000;

/// The fields of the first events, in the order in which they appear.
pub(super) fn names(source: Source, form: &FileForm, file: &str) -> Result<Vec<String>, Error> {
    let mut rows = XesRows::open(source, form, &Wanted::default(), file)?;
    rows.names = Some(Vec::new());
    for _ in 0..EVENTS_FOR_NAMES {
        if rows.next()?.is_none() {
            break;
        }
    }
    Ok(rows.names.unwrap_or_default())
}

/// The local name of an element.
fn local(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

impl XesRows {
    /// Opens a log.
    ///
    /// Errors: an encoding that is not known.
    pub(super) fn open(
        mut source: Source,
        form: &FileForm,
        wanted: &Wanted,
        file: &str,
    ) -> Result<Self, Error> {
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(|error| {
            of_file(
                "unreadable",
                file,
                "file",
                format_args!(
                    "cannot be read: {}; check its \
                     permissions, then the disk",
                    error.kind()
                ),
            )
        })?;
        let encoding = encoding(&head, form, file)?;
        let (guard, allowance) = Guard::new(Cursor::new(head).chain(source));
        let decoded = DecodeReaderBytesBuilder::new()
            .encoding(Some(encoding))
            .bom_override(true)
            .utf8_passthru(true)
            .build(guard);
        Ok(Self {
            reader: Reader::from_reader(BufReader::new(decoded)),
            allowance,
            file: file.to_owned(),
            wanted: wanted.clone(),
            inside: Inside::Nothing,
            open: 0,
            encoding,
            has_log: false,
            is_empty: true,
            depth: 0,
            number: 0,
            events: 0,
            trace: Ok(wanted.row(0)),
            event: Ok(wanted.row(0)),
            seen: Vec::new(),
            buffer: Vec::new(),
            names: None,
        })
    }

    /// Takes the first element: it must be a log.
    fn root(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        if self.has_log || local(element) != "log" || !is_of_xes(element) {
            return Err(self.no_log());
        }
        self.has_log = true;
        self.inside = Inside::Log;
        Ok(())
    }

    fn no_log(&self) -> Error {
        let rule = "is not an XES log: XML with one outermost element `log`; export it again, or \
                    set `format` of the input";
        of_file("xes-log", &self.file, "file", rule)
    }

    /// What is wrong with a file that ends here, if something is.
    fn at_end(&self) -> Result<(), Error> {
        if self.is_empty {
            return Err(of_file(
                "empty-input",
                &self.file,
                "file",
                "has neither header nor row; export it again",
            ));
        }
        if self.open > 0 {
            return Err(self.fault("truncated", "the file is cut off; copy it again"));
        }
        if self.has_log { Ok(()) } else { Err(self.no_log()) }
    }

    fn fault(&self, code: &'static str, rule: &str) -> Error {
        let place = format!("{}:{}", self.file, self.number + 1);
        of_file(code, &place, "event", rule)
    }

    /// Takes the beginning of an element.
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        let name = local(element);
        if ELEMENTS.iter().any(|known| *known != name && known.eq_ignore_ascii_case(&name)) {
            let rule = "elements are `log`, `trace` and `event` in lower case; export it again as \
                        IEEE 1849 says";
            return Err(self.fault("xes-order", rule));
        }
        match (self.inside, name.as_str()) {
            (Inside::Nothing, _) => return self.root(element),
            (_, "log") | (Inside::Trace | Inside::Event, "trace") | (Inside::Event, "event") => {
                let rule = "a log has traces, a trace has events; export it again as IEEE 1849 \
                            says";
                return Err(self.fault("xes-order", rule));
            }
            (Inside::Log, "trace") => {
                self.inside = Inside::Trace;
                self.events = 0;
                self.seen.clear();
                self.trace = Ok(self.wanted.row(0));
            }
            // Events may stand in the log without a trace.
            (Inside::Log | Inside::Trace, "event") => {
                self.number += 1;
                self.events += 1;
                self.seen.clear();
                self.event = Ok(self.wanted.row(self.number));
                if self.inside == Inside::Log {
                    self.trace = Ok(self.wanted.row(0));
                    self.events = 0;
                }
                self.inside = Inside::Event;
            }
            (Inside::Trace | Inside::Event, kind) if SINGLE.contains(&kind) => {
                return self.attribute(element);
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes an attribute of a trace or an event.
    fn attribute(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        let syntax = "is not XML without entities of its own";
        let bad = |this: &Self| this.fault("xml-syntax", syntax);
        let key = text(element, "key").map_err(|()| bad(self))?;
        let Some(key) = key else { return Ok(()) };
        let of_trace = self.inside == Inside::Trace;
        let name = if of_trace { format!("case:{key}") } else { key };
        if let Some(names) = &mut self.names
            && !names.contains(&name)
            && names.len() < NAMES_MAX
        {
            names.push(name.clone());
        }
        let Some(place) = self.wanted.place(&name) else { return Ok(()) };
        if of_trace && self.events > 0 {
            let rule = "attributes of a trace must come before its events; export it again as \
                        IEEE 1849 says";
            return Err(self.fault("xes-order", rule));
        }
        let value = text(element, "value").map_err(|()| bad(self))?;
        let value = zeroize::Zeroizing::new(value.unwrap_or_default());
        let is_second = self.seen.contains(&place);
        self.seen.push(place);
        let target = if of_trace { &mut self.trace } else { &mut self.event };
        let set = |row: &mut Row| match value.contains(REPLACEMENT) {
            _ if is_second => Err(Fault::Twice),
            true => Err(Fault::BadEncoding { encoding: self.encoding.name().to_owned() }),
            false => row.set(place, value.as_str()),
        };
        if let Ok(row) = target
            && let Err(fault) = set(row)
        {
            *target = Err(fault.at(row.number(), &name));
        }
        Ok(())
    }

    /// The row of the event that ends: its own attributes, and those of the trace.
    fn finish(&mut self) -> Item {
        self.inside = if self.events > 0 { Inside::Trace } else { Inside::Log };
        let empty = Ok(self.wanted.row(self.number));
        match (&self.trace, std::mem::replace(&mut self.event, empty)) {
            (_, Err(fault)) => Item::Fault(fault),
            (Err(fault), Ok(_)) => Item::Fault(RowFault { row: self.number, ..fault.clone() }),
            (Ok(trace), Ok(mut event)) => match inherit(&mut event, trace, &self.wanted) {
                Ok(()) => Item::Row(event),
                Err(fault) => Item::Fault(fault.at(self.number, "event")),
            },
        }
    }

    /// Takes one part of the document: a row if an event ends, and whether the document ends.
    fn step(&mut self, part: &Event<'_>) -> Result<(Option<Item>, bool), Error> {
        match part {
            Event::DocType(_) => {
                Err(self.fault("xml-doctype", "a document type is not allowed; remove it"))
            }
            Event::Eof => self.at_end().map(|()| (None, true)),
            Event::Start(element) => {
                self.open += 1;
                if self.depth == 0 {
                    self.begin(element)?;
                }
                let is_attribute = SINGLE.contains(&local(element).as_str())
                    || ["list", "container"].contains(&local(element).as_str());
                self.depth += usize::from(is_attribute);
                Ok((None, false))
            }
            Event::Empty(element) if self.depth == 0 => {
                self.begin(element)?;
                let ends_event = local(element) == "event";
                match local(element).as_str() {
                    "trace" => self.inside = Inside::Log,
                    "log" => self.inside = Inside::Nothing,
                    _ => {}
                }
                Ok((ends_event.then(|| self.finish()), false))
            }
            Event::End(element) => {
                self.open = self.open.saturating_sub(1);
                let name = element.local_name();
                match name.as_ref() {
                    "event" if self.depth == 0 => return Ok((Some(self.finish()), false)),
                    "trace" if self.depth == 0 => self.inside = Inside::Log,
                    "log" if self.open == 0 => self.inside = Inside::Nothing,
                    name if SINGLE.contains(&name) || ["list", "container"].contains(&name) => {
                        self.depth = self.depth.saturating_sub(1);
                    }
                    _ => {}
                }
                Ok((None, false))
            }
            Event::Text(text) if self.open == 0 && !text.trim().is_empty() => Err(self.no_log()),
            Event::CData(_) | Event::GeneralRef(_) if self.open == 0 => Err(self.no_log()),
            _ => Ok((None, false)),
        }
    }
}

/// The encoding of a file that begins with these bytes.
///
/// Errors: a name that the web does not know.
fn encoding(head: &[u8], form: &FileForm, file: &str) -> Result<&'static Encoding, Error> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    match head {
        [0, b'<', 0, _, ..] => return Ok(UTF_16BE),
        [b'<', 0, _, 0, ..] => return Ok(UTF_16LE),
        _ => {}
    }
    let text = String::from_utf8_lossy(head);
    let declared = text.trim_start().strip_prefix("<?xml").and_then(|rest| {
        let (_, rest) = rest.split_once("?>")?.0.split_once("encoding")?;
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        rest.split(['"', '\'']).nth(1).map(str::to_owned)
    });
    match declared {
        None => super::csv::encoding(&form.encoding, file),
        // It would not be readable here if it were.
        Some(name) if name.to_lowercase().starts_with("utf-16") => Ok(UTF_8),
        Some(name) => super::csv::encoding(&name, file),
    }
}

/// Whether an element is of no namespace or of one of XES.
fn is_of_xes(element: &BytesStart<'_>) -> bool {
    let name = element.name();
    let key = match name.as_ref().split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    match text(element, &key) {
        Ok(Some(space)) => {
            space.is_empty() || NAMESPACES.iter().any(|known| space.starts_with(known))
        }
        Ok(None) => true,
        Err(()) => false,
    }
}

/// The text of an attribute of an element.
fn text(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, ()> {
    let Some(found) = element.try_get_attribute(name).map_err(|_| ())? else { return Ok(None) };
    let value = found.normalized_value(XmlVersion::Implicit1_0).map_err(|_| ())?;
    Ok(Some(value.into_owned()))
}

/// Copies the wanted fields of a trace into an event; those that the event has stay.
fn inherit(event: &mut Row, trace: &Row, wanted: &Wanted) -> Result<(), Fault> {
    for place in 0..wanted.names().len() {
        if let (None, Some(text)) = (event.get(place), trace.get(place)) {
            event.set(place, text)?;
        }
    }
    Ok(())
}

impl ReadRows for XesRows {
    fn next(&mut self) -> Result<Option<Item>, Error> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let read = self.reader.read_event_into(&mut buffer);
            self.allowance.renew();
            let step = match &read {
                Ok(part) => {
                    let is_nothing = match part {
                        Event::Eof => true,
                        Event::Text(text) => text.trim().is_empty(),
                        _ => false,
                    };
                    self.is_empty &= is_nothing;
                    self.step(part)
                }
                Err(_) => Err(self.fault(
                    "xml-syntax",
                    "cannot be read: not XML, or a part is too long; export it again",
                )),
            };
            drop(read);
            self.buffer = buffer;
            match step? {
                (Some(item), _) => return Ok(Some(item)),
                (None, true) => return Ok(None),
                (None, false) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{form, read, texts, wanted};
    use super::{FileForm, Item};

    const LOG: &str = r#"<?xml version="1.0"?><log xes.version="1.0"><string key="x" value="y"/>
        <trace><string key="concept:name" value="T&amp;1"/><string key="name" value="CANARY"/>
        <event><date key="time:timestamp" value="2026-01-01T08:00:00.000+01:00"/>
        <string key="concept:name" value="a"><string key="deep" value="CANARY"/></string></event>
        <event><int key="n" value="5"/></event></trace>
        <event><string key="concept:name" value="alone"/></event></log>"#;

    #[test]
    fn an_event_has_the_attributes_of_its_trace() {
        let fields = wanted(&["case:concept:name", "concept:name", "n"]);
        let items = read(LOG.as_bytes(), &form("xes"), &fields).unwrap();
        let expected = [["T&1", "a", ""], ["T&1", "", "5"], ["", "alone", ""]];
        assert_eq!(texts(&items, 3), expected);
    }

    #[test]
    fn a_document_type_is_refused() {
        let text = format!("<!DOCTYPE log [<!ENTITY a \"b\">]>{LOG}");
        let error = read(text.as_bytes(), &form("xes"), &wanted(&["n"])).unwrap_err();
        assert_eq!(error.code(), "xml-doctype");
        let text = LOG.replace("&amp;", "&a;");
        let error =
            read(text.as_bytes(), &form("xes"), &wanted(&["case:concept:name"])).unwrap_err();
        assert_eq!(error.code(), "xml-syntax");
    }

    #[test]
    fn only_a_whole_log_is_read() {
        let code = |text: &[u8]| match read(text, &form("xes"), &wanted(&["n"])) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        for (text, expected) in [
            ("<log/>", "ok"),
            ("<!-- a --><log xmlns=\"http://www.xes-standard.org/\"></log>\n", "ok"),
            ("<x:log xmlns:x='http://code.deckfour.org/xes'/>", "ok"),
            ("", "empty-input"),
            (" \n", "empty-input"),
            ("number,kind\n1,E\n", "xes-log"),
            ("<html><body>Not found</body></html>", "xes-log"),
            ("<log xmlns='http://example.org/log'/>", "xes-log"),
            ("<Log><Trace><Event/></Trace></Log>", "xes-order"),
            ("<log><Trace><Event/></Trace></log>", "xes-order"),
            ("<log><event><event/></event></log>", "xes-order"),
            ("<log/><log/>", "xes-log"),
            ("<log/>more", "xes-log"),
            ("<log>", "truncated"),
            ("<?xml version='1.0'?>", "xes-log"),
        ] {
            assert_eq!(code(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(code(b"\x89PNG\r\n"), "xes-log");
    }

    #[test]
    fn a_log_is_read_in_its_encoding() {
        let log = |declared: &str| {
            format!(
                "<?xml version=\"1.0\"{declared}?><log><event>\
                 <string key=\"n\" value=\"Köln\"/></event></log>"
            )
        };
        let fields = wanted(&["n"]);
        let texts = |bytes: &[u8]| texts(&read(bytes, &form("xes"), &fields).unwrap(), 1);
        let wide = log(" encoding='UTF-16'");
        let little: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = wide.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            log("").into_bytes(),
            wide.into_bytes(),
            [&[0xEF, 0xBB, 0xBF], log("").as_bytes()].concat(),
            [&[0xFF, 0xFE], &little[..]].concat(),
            little,
            [&[0xFE, 0xFF], &big[..]].concat(),
            big,
            encoding_rs::WINDOWS_1252.encode(&log(" encoding=\"ISO-8859-1\"")).0.into_owned(),
        ] {
            assert_eq!(texts(&bytes), [["Köln"]], "{:?}", &bytes[..8]);
        }
        let latin = encoding_rs::WINDOWS_1252.encode(&log("")).0.into_owned();
        let items = read(&latin, &form("xes"), &fields).unwrap();
        assert!(matches!(&items[0], Item::Fault(fault) if fault.fault.code() == "bad-encoding"));
        let named = FileForm { encoding: "windows-1252".into(), ..form("xes") };
        let items = read(&latin, &named, &fields).unwrap();
        assert_eq!(super::super::tests::texts(&items, 1), [["Köln"]]);
        let unknown = log(" encoding='x-none'");
        let error = read(unknown.as_bytes(), &form("xes"), &fields).unwrap_err();
        assert_eq!(error.code(), "unknown-encoding");
    }

    #[test]
    fn an_attribute_that_comes_twice_is_a_fault() {
        let twice = "<string key='n' value='1'/><int key='n' value='2'/>";
        let text =
            format!("<log><event>{twice}</event><event/><trace>{twice}<event/></trace></log>");
        let items = read(text.as_bytes(), &form("xes"), &wanted(&["n", "case:n"])).unwrap();
        let codes = items.iter().map(|item| match item {
            Item::Row(_) => "row",
            Item::Fault(fault) => match fault.fault {
                crate::fault::Fault::Twice => "twice",
                _ => "other",
            },
        });
        assert_eq!(codes.collect::<Vec<_>>(), ["twice", "row", "twice"]);
    }

    #[test]
    fn the_attributes_of_a_trace_come_first() {
        let text = "<log><trace><event/><string key='a' value='b'/></trace></log>";
        let error = read(text.as_bytes(), &form("xes"), &wanted(&["case:a"])).unwrap_err();
        assert_eq!(error.code(), "xes-order");
        let cut = read(b"<log><trace><event>", &form("xes"), &wanted(&["a"])).unwrap_err();
        assert_eq!(cut.code(), "truncated");
    }
}
