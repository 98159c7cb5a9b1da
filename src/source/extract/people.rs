//! Names and roles in a line: `通讯员熊毅 石涛 记者李锋`, `（编辑：李勤 编审：杜道兵）`, `文/图 王小川`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

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
const KIND: &str = "(?:本报|本网|本刊|本台|本站|见习|实习|首席|特约|特派|特邀|全媒体|融媒体|融媒|职工|驻站|资深|新媒体|摄影|文字|专栏|高级|一线|外聘|基层)*";

/// Roles of authors that stand before a name with or without a mark.
const AUTHOR: &str = "记者|通讯员|评论员|撰稿人|特写员|报道员|实习生";

/// Roles of authors that need a mark behind them, for they are words of every day.
const AUTHOR_MARKED: &str =
    "作者|文[/／、|｜]图|图[/／、|｜]文|文并摄|图文|采写|采访|撰文|撰稿|执笔人?|供稿人?|供稿|摄影|摄像|文字|文|图|撰写|译者|编译|翻译";

/// Roles of editors. They too need a mark, or a name behind them.
const EDITOR: &str = "责任编辑|值班编辑|执行编辑|网络编辑|本期编辑|责编|编辑|编审|责任校对|责校|校对|审核人?|审校|审签|复核|一审|二审|三审|初审|复审|终审|一校|二校|三校|总监制|监制|签发人?|值班主任|值班总编|值班编委|总编辑|副总编|执行主编|主编|编发|编校|编排|美编|版式|统筹|总策划|策划|出品人?|编务";

/// Roles that are read and left out: they name accounts.
const NOBODY: &str = "文章录入|信息录入|录入|发布人|发布者|上传|整理";

static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?P<kind>{KIND})(?:(?P<nobody>{NOBODY})|(?P<editor>{EDITOR})|(?P<author>{AUTHOR})|(?P<marked>{AUTHOR_MARKED}))(?P<mark>\s*[:：/／|｜丨]\s*)?"
    ))
});

/// Surnames: a name without a mark before it must begin with one.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由";

/// Surnames of two characters.
const DOUBLE: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "独孤", "南宫", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "轩辕", "长孙", "宇文",
    "司空", "端木", "申屠", "闻人", "澹台", "呼延", "百里", "西门", "东郭", "南门", "拓跋", "完颜",
];

/// What stands where a name should and is none.
const NOT_NAMES: &[&str] = &[
    "佚名",
    "未知",
    "匿名",
    "网络",
    "本站",
    "本网",
    "原创",
    "小编",
    "编辑部",
    "不详",
    "暂无",
    "转载",
    "互联网",
    "综合",
    "本报",
    "点击",
    "浏览",
    "字体",
    "来源",
    "时间",
    "日期",
    "获悉",
    "了解",
    "采访",
    "报道",
    "来到",
    "走进",
    "看到",
    "管理员",
    "见习",
    "实习",
    "记者",
    "通讯",
    "摄影",
    "文字",
    "责任",
    "视频",
    "图片",
    "打印",
    "关闭",
    "分享",
    "和平",
    "全文",
    "有关",
    "方面",
    "明确",
    "时说",
    "于是",
    "来自",
    "应邀",
    "向往",
    "应聘",
    "成立",
    "任职",
    "连续",
    "连日",
    "相关",
    "华为",
    "国家",
    "全国",
    "全市",
    "全省",
    "平台",
    "平安",
    "安全",
    "安排",
    "解读",
    "解析",
    "解决",
    "计划",
    "支持",
    "原因",
    "原标题",
    "那么",
    "但是",
    "由于",
    "来说",
    "成为",
    "利用",
    "满意",
    "强调",
    "强化",
    "任何",
    "全部",
    "全面",
    "安装",
    "平时",
    "时候",
    "向前",
    "管理",
    "计算",
    "支付",
    "信息",
];

/// Characters that no name has, and every sentence.
const NO_NAME: &[char] = &[
    '的', '了', '是', '在', '从', '将', '被', '把', '获', '这', '与', '及', '个', '您', '我', '你', '他', '她', '它', '们', '社', '报',
    '网', '局', '县', '市', '院', '部', '委', '办',
];

/// Reads the people of a line.
pub(super) fn credits(line: &str) -> Credits {
    let line = one_line(line);
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
        let labelled = marked || role.name("marked").is_some_and(|word| word.as_str() == "作者");
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
    begins && (soft.as_str() == "作者" && after.starts_with(' ') || after.trim_start().starts_with(['记', '通', '本', '全', '实', '见']))
}

/// What may remain of a line of credits: brackets, marks, the newsroom's own name before 记者, 摄影报道.
fn is_leftover(rest: &str) -> bool {
    static ALLOWED: LazyLock<Regex> = LazyLock::new(|| pattern(r"摄影报道|综合报道|报道|摄影|整合|整理|[A-Za-z]{0,4}\d{2,8}|本文|供图"));
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

/// The names at the beginning of a text, and how much of it they take. Without a mark a name must look like one.
fn names(text: &str, marked: bool, role_follows: bool) -> (Vec<String>, usize) {
    let mut found: Vec<String> = Vec::new();
    let mut used = 0;
    let mut single: Option<char> = None;
    let mut latin = false;
    let separators = |c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '/' | '／' | '&' | '|' | '｜');
    for (at, token) in tokens(text, separators) {
        let clean = strip_code(token);
        let mut chars = clean.chars();
        let one = chars.next().filter(|c| is_han(*c) && chars.next().is_none());
        match (single.take(), one) {
            // A name of two characters, padded to the width of three.
            (Some(first), Some(second)) => {
                found.push(format!("{first}{second}"));
                used = at + token.len();
                continue;
            }
            (None, Some(first)) => {
                single = Some(first);
                continue;
            }
            (Some(_), None) => break,
            (None, None) => {}
        }
        if is_code(token) && !found.is_empty() {
            used = at + token.len();
            continue;
        }
        let last_before_role = role_follows && text[at + token.len()..].trim_matches(separators).is_empty();
        if is_name(clean, marked) {
            latin = false;
            found.extend(split_pair(clean));
        } else if marked && is_latin_name(clean) {
            match found.last_mut().filter(|_| latin && text[..at].ends_with(' ')) {
                Some(name) => *name = format!("{name} {clean}"),
                None => found.push(clean.to_owned()),
            }
            latin = true;
        } else if let Some(name) = led_by_name(clean).filter(|_| !marked && last_before_role) {
            found.push(name);
        } else {
            break;
        }
        used = at + token.len();
        if ended(token) {
            break;
        }
    }
    (found, used)
}

/// The tokens of a text up to the first bracket or full stop, with their places.
fn tokens(text: &str, separators: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = (usize, &str)> {
    let stop = text
        .find(['（', '）', '(', ')', '【', '】', '[', ']', '。', '！', '？', '“', '《', '：', ':', '|', '-', '—'])
        .unwrap_or(text.len());
    let text = &text[..stop];
    text.split(separators).filter(|token| !token.is_empty()).map(move |token| (token.as_ptr() as usize - text.as_ptr() as usize, token))
}

/// A name with what pages hang on it: `杨倩_NF4425`, `韩保林PK155`, `李四摄`.
fn strip_code(token: &str) -> &str {
    let token = token.split('_').next().unwrap_or_default();
    let token = if token.chars().next().is_some_and(is_han) { token.trim_end_matches(|c: char| c.is_ascii_alphanumeric()) } else { token };
    let cut = ["摄影报道", "报道", "整合", "摄", "文"]
        .iter()
        .find_map(|tail| token.strip_suffix(tail).filter(|name| (2..=3).contains(&len(name))));
    cut.unwrap_or(token)
}

fn ended(token: &str) -> bool {
    ["报道", "整合", "摄"].iter().any(|tail| token.ends_with(tail) && len(token) > 3)
}

fn is_code(token: &str) -> bool {
    token.chars().all(|c| c.is_ascii_alphanumeric()) && token.chars().any(|c| c.is_ascii_digit())
}

fn is_name(token: &str, marked: bool) -> bool {
    let count = len(token);
    let parts_ok = token.chars().all(|c| is_han(c) || c == '·' || c == '•');
    if !parts_ok || NOT_NAMES.contains(&token) || token.contains(NO_NAME) {
        return false;
    }
    if token.contains(['·', '•']) {
        return (4..=16).contains(&count) && !token.starts_with('·');
    }
    let surname = has_surname(token);
    match count {
        2 | 3 => surname || marked,
        4 => surname && (DOUBLE.iter().any(|double| token.starts_with(double)) || is_pair(token)) || marked,
        _ => false,
    }
}

/// A run such as `李锋通讯员` is cut at the role; what is left of the run is a name where it looks like one.
fn led_by_name(token: &str) -> Option<String> {
    let name: String = token.chars().take_while(|c| is_han(*c)).collect();
    is_name(&name, false).then_some(name)
}

fn has_surname(token: &str) -> bool {
    DOUBLE.iter().any(|double| token.starts_with(double)) || token.chars().next().is_some_and(|first| SURNAMES.contains(first))
}

/// Two names of two characters that nobody kept apart.
fn is_pair(token: &str) -> bool {
    let chars: Vec<char> = token.chars().collect();
    chars.len() == 4 && !DOUBLE.iter().any(|double| token.starts_with(double)) && SURNAMES.contains(chars[0]) && SURNAMES.contains(chars[2])
}

fn split_pair(token: &str) -> Vec<String> {
    if is_pair(token) {
        let chars: Vec<char> = token.chars().collect();
        return vec![chars[..2].iter().collect(), chars[2..].iter().collect()];
    }
    vec![token.to_owned()]
}

fn is_latin_name(token: &str) -> bool {
    token.chars().next().is_some_and(char::is_uppercase)
        && token.chars().all(|c| c.is_alphabetic() && !is_han(c) || matches!(c, '.' | '\'' | '-' | '’'))
        && len(token) <= 24
}

/// Names alone, as in a signature behind the last sentence: `（李楠）`.
pub(super) fn bare_names(text: &str) -> Vec<String> {
    let text = one_line(text);
    let (names, used) = names(&text, false, false);
    if used == text.len() { names } else { Vec::new() }
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
