//! Where copy was taken from (来源), as printed beside the time or under the body. An empty label stays empty.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::head::Head;
use super::house::{is_own, own_names};
use super::lines::Line;
use super::names;
use super::when::{self, Reading};
use super::words::{bare, is_han, len, pattern};
use crate::model::Origin;

/// The label, and what may stand behind it up to the next label.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[\s|（(【\[/　]|\d)(?:本文|文章|信息|稿件|新闻|内容|消息|资讯|转载)?(?:(?:来源于?|來源|稿源|出处|出處|转自|转载自)(?:\s*[:：丨｜]\s*|\s+)|来自\s*[:：]\s*)([^:：]*)",
    )
});

/// Words that begin the next field, or end the name.
static END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s*(?:发布(?:时间|日期|人|者)?|更新|时间|日期|作者|记者|编辑|责任编辑|责编|编审|审核|通讯员|浏览|点击|阅读|访问|字体|字号|分享|评论|打印|人气|查看|录入|关注|收藏|文字|摄影|我要|手机|大\s*中\s*小|〖|【|\[|（|\(|\||）|\)|】|\]|19\d\d|20\d\d|\d+(?:次|条|人)).*$",
    )
});

/// Where a post was sent from, beside its time.
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:发[表布]于|IP属地|发自|来自)[:：]?\p{Han}{2,6}$"));

/// How many lines behind the headline may tell who published.
const SIGNED: usize = 4;

/// A house's name is shorter (characters).
const LONGEST: usize = 24;

/// The origin of a page: `info` are the lines about the headline, `tail` those behind the body.
pub(super) fn of_page(head: &Head, info: &[Line], tail: &[Line], reading: Reading) -> Option<Found<Origin>> {
    let labelled = |lines: &[Line]| {
        lines.iter().filter(|line| !line.is_prose() && len(&line.spaced) < 200).find(|line| LABEL.is_match(&line.spaced)).cloned()
    };
    // The first label decides: where it is blank, the newsroom said nothing.
    if let Some(line) = labelled(info) {
        return read(&line);
    }
    let found = labelled(tail).as_ref().and_then(read);
    let beside = || beside_time(info, reading).filter(|found| !speaks_of_itself(found, head));
    if let Some(found) = found.or_else(beside).or_else(|| house_at_time(head, info, reading)).or_else(|| account(head, info)) {
        return Some(found);
    }
    let told = head.meta(&["contentsource", "source", "mediaid", "article:source", "og:article:source"])?;
    name(told).map(|name| Found { value: Origin { name, url: None }, rule: "meta source".to_owned(), line: told.to_owned() })
}

/// The origin that a text names, with its label or without.
pub(super) fn of_text(text: &str) -> Option<Origin> {
    let labelled = LABEL.captures(text).map(|found| found[1].to_owned());
    name(labelled.as_deref().unwrap_or(text)).map(|name| Origin { name, url: None })
}

/// Whether a name without ideographs is the site's own: beside a time it says where the reader is.
fn speaks_of_itself(found: &Found<Origin>, head: &Head) -> bool {
    !found.value.name.chars().any(is_han) && is_own(&found.value.name, &own_names(head))
}

/// `河边日报 2021-10-29 08:30` under the headline: a time and one name, no label.
fn beside_time(info: &[Line], reading: Reading) -> Option<Found<Origin>> {
    info.iter().take(3).find_map(|line| {
        if len(&line.spaced) > 50
            || line.spaced.contains([':', '：']) && line.spaced.chars().filter(|c| matches!(c, ':' | '：')).count() > 2
        {
            return None;
        }
        let (_, time) = when::first(&line.spaced, reading)?;
        let rest = line.spaced.replacen(time.as_str(), " ", 1);
        let pieces: Vec<&str> = rest
            .split(|c: char| c.is_whitespace() || matches!(c, '|' | '·' | '-'))
            .filter(|piece| !piece.is_empty() && !matches!(*piece, "原创" | "转载" | "首发") && !PLACE.is_match(piece))
            .collect();
        let [name] = pieces[..] else { return None };
        let plausible = (2..=16).contains(&len(name))
            && !name.contains(char::is_whitespace)
            && name.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric());
        let person = !names::bare_names(name).is_empty();
        let label =
            ["时间", "日期", "发布", "发表", "更新", "阅读", "评论", "原创", "星期", "来源", "次"].iter().any(|word| name.contains(word));
        (plausible && !person && !label && name.chars().any(char::is_alphabetic)).then(|| Found {
            value: Origin { name: name.to_owned(), url: None },
            rule: "name beside the time".to_owned(),
            line: line.spaced.clone(),
        })
    })
}

/// A house's name that touches the time, whatever else stands on the line, or that stands on a line of its own beside one of time alone:
/// accounts sign so. Only what ends as houses' names do is believed here.
fn house_at_time(head: &Head, info: &[Line], reading: Reading) -> Option<Found<Origin>> {
    // A page whose title is its site's name prints that name again.
    let is_house = |name: &str| is_house(name) && head.title.as_deref().is_none_or(|title| bare(title) != bare(name));
    let found = |name: &str, line: &Line| Found {
        value: Origin { name: name.to_owned(), url: None },
        rule: "name beside the time".to_owned(),
        line: line.spaced.clone(),
    };
    info.iter().take(SIGNED).enumerate().filter(|(_, line)| len(&line.spaced) <= 80 && !line.is_prose()).find_map(|(at, line)| {
        let (_, time) = when::first(&line.spaced, reading)?;
        let (before, behind) = line.spaced.split_once(time.as_str())?;
        let sides = [behind.split_whitespace().next(), before.split_whitespace().next_back()];
        let firm = || line.spaced.split_whitespace().find(|name| is_firm_house(name) && is_house(name));
        if let Some(name) = sides.into_iter().flatten().find(|name| is_house(name)).or_else(firm) {
            return Some(found(name, line));
        }
        let alone = before.trim().is_empty() && behind.trim().is_empty();
        let around = [at.checked_sub(1).map(|above| &info[above]), info.get(at + 1)];
        around.into_iter().flatten().find(|near| alone && is_house(&near.text)).map(|near| found(near.text.trim(), near))
    })
}

/// The account that published it: a house's name that is a link of its own under the headline.
fn account(head: &Head, info: &[Line]) -> Option<Found<Origin>> {
    let own = own_names(head);
    info.iter().take(SIGNED).filter(|line| !line.trail && !line.is_prose() && len(&line.spaced) <= 80).find_map(|line| {
        let names = line.links.iter().map(|(text, _)| text.trim());
        let name = names.into_iter().find(|name| {
            let asks = ["下载", "打开", "关注", "点击", "返回", "进入"].iter().any(|word| name.starts_with(word));
            !asks && is_house(name) && !is_own(name, &own)
        })?;
        let value = Origin { name: name.to_owned(), url: None };
        Some(Found { value, rule: "linked name under the headline".to_owned(), line: line.spaced.clone() })
    })
}

/// Whether a name ends as newsrooms' names alone do: such a one needs not touch the time.
fn is_firm_house(name: &str) -> bool {
    let ends = ["融媒体中心", "日报", "日报社", "晚报", "早报", "晨报", "都市报", "商报", "时报", "报社", "通讯社", "电视台", "广播电台"];
    ends.iter().any(|end| name.ends_with(end))
}

/// Whether a text is the name of a newsroom or its account, by how it ends.
fn is_house(text: &str) -> bool {
    static HOUSE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^\p{Han}[\p{Han}A-Za-z0-9·]{1,15}(?:融媒体?(?:中心)?|日报社?|晚报|早报|都市报|晨报|商报|时报|周报|周刊|报社|新闻网?|通讯社|新华社|日報|晚報|時報|週刊|新聞網?|通訊社|電視台|电视台|广播电台|广电|传媒|发布|客户端|在线|[^上官入联互][网網])$",
        )
    });
    HOUSE.is_match(text.trim()) && !["时间", "日期", "来源", "正式发布", "最新发布", "今日发布"].iter().any(|word| text.contains(word))
}

fn read(line: &Line) -> Option<Found<Origin>> {
    let found = LABEL.captures(&line.spaced)?;
    let name = name(&found[1])?;
    let url = line.links.iter().find(|(text, href)| text.trim() == name && href.starts_with("http")).map(|(_, href)| href.clone());
    Some(Found { value: Origin { name, url }, rule: "label 来源".to_owned(), line: line.spaced.clone() })
}

fn name(text: &str) -> Option<String> {
    let text = END.replace(text, "");
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '-' | '，' | '。' | ',' | '>' | '*'));
    // Names of Chinese houses have no space in them.
    let first = if text.chars().any(is_han) { text.split(' ').next().unwrap_or_default() } else { text };
    let lone = first
        .strip_suffix('》')
        .filter(|inner| !inner.contains('《'))
        .or_else(|| first.strip_prefix('《').filter(|inner| !inner.contains('》')));
    let paired = first.strip_prefix('《').and_then(|inner| inner.strip_suffix('》')).filter(|inner| !inner.contains('》'));
    let first = lone.or(paired).unwrap_or(first);
    let nobody = ["本站", "未知", "不详", "网络", "互联网", "原创", "转载", "无", "本站原创", "admin", "佚名"];
    let plausible = len(first) >= 2
        && len(first) <= LONGEST
        && !first.starts_with("http")
        && !nobody.contains(&first)
        && !first.contains(['。', '，', '？']);
    plausible.then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(info: &str) -> Option<String> {
        let reading = Reading { zone: chrono_tz::Asia::Shanghai, seen_at: crate::model::Millis(1_700_000_000_000) };
        of_page(&Head::default(), &super::super::lines::of_text(info), &[], reading).map(|found| found.value.name)
    }

    #[test]
    fn the_label_is_read() {
        for (text, name) in [
            ("时间：2021-09-09 12:57 来源：河边日报 字体：【大 中 小】", "河边日报"),
            ("作者：佚名 文章来源：云上河边 点击数：368 更新时间：2021/6/1 18:40:16", "云上河边"),
            ("2021-10-29 08:30 来源: 河边市融媒体中心", "河边市融媒体中心"),
            ("本文来源：河边报 责任编辑：杨小倩_NF4425", "河边报"),
            ("河边日报 2021-10-29 08:30", "河边日报"),
            ("来源：河边网-《河边日报》2021-10-29 05:10", "河边网-《河边日报》"),
            ("来源：河边网 | 2021年10月29日 08:30:00", "河边网"),
            ("2021年10月29日 08:30 来源：河边新闻社 参与互动", "河边新闻社"),
            ("信息来源：县卫健局 发布时间：2021-10-29 浏览次数：77", "县卫健局"),
            ("发布日期:2021-10-29 信息来源:河边县人民政府办公室 访问次数: 12 字号：[ 大 中 小 ]", "河边县人民政府办公室"),
            ("稿源：河边晚报 2021-10-29", "河边晚报"),
            ("来源:《河边日报》", "河边日报"),
            ("河边新闻 12-22 07:50", "河边新闻"),
            ("河边发布\n10-29 08:30\n+ 关注", "河边发布"),
            ("河边融媒 2021-10-29 发表于湖东", "河边融媒"),
            ("2021-10-29 21:30  河边县融媒体中心  文/王小川 图/李 渡  我要评论", "河边县融媒体中心"),
            ("原作者: 王小川|来自: 河边晚报", "河边晚报"),
            ("2021-10-29 08:30 來源：河邊日報", "河邊日報"),
            ("2021-10-29 08:30 记者 王小川 摄像 李渡 河边县融媒体中心 (点击: )", "河边县融媒体中心"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn a_blank_label_is_no_origin() {
        assert_eq!(origin("发布时间:2021-10-29 来源:"), None);
        assert_eq!(origin("发布时间:2021-10-29 来源: 作者:周小舟"), None);
        assert_eq!(origin("图片来源：河边报"), None);
        assert_eq!(origin("王小川 2021-10-29 08:30 人气 12"), None);
        assert_eq!(origin("来自河边的消息 2021-10-29 08:30 评论 3"), None);
        assert_eq!(origin("2021-10-29 08:30 最新发布"), None);
    }
}
