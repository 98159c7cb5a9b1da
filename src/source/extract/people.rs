//! Names and roles in a line: `通讯员熊毅 石涛 记者李锋`, `（编辑：李勤 编审：杜道兵）`, `文/图 王小川`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::behind;
use super::names::{bare_names, names};
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
const KIND: &str = "(?:本报|本网|本刊|本台|本站|总台|见习|实习|首席|特约|特派|特邀|全媒体|融媒体|融媒|职工|驻站|资深|新媒体|摄影|文字|图片|专栏|高级|一线|外聘|基层)*";

/// Roles of authors that stand before a name with or without a mark.
const AUTHOR: &str = "记者|通讯员|评论员|撰稿人|特写员|报道员|实习生|記者|通訊員|評論員|實習生";

/// Roles of authors that need a mark behind them, for they are words of every day.
const AUTHOR_MARKED: &str = "原作者|作者|文[/／、|｜]图|图[/／、|｜]文|文并摄|图文|文图|讲述人?|口述人?|整理|图片|视频|照片|航拍|绘图|制图|插画|漫画|拍摄|摄制|特约撰稿|采写|采访|撰文|撰稿|执笔人?|供稿人?|供稿|摄影|摄像|文字|攝影|撰文|採訪|圖文|文|图|圖|撰写|译者|编译|編譯|翻译|供图";

/// Labels that other things than people follow too: behind them a name must look like one.
const LOOSE: &[&str] = &["图文", "文图", "图片", "视频", "照片", "航拍", "整理"];

/// Roles of editors. They too need a mark, or a name behind them.
const EDITOR: &str = "值班领导|网编|排版|视觉设计|视觉|运营|版式设计|美术编辑|图片编辑|責任編輯|責編|編輯|編審|校對|審核|總編輯|主編|审稿|校译|责任编辑|值班编辑|执行编辑|网络编辑|本期编辑|责编|编辑|编审|责任校对|责校|校对|审核人?|审校|审签|复核|一审|二审|三审|初审|复审|终审|一校|二校|三校|总监制|监制|签发人?|值班主任|值班总编|值班编委|总编辑|副总编|执行主编|主编|总编|审读|制作|剪辑|后期|海报|设计|编发|编校|编排|美编|版式|统筹|总策划|策划|出品人?|编务";

/// Roles of editors that no word of every day is: behind them a name may follow at once.
const EDITOR_FIRM: &[&str] = &["编辑", "责编", "編輯", "責編", "编审", "編審", "校对", "校對", "责校", "网编", "美编", "主编", "总编"];

/// Roles that are read and left out: they name accounts.
const NOBODY: &str = "文章录入|信息录入|录入|发布人|发布者|上传";

static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?P<kind>{KIND})(?:(?P<nobody>{NOBODY})|(?P<editor>{EDITOR})|(?P<author>{AUTHOR})|(?P<marked>{AUTHOR_MARKED}))(?P<mark>\s*[:：/／|｜丨]\s*)?"
    ))
});

/// Reads the people of a line.
pub(super) fn credits(line: &str) -> Credits {
    // Every role is written in ideographs.
    if !line.chars().any(is_han) {
        return Credits::default();
    }
    if let Some(signed) = behind::credits(line) {
        return signed;
    }
    let line = spelled_out(line);
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
            .map_or(marked, |word| word.as_str() == "作者" || marked && len(word.as_str()) > 1 && !LOOSE.contains(&word.as_str()));
        let (mut names, mut used) = names(&line[whole.end()..next], labelled, next < line.len());
        if soft && next < line.len() && used == next - whole.end() && names.len() == 1 {
            // `采写：南河都市报见习记者 …`: what touches the next role is its house.
            (names, used) = (Vec::new(), 0);
        }
        // `记者：王小川 每经编辑：李渡`: what touches the next role and looks like no name is its house.
        let touches = next < line.len() && used == next - whole.end() && names.len() > 1;
        if let Some(house) = names.pop_if(|last| touches && bare_names(last).is_empty()) {
            used -= house.len();
        }
        if names.is_empty() && !marked && !line[whole.end()..next].trim().is_empty() && !soft {
            continue;
        }
        // `供图：河边县公安局`, `作者：县委宣传部 王小川`: a house behind the label, and perhaps its people.
        if names.is_empty()
            && marked
            && let Some(house) = HOUSE.find(&line[whole.end()..next])
        {
            let (people, more) = names_behind(&line[whole.end() + house.end()..next], labelled);
            (names, used) = (people, house.end() + more);
        }
        rest.push_str(before);
        // `河边融媒记者`: what stands before it is the newsroom's place.
        if role.name("kind").is_some_and(|kind| kind.as_str().starts_with("融媒")) && before.ends_with(is_han) {
            rest.push_str("融媒");
        }
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

/// The people of a text that begins with the role of a reporter and says nothing else; none where it begins otherwise.
pub(super) fn led(text: &str) -> Option<Vec<Byline>> {
    static LED: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^\p{{Han}}{{0,12}}?{KIND}(?:{AUTHOR})")));
    let credits = Some(text).filter(|text| LED.is_match(text)).map(credits)?;
    (credits.whole && credits.editors.is_empty() && !credits.authors.is_empty()).then_some(credits.authors)
}

/// A line of credits with its labels as they are written elsewhere.
fn spelled_out(line: &str) -> String {
    static BOXED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\[【](\p{Han}{2,5})[\]】]\s*"));
    // `编 辑：`, `责 任 编 辑：`: spaced out to the breadth of other labels.
    static SPACED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(责\s*任\s*编\s+辑|责\s+任\s*编\s*辑|通\s+讯\s+员|[责编审校记作摄撰监签终初复统策美排] [编辑核对者影文稿制发审筹划版校])(?P<mark>\s*[:：/／])",
        )
    });
    // `記者王小川台北報導`, `記者王小川台北29日電`: where a report was sent from touches the name.
    static SENT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:[台臺][北中南東]|新北|桃園|高雄|基隆|新竹|苗栗|彰化|南投|雲林|嘉義|屏東|宜蘭|花蓮|澎湖|金門|馬祖|綜合|連線|香港|北京|上海|東京|紐約|華盛頓|倫敦|巴黎)(?:\d{1,2}日[專综綜]?電|報導)",
        )
    });
    // `[作者]王小川`: the brackets are the mark.
    let line = one_line(&BOXED.replace_all(line, "$1：").replace('∕', "／"));
    let line = if line.contains(['電', '導']) { SENT.replace_all(&line, " 報導").into_owned() } else { line };
    let close = |found: &Captures<'_>| format!("{}{}", found[1].replace(' ', ""), &found["mark"]);
    if line.contains(' ') { SPACED.replace_all(&line, close).into_owned() } else { line }
}

/// The name of an office or a firm.
static HOUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\p{Han}{1,14}(?:[局委办院校部厅会社站台处]|公司|大队|支队|中队|大学|中学|小学|政府|街道|中心|集团|银行|馆)(?:[\s）)】]|$)")
});

/// The names behind a house's.
fn names_behind(text: &str, labelled: bool) -> (Vec<String>, usize) {
    let (found, used) = names(text, labelled, false);
    if found.is_empty() { (found, 0) } else { (found, used) }
}

/// Whether a role is meant. Words of every day count with a mark behind them, or where a row of credits goes on behind them.
fn is_role(role: &Captures<'_>, line: &str) -> bool {
    let whole = role.get(0).expect("a match has a whole");
    if let Some(editor) = role.name("editor") {
        let firm = EDITOR_FIRM.iter().any(|word| editor.as_str().ends_with(word));
        return firm || role.name("mark").is_some() || line[whole.end()..].starts_with(' ');
    }
    let Some(soft) = role.name("marked") else { return true };
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
    // `文/图 王小川`: no word has a slash in it.
    if begins
        && (soft.as_str().contains(['/', '／']) || soft.as_str() == "图文" && after.starts_with(' '))
        && !names(after, false, false).0.is_empty()
    {
        return true;
    }
    begins && (soft.as_str() == "作者" && after.starts_with(' ') || after.trim_start().starts_with(['记', '通', '本', '全', '实', '见']))
}

/// What may remain of a line of credits: brackets, marks, the newsroom's own name before 记者, 摄影报道.
fn is_leftover(rest: &str) -> bool {
    static ALLOWED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\s(?:\p{Han}{2,4}(?:报道|報導|报导)|发自\p{Han}{2,8})|(?:来源|來源|稿源)\s*[:：|｜丨]\s*[\p{Han}A-Za-z0-9《》]{2,20}|[／/]\p{Han}{2,6}(?:報導|報道)|摄影报道|综合报道|报道|報導|報道|摄影|整合|整理|(?:受访者|采访对象|当事人|通讯员)(?:提供|供图)|[A-Za-z]{0,4}\d{2,8}|本文|供图|[（(][\p{Han}、·，]{2,24}[）)]$|[，,]\s*(?:作者)?(?:系|现?为|单位)[\p{Han}、·]{2,30}",
        )
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
            ("□ 本报记者 成小里 文 柳 昕 摄", vec!["本报记者 成小里", "摄 柳昕"]),
            ("文/王小川 图/李渡", vec!["文 王小川", "图 李渡"]),
            ("王小川/文 李渡/图", vec!["文 王小川", "图 李渡"]),
            ("王小川/文图", vec!["文图 王小川"]),
            ("王小川 文/图", vec!["文/图 王小川"]),
            ("本报记者 王小川 文/图", vec!["本报记者 王小川"]),
            ("本报记者 王小川 李渡 文/摄", vec!["本报记者 王小川", "本报记者 李渡"]),
            ("图文：王小川", vec!["图文 王小川"]),
            ("图文/王小川", vec!["图文 王小川"]),
            ("文图/王小川", vec!["文图 王小川"]),
            ("图/文 王小川", vec!["图/文 王小川"]),
            ("文：王小川 摄影：李渡", vec!["文 王小川", "摄影 李渡"]),
            ("记者：王小川 李渡  通讯员：张舟", vec!["记者 王小川", "记者 李渡", "通讯员 张舟"]),
            ("记者/王小川 李渡 通讯员/张舟", vec!["记者 王小川", "记者 李渡", "通讯员 张舟"]),
            ("撰文 | 王小川", vec!["撰文 王小川"]),
            ("作者丨王小川", vec!["作者 王小川"]),
            ("作者｜司徒静文 欧阳雨", vec!["作者 司徒静文", "作者 欧阳雨"]),
            ("（记者 王小川 实习生 李渡）", vec!["记者 王小川", "实习生 李渡"]),
            ("（本报记者王小川 通讯员李渡 张舟）", vec!["本报记者 王小川", "通讯员 李渡", "通讯员 张舟"]),
            ("讲述：王小川", vec!["讲述 王小川"]),
            ("整理：欧阳小萱", vec!["整理 欧阳小萱"]),
            ("文字：王小川 图片：李渡 视频：张舟", vec!["文字 王小川", "图片 李渡", "视频 张舟"]),
            ("（河边融媒记者 王小川 报道）", vec!["融媒记者 王小川"]),
            ("通讯员：王小川 供图：河边县公安局", vec!["通讯员 王小川"]),
            ("作者：县委宣传部 王小川", vec!["作者 王小川"]),
            ("来源：河边日报 记者：王小川", vec!["记者 王小川"]),
            ("【記者王小川台北報導】", vec!["記者 王小川"]),
            ("（中央社記者王小川台北29日電）", vec!["記者 王小川"]),
            ("每经记者：王小川 李渡等", vec!["记者 王小川", "记者 李渡"]),
            ("通讯员 王小川 文 / 图", vec!["通讯员 王小川"]),
            ("（图文 王小川）", vec!["图文 王小川"]),
            ("本报记者 王小川 河边报道", vec!["本报记者 王小川"]),
            ("特约记者 王小川 发自卡伦港", vec!["特约记者 王小川"]),
            ("记者 李静文 王博文", vec!["记者 李静文", "记者 王博文"]),
            ("原作者: 欧阳小萱", vec!["原作者 欧阳小萱"]),
            ("记者 阿依努尔·买买提 古丽娜尔", vec!["记者 阿依努尔·买买提", "记者 古丽娜尔"]),
            ("见习记者 才让卓玛", vec!["见习记者 才让卓玛"]),
            ("作者：王小川（河边大学教授）", vec!["作者 王小川"]),
            ("编译：王小川", vec!["编译 王小川"]),
            ("记者王小川 李渡 报道", vec!["记者 王小川", "记者 李渡"]),
            ("河边日报记者 王小川 通讯员 李渡 文/图", vec!["记者 王小川", "通讯员 李渡"]),
            ("记者 王小川 摄影 李渡", vec!["记者 王小川", "摄影 李渡"]),
            ("首席记者 王小川", vec!["首席记者 王小川"]),
            ("文｜河边晚报记者 王小川 图｜受访者提供", vec!["记者 王小川"]),
            ("总台记者 王小川", vec!["总台记者 王小川"]),
            ("新华社记者王小川、李渡", vec!["记者 王小川", "记者 李渡"]),
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
            ("(责编：李文静、沙 洲)", vec!["责编 李文静", "责编 沙洲"]),
            ("责任编辑：李小勤 [网友评论]", vec!["责任编辑 李小勤"]),
            ("责任编辑：李小勤 [我要评论]", vec!["责任编辑 李小勤"]),
            ("编辑：李小勤 校对：杜小兵 审核：韩松年", vec!["编辑 李小勤", "校对 杜小兵", "审核 韩松年"]),
            ("一审 李小勤 二审 杜小兵 三审 韩松年", vec!["一审 李小勤", "二审 杜小兵", "三审 韩松年"]),
            ("一审丨李小勤 二审丨杜小兵", vec!["一审 李小勤", "二审 杜小兵"]),
            ("监制：李小勤 策划：杜小兵 统筹：韩松年", vec!["监制 李小勤", "策划 杜小兵", "统筹 韩松年"]),
            ("责任编辑：Sophie 郭", vec!["责任编辑 Sophie 郭"]),
            ("责任编辑：李小勤 杜小兵", vec!["责任编辑 李小勤", "责任编辑 杜小兵"]),
            ("责编/李小勤 美编/杜小兵", vec!["责编 李小勤", "美编 杜小兵"]),
            ("网编：李小勤", vec!["网编 李小勤"]),
            ("值班主任：李小勤 责任编辑：杜小兵 编辑：韩松年", vec!["值班主任 李小勤", "责任编辑 杜小兵", "编辑 韩松年"]),
            ("二审：慕容 雪", vec!["二审 慕容雪"]),
            ("编辑｜李小勤 排版｜杜小兵", vec!["编辑 李小勤", "排版 杜小兵"]),
            ("视觉：李小勤 运营：杜小兵", vec!["视觉 李小勤", "运营 杜小兵"]),
            ("责任编辑：李小勤审核：杜小兵", vec!["责任编辑 李小勤", "审核 杜小兵"]),
            ("本期责任编辑 李小勤", vec!["责任编辑 李小勤"]),
            ("本版编辑 李小勤 版式设计 杜小兵", vec!["编辑 李小勤", "版式设计 杜小兵"]),
            ("编 辑：李小勤", vec!["编辑 李小勤"]),
            ("责 编：李小勤 审 核：杜小兵", vec!["责编 李小勤", "审核 杜小兵"]),
            ("统筹：江文栋", vec!["统筹 江文栋"]),
            ("签发：慕容山", vec!["签发 慕容山"]),
            ("值班领导：李小勤 值班主任：杜小兵", vec!["值班领导 李小勤", "值班主任 杜小兵"]),
        ] {
            let (authors, found, _) = read(line);
            assert_eq!((authors, found), (Vec::new(), editors.into_iter().map(str::to_owned).collect::<Vec<String>>()), "{line}");
        }
    }

    #[test]
    fn a_house_before_a_role_is_nobody() {
        let (authors, editors, _) = read("每经记者：王小川    每经编辑：李小勤");
        assert_eq!((authors, editors), (vec!["记者 王小川".to_owned()], vec!["编辑 李小勤".to_owned()]));
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
            "整理房间",
            "讲述人民的故事",
            "口述历史",
            "策划方案公布",
            "排版印刷",
            "王小川的文",
            "图片：资料图",
            "视频：直播回放",
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
