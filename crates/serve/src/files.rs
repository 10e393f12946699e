//! The public directory's own files, so that anyone can verify the ledger from afar.
//!
//! Not here: anything outside the known layout. A path is matched, never cleaned.
//!
//! Invariants:
//! 1. Only `checkpoint`, `vkey`, `tile/`, `plan/` and `release/` are served, and nothing above
//!    them (`files::tests::only_the_known_layout_has_names`,
//!    `tests::addresses::nothing_outside_the_public_directory_is_served`).
//! 2. A release file that is not the one its ledger entry names is not served
//!    (`tests::a_tampered_release_is_not_served`).

/// Bytes of a served path at most.
const PATH_BYTES_MAX: usize = 200;
/// Segments of a served path at most.
const SEGMENTS_MAX: usize = 8;

/// How long a file may be kept by whoever fetched it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Its bytes never change.
    Forever,
    /// It must be asked for anew.
    Never,
}

/// How long the file at this path may be kept; `None` where the layout has no such path.
pub(crate) fn keeping(path: &str) -> Option<Keeping> {
    let segments: Vec<&str> = path.split('/').collect();
    if path.len() > PATH_BYTES_MAX || segments.len() > SEGMENTS_MAX {
        return None;
    }
    let sound = |segment: &&str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@$".contains(&b))
    };
    if !segments.iter().all(sound) {
        return None;
    }
    match segments[..] {
        ["checkpoint" | "vkey"] => Some(Keeping::Never),
        ["tile", _, _, ..] => Some(Keeping::Forever),
        ["plan", name] if name.ends_with(".toml") => Some(Keeping::Forever),
        ["release", _, name] if name.ends_with(".json") => Some(Keeping::Forever),
        _ => None,
    }
}

/// The media type of a served file.
pub(crate) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "json")) => "application/json",
        Some((_, "toml")) => "application/toml",
        _ if path.starts_with("tile/") => "application/octet-stream",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_layout_has_names() {
        let table = [
            ("checkpoint", Some(Keeping::Never)),
            ("vkey", Some(Keeping::Never)),
            ("tile/0/000", Some(Keeping::Forever)),
            ("tile/0/x001/234.p/17", Some(Keeping::Forever)),
            ("tile/entries/000.p/5", Some(Keeping::Forever)),
            ("plan/00ff.toml", Some(Keeping::Forever)),
            ("release/BORDER_FLOW/2024-01-01.v0.json", Some(Keeping::Forever)),
            ("", None),
            (".", None),
            ("..", None),
            ("tile", None),
            ("tile/0", None),
            ("tile//0", None),
            ("tile/0/", None),
            ("tile/0/..", None),
            ("tile/../../private/signing.key", None),
            ("plan/../checkpoint.toml", None),
            ("plan/%2e%2e.toml", None),
            ("plan/a\\b.toml", None),
            ("plan/a\0.toml", None),
            ("release/../x.json", None),
            ("release/A/.hidden.json", None),
            ("release/A/B/c.json", None),
            ("release/A/c.tmp", None),
            ("/checkpoint", None),
            ("checkpoint/", None),
            ("private/signing.key", None),
        ];
        for (path, expected) in table {
            assert_eq!(keeping(path), expected, "{path:?}");
        }
        assert_eq!(keeping(&"tile/".repeat(100)), None);
    }
}
