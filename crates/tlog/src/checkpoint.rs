//! A checkpoint: the signed head of the tree, as C2SP tlog-checkpoint specifies it.
//!
//! Not here: signatures (`note`). Extension lines, which the specification discourages because
//! nobody can audit them, are refused: our logs write none.
//!
//! Invariants:
//! 1. A checkpoint has one form: a size with a leading zero or a sign, or a missing or additional
//!    line, is refused (`checkpoint::tests::a_checkpoint_has_one_form`).
//!
//! Format:
//! ```text
//! example.org/log
//! 923748
//! nND/nri//U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::LogRule;
use crate::merkle::Hash;

/// The head of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is that of its key.
    pub origin: String,
    /// The number of entries in the tree.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Parses the text of a checkpoint.
    ///
    /// Errors: any other form than the one that [`Self::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, LogRule> {
        let mut lines = text.lines();
        let mut next =
            || lines.next().filter(|line| !line.is_empty()).ok_or(LogRule::CheckpointSyntax);
        let (origin, size, root) = (next()?, next()?, next()?);
        let root = STANDARD.decode(root).map_err(|_| LogRule::CheckpointSyntax)?;
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().map_err(|_| LogRule::CheckpointSyntax)?,
            root: root.try_into().map_err(|_| LogRule::CheckpointSyntax)?,
        };
        if checkpoint.to_text() != text {
            return Err(LogRule::CheckpointSyntax);
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "example.org/log".into(), size: 7, root: [3; 32] }
    }

    #[test]
    fn a_checkpoint_has_one_form() {
        let text = checkpoint().to_text();
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint()));
        for bad in [
            text.replace("\n7\n", "\n07\n"),
            text.replace("\n7\n", "\n+7\n"),
            text.replace("\n7\n", "\n7 \n"),
            text.replace("\n7\n", "\n\n"),
            text.replace("\n7\n", "\n18446744073709551616\n"),
            text.replace("example.org/log", ""),
            text.replace('\n', "\r\n"),
            text.replace('=', ""),
            format!("{text}extension\n"),
            text.trim_end().to_owned(),
            String::new(),
        ] {
            assert_eq!(Checkpoint::parse(&bad), Err(LogRule::CheckpointSyntax), "{bad:?}");
        }
    }

    #[test]
    fn checkpoints_agree_with_the_reference() {
        let ours = checkpoint();
        let hash = tlog_tiles::Hash(ours.root);
        let theirs = tlog_tiles::Checkpoint::new(&ours.origin, ours.size, hash, "").unwrap();
        assert_eq!(theirs.to_bytes(), ours.to_text().as_bytes());
        assert_eq!(tlog_tiles::Checkpoint::from_bytes(ours.to_text().as_bytes()).unwrap(), theirs);
    }
}
