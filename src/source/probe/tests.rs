//! Whole sites in the air: what a visitor finds behind a script, a feed, a blog's navigation.

use std::fmt::Write as _;

use super::*;
use crate::model::SourceKind;
use crate::source::loopback::{Server, answer, net, path};

/// An English weekly on a blog system: sections in `<nav>`, a box of the latest on every page, no breadcrumbs, dates in words.
const SECTIONS: [(&str, &str, [&str; 4]); 3] = [
    (
        "town",
        "Town",
        [
            "Market square trees will stay",
            "Library keeps its Sunday hours",
            "New crossing opens by the school",
            "Clock tower repairs begin in May",
        ],
    ),
    (
        "harbour",
        "Harbour",
        [
            "Ferry timetable changes on Monday",
            "Lifeboat launched twice in gales",
            "Quay crane passes its inspection",
            "Seal pups counted on the spit",
        ],
    ),
    (
        "sport",
        "Sport",
        [
            "Rovers hold league leaders to draw",
            "Sailing club names its new captain",
            "Ladies win the county bowls final",
            "Running track resurfaced at last",
        ],
    ),
];

fn address(title: &str) -> String {
    let words: Vec<String> = title.split(' ').map(str::to_ascii_lowercase).collect();
    format!("/2025/12/{}/", words.join("-"))
}

fn framed(title: &str, content: &str) -> Vec<u8> {
    let menu: String = SECTIONS.iter().fold(String::new(), |mut menu, (slug, name, _)| {
        write!(menu, "<li class=\"menu-item\"><a href=\"/category/{slug}/\">{name}</a></li>").unwrap();
        menu
    });
    let latest: String = SECTIONS
        .iter()
        .map(|(_, _, titles)| format!("<li><a href=\"{}\">{}</a></li>", address(titles[0]), titles[0]))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><title>{title} – Saltmouth Weekly</title><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed/\">\
         <link rel=\"stylesheet\" href=\"/wp-content/themes/weekly/style.css\"></head><body><header><nav><ul><li><a href=\"/\">Home</a></li>{menu}\
         <li><a href=\"/about-us/\">About us</a></li><li><a href=\"/sailings/\">Sailings</a></li></ul></nav></header><main>{content}</main>\
         <aside><h3>Latest</h3><ul>{latest}</ul></aside><footer><p>© 2025 Saltmouth Press. Tel: 01632 960123</p></footer></body></html>"
    )
    .into_bytes()
}

fn cards(titles: &[&str]) -> String {
    titles.iter().enumerate().fold(String::new(), |mut cards, (n, title)| {
        let (url, day) = (address(title), 20 - n);
        write!(
            cards,
            "<article><h2><a href=\"{url}\">{title}</a></h2><time datetime=\"2025-12-{day}T08:30:00+00:00\">{day} December 2025</time>\
             <p>What happened, who was there, and what the people of Saltmouth make of it.</p></article>"
        )
        .unwrap();
        cards
    })
}

fn story(title: &str) -> String {
    let body = "<p>People stood along the quay long before the morning mist had lifted, and nobody wanted to leave before it was over. \
        The harbour master said that it had been a long time coming, and thanked all those who had helped.</p>"
        .repeat(3);
    format!(
        "<article><h1>{title}</h1><p class=\"byline\">By Ann Lee</p><time datetime=\"2025-12-20T08:30:00+00:00\">20 December 2025</time>{body}</article>"
    )
}

async fn weekly() -> Server {
    Server::start(|head| {
        let page = |bytes: Vec<u8>| answer(200, "content-type: text/html; charset=utf-8\r\n", &bytes);
        let asked = path(head);
        let section = SECTIONS.iter().find(|(slug, _, _)| asked == format!("/category/{slug}/"));
        let title = SECTIONS.iter().flat_map(|(_, _, titles)| titles).find(|title| asked == address(title));
        match (asked, section, title) {
            ("/robots.txt", ..) => answer(200, "", b"User-agent: *\nDisallow: /wp-admin/\nSitemap: /wp-sitemap.xml\n"),
            ("/", ..) => {
                let all: Vec<&str> = SECTIONS.iter().flat_map(|(_, _, titles)| titles[..2].iter().copied()).collect();
                page(framed("Front", &cards(&all)))
            }
            ("/feed/", ..) => {
                answer(200, "content-type: application/rss+xml\r\n", include_bytes!("../../../fixtures/feeds/county.rss.xml"))
            }
            ("/sailings/", ..) => page(framed("Sailings", "<p>There are four sailings a day.</p>")),
            (_, Some((_, name, titles)), _) => page(framed(name, &cards(titles))),
            (_, _, Some(title)) => page(framed(title, &story(title))),
            _ => answer(404, "", b""),
        }
    })
    .await
}

#[tokio::test]
async fn a_blogs_navigation_gives_its_sections_and_boxes_of_the_latest_give_none() {
    let (server, net) = (weekly().await, net());
    let survey = survey(&server.spec(SourceKind::Site, &["/"]), &net, 60, &|_| {}).await.unwrap();
    let found: Vec<_> = survey.sections.iter().map(|section| (section.title.as_str(), section.links, section.samples.len())).collect();
    assert_eq!(found, [("Town", 4, 2), ("Harbour", 4, 2), ("Sport", 4, 2)]);
    assert_eq!(
        (survey.title.as_deref(), survey.language.as_str(), survey.zone.name()),
        (Some("Saltmouth Weekly"), "en-GB", "Europe/London")
    );
    assert_eq!((survey.cms, survey.footer.organisation.as_deref()), (Some(Cms::WordPress), Some("Saltmouth Press")));
    assert_eq!(survey.feeds.len(), 1);
    assert_eq!(
        survey.passed.iter().map(|passed| (passed.title.as_str(), &passed.why)).collect::<Vec<_>>(),
        [("Sailings", &Passing::NoList)]
    );
    assert!(!server.paths().iter().any(|path| path.starts_with("/about")), "{:?}", server.paths());
}

#[tokio::test]
async fn no_more_pages_are_asked_for_than_may_be() {
    let (server, net) = (weekly().await, net());
    let survey = survey(&server.spec(SourceKind::Site, &["/"]), &net, 5, &|_| {}).await.unwrap();
    assert!(server.paths().len() <= 6, "robots.txt and five pages: {:?}", server.paths());
    assert!(survey.passed.iter().any(|passed| passed.why == Passing::NotVisited));
}

#[tokio::test]
async fn a_page_is_what_it_holds() {
    let (server, net) = (weekly().await, net());
    let is = async |place: &str| probe(&server.spec(SourceKind::Site, &[place]), &net, 20).await.what;
    let What::Listing(town) = is("/category/town/").await else { panic!("the section's page is a listing") };
    assert_eq!((town.links.len(), town.group.dated, town.samples.len(), town.failed.len()), (4, 4, 3, 0));
    assert_eq!(town.group.place, "main>article>h2>a");
    let What::Article(story) = is("/2025/12/quay-crane-passes-its-inspection/").await else { panic!("an article is one") };
    assert_eq!(story.candidate.title.as_deref(), Some("Quay crane passes its inspection"));
    assert!(matches!(is("/").await, What::Front(doors) if doors.len() == 4));
    assert_eq!(is("/feed/").await, What::Feed(3));
    assert_eq!(is("/wp-admin/").await, What::Nothing(Reason::Robots));
    assert_eq!(is("/nowhere/").await, What::Nothing(Reason::Status(404)));
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let server = Server::start(|head| match path(head) {
        "/robots.txt" => answer(404, "", b""),
        "/app" => {
            answer(200, "content-type: text/html\r\n", b"<html><body><div id=root></div><script src=/main.js></script></body></html>")
        }
        "/empty" => answer(200, "content-type: text/html\r\n", b"  \n"),
        "/film" => answer(200, "content-type: video/mp4\r\n", b"...."),
        "/closed" => answer(403, "", b"go away"),
        "/round" => answer(200, "content-type: text/html\r\n", b"<meta http-equiv=refresh content='0;url=/round2'>"),
        "/round2" => answer(200, "content-type: text/html\r\n", b"<meta http-equiv=refresh content='0;url=/round'>"),
        _ => answer(200, "content-type: text/html\r\n", b"<p>There are four sailings a day.</p>"),
    })
    .await;
    let net = net();
    for (place, reason) in [
        ("/app", Reason::Script),
        ("/empty", Reason::Empty),
        ("/film", Reason::Kind("video/mp4".to_owned())),
        ("/closed", Reason::Status(403)),
        ("/round", Reason::Elsewhere),
        ("/sailings", Reason::NoNews),
    ] {
        assert_eq!(probe(&server.spec(SourceKind::Site, &[place]), &net, 20).await.what, What::Nothing(reason), "{place}");
    }
    assert_eq!(survey(&server.spec(SourceKind::Site, &["/app"]), &net, 20, &|_| {}).await.unwrap_err(), Reason::Script);
    assert_eq!(survey(&server.spec(SourceKind::Site, &["/sailings"]), &net, 20, &|_| {}).await.unwrap_err(), Reason::NoNews);
}
