//! A newsroom that does not exist, its copy, and every page that can be made of it.

use super::super::*;
use crate::clock::Ids;
use crate::keys::KeyRing;
use crate::model::*;

/// What a stranger may write wherever strangers may write.
pub(super) const HOSTILE: &str = "</script><script>alert(1)</script>\"'><img src=x onerror=y> & ]]> \u{202e}宜城";

pub(super) fn pages() -> Pages {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyRing::load_or_make(&folder.path().join("keys"), Ids::default()).unwrap();
    let urls = Urls::new("https://www.example.cn/news-feeds/", "news.example.cn,2026", keys).unwrap();
    Pages::new(urls, site())
}

pub(super) fn site() -> Site {
    Site {
        title: "汉水晚报".into(),
        zone: chrono_tz::Asia::Shanghai,
        logo: None,
        organisation: Some("汉水融媒体中心".into()),
        address: Some("汉水市滨江大道 8 号".into()),
        phone: Some("0710-5550100".into()),
        contact: Some("editor@example.cn".into()),
        icp: Some("鄂ICP备00000000号-1".into()),
        police: Some("鄂公网安备 00000000000000号".into()),
        licence: Some("互联网新闻信息服务登记备案号：鄂新网备0000号".into()),
    }
}

pub(super) fn section(id: i64, slug: &str, title: &str) -> Section {
    Section { id: Seq(id), slug: Slug::parse(slug).unwrap(), title: title.into(), aliases: vec![], declared: true, rev: Rev(id) }
}

pub(super) fn sections() -> Vec<Section> {
    vec![
        section(1, "news", "新闻"),
        section(2, "news/city", "市区新闻"),
        section(3, "news/county", "县乡新闻"),
        section(4, "notices", "公告"),
        section(5, "life", "生活服务"),
    ]
}

pub(super) fn byline(role: &str, name: &str) -> Byline {
    Byline { name: name.into(), role: (!role.is_empty()).then(|| role.into()) }
}

/// 2021-10-29 08:30 in Asia/Shanghai.
pub(super) const MORNING: Millis = Millis(1_635_467_400_000);

pub(super) fn chinese() -> Article {
    let url = CanonicalUrl::parse("https://cms.example.cn/2021/1029/88.html?id=3").unwrap();
    let body = "<p>滨江步道二期昨日完工，全长六点二公里，沿线新添十一处驿站和四座人行桥。</p><h3>一条路，串起三个老街区</h3>\
                <p>步道北起老渡口，南至柳林公园，把三个建成四十多年的街区连在一起。家住柳林街的周阿姨说：“以前去江边要绕半个小时，现在下楼就到。”</p>\
                <blockquote><p>驿站里有热水、充电口和急救箱，早六点开到晚十点。</p></blockquote><h3>明年接着修</h3>\
                <p>三期工程计划明年三月开工，预计把步道延长到高铁站。</p>";
    Article {
        key: ArticleKey::of_url(&url),
        revision: Revision(2),
        url: Some(url),
        source: "cms".into(),
        external_id: None,
        kind: Kind::Text,
        standing: Standing::Published,
        title: "滨江步道二期完工：六公里江岸还给散步的人".into(),
        sections: vec![Slug::parse("news/city").unwrap()],
        authors: vec![byline("记者", "林晓"), byline("通讯员", "何田")],
        editors: vec![byline("编辑", "方圆"), byline("编审", "陆平")],
        origin: Some(Origin { name: "汉水日报".into(), url: None }),
        summary: None,
        body: SafeHtml::clean(body, None),
        image: None,
        images: vec![],
        tags: vec!["滨江步道".into(), "城市更新".into()],
        language: "zh-CN".into(),
        published: MORNING,
        revised: MORNING.plus(std::time::Duration::from_hours(3)),
        breaking: false,
        correction: Some("此前版本把步道全长误写为六十二公里，应为六点二公里。".into()),
        kept: None,
    }
}

pub(super) fn english() -> Article {
    let body = "<p>The county library opens its doors on Sundays from next week, after a year of asking by readers.</p>\
                <p>“We counted the people who rattled the door,” said the librarian. “There were more of them than on Mondays.”</p>";
    Article {
        key: ArticleKey::of_external("desk", "library"),
        url: None,
        title: "County library to open on Sundays after a year of rattled doors".into(),
        sections: vec![Slug::parse("news/county").unwrap()],
        authors: vec![byline("reporter", "Ada Finch")],
        editors: vec![byline("editor", "Tom Reed")],
        origin: None,
        body: SafeHtml::clean(body, None),
        tags: vec![],
        language: "en".into(),
        revised: MORNING,
        correction: None,
        kept: None,
        ..chinese()
    }
}

pub(super) fn hostile() -> Article {
    Article {
        url: None,
        title: HOSTILE.into(),
        authors: vec![byline(HOSTILE, HOSTILE)],
        editors: vec![byline(HOSTILE, HOSTILE)],
        origin: Some(Origin { name: HOSTILE.into(), url: Some("javascript:alert(1)".into()) }),
        summary: Some(HOSTILE.into()),
        image: Some(Image { alt: Some(HOSTILE.into()), ..Image::at("https://i.example/\"><script>".into()) }),
        tags: vec![HOSTILE.into()],
        language: HOSTILE.into(),
        correction: Some(HOSTILE.into()),
        kept: None,
        ..chinese()
    }
}

pub(super) fn receiver(name: &str, channel: Channel, state: State) -> LedgerReceiver {
    LedgerReceiver { name: name.into(), channel, readers: None, state, tries: 1, answer: Some("HTTP 200 ok".into()), next: None }
}

pub(super) fn ledger_articles(title: &str) -> Vec<LedgerArticle> {
    let event =
        |what, announce, receivers| LedgerArticle { key: english().key, title: title.to_owned(), what, at: MORNING, announce, receivers };
    let later = Some(MORNING.plus(std::time::Duration::from_secs(90)));
    vec![
        event(
            EventType::Corrected,
            true,
            vec![
                receiver("partner.example.cn", Channel::Webhook, State::Accepted),
                LedgerReceiver {
                    state: State::Parked,
                    tries: 3,
                    answer: Some("answered 503: upstream is being restarted, please come back".into()),
                    next: later,
                    ..receiver("编辑部飞书群", Channel::Chat, State::Parked)
                },
                LedgerReceiver {
                    readers: Some(1204),
                    answer: Some("250 2.0.0 Ok".into()),
                    ..receiver("市区新闻", Channel::Mail, State::Accepted)
                },
                LedgerReceiver { answer: None, tries: 0, ..receiver("hub.example.cn", Channel::Hub, State::Waiting) },
                LedgerReceiver { answer: Some("gone (410)".into()), ..receiver("old.example.cn", Channel::Webhook, State::Refused) },
                LedgerReceiver { readers: Some(1), answer: None, ..receiver("市区新闻", Channel::Mail, State::Uncertain) },
            ],
        ),
        event(EventType::Published, false, vec![]),
    ]
}

pub(super) fn journey_deliveries() -> Vec<JourneyDelivery> {
    let attempt = |n, code, why: &str| Attempt {
        n,
        exchange: Exchange { at: MORNING, ms: 84, phase: Phase::Done, code: Some(code), response: Some(HOSTILE.into()) },
        why: Some(why.into()),
    };
    let attempts = vec![attempt(1, 503, "answered 503"), attempt(2, 200, "")];
    vec![
        JourneyDelivery {
            what: EventType::Published,
            receiver: receiver("partner.example.cn", Channel::Webhook, State::Accepted),
            attempts,
        },
        JourneyDelivery {
            what: EventType::Published,
            receiver: LedgerReceiver { readers: Some(1204), answer: None, ..receiver("市区新闻", Channel::Mail, State::Accepted) },
            attempts: vec![],
        },
    ]
}

/// Every page that can be made, with its name; `text` stands wherever a stranger's words may stand.
pub(super) fn every_page(language: Language, text: &str, article: &Article, site: Site) -> Vec<(&'static str, String)> {
    let pages = Pages { site, ..pages() };
    let sections: Vec<_> =
        sections().into_iter().map(|known| if text == HOSTILE { Section { title: text.into(), ..known } } else { known }).collect();
    let articles = [article.clone(), english(), chinese()];
    let digests = [Digest { name: "morning", title: text }];
    let cadences = [Cadence::Instant, Cadence::Breaking, Cadence::Daily];
    let offer = Offer { sections: &sections, digests: &digests, cadences: &cadences };
    let email = EmailAddress::parse("reader@example.cn").unwrap();
    let city = Target::Section(Slug::parse("news/city").unwrap());
    let follows = [
        Subscription { target: city.clone(), cadence: Cadence::Instant },
        Subscription { target: Target::Digest("morning".into()), cadence: Cadence::Digest },
    ];
    let withdrawal = Withdrawal { at: MORNING, reason: text.into() };
    let form = SubscribeForm {
        offer,
        email: if text == HOSTILE { text } else { "" },
        chosen: &[city],
        cadence: Cadence::Instant,
        problem: None,
        stamp: "1635467400.c2lnbmVk",
    };
    let refused = SubscribeForm { email: text, problem: Some(SubscribeProblem::Email), ..form };
    let preferences =
        Preferences { token: "7.1.9.p", leave_token: "7.1.9.u", email: &email, language, follows: &follows, offer, saved: true };
    let ledger_articles = ledger_articles(text);
    let ledger = Ledger { articles: &ledger_articles, as_of: MORNING, older: Some("41"), again_in: Some(5), csrf: "c3Jm" };
    let deliveries = journey_deliveries();
    let journey = Journey { key: &article.key, title: text, deliveries: &deliveries, as_of: MORNING, csrf: "c3Jm" };
    let page = ArticlePage { article, sections: &sections, short_code: Some("01ABCDEF"), full: true };
    vec![
        ("home", pages.home(language, &sections, &articles)),
        ("empty", pages.home(language, &[], &[])),
        ("section", pages.section(language, &SectionPage { section: &sections[0], sections: &sections, articles: &articles })),
        ("article", pages.article(language, &page)),
        ("summary", pages.article(language, &ArticlePage { full: false, short_code: None, ..page })),
        ("withdrawn", pages.withdrawn(language, text, &withdrawal)),
        (
            "edition",
            pages.edition(language, &EditionPage { id: Seq(9), title: text, at: MORNING, articles: &articles, sections: &sections }),
        ),
        ("subscribe", pages.subscribe(language, &form)),
        ("subscribe-again", pages.subscribe(language, &refused)),
        ("check-mail", pages.check_mail(language, &email)),
        ("confirm", pages.confirm(language, "7.1.9.c", &follows, &offer)),
        ("confirmed", pages.confirmed(language, "7.1.9.p", &follows, &offer)),
        ("ask", pages.ask_preferences(language, &AskForm { email: text, bad_email: true, stamp: "s" })),
        ("preferences", pages.preferences(language, &preferences)),
        ("unsubscribe", pages.unsubscribe(language, "7.1.9.u", "7.1.9.p")),
        ("unsubscribed", pages.unsubscribed(language)),
        ("missing", pages.error(language, 404, Some(text))),
        ("hurried", pages.error(language, 429, None)),
        ("ledger", pages.console_ledger(language, &ledger)),
        ("ledger-empty", pages.console_ledger(language, &Ledger { articles: &[], ..ledger })),
        ("journey", pages.console_journey(language, &journey)),
        ("sign-in", pages.console_sign_in(language, &SignIn { code: text, refused: true, stamp: "s" })),
    ]
}
