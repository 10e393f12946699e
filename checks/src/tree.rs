//! The files of the workspace, for checks that read them.
//!
//! Not here: what a check makes of them (`checks/tests`).
//!
//! Invariants:
//! 1. What is built or installed is no file of the workspace
//!    (`tree::tests::what_is_built_is_left_out`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The directory of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Every file below a directory, in the order of paths.
///
/// Errors: a directory that cannot be listed.
pub fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_made = name == "target"
            || name.starts_with("target-")
            || ["__pycache__", "node_modules", ".venv"].contains(&&*name);
        match path.is_dir() {
            true if is_made => {}
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

/// Every Rust file below these directories of the workspace: its path in it, and its text.
///
/// Errors: a directory that cannot be listed; a file that cannot be read.
pub fn sources(parts: &[&str]) -> io::Result<Vec<(String, String)>> {
    let root = root();
    let mut sources = Vec::new();
    for part in parts {
        for path in files(&root.join(part))? {
            if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
                sources.push((name, fs::read_to_string(&path)?));
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// The text of a source file without its tests.
#[must_use]
pub fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        for name in ["b.rs", "a/c.rs", "a/d.md", "target/e.rs", "a/node_modules/f.rs"] {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names = |found: Vec<PathBuf>| -> Vec<String> {
            let name =
                |path: &PathBuf| path.strip_prefix(place.path()).unwrap().display().to_string();
            found.iter().map(name).collect()
        };
        assert_eq!(names(files(place.path()).unwrap()), ["a/c.rs", "a/d.md", "b.rs"]);
        let own = sources(&["checks/src"]).unwrap();
        assert!(
            own.iter().any(|(name, text)| name == "checks/src/tree.rs" && text.contains("//!"))
        );
    }
}
