//! A configuration as it is written for a person to finish: tables and keys, each under its comment.

use std::fmt::{Display, Write as _};

use super::setting::quoted;

/// Comments are broken into lines of at most so many cells, a Chinese character being two of them.
const WIDTH: usize = 118;

/// A text that grows, and is TOML at every step.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    text: String,
    /// Whether what follows stands behind `#`.
    aside: bool,
}

impl Draft {
    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// A comment; long ones take several lines.
    pub fn comment(&mut self, words: &str) -> &mut Self {
        for line in broken(words) {
            self.line(&format!("# {line}"));
        }
        self
    }

    /// An empty line.
    pub fn gap(&mut self) -> &mut Self {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self
    }

    /// `[site]`, `[[source]]`.
    pub fn table(&mut self, heading: &str) -> &mut Self {
        self.put(heading)
    }

    /// A text.
    pub fn text(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.put(&format!("{key} = {}", quoted(value)))
    }

    /// A text, where there is one.
    pub fn text_if(&mut self, key: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// A list of texts; one that is long has a line for each.
    pub fn texts<T: Display>(&mut self, key: &str, values: &[T]) -> &mut Self {
        let values: Vec<String> = values.iter().map(quoted).collect();
        let line = format!("{key} = [{}]", values.join(", "));
        if cells(&line) <= WIDTH || values.len() < 2 {
            return self.put(&line);
        }
        self.put(&format!("{key} = ["));
        for value in values {
            self.put(&format!("  {value},"));
        }
        self.put("]")
    }

    /// A word without quotes: `true`, `200`.
    pub fn word(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.put(&format!("{key} = {value}"))
    }

    /// Puts down what `write` writes behind `#`: a choice that is left to the reader.
    pub fn aside(&mut self, write: impl FnOnce(&mut Self)) -> &mut Self {
        let before = std::mem::replace(&mut self.aside, true);
        write(self);
        self.aside = before;
        self
    }

    fn put(&mut self, line: &str) -> &mut Self {
        let mark = if self.aside { "#" } else { "" };
        self.line(&format!("{mark}{line}"))
    }

    fn line(&mut self, line: &str) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{line}");
        self
    }
}

fn cells(text: &str) -> usize {
    text.chars().map(cell).sum()
}

fn cell(c: char) -> usize {
    1 + usize::from(c >= '\u{2e80}')
}

/// Lines of a comment: broken at spaces, and between Chinese characters, but never before a closing mark.
fn broken(words: &str) -> Vec<String> {
    let mut lines = Vec::new();
    // Whatever stands in a comment ends with its line.
    for words in words.split(['\n', '\r']) {
        let (mut line, mut width, mut may_break) = (String::new(), 0, None);
        for c in words.chars().map(|c| if c.is_control() { ' ' } else { c }) {
            if width + cell(c) > WIDTH - 2
                && let Some(at) = may_break
                && !"，。、；：？！”’）】》,.;:?!)".contains(c)
            {
                let rest = line.split_off(at);
                lines.push(line.trim_end().to_owned());
                rest.trim_start().clone_into(&mut line);
                width = cells(&line);
                // The place lay in what was split off.
                may_break = None;
            }
            line.push(c);
            width += cell(c);
            if c == ' ' || c >= '\u{2e80}' {
                may_break = Some(line.len());
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_in_comes_out_of_toml_again() {
        let mut draft = Draft::default();
        let hostile = "\"]\n[site]\n\u{7f}\\";
        draft.comment("one\n[two]\r[three]").table("[[source]]").text("name", hostile).texts("listing", &[hostile; 12]).word("own", true);
        draft.aside(|draft| {
            draft.text("every", "5m");
        });
        let text = draft.into_text();
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
        let source = &table["source"][0];
        assert_eq!(source["name"].as_str(), Some(hostile));
        assert_eq!(source["listing"].as_array().map(Vec::len), Some(12));
        assert!(source.get("every").is_none() && text.ends_with("#every = \"5m\"\n"));
    }

    #[test]
    fn comments_are_broken_where_a_reader_would() {
        let long = "网站的栏目、来源和页脚都是从页面上读出来的，".repeat(8);
        let lines = broken(&long);
        assert!(lines.len() > 1 && lines.iter().all(|line| cells(line) <= WIDTH && !line.starts_with(['，', '、'])), "{lines:#?}");
        assert_eq!(lines.concat(), long);
        let address = format!("http://www.hekou.example/{}", "a".repeat(200));
        assert_eq!(broken(&format!("网站，{address} b")), ["网站，".to_owned(), address.clone(), "b".to_owned()]);
        let words = broken(&"what a page says of itself ".repeat(10));
        assert!(words.len() > 1 && words.iter().all(|line| cells(line) <= WIDTH), "{words:#?}");
    }
}
