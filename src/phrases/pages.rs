//! What the public pages say.

mod subscribe;

pub use subscribe::SubscribePhrases;

/// What the public pages say.
#[derive(Debug, Clone, Copy)]
pub struct PagesPhrases {
    /// Jumps over the head of a page.
    pub skip: &'static str,
    /// Name of the landmark with breadcrumbs.
    pub you_are_here: &'static str,
    /// Link to the newsroom's first page.
    pub home: &'static str,
    /// Heading over sections.
    pub sections: &'static str,
    /// Heading over sections of a section.
    pub below: &'static str,
    /// Heading over articles.
    pub newest: &'static str,
    /// Where there is no article yet.
    pub none_yet: &'static str,
    /// Before an article that was corrected.
    pub corrected: &'static str,
    /// Name of the feed of everything.
    pub all_news: &'static str,
    /// Name of a section's feed.
    pub feed_of: fn(&str) -> String,
    /// Heading of the box that invites to follow.
    pub follow: &'static str,
    /// Under that heading.
    pub follow_how: &'static str,
    /// Link to the form.
    pub by_mail: &'static str,
    /// Heading over feed links.
    pub by_feed: &'static str,
    /// A question.
    pub what_is_rss: &'static str,
    /// Its answer.
    pub rss_is: &'static str,
    /// Link to the list of all feeds.
    pub opml: &'static str,
    /// Words of the article page.
    pub article: ArticlePhrases,
    /// Words around subscriptions.
    pub subscribe: SubscribePhrases,
    /// Words when something is wrong.
    pub error: ErrorPhrases,
    /// Words of the footer.
    pub footer: FooterPhrases,
    /// Heading of an edition's page; its instant, as printed.
    pub edition_of: fn(&str) -> String,
}

/// Words of the article page.
#[derive(Debug, Clone, Copy)]
pub struct ArticlePhrases {
    /// When it was published.
    pub published: &'static str,
    /// When it was last changed.
    pub revised: &'static str,
    /// Where it was taken from.
    pub origin: &'static str,
    /// Who edited it.
    pub editors: &'static str,
    /// Between two credits.
    pub between: &'static str,
    /// Between a name and what that person did.
    pub byline: fn(&str, &str) -> String,
    /// Heading of an admitted error.
    pub correction: &'static str,
    /// Link to the whole article at the CMS.
    pub read_on: &'static str,
    /// Link to the article's own address, under the whole article.
    pub original: &'static str,
    /// Keywords.
    pub tags: &'static str,
    /// Heading of a withdrawn article.
    pub withdrawn: &'static str,
    /// What that means.
    pub withdrawn_means: &'static str,
    /// Before the reason.
    pub reason: &'static str,
    /// Before the time.
    pub withdrawn_at: &'static str,
}

/// Words when something is wrong.
#[derive(Debug, Clone, Copy)]
pub struct ErrorPhrases {
    /// 400 and its like.
    pub bad: (&'static str, &'static str),
    /// 401 and 403.
    pub forbidden: (&'static str, &'static str),
    /// 404.
    pub missing: (&'static str, &'static str),
    /// 410.
    pub gone: (&'static str, &'static str),
    /// 413.
    pub large: (&'static str, &'static str),
    /// 429.
    pub hurried: (&'static str, &'static str),
    /// 503.
    pub resting: (&'static str, &'static str),
    /// 500 and everything else.
    pub ours: (&'static str, &'static str),
    /// Link.
    pub back: &'static str,
}

/// Words of the footer.
#[derive(Debug, Clone, Copy)]
pub struct FooterPhrases {
    /// Name of the landmark.
    pub about: &'static str,
    /// Before the address.
    pub address: &'static str,
    /// Before the number.
    pub phone: &'static str,
    /// Before the mail address or page.
    pub contact: &'static str,
    /// Link.
    pub preferences: &'static str,
}

/// 中文.
pub(super) const CHINESE: PagesPhrases = PagesPhrases {
    skip: "跳到正文",
    you_are_here: "当前位置",
    home: "首页",
    sections: "栏目",
    below: "下级栏目",
    newest: "最新稿件",
    none_yet: "这里还没有稿件。",
    corrected: "更正",
    all_news: "全部新闻",
    feed_of: |section| format!("{section}的订阅源"),
    follow: "订阅",
    follow_how: "新稿件一发布，就送到您手上。",
    by_mail: "邮件订阅",
    by_feed: "用阅读器订阅",
    what_is_rss: "什么是 RSS？",
    rss_is: "RSS 是网站公开的更新清单。把上面任一地址粘贴到 RSS 阅读器，每有新稿件，阅读器就会告诉您：不用注册，不留邮箱，也没有广告。",
    opml: "全部订阅源（OPML）",
    article: ArticlePhrases {
        published: "发布时间：",
        revised: "更新时间：",
        origin: "来源：",
        editors: "编辑信息",
        between: "　",
        byline: |role, name| format!("{role} {name}"),
        correction: "更正",
        read_on: "阅读全文",
        original: "查看原文",
        tags: "关键词",
        withdrawn: "稿件已撤回",
        withdrawn_means: "编辑部已撤回这篇稿件，不再提供正文。",
        reason: "撤回原因：",
        withdrawn_at: "撤回时间：",
    },
    subscribe: subscribe::CHINESE,
    error: ErrorPhrases {
        bad: ("请求有误", "这个请求我们看不懂，请返回上一页再试。"),
        forbidden: ("没有权限", "您没有权限查看这一页。"),
        missing: ("找不到这一页", "地址可能写错了，或者这一页已经不在了。"),
        gone: ("这一页已经失效", "链接已过期或已撤回。"),
        large: ("内容太大", "提交的内容超过了上限。"),
        hurried: ("请稍候", "请求太频繁了，过一分钟再试。"),
        resting: ("暂时无法访问", "系统正在启动或维护，请稍后再试。"),
        ours: ("系统出错", "是我们的问题，已经记录下来，请稍后再试。"),
        back: "返回首页",
    },
    footer: FooterPhrases {
        about: "关于本站", address: "地址：", phone: "电话：", contact: "联系：", preferences: "管理邮件订阅"
    },
    edition_of: |at| format!("{at} 的一期"),
};

/// English.
pub(super) const ENGLISH: PagesPhrases = PagesPhrases {
    skip: "Skip to content",
    you_are_here: "You are here",
    home: "Home",
    sections: "Sections",
    below: "Within this section",
    newest: "Latest",
    none_yet: "Nothing has been published here yet.",
    corrected: "Corrected",
    all_news: "All news",
    feed_of: |section| format!("Feeds of {section}"),
    follow: "Follow us",
    follow_how: "New articles, as soon as they are out.",
    by_mail: "Subscribe by e-mail",
    by_feed: "Follow in a feed reader",
    what_is_rss: "What is RSS?",
    rss_is: "RSS is a public list of what is new on a site. Paste one of these addresses into a feed reader and it will tell you of every \
             new article: no account, no address left behind, no advertising.",
    opml: "All feeds (OPML)",
    article: ArticlePhrases {
        published: "Published ",
        revised: "Updated ",
        origin: "Source: ",
        editors: "Editors",
        between: "; ",
        byline: |role, name| format!("{name}, {role}"),
        correction: "Correction",
        read_on: "Read the full article",
        original: "Original page",
        tags: "Keywords",
        withdrawn: "This article was withdrawn",
        withdrawn_means: "The newsroom has taken this article back and no longer offers its text.",
        reason: "Reason: ",
        withdrawn_at: "Withdrawn ",
    },
    subscribe: subscribe::ENGLISH,
    error: ErrorPhrases {
        bad: ("Bad request", "We cannot make sense of this request. Please go back and try again."),
        forbidden: ("Not allowed", "You may not see this page."),
        missing: ("Page not found", "The address may be mistyped, or the page is no longer here."),
        gone: ("No longer here", "The link has expired or was taken back."),
        large: ("Too large", "What was sent is larger than we take."),
        hurried: ("One moment, please", "Too many requests. Please try again in a minute."),
        resting: ("Not available right now", "The service is starting or being mended. Please try again shortly."),
        ours: ("Something went wrong", "The fault is ours and has been written down. Please try again shortly."),
        back: "Back to the first page",
    },
    footer: FooterPhrases {
        about: "About this site",
        address: "Address: ",
        phone: "Phone: ",
        contact: "Contact: ",
        preferences: "Manage e-mail subscriptions",
    },
    edition_of: |at| format!("Edition of {at}"),
};
