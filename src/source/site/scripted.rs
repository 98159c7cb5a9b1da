//! Addresses that stand in scripts and marks rather than in `href`: rows that open by a click, and pagers that are a choice.

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;
use url::Url;

/// Where templates keep the address of a row whose click is handled elsewhere.
const MARKS: [&str; 4] = ["data-href", "data-url", "data-link", "data-src-url"];
/// A choice of more pages than this is looked at no further.
const MOST_CHOICES: usize = 2_000;
/// A page has a search form, a list of friends and a pager; more choices than this are not looked at.
const MOST_PAGERS: usize = 8;

static QUOTED_ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"['"]((?:https?:)?/?[^'"\s]*[./][^'"\s]+)['"]"#));
/// What a click must do to be a way to a page, rather than to a share button.
static LEADS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)location|\bopen\w*\s*\(|\bhref\b|\bgo\w*\s*\(|\bjump\w*\s*\("));
/// `show(2390)`: a click that hands a number to a function of the page.
static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*(?:javascript:)?\s*(?:return\s+)?(\w+)\(\s*['"]?([\w-]+)['"]?\s*\)"#));
/// `function show(id){ … 'disp.asp?id=' + id + '.html' … }`: how such a function makes an address.
static MAKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"function\s+(\w+)\s*\(\s*(\w+)\s*\)\s*\{[^}]{0,300}?['"]([^'"\s]{1,200})['"]\s*\+\s*(\w+)\b(?:\s*\+\s*['"]([^'"\s]{0,80})['"])?"#,
    )
});
/// `location.href='list_'+this.value+'.html'`: how a choice makes an address.
static CHOSEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?:['"]([^'"\s]{1,200})['"]\s*\+\s*)?this\.[\w.\[\]]*value\b(?:\s*\+\s*['"]([^'"\s]{0,80})['"])?"#));

static SELECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?is)<select\b([^>]{0,500})>(.*?)</select>"));
static OPTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)<option\b([^>]{0,400})>\s*([^<]{0,40})"));
static SELECTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:^|\s)selected\b"));
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#));

fn pattern(form: &str) -> Regex {
    Regex::new(form).expect("a pattern written here compiles")
}

/// A function of the page that makes an address from a number.
#[derive(Debug)]
pub(super) struct Maker {
    name: String,
    before: String,
    behind: String,
}

/// The functions of a page that make addresses.
pub(super) fn makers(html: &str) -> Vec<Maker> {
    let maker = |found: regex::Captures| {
        let part = |group: usize| found.get(group).map(|part| part.as_str().to_owned()).unwrap_or_default();
        (part(2) == part(4)).then(|| Maker { name: part(1), before: part(3), behind: part(5) })
    };
    MAKER.captures_iter(html).filter_map(maker).collect()
}

/// Where a link without a usable `href` leads.
pub(super) fn of_link(node: &NodeRef, href: &str, makers: &[Maker], base: &Url) -> Option<Url> {
    if let Some(marked) = marked(node, base) {
        return Some(marked);
    }
    let script = node.attr("onclick").unwrap_or_else(|| href.into());
    QUOTED_ADDRESS.captures(&script).and_then(|found| base.join(&found[1]).ok()).or_else(|| made(&script, makers, base))
}

/// Where a click on a row leads that is no link itself.
pub(super) fn of_row(node: &NodeRef, makers: &[Maker], base: &Url) -> Option<Url> {
    let Some(script) = node.attr("onclick") else { return marked(node, base) };
    let leads = || QUOTED_ADDRESS.captures(&script).filter(|_| LEADS.is_match(&script)).and_then(|found| base.join(&found[1]).ok());
    leads().or_else(|| made(&script, makers, base)).or_else(|| marked(node, base))
}

fn marked(node: &NodeRef, base: &Url) -> Option<Url> {
    let written = MARKS.iter().find_map(|mark| node.attr(mark))?;
    let written = written.trim();
    (!written.is_empty() && !written.starts_with('#')).then(|| base.join(written).ok()).flatten()
}

fn made(script: &str, makers: &[Maker], base: &Url) -> Option<Url> {
    let call = CALL.captures(script)?;
    let maker = makers.iter().find(|maker| maker.name == call[1])?;
    base.join(&format!("{}{}{}", maker.before, &call[2], maker.behind)).ok()
}

/// The page behind the chosen one where a `select` is a pager: its choices are counted on and lead somewhere. No tree shows them.
pub(super) fn behind_chosen(html: &str, base: &Url, page: &Url) -> Option<Url> {
    SELECT.captures_iter(html).take(MOST_PAGERS).find_map(|found| {
        let change = attribute(&found[1], "onchange").filter(|script| LEADS.is_match(script))?;
        let choices: Vec<Choice> =
            OPTION.captures_iter(&found[2]).take(MOST_CHOICES).filter_map(|o| choice(&change, &o[1], &o[2], base)).collect();
        let chosen = choices.iter().position(|choice| choice.chosen);
        let here = chosen.or_else(|| choices.iter().position(|choice| choice.leads == *page)).unwrap_or(0);
        let (this, next) = (choices.get(here)?, choices.get(here + 1)?);
        (next.number == this.number + 1).then(|| next.leads.clone())
    })
}

/// One page of a pager.
struct Choice {
    number: u32,
    leads: Url,
    chosen: bool,
}

fn choice(change: &str, attributes: &str, words: &str, base: &Url) -> Option<Choice> {
    let value = attribute(attributes, "value")?;
    // A script without `this.value` in it goes to the value as well: a function of the page does.
    let made = CHOSEN.captures(change);
    let part = |group: usize| made.as_ref().and_then(|found| found.get(group)).map_or("", |part| part.as_str());
    let address = format!("{}{}{}", part(1), value.trim(), part(2));
    // A bare number is no address.
    let leads = address.contains(['.', '/', '?', '=']).then(|| base.join(&address).ok()).flatten()?;
    Some(Choice { number: number(words)?, leads, chosen: SELECTED.is_match(attributes) })
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let found = ATTRIBUTE.captures_iter(attributes).find(|found| found[1].eq_ignore_ascii_case(name))?;
    (2..=4)
        .find_map(|group| found.get(group))
        .map(|value| value.as_str().replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
}

/// The page that a choice's words name: `2`, `第2页`, `2/30`.
fn number(words: &str) -> Option<u32> {
    let digits = words.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
