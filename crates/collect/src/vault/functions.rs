//! With which functions a store makes pseudonyms opaque and encrypts its files: part of what a
//! store is, chosen when it is made and kept for ever. Under another hash everyone would be new.
//!
//! Not here: the functions themselves (modules `keys` and `cipher`), and where the choice is kept
//! (module `store::control`).
//!
//! Invariants:
//! 1. A word names one function, and every function has one
//!    (`vault::functions::tests::every_function_has_a_word`).

/// How pseudonyms are made opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PersonHash {
    /// HMAC-SHA-256.
    HmacSha256,
    /// BLAKE3 in its mode for keys.
    Blake3,
}

/// How files are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CipherKind {
    /// ChaCha20-Poly1305 (RFC 8439): fast on every processor.
    ChaCha20Poly1305,
    /// AES-256-GCM (NIST SP 800-38D): four times as fast where the processor has it.
    Aes256Gcm,
}

/// The functions of one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Functions {
    pub persons: PersonHash,
    pub cipher: CipherKind,
}

impl Functions {
    /// Those of stores that do not say.
    pub(crate) const FIRST: Self =
        Self { persons: PersonHash::HmacSha256, cipher: CipherKind::ChaCha20Poly1305 };

    /// Those of a store that is made on this machine. One that is moved to a machine without AES
    /// goes on there, more slowly.
    pub(crate) fn here() -> Self {
        let cipher = if has_aes() { CipherKind::Aes256Gcm } else { CipherKind::ChaCha20Poly1305 };
        Self { persons: PersonHash::Blake3, cipher }
    }

    /// The words for the hash and the cipher.
    pub(crate) fn words(self) -> [&'static str; 2] {
        let persons = match self.persons {
            PersonHash::HmacSha256 => "hmac-sha-256",
            PersonHash::Blake3 => "blake3",
        };
        let cipher = match self.cipher {
            CipherKind::ChaCha20Poly1305 => "chacha20-poly1305",
            CipherKind::Aes256Gcm => "aes-256-gcm",
        };
        [persons, cipher]
    }

    /// The functions with these words; `None` if there are none.
    pub(crate) fn parse(words: [&str; 2]) -> Option<Self> {
        let all = [PersonHash::HmacSha256, PersonHash::Blake3].into_iter().flat_map(|persons| {
            [CipherKind::ChaCha20Poly1305, CipherKind::Aes256Gcm]
                .map(|cipher| Self { persons, cipher })
        });
        all.into_iter().find(|functions| functions.words() == words)
    }
}

/// Whether the processor has instructions for AES and for the products of GCM.
fn has_aes() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("aes") && is_x86_feature_detected!("pclmulqdq");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("aes");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_word() {
        for functions in [Functions::FIRST, Functions::here()] {
            assert_eq!(Functions::parse(functions.words()), Some(functions));
        }
        assert_eq!(Functions::FIRST.words(), ["hmac-sha-256", "chacha20-poly1305"]);
        assert_eq!(Functions::parse(["blake3", "rot13"]), None);
    }
}
