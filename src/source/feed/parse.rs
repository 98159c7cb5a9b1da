//! Feed bytes as candidates: decoded by us, read leniently, and never trusted.

use serde_json::Value;
use url::Url;

use super::entry::Feed;
use super::{adapt, atom, json, rss, xml};
use crate::model::{Candidate, without_controls};
use crate::source::dates::Reading;
use crate::source::extract::decode::decode;

/// Longer titles of feeds are texts (characters).
const LONGEST_TITLE: usize = 200;

/// A feed, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedCopy {
    /// Its articles, in its order.
    pub candidates: Vec<Candidate>,
    /// Its own title.
    pub title: Option<String>,
    /// What had to be mended before it could be read.
    pub mended: bool,
}

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no feed: {0}")]
pub struct NoFeed(pub String);

/// Reads a feed that came from `url`.
///
/// # Errors
/// When the bytes are no feed even after mending.
pub fn parse(bytes: &[u8], content_type: Option<&str>, url: &Url, source: &str, reading: Reading) -> Result<FeedCopy, NoFeed> {
    let text = decode(bytes, content_type, Some(url)).text;
    let text = without_controls(&text);
    let text = text.trim_start_matches('\u{feff}').trim();
    let (feed, mended) = if text.starts_with('{') { of_json(text, url)? } else { of_xml(text, url)? };
    // Cut before its first entry, a feed must not look like one that is empty.
    if mended && feed.entries.is_empty() {
        return Err(NoFeed("it is broken, and no article in it is whole".to_owned()));
    }
    let title = feed.title.as_ref().map(|title| adapt::line(title, LONGEST_TITLE)).filter(|title| !title.is_empty());
    Ok(FeedCopy { candidates: adapt::candidates(&feed, source, url, reading), title, mended })
}

fn of_xml(text: &str, url: &Url) -> Result<(Feed, bool), NoFeed> {
    let document = xml::read(text, url).ok_or_else(|| NoFeed("nothing in it is RSS, Atom or JSON Feed".to_owned()))?;
    let atom = matches!(document.root.name.as_str(), "feed" | "entry");
    let feed = if atom { atom::read(&document.root, url) } else { rss::read(&document.root, url) };
    Ok((feed, document.mended))
}

fn of_json(text: &str, url: &Url) -> Result<(Feed, bool), NoFeed> {
    let refused = |error: serde_json::Error| NoFeed(format!("its JSON cannot be read: {error}"));
    let (value, mended): (Value, bool) = match json::document(text) {
        Ok(value) => (value, false),
        Err(error) if error.is_eof() => {
            let whole = whole(text).ok_or_else(|| NoFeed(format!("its JSON is cut off: {error}")))?;
            (json::document(&whole).map_err(refused)?, true)
        }
        Err(error) => return Err(refused(error)),
    };
    let feed = json::read(&value, url).ok_or_else(|| NoFeed("it is JSON, but no JSON Feed".to_owned()))?;
    Ok((feed, mended))
}

/// JSON that was cut, up to its last whole article: an object in a list in the outermost object.
fn whole(text: &str) -> Option<String> {
    let (mut open, mut in_text, mut escaped, mut end) = (Vec::new(), false, false, None);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop();
                if byte == b'}' && open == [b'{', b'['] {
                    end = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    (open.starts_with(b"{[")).then_some(end).flatten().map(|end| format!("{}]}}", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::super::entry::MOST_ENTRIES;
    use super::*;
    use crate::model::{Body, Millis, When};

    const NOW: Millis = Millis(1_767_200_400_000);

    fn read(bytes: &[u8]) -> Result<FeedCopy, NoFeed> {
        let reading = Reading { zone: chrono_tz::Asia::Shanghai, now: NOW };
        parse(bytes, None, &Url::parse("http://news.example.cn/feed/rss.xml").unwrap(), "feed", reading)
    }

    fn titles(copy: &FeedCopy) -> Vec<&str> {
        copy.candidates.iter().filter_map(|candidate| candidate.title.as_deref()).collect()
    }

    #[test]
    fn an_rss_feed_gives_its_articles_whole() {
        let copy = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        assert_eq!(copy.title.as_deref(), Some("河口县新闻"));
        assert_eq!(titles(&copy), ["县城至码头公交线路今日开通", "秋粮入库过半 & 价格平稳", "图片新闻：雨后的老街"]);
        let first = &copy.candidates[0];
        assert_eq!(first.url.as_ref().unwrap().as_str(), "http://news.example.cn/2025/1230/101.html");
        assert_eq!(first.provenance.external_id.as_deref(), Some("hk-101"));
        assert_eq!(first.published, Some(When::At(Millis(1_767_055_800_000))));
        assert_eq!(first.updated, None);
        assert_eq!(first.authors.iter().map(|byline| byline.name.as_str()).collect::<Vec<_>>(), ["沈望", "柯桥"]);
        assert_eq!(first.tags, ["交通", "民生"]);
        assert_eq!(first.summary.as_deref(), Some("全程四十分钟，票价两元。"));
        assert_eq!(first.body, Body::Html("<p>首班车六时三十分从县城发出。</p>".to_owned()));
        assert_eq!(first.image.as_ref().unwrap().url, "http://news.example.cn/pic/bus.jpg");
        assert_eq!(first.language.as_deref(), Some("zh-CN"));
        assert_eq!(copy.candidates[1].published, Some(When::Day(chrono::NaiveDate::from_ymd_opt(2025, 12, 29).unwrap())));
        assert!(!copy.mended);
    }

    #[test]
    fn an_id_that_two_entries_share_names_neither_and_none_is_invented() {
        let copy = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        let again = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        assert_eq!(copy, again);
        assert_eq!(copy.candidates[1].provenance.external_id, None);
        let bare = "<rss version='2.0'><channel><title>x</title><item><title>短讯</title></item></channel></rss>";
        let id = |copy: &FeedCopy| copy.candidates[0].provenance.external_id.clone().unwrap();
        assert_eq!(id(&read(bare.as_bytes()).unwrap()), id(&read(bare.as_bytes()).unwrap()));
    }

    #[test]
    fn atom_and_json_are_read_and_inherit_their_feeds_author() {
        let atom = read(include_bytes!("../../../fixtures/feeds/harbour.atom.xml")).unwrap();
        assert_eq!(titles(&atom), ["Ferry timetable: A < B & more", "Library reopens"]);
        assert_eq!(atom.candidates[0].url.as_ref().unwrap().as_str(), "http://news.example.cn/feed/posts/1.html");
        assert_eq!(atom.candidates[0].authors[0].name, "Mara Quill");
        assert_eq!(atom.candidates[1].updated, Some(When::At(Millis(1_766_999_400_000))));
        let json = read(include_bytes!("../../../fixtures/feeds/harbour.json")).unwrap();
        assert_eq!(titles(&json), ["Ferry timetable"]);
        assert_eq!(json.candidates[0].provenance.external_id.as_deref(), Some("1"));
        assert_eq!(json.candidates[0].body, Body::Html("<p>From Monday.</p>".to_owned()));
    }

    #[test]
    fn faulty_feeds_are_mended() {
        let bare = "<rss version='0.93'><channel><title>甲&乙</title><item><title>A&B &nbsp;&mdash; &#11;C</title><link>http://e.cn/?a=1&b=2</link></item><item><title>半";
        let copy = read(bare.as_bytes()).unwrap();
        assert!(copy.mended);
        assert_eq!(titles(&copy), ["A&B — C"]);
        assert_eq!(copy.candidates[0].url.as_ref().unwrap().as_str(), "http://e.cn/?a=1&b=2");
        let undeclared = encoding_rs::GB18030
            .encode("<rss version='2.0'><channel><title>宜居</title><item><title>融媒体中心举行开放日活动</title></item></channel></rss>")
            .0;
        assert_eq!(titles(&read(&undeclared).unwrap()), ["融媒体中心举行开放日活动"]);
        let mislabelled =
            "<?xml version='1.0' encoding='gb2312'?><rss version='2.0'><channel><item><title>标签有误\u{b}</title></item></channel></rss>";
        assert_eq!(titles(&read(mislabelled.as_bytes()).unwrap()), ["标签有误"]);
    }

    #[test]
    fn a_feed_without_end_gives_its_first_articles() {
        let many = MOST_ENTRIES + 10;
        let json = format!(r#"{{"version":"https://jsonfeed.org/version/1","items":[{}{{"id":"last"}}]}}"#, r#"{"id":"1"},"#.repeat(many));
        let rss = format!("<rss version='2.0'><channel>{}</channel></rss>", "<item><title>a</title></item>".repeat(many));
        let atom = format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", "<entry><title>a</title></entry>".repeat(many));
        for text in [json, rss, atom] {
            assert_eq!(read(text.as_bytes()).unwrap().candidates.len(), MOST_ENTRIES, "{}", &text[..40]);
        }
    }

    #[test]
    fn an_entry_without_an_id_is_known_by_its_link_as_it_was_written() {
        let links = ["http://e.cn/1.html?utm_source=rss", "http://e.cn#n12", "http://e.cn#n13", "/2.html#a"];
        let items: Vec<String> = links.iter().map(|link| format!("<item><title>{link}</title><link> {link}\n</link></item>")).collect();
        let copy = read(format!("<rss version='2.0'><channel>{}</channel></rss>", items.concat()).as_bytes()).unwrap();
        let kept: Vec<&str> = copy.candidates.iter().filter_map(|one| one.kept.as_ref()).map(|kept| kept.id.as_str()).collect();
        assert_eq!(kept, [links[0], links[1], links[2], "http://news.example.cn/2.html#a"]);
    }

    #[test]
    fn what_is_no_feed_is_an_error() {
        for wrong in ["", "hello", "<html><body><p>404</p></body></html>", "{\"a\":1}", "<rss version='2.0'><channel><title>cut", "<rss"] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let nested = format!("<rss version='2.0'><channel>{}", "<a>".repeat(100_000));
        assert!(read(nested.as_bytes()).is_err());
    }

    #[test]
    fn nothing_that_a_feed_tells_is_lost() {
        let copy = read(
            r#"<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
            <channel><title>河口</title><link>https://www.hekou.example/</link><item>
            <title>A &amp;amp; B</title><link>/1.html</link><guid>hk 1</guid><author>jane@hekou.example (Jane Roe)</author>
            <dc:creator>记者 沈望</dc:creator><dc:contributor>韩燕</dc:contributor><category domain="x">交通</category><dc:subject>民生</dc:subject>
            <source url="https://agency.example/rss">通讯社</source><description>摘要</description><content:encoded>&lt;p&gt;正文&lt;img src="b.jpg"&gt;&lt;/p&gt;</content:encoded>
            <media:group><media:content url="/a.mp4" type="video/mp4"/><media:content isDefault="true" url="/b.mp4" type="video/mp4"/>
            <media:thumbnail url="/t.jpg" width="320" height="180"/></media:group><enclosure url="/big.png" length="2048" type="image/png"/>
            </item></channel></rss>"#
                .as_bytes(),
        )
        .unwrap();
        let one = &copy.candidates[0];
        assert_eq!((one.title.as_deref(), one.url.as_ref().unwrap().as_str()), (Some("A & B"), "https://www.hekou.example/1.html"));
        let names = |list: &[crate::model::Byline]| list.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!((names(&one.authors), names(&one.editors)), ("Jane Roe 沈望".to_owned(), "韩燕".to_owned()));
        assert_eq!(one.authors[1].role.as_deref(), Some("记者"));
        assert_eq!((one.tags.join(" "), one.summary.as_deref()), ("交通 民生".to_owned(), Some("摘要")));
        assert_eq!(
            one.origin.as_ref().map(|origin| (origin.name.as_str(), origin.url.as_deref())),
            Some(("通讯社", Some("https://agency.example/rss")))
        );
        let Body::Html(body) = &one.body else { panic!("no html") };
        assert!(body.contains("正文") && body.contains("https://www.hekou.example/b.mp4") && !body.contains("a.mp4"), "{body}");
        let pictures: Vec<_> = one.images.iter().map(|image| (image.url.as_str(), image.bytes, image.width)).collect();
        assert_eq!(
            pictures,
            [
                ("https://www.hekou.example/t.jpg", None, Some(320)),
                ("https://www.hekou.example/big.png", Some(2048), None),
                ("https://www.hekou.example/b.jpg", None, None)
            ]
        );
        assert_eq!(one.kept.as_ref().map(|kept| (kept.id.as_str(), kept.permalink)), Some(("hk 1", true)));
    }

    #[test]
    fn faulty_atom_rdf_and_json_keep_what_is_whole() {
        let atom = "Warning: x\n<feed><title/><entry><title/><id>urn:1</id><content type='nonsense'>字 & 字</content></entry>\
            <entry><id>urn:2</id><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>B</b></div></title></entry><entry><id>urn:3";
        let copy = read(atom.as_bytes()).unwrap();
        assert_eq!((copy.candidates.len(), copy.mended), (2, true));
        assert_eq!(copy.candidates[0].body, Body::Text("字 & 字".to_owned()));
        assert_eq!(titles(&copy), ["A B"]);
        let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/>\
            <item rdf:about='urn:7'><title>无链接</title><dc:date>2021-10-29</dc:date></item></rdf:RDF>";
        let copy = read(rdf.as_bytes()).unwrap();
        assert_eq!((titles(&copy), copy.candidates[0].provenance.external_id.as_deref()), (vec!["无链接"], Some("urn:7")));
        let json = r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":7,"external_url":"https://x.example/","content_text":"甲","tags":null,
            "image":"/a.png","attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg"}]},{"id":"8","content_html":"{[乙"#;
        let copy = read(json.as_bytes()).unwrap();
        assert_eq!((copy.candidates.len(), copy.mended), (1, true));
        let one = &copy.candidates[0];
        assert_eq!(
            (one.provenance.external_id.as_deref(), one.image.as_ref().unwrap().url.as_str()),
            (Some("7"), "https://x.example/a.png")
        );
        assert!(matches!(&one.body, Body::Html(html) if html.contains("<audio src=\"https://x.example/a.mp3\"")));
    }

    #[test]
    fn articles_that_share_a_page_have_none_of_their_own() {
        let copy = read(
            b"<rss><channel><item><guid>a</guid><title>A</title><link>http://e.example/</link></item>\
            <item><guid>b</guid><title>B</title><link>http://e.example/</link></item></channel></rss>",
        )
        .unwrap();
        assert!(copy.candidates.iter().all(|one| one.url.is_none() && matches!(&one.body, Body::Html(html) if html.contains("e.example"))));
    }

    #[test]
    fn a_feed_of_twenty_mebibytes_is_read_in_bounded_time() {
        let began = std::time::Instant::now();
        let entry = "<item><title>一</title><description>&lt;p&gt;正文&lt;/p&gt;</description></item>";
        let big = format!("<rss><channel>{}", entry.repeat(20 * 1024 * 1024 / entry.len()));
        assert_eq!(read(big.as_bytes()).unwrap().candidates.len(), MOST_ENTRIES);
        for hostile in [
            "<a b='".repeat(1 << 20),
            "&".repeat(1 << 22),
            format!("<rss><item>{}", "<![CDATA[".repeat(1 << 18)),
            "{\"a\":[".repeat(1 << 18),
        ] {
            assert!(read(hostile.as_bytes()).is_err());
        }
        assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    }
}
