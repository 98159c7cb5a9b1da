//! Chinese names in running text: what looks like one, what is padded, what is two.

use super::words::{is_han, len};
use crate::model::one_line;

/// Surnames: a name without a mark before it must begin with one.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀凤衣信展阴昝智幸奉植衡富尧闭由沐逄庹宓郇郗茆\
     張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣葉蘇呂盧鍾譚陸賈韋鄒閻龍賀顧龔錢嚴萬湯顏莊聶魯齊喬龐項紀蘭關歐畢單婁駱藍鮑華寧區簡塗鄺羅";

/// Surnames of two characters.
const DOUBLE: &str = "欧阳 上官 司马 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 轩辕 长孙 宇文 司空 端木 申屠 闻人 澹台 \
     呼延 百里 西门 东郭 南门 拓跋 完颜 宗政 钟离 淳于 濮阳 鲜于 赫连 万俟 歐陽 司馬 諸葛 東方 尉遲 公孫";

/// What stands where a name should and is none.
const NOT_NAMES: &str = "佚名 未知 匿名 网络 本站 本网 原创 小编 编辑部 不详 暂无 转载 互联网 综合 本报 点击 浏览 字体 来源 时间 日期 \
     获悉 了解 采访 报道 来到 走进 看到 管理员 见习 实习 记者 通讯 摄影 文字 责任 视频 图片 打印 关闭 分享 和平 \
     全文 有关 方面 明确 时说 于是 来自 应邀 向往 应聘 成立 任职 连续 连日 相关 华为 国家 全国 全市 全省 平台 平安 \
     安全 安排 解读 解析 解决 计划 支持 原因 原标题 那么 但是 由于 来说 成为 利用 满意 强调 强化 任何 全部 全面 \
     已有 人评论 评论 条评论 安装 平时 时候 向前 管理 计算 支付 信息 扎西德勒 \
     关注 时评 时讯 时事 时政 文化 文学 文艺 文摘 农业 农村 房产 车市 金融 花絮 党建 国际 国内 简讯 简介 简报 解说 祝福 关于 应急 广告 后记 \
     阅读 人气 热度 点赞 播放 推荐 分类 标签 栏目 凤凰 \
     江苏 江西 云南 宁夏 武汉 广东 辽宁";

/// Characters that no name has, and every sentence.
const NO_NAME: &str = "的了是在从将被把获这与及个您我你他她它们社报网局县市院部委办";

/// The names at the beginning of a text, and how much of it they take. Without a mark a name must look like one.
pub(super) fn names(text: &str, marked: bool, role_follows: bool) -> (Vec<String>, usize) {
    let mut found: Vec<String> = Vec::new();
    let mut used = 0;
    let mut waiting: Option<&str> = None;
    let mut latin = false;
    let separators = |c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '/' | '／' | '&' | '|' | '｜');
    let tokens: Vec<(usize, &str)> = tokens(text, separators).collect();
    for (n, &(at, token)) in tokens.iter().enumerate() {
        let clean = strip_code(token);
        let next = tokens.get(n + 1).map(|(_, token)| strip_code(token));
        match waiting.take() {
            Some(first) if pads(first, clean) => {
                found.push(format!("{first}{clean}"));
                used = at + token.len();
                continue;
            }
            Some(_) => break,
            // `Sophie 郭`.
            None if latin && is_one(clean) && has_surname(clean) && text[..at].ends_with(' ') => {
                let given = found.pop().unwrap_or_default();
                found.push(format!("{given} {clean}"));
                latin = false;
                used = at + token.len();
                continue;
            }
            // A surname that is kept apart from its name, as names of two characters are where those of three stand about them.
            None if is_one(clean) || is_double(clean) && next.is_some_and(is_one) => {
                waiting = Some(clean);
                continue;
            }
            None => {}
        }
        if is_code(token) && !found.is_empty() {
            used = at + token.len();
            continue;
        }
        let last_before_role = role_follows && text[at + token.len()..].trim_matches(separators).is_empty();
        if is_name(clean, marked) {
            latin = false;
            found.extend(split_pair(clean));
        } else if (marked || latin || next.is_some_and(is_latin_name)) && is_latin_name(clean) {
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

/// Whether a text is one ideograph.
fn is_one(text: &str) -> bool {
    len(text) == 1 && text.chars().all(is_han)
}

/// Whether a text is a surname of two characters and nothing else.
fn is_double(text: &str) -> bool {
    DOUBLE.split(' ').any(|double| double == text)
}

/// Whether a surname and what stands behind it are one name that was kept apart: `孙 敏`, `令狐 雨`, `尤 晓梅`.
fn pads(first: &str, rest: &str) -> bool {
    let given = || len(rest) == 2 && !is_double(first) && !NOT_NAMES.split(' ').any(|word| word == rest);
    is_one(rest) || given() && is_name(&format!("{first}{rest}"), false)
}

/// The tokens of a text up to the first bracket or full stop, with their places.
fn tokens(text: &str, separators: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = (usize, &str)> {
    let stop = text
        .find(['（', '）', '(', ')', '【', '】', '[', ']', '。', '！', '？', '“', '《', '〈', '〉', '〔', '〕', '：', ':', '|', '-', '—'])
        .unwrap_or(text.len());
    // What a colon follows is a role that nobody told us of, and no name.
    let role = text[stop..].starts_with(['：', ':']);
    let stop = if role { text[..stop].trim_end().rfind(separators).unwrap_or(0) } else { stop };
    let text = &text[..stop];
    text.split(separators).filter(|token| !token.is_empty()).map(move |token| (token.as_ptr() as usize - text.as_ptr() as usize, token))
}

/// A name with what pages hang on it: `杨倩_NF4425`, `韩保林PK155`, `李四摄`.
fn strip_code(token: &str) -> &str {
    let token = token.split('_').next().unwrap_or_default();
    let token = if token.chars().next().is_some_and(is_han) { token.trim_end_matches(|c: char| c.is_ascii_alphanumeric()) } else { token };
    let cut = ["摄影报道", "报道", "整合", "摄", "等"].iter().find_map(|tail| {
        token.strip_suffix(tail).filter(|name| (2..=3).contains(&len(name)) || len(name) == 4 && name.get(..6).is_some_and(is_double))
    });
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
    if !parts_ok || NOT_NAMES.split(' ').any(|word| word == token) || token.contains(|c| NO_NAME.contains(c)) {
        return false;
    }
    if token.contains(['·', '•']) {
        return (4..=16).contains(&count) && !token.starts_with('·');
    }
    let surname = has_surname(token);
    match count {
        4..=6 if is_of_another_people(token) => true,
        2 | 3 => surname || marked,
        4 => surname && (marked || DOUBLE.split(' ').any(|double| token.starts_with(double)) || is_pair(token)),
        _ => false,
    }
}

/// Beginnings of names that Tibetans, Uyghurs, Kazakhs and Mongols bear, written in Han.
const BEGINNINGS: &str = "扎西 次仁 央金 才让 旦增 丹增 尼玛 达瓦 白玛 格桑 洛桑 旺堆 索朗 仁青 仁增 巴桑 多吉 顿珠 罗布 平措 桑杰 益西 强巴 德吉 \
     阿依 古丽 艾力 努尔 麦麦提 买买提 阿卜杜 阿不都 吐尔逊 热依 帕提 玛依 迪丽 祖丽 阿迪 木合 叶尔 哈丽 娜仁 斯琴 萨仁 敖登 其其";

/// Ends of such names.
const ENDS: &str = "卓玛 卓嘎 扎西 次仁 拉姆 旺姆 央宗 央金 多吉 顿珠 罗布 平措 加措 旺堆 旺杰 曲珍 措姆 才让 才旦 古丽 娜尔 买提 麦提 木格 其其格 高娃 图雅 格日勒 巴图 巴特尔 毕力格 乌拉 塔娜";

/// Whether a run is such a name: it begins or ends as they do.
fn is_of_another_people(token: &str) -> bool {
    BEGINNINGS.split(' ').any(|part| token.starts_with(part)) || ENDS.split(' ').any(|part| token.ends_with(part))
}

/// A run such as `李锋通讯员` is cut at the role; what is left of the run is a name where it looks like one.
fn led_by_name(token: &str) -> Option<String> {
    let name: String = token.chars().take_while(|c| is_han(*c)).collect();
    is_name(&name, false).then_some(name)
}

fn has_surname(token: &str) -> bool {
    DOUBLE.split(' ').any(|double| token.starts_with(double)) || token.chars().next().is_some_and(|first| SURNAMES.contains(first))
}

/// Two names of two characters that nobody kept apart.
fn is_pair(token: &str) -> bool {
    let chars: Vec<char> = token.chars().collect();
    chars.len() == 4
        && !DOUBLE.split(' ').any(|double| token.starts_with(double))
        && SURNAMES.contains(chars[0])
        && SURNAMES.contains(chars[2])
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
