//! The English site's pages and its feed.

use std::fmt::Write as _;
use std::net::SocketAddr;

use askama::Template;
use rss::extension::dublincore::DublinCoreExtensionBuilder;
use rss::{ChannelBuilder, GuidBuilder, ItemBuilder};

use super::{FEED_LENGTH, ZONE};
use crate::demo::press::{Block, Printed};
use crate::model::Millis;

const TITLE: &str = "The Alderwick Courier";
const LINE: &str = "News from the town, the harbour and the villages";

/// `/news/301-the-headline`.
pub(super) fn path(printed: &Printed) -> String {
    let words = printed.story.headline.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    format!("/news/{}-{}", printed.number, words.collect::<Vec<_>>().join("-").to_ascii_lowercase())
}

/// The front page.
pub(super) fn home(printed: &[Printed]) -> String {
    let rows =
        printed.iter().map(|one| Row { path: path(one), headline: one.story.headline, lead: lead(one), at: Told::of(one.at) }).collect();
    print(&Home { rows })
}

/// An article's page.
pub(super) fn article(printed: &Printed, base: SocketAddr) -> String {
    let story = &printed.story;
    print(&Article {
        url: format!("http://{base}{}", path(printed)),
        headline: story.headline,
        section: story.section,
        lead: lead(printed),
        byline: story.byline,
        editors: story.editors,
        at: Told::of(printed.at),
        body: &story.body,
    })
}

/// The feed: RSS 2.0 with summaries, full text, authors and permanent ids.
pub(super) fn feed(printed: &[Printed], base: SocketAddr) -> String {
    let entries = printed.iter().take(FEED_LENGTH).map(|one| {
        let url = format!("http://{base}{}", path(one));
        ItemBuilder::default()
            .title(one.story.headline.to_owned())
            .link(url.clone())
            .guid(GuidBuilder::default().value(url).permalink(true).build())
            .pub_date(one.at.in_zone(ZONE).to_rfc2822())
            .category(rss::CategoryBuilder::default().name(one.story.section.to_owned()).build())
            .dublin_core_ext(DublinCoreExtensionBuilder::default().creator(one.story.byline.to_owned()).build())
            .description(lead(one).to_owned())
            .content(html(&one.story.body))
            .build()
    });
    let channel = ChannelBuilder::default()
        .title(TITLE)
        .link(format!("http://{base}/"))
        .description(LINE)
        .language("en-GB".to_owned())
        .ttl("1".to_owned())
        .items(entries.collect::<Vec<_>>())
        .build();
    channel.to_string()
}

/// A body as HTML.
fn html(body: &[Block]) -> String {
    body.iter().fold(String::new(), |mut html, block| {
        let (tag, text) = match block {
            Block::Heading(text) => ("h2", text),
            Block::Paragraph(text) => ("p", text),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        writeln!(html, "<{tag}>{text}</{tag}>").expect("a string takes all");
        html
    })
}

/// The first paragraph.
fn lead(printed: &Printed) -> &'static str {
    let first = printed.story.body.iter().find_map(|block| if let Block::Paragraph(text) = block { Some(*text) } else { None });
    first.unwrap_or_default()
}

/// An instant as a page tells it: for people and for machines.
struct Told {
    people: String,
    machines: String,
}

impl Told {
    fn of(at: Millis) -> Self {
        Self { people: at.in_zone(ZONE).format("%-d %B %Y, %H:%M").to_string(), machines: at.rfc3339(ZONE) }
    }
}

struct Row {
    path: String,
    headline: &'static str,
    lead: &'static str,
    at: Told,
}

fn print(page: &impl Template) -> String {
    page.render().expect("the English pages are written into memory")
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ TITLE }}</title>
<link rel="alternate" type="application/rss+xml" title="{{ TITLE }}" href="/feed.xml">
<style>{{ STYLE|safe }}</style></head><body>
<header><a href="/">{{ TITLE }}</a><p>{{ LINE }}</p></header>
<main>{% for row in rows %}
<section><h2><a href="{{ row.path }}">{{ row.headline }}</a></h2><p class="meta"><time datetime="{{ row.at.machines }}">{{ row.at.people }}</time></p><p>{{ row.lead }}</p></section>{% endfor %}
</main>
<footer>{{ FOOTER }} <a href="/feed.xml">RSS</a></footer>
</body></html>
"##
)]
struct Home {
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ headline }} | {{ TITLE }}</title>
<link rel="canonical" href="{{ url }}"><link rel="alternate" type="application/rss+xml" title="{{ TITLE }}" href="/feed.xml">
<meta property="og:type" content="article"><meta property="og:title" content="{{ headline }}"><meta property="og:description" content="{{ lead }}">
<meta property="og:url" content="{{ url }}"><meta property="og:site_name" content="{{ TITLE }}"><meta property="article:published_time" content="{{ at.machines }}">
<style>{{ STYLE|safe }}</style></head><body>
<header><a href="/">{{ TITLE }}</a><p>{{ LINE }}</p></header>
<main><nav><a href="/">Home</a> › {{ section }}</nav>
<article><h1>{{ headline }}</h1><p class="meta">By <span class="author">{{ byline }}</span> · <time datetime="{{ at.machines }}">{{ at.people }}</time></p>
{% for block in body %}{% match block %}{% when Block::Heading(text) %}<h2>{{ text }}</h2>
{% when Block::Paragraph(text) %}<p>{{ text }}</p>
{% endmatch %}{% endfor %}{% if !editors.is_empty() %}<p class="meta">Edited by {{ editors }}</p>
{% endif %}</article></main>
<footer>{{ FOOTER }} <a href="/feed.xml">RSS</a></footer>
</body></html>
"##
)]
struct Article<'a> {
    url: String,
    headline: &'a str,
    section: &'a str,
    lead: &'a str,
    byline: &'a str,
    editors: &'a str,
    at: Told,
    body: &'a [Block],
}

const FOOTER: &str = "The Alderwick Courier, 2 Ropewalk Lane, Alderwick. Newsroom: 01632 960100.";

const STYLE: &str = ":root{color-scheme:light dark}body{font:17px/1.6 Georgia,serif;max-width:42rem;margin:0 auto;padding:0 1rem}\
header{border-bottom:3px double;padding:1.2rem 0 .4rem;margin-bottom:1.2rem}header a{font-size:1.9rem;font-weight:bold;text-decoration:none;color:inherit}\
header p{margin:0}a{color:light-dark(#14506e,#8cc8e8)}h1{line-height:1.2}h2{margin-bottom:.2rem;line-height:1.25}.meta,nav,footer{font:14px/1.5 sans-serif;opacity:.75}\
footer{border-top:1px solid;margin:2rem 0;padding-top:.6rem}";
