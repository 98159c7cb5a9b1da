//! Bylines that a word leads: `By Ann Lee`, `Propos recueillis par …`, `كتبت: …`, wherever in a short line it stands.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::lines::{Line, Shape};
use super::months;
use super::words::{is_han, len, pattern};
use crate::model::{Byline, Origin};

/// A line with a byline in it is shorter (characters).
const LONGEST: usize = 160;

/// Words of names that are written small.
const PARTICLES: &[&str] =
    &["de", "van", "von", "der", "den", "la", "le", "da", "di", "dos", "del", "bin", "al", "el", "du", "ter", "zu", "y", "ap", "ibn"];

/// Words for a post, which no name has: they stand behind it and a comma.
const POSTS: &[&str] = &[
    "editor",
    "reporter",
    "correspondent",
    "autor",
    "autorin",
    "autoren",
    "author",
    "auteur",
    "autora",
    "autore",
    "writer",
    "columnist",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "journalist",
    "redactor",
    "redactora",
    "corresponsal",
    "correspondant",
    "correspondante",
    "envoyé",
    "envoyée",
    "corrispondente",
    "inviato",
    "press",
    "reuters",
];

/// Words that say who wrote, at the beginning of a line or behind a time and a comma.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|\d[,.]?\s+|[|•·–—]\s*)(?:(?i:(?:(?:written|words|reporting|reported|story|opinion|commentary|analysis|column|essay|review) )?by|(?:(?:geschrieben|kolumne|kommentar|analyse|interview|gastbeitrag|essay|rezension|reportage|glosse) )?von|(?:propos recueillis |écrit |rédigé )?par|(?:escrito |redactado |texto )?por|(?:di|door|af|av|napisał|napisała|yazan|penulis|oleh|tekst|author|autor|autora|auteur|autore|автор|γράφει (?:ο|η)|كتبت|كتب|بقلم|نوشته|מאת|oprac\.?|opracowała?|scris de|da redação de|reportagem de|texto de|testo di|texte de|text von|tekst af|tekst av))\s*(?::\s*|\s)|(?i:text|texte|texto|testo|teksti|words|reporter|reporters|laporan|reportagem|reportaje|szerző|írta|autorka|autoři|autorzy|autori|autores|auteurs|authors|autoren|authored by|tác giả|автори|авторы|إعداد)\s*:)\s*",
    )
});

/// A word that leads, alone on its line: the names stand on the next one.
static ALONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:by|written by|von|par|por|di|door|av|af|penulis|autor|author)\s*:?$"));

/// Labels of the house that a text was taken from.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W?(?i:source|quelle|bron|fuente|fonte|kilde|källa|lähde|źródło|zdroj|forrás|источник|джерело|kaynak|πηγή|المصدر|nguồn|sumber)\s*[:：]\s*(\S.{1,59})$",
    )
});

/// Labels of those who edited.
static EDITOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:.*;\s*)?(?P<role>(?i:editor|edited by|editing by|redaktur|editado por|edición|edição|redaktor|redigerad av|redigeret af|redigert av|редактор|editör|biên tập))\s*(?::\s*|\s)(?P<names>\p{Lu}.{2,80})$",
    )
});

/// The house that a line's label says a text was taken from. The names of sites and the initials of reporters are none.
pub(super) fn source<'a>(mut lines: impl Iterator<Item = &'a Line>) -> Option<Found<Origin>> {
    lines.find_map(|line| {
        if line.aside || line.shape == Shape::Caption || len(&line.spaced) > LONGEST {
            return None;
        }
        let found = SOURCE.captures(&line.spaced)?;
        let plain = |name: &&str| {
            name.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
                && !name.contains(['.', '/'])
                && !name.contains(char::is_numeric)
        };
        let name = found[1].split([',', ';', '|']).map(str::trim).find(plain)?;
        let url = line.links.iter().find(|(text, href)| text.trim() == name && href.starts_with("http")).map(|(_, href)| href.clone());
        Some(Found { value: Origin { name: name.to_owned(), url }, rule: "label of the source".to_owned(), line: line.spaced.clone() })
    })
}

/// Those who edited, where a label says so: `Editor: Ann Lee`, `Reporting by Ann Lee; Editing by Ben Cole`.
pub(super) fn editors<'a>(mut lines: impl Iterator<Item = &'a Line>) -> Option<Found<Vec<Byline>>> {
    lines.find_map(|line| {
        if line.aside || len(&line.spaced) > LONGEST {
            return None;
        }
        let found = EDITOR.captures(&line.spaced)?;
        let names = until_mark(&found["names"]).replace(" and ", ",").replace(" dan ", ",");
        let people = names.split([',', ';']).map(str::trim).filter(|name| is_name(name));
        let value: Vec<Byline> = people.map(|name| Byline { name: name.to_owned(), role: Some(found["role"].to_owned()) }).collect();
        (!value.is_empty()).then(|| Found { value, rule: "label of the editor".to_owned(), line: line.spaced.clone() })
    })
}

/// The parts of lines that a leading word says to be names, the word taken off; not yet taken apart.
pub(super) fn led<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<String> {
    let mut next = false;
    for line in lines.filter(|line| len(&line.spaced) <= LONGEST && !line.text.is_empty() && !line.is_prose()) {
        let text = line.spaced.as_str();
        if std::mem::replace(&mut next, ALONE.is_match(text)) {
            return vec![until_mark(text).to_owned()];
        }
        if let Some(lead) = LEAD.find(text).filter(|lead| lead.end() < text.len()) {
            let names = until_mark(&text[lead.end()..]);
            if names.starts_with(char::is_lowercase) {
                continue;
            }
            if names.split([',', ';']).any(|name| is_name(name.trim())) || names.split_whitespace().count() > 2 && is_first_name(names) {
                return vec![names.to_owned()];
            }
        }
    }
    Vec::new()
}

/// Two names joined by a word begin with one.
fn is_first_name(names: &str) -> bool {
    let first: Vec<&str> = names.split_whitespace().take(2).collect();
    is_name(&first.join(" "))
}

/// Whether two words begin a time rather than a name: `Posted May`, `Published Oct`.
pub(super) fn is_moment(words: &str) -> bool {
    words.split_once(' ').is_some_and(|(first, last)| months::is_month(last) && first.to_lowercase().ends_with("ed"))
}

/// Names end at a bracket, a mark between fields or a number.
pub(super) fn until_mark(text: &str) -> &str {
    let text = text.split(" / ").next().unwrap_or_default();
    let end = text.find(|c: char| c.is_numeric() || matches!(c, '(' | '|' | '•' | '·' | '[' | '<' | '@')).unwrap_or(text.len());
    let names = text[..end].trim().trim_end_matches(['-', '–', '—', ',']).trim();
    // In front of a number the last word may be a month: `Ann Lee Apr 28, 2023`.
    match names.rsplit_once(' ') {
        Some((rest, last)) if rest.contains(' ') && text[end..].starts_with(char::is_numeric) && months::is_month(last) => {
            rest.trim_end_matches([',', '|']).trim()
        }
        _ => names,
    }
}

/// Two to five words, each with a capital or a particle, no digit; scripts without capitals have none.
pub(super) fn is_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital =
        |word: &str| word.chars().next().is_some_and(|first| first.is_uppercase() || first.is_alphabetic() && !first.is_lowercase());
    (2..=5).contains(&words.len())
        && !words.iter().any(|word| POSTS.contains(&word.to_lowercase().as_str()))
        && words.iter().all(|word| capital(word) || PARTICLES.contains(word))
        && !name.chars().any(|c| c.is_numeric() || is_han(c) || matches!(c, ':' | '?' | '!' | '"' | '“'))
}

/// A name that is shouted, as it is spoken: `ANN LEE` is `Ann Lee`.
pub(super) fn calm(name: String) -> String {
    if name.chars().any(char::is_lowercase) || !name.contains(' ') {
        return name;
    }
    // A house is known by its letters, and so is who signs with his own.
    if name.split_whitespace().any(|word| len(word) > 1 && !word.contains('.') && !word.to_lowercase().contains(is_vowel)) {
        return name;
    }
    let mut begins = true;
    let calmed = name.chars().flat_map(|c| {
        let lower: Vec<char> = if std::mem::replace(&mut begins, !c.is_alphabetic()) { vec![c] } else { c.to_lowercase().collect() };
        lower
    });
    calmed.collect()
}

/// Whether a letter is a vowel, or belongs to a script whose vowels we need not know.
fn is_vowel(c: char) -> bool {
    !c.is_ascii() || matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        led(super::super::lines::of_text(text).iter())
    }

    #[test]
    fn labels_tell_source_and_editor() {
        let lines = super::super::lines::of_text;
        for (text, name) in [
            ("Источник: Река-Информ", Some("Река-Информ")),
            ("Quelle: flussblatt.example, aw/dpa", None),
            ("Source: River News Agency, staff", Some("River News Agency")),
            ("Sources of the river were found in 2011", None),
        ] {
            assert_eq!(source(lines(text).iter()).map(|found| found.value.name).as_deref(), name, "{text}");
        }
        for (text, name) in [
            ("Editor: Ben Cole", Some("Ben Cole")),
            ("Reporting by Ann Lee; Editing by Ben Cole", Some("Ben Cole")),
            ("Editor of the River News", None),
        ] {
            let found = editors(lines(text).iter()).map(|found| found.value[0].name.clone());
            assert_eq!(found.as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_word_leads_to_the_names() {
        for (text, name) in [
            ("28 augustus 2025, door Wietske van der Meer", "Wietske van der Meer"),
            ("Propos recueillis par Édmond Le Goff", "Édmond Le Goff"),
            ("Par Anne Roux (Lyon, envoyée spéciale)", "Anne Roux"),
            ("By ANN LEE", "ANN LEE"),
            ("By\nAnn Lee and Ben Cole", "Ann Lee and Ben Cole"),
            ("Γράφει ο Νίκος Δήμου 8 Σεπτεμβρίου 2025", "Νίκος Δήμου"),
            ("كتبت: ليلى حداد ٥ أكتوبر ٢٠٢٥", "ليلى حداد"),
            ("Penulis: Dewi Sari", "Dewi Sari"),
            ("Text: Anna Weber / Fotos: Ben Cole", "Anna Weber"),
            ("Tác giả: Lan Anh", "Lan Anh"),
            ("by Ann Lee Apr 28, 2023 6:15 pm", "Ann Lee"),
            ("Kommentar von Anna Weber", "Anna Weber"),
        ] {
            assert_eq!(names(text), [name], "{text}");
        }
        for text in ["By the river", "Von der Brücke", "Standing by", "3 min read", "Por fin llueve"] {
            assert!(names(text).is_empty(), "{text}");
        }
        assert_eq!(calm("ANN LEE-COLE".to_owned()), "Ann Lee-Cole");
        assert_eq!(calm("RTL RIVER".to_owned()), "RTL RIVER");
    }
}
