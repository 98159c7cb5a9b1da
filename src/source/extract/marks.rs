//! What an element's name, classes and attributes say of the lines in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;

use super::words::{len, pattern};
use crate::model::one_line;

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// Elements that begin and end a line.
static BLOCKS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 \
         header hgroup html legend li main menu nav ol p section summary table tbody td tfoot th thead tr ul pre",
    )
});

/// Parts of class names and ids that speak of what lies beside an article.
const ASIDE: &str = "footer sidebar comment related recommend copyright hotnews ranking navbar side-bar pinglun";

/// Parts of class names that name the whole page or the article, whatever else they say.
const WHOLE: &str = "main content-wrap has-sidebar article";

/// Parts of class names and ids of breadcrumbs; the pinyin ones are common in Chinese templates.
const TRAIL: &str = "breadcrumb crumb weizhi dqwz position curpos location bread mianbao daohang_wz szwz";

/// Class names of bylines.
static BYLINES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "author byline authors author-name author__name author_name entry-author writer by-author authorname autor byline__name author-byline auteur vcard",
    )
});

/// Words of class names and ids that say what their element is beside the copy: the rule they stand for, and the words.
/// A word that begins with `*` may be part of a longer one.
const BESIDE: &[(&str, &str)] = &[
    (
        "caption",
        "*caption *bildunterschrift *bildnachweis *bildrechte *photocredit *imagecredit credit credits *fotocredit legende legend pie-de-foto piedefoto \
         *didascalia photographer fotograf wp-caption-text image-source image-copyright *mediacopyright",
    ),
    (
        "invitation",
        "*newsletter *subscribe *subscription *signup sign-up promo promobox *advert sponsored outbrain taboola donation *donate cta *callout support-box support-us reader-revenue \
         app-banner push-notification",
    ),
    (
        "related",
        "inline-article *bookmark-c *bookmark-d *bookmark-t *bookmark-m *related *recommend *recirc read-more readmore *readalso also-read read-also most-read mostread *popular trending more-on \
         see-also *recomend lire-aussi interstitial-link storylink teaser-list *weiterlesen mehr-zum-thema",
    ),
    (
        "author box",
        "*authorbox *author-box author-bio *authorbio author-info about-author author-card author-profile author-description person-details bio",
    ),
    ("embedded post", "twitter-tweet twitter-video instagram-media tiktok-embed bluesky-embed fb-post reddit-embed mastodon-embed"),
    ("box", "*infobox *info-box *factbox *fact-box *faktabox *faktaboks *infokasten *expandable-box *infoboks faktaruta"),
    (PULLED, "*pullquote *pull-quote pulled-quote"),
    ("pictures", "*gallery *slideshow *carousel *lightbox slider"),
    (
        "tools",
        "*share sharing social *social-media toolbar tools tags tag-list taglist topics *player timestamp dateline-time reading-time",
    ),
];

/// The rule for a quotation that repeats a sentence of the text in large letters.
pub(super) const PULLED: &str = "pull quote";

/// Words of class names of a standfirst: the summary that is printed between headline and text.
const LEADS: &str = "lead lede leadin lead-in leadtext *standfirst deck dek chapo chapeau ingress sommario catenaccio *vorspann einleitung anriss entradilla bajada copete \
                     sapo perex zajawka spot summary subheadline *subtitle sumario intro excerpt abstract manchet article-description";

/// What names say of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// It is no copy, and the rule that says so.
    pub beside: Option<&'static str>,
    /// It is a standfirst.
    pub lead: bool,
    /// It lies beside an article.
    pub aside: bool,
    /// It does so by a word for the page's layout: a column of that name may hold the article.
    pub layout: bool,
    /// It is a breadcrumb.
    pub trail: bool,
    /// It names the author.
    pub byline: bool,
    /// What the links in it lead to.
    pub term: Option<Term>,
}

/// Names longer than this belong to a framework and say nothing (bytes).
const LONGEST_NAMES: usize = 300;

/// What the names of an element (lower case) say of it.
pub(super) fn named(names: &str) -> Named {
    let (beside, lead) = spoken(names);
    Named {
        beside,
        lead,
        aside: is_aside(names),
        layout: is_layout(names),
        trail: is_trail(names),
        byline: is_byline(names),
        term: term(names),
    }
}

/// Whether names say that their element is no copy, or a standfirst. Most say nothing, so one pattern over all words comes first.
fn spoken(names: &str) -> (Option<&'static str>, bool) {
    static PATTERNS: LazyLock<Vec<(Option<&str>, Regex)>> = LazyLock::new(|| {
        let besides = BESIDE.iter().map(|(rule, words)| (Some(*rule), one_of(words)));
        besides.chain([(None, one_of(LEADS))]).collect()
    });
    static ANY: LazyLock<Regex> = LazyLock::new(|| {
        let words: Vec<&str> = BESIDE.iter().map(|(_, words)| *words).chain([LEADS]).collect();
        one_of(&words.join(" "))
    });
    let whole = || WHOLE.split(' ').any(|word| word != "article" && names.contains(word));
    if names.len() > LONGEST_NAMES || !ANY.is_match(names) || whole() {
        return (None, false);
    }
    let beside = PATTERNS.iter().find(|(rule, pattern)| rule.is_some() && pattern.is_match(names)).and_then(|(rule, _)| *rule);
    (beside, PATTERNS.iter().any(|(rule, pattern)| rule.is_none() && pattern.is_match(names)))
}

/// The pattern of words: each a whole part between hyphens and underscores, or any part where a `*` stands before it.
fn one_of(words: &str) -> Regex {
    let (parts, wholes): (Vec<&str>, Vec<&str>) = words.split_whitespace().partition(|word| word.starts_with('*'));
    let parts: Vec<&str> = parts.iter().map(|part| &part[1..]).collect();
    let parts = if parts.is_empty() { "[^\\s\\S]".to_owned() } else { parts.join("|") };
    pattern(&format!("{parts}|(?:^|[^a-z0-9])(?:{})(?:[^a-z0-9]|$)", wholes.join("|")))
}

/// Whether an element is shown to screen readers alone.
pub(super) fn is_for_readers(names: &str) -> bool {
    ["sr-only", "visually-hidden", "visuallyhidden", "screen-reader", "screenreader", "offscreen"].iter().any(|word| names.contains(word))
}

/// Whether an element begins and ends a line.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(name)
}

/// Whether names (lower case) speak of what lies beside an article.
fn is_aside(names: &str) -> bool {
    ASIDE.split(' ').any(|word| names.contains(word)) && !WHOLE.split(' ').any(|word| names.contains(word))
}

/// Whether names (lower case) that speak of what lies beside an article do so by words for the page's layout alone.
fn is_layout(names: &str) -> bool {
    ASIDE.split(' ').filter(|word| names.contains(word)).all(|word| matches!(word, "footer" | "sidebar" | "side-bar" | "navbar"))
}

/// Whether names (lower case) speak of a breadcrumb.
fn is_trail(names: &str) -> bool {
    TRAIL.split(' ').any(|word| names.contains(word))
}

/// Whether an element says that it names the author: microdata, `rel`.
pub(super) fn is_author(node: &NodeRef<'_>) -> bool {
    ["rel", "itemprop"].iter().any(|key| node.attr(key).is_some_and(|told| told.split_whitespace().any(|word| word == "author")))
}

/// An author's names in microdata are shorter (bytes).
const CREDITED: usize = 100;

/// Ends of class names of an author's name alone, where his post stands beside it.
const CONTRIBUTORS: &[&str] =
    &["contributorname", "contributor-name", "contributor__name", "author-name", "author__name", "byline-name", "byline__name"];

/// The names that microdata calls the author's, or a class of its own does: of an element with `itemprop=author`, its own or those of the `name` within it.
pub(super) fn credited(node: &NodeRef<'_>) -> Option<String> {
    let has = |node: &NodeRef<'_>, word: &str| node.attr("itemprop").is_some_and(|told| told.split_whitespace().any(|own| own == word));
    if !has(node, "author") {
        let words = node.attr("class").filter(|class| CONTRIBUTORS.iter().any(|end| class.to_ascii_lowercase().ends_with(end)))?;
        let text = one_line(&node.text());
        return (!words.is_empty() && text.len() <= CREDITED && can_name(&text)).then_some(text);
    }
    let name = node.descendants_it().take(CREDITED).find(|inner| inner.is_element() && has(inner, "name"));
    let text = one_line(&name.as_ref().unwrap_or(node).text());
    (!text.is_empty() && text.len() <= CREDITED).then_some(text)
}

/// Ends of class names of bylines, behind the name of a block: `article-author`, `story__autor`, `c-byline__name`.
const BYLINE_ENDS: &[&str] = &[
    "byline",
    "byline__name",
    "byline-name",
    "byline__item",
    "author",
    "authors",
    "author-name",
    "author__name",
    "author_name",
    "authorname",
    "author-link",
    "author__link",
    "autor",
    "auteur",
    "autore",
    "-reporter",
];

/// Parts of class names of others who write: in comments, quotations and teasers.
const OTHERS: &[&str] = &["comment", "quote", "teaser", "card", "related", "review", "photo", "image", "media", "caption"];

/// Whether names (lower case) are those of bylines.
fn is_byline(names: &str) -> bool {
    names.split_whitespace().any(|word| {
        let bare = word.trim_start_matches("c-").trim_start_matches("article");
        BYLINES.contains(bare.trim_matches(['-', '_']))
            || BYLINE_ENDS.iter().any(|end| word.ends_with(end)) && !OTHERS.iter().any(|other| word.contains(other))
    })
}

/// Parts of the addresses of authors' pages.
const AUTHORS: &[&str] = &[
    "/author/",
    "/authors/",
    "/autor/",
    "/autores/",
    "/autoren/",
    "/auteur/",
    "/auteurs/",
    "/autore/",
    "/autori/",
    "/redactor/",
    "/redactie/auteur",
    "/journalist/",
    "/journalists/",
    "/journaliste/",
    "/reporter/",
    "/reporters/",
    "/contributor/",
    "/contributors/",
    "/columnist/",
    "/columnists/",
    "/skribent/",
    "/yazar/",
    "/avtor/",
    "/author?",
    "/autor-",
    "/author-",
    "/auteur-",
];

/// Whether the words of a link to an author's page can be a name: two to five, each with a capital.
pub(super) fn can_name(text: &str) -> bool {
    let words = text.split_whitespace();
    (2..=5).contains(&words.clone().count())
        && text.starts_with(char::is_uppercase)
        && words.last().is_some_and(|word| word.starts_with(char::is_uppercase))
        && !text.contains(|c: char| c.is_numeric() || matches!(c, ':' | '?' | '!'))
}

/// Whether an address is that of an author's page.
pub(super) fn leads_to_author(href: &str) -> bool {
    AUTHORS.iter().any(|part| href.contains(part))
}

/// What a link leads to, by what its markup says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    /// A section of the site.
    Category,
    /// A tag of the article.
    Tag,
}

/// Class names of the elements that hold an article's categories; the first four are `WordPress`'s own.
const CATEGORIES: &[&str] = &[
    "cat-links",
    "taxonomy-category",
    "post-categories",
    "entry-categories",
    "entry-category",
    "post-category",
    "category-links",
    "article-category",
    "article__category",
    "posted-in",
];

/// Class names of the elements that hold an article's tags, in several languages.
const TAGS: &[&str] = &[
    "tag",
    "tags",
    "taglist",
    "keywords",
    "etiket",
    "etiketler",
    "etiquetas",
    "tagi",
    "schlagworte",
    "schlagwörter",
    "trefwoorden",
    "emner",
];

/// Ends of such class names.
const TAG_ENDS: &[&str] = &["-tags", "_tags", "-taglist", "tag-list", "tags-links", "tags-list", "taxonomy-post_tag", "field-schlagworte"];

/// What the classes of an element (lower case) say of the links in it.
fn term(names: &str) -> Option<Term> {
    let one = |fits: &dyn Fn(&str) -> bool| names.split_whitespace().any(fits);
    if one(&|word| CATEGORIES.contains(&word)) {
        return Some(Term::Category);
    }
    one(&|word| TAGS.contains(&word) || TAG_ENDS.iter().any(|end| word.ends_with(end))).then_some(Term::Tag)
}

/// What the `rel` of a link says (HTML, 4.6.7.20: `tag`; `category` is `WordPress`'s).
pub(super) fn term_of_rel(rel: &str) -> Option<Term> {
    let has = |word: &str| rel.split_whitespace().any(|own| own.eq_ignore_ascii_case(word));
    if has("category") { Some(Term::Category) } else { has("tag").then_some(Term::Tag) }
}

/// Whether an element is not shown.
pub(super) fn is_hidden(node: &NodeRef<'_>) -> bool {
    node.has_attr("hidden")
        || node.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
            style.contains("display:none")
        })
}

/// Cells longer than this hold paragraphs: the table lays out a page (characters).
const LONGEST_CELL: usize = 120;

/// Whether a table holds data rather than a layout: two rows of two short cells at least, no table within.
pub(super) fn is_data(table: &NodeRef<'_>) -> bool {
    let mut rows = 0;
    let mut cells = 0;
    for node in table.descendants_it() {
        if node.has_name("table") || node.has_name("img") {
            return false;
        }
        if node.has_name("tr") {
            rows += 1;
        } else if node.has_name("td") || node.has_name("th") {
            cells += 1;
            if len(&node.text()) > LONGEST_CELL {
                return false;
            }
        }
    }
    rows >= 2 && cells >= 2 * rows
}
