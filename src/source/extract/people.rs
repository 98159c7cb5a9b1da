//! Names and roles in a line: `通讯员熊毅 石涛 记者李锋`, `（编辑：李勤 编审：杜道兵）`, `文/图 王小川`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::names;
use super::words::{is_han, len, pattern};
use crate::model::{Byline, one_line};

/// The people a line names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Credits {
    /// Who wrote, photographed or sent it.
    pub authors: Vec<Byline>,
    /// Who edited, checked or released it.
    pub editors: Vec<Byline>,
    /// The line says nothing else.
    pub whole: bool,
    /// Some role stands there, named person or not.
    pub roles: bool,
}

/// What may stand before a role and belongs to it.
const KIND: &str = "(?:本报|本网|本刊|本台|本站|见习|实习|首席|特约|特派|特邀|全媒体|融媒体|融媒|职工|驻站|资深|新媒体|摄影|文字|图片|专栏|高级|一线|外聘|基层)*";

/// Roles of authors that stand before a name with or without a mark.
const AUTHOR: &str = "记者|通讯员|评论员|撰稿人|特写员|报道员|实习生|記者|通訊員|評論員|實習生";

/// Roles of authors that need a mark behind them, for they are words of every day.
const AUTHOR_MARKED: &str = "作者|文[/／、|｜]图|图[/／、|｜]文|文并摄|图文|拍摄|摄制|特约撰稿|采写|采访|撰文|撰稿|执笔人?|供稿人?|供稿|摄影|摄像|文字|攝影|撰文|採訪|圖文|文|图|圖|撰写|译者|编译|編譯|翻译|供图";

/// Roles of editors. They too need a mark, or a name behind them.
const EDITOR: &str = "責任編輯|責編|編輯|編審|校對|審核|總編輯|主編|审稿|校译|责任编辑|值班编辑|执行编辑|网络编辑|本期编辑|责编|编辑|编审|责任校对|责校|校对|审核人?|审校|审签|复核|一审|二审|三审|初审|复审|终审|一校|二校|三校|总监制|监制|签发人?|值班主任|值班总编|值班编委|总编辑|副总编|执行主编|主编|总编|审读|制作|剪辑|后期|海报|设计|编发|编校|编排|美编|版式|统筹|总策划|策划|出品人?|编务";

/// Roles that are read and left out: they name accounts.
const NOBODY: &str = "文章录入|信息录入|录入|发布人|发布者|上传|整理";

static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?P<kind>{KIND})(?:(?P<nobody>{NOBODY})|(?P<editor>{EDITOR})|(?P<author>{AUTHOR})|(?P<marked>{AUTHOR_MARKED}))(?P<mark>\s*[:：/／|｜丨]\s*)?"
    ))
});

/// Reads the people of a line.
pub(super) fn credits(line: &str) -> Credits {
    static BOXED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\[【](\p{Han}{2,5})[\]】]\s*"));
    // Every role is written in ideographs.
    if !line.chars().any(is_han) {
        return Credits::default();
    }
    // `[作者]王小川`: the brackets are the mark.
    let line = one_line(&BOXED.replace_all(line, "$1：").replace('∕', "／"));
    let mut credits = Credits::default();
    let mut rest = String::new();
    let mut done = 0;
    let found: Vec<_> = ROLE.captures_iter(&line).filter(|role| is_role(role, &line)).collect();
    for (n, role) in found.iter().enumerate() {
        let whole = role.get(0).expect("a match has a whole");
        if whole.start() < done {
            continue;
        }
        let marked = role.name("mark").is_some();
        let soft = role.name("marked").is_some();
        let before = &line[done..whole.start()];
        let next = found.get(n + 1).and_then(|next| next.get(0)).map_or(line.len(), |next| next.start());
        // One character is soon a word of a sentence: behind it a name must look like one.
        let labelled = role
            .name("marked")
            .map_or(marked, |word| word.as_str() == "作者" || marked && len(word.as_str()) > 1 && word.as_str() != "图文");
        let (mut names, mut used) = names(&line[whole.end()..next], labelled, next < line.len());
        if soft && next < line.len() && used == next - whole.end() && names.len() == 1 {
            // `采写：南河都市报见习记者 …`: what touches the next role is its house.
            (names, used) = (Vec::new(), 0);
        }
        if names.is_empty() && !marked && !line[whole.end()..next].trim().is_empty() && !soft {
            continue;
        }
        rest.push_str(before);
        done = whole.end() + used;
        credits.roles = true;
        let role_name = one_line(&line[whole.start()..whole.end()]);
        let role_name = role_name.trim_end_matches([':', '：', '/', '／', '|', '｜', '丨', ' ']).to_owned();
        let people = names.into_iter().map(|name| Byline { name, role: Some(role_name.clone()) });
        if role.name("editor").is_some() {
            credits.editors.extend(people);
        } else if role.name("nobody").is_none() {
            credits.authors.extend(people);
        }
    }
    rest.push_str(&line[done..]);
    credits.whole = credits.roles && is_leftover(&rest);
    credits
}

/// Whether a role is meant. Words of every day count with a mark behind them, or where a row of credits goes on behind them.
fn is_role(role: &Captures<'_>, line: &str) -> bool {
    let Some(soft) = role.name("marked") else { return true };
    let whole = role.get(0).expect("a match has a whole");
    let before = line[..whole.start()].rsplit(|c: char| !is_han(c)).next().unwrap_or_default();
    let begins = before.is_empty() || house_like(before);
    if role.name("mark").is_some() {
        // `王文：` is a speaker, `文：` is a role.
        return begins || len(soft.as_str()) > 1;
    }
    let after = &line[whole.end()..];
    // `记者 王小川 摄像 李渡`: a row of people goes on.
    let row = AUTHOR.split('|').any(|author| line[..whole.start()].contains(author));
    if row && begins && before.is_empty() && len(soft.as_str()) > 1 && after.starts_with(' ') && !names(after, false, false).0.is_empty() {
        return true;
    }
    begins && (soft.as_str() == "作者" && after.starts_with(' ') || after.trim_start().starts_with(['记', '通', '本', '全', '实', '见']))
}

/// What may remain of a line of credits: brackets, marks, the newsroom's own name before 记者, 摄影报道.
fn is_leftover(rest: &str) -> bool {
    static ALLOWED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"[／/]\p{Han}{2,6}(?:報導|報道)|摄影报道|综合报道|报道|報導|報道|摄影|整合|整理|[A-Za-z]{0,4}\d{2,8}|本文|供图")
    });
    let rest = ALLOWED.replace_all(rest, "");
    let house = rest.split(|c: char| !is_han(c)).filter(|part| !part.is_empty());
    house.clone().count() <= 3 && house.map(len).all(|count| count <= 14) && house_like(&rest)
}

/// Whether leftovers look like the name of a house.
fn house_like(rest: &str) -> bool {
    let parts = rest.split(|c: char| !is_han(c)).filter(|part| !part.is_empty());
    let ends = [
        "中心",
        "报",
        "网",
        "台",
        "社",
        "新闻",
        "报社",
        "客户端",
        "日报",
        "晚报",
        "杂志",
        "刊",
        "宣传部",
        "频道",
        "站",
        "融媒",
        "融媒体",
        "南都",
        "电视",
        "在线",
        "发布",
        "专栏",
        "央视",
        "每经",
        "编辑部",
    ];
    parts.into_iter().all(|part| ends.iter().any(|end| part.ends_with(end))) && !rest.contains(['。', '！', '？'])
}

#[cfg(test)]
mod tests {
    use super::super::names::bare_names;
    use super::*;

    fn read(line: &str) -> (Vec<String>, Vec<String>, bool) {
        let credits = credits(line);
        let show =
            |people: &[Byline]| people.iter().map(|one| format!("{} {}", one.role.as_deref().unwrap_or("-"), one.name)).collect::<Vec<_>>();
        (show(&credits.authors), show(&credits.editors), credits.whole)
    }

    #[test]
    fn bylines_are_read() {
        for (line, authors) in [
            ("通讯员熊毅 石涛 记者李锋", vec!["通讯员 熊毅", "通讯员 石涛", "记者 李锋"]),
            ("（记者 李锋 通讯员 熊毅）", vec!["记者 李锋", "通讯员 熊毅"]),
            ("□ 记者 孙\u{3000}敏", vec!["记者 孙敏"]),
            ("记者：王磊 石文博 通讯员：孙军", vec!["记者 王磊", "记者 石文博", "通讯员 孙军"]),
            ("文/图 全媒体记者 朱\u{3000}锋 孙雨桐", vec!["全媒体记者 朱锋", "全媒体记者 孙雨桐"]),
            ("河边市融媒体中心记者 林\u{3000}毅 通讯员 周思远", vec!["记者 林毅", "通讯员 周思远"]),
            ("记者李锋通讯员熊毅", vec!["记者 李锋", "通讯员 熊毅"]),
            ("本报记者 欧阳雨桐", vec!["本报记者 欧阳雨桐"]),
            ("作者：周小舟", vec!["作者 周小舟"]),
            ("文/王小川", vec!["文 王小川"]),
            ("采写：南河都市报见习记者 林小渡", vec!["见习记者 林小渡"]),
            ("通讯员 熊毅石涛", vec!["通讯员 熊毅", "通讯员 石涛"]),
            ("作者：John Smith", vec!["作者 John Smith"]),
            ("本报记者 王小川 通讯员 李渡 张舟 摄影报道", vec!["本报记者 王小川", "通讯员 李渡", "通讯员 张舟"]),
            ("■本报记者 王小川", vec!["本报记者 王小川"]),
            ("文/本报记者 王小川 图/李渡", vec!["本报记者 王小川", "图 李渡"]),
            ("河边日报全媒体记者 王小川 实习生 李渡", vec!["全媒体记者 王小川", "实习生 李渡"]),
            ("撰稿：王小川 拍摄：李渡", vec!["撰稿 王小川", "拍摄 李渡"]),
            ("记者 艾力·买买提", vec!["记者 艾力·买买提"]),
            ("供稿：王小川", vec!["供稿 王小川"]),
            ("记者｜王小川", vec!["记者 王小川"]),
            ("特约通讯员 王小川、李渡", vec!["特约通讯员 王小川", "特约通讯员 李渡"]),
        ] {
            let (found, editors, whole) = read(line);
            assert_eq!((found, editors, whole), (authors.into_iter().map(str::to_owned).collect(), Vec::new(), true), "{line}");
        }
    }

    #[test]
    fn editors_are_no_authors() {
        for (line, editors) in [
            ("(编辑:李勤  编审:杜道兵)", vec!["编辑 李勤", "编审 杜道兵"]),
            ("【责任编辑:陈雨桐】", vec!["责任编辑 陈雨桐"]),
            ("（责编：郭芳、杨娟）", vec!["责编 郭芳", "责编 杨娟"]),
            ("一审：刘海燕 二审：赵思远 三审：林磊", vec!["一审 刘海燕", "二审 赵思远", "三审 林磊"]),
            ("责任编辑：杨小倩_NF4425", vec!["责任编辑 杨小倩"]),
            ("[责任编辑：韩小林 PK155]", vec!["责任编辑 韩小林"]),
            ("编辑 刘晓阳 校对 李铭", vec!["编辑 刘晓阳", "校对 李铭"]),
            ("责任编辑：张\u{3000}芳", vec!["责任编辑 张芳"]),
            ("文章录入：admin　　责任编辑：admin", vec![]),
            ("编辑丨李小勤 审核丨杜小兵 终审丨韩松年", vec!["编辑 李小勤", "审核 杜小兵", "终审 韩松年"]),
            ("初审：李小勤/复审：杜小兵/终审：韩松年", vec!["初审 李小勤", "复审 杜小兵", "终审 韩松年"]),
            ("【编辑:李小勤】", vec!["编辑 李小勤"]),
            ("责编：李小勤 编审：杜小兵 总编：韩松年", vec!["责编 李小勤", "编审 杜小兵", "总编 韩松年"]),
            ("值班编委：李小勤  审读：杜小兵  监制 韩松年", vec!["值班编委 李小勤", "审读 杜小兵", "监制 韩松年"]),
        ] {
            let (authors, found, _) = read(line);
            assert_eq!((authors, found), (Vec::new(), editors.into_iter().map(str::to_owned).collect::<Vec<String>>()), "{line}");
        }
    }

    #[test]
    fn sentences_name_nobody() {
        for line in [
            "记者从河边区公安分局获悉，昨天有人落水。",
            "记者 了解到，渡口已经修好。",
            "作者：佚名",
            "编辑部的故事",
            "记者来到渡口时，两岸站满了人。",
            "记者 王府井大街 报道",
            "文：山水相依",
            "记者节快乐",
            "通讯员培训班开班",
            "编辑出版工作会议召开",
            "审核通过名单公示",
            "作者简介",
            "记者手记",
            "主编的话",
            "河边县融媒体中心",
            "本报记者节特刊",
        ] {
            let (authors, editors, _) = read(line);
            assert!(authors.is_empty() && editors.is_empty(), "{line}: {authors:?} {editors:?}");
        }
    }

    #[test]
    fn a_signature_is_names_alone() {
        assert_eq!(bare_names("李楠"), ["李楠"]);
        assert!(bare_names("河边县发改局").is_empty());
        assert!(bare_names("完").is_empty());
    }
}
