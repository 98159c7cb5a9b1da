//! What every format promises, on articles that would break a careless writer.
#![cfg(test)]

use std::collections::BTreeMap;

use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

use super::*;
use crate::clock::Ids;
use crate::keys::KeyRing;
use crate::model::{ArticleKey, Byline, CanonicalUrl, Image, KeptId, Kind, Origin, Revision, SafeHtml, Standing, Withdrawal, one_line};
use crate::urls::Urls;

/// 2026-11-23T09:30:00+08:00.
const MORNING: i64 = 1_795_397_400_000;

/// A plain article, one for each number.
pub(super) fn article(number: i64) -> Article {
    let url = CanonicalUrl::parse(&format!("http://news.example.cn/2026/1123/{number}.html")).unwrap();
    Article {
        key: ArticleKey::of_url(&url),
        revision: Revision(1),
        url: Some(url),
        source: "site".to_owned(),
        external_id: None,
        kind: Kind::Text,
        standing: Standing::Published,
        title: format!("第{number}条新闻"),
        sections: vec![yicheng()],
        authors: Vec::new(),
        editors: Vec::new(),
        origin: None,
        summary: None,
        body: SafeHtml::of_text("十一月二十三日，文化节开幕。"),
        image: None,
        images: Vec::new(),
        tags: Vec::new(),
        language: "zh-CN".to_owned(),
        published: Millis(MORNING - number * 60_000),
        revised: Millis(MORNING - number * 60_000),
        breaking: false,
        correction: None,
        kept: None,
    }
}

fn yicheng() -> Slug {
    Slug::parse("news/yicheng").unwrap()
}

fn by(role: Option<&str>, name: &str) -> Byline {
    Byline { name: name.to_owned(), role: role.map(str::to_owned) }
}

/// A body that no cleaner would let through, as an old store or a careless import may hold it.
fn uncleaned(html: &str) -> SafeHtml {
    serde_json::from_value(serde_json::Value::String(html.to_owned())).unwrap()
}

fn nasty() -> Vec<Article> {
    let picture = Image {
        alt: Some("开幕式 <现场> & \"主席台\"".to_owned()),
        width: Some(800),
        height: Some(600),
        media_type: Some("image/jpeg".to_owned()),
        bytes: Some(12_345),
        ..Image::at("http://news.example.cn/图/1.jpg?a=1&b=2".to_owned())
    };
    vec![
        Article {
            title: "宜城市举办第五届“楚都”文化节 A & B <b>x</b> ]]> &amp; 🎉".to_owned(),
            authors: vec![by(Some("通讯员"), "张三"), by(Some("记者"), "李四 & <王五>"), by(None, "\u{1}")],
            editors: vec![by(Some("编辑"), "李勤")],
            origin: Some(Origin { name: "楚都宜城网".to_owned(), url: Some("http://www.chudu.example/?a=1&b=2".to_owned()) }),
            summary: Some("摘要：A & B < C，\u{b}“引号” ]]> 完。".to_owned()),
            body: SafeHtml::clean(
                "<p>十一月二十三日，<b>文化节</b>开幕 &amp; ]]&gt; 🎉\u{200f}שלום</p><img src=\"http://news.example.cn/图/1.jpg?a=1&amp;b=2\">",
                None,
            ),
            image: Some(Image::at("http://news.example.cn/图/1.jpg?a=1&b=2".to_owned())),
            images: vec![picture, Image::at("https://news.example.cn/2.png".to_owned()), Image::at("javascript:alert(1)".to_owned())],
            tags: vec!["文化 & 旅游".to_owned(), "<tag>".to_owned(), "文化 & 旅游".to_owned()],
            sections: vec![yicheng(), Slug::parse("culture").unwrap()],
            revised: Millis(MORNING + 3_600_000),
            ..article(0)
        },
        Article {
            title: "\u{202e}txt.exe\u{0}\u{8}\u{ffff}\ttab\r\nline\u{3000}full".to_owned(),
            body: uncleaned("<p>bell\u{7} ]]> <![CDATA[ nested ]]]]> & lone <br></p>"),
            language: "en".to_owned(),
            origin: Some(Origin { name: "新华社".to_owned(), url: None }),
            url: None,
            ..article(1)
        },
        Article { title: String::new(), body: SafeHtml::default(), sections: Vec::new(), ..article(2) },
        Article {
            url: Some(CanonicalUrl::parse("http://news.example.cn/a|b[1].html?q={x}^y").unwrap()),
            body: uncleaned("<img src=\"http://news.example.cn/3.jpg\">"),
            image: Some(Image {
                width: Some(0),
                media_type: Some("jpeg".to_owned()),
                bytes: Some(0),
                ..Image::at("http://news.example.cn/3|4.jpg".to_owned())
            }),
            ..article(5)
        },
        Article {
            title: "held".to_owned(),
            standing: Standing::Held { because: "look".to_owned(), release_at: None, by_editor: false },
            ..article(3)
        },
        Article {
            title: "withdrawn".to_owned(),
            standing: Standing::Withdrawn(Withdrawal { at: Millis(MORNING), reason: "wrong".to_owned() }),
            ..article(4)
        },
    ]
}

fn newsroom() -> Newsroom {
    Newsroom {
        title: "楚都 & 宜城".to_owned(),
        language: "zh-CN".to_owned(),
        zone: Shanghai,
        logo: Some("https://news.example.cn/logo.png".to_owned()),
        organisation: Some("宜城市融媒体中心".to_owned()),
        licence: Some("CC BY 4.0".to_owned()),
    }
}

fn renderer() -> Renderer {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyRing::load_or_make(&folder.path().join("keys"), Ids::default()).unwrap();
    Renderer::new(Urls::new("https://www.example.cn/news-feeds/", "news.example.cn,2026", keys).unwrap(), newsroom())
}

fn window_of(articles: Vec<Article>) -> Window {
    Window {
        section: Some(SectionView { slug: yicheng(), title: "宜城新闻".to_owned(), ancestors: vec!["新闻".to_owned()] }),
        changed: articles.iter().map(|article| article.revised).max().unwrap_or_default(),
        articles,
        section_titles: BTreeMap::from([
            (Slug::parse("news").unwrap(), "新闻".to_owned()),
            (yicheng(), "宜城新闻".to_owned()),
            (Slug::parse("culture").unwrap(), "文化 & <艺术>".to_owned()),
        ]),
    }
}

fn section_feed(file: FeedFile, brief: bool) -> Feed {
    Feed { of: FeedOf::Section(yicheng()), file, brief }
}

fn rendered(file: FeedFile, brief: bool, articles: Vec<Article>) -> String {
    let bytes = renderer().render(&section_feed(file, brief), &window_of(articles)).bytes;
    let text = String::from_utf8(bytes).unwrap();
    // The version would change every snapshot at every release.
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// Reads to the end and checks every character and every end tag.
fn assert_well_formed(xml: &str) {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    let version = quick_xml::XmlVersion::Implicit1_0;
                    attribute.unwrap().decoded_and_normalized_value(version, reader.decoder()).unwrap();
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => assert!(!text.decode().unwrap().contains("]]>")),
            Event::GeneralRef(entity) => {
                let name = entity.decode().unwrap();
                let known = quick_xml::escape::resolve_predefined_entity(&name).is_some();
                assert!(known || entity.resolve_char_ref().unwrap().is_some(), "&{name};");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert_eq!(crate::model::without_controls(xml), xml, "a character that XML forbids");
}

/// The body of the first article, by a reader that changes nothing in it.
fn body_in(file: FeedFile, text: &str) -> String {
    match file {
        FeedFile::Rss => ::rss::Channel::read_from(text.as_bytes()).unwrap().items.remove(0).content.unwrap(),
        FeedFile::Atom => {
            let mut feed = atom_syndication::Feed::read_from(text.as_bytes()).unwrap();
            feed.entries.remove(0).content.unwrap().value.unwrap()
        }
        FeedFile::Json => {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            value["items"][0]["content_html"].as_str().unwrap().to_owned()
        }
    }
}

#[test]
fn ids_that_are_kept_stand_in_place_of_our_tags() {
    let kept = |n, id: &str, permalink| Article { kept: Some(KeptId { id: id.to_owned(), permalink }), ..article(n) };
    let articles = || vec![kept(1, "hk-1 & 2", false), kept(2, "http://news.example.cn/?p=7", true), kept(3, "not an address", true)];
    let rss = rendered(FeedFile::Rss, false, articles());
    assert!(rss.contains("<guid isPermaLink=\"false\">hk-1 &#x26; 2</guid>"), "{rss}");
    assert!(
        rss.contains("<guid>http://news.example.cn/?p=7</guid>")
            || rss.contains("<guid isPermaLink=\"true\">http://news.example.cn/?p=7</guid>")
    );
    assert!(rss.contains("<guid isPermaLink=\"false\">not an address</guid>"));
    let atom = rendered(FeedFile::Atom, false, articles());
    assert!(atom.contains("<id>http://news.example.cn/?p=7</id>") && !atom.contains("<id>hk-1") && !atom.contains("<id>not an"));
    let json = rendered(FeedFile::Json, false, articles());
    assert!(json.contains("\"id\": \"hk-1 & 2\"") || json.contains("\"id\":\"hk-1 & 2\""), "{json}");
}

#[test]
fn rss_of_nasty_articles() {
    insta::assert_snapshot!(rendered(FeedFile::Rss, false, nasty()));
}

#[test]
fn rss_summaries_of_nasty_articles() {
    insta::assert_snapshot!(rendered(FeedFile::Rss, true, nasty()));
}

#[test]
fn atom_of_nasty_articles() {
    insta::assert_snapshot!(rendered(FeedFile::Atom, false, nasty()));
}

#[test]
fn json_of_nasty_articles() {
    insta::assert_snapshot!(rendered(FeedFile::Json, false, nasty()));
}

#[test]
fn json_summaries_of_nasty_articles() {
    insta::assert_snapshot!(rendered(FeedFile::Json, true, nasty()));
}

#[test]
fn nasty_articles_break_no_rule_of_rss() {
    for (brief, own) in [(false, "rss.xml"), (true, "rss.xml?brief")] {
        let own = format!("https://www.example.cn/news-feeds/sections/news/yicheng/{own}");
        assert_eq!(lint::lint_rss(rendered(FeedFile::Rss, brief, nasty()).as_bytes(), &own), []);
        assert_eq!(lint::lint_rss(rendered(FeedFile::Rss, brief, Vec::new()).as_bytes(), &own), []);
    }
}

#[test]
fn an_empty_section_is_a_whole_feed() {
    for file in FeedFile::ALL {
        let made = renderer().render(&section_feed(file, false), &window_of(Vec::new()));
        assert_eq!(made.last_modified, Millis(0));
        assert_eq!(made.media_type, file.media_type());
        let parsed = feed_rs::parser::parse(made.bytes.as_slice()).unwrap();
        assert!(parsed.entries.is_empty());
        assert_eq!(parsed.title.unwrap().content, "楚都 & 宜城 - 宜城新闻");
    }
}

#[test]
fn xml_is_well_formed_and_json_is_json() {
    for brief in [false, true] {
        assert_well_formed(&rendered(FeedFile::Rss, brief, nasty()));
        assert_well_formed(&rendered(FeedFile::Atom, brief, nasty()));
        serde_json::from_str::<serde_json::Value>(&rendered(FeedFile::Json, brief, nasty())).unwrap();
    }
}

#[test]
fn what_the_public_may_not_see_is_in_no_feed() {
    for file in FeedFile::ALL {
        let text = rendered(file, false, nasty());
        assert!(!text.contains("held") && !text.contains("withdrawn"), "{text}");
    }
}

#[test]
fn a_removal_moves_the_date_and_nothing_else_does() {
    let mut window = window_of(vec![article(1)]);
    window.changed = Millis(MORNING + 7_000);
    for file in FeedFile::ALL {
        let made = renderer().render(&section_feed(file, false), &window);
        assert_eq!(made.last_modified, Millis(MORNING + 7_000));
        assert_eq!(made, renderer().render(&section_feed(file, false), &window), "the same input gives the same bytes");
    }
}

#[test]
fn an_article_is_the_same_in_every_feed_format_and_form() {
    let told = |of: &FeedOf, file, brief| {
        let feed = Feed { of: of.clone(), file, brief };
        let parsed = feed_rs::parser::parse(renderer().render(&feed, &window_of(nasty())).bytes.as_slice()).unwrap();
        let entry = |entry: feed_rs::model::Entry| (entry.id, entry.title.unwrap().content, entry.links[0].href.clone(), entry.published);
        parsed.entries.into_iter().map(entry).collect::<Vec<_>>()
    };
    let first = told(&FeedOf::All, FeedFile::Rss, false);
    assert_eq!(first.len(), 4);
    for of in [FeedOf::All, FeedOf::Section(yicheng())] {
        for file in FeedFile::ALL {
            assert_eq!(told(&of, file, false), first, "{file:?}");
            assert_eq!(told(&of, file, true), first, "{file:?}, brief");
        }
    }
}

#[test]
fn summaries_alone_hold_no_body() {
    for file in FeedFile::ALL {
        let parsed = feed_rs::parser::parse(rendered(file, true, nasty()).as_bytes()).unwrap();
        assert!(parsed.entries[0].summary.as_ref().unwrap().content.starts_with("摘要"), "{file:?}");
        assert!(!rendered(file, true, nasty()).contains("שלום"), "{file:?}");
        assert!(rendered(file, false, nasty()).contains("שלום"), "{file:?}");
    }
}

#[test]
fn each_form_names_its_own_address() {
    let own = "https://www.example.cn/news-feeds/sections/news/yicheng/rss.xml";
    assert!(rendered(FeedFile::Rss, false, nasty()).contains(&format!("href=\"{own}\" rel=\"self\"")));
    assert!(rendered(FeedFile::Rss, true, nasty()).contains(&format!("href=\"{own}?brief\" rel=\"self\"")));
}

#[test]
fn a_title_of_100_kb_passes_whole() {
    let title = "长&<".repeat(20_000);
    let long = Article { title: title.clone(), ..article(1) };
    for file in FeedFile::ALL {
        let parsed = feed_rs::parser::parse(rendered(file, false, vec![long.clone()]).as_bytes()).unwrap();
        assert_eq!(parsed.entries[0].title.as_ref().unwrap().content, title);
    }
}

#[test]
fn a_full_window_stays_within_a_megabyte_in_every_format() {
    let body = SafeHtml::clean(&"<p><a href=\"http://news.example.cn/\">链接</a> &amp; \"引\"</p>".repeat(300), None);
    let busy = |number| Article {
        body: body.clone(),
        authors: vec![by(Some("通讯员"), "张三"), by(Some("记者"), "李四")],
        editors: vec![by(Some("编辑"), "李勤")],
        images: vec![Image::at(format!("http://news.example.cn/{number}.jpg")); 1],
        tags: vec!["文化".to_owned(), "旅游".to_owned()],
        ..article(number)
    };
    let taken = window((0..AT_MOST as i64).map(busy), Bounds::default());
    assert!(taken.len() > 10 && taken.len() < 100, "{} articles", taken.len());
    for file in FeedFile::ALL {
        let bytes = rendered(file, false, taken.clone()).len();
        assert!(bytes < Bounds::default().bytes, "{file:?}: {bytes} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_rendered_parses_back(title in "\\PC{1,40}|(\\PC|[\\x00-\\x1f]|&|<|>|\\]\\]>){1,40}", html in "(\\PC|[\\x00-\\x1f]|<p>|</p>|&|]]>|<!\\[CDATA\\[){0,60}", at in -2_000_000_000_i64..9_000_000_000) {
        let hostile = Article {
            title: title.clone(),
            body: uncleaned(&format!("<p>一</p>{html}")),
            published: Millis(at * 1000),
            revised: Millis(at * 1000),
            ..article(1)
        };
        prop_assume!(!one_line(&title).is_empty());
        for file in FeedFile::ALL {
            let text = rendered(file, false, vec![hostile.clone()]);
            if file != FeedFile::Json {
                assert_well_formed(&text);
            }
            let parsed = feed_rs::parser::parse(text.as_bytes()).unwrap();
            let entry = &parsed.entries[0];
            prop_assert_eq!(&entry.id, &format!("tag:news.example.cn,2026:{}", hostile.key));
            prop_assert_eq!(&entry.title.as_ref().unwrap().content, &one_line(&title));
            prop_assert_eq!(&entry.links[0].href, hostile.url.as_ref().unwrap().as_str());
            prop_assert_eq!(entry.published.unwrap().timestamp(), at);
            let sent = crate::model::without_controls(hostile.body.as_str()).replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n");
            let received = body_in(file, &text);
            prop_assert_eq!(received.trim(), sent.trim());
        }
    }
}
