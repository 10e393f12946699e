//! Deliveries as signed files, for carrying to the store: `tidegauge ingest DIR FILE.delivery`.
//!
//! Not here: receipts; whoever carries the files brings them back by other ways.
//!
//! Invariants:
//! 1. A file appears as a whole under its name, and again with the same bytes
//!    (`deliver::files::tests::a_file_is_written_once_and_the_same`).

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tidegauge_delivery::Delivery;

use super::{Answer, Deliver, Signer};
use crate::error::Error;
use crate::state::replace;

/// A directory for signed files.
pub struct Files {
    directory: PathBuf,
    signer: Signer,
}

impl Files {
    /// The directory, which is made if it is not there.
    pub fn new(directory: &Path, signer: Signer) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(Error::system(directory, "create"))?;
        Ok(Self { directory: directory.to_owned(), signer })
    }
}

impl Deliver for Files {
    fn deliver(
        &self,
        delivery: &Delivery,
        created: Timestamp,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let head = self.signer.sign(delivery, created)?;
        let path = self.directory.join(format!("{}.delivery", delivery.id));
        replace(&path, &head.to_file(body))?;
        Ok(Answer::Written(path))
    }
}

#[cfg(test)]
mod tests {
    use tidegauge_delivery::{Head, digest_of};

    use super::super::http::tests::delivery;
    use super::*;

    #[test]
    fn a_file_is_written_once_and_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let files = Files::new(&folder.path().join("out"), Signer::new(key, "2026a")).unwrap();
        let sent = delivery(b"rows");
        let path = folder.path().join("out/7.delivery");
        let mut written = Vec::new();
        for _ in 0..2 {
            let answer = files.deliver(&sent, Timestamp::UNIX_EPOCH, b"rows").unwrap();
            assert!(matches!(answer, Answer::Written(written) if written == path));
            written.push(fs::read(&path).unwrap());
        }
        assert_eq!(written[0], written[1]);
        let (head, body) = Head::of_file(&written[0]).unwrap();
        let (read, claim) = Delivery::read(&head).unwrap();
        claim.verify(&public).unwrap();
        assert_eq!((read, digest_of(&written[0][body..])), (sent.clone(), sent.digest));
    }
}
