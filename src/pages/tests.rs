//! Hostile copy stays text on every page, and the pages as they are.

mod samples;

use super::*;
use crate::model::*;
use samples::*;

#[test]
fn strangers_words_stay_words_on_every_page() {
    let all = || Some(HOSTILE.to_owned());
    let site = Site {
        title: HOSTILE.into(),
        logo: all(),
        organisation: all(),
        address: all(),
        phone: all(),
        contact: all(),
        icp: all(),
        police: all(),
        licence: all(),
        ..site()
    };
    for language in Language::ALL {
        for (name, html) in every_page(language, HOSTILE, &hostile(), site.clone()) {
            let scripts = html.matches("<script").count();
            let data = html.matches("<script type=\"application/ld+json\">").count();
            assert_eq!(scripts, data, "{name}");
            assert_eq!(html.matches("</script").count(), data, "{name}");
            assert!(!html.contains("<img src=x"), "{name}");
            assert!(!html.contains("javascript:"), "{name}");
            assert!(!html.contains("\"'>"), "{name}: an attribute was left");
        }
    }
}

#[test]
fn the_policy_has_nothing_to_forbid() {
    for (name, html) in every_page(Language::Chinese, "一", &chinese(), site()) {
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="), "{name}");
        let rest = html.replace("https://www.example.cn/news-feeds/", "");
        for attribute in ["src=\"http", "<link rel=\"stylesheet\" href=\"http"] {
            assert!(!rest.contains(attribute), "{name} fetches from elsewhere");
        }
        assert!(html.len() < 50_000, "{name} has {} bytes", html.len());
    }
}

#[test]
fn ids_are_unique_and_every_reference_is_there() {
    let values = |html: &str, name: &str| -> Vec<String> {
        let start = format!(" {name}=\"");
        html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    for (name, html) in every_page(Language::English, "one", &chinese(), site()) {
        let ids = values(&html, "id");
        let different: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len(), "{name}: {ids:?}");
        for reference in ["for", "aria-labelledby", "aria-describedby"].iter().flat_map(|attribute| values(&html, attribute)) {
            assert!(reference.split(' ').all(|id| ids.iter().any(|known| known == id)), "{name}: {reference}");
        }
    }
}

#[test]
fn every_path_lies_below_the_base() {
    for (name, html) in every_page(Language::English, "one", &chinese(), site()) {
        for attribute in ["href=\"/", "src=\"/", "action=\"/"] {
            for part in html.split(attribute).skip(1) {
                assert!(part.starts_with("news-feeds/"), "{name}: {attribute}{}", &part[..part.len().min(60)]);
            }
        }
    }
}

#[test]
fn no_template_calls_anything_safe() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages/templates");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("|safe") && !text.contains("| safe") && !text.contains("|escape"), "{}", path.display());
    }
}

#[test]
fn the_json_of_a_hostile_article_is_whole() {
    let article = hostile();
    let page = ArticlePage { article: &article, sections: &sections(), short_code: None, full: true };
    let html = pages().article(Language::English, &page);
    let json = html.split_once("<script type=\"application/ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["headline"], HOSTILE);
    assert_eq!(json["author"][0]["name"], HOSTILE);
    assert_eq!(json["datePublished"], "2021-10-29T08:30:00+08:00");
}

#[test]
fn a_page_whose_canonical_is_elsewhere_is_not_indexed() {
    let (ours, theirs) = (english(), chinese());
    let at = |article| pages().article(Language::Chinese, &ArticlePage { article, sections: &sections(), short_code: None, full: true });
    assert!(!at(&ours).contains("noindex"));
    assert!(at(&ours).contains(&format!("<link rel=\"canonical\" href=\"https://www.example.cn/news-feeds/articles/{}\">", ours.key)));
    assert!(at(&theirs).contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(at(&theirs).contains("<link rel=\"canonical\" href=\"https://cms.example.cn/2021/1029/88.html?id=3\">"));
}

#[test]
fn a_summary_page_leads_to_the_whole_article() {
    let article = chinese();
    let html = pages().article(Language::Chinese, &ArticlePage { article: &article, sections: &sections(), short_code: None, full: false });
    assert!(!html.contains("三期工程计划"), "the rest of the body stays at the CMS");
    assert!(html.contains("href=\"https://cms.example.cn/2021/1029/88.html?id=3\">阅读全文</a>"));
}

#[test]
fn a_gallery_shows_every_picture_once_and_an_article_its_lead() {
    let image = |name: &str| Image::at(format!("https://i.example/{name}.jpg?a=1&b=2"));
    let body = SafeHtml::clean("<p>一<img src='https://i.example/c.jpg?a=1&amp;b=2'></p>", None);
    let article = Article { image: Some(image("a")), images: vec![image("a"), image("b"), image("c")], body, ..english() };
    let count = |kind| {
        let article = Article { kind, ..article.clone() };
        let html = pages().article(Language::English, &ArticlePage { article: &article, sections: &[], short_code: None, full: true });
        ["a", "b", "c"].map(|name| html.matches(&format!("src=\"https://i.example/{name}.jpg")).count())
    };
    assert_eq!(count(Kind::Gallery), [1, 1, 1]);
    assert_eq!(count(Kind::Text), [1, 0, 1]);
}

#[test]
fn what_was_withdrawn_shows_its_reason_alone() {
    let withdrawal = Withdrawal { at: MORNING, reason: "图片未获授权".into() };
    let html = pages().withdrawn(Language::Chinese, "一则稿件", &withdrawal);
    assert!(html.contains("图片未获授权") && html.contains("2021年10月29日 08:30") && html.contains("noindex"));
}

#[test]
fn a_get_never_changes_anything() {
    let pages = pages();
    let offer = Offer { sections: &[], digests: &[], cadences: &[] };
    for html in [pages.confirm(Language::English, "T", &[], &offer), pages.unsubscribe(Language::English, "T", "P")] {
        assert_eq!(html.matches("<form method=\"post\"").count(), 1);
        assert_eq!(html.matches("<form").count(), 1);
        assert!(!html.contains("http-equiv"));
    }
}

#[test]
fn what_the_newsroom_does_not_tell_leaves_no_gap() {
    let blank = || Some(" ".to_owned());
    let bare = Site { organisation: None, address: blank(), phone: blank(), contact: blank(), icp: blank(), police: blank(), ..site() };
    let html = Pages::new(pages().urls, bare).home(Language::Chinese, &[], &[]);
    for label in ["地址：", "电话：", "联系：", "beian."] {
        assert!(!html.contains(label), "{label}");
    }
    assert!(html.contains("鄂新网备0000号"));
}

#[test]
fn times_are_told_in_the_newsrooms_zone() {
    let pages = pages();
    assert_eq!(pages.frame(Language::Chinese).date(&MORNING), "2021年10月29日 08:30");
    assert_eq!(pages.frame(Language::English).date(&MORNING), "29 Oct 2021, 08:30");
    assert_eq!(pages.frame(Language::English).iso(&MORNING), "2021-10-29T08:30:00+08:00");
}

#[test]
fn the_feed_of_all_comes_first() {
    let html = pages().section(Language::Chinese, &SectionPage { section: &sections()[0], sections: &sections(), articles: &[] });
    let first = html.split_once("rel=\"alternate\"").unwrap().1.split_once('>').unwrap().0;
    assert!(first.contains("https://www.example.cn/news-feeds/rss.xml\""), "{first}");
    assert!(html.contains("https://www.example.cn/news-feeds/sections/news/atom.xml"));
}

/// Names of built-in files change with their bytes; a snapshot shall not.
fn steady(html: &str) -> String {
    html.replace(&STYLE.path, "assets/style.css").replace(&ICON.path, "assets/icon.svg")
}

#[test]
fn home_and_article_in_both_languages() {
    for (language, article) in [(Language::Chinese, chinese()), (Language::English, english())] {
        let page = ArticlePage { article: &article, sections: &sections(), short_code: Some("01ABCDEF"), full: true };
        insta::assert_snapshot!(format!("article.{}", language.tag()), steady(&pages().article(language, &page)));
        let newest = [chinese(), english()];
        insta::assert_snapshot!(format!("home.{}", language.tag()), steady(&pages().home(language, &sections(), &newest)));
    }
}
