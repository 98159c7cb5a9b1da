//! Which articles stand in a feed: at least thirty and at least two days, within a size.
//!
//! The window hangs on its newest article and never on the clock, so every node makes the same one,
//! and a burst pushes nothing out before readers polled again.

use std::time::Duration;

use crate::model::Article;

/// How far a feed reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At least so many articles, where there are.
    pub count: usize,
    /// At least those published so long before the newest.
    pub age: Duration,
    /// But no more than this, by estimate (bytes).
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            // Flipboard asks for thirty.
            count: 30,
            // A reader that polls once a day may miss one poll and still loses nothing.
            age: Duration::from_hours(48),
            // SmartNews reads, and many WebSub subscribers take, one megabyte.
            bytes: 1_000_000,
        }
    }
}

/// What an article's tags, dates, ids and links take beside its text, at the least (bytes).
const FRAME: usize = 1_000;

/// What a picture takes beside its address (bytes).
const PICTURE: usize = 160;

/// No window of the default bounds holds more articles than this: whoever reads them from the store may stop here.
pub const AT_MOST: usize = 1_000;

/// Takes from `articles` (the newest first) what stands in a feed. Articles that the public may not see are passed over.
/// The newest one is always in, however long it is.
pub fn window(articles: impl IntoIterator<Item = Article>, bounds: Bounds) -> Vec<Article> {
    let mut taken: Vec<Article> = Vec::new();
    let mut bytes = 0;
    for article in articles.into_iter().filter(Article::is_public) {
        if let Some(newest) = taken.first() {
            bytes += weight(&article);
            let old = newest.published.since(article.published) > bounds.age;
            if (old && taken.len() >= bounds.count) || bytes > bounds.bytes {
                break;
            }
        } else {
            bytes = weight(&article);
        }
        taken.push(article);
    }
    taken
}

/// How many bytes an article takes in the format where it takes most, about.
fn weight(article: &Article) -> usize {
    let summary = article.summary.as_ref().map_or(4 * Article::SUMMARY, String::len);
    let pictures = article.image.iter().chain(&article.images);
    let pictures: usize = pictures.map(|image| PICTURE + image.url.len() + image.alt.as_ref().map_or(0, String::len)).sum();
    FRAME + escaped(&article.title) + summary + escaped(article.body.as_str()) + pictures
}

/// The length of a text once its markup is escaped for XML, as Atom has it: `<` becomes `&lt;`, `"` becomes `&quot;`.
fn escaped(text: &str) -> usize {
    text.len()
        + text
            .bytes()
            .map(|byte| match byte {
                b'<' | b'>' => 3,
                b'&' => 4,
                b'"' | b'\'' => 5,
                _ => 0,
            })
            .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::tests::article;
    use crate::model::{Millis, SafeHtml, Standing};

    const HOUR: i64 = 3_600_000;

    /// `count` articles, each `gap` hours older than the one before.
    fn every(gap: i64, count: i64) -> Vec<Article> {
        (0..count).map(|at| Article { published: Millis((1_000_000 - at * gap) * HOUR), ..article(at) }).collect()
    }

    #[test]
    fn a_slow_newsroom_keeps_thirty() {
        assert_eq!(window(every(24, 100), Bounds::default()).len(), 30);
        assert_eq!(window(every(24, 7), Bounds::default()).len(), 7);
        assert!(window(every(24, 0), Bounds::default()).is_empty());
    }

    #[test]
    fn a_burst_keeps_two_days() {
        // The newest, and all that are at most 48 hours older.
        assert_eq!(window(every(1, 100), Bounds::default()).len(), 49);
    }

    #[test]
    fn size_is_the_last_word_but_the_newest_stays() {
        let mut articles = every(1, 100);
        for article in &mut articles {
            article.body = SafeHtml::of_text(&"长".repeat(100_000));
        }
        assert_eq!(window(articles.clone(), Bounds::default()).len(), 3);
        assert_eq!(window(articles, Bounds { bytes: 10, ..Bounds::default() }).len(), 1);
        assert!(window(every(0, 5_000), Bounds::default()).len() <= AT_MOST);
    }

    #[test]
    fn what_is_held_takes_no_place() {
        let mut articles = every(24, 40);
        articles[0].standing = Standing::Held { because: "看一眼".to_owned(), release_at: None, by_editor: false };
        let taken = window(articles.clone(), Bounds::default());
        assert_eq!(taken.len(), 30);
        assert_eq!(taken[0], articles[1]);
    }
}
