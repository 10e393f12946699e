//! The picture of a shared link: title, newest figure with its margin, and the recent periods with
//! their intervals, drawn as SVG and sent as PNG.
//!
//! Not here: what is shown (`view`, `front`), and the charts of the pages, which scripts draw.
//!
//! The font is part of the program (`web/vendor/`), so that a picture is the same on every host;
//! nothing is read from files or fetched.
//!
//! Invariants:
//! 1. A picture has its size, and text and figures are drawn
//!    (`tests::pages::a_card_is_a_picture_with_text`).
//! 2. Text cannot become markup, and does not run over the edge
//!    (`page::card::tests::text_stays_within_the_picture`).

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use tidegauge_figures::Error;

use super::locale::Rounding;
use super::markup::escaped;
use super::speech::Speech;
use super::view::{PERIODS_MAX, Row, Series};

pub(super) const WIDTH: u32 = 1200;
pub(super) const HEIGHT: u32 = 630;
const EDGE: f64 = 64.0;
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../../web/vendor/OpenSans-Regular.subset.ttf"),
    include_bytes!("../../../../web/vendor/OpenSans-Semibold.subset.ttf"),
];
const STRONG: &str = "Open Sans Semibold";
const PLAIN: &str = "Open Sans";
const INK: &str = "#16232c";
const SOFT: &str = "#51626d";
const LINE: &str = "#d9dedd";
/// Of series, as in `web/view.css`.
const COLOURS: [&str; 4] = ["#0b6273", "#a8430d", "#5a3fa0", "#2f6b1f"];
/// A line of several figures.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) figure: String,
    /// Its period, where lines have different ones.
    pub(super) when: Option<String>,
}

/// The figures of a card.
pub(super) enum Body<'s> {
    /// One series, with its chart.
    One { speech: Speech<'s>, series: &'s Series, row: &'s Row },
    /// Several, each in a line; those with rows have a chart together.
    Several { lines: Vec<Line>, series: Vec<&'s Series>, speech: Option<Speech<'s>> },
}

/// A card.
pub(super) struct Card<'s> {
    pub(super) title: &'s str,
    pub(super) subtitle: &'s str,
    pub(super) body: Body<'s>,
    /// Publisher and date of release.
    pub(super) source: &'s str,
    /// What the store is if it is not real.
    pub(super) mark: Option<&'s str>,
}

impl Card<'_> {
    /// The picture as PNG.
    ///
    /// Errors: none that is known; the drawing is ours.
    pub(super) fn png(&self) -> Result<Vec<u8>, Error> {
        static DATABASE: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
        let database = DATABASE.get_or_init(|| {
            let mut database = fontdb::Database::new();
            FONTS.into_iter().for_each(|font| database.load_font_data(font.to_vec()));
            Arc::new(database)
        });
        let options = Options {
            fontdb: Arc::clone(database),
            font_family: PLAIN.to_owned(),
            ..Options::default()
        };
        let tree = Tree::from_str(&self.svg(), &options).map_err(|_| Error::Estimate)?;
        let mut picture = Pixmap::new(WIDTH, HEIGHT).ok_or(Error::Estimate)?;
        resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
        picture.encode_png().map_err(|_| Error::Estimate)
    }

    fn svg(&self) -> String {
        let mut svg = Drawing::new();
        svg.gauge();
        let y = svg.lines(self.title, 132.0, 46.0);
        svg.text(self.subtitle, [EDGE, y + 40.0], 26.0, Style::soft());
        let mut y = y + 40.0;
        match &self.body {
            Body::One { speech, series, row } => {
                y += svg.figure(speech, series, row, y + 100.0);
                svg.chart(speech, &[series], y);
            }
            Body::Several { lines, series, speech } => {
                y = svg.figures(lines, y + 52.0);
                if let Some(speech) = speech {
                    svg.chart(speech, series, y);
                }
            }
        }
        svg.foot(self.source, self.mark);
        svg.end()
    }
}

#[derive(Clone, Copy)]
struct Style {
    family: &'static str,
    colour: &'static str,
    anchor: &'static str,
}

impl Style {
    fn soft() -> Self {
        Self { family: PLAIN, colour: SOFT, anchor: "start" }
    }

    fn ink() -> Self {
        Self { family: PLAIN, colour: INK, anchor: "start" }
    }

    fn strong(colour: &'static str) -> Self {
        Self { family: STRONG, colour, anchor: "start" }
    }
}

/// How wide a text is at most, or a little less for rare letters.
fn width(text: &str, size: f64) -> f64 {
    let letter = |c: char| match c {
        ' ' | '\u{a0}' | '.' | ',' | ':' | ';' | '\'' | '!' | '(' | ')' | 'i' | 'j' | 'l' | 'I'
        | '\u{b7}' | '-' => 0.34,
        't' | 'f' | 'r' => 0.46,
        '0'..='9' | '\u{b1}' | '\u{2212}' | '\u{2013}' => 0.58,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '\u{2026}' => 0.98,
        'a'..='z' | '\u{df}'..='\u{24f}' => 0.65,
        _ if c < '\u{1100}' => 0.8,
        _ => 1.0,
    };
    size * text.chars().map(letter).sum::<f64>()
}

/// The beginning of a text that fits.
fn fitting(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if width(&format!("{short}{c}\u{2026}"), size) > room {
            break;
        }
        short.push(c);
    }
    short.trim_end().to_owned() + "\u{2026}"
}

/// A drawing under way.
struct Drawing(String);

impl Drawing {
    fn new() -> Self {
        let mut svg = Self(String::new());
        svg.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             viewBox=\"0 0 {WIDTH} {HEIGHT}\">\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fbfaf7\"/>\
             <rect width=\"{WIDTH}\" height=\"10\" fill=\"{}\"/>",
            COLOURS[0]
        ));
        svg
    }

    fn end(self) -> String {
        self.0 + "</svg>"
    }

    fn add(&mut self, piece: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(piece);
    }

    /// The sign and the name of the site.
    fn gauge(&mut self) {
        self.add(format_args!(
            "<g transform=\"translate({EDGE} 38)\" fill=\"none\" stroke-width=\"2\" \
             stroke-linecap=\"round\"><path stroke=\"{INK}\" d=\"M8 3v26M8 6h5M8 11h3M8 16h5\"/>\
             <path stroke=\"{}\" d=\"M5 22c3-3 5.5-3 8 0s5 3 8 0 5-3 7-1M14 28c2.5-2.5 4.5-2.5 7 \
             0s4.5 2.5 7 0\"/></g>",
            COLOURS[0]
        ));
        self.text("Tidegauge", [EDGE + 44.0, 62.0], 24.0, Style::strong(INK));
    }

    /// A text on one line, cut at the edge.
    fn text(&mut self, text: &str, [x, y]: [f64; 2], size: f64, style: Style) {
        let room = match style.anchor {
            "end" => x - EDGE,
            // Its place is made for it.
            "middle" => f64::from(WIDTH),
            _ => f64::from(WIDTH) - EDGE - x,
        };
        // The font has no narrow space.
        let shown = fitting(&text.replace('\u{202f}', "\u{a0}"), size, room);
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"{}\" font-size=\"{size}\" fill=\"{}\" \
             text-anchor=\"{}\">{}</text>",
            style.family,
            style.colour,
            style.anchor,
            escaped(&shown)
        ));
    }

    /// A title on at most two lines. Returns the base of the last.
    fn lines(&mut self, title: &str, y: f64, size: f64) -> f64 {
        let room = f64::from(WIDTH) - 2.0 * EDGE;
        let (mut first, mut rest) = (String::new(), String::new());
        for word in title.split_whitespace() {
            let longer = if first.is_empty() { word.to_owned() } else { format!("{first} {word}") };
            if rest.is_empty() && (first.is_empty() || width(&longer, size) <= room) {
                first = longer;
            } else {
                rest.push_str(if rest.is_empty() { "" } else { " " });
                rest.push_str(word);
            }
        }
        self.text(&first, [EDGE, y], size, Style::strong(INK));
        if rest.is_empty() {
            return y;
        }
        self.text(&rest, [EDGE, y + size * 1.2], size, Style::strong(INK));
        y + size * 1.2
    }

    /// The newest figure, its margin and its period. Returns the height that it takes.
    fn figure(&mut self, speech: &Speech, series: &Series, row: &Row, y: f64) -> f64 {
        let value = speech.number(row.value, Rounding::Nearest);
        let precision = speech.margin(row).unwrap_or_else(|| {
            let [low, high] = speech.ends(row);
            format!("{low} \u{2013} {high}")
        });
        self.text(&value, [EDGE, y], 88.0, Style::strong(COLOURS[0]));
        let x = EDGE + width(&value, 88.0) + 24.0;
        self.text(&precision, [x, y], 40.0, Style::soft());
        let x = x + width(&precision, 40.0) + 24.0;
        let when = speech.when(&series.key, &row.period);
        let status = format!("{when}, {}", speech.status(row));
        if x + width(&status, 26.0) < f64::from(WIDTH) - EDGE {
            self.text(&status, [x, y], 26.0, Style::soft());
            return 124.0;
        }
        self.text(&status, [EDGE, y + 40.0], 26.0, Style::soft());
        164.0
    }

    /// Several figures, a line each. Returns the base of the last.
    fn figures(&mut self, lines: &[Line], y: f64) -> f64 {
        let room = f64::from(WIDTH) - 2.0 * EDGE;
        let height = if lines.iter().any(|line| line.when.is_some()) { 84.0 } else { 44.0 };
        for (n, Line { name, figure, when }) in lines.iter().enumerate() {
            let (y, colour) = (y + height * n as f64, COLOURS[n % COLOURS.len()]);
            let name = fitting(name, 26.0, room - width(figure, 28.0) - 48.0);
            self.add(format_args!(
                "<rect x=\"{EDGE}\" y=\"{:.1}\" width=\"14\" height=\"14\" fill=\"{colour}\"/>",
                y - 16.0
            ));
            self.text(&name, [EDGE + 28.0, y], 26.0, Style::ink());
            let style = Style { anchor: "end", ..Style::strong(INK) };
            self.text(figure, [f64::from(WIDTH) - EDGE, y], 28.0, style);
            if let Some(when) = when {
                self.text(when, [EDGE + 28.0, y + 30.0], 20.0, Style::soft());
            }
        }
        y + height * (lines.len().saturating_sub(1)) as f64 + 20.0
    }

    /// The recent periods with their intervals, from this height to the foot.
    fn chart(&mut self, speech: &Speech, series: &[&Series], top: f64) {
        let rows = |one: &&Series| {
            let from = one.rows.len().saturating_sub(PERIODS_MAX);
            one.rows[from..].to_vec()
        };
        let all: Vec<Vec<Row>> = series.iter().take(COLOURS.len()).map(rows).collect();
        let ends = all.iter().flatten().flat_map(|row| [row.low, row.high]);
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| {
            (low.min(end), high.max(end))
        });
        let (top, bottom) = (top + 12.0, f64::from(HEIGHT) - 116.0);
        if !low.is_finite() || !high.is_finite() || bottom - top < 60.0 {
            return;
        }
        // There are no numbers at the scale, so it always has zero.
        let (low, high) = (low.min(0.0), high.max(0.0));
        let room = if high > low { high - low } else { 1.0 };
        let y = |value: f64| bottom - (value - low) / room * (bottom - top);
        self.add(format_args!(
            "<path d=\"M{EDGE} {0:.1}H{1:.1}\" stroke=\"{LINE}\" stroke-width=\"2\"/>",
            y(0.0),
            f64::from(WIDTH) - EDGE
        ));
        for (rows, colour) in all.iter().zip(COLOURS) {
            self.band(rows, colour, y);
        }
        let Some((one, rows)) = series.first().zip(all.first()) else { return };
        let ends = [(rows.first(), EDGE, "start"), (rows.last(), f64::from(WIDTH) - EDGE, "end")];
        for (row, x, anchor) in ends {
            let Some(row) = row else { continue };
            let words = speech.period(&one.key, &row.period, false);
            self.text(&words, [x, bottom + 30.0], 20.0, Style { anchor, ..Style::soft() });
        }
    }

    fn band(&mut self, rows: &[Row], colour: &str, y: impl Fn(f64) -> f64) {
        let last = rows.len().saturating_sub(1).max(1) as f64;
        let room = f64::from(WIDTH) - 2.0 * EDGE;
        let x = |n: usize| EDGE + room * n as f64 / last;
        let points = |end: fn(&Row) -> f64| -> Vec<String> {
            rows.iter().zip(0..).map(|(row, n)| format!("{:.1} {:.1}", x(n), y(end(row)))).collect()
        };
        let (low, high) = (points(|row| row.low), points(|row| row.high));
        let middle = points(|row| row.value);
        let back: Vec<String> = low.into_iter().rev().collect();
        self.add(format_args!(
            "<path d=\"M{}L{}Z\" fill=\"{colour}\" fill-opacity=\"0.2\" stroke=\"{colour}\" \
             stroke-opacity=\"0.2\" stroke-width=\"4\"/><path d=\"M{}\" fill=\"none\" \
             stroke=\"{colour}\" stroke-width=\"4\" stroke-linejoin=\"round\"/>",
            high.join("L"),
            back.join("L"),
            middle.join("L")
        ));
        if let Some(row) = rows.last() {
            let (x, y) = (x(rows.len() - 1), y(row.value));
            self.add(format_args!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\" fill=\"{colour}\"/>"
            ));
        }
    }

    /// Publisher and release, and the mark of a store that is not real.
    fn foot(&mut self, source: &str, mark: Option<&str>) {
        let y = f64::from(HEIGHT) - 36.0;
        let right = f64::from(WIDTH) - EDGE;
        let taken = mark.map_or(0.0, |mark| width(mark, 22.0) + 64.0);
        let source = fitting(source, 20.0, right - EDGE - taken);
        self.text(&source, [EDGE, y], 20.0, Style::soft());
        let Some(mark) = mark else { return };
        let wide = width(mark, 22.0) + 32.0;
        self.add(format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"40\" rx=\"8\" \
             fill=\"#fff4d6\" stroke=\"#e0b94a\" stroke-width=\"2\"/>",
            right - wide,
            y - 28.0
        ));
        let style = Style { anchor: "middle", ..Style::strong("#5c4300") };
        self.text(mark, [right - wide / 2.0, y], 22.0, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_within_the_picture() {
        let long = "<script>&\"'".repeat(40);
        let lines = vec![Line { name: long.clone(), figure: "1 \u{b1} 2".into(), when: None }];
        let card = Card {
            title: &long,
            subtitle: &long,
            body: Body::Several { lines, series: vec![], speech: None },
            source: &long,
            mark: Some("Synthetic"),
        };
        let svg = card.svg();
        assert!(!svg.contains("<script"));
        assert!(Tree::from_str(&svg, &Options::default()).is_ok());
        let room = f64::from(WIDTH) - 2.0 * EDGE;
        assert!(width(&fitting(&long, 46.0, room), 46.0) <= room);
        assert_eq!(fitting("short", 46.0, room), "short");
        assert_eq!(&card.png().unwrap()[..8], b"\x89PNG\r\n\x1a\n");
    }

    #[test]
    fn the_fonts_are_those_that_drawings_name() {
        let mut database = fontdb::Database::new();
        FONTS.into_iter().for_each(|font| database.load_font_data(font.to_vec()));
        let families: Vec<String> =
            database.faces().flat_map(|face| face.families.clone()).map(|(name, _)| name).collect();
        assert_eq!(families, [PLAIN, STRONG]);
    }
}
