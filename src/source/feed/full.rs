//! Full text: the page of a new or changed entry is read for what the feed leaves out; title, time and id stay the feed's.
//!
//! What the feed said of an entry is remembered, so that its page can be read again later and still be the same article. A page that
//! cannot be had holds nothing up for long: after some tries the feed's own words go out alone.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use super::words::looks_like_html;
use crate::config::FullText;
use crate::model::{
    ArticleJson, Body, Candidate, CanonicalUrl, EntryMemory, Evidence, Field, Image, Kind, PageMemory, SafeHtml, SourceMemory, When, Wish,
    one_line,
};
use crate::source::{Advice, Find, Link, Net, RawPage, Reading, Spec, Wanted, hash, site};

/// Pages that one look reads; the others come right after it.
const PAGES_AT_ONCE: usize = 60;
/// Looks that wait for a page before the feed's own words go out alone.
const MOST_TRIES: u32 = 3;
/// Between two of them: a CMS writes its feed before its pages.
const TRIES_APART: Duration = Duration::from_mins(1);
/// Entries that are remembered: some weeks of a small newsroom, and more than any feed shows.
const MOST_REMEMBERED: usize = 500;
/// Texts of feeds that break off are shorter than this (characters).
const LONGEST_TEASER: usize = 600;

/// Entries on their way: what is ready, and what the memory should say of them.
#[derive(Debug, Default)]
pub(super) struct Completed {
    pub finds: Vec<Find>,
    pub memory: SourceMemory,
    /// Entries were left for a later look: the feed must be read again whatever its server says of changes.
    pub pending: bool,
    /// How soon that may be, where it need not wait for the usual time.
    pub again: Option<Duration>,
}

/// Reads the pages that the entries want. Entries whose page was read and whose words did not change since are left out.
pub(super) async fn complete(spec: &Spec, candidates: Vec<Candidate>, memory: SourceMemory, net: &Net) -> Completed {
    let first_look = !memory.visited;
    let (mut finds, mut wanted, mut waiting) = (Vec::new(), Vec::new(), BTreeMap::new());
    let (mut here, mut surplus, mut pending) = (HashSet::new(), false, false);
    for candidate in candidates {
        let Some(url) = candidate.url.clone().filter(|_| wants_page(&candidate, spec.entries.full_text)) else {
            finds.push(Find::alone(candidate));
            continue;
        };
        if !here.insert(url.to_string()) {
            continue;
        }
        let digest = digest(&candidate, spec.zone);
        if memory.entries.get(url.as_str()).is_some_and(|known| known.digest == digest) {
            continue;
        }
        // A host that wants to be left alone gives no page: its entries wait, and take nobody's place.
        let rests = net.turns.rest(&url.url(), net.clock.now()).is_some();
        if wanted.len() < PAGES_AT_ONCE && !rests {
            let link = Link { url: url.clone(), title: candidate.title.clone(), date: candidate.published };
            wanted.push(Wanted { link, memory: PageMemory::default() });
            waiting.insert(url.url(), (candidate, digest));
        } else {
            (surplus, pending) = (surplus || !rests, true);
            // All of a first look is old and silent, and must not become news at the second.
            if first_look {
                finds.push(Find::alone(candidate));
            }
        }
    }
    if wanted.is_empty() {
        return Completed { finds, memory, pending, again: None };
    }
    let reading = site::read(spec, &memory, wanted, net).await;
    let again = surplus.then_some(Duration::ZERO);
    let mut completed = Completed { finds, memory: reading.memory, pending, again };
    for find in reading.finds {
        let Some((candidate, digest)) = find.page.as_ref().and_then(|page| waiting.remove(&page.url.url())) else { continue };
        completed.take(candidate, digest, find, spec.zone);
    }
    for (url, error) in reading.failed {
        let Some((candidate, digest)) = waiting.remove(&url.url()) else { continue };
        let lost = error.advice() == Advice::GiveUp;
        tracing::info!(url = url.as_str(), error = &error as &dyn std::error::Error, "the page of a feed's entry could not be read");
        if !completed.without_page(candidate, digest, lost || first_look, spec.zone) {
            completed.wait_for(&url.url(), net);
        }
    }
    // What a site did not get to is neither read nor lost.
    for (url, (candidate, _)) in waiting {
        completed.wait_for(&url, net);
        if first_look {
            completed.finds.push(Find::alone(candidate));
        }
    }
    completed.forget(&here);
    completed
}

impl Completed {
    fn take(&mut self, candidate: Candidate, digest: String, find: Find, zone: Tz) {
        let url = candidate.url.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut copy = ArticleJson::of_candidate(&candidate, zone);
        let told = !text_of(&candidate.body).is_empty();
        let (candidate, better) = merged(candidate, find.candidate, zone);
        if better {
            (copy.content_html, copy.content_text) = (None, None);
        }
        // What the feed gave for a text became the summary.
        if better && told && copy.summary.is_none() {
            copy.summary.clone_from(&candidate.summary);
        }
        self.memory.entries.insert(url, EntryMemory { digest, copy, tries: 0 });
        self.finds.push(Find { candidate, ..find });
    }

    /// Leaves an entry for a later look: soon, unless its host named a time of its own, for which the usual looks will do.
    fn wait_for(&mut self, url: &Url, net: &Net) {
        self.pending = true;
        if net.turns.rest(url, net.clock.now()).is_none() {
            self.again = Some(self.again.unwrap_or_default().max(TRIES_APART));
        }
    }

    /// Whether an entry went out with the feed's own words alone. Else it waits for its page.
    fn without_page(&mut self, candidate: Candidate, digest: String, now: bool, zone: Tz) -> bool {
        let url = candidate.url.as_ref().map(ToString::to_string).unwrap_or_default();
        let entry = self.memory.entries.entry(url).or_default();
        entry.tries += 1;
        let goes = now || entry.tries >= MOST_TRIES;
        if goes {
            *entry = EntryMemory { digest, copy: ArticleJson::of_candidate(&candidate, zone), tries: 0 };
            self.finds.push(Find::alone(candidate));
        }
        goes
    }

    /// Forgets entries that the feed shows no more, where there are too many.
    fn forget(&mut self, here: &HashSet<String>) {
        let surplus = self.memory.entries.len().saturating_sub(MOST_REMEMBERED);
        let gone: Vec<String> = self.memory.entries.keys().filter(|url| !here.contains(*url)).take(surplus).cloned().collect();
        for url in gone {
            self.memory.entries.remove(&url);
        }
    }
}

/// Reads pages of entries again. A page whose entry is forgotten can only say that its article was taken back.
pub(super) async fn read(spec: &Spec, memory: &SourceMemory, wanted: Vec<Wanted>, net: &Net) -> Reading {
    let mut reading = site::read(spec, memory, wanted, net).await;
    for find in std::mem::take(&mut reading.finds) {
        let url = find.page.as_ref().map(|page: &RawPage| page.url.clone());
        let copy = url.as_ref().and_then(|url| memory.entries.get(url.as_str())).map(|entry| entry.copy.clone());
        match copy.and_then(|copy| copy.into_candidate(&spec.name, spec.zone).ok()) {
            Some(candidate) => {
                let (candidate, _) = merged(candidate, find.candidate, spec.zone);
                reading.finds.push(Find { candidate, ..find });
            }
            None if matches!(find.candidate.wish, Wish::Withdraw(_)) => reading.finds.push(find),
            None => reading.unchanged.extend(url),
        }
    }
    reading
}

impl Find {
    /// Copy without a page.
    pub(super) fn alone(candidate: Candidate) -> Self {
        Self { candidate, page: None, parts: Vec::new(), claim: None }
    }
}

fn digest(candidate: &Candidate, zone: Tz) -> String {
    hash(serde_json::json!(ArticleJson::of_candidate(candidate, zone)).to_string().as_bytes())
}

/// Whether the feed leaves something out that its page has.
fn wants_page(candidate: &Candidate, full_text: FullText) -> bool {
    match full_text {
        FullText::No => false,
        FullText::Yes => true,
        FullText::Auto => {
            let text = text_of(&candidate.body);
            let short = text.chars().count() < LONGEST_TEASER;
            candidate.kind != Kind::Video && (text.is_empty() || short && breaks_off(&text))
        }
    }
}

/// Whether a text ends in the middle, or with an invitation to read on.
fn breaks_off(text: &str) -> bool {
    const ENDS: [&str; 12] =
        ["…", "...", "[…]", "[...]", "[&#8230;]", "阅读全文", "查看全文", "查看详情", "阅读更多", "更多", "read more", "continue reading"];
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '»' | '→' | ']' | '）' | ')' | '.' | '。'));
    let (whole, end) = (text.trim_end().to_lowercase(), end.to_lowercase());
    ENDS.iter().any(|mark| whole.ends_with(mark) || end.ends_with(mark))
}

fn text_of(body: &Body) -> String {
    match body {
        Body::None => String::new(),
        Body::Text(text) if !looks_like_html(text) => one_line(text),
        Body::Html(html) | Body::Text(html) => one_line(&SafeHtml::clean(html, None).text()),
    }
}

/// The feed's copy with what its page adds, and whether the body is the page's.
fn merged(feed: Candidate, page: Candidate, zone: Tz) -> (Candidate, bool) {
    let (told, read) = (text_of(&feed.body), text_of(&page.body));
    // A page that gives less than its feed is a wall or a question for consent.
    let better = !read.is_empty() && read.chars().count() >= told.trim_end_matches('…').chars().count();
    let teaser = Some(told).filter(|told| better && !told.is_empty() && feed.summary.is_none() && told.chars().count() <= LONGEST_TEASER);
    let mut images = feed.images;
    for image in page.images {
        if images.iter().all(|known| known.url != image.url) {
            images.push(image);
        }
    }
    let mut evidence: Vec<Evidence> = feed.evidence;
    let known = [Field::Title, Field::Published];
    evidence.extend(page.evidence.into_iter().filter(|line| !known.contains(&line.field)));
    let candidate = Candidate {
        title: feed.title.or(page.title),
        published: minute(feed.published, page.published, zone),
        authors: if feed.authors.is_empty() { page.authors } else { feed.authors },
        editors: if feed.editors.is_empty() { page.editors } else { feed.editors },
        origin: feed.origin.or(page.origin),
        sections: if feed.sections.is_empty() { page.sections } else { feed.sections },
        summary: feed.summary.or(teaser).or(page.summary),
        image: feed.image.or(page.image).or_else(|| images.first().cloned() as Option<Image>),
        images,
        tags: if feed.tags.is_empty() { page.tags } else { feed.tags },
        language: feed.language.or(page.language),
        kind: if feed.kind == Kind::Text { page.kind } else { feed.kind },
        body: if better { page.body } else { feed.body },
        wish: if feed.wish == Wish::Publish { page.wish } else { feed.wish },
        correction: feed.correction.or(page.correction),
        breaking: feed.breaking || page.breaking,
        evidence,
        url: feed.url.or(page.url) as Option<CanonicalUrl>,
        ..Candidate {
            provenance: feed.provenance,
            updated: feed.updated,
            announce: feed.announce,
            kept: feed.kept,
            ..Candidate::from_source("")
        }
    };
    (candidate, better)
}

/// The feed's time; the page's minute where the feed tells the day alone.
fn minute(feed: Option<When>, page: Option<When>, zone: Tz) -> Option<When> {
    match (feed, page) {
        (Some(When::Day(day)), Some(When::At(at))) if at.in_zone(zone).date_naive() == day => page,
        (feed, page) => feed.or(page),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::loopback::{Server, answer, net, path};
    use super::super::super::{look, read as read_pages};
    use super::*;
    use crate::config::Entries;
    use crate::model::SourceKind;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const PAGE: &str = "<html><head><title>栏目里的另一个标题_河口新闻网</title></head><body><h1>栏目里的另一个标题</h1>\
        <p>来源：河口日报 2021-10-29 08:30 编辑：李勤</p><div class=content><p>县城至码头的公交线路今日开通，首班车六时三十分从县城发出，全程四十分钟，票价两元，沿线设十二个站点。</p>\
        <p>交通局负责人说，这条线路将覆盖沿江的七个村子，方便两万多名群众出行，下一步还将增开夜班车。</p><p><img src=/pic/bus.jpg></p></div></body></html>";

    fn feed(title: &str) -> String {
        format!(
            "<rss version='2.0'><channel><title>河口</title><item><title>{title}</title><link>/1.html</link><guid isPermaLink='false'>hk-1</guid>\
             <pubDate>Fri, 29 Oct 2021 08:00:00 +0800</pubDate><description>县城至码头的公交线路今日开通……</description></item></channel></rss>"
        )
    }

    fn spec(server: &Server, full_text: FullText) -> Spec {
        Spec { entries: Entries { full_text, keep_ids: true }, ..server.spec(SourceKind::Feed, &["/feed"]) }
    }

    #[tokio::test]
    async fn the_page_gives_the_body_and_the_feed_the_name() {
        let version = Arc::new(AtomicU32::new(0));
        let shown = Arc::clone(&version);
        let server = Server::start(move |head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/feed" if shown.load(Ordering::SeqCst) == 1 => answer(200, "", feed("标题改了").as_bytes()),
            "/feed" => answer(200, "etag: \"1\"\r\n", feed("公交线路今日开通").as_bytes()),
            _ => answer(200, "content-type: text/html\r\n", PAGE.as_bytes()),
        })
        .await;
        let (spec, net) = (spec(&server, FullText::Auto), net());
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        let copy = &first.finds[0].candidate;
        assert_eq!(copy.title.as_deref(), Some("公交线路今日开通"));
        assert_eq!(copy.provenance.external_id.as_deref(), Some("hk-1"));
        assert_eq!(copy.kept.as_ref().map(|kept| (kept.id.as_str(), kept.permalink)), Some(("hk-1", false)));
        assert!(text_of(&copy.body).contains("夜班车"));
        assert_eq!(copy.summary.as_deref(), Some("县城至码头的公交线路今日开通……"));
        assert_eq!(copy.published, Some(When::At(crate::model::Millis(1_635_465_600_000))));
        assert!(first.finds[0].page.is_some() && first.memory.validators.len() == 1);
        let second = look(&spec, &SourceMemory { validators: BTreeMap::new(), ..first.memory.clone() }, &net).await.unwrap();
        assert!(second.finds.is_empty(), "nothing changed");
        assert_eq!(server.paths().iter().filter(|path| *path == "/1.html").count(), 1);
        version.store(1, Ordering::SeqCst);
        let third = look(&spec, &second.memory, &net).await.unwrap();
        assert_eq!(third.finds[0].candidate.title.as_deref(), Some("标题改了"));
        assert!(text_of(&third.finds[0].candidate.body).contains("夜班车"));
        // A later reading of the page alone gives the same article.
        let url = third.finds[0].candidate.url.clone().unwrap();
        let wanted = vec![Wanted { link: Link { url, title: None, date: None }, memory: PageMemory::default() }];
        let again = read_pages(&spec, &third.memory, wanted.clone(), &net).await;
        let (before, after) = (&third.finds[0].candidate, &again.finds[0].candidate);
        assert_eq!((&after.title, &after.body, &after.summary), (&before.title, &before.body, &before.summary));
        let forgotten = read_pages(&spec, &SourceMemory::default(), wanted, &net).await;
        assert_eq!((forgotten.finds.len(), forgotten.unchanged.len()), (0, 1));
    }

    #[tokio::test]
    async fn a_page_that_cannot_be_had_holds_its_entry_up_for_a_while_only() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/feed" => answer(200, "etag: \"1\"\r\n", feed("公交线路今日开通").as_bytes()),
            _ => answer(503, "", b""),
        })
        .await;
        let (spec, net) = (spec(&server, FullText::Yes), net());
        let mut memory = SourceMemory { visited: true, ..SourceMemory::default() };
        for _ in 1..MOST_TRIES {
            let looked = look(&spec, &memory, &net).await.unwrap();
            assert_eq!((looked.finds.len(), looked.again), (0, Some(TRIES_APART)));
            assert!(looked.memory.validators.is_empty(), "a feed with entries left must not answer that nothing changed");
            memory = looked.memory;
        }
        let last = look(&spec, &memory, &net).await.unwrap();
        assert_eq!(last.finds[0].candidate.body, Body::Text("县城至码头的公交线路今日开通……".to_owned()));
        assert_eq!((last.again, last.memory.validators.len()), (None, 1));
    }

    #[tokio::test]
    async fn a_host_that_names_a_time_has_it_and_no_try_is_lost_before_it() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/feed" => answer(200, "etag: \"1\"\r\n", feed("公交线路今日开通").replace("/1.html", "http://localhost:1/1.html").as_bytes()),
            _ => answer(503, "", b""),
        })
        .await;
        let (spec, net) = (spec(&server, FullText::Yes), net());
        // As its server would have said with an answer to some other page.
        let page = Url::parse("http://localhost:1/1.html").unwrap();
        net.turns.leave_alone(&page, net.clock.now().plus(Duration::from_hours(1)), net.clock.now());
        let mut memory = SourceMemory { visited: true, ..SourceMemory::default() };
        for _ in 0..=MOST_TRIES {
            let looked = look(&spec, &memory, &net).await.unwrap();
            assert_eq!((looked.finds.len(), looked.again), (0, None));
            assert!(looked.memory.validators.is_empty() && looked.memory.entries.is_empty());
            memory = looked.memory;
        }
        net.clock.advance(Duration::from_hours(1));
        let looked = look(&spec, &memory, &net).await.unwrap();
        assert_eq!((looked.finds.len(), looked.again), (0, Some(TRIES_APART)));
    }

    #[tokio::test]
    async fn an_answer_that_names_a_time_is_the_last_one_before_it() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            _ => answer(429, "retry-after: 3600\r\n", b""),
        })
        .await;
        let (spec, net) = (spec(&server, FullText::Yes), net());
        let entry = |n: u32| Candidate {
            url: CanonicalUrl::of(server.base.join(&format!("/{n}.html")).unwrap()).ok(),
            ..Candidate::from_source("wire")
        };
        let known = SourceMemory { visited: true, ..SourceMemory::default() };
        let completed = complete(&spec, vec![entry(1), entry(2)], known, &net).await;
        assert_eq!((completed.finds.len(), completed.pending, completed.again), (0, true, None));
        let later = complete(&spec, vec![entry(1), entry(2)], completed.memory, &net).await;
        assert_eq!((later.pending, later.again), (true, None));
        assert_eq!(server.paths(), ["/robots.txt", "/1.html"]);
        assert_eq!(later.memory.entries.values().map(|entry| entry.tries).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_text_that_breaks_off_wants_its_page() {
        let body = |text: &str| Candidate { body: Body::Text(text.to_owned()), ..Candidate::from_source("x") };
        for text in ["", "公交线路开通…", "The ferry [...]", "The ferry… Continue reading →", "开通了 阅读全文 >>", "Buses run. Read more."]
        {
            assert!(wants_page(&body(text), FullText::Auto), "{text}");
        }
        for text in ["第一批春茶昨日开采。", "It is done.", "So it went on. And ... then it ended."] {
            assert!(!wants_page(&body(text), FullText::Auto), "{text}");
            assert!(wants_page(&body(text), FullText::Yes) && !wants_page(&body(text), FullText::No));
        }
        assert!(!wants_page(&body(&format!("{}…", "长".repeat(LONGEST_TEASER))), FullText::Auto));
    }
}
