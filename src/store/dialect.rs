//! The two databases as data: what one text must say differently.

/// Which database a store lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Embedded, the default.
    Sqlite,
    /// Several nodes.
    Postgres,
}

/// Column words of the migrations. Applied migrations never change, so neither may these (a test holds them).
const WORDS: [(&str, &str, &str); 5] = [
    ("{text}", "text", "text collate \"C\""),
    ("{blob}", "blob", "bytea"),
    ("{json}", "text", "jsonb"),
    ("{id}", "blob", "uuid"),
    // A table that lives in its primary key's tree: PostgreSQL has none.
    ("{rowless}", "without rowid", ""),
];

impl Dialect {
    /// A migration's text in this database's words.
    pub(super) fn speak(self, text: &str) -> String {
        WORDS.iter().fold(text.to_owned(), |text, (word, sqlite, postgres)| {
            text.replace(
                word,
                match self {
                    Self::Sqlite => sqlite,
                    Self::Postgres => postgres,
                },
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_applied_migrations_stay() {
        let words = "{text}|{blob}|{json}|{id}|{rowless}";
        assert_eq!(Dialect::Sqlite.speak(words), "text|blob|text|blob|without rowid");
        assert_eq!(Dialect::Postgres.speak(words), "text collate \"C\"|bytea|jsonb|uuid|");
    }
}
