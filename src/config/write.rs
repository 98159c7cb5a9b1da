//! Configuration as text: the commented default, and what is in force with the origin of each value.

use std::fmt::Write as _;

use super::Config;
use super::fault::Origin;
use super::reader::Shown;

/// `config default`: every key with its default and a comment. Keys without a default stand behind `#`.
pub const DEFAULT: &str = include_str!("../../config/postrider.toml");

/// `config show`: what is in force, with the origin of each value; secrets are masked. The text is TOML again.
#[must_use]
pub fn show(config: &Config) -> String {
    let mut text = String::new();
    for line in &config.shown {
        // Writing to a String cannot fail.
        let _ = match line {
            Shown::Table { heading, origin: Origin::Default } => writeln!(text, "\n{heading}"),
            Shown::Table { heading, origin } => writeln!(text, "\n{heading}  # {origin}"),
            Shown::Key { key, value: Some(value), origin } => writeln!(text, "{key} = {value}  # {origin}"),
            Shown::Key { key, value: None, .. } => writeln!(text, "# {key} is not set"),
        };
    }
    text.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Problem;
    use super::super::reader::Notes;
    use super::super::tests::Desk;
    use super::super::tree::Branch;
    use super::*;

    fn read(text: &str) -> (Config, Vec<Problem>) {
        let mut problems = Vec::new();
        let tree = Branch::parse(&std::sync::Arc::new("postrider.toml".into()), text, &mut problems);
        assert_eq!(problems, []);
        Config::read(tree, Notes::default())
    }

    #[test]
    fn the_default_text_is_the_default() {
        let (config, problems) = read(DEFAULT);
        assert_eq!(problems, []);
        assert_eq!(config, Config::default());
        assert_eq!(Config::load(None, [], &[]).unwrap(), Config::default());
    }

    /// The default text with every example in force. Prose has a space behind its `#`, keys have none.
    fn uncommented() -> String {
        DEFAULT
            .lines()
            .map(|line| line.strip_prefix('#').filter(|key| !key.starts_with([' ', '#'])).unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n")
    }

    #[test]
    fn the_default_text_knows_no_key_that_the_code_does_not() {
        let desk = Desk::with(&uncommented());
        for secret in ["store-url", "mail-password", "partner-url", "partner-secret", "proxy"] {
            desk.write(&format!("secrets/{secret}"), "postgres://db/news");
        }
        desk.write("cms-ca.pem", "");
        desk.write("tests/1.html", "");
        // A secret and its file exclude each other: the examples show both, so that is all that may be wrong.
        let told = desk.problems();
        assert!(told.iter().all(|line| line.ends_with("; keep one of them")), "{told:#?}");
        assert_eq!(told.len(), 5, "{told:#?}");
    }

    #[test]
    fn the_default_text_holds_every_key_that_the_code_knows() {
        let (config, _) = read(&uncommented());
        let mut table = "";
        let mut written = std::collections::BTreeMap::new();
        for line in &config.shown {
            match line {
                Shown::Table { heading, .. } => table = heading,
                Shown::Key { key, origin, .. } => *written.entry((table, *key)).or_insert(false) |= *origin != Origin::Default,
            }
        }
        let silent: Vec<_> = written.into_iter().filter(|(_, written)| !written).map(|(key, _)| key).collect();
        assert!(silent.is_empty(), "config/postrider.toml lacks {silent:?}");
    }

    /// What each key of each kind of table shows, the first table of a kind.
    fn by_key(config: &Config) -> std::collections::BTreeMap<(String, &'static str), (String, Origin)> {
        let mut table = "";
        let mut values = std::collections::BTreeMap::new();
        for line in &config.shown {
            match line {
                Shown::Table { heading, .. } => table = heading,
                Shown::Key { key, value: Some(value), origin } => {
                    values.entry((table.to_owned(), *key)).or_insert((value.clone(), origin.clone()));
                }
                Shown::Key { .. } => {}
            }
        }
        values
    }

    #[test]
    fn what_the_default_text_gives_as_a_default_behind_its_hash_is_one() {
        let (bare, problems) = read(
            "[[section]]\nslug = \"a\"\ntitle = \"A\"\n[[source]]\nkind = \"push\"\nname = \"a\"\n\
             [[digest]]\nname = \"a\"\ntitle = \"A\"\ncron = \"@daily\"\n[[endpoint]]\nname = \"a\"\nurl = \"http://a/\"\n",
        );
        assert_eq!(problems, []);
        let (full, _) = read(&uncommented());
        let full = by_key(&full);
        let mut compared = 0;
        // An empty list has an example in its place.
        for (key, (default, _)) in by_key(&bare).into_iter().filter(|(_, (value, origin))| *origin == Origin::Default && value != "[]") {
            assert_eq!(full[&key].0, default, "{key:?}");
            compared += 1;
        }
        assert!(compared >= 30, "{compared}");
    }

    #[test]
    fn every_key_of_the_default_text_has_a_comment() {
        let mut before = "";
        let mut kinds = std::collections::BTreeSet::new();
        for line in DEFAULT.lines() {
            // A second example of a table repeats keys that are explained above it.
            let key = line.trim_start_matches('#').split(" = ").next().unwrap_or_default();
            let is_key = line.contains(" = ") && !line.starts_with("# ");
            assert!(!is_key || before.starts_with("# ") || !kinds.insert(key), "no comment above {line}");
            kinds.insert(key);
            before = line;
        }
    }

    #[test]
    fn what_is_in_force_is_shown_with_its_origin_and_is_toml_again() {
        let desk = Desk::with("[site]\ntitle = \"宜城\"\n[[section]]\nslug = \"news\"\ntitle = \"新闻\"\n");
        let config = desk.load(&[("POSTRIDER_HTTP__LISTEN", "[::1]:0")], &["limits.window_age=90m"]).unwrap();
        let shown = show(&config);
        let file = desk.path("postrider.toml").display().to_string();
        for line in [
            format!("title = \"宜城\"  # {file}:2"),
            "language = \"zh-CN\"  # default".to_owned(),
            format!("[[section]]  # {file}:3"),
            "listen = \"[::1]:0\"  # $POSTRIDER_HTTP__LISTEN".to_owned(),
            "window_age = \"1h30m\"  # --set limits.window_age".to_owned(),
            "# private_listen is not set".to_owned(),
        ] {
            assert!(shown.lines().any(|there| there == line), "{line}\n{shown}");
        }
        let (again, problems) = read(&shown);
        assert_eq!(problems, []);
        assert_eq!(again, config);
    }
}
