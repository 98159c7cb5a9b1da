//! What an element's name, classes and attributes say of the lines in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use dom_query::NodeRef;

use super::words::len;

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

/// Whether an element begins and ends a line.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(name)
}

/// Whether names (lower case) speak of what lies beside an article.
pub(super) fn is_aside(names: &str) -> bool {
    ASIDE.split(' ').any(|word| names.contains(word)) && !WHOLE.split(' ').any(|word| names.contains(word))
}

/// Whether names (lower case) speak of a breadcrumb.
pub(super) fn is_trail(names: &str) -> bool {
    TRAIL.split(' ').any(|word| names.contains(word))
}

/// Whether an element says that it names the author: microdata, `rel`, or a class of bylines.
pub(super) fn is_byline(node: &NodeRef<'_>, names: &str) -> bool {
    let told = format!("{} {}", node.attr_or("rel", ""), node.attr_or("itemprop", ""));
    told.split_whitespace().any(|word| word == "author")
        || names.split_whitespace().any(|word| {
            let word = word.trim_start_matches("c-").trim_start_matches("article");
            BYLINES.contains(word.trim_matches(['-', '_']))
        })
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
