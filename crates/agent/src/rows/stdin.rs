//! Rows from standard input, as another program writes them.
//!
//! Not here: formats that need a whole file.
//!
//! Invariants:
//! 1. A stream cannot be read twice: what was read and not yet spooled when the agent ended must be
//!    written again by the other program. The event ids make what is written twice count once.

use serde_json::{Value, json};

use super::{Chunk, FileForm, Input, Next, ReadRows, Wanted, open_text};
use crate::error::Error;

/// Standard input as an input.
pub struct StandardInput {
    form: FileForm,
    wanted: Wanted,
    rows: Option<Box<dyn ReadRows>>,
    read: u64,
    finished: bool,
}

impl StandardInput {
    /// Rows of this form; NDJSON if it names no format.
    pub fn new(form: &FileForm, wanted: &Wanted) -> Self {
        let (form, wanted) = (form.clone(), wanted.clone());
        Self { form, wanted, rows: None, read: 0, finished: false }
    }
}

impl Input for StandardInput {
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        if self.finished {
            return Ok(Next::Finished);
        }
        if self.rows.is_none() {
            let format = self.form.format.as_deref().unwrap_or("ndjson");
            let source = Box::new(std::io::stdin());
            self.rows = Some(open_text(source, &self.form, format, &self.wanted, "stdin")?);
        }
        let Some(rows) = &mut self.rows else { return Ok(Next::Finished) };
        let mut items = Vec::new();
        while items.len() < rows_max {
            match rows.next()? {
                Some(item) => items.push(item),
                None => {
                    self.finished = true;
                    break;
                }
            }
        }
        self.read += items.len() as u64;
        if items.is_empty() {
            return Ok(Next::Finished);
        }
        let position = json!({ "rows": self.read });
        Ok(Next::Chunk(Chunk { origin: "stdin".into(), items, position, ended: None }))
    }

    fn commit(&mut self, _position: &Value) -> Result<(), Error> {
        Ok(())
    }

    fn rewind(&mut self, _position: Option<&Value>) -> Result<(), Error> {
        Ok(())
    }
}
