//! Parquet files made byte by byte: in every codec they count as the plain form does, and whatever
//! they claim, the program takes less than 512 MiB and ends with an error.
//!
//! Not here: types of columns (`event_forms.rs`), files that are only cut or overwritten
//! (`bad_input.rs`).

#![cfg(test)]

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use testkit::program::{HEADER, NOW, ROW, Workplace, refused, releases, succeed, tidegauge};
use testkit::text::replace_only;

const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const MEMORY_MAX: u64 = 512 << 20;

/// The codecs by their numbers in the format.
const PLAIN: i64 = 0;
const SNAPPY: i64 = 1;
const GZIP: i64 = 2;
const BROTLI: i64 = 4;
const LZ4: i64 = 5;
const ZSTD: i64 = 6;
const LZ4_RAW: i64 = 7;
const CODECS: [i64; 7] = [PLAIN, SNAPPY, GZIP, BROTLI, LZ4, ZSTD, LZ4_RAW];

/// A value in Thrift's compact protocol.
enum Value {
    Int(i64),
    Text(Vec<u8>),
    Struct(Vec<(i16, Value)>),
    /// Structures.
    List(Vec<Value>),
    Ints(Vec<i64>),
    Texts(Vec<&'static str>),
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_int(value: i64, out: &mut Vec<u8>) {
    put_varint(((value << 1) ^ (value >> 63)) as u64, out);
}

fn put_list(length: usize, element: u8, out: &mut Vec<u8>) {
    if length < 15 {
        out.push((length as u8) << 4 | element);
    } else {
        out.push(0xf0 | element);
        put_varint(length as u64, out);
    }
}

fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Int(value) => put_int(*value, out),
        Value::Text(text) => {
            put_varint(text.len() as u64, out);
            out.extend(text);
        }
        Value::Struct(fields) => {
            let mut last = 0;
            for (field, value) in fields {
                let value_type = match value {
                    Value::Int(_) => 6,
                    Value::Text(_) => 8,
                    Value::Struct(_) => 12,
                    Value::List(_) | Value::Ints(_) | Value::Texts(_) => 9,
                };
                // Integers of Parquet's structures have 32 bits or 64; readers take either here.
                out.push(((field - last) as u8) << 4 | value_type);
                put(value, out);
                last = *field;
            }
            out.push(0);
        }
        Value::List(values) => {
            put_list(values.len(), 12, out);
            values.iter().for_each(|value| put(value, out));
        }
        Value::Ints(values) => {
            put_list(values.len(), 5, out);
            values.iter().for_each(|&value| put_int(value, out));
        }
        Value::Texts(texts) => {
            put_list(texts.len(), 8, out);
            for text in texts {
                put(&Value::Text(text.as_bytes().to_vec()), out);
            }
        }
    }
}

fn bytes_of(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    put(value, &mut out);
    out
}

/// A page, as its header claims it.
#[derive(Clone)]
struct Page {
    is_dictionary: bool,
    encoding: i64,
    values: i64,
    /// Bytes that it claims to unpack to.
    claimed: usize,
    stored: Vec<u8>,
}

impl Page {
    /// A data page with these plain values.
    fn plain(texts: &[&str], codec: i64) -> Self {
        let body: Vec<u8> = texts.iter().flat_map(|text| plain_text(text.as_bytes())).collect();
        Self {
            is_dictionary: false,
            encoding: 0,
            values: texts.len() as i64,
            claimed: body.len(),
            stored: pack(codec, &body),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let levels = vec![(3, Value::Int(3)), (4, Value::Int(3))];
        let mut inner = vec![(1, Value::Int(self.values)), (2, Value::Int(self.encoding))];
        let (page_type, field) = if self.is_dictionary { (2, 7) } else { (0, 5) };
        if !self.is_dictionary {
            inner.extend(levels);
        }
        let mut out = bytes_of(&Value::Struct(vec![
            (1, Value::Int(page_type)),
            (2, Value::Int(self.claimed as i64)),
            (3, Value::Int(self.stored.len() as i64)),
            (field, Value::Struct(inner)),
        ]));
        out.extend(&self.stored);
        out
    }
}

fn plain_text(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes(), text].concat()
}

/// Bytes as a codec packs them.
fn pack(codec: i64, bytes: &[u8]) -> Vec<u8> {
    match codec {
        SNAPPY => snap::raw::Encoder::new().compress_vec(bytes).expect("packed"),
        GZIP => {
            let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
            packer.write_all(bytes).expect("packed");
            packer.finish().expect("packed")
        }
        BROTLI => {
            let mut packed = vec![];
            brotli::CompressorWriter::new(&mut packed, 4096, 1, 22)
                .write_all(bytes)
                .expect("packed");
            packed
        }
        LZ4 => {
            let block = lz4_flex::block::compress(bytes);
            let size = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes();
            [&size(bytes)[..], &size(&block), &block].concat()
        }
        ZSTD => zstd::bulk::compress(bytes, 1).expect("packed"),
        LZ4_RAW => lz4_flex::block::compress(bytes),
        _ => bytes.to_vec(),
    }
}

/// A column of texts that must have values.
fn text_element(name: &str) -> Value {
    Value::Struct(vec![
        (1, Value::Int(6)),
        (3, Value::Int(0)),
        (4, Value::Text(name.into())),
        (6, Value::Int(0)),
    ])
}

fn root_element(children: usize) -> Value {
    Value::Struct(vec![(4, Value::Text("schema".into())), (5, Value::Int(children as i64))])
}

/// A file of one group of rows.
fn file(codec: i64, rows: i64, columns: &[(&'static str, Vec<Page>)]) -> Vec<u8> {
    let mut out = b"PAR1".to_vec();
    let mut chunks = vec![];
    for (name, pages) in columns {
        let start = out.len();
        let claimed: usize = pages.iter().map(|page| page.claimed).sum();
        pages.iter().for_each(|page| out.extend(page.bytes()));
        let column = Value::Struct(vec![
            (1, Value::Int(6)),
            (2, Value::Ints(vec![0, 3, 8])),
            (3, Value::Texts(vec![name])),
            (4, Value::Int(codec)),
            (5, Value::Int(rows)),
            (6, Value::Int(claimed as i64)),
            (7, Value::Int((out.len() - start) as i64)),
            (9, Value::Int(start as i64)),
        ]);
        chunks.push(Value::Struct(vec![(2, Value::Int(start as i64)), (3, column)]));
    }
    let group = Value::Struct(vec![
        (1, Value::List(chunks)),
        (2, Value::Int(out.len() as i64)),
        (3, Value::Int(rows)),
    ]);
    let mut schema = vec![root_element(columns.len())];
    schema.extend(columns.iter().map(|(name, _)| text_element(name)));
    finish(out, schema, rows, vec![group])
}

fn finish(mut out: Vec<u8>, schema: Vec<Value>, rows: i64, groups: Vec<Value>) -> Vec<u8> {
    let footer = bytes_of(&Value::Struct(vec![
        (1, Value::Int(1)),
        (2, Value::List(schema)),
        (3, Value::Int(rows)),
        (4, Value::List(groups)),
    ]));
    out.extend(&footer);
    out.extend((footer.len() as u32).to_le_bytes());
    out.extend(b"PAR1");
    out
}

/// The columns of [`ROW`], so many times, one plain page each.
fn good_columns(rows: usize, codec: i64) -> Vec<(&'static str, Vec<Page>)> {
    let columns = HEADER.split(',').zip(ROW.split(','));
    columns.map(|(name, value)| (name, vec![Page::plain(&vec![value; rows], codec)])).collect()
}

/// The same, with other pages in one column.
fn with_pages(
    (rows, codec): (usize, i64),
    column: &str,
    pages: Vec<Page>,
) -> Vec<(&'static str, Vec<Page>)> {
    let mut columns = good_columns(rows, codec);
    for (name, found) in &mut columns {
        if *name == column {
            *found = pages.clone();
        }
    }
    columns
}

#[test]
fn every_codec_counts_alike() {
    let place = Workplace::new();
    let counted = |name: &str, files: &[String]| {
        let store = place.synthetic(name, Some(SEED));
        let mut ingest = vec!["ingest", &store, "--now", NOW];
        ingest.extend(files.iter().map(String::as_str));
        succeed(&ingest);
        succeed(&["release", &store, "--until", "2024-01-02", "--now", NOW]);
        releases(&store)
    };
    let person = |number: usize| format!("syn1:{number:08}");
    // Hadoop's frames and bare blocks both go by the name LZ4.
    let names = CODECS.map(|codec| (codec, codec)).into_iter().chain([(LZ4, LZ4_RAW)]);
    let rows: Vec<(String, String)> = (0..)
        .zip(names)
        .map(|(number, (name, codec))| {
            let page = Page::plain(&[person(number).as_str(); 3], codec);
            let columns = with_pages((3, codec), "pseudonym", vec![page]);
            let table = place.write(&format!("{number}.parquet"), file(name, 3, &columns));
            (table, replace_only(ROW, "syn1:00c0ffee", &person(number)) + "\n")
        })
        .collect();
    let (tables, rows): (Vec<String>, Vec<String>) = rows.into_iter().unzip();
    let plain = place.write("plain.csv", format!("{HEADER}\n{}", rows.concat()));
    assert_eq!(counted("tables", &tables), counted("plain", &[plain]));
    let lzo = place.write("lzo.parquet", file(3, 3, &good_columns(3, PLAIN)));
    let error = refused(&["ingest", &place.text("plain"), &lzo, "--now", NOW], 2, "parquet-codec");
    assert!(error.contains("LZO"), "{error}");
}

/// The greatest memory that the program took for a file, its exit code and its errors.
fn measured(store: &str, file: &str) -> (u64, Option<i32>, String) {
    let arguments = ["ingest", store, file, "--now", NOW, "--threads", "4"];
    let mut command = tidegauge(&arguments);
    let mut program =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", program.id());
    let mut peak = 0;
    let ended = loop {
        // The greatest memory so far, in KiB; a program that has ended has none.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(number.unwrap_or(0) * 1024);
        if let Some(ended) = program.try_wait().expect("a status") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let mut error = String::new();
    let mut stderr = program.stderr.take().expect("its errors");
    std::io::Read::read_to_string(&mut stderr, &mut error).expect("UTF-8");
    (peak, ended.code(), error)
}

/// A page of so many values that claims so many bytes, all of them zero if it unpacks at all.
fn zeros(codec: i64, values: i64, claimed: usize, unpacked: usize) -> Page {
    let stored = pack(codec, &vec![0; unpacked]);
    Page { is_dictionary: false, encoding: 0, values, claimed, stored }
}

/// Pages that unpack to far more than they claim, or claim far more than they have.
fn bombs() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![];
    for codec in CODECS {
        let one = |page: Page| file(codec, 3, &with_pages((3, codec), "event_id", vec![page]));
        files.push((format!("claim{codec}"), one(zeros(codec, 3, 1 << 30, 3000))));
        files.push((format!("honest{codec}"), one(zeros(codec, 3, 64 << 20, 64 << 20))));
        // Unpacks to more than it claims; where packed parts can follow each other, to gigabytes.
        let mut page = zeros(codec, 3, 4000, 32 << 20);
        if matches!(codec, GZIP | ZSTD | LZ4) {
            page.stored = page.stored.repeat(64);
        }
        files.push((format!("more{codec}"), one(page)));
        let dictionary = Page { is_dictionary: true, ..zeros(codec, 3, 1 << 30, 3000) };
        let keys = Page { encoding: 8, ..Page::plain(&["", "", ""], codec) };
        let columns = with_pages((3, codec), "kind", vec![dictionary, keys]);
        files.push((format!("dictionary{codec}"), file(codec, 3, &columns)));
    }
    files
}

/// One value of a dictionary is large, or each of many pages; or a page claims many texts.
fn large_values() -> Vec<(String, Vec<u8>)> {
    let rows = 60_000;
    let long = vec![b'x'; 4 << 20];
    let mut texts = vec![plain_text(b""); rows - 1];
    texts.push(plain_text(&long));
    let body = texts.concat();
    let dictionary = Page {
        is_dictionary: true,
        encoding: 0,
        values: rows as i64,
        claimed: body.len(),
        stored: pack(ZSTD, &body),
    };
    // All rows are the last value: a width of 16 bits, one run.
    let mut run = vec![16];
    put_varint((rows as u64) << 1, &mut run);
    run.extend(((rows - 1) as u16).to_le_bytes());
    let keys = Page {
        is_dictionary: false,
        encoding: 8,
        values: rows as i64,
        claimed: run.len(),
        stored: pack(ZSTD, &run),
    };
    let columns: Vec<_> =
        HEADER.split(',').map(|name| (name, vec![dictionary.clone(), keys.clone()])).collect();
    let shared = file(ZSTD, rows as i64, &columns);
    // Each column as large as a column may be.
    let many = 300_000i64;
    let large: Vec<_> =
        HEADER.split(',').map(|name| (name, vec![zeros(ZSTD, many, 64 << 20, 64 << 20)])).collect();
    let all_columns = file(ZSTD, many, &large);
    let mut files = vec![("shared".to_owned(), shared), ("columns".to_owned(), all_columns)];
    for (name, encoding, head) in [
        // Lengths in blocks of 128 values in 4 miniblocks: 2^40 of them, each 1 MiB.
        ("endless", 6, [128, 4, 1 << 40, 2 << 20]),
        ("copies", 7, [128, 4, 3, 2 << 20]),
    ] {
        let mut body = vec![];
        head.iter().for_each(|&value| put_varint(value, &mut body));
        body.extend([0; 3000]);
        let page =
            Page { is_dictionary: false, encoding, values: 3, claimed: body.len(), stored: body };
        let columns = with_pages((3, PLAIN), "pseudonym", vec![page]);
        files.push((name.to_owned(), file(PLAIN, 3, &columns)));
    }
    files
}

/// Footers that describe more than a file of events needs.
fn footers() -> Vec<(String, Vec<u8>)> {
    let wide: Vec<Value> = std::iter::once(root_element(500_000))
        .chain((0..500_000).map(|_| text_element("x")))
        .collect();
    let deep: Vec<Value> =
        (0..50_000).map(|_| root_element(1)).chain([text_element("x")]).collect();
    let columns: Vec<Value> =
        std::iter::once(root_element(6)).chain(HEADER.split(',').map(text_element)).collect();
    let groups: Vec<Value> = (0..1_000_000)
        .map(|_| {
            Value::Struct(vec![(1, Value::List(vec![])), (2, Value::Int(0)), (3, Value::Int(0))])
        })
        .collect();
    let begin = || b"PAR1".to_vec();
    let mut endless = b"PAR1".to_vec();
    // A schema of 2^31 elements.
    let footer = [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
    endless.extend(footer);
    endless.extend((footer.len() as u32).to_le_bytes());
    endless.extend(b"PAR1");
    let mut long = b"PAR1".to_vec();
    long.resize(300 << 20, 0x15);
    long.extend(((300u32 << 20) - 4).to_le_bytes());
    long.extend(b"PAR1");
    vec![
        ("wide".to_owned(), finish(begin(), wide, 0, vec![])),
        ("deep".to_owned(), finish(begin(), deep, 0, vec![])),
        ("groups".to_owned(), finish(begin(), columns, 0, groups)),
        ("endless-schema".to_owned(), endless),
        ("long".to_owned(), long),
    ]
}

#[test]
fn no_file_takes_more_than_512_mib() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let mut greatest = 0;
    for (name, bytes) in [bombs(), large_values(), footers()].concat() {
        let file = place.write(&format!("{name}.parquet"), bytes);
        let (peak, code, error) = measured(&store, &file);
        assert_eq!(code, Some(2), "{name}: {error}");
        assert!(error.starts_with("error["), "{name}: {error}");
        assert!(peak < MEMORY_MAX, "{name}: {} MiB", peak >> 20);
        greatest = greatest.max(peak);
        fs::remove_file(&file).expect("its removal");
    }
    assert!(greatest > 0, "the memory is measured");
    println!("at most {} MiB", greatest >> 20);
    let line = vec![b'x'; 200 << 20];
    for ending in ["csv", "ndjson"] {
        let file = place.write(&format!("line.{ending}"), &line);
        let (peak, code, error) = measured(&store, &file);
        assert!(code == Some(2) && error.contains("row-too-long"), "{error}");
        assert!(peak < MEMORY_MAX / 8, "{ending}: {} MiB", peak >> 20);
    }
}
