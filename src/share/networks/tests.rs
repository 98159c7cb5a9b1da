//! What is expected here was written down from the networks' own rules, byte by byte, with no help from the code.

use super::*;
use proptest::prelude::*;

const URL: &str = "https://news.example.cn/a.html?id=3&b=x%20y#top";
/// The same, encoded once: `:` 3A, `/` 2F, `?` 3F, `=` 3D, `&` 26, `%` 25, `#` 23.
const U: &str = "https%3A%2F%2Fnews.example.cn%2Fa.html%3Fid%3D3%26b%3Dx%2520y%23top";

fn of(network: Network, shared: &Shared) -> String {
    links(shared).into_iter().find(|link| link.network == network).unwrap().href
}

fn nasty() -> Shared<'static> {
    Shared {
        url: URL,
        title: "宜城 'A&B' (100%)! <b>*~",
        summary: Some("d+d"),
        image: Some("https://i.example/p.jpg?w=1"),
        site: Some("S \"q\""),
        mastodon_host: None,
    }
}
/// 宜 E5 AE 9C, 城 E5 9F 8E; only letters, digits, `-`, `.`, `_` and `~` stay.
const T: &str = "%E5%AE%9C%E5%9F%8E%20%27A%26B%27%20%28100%25%29%21%20%3Cb%3E%2A~";
const I: &str = "https%3A%2F%2Fi.example%2Fp.jpg%3Fw%3D1";

#[test]
fn the_networks_stand_in_the_order_of_the_contract() {
    let names: Vec<_> = links(&nasty()).iter().map(|link| link.network.name()).collect();
    let contract = "x facebook linkedin threads bluesky mastodon telegram whatsapp line reddit hackernews weibo qq qzone douban wechat email \
                    instapaper raindrop pinboard flipboard teams";
    assert_eq!(names.join(" "), contract);
    assert!(names.iter().all(|name| Network::named(name).is_some_and(|network| network.name() == *name)));
}

#[test]
fn every_link_of_a_nasty_title_is_exact() {
    let expected = [
        format!("https://x.com/intent/tweet?text={T}&url={U}"),
        format!("https://www.facebook.com/sharer/sharer.php?u={U}"),
        format!("https://www.linkedin.com/sharing/share-offsite/?url={U}"),
        format!("https://www.threads.com/intent/post?text={T}&url={U}"),
        format!("https://bsky.app/intent/compose?text={T}%0A{U}"),
        format!("https://share.joinmastodon.org/#text={T}%0A{U}"),
        format!("https://t.me/share/url?url={U}&text={T}"),
        format!("https://wa.me/?text={T}%20{U}"),
        format!("https://social-plugins.line.me/lineit/share?url={U}&text={T}"),
        format!("https://www.reddit.com/submit?url={U}&title={T}"),
        format!("https://news.ycombinator.com/submitlink?u={U}&t={T}"),
        format!("https://service.weibo.com/share/share.php?url={U}&title={T}&pic={I}"),
        format!("https://connect.qq.com/widget/shareqq/index.html?url={U}&title={T}&source=S%20%22q%22&desc=d%2Bd&pics={I}&summary=d%2Bd"),
        format!(
            "https://sns.qzone.qq.com/cgi-bin/qzshare/cgi_qzshare_onekey?url={U}&title={T}&desc=d%2Bd&summary=d%2Bd&site=S%20%22q%22&pics={I}"
        ),
        format!("https://www.douban.com/share/service?href={U}&name={T}&text=d%2Bd&image={I}"),
        URL.to_owned(),
        format!("mailto:?subject={T}&body=d%2Bd%0D%0A{U}"),
        format!("https://www.instapaper.com/hello2?url={U}&title={T}"),
        format!("https://app.raindrop.io/add?link={U}&title={T}"),
        format!("https://pinboard.in/add?url={U}&title={T}"),
        format!("https://share.flipboard.com/bookmarklet/popout?v=2&url={U}&title={T}"),
        format!("https://teams.microsoft.com/share?href={U}&msgText={T}"),
    ];
    let made: Vec<_> = links(&nasty()).into_iter().map(|link| link.href).collect();
    for (made, expected) in made.iter().zip(&expected) {
        assert_eq!(made, expected);
    }
    assert_eq!(made.len(), expected.len());
}

#[test]
fn what_is_empty_leaves_no_trace() {
    let bare = Shared { url: "http://a.cn/", title: "", ..Shared::default() };
    assert_eq!(of(Network::Qq, &bare), "https://connect.qq.com/widget/shareqq/index.html?url=http%3A%2F%2Fa.cn%2F");
    assert_eq!(of(Network::X, &bare), "https://x.com/intent/tweet?url=http%3A%2F%2Fa.cn%2F");
    assert_eq!(of(Network::Bluesky, &bare), "https://bsky.app/intent/compose?text=http%3A%2F%2Fa.cn%2F");
    assert_eq!(of(Network::Email, &bare), "mailto:?body=http%3A%2F%2Fa.cn%2F");
    assert_eq!(
        of(Network::Flipboard, &bare),
        "https://share.flipboard.com/bookmarklet/popout?v=2&url=http%3A%2F%2Fa.cn%2F",
        "a parameter without a placeholder stays"
    );
}

#[test]
fn texts_are_cut_to_each_networks_limit_and_addresses_never() {
    let (a, zh) = ("a".repeat(600), "闻".repeat(600));
    let latin = Shared { url: URL, title: &a, ..Shared::default() };
    let chinese = Shared { url: URL, title: &zh, ..Shared::default() };
    assert_eq!(URL.len(), 47);
    let text = |letter: &str, count: usize| format!("{}%E2%80%A6", letter.repeat(count));
    // X: 280 - 23 - 1 = 256, the ellipsis weighs 2: 254 Latin letters, 127 Chinese ones.
    assert_eq!(of(Network::X, &latin), format!("https://x.com/intent/tweet?text={}&url={U}", text("a", 254)));
    assert_eq!(of(Network::X, &chinese), format!("https://x.com/intent/tweet?text={}&url={U}", text("%E9%97%BB", 127)));
    // Threads: 500, the address is a field of its own.
    assert_eq!(of(Network::Threads, &latin), format!("https://www.threads.com/intent/post?text={}&url={U}", text("a", 499)));
    // Bluesky: 300 - 47 - 1 = 252 with the ellipsis.
    assert_eq!(of(Network::Bluesky, &chinese), format!("https://bsky.app/intent/compose?text={}%0A{U}", text("%E9%97%BB", 251)));
    // Mastodon: 500 - 47 - 1 = 452 with the ellipsis.
    assert_eq!(of(Network::Mastodon, &latin), format!("https://share.joinmastodon.org/#text={}%0A{U}", text("a", 451)));
    // Hacker News: 80 with the ellipsis.
    assert_eq!(of(Network::HackerNews, &latin), format!("https://news.ycombinator.com/submitlink?u={U}&t={}", text("a", 79)));
    assert!(of(Network::Weibo, &chinese).contains(&"%E9%97%BB".repeat(600)), "no limit is known for the others");
}

#[test]
fn an_address_that_fills_a_text_stays_whole() {
    let long = format!("https://a.cn/{}", "x".repeat(400));
    let shared = Shared { url: &long, title: "标题", ..Shared::default() };
    assert_eq!(of(Network::Bluesky, &shared), format!("https://bsky.app/intent/compose?text=https%3A%2F%2Fa.cn%2F{}", "x".repeat(400)));
}

#[test]
fn an_international_address_is_spelled_in_ascii_first() {
    let shared = Shared { url: "https://例子.cn/宜 城", title: "t", ..Shared::default() };
    // xn--fsqu00a is 例子; the path is percent-encoded by the URL, and the percent signs once more as a value.
    assert_eq!(
        of(Network::Facebook, &shared),
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fxn--fsqu00a.cn%2F%25E5%25AE%259C%2520%25E5%259F%258E"
    );
}

#[test]
fn a_mastodon_server_is_a_host_or_nothing() {
    let at = |host: &'static str| {
        of(Network::Mastodon, &Shared { url: "http://a.cn/", title: "t", mastodon_host: Some(host), ..Shared::default() })
    };
    assert_eq!(at("Mastodon.Social"), "https://mastodon.social/share?text=t%0Ahttp%3A%2F%2Fa.cn%2F");
    assert_eq!(at("m.example:8443"), "https://m.example:8443/share?text=t%0Ahttp%3A%2F%2Fa.cn%2F");
    let picker = "https://share.joinmastodon.org/#text=t%0Ahttp%3A%2F%2Fa.cn%2F";
    for bad in ["", "evil.example/x", "a@evil.example", "evil.example?x=", "evil.example#", "a b"] {
        assert_eq!(at(bad), picker, "{bad}");
    }
}

#[test]
fn a_title_never_writes_a_header_of_a_mail() {
    let shared = Shared { url: "http://a.cn/", title: "一\r\nBcc: x@y.cn", ..Shared::default() };
    assert!(of(Network::Email, &shared).starts_with("mailto:?subject=%E4%B8%80%20Bcc%3A%20x%40y.cn&body="));
}

proptest! {
    #[test]
    fn every_link_is_ascii_whole_and_without_gaps(title in "\\PC{0,400}", path in "[a-z0-9/?&=#%.宜-宝 -]{0,60}", host in "[a-z@/?#.]{0,20}") {
        let url = format!("https://news.example.cn/{path}");
        let shared = Shared { url: &url, title: &title, summary: Some(&title), mastodon_host: Some(&host), ..Shared::default() };
        let whole = encode(&ascii(&url));
        for ShareLink { network, href } in links(&shared) {
            prop_assert!(href.bytes().all(|byte| byte.is_ascii_graphic()), "{}", href);
            if network == Network::WeChat {
                prop_assert_eq!(href, ascii(&url), "a camera reads the address itself");
                continue;
            }
            prop_assert!(!href.contains("&&") && !href.ends_with(['&', '?', '=', '#']), "{}", href);
            prop_assert!(!href.contains(['"', '\'', '<', '>']), "{}", href);
            prop_assert!(href.contains(&whole), "{} lacks the address", href);
        }
    }
}
