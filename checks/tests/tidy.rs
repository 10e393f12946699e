//! The rules of style that `CONTRIBUTING.md` lists, checked by tests.
//!
//! Not here: dependencies (`floors.rs`), and what the compiler and its lints already check.
//!
//! Invariants:
//! 1. Each rule applies to every source file of the workspace, this one included, and its test also
//!    shows that it finds a violation.

#![cfg(test)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use checks::tree::{self, root, without_tests};

const SCRIPT_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_COLUMNS_MAX: usize = 100;

/// Words with more than one meaning here; the glossary has a better word for each.
const BANNED: &[&str] = &[
    "user", "users", "record", "records", "batch", "batches", "job", "jobs", "manager", "handler",
    "handlers", "helper", "helpers", "bucket", "buckets", "utils",
];

/// Names from other people's code that contain a banned word.
const FOREIGN: &[&str] = &[
    "RecordBatch",
    "ParquetRecordBatchReaderBuilder",
    "ByteRecord",
    "StringRecord",
    "read_byte_record",
    "read_record",
    "User-agent",
    "byte_records",
    "records()",
    "write_record",
    "record_batch",
    "execute_batch",
    "prove_record",
    "record_hash",
    "check_record",
    "with_batch_size",
    "TryFromRecord",
    "write_byte_record",
    "map-root-user",
    "userSpaceOnUse",
    "user_version",
    "user_agent",
    "User-Agent",
    "user-data-dir",
    "user-select",
    "into_records",
    "UserTime",
    "Record<string",
    "UserAlreadyLoggedIn",
    "UserType::User",
    "batch_execute",
    "config.user",
    "fetch_records",
    "fetched.record.value",
    "rskafka::record::RecordAndOffset",
    "rskafka::record::Record",
    "session::UserType",
    "session::{Session, UserType}",
    "user_and_password",
    "users: [{{ user:",
];

/// Files whose code leads to a charge or a draw: they use only integers and rationals.
const EXACT: &[&str] = &[
    "crates/privacy/src/accountant.rs",
    "crates/privacy/src/ahead.rs",
    "crates/privacy/src/budget.rs",
    "crates/privacy/src/entropy.rs",
    "crates/privacy/src/measure.rs",
    "crates/privacy/src/residual/axis.rs",
    "crates/privacy/src/residual/dimension.rs",
    "crates/privacy/src/residual/mod.rs",
    "crates/privacy/src/residual/reconstruct.rs",
    "crates/privacy/src/residual/sensitivity.rs",
    "crates/privacy/src/residual/variance.rs",
    "crates/privacy/src/sampler",
    "crates/privacy/src/sensitivity",
    "crates/privacy/src/strategy",
    "crates/ledger/src/price",
    "crates/fold/src",
    "crates/collect/src/release",
    "crates/collect/src/state",
    "crates/collect/src/store",
];

/// The kinds of files that may be tracked, by folder: an ending, or a whole name. The longest
/// folder that contains a file decides.
const TRACKED: &[(&str, &[&str])] = &[
    ("", &[".md", ".toml", ".gitignore", "Cargo.lock", "LICENSE", "bench", "test"]),
    (".ci/", &["run"]),
    ("benches/", &[".csv", ".py", ".rs"]),
    ("checks/", &[".py", ".rs", ".toml", ".txt"]),
    ("checks/browser/", &[".js", ".json"]),
    ("checks/browser/looks/", &[".png"]),
    ("checks/clients/", &[".R", ".py", ".txt"]),
    ("crates/", &[".md", ".py", ".rs", ".toml", ".txt"]),
    ("crates/appraise/src/compose/", &[".csv", ".md", ".rs"]),
    ("crates/tidegauge/tests/stores/", &[".gz", ".md"]),
    ("docs/", &[".css", ".hbs", ".md", ".svg", ".toml"]),
    ("examples/", &[".R", ".csv", ".md", ".ndjson", ".py", ".sh", ".toml", ".tsv"]),
    (
        "packaging/",
        &[
            ".conf",
            ".default",
            ".service",
            ".sysusers",
            ".tmpfiles",
            "Caddyfile",
            "Containerfile",
            "README.Debian",
            "build",
            "check",
            "check-image",
            "deb",
            "fresh",
            "image",
            "postinst",
            "prerm",
            "reproduce",
        ],
    ),
    ("plans/", &[".md", ".toml"]),
    ("testdata/", &[".toml"]),
    ("web/", &[".LICENSE", ".css", ".html", ".js", ".json", ".svg", ".ts"]),
    ("web/vendor/", &[".LICENSE", ".js", ".json", ".ttf"]),
];

/// Golden files of any crate: the formats that the program writes, and a whole public directory,
/// whose tiles have numbers as names.
const GOLDEN: &[&str] =
    &[".csv", ".json", ".toml", ".xml", "000", "22", "65", "checkpoint", "vkey"];

/// Crates that may name `Event` or `Pseudonym`.
const PRIVATE: &[&str] =
    &["crates/agent/", "crates/collect/", "crates/delivery/", "crates/fold/", "crates/receive/"];

/// Every source file, by its path in the workspace.
fn sources() -> Vec<(String, String)> {
    tree::sources(&["benches", "checks", "crates"]).expect("the sources")
}

/// Every script of the pages and of their tests, by its path in the workspace.
fn scripts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in ["web", "web/words", "checks/browser"] {
        for file in fs::read_dir(root().join(part)).expect("a directory") {
            let name = file.expect("a file").file_name().to_string_lossy().into_owned();
            if [".js", ".css", ".ts"].iter().any(|end| name.ends_with(end)) {
                let text = fs::read_to_string(root().join(part).join(&name)).expect("text");
                found.push((format!("{part}/{name}"), text));
            }
        }
    }
    found
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_file_has_a_header() {
    let without_header: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(name, _)| name)
        .collect();
    assert_none(&without_header);
}

/// The kinds of files that may be tracked in the folder of a path.
fn kinds_beside(path: &str) -> &'static [&'static str] {
    if path.starts_with("crates/") && path.contains("/tests/golden/") {
        return GOLDEN;
    }
    let contains_it = |folder: &str| match folder {
        "" => !path.contains('/'),
        _ => path.starts_with(folder),
    };
    let folders = TRACKED.iter().filter(|(folder, _)| contains_it(folder));
    folders.max_by_key(|(folder, _)| folder.len()).map_or(&[], |(_, kinds)| kinds)
}

/// Whether a file of this path may be tracked.
fn may_be_tracked(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    path.chars().all(is_plain)
        && kinds_beside(path).iter().any(|kind| *kind == name || *kind == ending)
}

/// Every tracked file, by its path in the workspace; in an unpacked archive, every file that
/// `.gitignore` does not name.
fn tracked() -> Vec<String> {
    let root = root();
    if !root.join(".git").exists() {
        let found = tree::files(&root).expect("the workspace");
        let inside = |path: &PathBuf| path.strip_prefix(&root).map(|p| p.display().to_string());
        return found.iter().map(|path| inside(path).expect("inside")).collect();
    }
    // The account that runs the tests may not be the owner of the checkout.
    let arguments = ["-c", "safe.directory=*", "ls-files", "-z"];
    let listed = Command::new("git").args(arguments).current_dir(root).output().expect("git");
    assert!(listed.status.success(), "git: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).expect("UTF-8");
    names.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn only_files_of_known_kinds_are_tracked() {
    let tracked = tracked();
    assert!(tracked.len() > 300);
    let unknown: Vec<String> = tracked.into_iter().filter(|path| !may_be_tracked(path)).collect();
    assert_none(&unknown);
    assert!(may_be_tracked("crates/ledger/tests/golden/format_1/tile/0/000.p/22"));
    for stray in ["crates/figures/D....", "crates/a.orig", "a/b.md", "web/.env", "x.db"] {
        assert!(!may_be_tracked(stray), "{stray}");
    }
}

#[test]
fn lines_are_short() {
    let mut long = Vec::new();
    for (name, text) in sources() {
        for (number, line) in (1..).zip(text.lines()) {
            if line.chars().count() > LINE_COLUMNS_MAX && !line.contains("http") {
                long.push(format!("{name}:{number}"));
            }
        }
    }
    assert_none(&long);
}

#[test]
fn scripts_keep_the_style() {
    let mut broken = Vec::new();
    let scripts = scripts();
    assert!(scripts.len() > 20);
    for (name, text) in scripts {
        let lines = text.lines().count();
        let wide = text.lines().any(|line| line.chars().count() > LINE_COLUMNS_MAX);
        let has_header = text.starts_with("// ") || text.starts_with("/* ");
        let is_exempt = name.starts_with("web/words/") || name.ends_with(".css");
        if !has_header || !(is_exempt || text.contains("// Not here: ")) {
            broken.push(format!("{name}: has no header, or no `Not here`"));
        }
        // Files of messages and of types are as long as the pages have messages and types.
        let is_list = name.starts_with("web/words/") || name.ends_with(".d.ts");
        let is_long = lines > SCRIPT_LINES_MAX && !is_list;
        if is_long || wide {
            broken.push(format!("{name}: {lines} lines, or one above {LINE_COLUMNS_MAX} columns"));
        }
        for (number, line) in (1..).zip(text.lines()) {
            broken.extend(banned(line).iter().map(|word| format!("{name}:{number}: {word}")));
        }
    }
    assert_none(&broken);
}

/// The functions of a formatted file that are too long, each as its first line and its number of
/// lines.
fn long_functions(text: &str) -> Vec<(usize, usize)> {
    let mut long = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let words: Vec<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let begins = code.starts_with("fn ")
            || (code.starts_with("pub")
                || code.starts_with("async ")
                || code.starts_with("const "))
                && words.contains(&"fn");
        if begins && !code.ends_with(';') {
            open.push((number, indent));
        }
        if code == "}"
            && let Some(&(first, first_indent)) = open.last()
            && indent == first_indent
        {
            open.pop();
            let lines = number + 1 - first;
            if lines > FUNCTION_LINES_MAX {
                long.push((first, lines));
            }
        }
        if code.ends_with(" }") && open.last().is_some_and(|&(first, _)| first == number) {
            open.pop();
        }
    }
    long
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for (name, text) in sources() {
        for (first, lines) in long_functions(&text) {
            long.push(format!("{name}:{first}: {lines} lines, at most {FUNCTION_LINES_MAX}"));
        }
    }
    assert_none(&long);
    let body = "    let x = 1;\n".repeat(FUNCTION_LINES_MAX);
    assert_eq!(long_functions(&format!("pub fn long() {{\n{body}}}\n")), [(1, 72)]);
}

/// The banned words of a line, apart from names of other people's code.
fn banned(line: &str) -> Vec<String> {
    let mut line = line.to_owned();
    for foreign in FOREIGN {
        line = line.replace(foreign, "");
    }
    let mut spaced = String::new();
    let mut previous = ' ';
    for c in line.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        previous = c;
    }
    spaced
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| BANNED.contains(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn words_mean_one_thing() {
    let mut found = Vec::new();
    for (name, text) in sources().into_iter().filter(|(name, _)| name != "checks/tests/tidy.rs") {
        for (number, line) in (1..).zip(text.lines()) {
            for word in banned(line) {
                found.push(format!("{name}:{number}: {word}"));
            }
        }
    }
    assert_none(&found);
    assert_eq!(banned("struct UserRecord; // see RecordBatch"), ["user", "record"]);
}

#[test]
fn no_float_on_the_way_to_a_charge_or_a_draw() {
    let sources = sources();
    let mut found = Vec::new();
    for exact in EXACT {
        let mut files = sources.iter().filter(|(name, _)| name.starts_with(exact)).peekable();
        assert!(files.peek().is_some(), "{exact} is gone");
        for (name, text) in files {
            for (number, line) in (1..).zip(without_tests(text).lines()) {
                let code = line.split("//").next().unwrap_or(line);
                if code.contains("f64") || code.contains("f32") {
                    found.push(format!("{name}:{number}"));
                }
            }
        }
    }
    assert_none(&found);
}

#[test]
fn every_mechanism_has_its_proof() {
    for proof in [
        "collect/src/vault/cipher.proof.md",
        "serve/src/describe/privacy.proof.md",
        "figures/src/derived/rate.proof.md",
        "fold/src/kernel.proof.md",
        "privacy/src/interval.proof.md",
        "privacy/src/sampler.proof.md",
        "privacy/src/residual/balance.proof.md",
        "privacy/src/residual/residual.proof.md",
        "privacy/src/sensitivity/late.proof.md",
        "privacy/src/strategy/blt.proof.md",
        "privacy/src/strategy/calendar.proof.md",
        "privacy/src/strategy/calendar_blt.proof.md",
        "privacy/src/strategy/identity.proof.md",
        "privacy/tests/laplace.proof.md",
        "appraise/src/audit/bound.proof.md",
        "appraise/src/planner/least.proof.md",
    ] {
        let text = fs::read_to_string(root().join("crates").join(proof)).expect(proof);
        assert!(text.len() > 1000, "{proof} is too short");
    }
}

#[test]
fn events_and_pseudonyms_stay_in_the_private_tower() {
    let mut found = Vec::new();
    for (name, text) in sources() {
        if PRIVATE.iter().any(|private| name.starts_with(private)) || name.starts_with("checks/") {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let code = line.split("//").next().unwrap_or(line);
            let names = |word: &str| {
                code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
            };
            if names("Pseudonym") || code.contains("fold::Event") {
                found.push(format!("{name}:{number}"));
            }
        }
    }
    assert_none(&found);
}

#[test]
fn tests_are_named_by_laws() {
    let mut found = Vec::new();
    for (name, text) in sources() {
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim_start().starts_with("fn test_") {
                found.push(format!("{name}:{number}"));
            }
        }
    }
    assert_none(&found);
}

/// The test files that the header of a module names, as `tests/x.rs` of the same crate or
/// `crate/tests/x.rs`.
fn named_tests(doc: &str) -> Vec<&str> {
    doc.split('`').filter(|part| part.ends_with(".rs") && part.contains("tests/")).collect()
}

#[test]
fn the_tests_that_headers_name_exist() {
    let root = root();
    let mut missing = Vec::new();
    for (name, text) in sources() {
        let own = name.split('/').take(2).collect::<Vec<_>>().join("/");
        for line in text.lines().filter(|line| line.starts_with("//!")) {
            for test in named_tests(line) {
                let places = [root.join(&own).join(test), root.join("crates").join(test)];
                if !places.iter().any(|place| place.exists()) && !root.join(test).exists() {
                    missing.push(format!("{name}: {test}"));
                }
            }
        }
    }
    assert_none(&missing);
    assert_eq!(named_tests("//! 1. It holds (`tests/laws.rs`: `a_law`)."), ["tests/laws.rs"]);
}

/// The tests that a line names as `file::test`, as pairs of file and name.
fn tests_of_a_table(line: &str) -> Vec<(&str, &str)> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|text| text.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect()
}

#[test]
fn the_tests_that_the_table_of_flaws_names_exist() {
    let privacy = fs::read_to_string(root().join("PRIVACY.md")).expect("UTF-8");
    let rows: Vec<&str> = privacy.lines().filter(|line| line.starts_with("| V")).collect();
    let mut broken = Vec::new();
    for (number, row) in (1..).zip(&rows) {
        if !row.starts_with(&format!("| V{number} |")) {
            broken.push(format!("V{number} is not in its place"));
        }
        let tests = tests_of_a_table(row);
        if tests.is_empty() && !row.contains("no test: ") {
            broken.push(format!("V{number} has neither a test nor the words `no test: `"));
        }
        for (file, test) in tests {
            let text = fs::read_to_string(root().join(file)).unwrap_or_default();
            if !has_test(&text, test) {
                broken.push(format!("V{number}: {file}::{test}"));
            }
        }
    }
    assert_none(&broken);
    assert_eq!(rows.len(), 27);
    assert_eq!(tests_of_a_table("| V0 | `x` | `a/b.rs::a_law`, `c` |"), [("a/b.rs", "a_law")]);
}

/// Whether a file has a test of this name: a function with the attribute on the line above.
fn has_test(text: &str, test: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let named = format!("fn {test}(");
    let is_test = |(number, line): (usize, &&str)| {
        line.starts_with(&named) && number > 0 && lines[number - 1] == "#[test]"
    };
    lines.iter().enumerate().any(is_test)
}

#[test]
fn only_functions_with_the_attribute_are_tests() {
    assert!(has_test("#[test]\nfn a_law() {", "a_law"));
    assert!(!has_test("fn a_law() {", "a_law"));
    assert!(!has_test("#[test]\nfn a_law_too() {", "a_law"));
}
