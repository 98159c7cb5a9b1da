//! Sections and tags as pages print them beside a headline or below a text: words above the headline that the site's own menu knows,
//! links that their `rel` or the element around them calls a category or a tag.

use super::Found;
use super::head::Head;
use super::lines::Line;
use super::marks::Term;
use super::title::Headline;
use super::words::{bare, len};

/// A section's or a tag's name is shorter (characters).
const LONGEST: usize = 40;

/// A kicker that a menu knows stands at most so many lines above the headline.
const ABOVE: usize = 2;

/// Behind a text its categories and tags stand within so many lines.
const BEHIND: usize = 15;

/// Tags at most; more are the site's cloud.
const MOST: usize = 12;

/// The section, where the markup of a link says so, or where the words above the headline stand in the site's menu too.
/// `last` is where the body ends.
pub(super) fn section(lines: &[Line], headline: Option<&Headline>, last: usize) -> Option<Found<String>> {
    let end = (last + BEHIND).min(lines.len());
    let linked = lines[..end].iter().filter(|line| !line.aside).find_map(|line| {
        let (_, name) = line.terms.iter().find(|(term, name)| *term == Term::Category && len(name) <= LONGEST)?;
        Some(Found { value: name.replace('/', "·"), rule: "link to a category".to_owned(), line: line.spaced.clone() })
    });
    linked.or_else(|| kicker(lines, headline?.at?))
}

/// The words above the headline, where a link of the site's menu has the same words.
fn kicker(lines: &[Line], title: usize) -> Option<Found<String>> {
    let in_menu = |at: usize| {
        let own = lines[at].bare();
        let menu = lines[..title].iter().enumerate().filter(|(other, _)| *other != at);
        !own.is_empty() && menu.flat_map(|(_, line)| &line.links).any(|(text, href)| href.len() > 1 && bare(text) == own)
    };
    (title.saturating_sub(ABOVE)..title).rev().find_map(|at| {
        let line = &lines[at];
        let kicker = !line.aside && !line.is_prose() && len(&line.text) <= LONGEST / 2 && line.links.len() <= 1 && in_menu(at);
        // The last line of a menu stands above the headline too.
        let alone = at == 0 || lines[at - 1].aside || !in_menu(at - 1);
        (kicker && alone).then(|| Found {
            value: line.text.replace('/', "·"),
            rule: "kicker that the menu knows".to_owned(),
            line: line.spaced.clone(),
        })
    })
}

/// The tags that a page prints below its text (or between headline and text), where machines were told none.
pub(super) fn tags(head: &Head, lines: &[Line], from: usize, last: usize, section: Option<&str>) -> Option<Found<Vec<String>>> {
    if !head.all(&["article:tag", "news_keywords"]).is_empty() {
        return None;
    }
    let end = (last + BEHIND).min(lines.len());
    let is_tag = |(term, name): &&(Term, String)| *term == Term::Tag && (2..=LONGEST).contains(&len(name));
    let section = section.map(|path| path.rsplit('/').next().unwrap_or_default()).map(bare);
    let mut tags: Vec<String> = Vec::new();
    let judged = |line: &Line, rules: &[&str]| line.judged().is_some_and(|(rule, _)| rules.contains(&rule));
    // An article's own footer is one too: there a label must stand before the tags.
    let usable = |line: &&Line| !judged(line, &["related", "read on"]) && (!line.aside || judged(line, &["tags"]));
    for (_, name) in lines[from.min(end)..end].iter().filter(usable).flat_map(|line| &line.terms).filter(is_tag) {
        let name = name.trim_start_matches('#').trim().trim_end_matches(',');
        if len(name) >= 2 && Some(bare(name)) != section && !tags.iter().any(|known| known == name) {
            tags.push(name.to_owned());
        }
    }
    let chosen = !tags.is_empty() && tags.len() <= MOST;
    chosen.then(|| Found { line: tags.join(", "), value: tags, rule: "links of the page".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;
    use dom_query::Document;

    fn read(page: &str) -> (Option<String>, Vec<String>) {
        let lines = lines::of_page(&Document::from(page), None);
        let at = lines.iter().position(|line| line.shape == lines::Shape::Heading(1)).unwrap();
        let headline = Headline { text: lines[at].text.clone(), at: Some(at), rule: "h1" };
        let section = section(&lines, Some(&headline), at + 2).map(|found| found.value);
        let tags = tags(&Head::default(), &lines, at, at + 2, section.as_deref()).map(|found| found.value);
        (section, tags.unwrap_or_default())
    }

    #[test]
    fn markup_tells_sections_and_tags() {
        let page = "<h1>A landing mended</h1><p>Filed under <a href=/r rel='category tag'>River</a></p>\
                    <div class=tags><a href=/t/1>#ferry</a> <a href=/t/2>landing</a></div>";
        assert_eq!(read(page), (Some("River".to_owned()), vec!["ferry".to_owned(), "landing".to_owned()]));
        assert_eq!(read("<body class='single tag-ferry'><h1>A landing mended</h1><p><a href=/x>Ann</a></p>"), (None, Vec::new()));
    }

    #[test]
    fn a_kicker_is_a_section_where_the_menu_knows_it() {
        let page = |kicker: &str| {
            format!("<nav><a href=/r>River</a><a href=/s>Sport</a></nav><main><p>{kicker}</p><h1>A landing mended</h1><p>Text</p></main>")
        };
        assert_eq!(read(&page("River")).0.as_deref(), Some("River"));
        assert_eq!(read(&page("Exclusive")).0, None);
        let twice = "<div><a href=/r>River</a></div><div><a href=/s>Sport</a></div><ul><li><a href=/r>River</a><li><a href=/s>Sport</a></ul><h1>A</h1>";
        assert_eq!(read(twice).0, None);
    }
}
