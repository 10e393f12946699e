//! A document of headings, paragraphs, lists and tables, written as plain text or as Markdown.
//!
//! Not here: its words.
//!
//! Invariants:
//! 1. Both forms have the same words (`page::explain::document::tests::both_forms_say_the_same`).

use crate::words::Words;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentForm {
    /// For a terminal or a letter.
    Text,
    /// For a web page or a word processor.
    Markdown,
}

/// A document.
pub(super) struct Document {
    pub(super) title: String,
    /// What stands before the first part.
    pub(super) lead: Vec<Block>,
    pub(super) parts: Vec<Part>,
}

/// A part, or an article in one.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// Terms, and what is said of each.
pub(super) struct Facts(pub(super) Vec<(String, Vec<Block>)>);

impl Facts {
    /// Terms by the names of their messages; one of which nothing is said is left out.
    pub(super) fn of(
        words: &'static Words,
        rows: impl IntoIterator<Item = (&'static str, Vec<Block>)>,
    ) -> Self {
        let rows = rows.into_iter().filter(|(_, said)| !said.is_empty());
        Self(rows.map(|(name, said)| (words.say(name).to_owned(), said)).collect())
    }
}

pub(super) enum Block {
    Article(Part),
    /// A code of a list, under its group.
    Code {
        depth: usize,
        id: String,
        name: String,
    },
    Facts(Facts),
    List(Vec<String>),
    Paragraph(String),
    Table(Vec<Vec<String>>),
}

/// One paragraph; nothing if there are no words.
pub(super) fn paragraph(words: String) -> Vec<Block> {
    if words.is_empty() { vec![] } else { vec![Block::Paragraph(words)] }
}

impl Document {
    pub(super) fn write(self, words: &Words, form: DocumentForm) -> String {
        let mut writer = Writer { form, words, text: String::new() };
        writer.heading(1, &self.title);
        writer.blocks(self.lead, 0);
        for part in self.parts {
            writer.heading(2, &part.title);
            writer.blocks(part.blocks, 0);
        }
        writer.text
    }
}

struct Writer<'w> {
    form: DocumentForm,
    words: &'w Words,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        self.text.push_str(&"  ".repeat(indent));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An empty line, unless there is one or nothing before.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, level: usize, title: &str) {
        self.gap();
        match self.form {
            DocumentForm::Markdown => self.line(0, &format!("{} {title}", "#".repeat(level))),
            DocumentForm::Text => {
                self.line(0, title);
                let rule = ["=", "-", ""][level - 1];
                if !rule.is_empty() {
                    self.line(0, &rule.repeat(title.chars().count()));
                }
            }
        }
        self.gap();
    }

    fn blocks(&mut self, blocks: Vec<Block>, indent: usize) {
        for block in blocks {
            self.block(block, indent);
        }
    }

    fn block(&mut self, block: Block, indent: usize) {
        match block {
            Block::Article(Part { title, blocks }) => {
                self.heading(3, &title);
                self.blocks(blocks, indent);
            }
            Block::Code { depth, id, name } => {
                let id = match self.form {
                    DocumentForm::Markdown => format!("`{id}`"),
                    DocumentForm::Text => id,
                };
                self.line(indent + depth, &format!("- {id} {name}"));
            }
            Block::Facts(Facts(rows)) => self.facts(rows, indent),
            Block::List(rows) => {
                self.gap();
                for row in rows {
                    self.line(indent, &format!("- {row}"));
                }
                self.gap();
            }
            Block::Paragraph(words) => {
                self.gap();
                self.line(indent, &words);
                self.gap();
            }
            Block::Table(rows) => self.table(&rows),
        }
    }

    fn facts(&mut self, rows: Vec<(String, Vec<Block>)>, indent: usize) {
        self.gap();
        for (term, blocks) in rows {
            let mut blocks = blocks.into_iter().peekable();
            // A first paragraph stands beside its term.
            let beside = blocks.next_if(|block| matches!(block, Block::Paragraph(_)));
            let words = match beside {
                Some(Block::Paragraph(words)) => format!(" {words}"),
                _ => String::new(),
            };
            let term = match self.form {
                DocumentForm::Markdown => format!("**{term}**"),
                DocumentForm::Text => term,
            };
            let colon = if self.words.language == "fr" { "\u{a0}:" } else { ":" };
            self.line(indent, &format!("- {term}{colon}{words}"));
            self.blocks(blocks.collect(), indent + 1);
        }
        self.gap();
    }

    fn table(&mut self, rows: &[Vec<String>]) {
        self.gap();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let chars = |row: &Vec<String>, column| cell(row, column).chars().count();
        let widths: Vec<usize> = (0..columns)
            .map(|column| rows.iter().map(|row| chars(row, column)).max().unwrap_or(0))
            .collect();
        for (number, row) in rows.iter().enumerate() {
            let padded: Vec<String> = (0..columns)
                .map(|column| format!("{:width$}", cell(row, column), width = widths[column]))
                .collect();
            match self.form {
                DocumentForm::Markdown => self.line(0, &format!("| {} |", padded.join(" | "))),
                DocumentForm::Text => self.line(0, padded.join("  ").trim_end()),
            }
            if number == 0 && self.form == DocumentForm::Markdown {
                self.line(0, &format!("|{}", "---|".repeat(columns)));
            }
        }
        self.gap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        let code = |depth, id: &str| Block::Code { depth, id: id.into(), name: "n".into() };
        let table = vec![vec!["a".into(), "bb".into()], vec!["ccc".into(), "d".into()]];
        let blocks = vec![
            Block::Paragraph("words".into()),
            Block::List(vec!["one".into(), "two".into()]),
            Block::Facts(Facts(vec![
                ("term".into(), paragraph("said".into())),
                ("codes".into(), vec![code(0, "G"), code(1, "A")]),
            ])),
            Block::Table(table),
        ];
        let article = Block::Article(Part { title: "Third".into(), blocks });
        let part = Part { title: "Second".into(), blocks: vec![article] };
        Document { title: "First".into(), lead: vec![], parts: vec![part] }
    }

    #[test]
    fn both_forms_say_the_same() {
        let write = |form| document().write(Words::of("en"), form);
        let (text, markdown) = (write(DocumentForm::Text), write(DocumentForm::Markdown));
        assert_eq!(
            text,
            "First\n=====\n\nSecond\n------\n\nThird\n\nwords\n\n- one\n- two\n\n- term: said\n\
             - codes:\n  - G n\n    - A n\n\na    bb\nccc  d\n\n"
        );
        assert_eq!(
            markdown,
            "# First\n\n## Second\n\n### Third\n\nwords\n\n- one\n- two\n\n- **term**: said\n\
             - **codes**:\n  - `G` n\n    - `A` n\n\n| a   | bb |\n|---|---|\n| ccc | d  |\n\n"
        );
    }
}
