//! A newsroom's site: listing pages give links, pages give articles.

mod groups;
pub mod listing;
mod neighbours;
mod next;
mod outline;
mod parts;
pub(super) mod reading;
mod records;
mod rows;
mod scripted;
pub(super) mod signpost;
mod walk;
mod wall;

use std::collections::HashSet;

use super::fetch::Visitor;
use super::{Look, Net, SourceError, Spec};
use crate::model::{CanonicalUrl, SourceMemory};

pub(super) use reading::read;
pub use walk::{is_listed, mark};

/// Reads all listings of a site.
pub(super) async fn look(spec: &Spec, memory: &SourceMemory, net: &Net) -> Result<Look, SourceError> {
    let mut visitor = Visitor::new(spec, memory, net);
    let mut look = Look::default();
    let mut seen = HashSet::new();
    let mut reached = false;
    for address in &spec.addresses {
        match walk::walk(&mut visitor, address).await {
            Ok(walked) => {
                reached = true;
                look.links.extend(walked.links.into_iter().filter(|link| seen.insert(alike(&link.url))));
                look.failed.extend(walked.failed);
            }
            Err(error) => look.failed.push(error),
        }
    }
    if !reached {
        return Err(look.failed.pop().unwrap_or_else(|| SourceError::Nowhere(spec.name.clone())));
    }
    Ok(Look { memory: visitor.memory, ..look })
}

/// An address without what two links to one article may differ in: http or https, `www.`, a slash at the end.
fn alike(url: &CanonicalUrl) -> String {
    let bare = url.as_str().split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::loopback::{NOW, Server, answer, net, path};
    use super::super::{Link, Wanted};
    use super::super::{look, read};
    use super::*;
    use crate::model::{Body, CanonicalUrl, Kind, Millis, PageMemory, SourceKind, When};

    const LISTING: &str = "<meta charset=gb2312><ul class=nav><li><a href=/>首页</a><li><a href=/xw/>新闻</a></ul><ul class=list>\
        <li><a href='1001.html'>镇上的新桥今天通车</a><span>12-31 09:20</span></li><li><a href='1002.html'>合作社送来第一批春茶</a><span>12-30</span></li></ul>";

    async fn newsroom() -> Server {
        let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
        Server::start(move |head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/xw/" if head.contains("\"l1\"") => answer(304, "", b""),
            "/xw/" => answer(200, "etag: \"l1\"\r\n", &gb(LISTING)),
            "/xw/1001.html" => answer(200, "etag: \"a1\"\r\ncontent-type: text/html\r\n", &gb("<title>镇上的新桥今天通车</title>")),
            "/xw/1003.pdf" => answer(200, "content-type: application/pdf\r\n", b"%PDF"),
            "/xw/1002.html" => answer(410, "", b""),
            _ => answer(200, "", b"<p>maintenance</p>"),
        })
        .await
    }

    fn wanted(server: &Server, place: &str) -> Wanted {
        let url = CanonicalUrl::of(server.base.join(place).unwrap()).unwrap();
        Wanted { link: Link { url, title: Some("列表".into()), date: Some(When::At(NOW)) }, memory: PageMemory::default() }
    }

    #[tokio::test]
    async fn a_listing_gives_links_once_and_its_validators_only_when_it_was_read() {
        let (server, net) = (newsroom().await, net());
        let spec = server.spec(SourceKind::Site, &["/xw/", "/empty/"]);
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        let titles: Vec<_> = first.links.iter().map(|link| link.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["镇上的新桥今天通车", "合作社送来第一批春茶"]);
        assert_eq!(first.links[0].date, Some(When::At(Millis(1_767_144_000_000))));
        assert!(matches!(first.failed.as_slice(), [SourceError::NoLinks { .. }]));
        assert_eq!(first.memory.validators.keys().collect::<Vec<_>>(), [&format!("{}xw/", server.base)]);
        let second = look(&spec, &first.memory, &net).await.unwrap();
        assert!(second.links.is_empty());
        let lost = look(&server.spec(SourceKind::Site, &["/empty/"]), &SourceMemory::default(), &net).await;
        assert!(matches!(lost, Err(SourceError::NoLinks { .. })));
    }

    #[tokio::test]
    async fn pages_are_read_one_by_one_and_each_says_what_became_of_it() {
        let (server, net) = (newsroom().await, net());
        let spec = server.spec(SourceKind::Site, &["/xw/"]);
        let pages = ["/xw/1001.html", "/xw/1002.html", "/xw/1003.pdf"].map(|place| wanted(&server, place)).to_vec();
        let first = read(&spec, &SourceMemory::default(), pages, &net).await;
        assert_eq!(first.finds[0].candidate.title.as_deref(), Some("镇上的新桥今天通车"));
        assert_eq!(first.finds[0].candidate.published, Some(When::At(NOW)));
        assert!(first.failed[0].1.is_gone());
        assert!(matches!(first.failed[1].1, SourceError::Kind { .. }));
        let page = first.finds[0].page.as_ref().unwrap();
        assert_eq!(page.validators.etag.as_deref(), Some("\"a1\""));
        let mut again = wanted(&server, "/xw/1001.html");
        again.memory.content_hash = Some(page.content_hash.clone());
        let second = read(&spec, &first.memory, vec![again], &net).await;
        assert_eq!(second.unchanged.first(), Some(&page.url));
        assert!(second.finds.is_empty());
    }

    const PART: &str = "昨天，河口镇的老渡口修好了，两岸的人又能坐船过河了，第N段说的是这件事的经过。";

    fn part(at: usize, links: &str, end: &str) -> Vec<u8> {
        let copy = (0..4).map(|n| format!("<p>{}</p>", PART.replace('N', &format!("{at}之{n}")))).collect::<Vec<_>>().concat();
        let page = format!(
            "<meta charset=utf-8><title>老渡口修好了_河口新闻网</title><h1>老渡口修好了</h1><p>2025-12-30 09:00 来源：河口报</p>\
             <div id=content>{copy}{end}</div><p>{links}</p><p><a href=1002.html>下一篇：新桥通车</a></p>"
        );
        page.into_bytes()
    }

    #[tokio::test]
    async fn an_article_of_several_pages_is_one_and_comes_whole_or_not_at_all() {
        let gone = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let away = std::sync::Arc::clone(&gone);
        let server = Server::start(move |head| match path(head) {
            "/xw/1001.html" => answer(200, "etag: \"1\"\r\n", &part(1, "<a href=1001_2.html>【2】</a><a href=1001_2.html>下一页</a>", "")),
            "/xw/1001_2.html" => answer(200, "", &part(2, "<a href=1001.html>上一页</a><a href=1001_3.html>下一页</a>", "")),
            "/xw/1001_3.html" if away.load(std::sync::atomic::Ordering::SeqCst) => answer(503, "", b""),
            "/xw/1001_3.html" => answer(200, "", &part(3, "<a href=1001_2.html>下一页</a>", "<p>（责任编辑：李勤）</p>")),
            _ => answer(404, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/xw/"]), net());
        let first = read(&spec, &SourceMemory::default(), vec![wanted(&server, "/xw/1001.html")], &net).await;
        let find = &first.finds[0];
        let Body::Html(html) = &find.candidate.body else { panic!("no body") };
        let told: Vec<&str> = html.lines().filter_map(|line| line.split('第').nth(1)?.split('段').next()).collect();
        assert_eq!(told, ["1之0", "1之1", "1之2", "1之3", "2之0", "2之1", "2之2", "2之3", "3之0", "3之1", "3之2", "3之3"], "{html}");
        assert_eq!(html.lines().count(), 12, "{html}");
        assert_eq!(find.candidate.editors[0].name, "李勤");
        assert_eq!(
            find.parts.iter().map(|part| part.url.url().path().to_owned()).collect::<Vec<_>>(),
            ["/xw/1001_2.html", "/xw/1001_3.html"]
        );
        assert!(find.page.as_ref().unwrap().validators.is_empty(), "its parts may change while its first page does not");
        gone.store(true, std::sync::atomic::Ordering::SeqCst);
        let half = read(&spec, &SourceMemory::default(), vec![wanted(&server, "/xw/1001.html")], &net).await;
        assert_eq!((half.finds.len(), half.failed.len()), (0, 1));
        assert!(matches!(half.failed[0].1.advice(), super::super::Advice::Again(_)));
    }

    #[tokio::test]
    async fn pointers_galleries_and_films_are_articles() {
        let server = Server::start(|head| match path(head) {
            "/p/1.html" => answer(302, "location: http://live.example/7\r\n", b""),
            "/p/2.html" => answer(
                200,
                "",
                "<meta charset=utf-8><title>直播：秋季运动会</title><script>window.location = 'http://live.example/8';</script>".as_bytes(),
            ),
            "/p/3.html" => answer(
                200,
                "",
                "<meta charset=utf-8><title>河口新闻联播</title><h1>河口新闻联播</h1><video src=/v/3.mp4></video>".as_bytes(),
            ),
            "/p/4.html" => answer(
                200,
                "",
                format!(
                    "<meta charset=utf-8><title>组图：渡口的一天</title><h1>组图：渡口的一天</h1><div>{}</div>",
                    (0..5)
                        .map(|n| format!("<p><img src=/u/{n}.jpg width=600 height=400></p><p>渡口的第{n}张照片。</p>"))
                        .collect::<Vec<_>>()
                        .concat()
                )
                .as_bytes(),
            ),
            "/p/5.html" => answer(302, "location: /\r\n", b""),
            _ => answer(404, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/xw/"]), net());
        let pages = (1..=5).map(|n| wanted(&server, &format!("/p/{n}.html"))).collect();
        let reading = read(&spec, &SourceMemory::default(), pages, &net).await;
        let kinds: Vec<Kind> = reading.finds.iter().map(|find| find.candidate.kind).collect();
        assert_eq!(kinds, [Kind::Link, Kind::Link, Kind::Video, Kind::Gallery], "{:?}", reading.failed);
        let pointer = &reading.finds[0].candidate;
        assert_eq!(pointer.url.as_ref().map(|url| url.url().path().to_owned()).as_deref(), Some("/p/1.html"));
        assert_eq!(pointer.title.as_deref(), Some("列表"));
        assert_eq!(pointer.body, Body::Html("<p><a href=\"http://live.example/7\">列表</a></p>".to_owned()));
        assert!(reading.finds.iter().all(|find| find.candidate.title.is_some()));
        assert!(reading.failed[0].1.is_gone(), "a redirect to the front page is no article");
    }

    #[tokio::test]
    async fn a_host_that_falls_silent_is_left_alone() {
        let server = Server::start(|head| if path(head) == "/robots.txt" { answer(404, "", b"") } else { Vec::new() }).await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/xw/"]), net());
        let pages = (1..=6).map(|n| wanted(&server, &format!("/p/{n}.html"))).collect();
        let reading = read(&spec, &SourceMemory::default(), pages, &net).await;
        assert_eq!((reading.failed.len(), reading.unread.len()), (3, 3));
    }
}
