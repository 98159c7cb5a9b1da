//! Lines that belong to the page and not to the article, each with the name of the rule that says so.

use std::sync::LazyLock;

use regex::Regex;

use super::behind;
use super::eastern;
use super::facts;
use super::lines::Line;
use super::people;
use super::western;
use super::words::{is_han, len, pattern};

/// What a line that is no copy means for the lines behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// It alone goes.
    Line,
    /// A list begins: what follows goes too, unless the article visibly goes on.
    Rest,
    /// The article ended: what follows goes too, even where it is long, as comments are.
    End,
}

/// A rule: its name, the longest line it may judge (characters), its reach, its pattern.
struct Rule {
    name: &'static str,
    longest: usize,
    reach: Reach,
    /// It speaks Chinese alone: lines without ideographs need not be asked.
    chinese: bool,
    pattern: Regex,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |name, longest, reach, text: &str| Rule { name, longest, reach, chinese: false, pattern: pattern(text) };
    let chinese = |name, longest, reach, text: &str| Rule { chinese: true, ..rule(name, longest, reach, text) };
    vec![
        rule(
            "byline",
            80,
            Reach::Line,
            r"^(?:By|BY|Von|VON|Par|Por|Door|Di|Af|Av|Text:|Reporting by|Words by)\s+\p{Lu}[\p{L}.'’-]+(?:\s+\p{L}[\p{L}.'’-]*){1,6}(?:\s*(?:,|and|und|et|y|en|&)\s*\p{Lu}[\p{L} .'’-]+)*$",
        ),
        rule(
            "time line",
            60,
            Reach::Line,
            r"^(?i:(?:published|posted|updated|last updated|stand|aktualisiert|publié|publicado|pubblicato)\s*:?\s*(?:on\s+)?)?(?:\p{L}{2,10},?\s+)?\d{1,2}\.?\s+\p{L}{3,10}\.?,?\s+(?:19|20)\d\d(?:[,\s]+(?i:at\s+)?\d{1,2}[:.]\d{2}.{0,12})?$",
        ),
        chinese(
            "share row",
            60,
            Reach::Line,
            r"^(?:【|\[)?(?:一键)?分享(?:到|至|给|本文|让更多人看到|：|:|$)|^(?:微信|手机)?扫(?:一扫|码)|扫一扫.{0,12}(?:打开|关注|分享|阅读)|^(?:微信|新浪微博|QQ空间|腾讯微博|人人网|豆瓣|微博|朋友圈|复制链接|QQ好友)(?:\s|$)",
        ),
        chinese(
            "time line",
            160,
            Reach::Line,
            r"^.{0,30}(?:发布(?:时间|日期)|发表(?:时间|日期|于)|更新(?:时间|日期)|录入(?:时间|日期)|发文日期|成文日期)\s*[:：]",
        ),
        chinese(
            "source line",
            60,
            Reach::Line,
            r"^(?:本文|信息|文章|稿件|新闻|内容)?(?:来源|稿源|出处)\s*[:：丨｜]|^(?:时间|日期|作者)\s*[:：].{0,40}(?:来源|浏览|点击|作者)",
        ),
        chinese("breadcrumb", 120, Reach::Line, r"^(?:您?(?:现在)?(?:所在|当前)?(?:的)?位置|当前栏目|当前所在)\s*(?:是)?\s*[:：]"),
        chinese(
            "previous and next",
            120,
            Reach::End,
            r"^[【\[<《«\s]*(?:上一?[篇条页则版]|下一?[篇条页则版]|前一篇|后一篇|上篇|下篇)(?:文章|新闻|信息|：|:|】|\]|\s|$)",
        ),
        chinese(
            "related",
            30,
            Reach::Rest,
            r"^[【\[■●>\s]*(?:相关(?:新闻|阅读|链接|文章|报道|推荐|信息|内容|专题|热词|资讯|附件)|延伸\s*[·•]?\s*(?:阅读|推荐)|推荐(?:阅读|新闻|文章)|热门?(?:点)?(?:排行|新闻|推荐|文章|关注|评论|点击|阅读|搜索|专题)|热点|图片新闻|猜你喜欢|更多(?:精彩|新闻|内容)|精彩(?:推荐|图片|评论)|最新(?:文章|新闻|消息|资讯)|大家都在看|今日(?:热点|头条)|本周热点|为您推荐|频道精选|编辑推荐|往期(?:回顾|推荐|内容|精选|精彩)?|为你推荐|你可能(?:还)?(?:喜欢|感兴趣)|看了又看|热(?:点|门)?(?:视频|图集)|更多图集)(?:\s*[:：>》】\]]*\s*(?:更多|MORE|more)?[>》]*)?$",
        ),
        chinese(
            "comments",
            30,
            Reach::End,
            r"^[【\[■●>\s]*(?:(?:网友|最新|热门|最热|精彩|精选|全部|读者)(?:热?评论?|跟帖|留言)|热评|评论(?:列表|区)|我要评论|发表评论|写(?:评论|留言))(?:\s*[(（]?(?:共?\d+条?)?[)）]?)$",
        ),
        rule(
            "footer",
            160,
            Reach::End,
            r"(?:ICP备|ICP证|公网安备|新网备|版权所有|(?i:copyright\s*(?:©|&copy;|\(c\)|by|(?:19|20)\d\d)|(?:©|\(c\))\s*(?:19|20)\d\d|all rights reserved)|备案(?:编)?号\s*[:：]|许可证(?:编)?号?\s*[:：]|网站(?:安全检测|标识码|地图)|技术支持\s*[:：]|违法和不良信息|举报(?:电话|邮箱)\s*[:：])|^关于我们|^(?:主办|承办)(?:单位)?\s*[:：].{2,}(?:主办|承办|版权|地址)",
        ),
        rule(
            "tools",
            60,
            Reach::Line,
            r"^[【\[(（\s]*(?:字号|字体|字体大小|打印(?:本文|此文|本页)?|关闭(?:窗口|本页)?|收藏(?:本文)?|加入收藏|告诉好友|发表评论|我要(?:评论|纠错|收藏|分享|举报)|纠错|返回(?:首页|列表|顶部|上一页)?|大\s*中\s*小|(?:点击|浏览|阅读|访问)(?:数|量|次数|人次)?\s*[:：]|责任编辑\s*[:：]\s*admin|我来说两句|点赞|评论\s*\(?\d*\)?|参与评论|手机(?:看|阅读)新闻|听新闻|放大|缩小|默认|A\+|A-|订阅|举报)[】\])）\s]*(?:.{0,30})?$",
        ),
        rule(
            "page numbers",
            80,
            Reach::Line,
            r"^(?:[\s【】\[\]()|<>«»‹›.…]|\d{1,3}|上一?页|下一?页|首页|尾页|末页|共\d+页|第\d+页|余下全文|阅读全文|显示全文|全文阅读|\.\.\.){2,}$",
        ),
        chinese(
            "read on",
            60,
            Reach::Line,
            r"^[【\[■●>\s]*(?:相关(?:新闻|阅读|链接|报道|文章)|延伸阅读|相關(?:新聞|閱讀|報道|報導|文章)|延伸閱讀)\s*[:：].{4,}$",
        ),
        chinese(
            "teaser",
            400,
            Reach::Line,
            r"(?:…|\.{3})\s*[【\[（(<]\s*(?:详细|详情|详细内容|查看全文|查看详情|阅读全文|阅读更多|全文|更多)\s*[】\]）)>]+$",
        ),
        chinese(
            "rights",
            40,
            Reach::Line,
            r"^\p{Han}[\p{Han}\w·]{1,15}[，,\s]\s*未经(?:授权|许可|允许)[，,]?(?:不得|禁止|谢绝)转载[。！]?$",
        ),
        chinese("tip line", 60, Reach::Line, r"^\p{Han}{0,10}(?:报料|爆料)(?:电话|热线|邮箱|微信|平台)?\s*[:：]"),
        rule(
            "read on",
            100,
            Reach::Line,
            r"^[【\[■▶>\s]*(?:(?:あわせて|合わせて)読みたい|こちらも(?:読|お読み)|関連記事)(?:[】\]:：\s]|[^、。]|$)",
        ),
        chinese("original title", 160, Reach::Line, r"^[（(【\[]?\s*原(?:标题|题)\s*[:：]"),
        rule("tags", 120, Reach::Line, r"^(?:标签|关键词|关键字|TAGS?|Tags?|tag)\s*[:：]?(?:\s|$|.{1,100}$)"),
        chinese(
            "declaration",
            400,
            Reach::Line,
            r"^[（(【\[*※\s]*(?:(?:免责|版权|特别|郑重|重要)?(?:声明|提示)(?:】|\]|[:：])|本文(?:仅代表|系|为)?.{0,16}(?:个人观点|原创|独家|未经|不代表)|本文(?:由|转自|转载自|来自|首发于?).{1,40}(?:转载|授权|发布|编辑|观点)|(?:转载|如需转载|欢迎转载|转发)请|未经(?:授权|许可|书面|允许|本)|凡(?:本网|本站|本报|注明|来源|署名)|以上(?:内容|文章|图文|信息).{0,20}(?:网友|用户|自媒体|平台|观点|转载)|如有(?:侵权|版权)|请支持独立网站|(?:文章|内容|图片|部分).{0,12}(?:侵权|仅供参考|网络).{0,20}(?:联系|删除|投资)|\(?本文来源)",
        ),
        chinese(
            "invitation",
            60,
            Reach::Line,
            r"^[（(【\[>▼▲\s]*(?:点击(?:蓝字|蓝色|进入|查看|看|下载|关注|这里|上方|下方|图片|左下角|阅读|右上角)|您的浏览器|长按.{0,10}(?:识别|关注|二维码)|关注.{0,16}(?:公众号|微信|微博)|更多(?:精彩|新闻|资讯|内容).{0,20}(?:关注|下载|请)|下载.{0,16}(?:客户端|APP|app)|打开.{0,16}(?:客户端|APP|app)|请(?:登录|先登录)|登录后|查看更多|展开(?:全文|阅读)|来(?:自|源)网友|视频加载中|请在WiFi)",
        ),
        rule(
            "read on",
            120,
            Reach::Line,
            r"^(?i:(?:read more|read also|also read|see also|related|more on this|watch|listen)\s*[:：].*|advertisement|share(?: this)?(?: article| story)?|sign up(?: for| to).*newsletter.*|subscribe(?: now)?|follow us.*|click here to.*|(?:story|article) continues below.*|anzeige|publicité|publicidad|werbung|lesen sie (?:auch|mehr)\s*[:：].*|lire aussi\s*[:：].*|leggi anche\s*[:：].*|lea también\s*[:：].*)$",
        ),
        // A writer's address below the text; in a notice such a line has a word before it.
        rule(
            "address of the writer",
            80,
            Reach::Line,
            r"^(?:\p{L}{2,4}\s?(?:기자|특파원)\s*)?[\[(（]?[\w.+-]{1,40}@[\w-]+(?:\.[\w-]+)+[\])）]?$",
        ),
        rule(
            "corner mark",
            12,
            Reach::Line,
            r"^(?:公告|正文|新闻正文|首页|返回|更多|详细|展开|收起|推广|广告|打开微信|视频|图集|\[?详细\]?|END|[—-]\s*END\s*[—-]|点(?:分享|收藏|在看|赞)|End|(?:大|中|小))$",
        ),
    ]
});

/// The rule that says a line is no copy.
pub(super) fn judge(line: &Line) -> Option<(&'static str, Reach)> {
    let text = line.text.as_str();
    let count = len(text);
    let han = text.chars().any(is_han);
    let mut asked = RULES.iter().filter(|rule| count <= rule.longest && (han || !rule.chinese));
    let ruled = asked.find(|rule| rule.pattern.is_match(text)).map(|rule| (rule.name, rule.reach));
    let row = || facts::of_row(&line.spaced).map(|_| ("row of facts", Reach::Line));
    ruled.or_else(|| western::judge(text)).or_else(row).or_else(|| credit_line(line))
}

/// A line of credits is read for its people, and is no copy.
pub(super) fn credit_line(line: &Line) -> Option<(&'static str, Reach)> {
    if len(&line.text) > 120 {
        return None;
    }
    let credits = people::credits(&line.spaced);
    if !line.is_prose() && eastern::credits_anywhere(&line.spaced).is_some() {
        return Some(("byline", Reach::Line));
    }
    if !credits.roles {
        return None;
    }
    if is_photo_credit(&line.text) {
        return None;
    }
    if credits.whole && credits.authors.is_empty() && (!credits.editors.is_empty() || line.text.contains([':', '：'])) {
        return Some(("editor line", Reach::Line));
    }
    if credits.whole && !credits.authors.is_empty() {
        return Some(("byline", Reach::Line));
    }
    let ends_in_editors = !credits.editors.is_empty() && !line.is_prose() && len(&line.text) < 60 && line.text.contains([':', '：']);
    ends_in_editors.then_some(("editor line", Reach::Line))
}

/// A line of an imprint: an address, a number. Notices hold such lines too, so they go only in front of a footer.
pub(super) fn is_contact(line: &Line) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:(?:单位|办公|通讯|通信)?地址|邮编|邮政编码|(?:联系|咨询|投诉|服务|值班|广告|编辑部|办公室)?电话|(?:新闻)?热线|传真|(?:投稿)?邮箱|(?i:e-?mail|tel|fax)|网址|Q\s*Q)\s*[:：]|^(?:联系我们|网站声明|版权声明|法律声明|设为首页|加入收藏|广告服务|网站简介)(?:\s|[|｜]|$)",
        )
    });
    len(&line.text) <= 120 && CONTACT.is_match(&line.text)
}

/// A credit that speaks of a picture: `本报记者 王小川 摄`.
pub(super) fn is_photo_credit(text: &str) -> bool {
    static PHOTO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:摄|供图|[^/]图|攝|供圖|[^/]圖)\s*[）)】。]?$|^[▲▼△↑↓]|^(?:供图|图片|图|照片|视频|资料图)(?:来源|为|片)?\s*[:：]")
    });
    PHOTO.is_match(text) && behind::credits(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Option<&'static str> {
        judge(&Line::plain(text)).map(|(name, _)| name)
    }

    #[test]
    fn furniture_is_named() {
        for (text, name) in [
            ("分享到:", "share row"),
            ("发布时间:2021-10-29 来源:", "time line"),
            ("您所在的位置: 河边网 > 新闻 > 河边新闻", "breadcrumb"),
            ("上一篇：渡口修好了", "previous and next"),
            ("相关阅读", "related"),
            ("往期回顾", "related"),
            ("热评", "comments"),
            ("seoldaon@example.kr", "address of the writer"),
            ("工信部备案编号:鄂ICP备00000000号-1", "footer"),
            ("【发表评论】【加入收藏】【告诉好友】【打印此文】【关闭窗口】", "tools"),
            ("【1】【2】【3】【4】", "page numbers"),
            ("（原标题：老渡口修好了）", "original title"),
            ("(编辑:李小勤  编审:杜小兵)", "editor line"),
            ("通讯员熊小毅 石小涛 记者李小锋", "byline"),
            ("本文来源：河边报 责任编辑：杨小倩_NF4425", "source line"),
            ("未经授权不得转载", "declaration"),
            ("河边新闻，未经授权不得转载", "rights"),
            ("河边新闻报料：0000-0000000", "tip line"),
            ("渡口又添了一条新船，记者日前走访了两岸的居民……【详细】", "teaser"),
            ("あわせて読みたい渡し場の船、来春から二隻に", "read on"),
            ("点击蓝字，关注我们", "invitation"),
        ] {
            assert_eq!(rule(text), Some(name), "{text}");
        }
    }

    #[test]
    fn copy_is_not_furniture() {
        for text in [
            "在办好大事的日子里",
            "记者从渡口管理站了解到，今年过河的人比去年多了三成，船也添了两条。",
            "他说，分享到最后，大家都舍不得走。",
            "下一步，渡口还要修一条栈道。",
            "编辑部里的灯亮了一夜。",
            "联系电话：0000-0000000，欢迎来信来电。",
            "老渡口今貌。本报记者 王小川 摄",
        ] {
            assert_eq!(rule(text), None, "{text}");
        }
    }
}
