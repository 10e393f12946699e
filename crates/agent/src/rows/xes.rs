//! XES event logs (IEEE 1849): one row an event, with the attributes of its trace.
//!
//! A field is an attribute's key; one of the trace has `case:` before it, as `case:concept:name`.
//! The number of a row is that of its event in the file, from 1.
//!
//! Not here: attributes of the log, attributes inside of attributes, extensions.
//!
//! Invariants:
//! 1. A document type or an entity of its own ends the file: nothing is expanded
//!    (`rows::xes::tests::a_document_type_is_refused`).
//! 2. Attributes of a trace that come after its first event are refused, as XES demands
//!    (`rows::xes::tests::the_attributes_of_a_trace_come_first`).

use std::io::BufReader;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::guard::{Allowance, Guard};
use super::row::{Item, Row, Wanted};
use super::{ReadRows, Source};
use crate::error::Error;
use crate::fault::{Fault, RowFault, of_file};

/// The kinds of attributes that have one value.
const SINGLE: [&str; 6] = ["string", "date", "int", "float", "boolean", "id"];

/// Where the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Log,
    Trace,
    Event,
}

/// The rows of an XES file.
pub(super) struct XesRows {
    reader: Reader<BufReader<Guard<Source>>>,
    allowance: Allowance,
    file: String,
    wanted: Wanted,
    inside: Inside,
    /// How deep inside of an attribute the reader is.
    depth: usize,
    /// The events so far.
    number: u64,
    /// The events of this trace so far.
    events: u64,
    trace: Result<Row, RowFault>,
    event: Result<Row, RowFault>,
    buffer: Vec<u8>,
    /// The keys that were met, while they are looked for.
    names: Option<Vec<String>>,
}

/// Events in which keys are looked for.
const EVENTS_FOR_NAMES: usize = 1000;
/// Keys that are listed at most.
const NAMES_MAX: usize = 1000;

/// The fields of the first events, in the order in which they appear.
pub(super) fn names(source: Source, file: &str) -> Result<Vec<String>, Error> {
    let mut rows = XesRows::open(source, &Wanted::default(), file);
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
    pub(super) fn open(source: Source, wanted: &Wanted, file: &str) -> Self {
        let (guard, allowance) = Guard::new(source);
        Self {
            reader: Reader::from_reader(BufReader::new(guard)),
            allowance,
            file: file.to_owned(),
            wanted: wanted.clone(),
            inside: Inside::Log,
            depth: 0,
            number: 0,
            events: 0,
            trace: Ok(wanted.row(0)),
            event: Ok(wanted.row(0)),
            buffer: Vec::new(),
            names: None,
        }
    }

    fn fault(&self, code: &'static str, rule: &str) -> Error {
        let place = format!("{}:{}", self.file, self.number + 1);
        of_file(code, &place, "event", rule)
    }

    /// Takes the beginning of an element.
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        match (self.inside, local(element).as_str()) {
            (Inside::Log, "trace") => {
                self.inside = Inside::Trace;
                self.events = 0;
                self.trace = Ok(self.wanted.row(0));
            }
            // Events may stand in the log without a trace.
            (Inside::Log | Inside::Trace, "event") => {
                self.number += 1;
                self.events += 1;
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
            let rule = "attributes of a trace must come before its events, as in IEEE 1849";
            return Err(self.fault("xes-order", rule));
        }
        let value = text(element, "value").map_err(|()| bad(self))?;
        let value = zeroize::Zeroizing::new(value.unwrap_or_default());
        let target = if of_trace { &mut self.trace } else { &mut self.event };
        if let Ok(row) = target
            && let Err(fault) = row.set(place, value.as_str())
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
            Event::Eof if self.inside != Inside::Log => {
                Err(self.fault("truncated", "the file is cut off; copy it again"))
            }
            Event::Eof => Ok((None, true)),
            Event::Start(element) => {
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
                if local(element) == "trace" {
                    self.inside = Inside::Log;
                }
                Ok((ends_event.then(|| self.finish()), false))
            }
            Event::End(element) => {
                let name = element.local_name();
                match name.as_ref() {
                    "event" if self.depth == 0 => return Ok((Some(self.finish()), false)),
                    "trace" if self.depth == 0 => self.inside = Inside::Log,
                    name if SINGLE.contains(&name) || ["list", "container"].contains(&name) => {
                        self.depth = self.depth.saturating_sub(1);
                    }
                    _ => {}
                }
                Ok((None, false))
            }
            _ => Ok((None, false)),
        }
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
                Ok(part) => self.step(part),
                Err(_) => {
                    Err(self.fault("xml-syntax", "cannot be read: not XML, or a part is too long"))
                }
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
    fn the_attributes_of_a_trace_come_first() {
        let text = "<log><trace><event/><string key='a' value='b'/></trace></log>";
        let error = read(text.as_bytes(), &form("xes"), &wanted(&["case:a"])).unwrap_err();
        assert_eq!(error.code(), "xes-order");
        let cut = read(b"<log><trace><event>", &form("xes"), &wanted(&["a"])).unwrap_err();
        assert_eq!(cut.code(), "truncated");
    }
}
