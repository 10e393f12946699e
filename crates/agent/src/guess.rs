//! x
pub(crate) fn settings(_s: &std::path::Path, _p: &str, _q: &str) -> Result<String, crate::error::Error> { Ok(String::new()) }
