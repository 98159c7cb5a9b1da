//! What changed between two versions of an article, field by field, and in the body paragraph by paragraph.

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use crate::model::{Article, Byline, Image, Origin};

/// A field or a paragraph that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, as the API calls it; a body's paragraphs are `content_html`.
    pub field: &'static str,
    /// What stood there; `None`: nothing.
    pub before: Option<String>,
    /// What stands there now; `None`: nothing.
    pub after: Option<String>,
}

/// All that differs in the copy, in the order of the fields. Standing, times of change and corrections are no copy.
#[must_use]
pub fn differences(before: &Article, after: &Article) -> Vec<Difference> {
    let fields = copy(before).into_iter().zip(copy(after));
    let mut found: Vec<Difference> = fields
        .filter(|((_, before), (_, after))| before != after)
        .map(|((field, before), (_, after))| Difference {
            field,
            before: Some(before).filter(|text| !text.is_empty()),
            after: Some(after).filter(|text| !text.is_empty()),
        })
        .collect();
    let paragraphs = paragraphs(&before.body.text(), &after.body.text());
    // The same words in other markup: a link, an emphasis, a picture.
    if paragraphs.is_empty() && before.body != after.body {
        let html = |article: &Article| Some(article.body.as_str().to_owned());
        found.push(Difference { field: "content_html", before: html(before), after: html(after) });
    }
    found.extend(paragraphs);
    found
}

/// Fields as text, always the same ones in the same order.
fn copy(article: &Article) -> Vec<(&'static str, String)> {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let images = article.images.iter().map(|image| image.url.as_str()).collect::<Vec<_>>().join("\n");
    let sections = article.sections.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    vec![
        ("title", article.title.clone()),
        ("url", article.url.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("external_id", text(article.external_id.as_ref())),
        ("sections", sections),
        ("published", article.published.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        ("authors", people(&article.authors)),
        ("editors", people(&article.editors)),
        ("origin", article.origin.as_ref().map(origin).unwrap_or_default()),
        ("summary", text(article.summary.as_ref())),
        ("image", article.image.as_ref().map(|Image { url, .. }| url.clone()).unwrap_or_default()),
        ("images", images),
        ("tags", article.tags.join(", ")),
        ("language", article.language.clone()),
        ("kind", article.kind.as_str().to_owned()),
        ("breaking", if article.breaking { "yes".to_owned() } else { String::new() }),
    ]
}

fn people(list: &[Byline]) -> String {
    let one = |byline: &Byline| format!("{} {}", byline.role.as_deref().unwrap_or_default(), byline.name).trim().to_owned();
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn origin(origin: &Origin) -> String {
    format!("{} {}", origin.name, origin.url.as_deref().unwrap_or_default()).trim().to_owned()
}

/// Paragraphs that came, went or changed.
fn paragraphs(before: &str, after: &str) -> Vec<Difference> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (&old[op.old_range()], &new[op.new_range()]);
        for place in 0..old.len().max(new.len()) {
            let at = |lines: &[&str]| lines.get(place).map(|line| (*line).to_owned());
            found.push(Difference { field: "content_html", before: at(old), after: at(new) });
        }
    }
    found
}

/// A difference as one line of text: what went in `[-…-]`, what came in `{+…+}`, the rest as it is. Latin words stay whole.
#[must_use]
pub fn marked(difference: &Difference) -> String {
    let (before, after) = (difference.before.as_deref().unwrap_or_default(), difference.after.as_deref().unwrap_or_default());
    let (old, new) = (pieces(before), pieces(after));
    let diff = TextDiff::from_slices(&old, &new);
    let mut line = String::new();
    let mut open: Option<ChangeTag> = None;
    for change in diff.iter_all_changes() {
        let tag = Some(change.tag()).filter(|tag| *tag != ChangeTag::Equal);
        if tag != open {
            line.push_str(open.map_or("", |open| if open == ChangeTag::Delete { "-]" } else { "+}" }));
            line.push_str(tag.map_or("", |tag| if tag == ChangeTag::Delete { "[-" } else { "{+" }));
            open = tag;
        }
        line.push_str(change.value());
    }
    line + open.map_or("", |open| if open == ChangeTag::Delete { "-]" } else { "+}" })
}

/// A text in pieces that are compared: runs of ASCII letters and digits, and every other character alone, as Chinese needs.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (piece, after) = rest.split_at(if run == 0 { first.len_utf8() } else { run });
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::fixture::article;
    use super::*;
    use crate::model::SafeHtml;
    use proptest::prelude::*;

    #[test]
    fn what_changed_is_shown_where_it_changed() {
        let before = Article { body: SafeHtml::of_text("第一段。\n第二段在此。\n末段。"), ..article("渡口") };
        let after = Article {
            body: SafeHtml::of_text("第一段。\n第二段在彼。\n末段。\n补充。"),
            tags: vec!["交通".to_owned()],
            ..article("渡口通航")
        };
        let found = differences(&before, &after);
        let lines: Vec<String> = found.iter().map(|difference| format!("{}: {}", difference.field, marked(difference))).collect();
        assert_eq!(lines, ["title: 渡口{+通航+}", "tags: {+交通+}", "content_html: 第二段在[-此-]{+彼+}。", "content_html: {+补充。+}"]);
        assert!(differences(&before, &before).is_empty());
        let markup = Article {
            body: SafeHtml::clean("<p><b>第一段</b>。</p>\n<p>第二段在此。</p>\n<p>末段。</p>", None),
            ..before.clone()
        };
        assert_eq!(differences(&before, &markup).len(), 1);
    }

    #[test]
    fn latin_words_stay_whole() {
        let words = Difference { field: "title", before: Some("The ferry runs".into()), after: Some("The ferries run".into()) };
        assert_eq!(marked(&words), "The [-ferry-]{+ferries+} [-runs-]{+run+}");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_marks(before in "[a-c天地 ]{0,20}", after in "[a-c天地 ]{0,20}") {
            let line = marked(&Difference { field: "title", before: Some(before.clone()), after: Some(after.clone()) });
            let (mut old, mut new, mut rest) = (String::new(), String::new(), line.as_str());
            while !rest.is_empty() {
                if let Some((gone, after)) = rest.strip_prefix("[-").and_then(|rest| rest.split_once("-]")) {
                    old.push_str(gone);
                    rest = after;
                } else if let Some((came, after)) = rest.strip_prefix("{+").and_then(|rest| rest.split_once("+}")) {
                    new.push_str(came);
                    rest = after;
                } else {
                    let (first, after) = rest.split_at(rest.chars().next().unwrap().len_utf8());
                    old.push_str(first);
                    new.push_str(first);
                    rest = after;
                }
            }
            prop_assert_eq!((old, new), (before, after));
        }
    }
}
