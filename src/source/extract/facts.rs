//! Rows of labelled facts about an article: `Autor: Ann Lee | Data publikacji: 19.01.2026, godz. 08:15 | Odsłon: 3 214`. Such a row is no
//! copy in any language, whether bars part its facts or nothing does.

use std::sync::LazyLock;

use regex::Regex;

use super::spoken::{calm, is_name, until_mark};
use super::words::{is_han, len, pattern};
use crate::model::Byline;

/// A row is shorter (characters).
const LONGEST: usize = 240;

/// Words for one who writes, which say no more of him.
const AUTHORS: &str = "autor|autorka|autorzy|author|authors|auteur|autora|autore|автор|forfatter|författare|skribent|yazar|haberi? yazan|szerző|written by|geschrieben von|dodał|dodała";

/// Words for one who writes that name his post.
const POSTS: &str =
    "muhabir|reporter|korrespondent|correspondent|корреспондент|журналист|journalist|periodista|giornalista|dziennikarz|redaktor";

/// Words for the moment of publication.
const MOMENTS: &str = "data publikacji|opublikowano|dodano|published(?: on)?|publication date|date published|posted(?: on)?|date|data|datum|fecha(?: de publicación)?|publicado(?: em| el)?|publié(?: le)?|veröffentlicht(?: am)?|erstellt(?: am)?|gepubliceerd(?: op)?|pubblicato(?: il)?|publicerad|publisert|publiceret|julkaistu|опубликовано|дата публикации|дата|опубліковано|yayınlanma(?: tarihi)?|eklenme(?: tarihi)?|giriş(?: tarihi)?|megjelent|publikováno|vydáno";

/// Words for what else is counted and told beside them.
const OTHERS: &str = "güncelleme(?: tarihi)?|son güncelleme|okunma(?: sayısı)?|odsłon(?:y)?|wyświetleń|aktualizacja|updated|last updated|modified|aktualisiert|actualizado|atualizado|mis à jour(?: le)?|aggiornato|bijgewerkt|uppdaterad|oppdatert|обновлено|оновлено|просмотров|просмотры|views?|hits|visits|aufrufe|visitas|vistas|lectures|visualizzazioni|comments?|komentarze|kommentare|kaynak|source|źródło|quelle|fuente|источник|category|kategoria|kategori|kategorie|рубрика|location";

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)(?:^|[\s|•·/])(?:(?P<author>{AUTHORS})|(?P<post>{POSTS})|(?P<moment>{MOMENTS})|(?:{OTHERS}))\s*:\s*"))
});

/// What a row of facts tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Who wrote, with the post that the label names.
    pub authors: Vec<Byline>,
    /// What stands behind the label of the moment of publication.
    pub moment: Option<String>,
}

/// The facts of a row, fields kept apart; `None` where it is none: two labels at least, one of them at its beginning, and among them one
/// that says who or when.
pub(super) fn of_row(spaced: &str) -> Option<Facts> {
    // Most lines have no two labels in them.
    if spaced.matches(':').take(2).count() < 2 || len(spaced) > LONGEST || spaced.chars().any(is_han) {
        return None;
    }
    let found: Vec<_> = LABEL.captures_iter(spaced).collect();
    let whole = |at: usize| found[at].get(0).expect("a match has a whole");
    if found.len() < 2 || whole(0).start() > 2 {
        return None;
    }
    let mut facts = Facts::default();
    let mut told = false;
    for (at, label) in found.iter().enumerate() {
        let end = if at + 1 < found.len() { whole(at + 1).start() } else { spaced.len() };
        let value = spaced[whole(at).end()..end].trim().trim_matches(['|', '•', '·']).trim();
        let post = label.name("post");
        if label.name("author").or(post).is_some() {
            let names = until_mark(value).split([',', ';']).map(str::trim).filter(|name| is_name(name));
            let before = facts.authors.len();
            let role = post.map(|post| post.as_str().to_owned());
            facts.authors.extend(names.map(|name| Byline { name: calm(name.to_owned()), role: role.clone() }));
            told |= facts.authors.len() > before;
        } else if label.name("moment").is_some() && value.starts_with(|c: char| c.is_alphanumeric()) && value.chars().any(char::is_numeric)
        {
            facts.moment = facts.moment.or_else(|| Some(value.to_owned()));
            told = true;
        }
    }
    told.then_some(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_who_and_when() {
        let row =
            |text: &str| of_row(text).map(|facts| (facts.authors.into_iter().map(|one| (one.name, one.role)).collect(), facts.moment));
        for (text, name, role, moment) in [
            (
                "Autor: Anna Świder | Data publikacji: 19.01.2026, godz. 08:15 | Odsłon: 3 214",
                "Anna Świder",
                None,
                Some("19.01.2026, godz. 08:15"),
            ),
            ("Muhabir: Ayşe Kaya Yayınlanma: 08.04.2026 - 13:25 Okunma: 18", "Ayşe Kaya", Some("Muhabir"), Some("08.04.2026 - 13:25")),
            ("Reporter: Ann Lee Source: River Agency", "Ann Lee", Some("Reporter"), None),
        ] {
            let people: Vec<(String, Option<String>)> = vec![(name.to_owned(), role.map(str::to_owned))];
            assert_eq!(row(text), Some((people, moment.map(str::to_owned))), "{text}");
        }
        for text in [
            "Datum: the harbour master said the word twice: it is a mark on the wall.",
            "The author: a ferryman. The date: unknown.",
            "He read out the source: a letter of 1911, and the date: May.",
            "Author: Ann Lee",
        ] {
            assert_eq!(of_row(text), None, "{text}");
        }
    }
}
