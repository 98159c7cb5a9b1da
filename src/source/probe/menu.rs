//! Which links of a front page may lead to sections, and in which order they are worth a visit.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::judge::cells;
use super::sheet::Sheet;
use crate::model::CanonicalUrl;
use crate::source::dates;
use crate::source::hosts::same_site;

/// Names of sections are shorter (cells; a Chinese character has two).
const LONGEST_NAME: usize = 26;

/// A link that may lead to a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// As the site prints it.
    pub title: String,
    /// Where it leads.
    pub url: CanonicalUrl,
    /// The entry that heads its menu, as an index into the entries.
    pub below: Option<usize>,
    /// Whether it stands in what calls itself navigation, or heads a menu.
    pub in_nav: bool,
}

fn pattern(form: &str) -> Regex {
    Regex::new(form).expect("a pattern written here compiles")
}

/// Doors that lead to no news. Whole names only: 关于我们 is one, 关于禁渔的通告 is an article.
static NO_SECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
        .{0,6}首\s*页|主页|返回.*|回到.*|登录|登陆|用户登录|注册|用户中心|会员.*|个人中心|投稿.*|我要.{1,4}|搜索|高级搜索|检索|
        关于.{0,8}|联系.{0,6}|版权.{0,4}|法律.{0,4}|免责.{0,4}|隐私.{0,6}|广告.{0,6}|招聘英才|诚聘.*|加入我们|网站地图|网站导航|站点地图|友情链接.*|帮助.{0,4}|
        设为.*|加入收藏|收藏.{0,4}|无障碍.{0,4}|长者.{0,4}|适老.{0,4}|繁体.*|简体.*|手机版|移动版|客户端.{0,4}|APP.{0,4}|下载.{0,6}|微博.{0,4}|微信.{0,4}|官方.{0,6}|抖音.{0,4}|
        举报.{0,6}|.{0,12}举报.{0,4}|不良信息.*|意见.{0,4}|留言.{0,4}|问卷.{0,4}|在线(?:咨询|调查|投稿)|数字报|电子报|RSS.{0,6}|订阅.{0,4}|English.{0,8}|中文版?|更多.{0,4}|
        \d+|[<>«»‹›←→]+.*|上一页|下一页|尾页|末页|
        home(?:page)?|front\spage|about(?:\s.{1,16})?|contact(?:\s.{1,16})?|log\s?-?in|sign\s?-?in|sign\s?-?up|register|subscribe.{0,12}|subscriptions?|
        advertis.{0,20}|privacy.{0,16}|terms.{0,20}|cookies?.{0,16}|careers|search|sitemap|site\smap|help|faqs?|donate.{0,12}|support\sus|newsletters?|
        rss.{0,8}|feeds?|shop|store|my\saccount|account|e-?paper|archives?|facebook|twitter|x|instagram|youtube|linkedin|telegram|
        more.{0,8}|read\smore.{0,4}|see\sall.{0,4}|view\sall.{0,4}|next|previous|skip\sto.{0,20}|menu|close|write\sfor\sus|our\sstaff|staff|corrections|
        legal.{0,12}|imprint|accessibility.{0,12}|letters\sto\sthe\seditor|submit.{0,16}
        )$",
    )
});
/// What leads to more of a box.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*[【\[(（]?\s*(?:更多.{0,2}|查看更多|more.{0,4}|see all|view all|all stories)\s*[】\])）]?\s*[>»›+…]*\s*$")
});
/// Paths that lead to no news, and files that are no pages.
static NO_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)/(?:login|logout|register|member|user|admin|search|cart|checkout|wp-admin|wp-login|about|contact|privacy|terms|subscribe|account)(?:[./?]|$)|\.(?:jpe?g|png|gif|webp|pdf|docx?|xlsx?|zip|rar|apk|exe|mp[34]|xml|rss|css|js|ico)$",
    )
});

/// The entries of a front page, those of its navigation first, each address once.
pub(super) fn entries(sheet: &Sheet, page: &Url) -> Vec<Entry> {
    let own = CanonicalUrl::of(page.clone()).ok();
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<CanonicalUrl, usize> = HashMap::new();
    // A menu's head may itself be a door that leads nowhere; then its rows hang on nothing.
    let mut by_anchor: HashMap<usize, usize> = HashMap::new();
    for (at, anchor) in sheet.anchors.iter().enumerate() {
        let title = name(&anchor.text, anchor.heading.as_deref());
        let Some(title) = title else { continue };
        let url = &anchor.url;
        if Some(url) == own.as_ref() || !leads_on(&url.url(), page) {
            continue;
        }
        let below = anchor.below.and_then(|head| by_anchor.get(&head).copied());
        let place = *places.entry(url.clone()).or_insert_with(|| {
            entries.push(Entry { title: title.clone(), url: url.clone(), below, in_nav: anchor.in_nav });
            entries.len() - 1
        });
        by_anchor.insert(at, place);
        let known = &mut entries[place];
        if anchor.in_nav && !known.in_nav {
            // The navigation's name is the section's; a box may call it otherwise.
            *known = Entry { title, below: below.filter(|head| *head != place), in_nav: true, ..known.clone() };
        }
    }
    entries
}

/// Entries of a section's own page that its front page does not have: sections below it.
pub(super) fn inner(sheet: &Sheet, page: &Url, known: &dyn Fn(&CanonicalUrl) -> bool) -> Vec<Entry> {
    let folder = folder(page);
    let below = |entry: &Entry| !known(&entry.url) && entry.url.url().path().starts_with(folder) && folder.len() > 1;
    entries(sheet, page).into_iter().filter(below).map(|entry| Entry { below: None, ..entry }).collect()
}

/// What a link calls the section it leads to: its text, or the heading of the box of which it shows more.
fn name(text: &str, heading: Option<&str>) -> Option<String> {
    let said = if MORE.is_match(text) { heading.filter(|heading| !MORE.is_match(heading))? } else { text };
    let said = said.trim_matches(|c: char| c.is_whitespace() || "|·•>»›/[]【】:：+-".contains(c));
    let fits = (2..=LONGEST_NAME).contains(&cells(said))
        && !said.contains(['，', '。', '？', '！', '?', '!'])
        && said.split_whitespace().count() <= 4;
    (fits && !NO_SECTION.is_match(said)).then(|| said.to_owned())
}

/// Whether an address may be a section's: a page of this site that bears no day and is not the front page.
fn leads_on(url: &Url, page: &Url) -> bool {
    let root = matches!(url.path(), "/" | "/index.html" | "/index.htm" | "/index.shtml" | "/index.php" | "/index.jsp" | "/index.asp");
    let is_front = root && url.query().is_none() && url.host() == page.host();
    same_site(url, page) && !is_front && dates::in_path(url.path()).is_none() && !NO_PAGE.is_match(url.path())
}

/// The folder in which a page lies, with its closing slash.
fn folder(page: &Url) -> &str {
    let path = page.path();
    &path[..=path.rfind('/').unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::extract::decode::Decoded;

    fn read(html: &str) -> Vec<(String, Option<String>)> {
        let page = Url::parse("http://www.hekou.example/").unwrap();
        let sheet = Sheet::read(&Decoded { text: html.to_owned(), encoding: "UTF-8", rule: "valid utf-8" }, &page);
        let all = entries(&sheet, &page);
        all.iter().map(|entry| (entry.title.clone(), entry.below.map(|at| all[at].title.clone()))).collect()
    }

    #[test]
    fn doors_to_no_news_are_left_out() {
        let page = "<ul class=nav><li><a href=/>首页</a><li><a href=/xw/>河口新闻</a><li><a href=/about/>走进河口</a><li><a href=/gy.html>关于我们</a>\
            <li><a href=http://other.example/>专题报道</a><li><a href=/login>登录</a><li><a href=/app.apk>看河口</a></ul>\
            <a href=/2025/1231/1.html>通车了</a><a href=/n/7.html>镇上的新桥今天正式通车，两岸居民出行更方便</a>";
        assert_eq!(read(page), [("河口新闻".to_owned(), None)]);
    }

    #[test]
    fn boxes_name_what_they_show_more_of_and_the_navigation_has_the_last_word() {
        let page = "<div class=box><h3>镇村动态</h3><a href=/zc/>更多&gt;&gt;</a></div><div class=box><h3>要闻速递</h3><a href=/xw/>MORE+</a></div>\
            <nav><a href=/xw/>河口要闻</a></nav>";
        assert_eq!(read(page), [("镇村动态".to_owned(), None), ("河口要闻".to_owned(), None)]);
    }
}
