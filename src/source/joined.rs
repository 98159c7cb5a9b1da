//! Pages of one article as one: bodies joined without what each page repeats, people and pictures of all of them.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::extract::decode::decode;
use super::extract::is_gallery;
use super::pages::Sheet;
use crate::model::{Body, Byline, Candidate, Evidence, Field, Kind};

/// This share of the first page's lines on a further one, each behind the same line, makes that one the view of the whole.
const WHOLE: f64 = 0.8;

/// Whether a page names the article's title anywhere: one that does not belongs to another article.
pub(super) fn bears(part: &Sheet, title: Option<&str>) -> bool {
    static ENTITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"&#?[0-9A-Za-z]{1,8};").expect("a pattern written here compiles"));
    let Some(title) = title.map(bare) else { return true };
    let text = decode(&part.bytes, part.content_type.as_deref(), part.url.as_ref()).text;
    bare(&ENTITY.replace_all(&text, "")).contains(&title)
}

/// Adds a further page. It fills what is still empty, and never changes what an earlier page told.
pub(super) fn join(whole: &mut Candidate, part: Candidate, number: usize) {
    let noted = |field: Field| {
        let of = part.evidence.iter().filter(move |evidence| evidence.field == field);
        of.map(|evidence| Evidence { rule: format!("page {number}: {}", evidence.rule), ..evidence.clone() }).collect::<Vec<_>>()
    };
    let mut evidence = noted(Field::Body);
    if whole.authors.is_empty() && !part.authors.is_empty() {
        whole.authors.clone_from(&part.authors);
        evidence.extend(noted(Field::Authors));
    }
    if add_people(&mut whole.editors, &part.editors) {
        evidence.extend(noted(Field::Editors));
    }
    if whole.origin.is_none() && part.origin.is_some() {
        whole.origin.clone_from(&part.origin);
        evidence.extend(noted(Field::Origin));
    }
    if whole.published.is_none() && part.published.is_some() {
        whole.published = part.published;
        evidence.extend(noted(Field::Published));
    }
    if whole.correction.is_none() && part.correction.is_some() {
        whole.correction.clone_from(&part.correction);
        evidence.extend(noted(Field::Correction));
    }
    for image in &part.images {
        if !whole.images.iter().any(|known| known.url == image.url) {
            whole.images.push(image.clone());
        }
    }
    if whole.image.is_none() {
        whole.image.clone_from(&part.image);
    }
    if let (Body::Html(first), Body::Html(more)) = (&whole.body, &part.body) {
        whole.body = Body::Html(bodies(first, more));
    } else if whole.body == Body::None {
        whole.body = part.body;
    }
    if whole.kind == Kind::Text
        && let Body::Html(html) = &whole.body
        && is_gallery(whole.images.len(), text_of(html).chars().filter(|c| !c.is_whitespace()).count())
    {
        whole.kind = Kind::Gallery;
    }
    whole.evidence.extend(evidence);
}

fn add_people(known: &mut Vec<Byline>, more: &[Byline]) -> bool {
    let new: Vec<Byline> = more.iter().filter(|one| !known.iter().any(|there| there.name == one.name)).cloned().collect();
    let any = !new.is_empty();
    known.extend(new);
    any
}

/// Two bodies as one: without the lines at either end of the second that the first has too; the second alone where it holds the first.
fn bodies(first: &str, more: &str) -> String {
    let told: Vec<String> = first.lines().map(shown).filter(|line| !line.is_empty()).collect();
    let lines: Vec<(&str, String)> = more.lines().map(|line| (line, shown(line))).collect();
    let pairs = |lines: &mut dyn Iterator<Item = &String>| {
        let lines: Vec<&String> = lines.filter(|line| !line.is_empty()).collect();
        lines.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect::<HashSet<_>>()
    };
    let (mine, its) = (pairs(&mut told.iter()), pairs(&mut lines.iter().map(|(_, shown)| shown)));
    let held = mine.intersection(&its).count();
    if !mine.is_empty() && held as f64 >= WHOLE * mine.len() as f64 && lines.len() > told.len() {
        return more.to_owned();
    }
    let repeated = |(line, shown): &&(&str, String)| is_closed(line) && told.contains(shown);
    let from = lines.iter().take_while(repeated).count();
    let to = lines.len() - lines[from..].iter().rev().take_while(repeated).count();
    let kept: Vec<&str> = lines[from..to].iter().map(|(line, _)| *line).collect();
    let mut joined = first.to_owned();
    if !kept.is_empty() {
        joined.push('\n');
        joined.push_str(&kept.join("\n"));
    }
    joined
}

/// Whether a line of a body is an element of its own: a paragraph, a heading or a picture, and no piece of a list or table.
fn is_closed(line: &str) -> bool {
    [("<p", "</p>"), ("<h", ">"), ("<figure", "</figure>")].iter().any(|(begin, end)| line.starts_with(begin) && line.ends_with(end))
}

/// What a reader sees of a line: its words, else its picture.
fn shown(line: &str) -> String {
    let words = bare(&text_of(line));
    if !words.is_empty() {
        return words;
    }
    line.split_once("src=\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned).unwrap_or_default()
}

/// A line without its tags.
fn text_of(html: &str) -> String {
    let mut inside = false;
    let keep = |c: &char| {
        let shown = !inside && *c != '<';
        inside = if inside { *c != '>' } else { *c == '<' };
        shown
    };
    html.chars().filter(keep).collect()
}

/// Letters and digits alone: pages differ in spaces, quotes and entities.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str, editors: &[&str]) -> Candidate {
        let editor = |name: &&str| Byline { name: (*name).to_owned(), role: Some("编辑".to_owned()) };
        Candidate { body: Body::Html(body.to_owned()), editors: editors.iter().map(editor).collect(), ..Candidate::from_source("x") }
    }

    fn joined(pages: &[&str]) -> String {
        let mut whole = page(pages[0], &[]);
        for (at, body) in pages[1..].iter().enumerate() {
            join(&mut whole, page(body, &[]), at + 2);
        }
        let Body::Html(html) = whole.body else { panic!("no body") };
        html
    }

    #[test]
    fn what_every_page_repeats_stands_once() {
        let pages = [
            "<p>导语。</p>\n<p>一。</p>",
            "<p>导语。</p>\n<p>二。</p>\n<p>一。</p>\n<p>三。</p>",
            "<p>导语。</p>\n<p>四。</p>\n<p>导语。</p>",
        ];
        assert_eq!(joined(&pages), "<p>导语。</p>\n<p>一。</p>\n<p>二。</p>\n<p>一。</p>\n<p>三。</p>\n<p>四。</p>");
    }

    #[test]
    fn the_view_of_the_whole_takes_the_place_of_the_first_page() {
        assert_eq!(joined(&["<p>一。</p>\n<p>二。</p>", "<p>一。</p>\n<p>二。</p>\n<p>三。</p>"]), "<p>一。</p>\n<p>二。</p>\n<p>三。</p>");
    }

    #[test]
    fn editors_of_the_last_page_count_and_pictures_make_a_gallery() {
        let mut whole = page("<p>一</p>", &["李勤"]);
        for number in 2..6 {
            let picture = crate::model::Image::at(format!("http://a.example/{number}.jpg"));
            join(&mut whole, Candidate { images: vec![picture], ..page("<p>图</p>", &["李勤", "杜兵"]) }, number);
        }
        assert_eq!(whole.editors.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["李勤", "杜兵"]);
        assert_eq!(whole.kind, Kind::Gallery);
    }
}
