//! Looks as they are saved, on a store of their own and without a network.

use super::*;
use crate::app::House;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::model::{Body, Candidate, PageMemory, SourceMemory, Standing, When};
use crate::source::RawPage;

/// 29 October 2021, 08:30 in Shanghai.
const NOW: Millis = Millis(1_635_467_400_000);

struct Room {
    house: House,
    plan: Planned,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Room {
    /// A newsroom whose site was looked at once.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[store]\nurl = \"sqlite:{0}/p.db\"\n[keys]\nfile = \"{0}/keys\"\n[[section]]\nslug = \"news\"\ntitle = \"新闻\"\n\
             [[source]]\nkind = \"site\"\nname = \"cms\"\nlisting = [\"http://a.cn/\"]\nsections = [\"news\"]\n",
            folder.path().display()
        );
        let file = folder.path().join("postrider.toml");
        std::fs::write(&file, text).unwrap();
        let clock = Clock::manual(NOW);
        let house = House::open(Config::load(Some(&file), [], &[]).unwrap(), clock.clone(), Ids::default()).await.unwrap();
        let planned = house.planned().unwrap();
        super::super::declare(&house.ingest, &planned).await.unwrap();
        let plan = planned.into_iter().next().unwrap();
        let room = Self { house, plan, clock, _folder: folder };
        room.save(Came {
            reading: Reading { memory: SourceMemory::default(), ..Reading::default() },
            ..found(vec![page("http://a.cn/0.html", 30)])
        })
        .await;
        room
    }

    async fn row(&self) -> SourceRow {
        self.house.store.sources().await.unwrap().remove(0)
    }

    /// Saves a look in which every address of a find, a failure or an unread page was asked for.
    async fn save(&self, mut came: Came) {
        let row = self.row().await;
        came.reading.memory = row.memory.clone();
        let finds = came.finds.iter().filter_map(address).cloned();
        let asked: Vec<CanonicalUrl> = finds
            .chain(came.reading.unread.iter().cloned())
            .chain(came.reading.unchanged.iter().cloned())
            .chain(came.reading.failed.iter().map(|(url, _)| url.clone()))
            .collect();
        for url in asked {
            let known = self.house.store.page(row.id, url.as_str()).await.unwrap();
            came.known.extend(known.map(|page| (url.to_string(), page)));
            came.asked.insert(url.to_string(), Link { url, title: None, date: None });
        }
        Box::pin(save(&self.house.ingest, &self.plan, &row, came)).await.unwrap();
    }

    /// Changes what is remembered of the source.
    async fn remember(&self, change: impl FnOnce(&mut SourceMemory)) {
        let mut row = self.row().await;
        change(&mut row.memory);
        let mut tx = self.house.store.begin().await.unwrap();
        looked_at(&mut tx, row.id, &LookedAt { memory: &row.memory, health: &row.health, next_at: row.next_at }).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn page(&self, url: &str) -> PageMemory {
        self.house.store.page(self.row().await.id, url).await.unwrap().unwrap().memory
    }

    async fn article(&self, url: &str) -> crate::store::ArticleRow {
        let mut tx = self.house.store.begin().await.unwrap();
        crate::store::write::ingest::find(&mut tx, &[("url", url.to_owned())]).await.unwrap().unwrap()
    }
}

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn raw(text: &str, bytes: &str) -> RawPage {
    let content_hash = format!("{text} {bytes}");
    RawPage {
        url: url(text),
        bytes: bytes.as_bytes().to_vec(),
        content_type: None,
        validators: crate::model::Validators::default(),
        content_hash,
    }
}

/// A page and its article, so many days old.
fn page(text: &str, days: i64) -> Find {
    let candidate = Candidate {
        url: Some(url(text)),
        title: Some(format!("云溪新桥通车 {text}")),
        published: Some(When::At(Millis(NOW.0 - days * 86_400_000))),
        body: Body::Text(format!("{text} 的新桥今天上午正式通车，沿线三个村的村民进城不再绕路。")),
        ..Candidate::from_source("cms")
    };
    Find { candidate, page: Some(raw(text, "first")), parts: Vec::new(), claim: None }
}

/// The same page when it says that its copy was taken back.
fn taken_back(text: &str) -> Find {
    let find = page(text, 0);
    Find {
        candidate: Candidate { wish: Wish::Withdraw("稿件已撤".to_owned()), ..find.candidate }, page: Some(raw(text, "gone")), ..find
    }
}

fn found(finds: Vec<Find>) -> Came {
    Came { finds, ..Came::default() }
}

const ONE: &str = "http://a.cn/1.html";

#[test]
fn finds_are_taken_in_chunks() {
    let find = || Find { candidate: Candidate::from_source("x"), page: None, parts: Vec::new(), claim: None };
    let sizes: Vec<usize> = chunked((0..120).map(|_| find()).collect()).iter().map(Vec::len).collect();
    assert_eq!(sizes, [50, 50, 20]);
}

#[tokio::test]
async fn a_page_that_says_so_twice_is_taken_back_in_its_own_words() {
    let room = Box::pin(Room::new()).await;
    room.save(found(vec![page(ONE, 0)])).await;
    room.save(found(vec![taken_back(ONE)])).await;
    let noted = room.page(ONE).await;
    assert_eq!((noted.gone_since, noted.next_check), (Some(NOW), Some(NOW.plus(gone::CONFIRMS_AFTER))));
    assert_eq!(noted.content_hash, Some(format!("{ONE} first")), "the second look must read it again");
    assert!(room.article(ONE).await.article.is_public());
    room.clock.advance(gone::CONFIRMS_AFTER);
    room.save(found(vec![taken_back(ONE)])).await;
    let Standing::Withdrawn(withdrawal) = room.article(ONE).await.article.standing else { panic!("it stands") };
    assert_eq!(withdrawal.reason, "原网页注明：稿件已撤");
    assert_eq!(room.page(ONE).await.next_check, None);
}

#[tokio::test]
async fn what_a_listing_still_links_is_not_taken_back() {
    let room = Box::pin(Room::new()).await;
    room.save(found(vec![page(ONE, 0)])).await;
    room.save(found(vec![taken_back(ONE)])).await;
    room.clock.advance(gone::CONFIRMS_AFTER / 2);
    let links = vec![Link { url: url(ONE), title: None, date: None }];
    room.save(Came { links, ..Came::default() }).await;
    assert_eq!(room.page(ONE).await.gone_since, None);
    room.clock.advance(gone::CONFIRMS_AFTER);
    room.save(found(vec![taken_back(ONE)])).await;
    assert!(room.article(ONE).await.article.is_public(), "the sign begins anew");
}

#[tokio::test]
async fn many_pages_that_say_so_at_once_are_not_believed() {
    let room = Box::pin(Room::new()).await;
    let urls = ["http://a.cn/1.html", "http://a.cn/2.html", "http://a.cn/3.html"];
    room.save(found(urls.iter().map(|url| page(url, 0)).collect())).await;
    for _ in 0..3 {
        room.save(found(urls.iter().map(|url| taken_back(url)).collect())).await;
        assert_eq!(room.row().await.health["outage"]["gone"], 3);
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    for url in urls {
        assert!(room.article(url).await.article.is_public());
        assert!(room.page(url).await.next_check.is_some(), "it is asked again");
    }
}

#[tokio::test]
async fn an_article_keeps_the_bytes_of_all_its_pages_in_order() {
    let room = Box::pin(Room::new()).await;
    let parts = |count: usize| (2..2 + count).map(|n| raw(&format!("http://a.cn/1_{n}.html"), &format!("part {n}"))).collect();
    room.save(found(vec![Find { parts: parts(3), ..page(ONE, 0) }])).await;
    let article = room.article(ONE).await.id;
    let kept = room.house.store.raw_of(article).await.unwrap();
    let read = |bytes: &[u8]| String::from_utf8(zstd::decode_all(bytes).unwrap()).unwrap();
    assert_eq!(kept.iter().map(|part| read(&part.bytes)).collect::<Vec<_>>(), ["first", "part 2", "part 3", "part 4"]);
    assert_eq!(kept[1].url, "http://a.cn/1_2.html");
    let row = room.row().await;
    assert!(room.house.store.unread(row.id, &["http://a.cn/1_2.html".to_owned()]).await.unwrap().is_empty(), "no article of its own");
    assert_eq!(room.page("http://a.cn/1_2.html").await.next_check, None);
    let again = Find { page: Some(raw(ONE, "second")), parts: parts(1), ..page(ONE, 0) };
    room.save(found(vec![again])).await;
    let kept = room.house.store.raw_of(article).await.unwrap();
    assert_eq!(kept.iter().map(|part| read(&part.bytes)).collect::<Vec<_>>(), ["second", "part 2"]);
}

#[tokio::test]
async fn pages_that_were_not_asked_for_come_at_the_next_look() {
    let room = Box::pin(Room::new()).await;
    let reading = Reading { unread: vec![url(ONE)], ..Reading::default() };
    room.save(Came { reading, ..Came::default() }).await;
    let row = room.row().await;
    assert_eq!(room.house.store.pages_due(row.id, NOW, 9).await.unwrap(), [ONE]);
    assert_eq!(room.page(ONE).await.tries, 0, "it did not fail");
    assert_eq!(row.next_at, Some(NOW.plus(super::super::recheck::BREATH)), "and the site gets its breath");
}

#[tokio::test]
async fn a_page_left_for_later_keeps_what_its_listing_told() {
    let room = Box::pin(Room::new()).await;
    let date = Some(When::Day("2021-10-01".parse().unwrap()));
    let later = vec![Link { url: url(ONE), title: Some("云溪新桥通车".to_owned()), date }];
    room.save(Came { later, ..Came::default() }).await;
    let listed = room.page(ONE).await.listed;
    assert_eq!((listed.title.as_deref(), listed.date), (Some("云溪新桥通车"), date));
}

/// What is remembered of a listing whose first page linked these.
fn seen(links: &[&str]) -> crate::model::Seen {
    let marks = links.iter().map(|link| source::site::mark(&url(link))).collect();
    crate::model::Seen { links: marks, ..crate::model::Seen::default() }
}

#[tokio::test]
async fn a_listing_that_is_as_it_was_links_what_it_linked() {
    let room = Box::pin(Room::new()).await;
    room.save(found(vec![page(ONE, 0)])).await;
    // Every look from here on is one whose listing answered 304.
    room.remember(|memory| drop(memory.seen.insert("http://a.cn/".to_owned(), seen(&[ONE])))).await;
    for _ in 0..3 {
        room.save(found(vec![taken_back(ONE)])).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert!(room.article(ONE).await.article.is_public());
    room.remember(|memory| drop(memory.seen.insert("http://a.cn/".to_owned(), seen(&[])))).await;
    for _ in 0..2 {
        room.save(found(vec![taken_back(ONE)])).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert!(!room.article(ONE).await.article.is_public(), "it left the listing, and is gone");
}

#[tokio::test]
async fn a_listing_that_never_had_a_link_or_was_given_up_is_no_illness() {
    let room = Box::pin(Room::new()).await;
    let nothing = || vec![SourceError::NoLinks { url: "http://a.cn/".parse().unwrap() }];
    room.save(found(vec![page(ONE, 0), page("http://a.cn/2.html", 0)])).await;
    for _ in 0..2 {
        room.save(Came { failed: nothing(), ..found(vec![taken_back(ONE)]) }).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert!(!room.article(ONE).await.article.is_public(), "a section without articles says nothing of its site");

    let two = "http://a.cn/2.html";
    room.remember(|memory| drop(memory.seen.insert("http://a.cn/".to_owned(), seen(&[two])))).await;
    for _ in 0..3 {
        room.save(Came { failed: nothing(), ..found(vec![taken_back(two)]) }).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert!(room.article(two).await.article.is_public(), "a listing that lost its links is ill");
    room.clock.advance(GIVEN_UP);
    for _ in 0..2 {
        room.save(Came { failed: nothing(), ..found(vec![taken_back(two)]) }).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert!(!room.article(two).await.article.is_public());
}

#[tokio::test]
async fn a_page_of_an_ill_server_is_asked_for_a_week() {
    let room = Box::pin(Room::new()).await;
    let busy = |now: Millis| SourceError::Status { url: ONE.parse().unwrap(), status: 503, again: Some(now.plus(Duration::from_secs(5))) };
    let began = room.clock.now();
    while let Some(next) = {
        let reading = Reading { failed: vec![(url(ONE), busy(room.clock.now()))], ..Reading::default() };
        room.save(Came { reading, ..Came::default() }).await;
        room.page(ONE).await.next_check
    } {
        room.clock.advance(next.since(room.clock.now()));
    }
    let asked = room.clock.now().since(began);
    assert!(asked > Duration::from_hours(6 * 24), "given up after {asked:?}");
    assert!(room.page(ONE).await.tries < 60, "and not hammered: {}", room.page(ONE).await.tries);
}

#[tokio::test]
async fn a_source_that_the_file_no_longer_names_is_waited_for_by_nobody() {
    let room = Box::pin(Room::new()).await;
    let rounds = room.house.rounds().unwrap();
    let unsaved = super::super::Unsaved::default();
    assert_eq!(rounds.rows(std::collections::HashMap::new(), &unsaved).await.unwrap().len(), 1);
    let without = Rounds { planned: Vec::new(), ..rounds };
    assert!(without.rows(std::collections::HashMap::new(), &unsaved).await.unwrap().is_empty());
}

/// The same page when it names another address as its own.
fn naming(find: Find, other: &str) -> Find {
    Find { candidate: Candidate { url: Some(url(other)), ..find.candidate }, ..find }
}

#[tokio::test]
async fn a_page_keeps_its_address_where_it_names_that_of_another_or_of_a_list() {
    let room = Box::pin(Room::new()).await;
    let (one, two, three) = (ONE, "http://a.cn/2.html", "http://a.cn/3.html");
    let headed = |find: Find, title: &str| Find { candidate: Candidate { title: Some(title.to_owned()), ..find.candidate }, ..find };
    let (first, second) = (headed(page(one, 0), "镇上的新桥今天通车"), headed(page(two, 0), "合作社送来第一批春茶"));
    // One in the same look that comes before the page it names, one that names the list, one that is the same page under two addresses.
    let same = headed(page("http://a.cn/1.html?from=top", 0), "镇上的新桥今天通车");
    let looked = vec![naming(second, one), first, naming(headed(page(three, 0), "三号井出水"), "http://a.cn/"), naming(same, one)];
    room.save(found(looked)).await;
    for (at, title) in [(one, "镇上的新桥今天通车"), (two, "合作社送来第一批春茶"), (three, "三号井出水")] {
        assert_eq!(room.article(at).await.article.title, title);
    }
    assert!(room.house.store.strangers(&["http://a.cn/1.html?from=top".to_owned()]).await.unwrap().len() == 1, "one article");
    // And one that takes the name later, for good.
    for _ in 0..3 {
        let later = headed(page(two, 0), "合作社送来第一批春茶");
        room.save(found(vec![naming(Find { page: Some(raw(two, "later")), ..later }, one)])).await;
        room.clock.advance(gone::CONFIRMS_AFTER);
    }
    assert_eq!(room.article(one).await.article.title, "镇上的新桥今天通车");
}
