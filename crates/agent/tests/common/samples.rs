//! The same two rows in every format, with persons' names, documents and addresses in them.
//!
//! Not here: what is expected of them.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch as Table, StringArray};
use parquet::arrow::ArrowWriter;
use zip::write::SimpleFileOptions;

/// Texts that must appear in nothing that leaves an agency.
pub(crate) const CANARIES: [&str; 6] =
    ["Canary-Petrova", "Canarysson", "Canary Lane 5", "QX-771 204", "QX771204", "zz9 88/13"];

/// The columns, and the rows.
pub(crate) const COLUMNS: [&str; 6] = ["number", "kind", "crossed", "name", "address", "document"];
/// The rows.
pub(crate) const ROWS: [[&str; 6]; 2] = [
    ["7", "ENTRY", "2026-01-01T08:00:00Z", "Canary-Petrova", "Canary Lane 5", "QX-771 204"],
    ["8", "EXIT", "2026-01-02T09:30:00Z", "Canarysson", "Canary Lane 5", "zz9 88/13"],
];

/// CSV.
pub(crate) fn csv() -> Vec<u8> {
    let rows = ROWS.iter().map(|row| row.join(","));
    let lines: Vec<String> = std::iter::once(COLUMNS.join(",")).chain(rows).collect();
    format!("{}\n", lines.join("\n")).into_bytes()
}

/// NDJSON.
pub(crate) fn ndjson() -> Vec<u8> {
    let pairs = |row: &[&str; 6]| {
        let pairs = COLUMNS.iter().zip(row).map(|(name, value)| format!("\"{name}\":\"{value}\""));
        format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
    };
    ROWS.iter().map(pairs).collect::<String>().into_bytes()
}

/// XES, with the name as an attribute of the trace.
pub(crate) fn xes() -> Vec<u8> {
    let event = |row: &[&str; 6]| {
        let pairs = COLUMNS.iter().zip(row).filter(|(name, _)| **name != "name");
        let attributes =
            pairs.map(|(name, value)| format!("<string key=\"{name}\" value=\"{value}\"/>"));
        let name = format!("<string key=\"name\" value=\"{}\"/>", row[3]);
        format!("<trace>{name}<event>{}</event></trace>\n", attributes.collect::<String>())
    };
    format!("<log>{}</log>", ROWS.iter().map(event).collect::<String>()).into_bytes()
}

/// Parquet, with the numbers as numbers.
pub(crate) fn parquet() -> Vec<u8> {
    let columns = COLUMNS.iter().enumerate().map(|(at, name)| {
        let texts = ROWS.iter().map(|row| row[at]);
        let column: ArrayRef = match at {
            0 => Arc::new(Int64Array::from_iter_values(texts.map(|text| text.parse().unwrap()))),
            _ => Arc::new(StringArray::from_iter_values(texts)),
        };
        (*name, column)
    });
    let table = Table::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).unwrap();
    writer.write(&table).unwrap();
    writer.close().unwrap();
    bytes
}

/// A zip archive of these parts.
pub(crate) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// XLSX with texts in the cells.
pub(crate) fn xlsx() -> Vec<u8> {
    let row = |(number, row): (usize, &[&str; 6])| {
        let cell = |(at, text): (usize, &&str)| {
            let column = char::from(b'A' + at as u8);
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        };
        let cells: String = row.iter().enumerate().map(cell).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows: String = (1..).zip(std::iter::once(&COLUMNS).chain(&ROWS)).map(row).collect();
    book(&rows, "")
}

/// XLSX with a day, a time of day, a document and a direction in each row, the first two as numbers
/// with the styles of a day and a time.
pub(crate) fn timed_xlsx() -> Vec<u8> {
    let text = |place: &str, text: &str| {
        format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let header: String = ["A1", "B1", "C1", "D1"]
        .iter()
        .zip(["Tag", "Uhrzeit", "Reisepass", "Richtung"])
        .map(|(place, name)| text(place, name))
        .collect();
    let mut rows = format!("<row r=\"1\">{header}</row>");
    let values = [(2, "46053", "0.333333333333333", "E"), (3, "46054", "0.395833333333333", "A")];
    for (row, day, time, direction) in values {
        rows += &format!(
            "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"><v>{day}</v></c>\
             <c r=\"B{row}\" s=\"2\"><v>{time}</v></c>{}{}</row>",
            text(&format!("C{row}"), &format!("C0{row}X")),
            text(&format!("D{row}"), direction)
        );
    }
    // 14 and 21 are the built-in forms of a day and a time.
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"3\"><xf numFmtId=\"0\"/>\
         <xf numFmtId=\"14\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>"
    );
    book(&rows, &styles)
}

/// XLSX with these rows and styles.
fn book(rows: &str, styles: &str) -> Vec<u8> {
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" sheetId=\"1\" \
         r:id=\"r1\"/></sheets></workbook>"
    );
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"{id}\" \
             Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    zipped(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &relation("r0", "officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relation("r1", "worksheet", "worksheets/sheet1.xml")),
        ("xl/styles.xml", if styles.is_empty() { "<styleSheet/>" } else { styles }),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

/// The rows of [`timed_xlsx`] as ODS, in the first of two sheets.
pub(crate) fn timed_ods() -> Vec<u8> {
    let text = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p>\
             </table:table-cell>"
        )
    };
    let header = ["Tag", "Uhrzeit", "Reisepass", "Richtung"].map(text).concat();
    let mut rows = format!("<table:table-row>{header}</table:table-row>");
    let values = [(2, "2026-01-31", "08H00", "E"), (3, "2026-02-01", "09H30", "A")];
    for (row, day, time, direction) in values {
        rows += &format!(
            "<table:table-row><table:table-cell office:value-type=\"date\" \
             office:date-value=\"{day}\"><text:p>x</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"time\" office:time-value=\"PT{time}M00S\">\
             <text:p>x</text:p></table:table-cell>{}{}</table:table-row>",
            text(&format!("C0{row}X")),
            text(direction)
        );
    }
    document(&[("Grenze", &rows), ("Legende", "")])
}

/// ODS; its first column is the kind.
pub(crate) fn ods() -> Vec<u8> {
    let order = [1, 0, 2, 3, 4, 5];
    let row = |row: &[&str; 6]| {
        let cell = |at: usize| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p>\
                 </table:table-cell>",
                row[at]
            )
        };
        format!("<table:table-row>{}</table:table-row>", order.map(cell).concat())
    };
    let rows: String = std::iter::once(&COLUMNS).chain(&ROWS).map(row).collect();
    document(&[("S", &rows)])
}

/// ODS with these sheets.
fn document(sheets: &[(&str, &str)]) -> Vec<u8> {
    let sheet = |(name, rows): &(&str, &str)| {
        format!("<table:table table:name=\"{name}\">{rows}</table:table>")
    };
    let sheets: String = sheets.iter().map(sheet).collect();
    let content = format!(
        "<office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = "<manifest:manifest \
                    xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    zipped(&[("mimetype", kind), ("content.xml", &content), ("META-INF/manifest.xml", manifest)])
}

/// Every format, by the name of its file.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a.csv", csv()),
        ("b.ndjson", ndjson()),
        ("c.parquet", parquet()),
        ("d.xlsx", xlsx()),
        ("e.ods", ods()),
        ("f.xes", xes()),
    ]
}
