//! The terminal: sentences, one line a delivery, and the ledger as a table. Colours only where a terminal shows them.

use std::io::{self, IsTerminal as _, Write as _};

use chrono_tz::Tz;

use super::ledger::{Channel, Line};
use crate::model::{Language, Millis, State};
use crate::phrases::{Phrases, TerminalPhrases};

/// ANSI: what arrived, what did not, what matters less, what matters most.
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// Columns of a live line, which is printed before the next one is known: time, channel, receiver, outcome, milliseconds.
const LIVE: [usize; 5] = [8, 7, 34, 14, 8];
/// Headline last: it alone may be of any length.
const COLUMNS: usize = 6;

/// What the demo prints on.
pub(super) struct Screen {
    /// What it says.
    pub(super) words: &'static TerminalPhrases,
    /// In which language.
    pub(super) language: Language,
    colours: bool,
}

impl Screen {
    /// The process's stdout. `no_color`: the variable of that name, which forbids colours where it holds anything (no-color.org).
    pub(super) fn new(language: Language, no_color: Option<&str>) -> Self {
        let colours = io::stdout().is_terminal() && no_color.is_none_or(str::is_empty);
        Self { words: &Phrases::of(language).demo.terminal, language, colours }
    }

    /// A sentence, at once.
    pub(super) fn say(sentence: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{sentence}")?;
        out.flush()
    }

    /// The address to open first.
    pub(super) fn open_first(&self, url: &str) -> io::Result<()> {
        Self::say(&format!("\n  {}  {}\n", self.words.open_first, self.paint(BOLD, url)))
    }

    /// An article that a site has just published.
    pub(super) fn published(&self, at: Millis, zone: Tz, site: &str, headline: &str) -> io::Result<()> {
        let time = self.paint(DIM, &clock_time(at, zone));
        Self::say(&format!("{time}  {}", self.paint(BOLD, &(self.words.published)(site, headline))))
    }

    /// A delivery that has just settled.
    pub(super) fn delivered(&self, line: &Line, zone: Tz) -> io::Result<()> {
        Self::say(&self.row(&self.cells(line, zone), &LIVE, outcome_colour(line.state)))
    }

    /// All of it, as a table.
    pub(super) fn table(&self, lines: &[Line], zone: Tz) -> io::Result<()> {
        let head = self.words.columns.map(str::to_owned);
        let rows: Vec<_> = lines.iter().map(|line| (self.cells(line, zone), outcome_colour(line.state))).collect();
        let widest = |column: usize| rows.iter().map(|(cells, _)| width(&cells[column])).chain([width(&head[column])]).max().unwrap_or(0);
        let widths: [usize; COLUMNS - 1] = std::array::from_fn(widest);
        Self::say(&self.paint(BOLD, &self.row(&head, &widths, "")))?;
        rows.iter().try_for_each(|(cells, colour)| Self::say(&self.row(cells, &widths, colour)))
    }

    /// Time, channel, receiver, outcome, milliseconds, headline.
    fn cells(&self, line: &Line, zone: Tz) -> [String; COLUMNS] {
        let channel = match line.channel {
            Channel::Feed => self.words.feed,
            Channel::Mail => self.words.mail,
            Channel::Webhook => self.words.webhook,
        };
        let state = (self.words.state)(line.state);
        let outcome = line.code.map_or_else(|| state.to_owned(), |code| format!("{state} {code}"));
        let ms = line.ms.map_or_else(String::new, |ms| format!("{ms} ms"));
        let headline = line.headline.clone().unwrap_or_else(|| self.words.letter.to_owned());
        [clock_time(line.at, zone), channel.to_owned(), line.receiver.clone(), outcome, ms, headline]
    }

    fn row(&self, cells: &[String; COLUMNS], widths: &[usize; COLUMNS - 1], colour: &str) -> String {
        let [time, channel, receiver, outcome, ms, headline] = cells;
        let pad = |text: &str, to: usize| format!("{text}{}", " ".repeat(to.saturating_sub(width(text))));
        let time = pad(time, widths[0]);
        let time = if colour.is_empty() { time } else { self.paint(DIM, &time) };
        let outcome = self.paint(colour, &pad(outcome, widths[3]));
        let ms = format!("{}{ms}", " ".repeat(widths[4].saturating_sub(width(ms))));
        format!("{time}  {}  {}  {outcome}  {ms}  {headline}", pad(channel, widths[1]), pad(receiver, widths[2]))
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colours && !colour.is_empty() { format!("{colour}{text}{PLAIN}") } else { text.to_owned() }
    }
}

const fn outcome_colour(state: State) -> &'static str {
    if matches!(state, State::Accepted) { GREEN } else { RED }
}

fn clock_time(at: Millis, zone: Tz) -> String {
    at.in_zone(zone).format("%H:%M:%S").to_string()
}

/// How many columns of a terminal a text takes: East Asian wide letters take two (UAX 11; the blocks that the demo writes in).
pub(in crate::cli) fn width(text: &str) -> usize {
    let wide = |letter: char| matches!(letter, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}');
    text.chars().map(|letter| if wide(letter) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(headline: Option<&str>) -> Line {
        Line {
            at: Millis(1_800_000_000_000),
            channel: Channel::Mail,
            receiver: "lin@readers.example".to_owned(),
            state: State::Accepted,
            code: Some(250),
            ms: Some(7),
            headline: headline.map(str::to_owned),
        }
    }

    #[test]
    fn chinese_letters_take_two_columns() {
        assert_eq!((width("驿使"), width("Postrider"), width("“一站”")), (4, 9, 6));
        let zh = Screen { words: &Phrases::of(Language::Chinese).demo.terminal, language: Language::Chinese, colours: false };
        let zone = chrono_tz::Asia::Shanghai;
        let row = zh.row(&zh.cells(&line(Some("开桥")), zone), &LIVE, GREEN);
        assert_eq!(width(&row), LIVE.iter().sum::<usize>() + 2 * LIVE.len() + width("开桥"));
        assert!(row.starts_with("16:00:00  ") && row.ends_with("  7 ms  开桥") && !row.contains('\x1b'));
    }

    #[test]
    fn colours_stand_around_the_outcome_and_change_no_width() {
        let screen = |colours| Screen { words: &Phrases::of(Language::English).demo.terminal, language: Language::English, colours };
        let [plain, painted] = [false, true].map(|on| {
            let screen = screen(on);
            screen.row(&screen.cells(&line(None), chrono_tz::UTC), &LIVE, GREEN)
        });
        assert!(painted.contains("\x1b[32maccepted 250"));
        assert_eq!(painted.replace(GREEN, "").replace(DIM, "").replace(PLAIN, ""), plain);
    }
}
