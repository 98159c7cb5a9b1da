//! An article stays the article that it is: through a redesign, other guids, other dates, and somebody else's feed.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use postrider::app::House;
use postrider::ingest::{Accepted, Became, Door, Refusal, accept};
use postrider::model::{Actor, Body, Candidate, CanonicalUrl, Image, Kind, Millis, SourceKind, When, Wish};
use postrider::store::write::ingest::sections;
use serde_json::{Value, json};

use crate::harness::Newsroom;
use crate::harness::rows::{HOUR, MORNING};
use crate::pushing::article;
use crate::silence::Feed;

/// A story long enough to be compared by its words.
pub(crate) const STORY: &str = "云溪镇的渡口昨天清早重新通航，两岸的人不必再绕行上游的公路桥。船工老范说，栏杆是秋收以前换好的，木料来自后山。\n\
    镇里为渡口添了候船的棚子，棚子下面摆着长凳和茶桶。赶集的人挑着担子上船，孩子们趴在栏杆上看水。\n\
    中学的老师带着学生来画渡船，画好的画挂在邮局的墙上。投递员说，往河西送信比从前快了半个时辰。\n\
    卫生院的大夫也坐船过河，给行动不便的老人量血压。下游的茶农盼着货船能早点靠岸，好把新茶运到县城去。";

/// A door of a polled site.
pub(crate) fn site() -> Door {
    Door { source: "site".to_owned(), kind: SourceKind::Site, ..Door::push(chrono_tz::Asia::Shanghai) }
}

/// A door whose look meets these pages.
fn meeting(pages: &[u32]) -> Door {
    Door { seen: Arc::new(pages.iter().map(|n| url(*n)).collect::<HashSet<_>>()), ..site() }
}

fn url(n: u32) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://news.example.org/{n}.html")).unwrap()
}

/// A page, read this morning.
pub(crate) fn page(n: u32, title: &str, text: &str) -> Candidate {
    Candidate {
        url: Some(url(n)),
        title: Some(title.to_owned()),
        published: Some(When::At(MORNING)),
        body: Body::Text(text.to_owned()),
        sections: vec!["news".to_owned()],
        ..Candidate::from_source("site")
    }
}

/// Takes a page in, as the rounds do.
pub(crate) async fn take(house: &House, candidate: Candidate, door: &Door) -> Result<Accepted, Refusal> {
    let mut tx = house.store.begin().await.unwrap();
    tx.take_turn().await.unwrap();
    let mut known = sections(&mut tx).await.unwrap();
    let accepted = accept(&mut tx, &house.ingest, &mut known, candidate, door, &Actor::Daemon).await.unwrap();
    tx.commit().await.unwrap();
    accepted
}

async fn titles(newsroom: &Newsroom) -> Vec<String> {
    let list = newsroom.see("articles?limit=200").await;
    let mut titles: Vec<String> =
        list["data"].as_array().unwrap().iter().map(|article| article["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

/// An entry of a feed whose system was changed `designs` times.
fn entry(n: usize, design: usize, at: &str) -> String {
    let link = if design == 0 { format!("https://www.example.org/{n}.html") } else { format!("https://www.example.org/v{design}/a-{n}/") };
    let text = STORY.replace("云溪", ["云溪", "河东", "河西", "柳树", "石桥"][n % 5]).replace("老范", &format!("老范和他的第 {n} 个徒弟"));
    format!(
        "<item><title>渡口通航之{n}</title><link>{link}</link><guid>{link}#{design}</guid><pubDate>{at}</pubDate><description><![CDATA[{text}]]></description></item>"
    )
}

const TODAY: &str = "Fri, 29 Oct 2021 08:00:00 +0800";

fn feed_source(name: &str, url: &str) -> String {
    format!("[[source]]\nkind = \"feed\"\nname = \"{name}\"\nurl = \"{url}\"\nsections = [\"news\"]\nevery = \"10m\"\nown = true")
}

backends! {
    async fn a_redesign_that_changes_all_addresses_and_guids_sends_nothing_and_doubles_nothing(b: Backend) {
        let feed = Feed::start((0..30).map(|n| entry(n, 0, TODAY)).collect()).await;
        let newsroom = Newsroom::plan().more(&feed_source("paper", &feed.url)).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.until("the first look", async || titles(&newsroom).await.len() == 30).await;
        let before = newsroom.see("articles?limit=200").await["data"].clone();
        for design in 1..=2 {
            *feed.entries.lock().unwrap() = (0..30).map(|n| entry(n, design, TODAY)).collect();
            newsroom.advance(Duration::from_mins(11));
            newsroom.settle().await;
        }
        let after = newsroom.see("articles?limit=200").await["data"].clone();
        let ids = |list: &Value| list.as_array().unwrap().iter().map(|article| article["id"].clone().to_string()).collect::<HashSet<_>>();
        assert_eq!((after.as_array().unwrap().len(), ids(&after)), (30, ids(&before)));
        for article in after.as_array().unwrap() {
            assert!(article["url"].as_str().unwrap().contains("/v2/"), "{article}");
            assert_eq!(article["updated"], Value::Null, "another address is no news");
        }
        assert!(newsroom.deliveries("").await.is_empty());
        let house = newsroom.another_process().await;
        let old = CanonicalUrl::parse("https://www.example.org/7.html").unwrap();
        assert_eq!(house.store.article_by_url(&old).await.unwrap().unwrap().article.title, "渡口通航之7", "the old address goes on naming it");
        house.store.close().await;
        newsroom.finish().await;
    }

    async fn two_notices_of_one_day_are_two_and_one_that_moved_is_one(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let first = take(&house, page(1, "公告", STORY), &meeting(&[1, 2])).await.unwrap();
        let second = take(&house, page(2, "公告", STORY), &meeting(&[1, 2])).await.unwrap();
        assert_eq!((first.became, second.became.clone()), (Became::New, Became::New), "both addresses stand in one look");
        let moved = take(&house, page(11, "公 告", &STORY.replace("老范", "老樊")), &meeting(&[11, 2])).await.unwrap();
        assert_eq!((moved.key, moved.became), (first.key.clone(), Became::Revised));
        let other = take(&house, page(12, "公告", "供水公司定于本周末检修河西片区的管道，请居民提前储水，检修期间水压可能偏低，敬请谅解。"), &meeting(&[12])).await.unwrap();
        assert_eq!(other.became, Became::New, "the same headline over another body");
        let mut later = page(13, "公告", STORY);
        later.published = Some(When::At(MORNING.plus(24 * HOUR)));
        assert_eq!(take(&house, later, &meeting(&[13])).await.unwrap().became, Became::New, "another day");
        let pushed = Door { source: "cms".to_owned(), ..Door::push(chrono_tz::Asia::Shanghai) };
        assert_eq!(take(&house, page(14, "公告", STORY), &pushed).await.unwrap().became, Became::New, "who pushes names what he means");
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn pictures_without_words_move_by_their_kind(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let gallery = |n| Candidate { kind: Kind::Gallery, ..page(n, "渡口影像", "图") };
        let first = take(&house, gallery(1), &meeting(&[1])).await.unwrap();
        assert_eq!(take(&house, gallery(2), &meeting(&[2])).await.unwrap().key, first.key);
        assert_ne!(take(&house, page(3, "渡口影像", "图"), &meeting(&[3])).await.unwrap().key, first.key);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_old_address_that_is_met_again_changes_nothing(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        take(&house, page(1, "渡口", STORY), &meeting(&[1])).await.unwrap();
        let moved = take(&house, page(2, "渡口", STORY), &meeting(&[2])).await.unwrap();
        assert_eq!((moved.url, moved.revision.0), (Some(url(2)), 2));
        let again = take(&house, page(1, "渡口", STORY), &meeting(&[1])).await.unwrap();
        assert_eq!((again.became, again.url, again.revision.0), (Became::Unchanged, Some(url(2)), 2));
        assert_eq!(newsroom.events().await, ["article.published"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_headline_without_an_end_is_cut(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        take(&house, page(1, &"新桥通车".repeat(50_000), STORY), &site()).await.unwrap();
        assert_eq!(titles(&newsroom).await[0].chars().count(), 500);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_title_edit_is_a_revision(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let first = take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap();
        let edited = take(&house, page(1, "云溪渡口恢复通航", STORY), &site()).await.unwrap();
        assert_eq!((edited.key, edited.became, edited.revision.0), (first.key, Became::Revised, 2));
        assert_eq!(newsroom.events().await, ["article.published", "article.updated"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_page_that_turns_into_something_else_is_believed_at_its_second_sight(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let house = newsroom.another_process().await;
        let first = take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap();
        let fault = || page(1, "系统维护中", "服务器正在升级，请稍后再来访问本网站，由此带来的不便敬请谅解。");
        let Became::Suspect(suspicion) = take(&house, fault(), &site()).await.unwrap().became else { panic!("it is believed at once") };
        let shown = newsroom.see(&format!("articles/{}", first.key)).await;
        assert_eq!((shown["title"].as_str(), shown["revision"].as_i64()), (Some("渡口重新通航"), Some(1)));
        let other = Door { doubted: Some("of something else".to_owned()), ..site() };
        assert!(matches!(take(&house, fault(), &other).await.unwrap().became, Became::Suspect(_)));
        assert_eq!(take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap().became, Became::Unchanged);
        let door = Door { doubted: Some(suspicion.copy), ..site() };
        assert_eq!(take(&house, fault(), &door).await.unwrap().became, Became::Revised);
        assert_eq!(newsroom.events().await, ["article.published", "article.updated"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_foreign_feed_that_names_our_article_changes_nothing(b: Backend) {
        let mine = "<item><title>别人的标题</title><link>https://www.example.cn/1.html</link><guid>x</guid><description>别人的话。</description></item>";
        let feed = Feed::start(vec![mine.to_owned()]).await;
        let newsroom = Newsroom::plan().more(&feed_source("other", &feed.url)).start(b).await;
        let id = newsroom.publish(&article(1)).await;
        for _ in 0..2 {
            newsroom.advance(Duration::from_mins(11));
            newsroom.settle().await;
        }
        let shown = newsroom.see(&format!("articles/{id}")).await;
        assert_eq!((shown["title"].clone(), shown["revision"].as_i64()), (article(1)["title"].clone(), Some(1)));
        assert_eq!(titles(&newsroom).await.len(), 1);
        newsroom.finish().await;
    }

    async fn entries_with_one_link_do_not_take_turns(b: Backend) {
        let item = |title: &str, guid: &str, link: &str, text: &str| {
            format!("<item><title>{title}</title><link>https://www.example.org/{link}.html</link><guid isPermaLink=\"false\">{guid}</guid><pubDate>{TODAY}</pubDate><description>{text}</description></item>")
        };
        // Of one headline they are one article; of two, articles that share a page.
        let entries = [("快讯", "a", "one", STORY), ("快讯", "b", "one", "另一种说法。"), ("甲方说", "c", "two", STORY), ("乙方说", "d", "two", STORY)];
        let feed = Feed::start(entries.map(|(title, guid, link, text)| item(title, guid, link, text)).to_vec()).await;
        let newsroom = Newsroom::plan().more(&feed_source("paper", &feed.url)).start(b).await;
        for _ in 0..3 {
            newsroom.advance(Duration::from_mins(11));
            newsroom.settle().await;
        }
        assert_eq!(titles(&newsroom).await, ["乙方说", "快讯", "甲方说"]);
        let list = newsroom.see("articles").await;
        assert!(list["data"].as_array().unwrap().iter().all(|article| article["revision"] == 1), "{list}");
        newsroom.finish().await;
    }

    async fn an_entry_without_a_link_is_known_by_its_words_whatever_its_guid(b: Backend) {
        let dated = |n: u32| match n % 2 {
            0 => "Fri, 29 Oct 2021 08:10:00 +0800".to_owned(),
            _ => format!("Fri, 29 Oct 2021 08:{}:00 +0800", 10 + n),
        };
        let show = |round: u32| {
            let plain = |title: &str, more: String| format!("<item><title>{title}</title>{more}<description>{STORY}</description></item>");
            vec![
                plain("每次换号", format!("<guid isPermaLink=\"false\">r{round}</guid><pubDate>{}</pubDate>", dated(0))),
                plain("没有日期", format!("<guid isPermaLink=\"false\">n{round}</guid>")),
                plain("什么号都没有", format!("<pubDate>{}</pubDate>", dated(2 * round + 1))),
            ]
        };
        let feed = Feed::start(show(0)).await;
        let newsroom = Newsroom::plan().more(&feed_source("paper", &feed.url)).start(b).await;
        newsroom.until("the first look", async || titles(&newsroom).await.len() == 3).await;
        newsroom.endpoint("/hook", json!({})).await;
        for round in 1..5 {
            *feed.entries.lock().unwrap() = show(round);
            newsroom.advance(Duration::from_mins(11));
            newsroom.settle().await;
        }
        assert_eq!(titles(&newsroom).await, ["什么号都没有", "每次换号", "没有日期"]);
        assert!(newsroom.deliveries("").await.is_empty());
        newsroom.finish().await;
    }

    async fn an_archive_that_is_dated_anew_says_nothing_new(b: Backend) {
        let feed = Feed::start((0..20).map(|n| entry(n, 0, "Mon, 04 Oct 2021 08:00:00 +0800")).collect()).await;
        let newsroom = Newsroom::plan().more(&feed_source("paper", &feed.url)).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.until("the first look", async || titles(&newsroom).await.len() == 20).await;
        newsroom.settle().await;
        let before = newsroom.see("articles?limit=200").await;
        *feed.entries.lock().unwrap() = (0..20).map(|n| entry(n, 0, "Fri, 29 Oct 2021 08:35:00 +0800")).collect();
        newsroom.advance(Duration::from_mins(11));
        newsroom.settle().await;
        assert_eq!(newsroom.see("articles?limit=200").await, before);
        assert!(newsroom.deliveries("").await.is_empty());
        newsroom.finish().await;
    }

    async fn a_page_that_lost_its_body_or_its_headline_takes_nothing_from_the_article(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let house = newsroom.another_process().await;
        let first = take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap();
        newsroom.hooks("/hook", 1).await;
        let bare = || Candidate { body: Body::None, ..page(1, "渡口重新通航", "") };
        let untitled = || Candidate { title: None, ..page(1, "", STORY) };
        for lost in [&bare as &(dyn Fn() -> Candidate + Sync), &untitled] {
            let Became::Suspect(suspicion) = take(&house, lost(), &site()).await.unwrap().became else { panic!("it is believed at once") };
            let door = Door { doubted: Some(suspicion.copy), ..site() };
            assert_eq!(take(&house, lost(), &door).await.unwrap().became, Became::Unchanged, "told again, it is still nothing to tell");
        }
        let shown = newsroom.see(&format!("articles/{}", first.key)).await;
        assert_eq!((shown["title"].as_str(), shown["revision"].as_i64(), shown["status"].as_str()), (Some("渡口重新通航"), Some(1), Some("published")));
        assert!(shown["content_html"].as_str().unwrap().contains("船工老范"), "{shown}");
        assert_eq!(take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap().became, Became::Unchanged, "and it is back");
        // What waits for its editor keeps its words as well.
        let held = Candidate { wish: Wish::Hold("先核实".to_owned()), ..page(2, "渡口夜航", &STORY.replace("清早", "夜里")) };
        let waiting = take(&house, held, &site()).await.unwrap();
        let gone = Candidate { body: Body::None, ..page(2, "渡口夜航", "") };
        assert!(matches!(take(&house, gone, &site()).await.unwrap().became, Became::Suspect(_)));
        assert!(newsroom.see(&format!("articles/{}", waiting.key)).await["content_html"].as_str().unwrap().contains("船工老范"));
        assert_eq!(newsroom.events().await, ["article.published"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_section_that_cannot_be_made_holds_its_article_and_names_of_one_sound_are_two(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let mut house = newsroom.another_process().await;
        house.ingest.rules.auto_sections = true;
        let under = |n, section: &str| Candidate { sections: vec![section.to_owned()], ..page(n, &format!("第 {n} 篇"), STORY) };
        let long = ["宜城市人民政府办公室政务公开", "各乡镇街道办事处工作动态", "双江镇人民政府双拥工作窗口"].join("/");
        for (n, unmakeable) in [(1, "a/b/c/d/e/f/g"), (2, long.as_str()), (3, "/")] {
            let told = take(&house, under(n, unmakeable), &site()).await.unwrap();
            assert_eq!(told.held, Some(format!("no section is called {unmakeable}")));
            let push = Door::push(chrono_tz::Asia::Shanghai);
            let refused = take(&house, under(n + 10, unmakeable), &push).await.unwrap_err();
            assert_eq!(refused, Refusal::UnknownSection(unmakeable.to_owned()));
        }
        let count = newsroom.see("sections").await["data"].as_array().unwrap().len();
        assert_eq!(count, 3, "nothing of a path that cannot be made is made");
        let mut places = Vec::new();
        for (n, section) in [(21, "视频"), (22, "食品"), (23, "视频"), (24, "食品"), (25, "News"), (26, "★"), (27, "☆")] {
            let told = take(&house, under(n, section), &site()).await.unwrap();
            let shown = newsroom.see(&format!("articles/{}", told.key)).await;
            places.push(shown["sections"][0].as_str().unwrap().to_owned());
        }
        assert_eq!(places, ["shipin", "shipin-2", "shipin", "shipin-2", "news", "section", "section-2"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_picture_that_was_measured_stays_so_when_its_page_is_edited(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let lion = Image {
            width: Some(640),
            height: Some(480),
            media_type: Some("image/png".to_owned()),
            bytes: Some(700_033),
            copy: Some("a".repeat(64)),
            ..Image::at("https://news.example.org/lion.png".to_owned())
        };
        let map = Image { url: "https://news.example.org/map.png".to_owned(), ..lion.clone() };
        let old = |text: &str, images: Vec<Image>| Candidate {
            published: Some(When::At(Millis(MORNING.0 - 10 * 24 * HOUR.as_millis() as i64))),
            image: images.first().cloned(),
            images,
            ..page(1, "石狮清洗一新", text)
        };
        let first = take(&house, old(STORY, vec![lion.clone(), map]), &site()).await.unwrap();
        let bare = |image: &Image| Image { alt: Some("石狮".to_owned()), ..Image::at(image.url.clone()) };
        let other = Image::at("https://news.example.org/bridge.png".to_owned());
        let edited = old(&STORY.replace("老范", "范师傅和他的两个徒弟在码头边"), vec![bare(&lion), other.clone()]);
        assert_eq!(take(&house, edited, &site()).await.unwrap().became, Became::Revised);
        let article = house.store.article(&first.key).await.unwrap().unwrap().article;
        let measured = Image { alt: Some("石狮".to_owned()), ..lion };
        assert_eq!((article.image, article.images), (Some(measured.clone()), vec![measured, other]));
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn entries_with_one_link_do_not_take_turns_however_far_apart_they_stand(b: Backend) {
        let mut entries: Vec<String> = (0..80).map(|n| entry(n, 0, TODAY)).collect();
        entries[60] = entries[3].replace("赶集的人挑着担子上船", "邮差骑着车子上船").replace("3.html#0", "60");
        assert_ne!(entries[60], entries[3]);
        let feed = Feed::start(entries).await;
        let newsroom = Newsroom::plan().more(&feed_source("paper", &feed.url)).start(b).await;
        newsroom.until("the first look", async || titles(&newsroom).await.len() == 79).await;
        for n in 80..82 {
            feed.entries.lock().unwrap().push(entry(n, 0, TODAY));
            newsroom.advance(Duration::from_mins(11));
            newsroom.settle().await;
        }
        assert_eq!(titles(&newsroom).await.len(), 81);
        let list = newsroom.see("articles?limit=200").await;
        assert!(list["data"].as_array().unwrap().iter().all(|article| article["revision"] == 1), "{list}");
        newsroom.finish().await;
    }
}
