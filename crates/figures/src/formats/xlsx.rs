//! XLSX: a spreadsheet with a row for each observation, and a sheet of notes on what they are.
//!
//! Not here: reading spreadsheets (crate `agent`).
//!
//! Every text is a cell of text and never a formula, whatever a plan names its codes. The workbook
//! is made in memory, so it has fewer rows than a sheet could hold.
//!
//! Invariants:
//! 1. The figures are those of every other format
//!    (`formats::writer::tests::a_spreadsheet_has_the_figures_of_the_json`).
//! 2. A text is never a formula (`formats::xlsx::tests::a_name_is_never_a_formula`).
//! 3. The same answer has the same bytes
//!    (`formats::xlsx::tests::the_same_answer_has_the_same_bytes`).
//! 4. An answer with too many rows is refused before anything is written
//!    (`formats::xlsx::tests::too_many_rows_are_refused`).
//!
//! Format: the sheet `Figures` has each dimension with the name of its code (`CITIZENSHIP`,
//! `CITIZENSHIP_NAME`), TIME_PERIOD, OBS_VALUE, MARGIN, CI_LOW, CI_HIGH, OBS_STATUS with its name,
//! VINTAGE, LEDGER_SIZE if the history is requested, SILENT_SOURCES with their names under a plan
//! with sources, and INTERVAL_OF with its name under one with vintages. Cells without a figure are
//! empty. The sheet `Notes` has a term and a text in each row.

use jiff::Timestamp;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Style, FormatAlign, Workbook, Worksheet, XlsxError,
};
use tidegauge_model::{IntervalOf, Observation};

use super::layout::Layout;
use super::message::{CodeNames, MessageHeader};
use crate::answer::answer::figures;
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::structure::concept::{INTERVAL_OF, OF_FIGURE, SILENT_SOURCES};

/// The most rows of figures. A sheet can have 1,048,576, but each row needs about 2 kB while the
/// workbook is made.
pub(crate) const ROWS_MAX: usize = 50_000;
/// The most characters of a cell, a little below what spreadsheets take.
const CELL_CHARACTERS_MAX: usize = 32_000;
const OBS_STATUS: &str = "OBS_STATUS";
const WIDTH_CODE: f64 = 14.0;
const WIDTH_NAME: f64 = 28.0;
const WIDTH_NOTE: f64 = 100.0;

// Sentences of the sheet of notes, as `structure::words` knows them.
const SYNTHETIC: &str = "Synthetic: every event behind these figures was simulated; none is about \
    a living person";
const MARGIN: &str = "Half the width of the 95 % interval (MARGIN). With 95 % confidence the true \
    count lies between CI_LOW and CI_HIGH. Random noise protects every person who was counted, so \
    each figure is an estimate; it can be below zero, and a zero can stand for a few. The margin \
    includes the rounding.";
const VINTAGE: &str = "Ledger index of the latest release it rests on";
const SILENT: &str = "Sources that had not declared a step it rests on complete at its release";

/// Replaces the library's own errors; none is known for cells such as these.
const REJECTED: Error = Error::Unwritable { reason: "the spreadsheet library rejects a cell" };

/// What a spreadsheet says of the ledger that its figures come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct LedgerNote {
    /// The root of the tree of the entries that the answer rests on, in hexadecimal.
    root: Option<String>,
    is_synthetic: bool,
}

impl LedgerNote {
    /// That of the first `size` entries.
    pub(crate) fn of(catalogue: &Catalogue, size: u64) -> Self {
        let root = catalogue.ledger().root_at(size);
        let root = root.map(|root| tidegauge_ledger::hex(&root));
        Self { root, is_synthetic: catalogue.is_synthetic() }
    }
}

/// The whole answer as one file.
///
/// Errors: more rows than [`ROWS_MAX`]; figures that cannot be made; a cell that the library
/// rejects.
pub(crate) fn file(
    layout: &Layout,
    header: &mut MessageHeader,
    ledger: &LedgerNote,
) -> Result<Vec<u8>, Error> {
    let observations = layout.observations();
    if observations > ROWS_MAX {
        return Err(Error::TooLarge { observations, limit: ROWS_MAX });
    }
    let notes = notes(layout, header, ledger);
    let mut book = Workbook::new();
    let made = header.prepared.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
    let made = written(ExcelDateTime::from_timestamp(made.as_second()))?;
    let statement = &layout.answer.plan().statement;
    let properties = DocProperties::new()
        .set_title(cut(&header.name))
        .set_author(cut(&statement.controller))
        .set_creation_datetime(&made);
    book.set_properties(&properties);
    figure_sheet(book.add_worksheet(), layout, header)?;
    note_sheet(book.add_worksheet(), &header.words.text("Notes"), &notes)?;
    written(book.save_to_buffer())
}

fn written<T>(result: Result<T, XlsxError>) -> Result<T, Error> {
    result.map_err(|_| REJECTED)
}

/// A text as a cell can hold it.
fn cut(text: &str) -> String {
    text.chars().take(CELL_CHARACTERS_MAX).collect()
}

/// Writes cells from left to right.
struct RowWriter<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
}

impl<'a> RowWriter<'a> {
    fn new(sheet: &'a mut Worksheet, row: u32) -> Self {
        Self { sheet, row, column: 0 }
    }

    fn text(&mut self, text: &str) -> Result<(), Error> {
        written(self.sheet.write_string(self.row, self.column, cut(text)))?;
        self.column += 1;
        Ok(())
    }

    /// A number; an empty cell if there is none.
    fn number(&mut self, number: Option<f64>, style: &Style) -> Result<(), Error> {
        if let Some(number) = number {
            let column = self.column;
            written(self.sheet.write_number_with_format(self.row, column, number, style))?;
        }
        self.column += 1;
        Ok(())
    }
}

/// The columns of the sheet of figures, each with its width.
fn columns(header: &MessageHeader) -> Vec<(String, f64)> {
    let mut columns = Vec::new();
    for dimension in &header.dimensions {
        columns.push((dimension.id.clone(), WIDTH_CODE));
        columns.push((format!("{}_NAME", dimension.id), WIDTH_NAME));
    }
    for id in ["TIME_PERIOD", "OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "OBS_STATUS"] {
        columns.push((id.to_owned(), WIDTH_CODE));
    }
    columns.push(("OBS_STATUS_NAME".to_owned(), WIDTH_NAME));
    columns.push(("VINTAGE".to_owned(), WIDTH_CODE));
    if !header.vintages.is_empty() {
        columns.push(("LEDGER_SIZE".to_owned(), WIDTH_CODE));
    }
    if header.features.has_sources {
        columns.push((SILENT_SOURCES.to_owned(), WIDTH_CODE));
        columns.push((format!("{SILENT_SOURCES}_NAME"), WIDTH_NAME));
    }
    if header.features.has_vintages {
        columns.push((INTERVAL_OF.to_owned(), WIDTH_CODE));
        columns.push((format!("{INTERVAL_OF}_NAME"), WIDTH_NAME));
    }
    columns
}

fn figure_sheet(
    sheet: &mut Worksheet,
    layout: &Layout,
    header: &mut MessageHeader,
) -> Result<(), Error> {
    written(sheet.set_name(&*header.words.text("Figures")))?;
    let head = Style::new().set_bold();
    let columns = columns(header);
    for (column, (id, width)) in (0..).zip(&columns) {
        written(sheet.write_string_with_format(0, column, id, &head))?;
        written(sheet.set_column_width(column, *width))?;
    }
    written(sheet.set_freeze_panes(1, 0))?;
    let places = header.decimals.count() as usize;
    let point = if places == 0 { String::new() } else { format!(".{}", "0".repeat(places)) };
    let styles = [Style::new().set_num_format(format!("#,##0{point}")), Style::new()];
    let codes = [OBS_STATUS, INTERVAL_OF].map(|id| header.code_names(id));
    let mut row = 1;
    for set in layout.data_sets()? {
        if let Some(vintage) = &set.vintage {
            header.turn_to(vintage);
        }
        for (number, observation) in set.runs.iter().flatten() {
            let key = layout.answer.key(*number);
            let mut cells = RowWriter::new(sheet, row);
            figure_row(&mut cells, header, &key, observation, (&codes, &styles))?;
            row += 1;
        }
    }
    // Fits: a plan has far fewer dimensions than 16,384 columns.
    let last = (columns.len() - 1) as u16;
    written(sheet.autofilter(0, 0, row - 1, last))?;
    Ok(())
}

/// The name of a code among these; empty if it is none of them.
fn name_of<'a>(codes: &'a [(String, String)], code: &str) -> &'a str {
    codes.iter().find(|(known, _)| known == code).map_or("", |(_, name)| name)
}

fn figure_row(
    cells: &mut RowWriter,
    header: &MessageHeader,
    key: &[&str],
    observation: &Observation,
    ([statuses, intervals], [figure_style, plain]): (&[CodeNames; 2], &[Style; 2]),
) -> Result<(), Error> {
    let places = header.key_places(key)?;
    for ((code, dimension), place) in key.iter().zip(&header.dimensions).zip(places) {
        cells.text(code)?;
        cells.text(dimension.codes.get(place).map_or("", |code| &code.name))?;
    }
    cells.text(&observation.period.sdmx())?;
    let milli = figures(observation);
    for place in 0..=OF_FIGURE.len() - 1 {
        let figure = milli.map(|milli| milli[place] as f64 / 1000.0);
        cells.number(figure, figure_style)?;
    }
    let status = observation.status.code();
    cells.text(status)?;
    cells.text(name_of(statuses, status))?;
    cells.number(observation.figure().map(|_| observation.vintage as f64), plain)?;
    if !header.vintages.is_empty() {
        cells.number(Some(header.as_of() as f64), plain)?;
    }
    if header.features.has_sources {
        cells.text(&header.silent(observation.silent).unwrap_or_default())?;
        let names = observation.silent.places().filter_map(|place| header.sources.get(place));
        let names: Vec<&str> = names.map(|(_, name)| &**name).collect();
        cells.text(&names.join("; "))?;
    }
    if header.features.has_vintages {
        let of = observation.interval_of.map_or("", IntervalOf::code);
        cells.text(of)?;
        cells.text(name_of(intervals, of))?;
    }
    Ok(())
}

fn note_sheet(sheet: &mut Worksheet, name: &str, notes: &[(String, String)]) -> Result<(), Error> {
    written(sheet.set_name(name))?;
    written(sheet.set_column_width(0, WIDTH_NAME))?;
    written(sheet.set_column_width(1, WIDTH_NOTE))?;
    let term = Style::new().set_bold().set_align(FormatAlign::Top);
    let text = Style::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (name, words)) in (0..).zip(notes) {
        written(sheet.write_string_with_format(row, 0, cut(name), &term))?;
        written(sheet.write_string_with_format(row, 1, cut(words), &text))?;
    }
    Ok(())
}

/// The address at which a server has the same figures.
fn address(layout: &Layout, header: &MessageHeader) -> String {
    let part = |codes: Vec<&str>| codes.join("+");
    let codes = header.dimensions.iter().map(|one| one.codes.iter().map(|code| &*code.id));
    let key: Vec<String> = codes.map(|codes| part(codes.collect())).collect();
    let mut query = vec![format!("asOf={}", layout.answer.as_of)];
    let first = header.periods.iter().min_by_key(|period| period.start());
    let last = header.periods.iter().max_by_key(|period| period.end());
    query.extend(first.map(|first| format!("startPeriod={}", first.first())));
    query.extend(last.map(|last| format!("endPeriod={}", last.last())));
    if header.decimals.count() > 0 {
        query.push(format!("decimals={}", header.decimals.count()));
    }
    if !header.vintages.is_empty() {
        query.push("includeHistory=true".to_owned());
    }
    format!("/v1/data/{}/{}?{}", header.dataflow, key.join("."), query.join("&"))
}

/// What the figures are, who publishes them, and how to read them.
fn notes(layout: &Layout, header: &MessageHeader, ledger: &LedgerNote) -> Vec<(String, String)> {
    let (plan, dataflow) = (layout.answer.plan(), layout.answer.dataflow());
    let statement = &plan.statement;
    let [(_, unit), ..] = header.of_series();
    let unit = if unit == "PER" { "Persons" } else { "Events" };
    let as_of = layout.answer.as_of;
    let words = |english| header.words.text(english).to_string();
    let citation = format!(
        "{}. {}: {}. {}: {as_of}, {}. {}.",
        statement.controller,
        statement.title,
        header.name,
        words("Ledger entries"),
        header.prepared,
        words("Estimates with 95 % margins of error"),
    );
    let rows = [
        ("Title", Some(header.name.to_string())),
        ("Description", Some(dataflow.description.to_string())),
        ("Publication", Some(statement.title.to_string())),
        ("Dataflow", Some(format!("{}:{}({})", header.agency, header.dataflow, header.version))),
        ("Unit of measure", Some(words(unit))),
        ("Reference area", Some(statement.reference_area.clone())),
        ("Data", ledger.is_synthetic.then(|| words(SYNTHETIC))),
        ("Publisher", Some(statement.controller.to_string())),
        ("Contact", Some(statement.contact.clone())),
        ("Legal basis", Some(statement.legal_basis.to_string())),
        ("Purpose", Some(statement.purpose.to_string())),
        ("Margin of error", Some(words(MARGIN))),
        ("Confidence", Some("95 %".to_owned())),
        ("Released", Some(header.prepared.clone())),
        ("Ledger entries", Some(as_of.to_string())),
        ("Root of the ledger", ledger.root.clone()),
        ("The same figures", Some(address(layout, header))),
        ("Citation", Some(citation)),
    ];
    let mut notes: Vec<(String, String)> =
        rows.into_iter().filter_map(|(term, text)| Some((words(term), text?))).collect();
    let codes = |id: &str| {
        let codes = header.code_names(id).into_iter();
        codes.map(|(code, name)| (format!("{id} {code}"), name)).collect::<Vec<_>>()
    };
    notes.extend(codes(OBS_STATUS));
    notes.push(("VINTAGE".to_owned(), words(VINTAGE)));
    if header.features.has_sources {
        notes.push((SILENT_SOURCES.to_owned(), words(SILENT)));
    }
    notes.extend(codes(INTERVAL_OF));
    notes
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use testkit::{edit, publisher};

    use super::*;
    use crate::query::format::Format;

    /// The cells of both sheets of a spreadsheet, and the number of formulas in it.
    pub(in crate::formats) fn read(bytes: Vec<u8>) -> (Vec<Vec<Data>>, Vec<Vec<Data>>, usize) {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let mut cells = |name: &str| {
            let range = book.worksheet_range(name).unwrap();
            range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>()
        };
        let (figures, notes) = (cells("Figures"), cells("Notes"));
        let formulas = ["Figures", "Notes"].map(|name| book.worksheet_formula(name).unwrap());
        let formulas = formulas.iter().flat_map(|range| range.used_cells()).count();
        (figures, notes, formulas)
    }

    fn file_of(answer: &crate::answer::answer::CheckedAnswer) -> Result<Vec<u8>, Error> {
        let layout = Layout::plain(answer.clone(), Format::Xlsx, Default::default());
        let prepared = "2024-02-21T00:00:00Z".to_owned();
        let mut header = MessageHeader::new(answer, Default::default(), prepared);
        file(&layout, &mut header, &LedgerNote::default())
    }

    fn sample() -> crate::answer::answer::CheckedAnswer {
        crate::tests::checked_sample_answer("CROSSINGS", "D+M.XX.FLOW.AIR+SEA.ENTRY")
    }

    #[test]
    fn the_same_answer_has_the_same_bytes() {
        let answer = sample();
        let first = file_of(&answer).unwrap();
        for _ in 0..8 {
            assert!(file_of(&answer).unwrap() == first);
        }
        let (figures, notes, _) = read(first);
        assert_eq!(figures.len(), 1 + answer.observations());
        let note = |term: &str| {
            notes.iter().find(|row| row[0] == Data::String(term.into())).unwrap()[1].to_string()
        };
        assert_eq!(note("Confidence"), "95 %");
        assert!(note("The same figures").starts_with("/v1/data/CROSSINGS/D+M.XX.FLOW.AIR+SEA."));
    }

    #[test]
    fn notes_are_in_the_language_that_is_read() {
        let plan = edit(publisher::PLAN).add("statement.language", "de").text();
        let answer =
            crate::tests::answer_of(&plan, "2023-11-20", "CROSSINGS", "D.XX.FLOW.AIR.ENTRY");
        let file = file_of(&answer.check().unwrap()).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        assert_eq!(book.sheet_names(), ["Zahlen", "Hinweise"]);
        let notes = book.worksheet_range("Hinweise").unwrap();
        let (_, english, _) = read(file_of(&sample()).unwrap());
        // What stays as it is: the words of the plan, codes, numbers.
        let terms = |rows: Vec<String>| {
            rows.into_iter()
                .filter(|term| term.contains(|c: char| c.is_lowercase()))
                .collect::<Vec<_>>()
        };
        let german = terms(notes.rows().map(|row| row[0].to_string()).collect());
        let english = terms(english.iter().map(|row| row[0].to_string()).collect());
        let same: Vec<_> = german.iter().filter(|term| english.contains(term)).collect();
        assert_eq!(german.len(), english.len());
        assert!(same.is_empty(), "{same:?}");
    }

    #[test]
    fn a_name_is_never_a_formula() {
        let names = ["=1+1", "@SUM(A1)", "+1", "-1", "_x0041_", "<&\">", "\u{202e}x"];
        for name in names {
            let toml = name.replace('\\', "\\\\").replace('"', "\\\"");
            let plan = publisher::PLAN.replace("\"Airport\"", &format!("\"{toml}\""));
            assert_ne!(plan, publisher::PLAN);
            let answer =
                crate::tests::answer_of(&plan, "2023-11-20", "CROSSINGS", "D.XX.FLOW.AIR.ENTRY");
            let (figures, _, formulas) = read(file_of(&answer.check().unwrap()).unwrap());
            assert_eq!(formulas, 0, "{name}");
            let place = figures[0].iter().position(|head| *head == *"BORDER_POINT_NAME");
            assert_eq!(figures[1][place.unwrap()], Data::String(name.into()));
        }
    }

    #[test]
    fn too_many_rows_are_refused() {
        let answer = crate::tests::checked_sample_answer("CROSSINGS", "D.XX.FLOW.AIR+SEA.ENTRY");
        let mut layout = Layout::plain(answer.clone(), Format::Xlsx, Default::default());
        let observation = answer.series(0).unwrap().observations[0];
        let run = vec![(0, observation); ROWS_MAX + 1];
        layout.sets = Some(vec![super::super::layout::DataSet { vintage: None, runs: vec![run] }]);
        let mut header = MessageHeader::new(&answer, Default::default(), String::new());
        let refused = file(&layout, &mut header, &LedgerNote::default());
        let expected = Error::TooLarge { observations: ROWS_MAX + 1, limit: ROWS_MAX };
        assert_eq!(refused, Err(expected));
    }
}
