//! What the public pages say.

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

/// Words around subscriptions.
#[derive(Debug, Clone, Copy)]
pub struct SubscribePhrases {
    /// Heading of the form.
    pub title: &'static str,
    /// Under it.
    pub intro: &'static str,
    /// Label.
    pub email: &'static str,
    /// Under the field.
    pub email_hint: &'static str,
    /// Label over the choices.
    pub what: &'static str,
    /// Label over the digests.
    pub digests: &'static str,
    /// Label.
    pub how_often: &'static str,
    /// A cadence.
    pub breaking: &'static str,
    /// A cadence.
    pub instant: &'static str,
    /// A cadence.
    pub every: &'static str,
    /// A cadence.
    pub daily: &'static str,
    /// A cadence.
    pub weekly: &'static str,
    /// What a digest says instead of a cadence.
    pub digest: &'static str,
    /// No mail about it.
    pub never: &'static str,
    /// The form's button.
    pub send: &'static str,
    /// How the address is used.
    pub privacy: &'static str,
    /// For programs; a person never sees it.
    pub trap: &'static str,
    /// The address cannot be one.
    pub bad_email: &'static str,
    /// Nothing was chosen.
    pub nothing_chosen: &'static str,
    /// The form was open too long, or is not ours.
    pub stale: &'static str,
    /// Heading.
    pub check_mail: &'static str,
    /// The address to which the confirmation went.
    pub check_mail_how: fn(&str) -> String,
    /// Under it.
    pub check_mail_spam: &'static str,
    /// Heading.
    pub confirm: &'static str,
    /// What will come.
    pub confirm_what: &'static str,
    /// Button.
    pub confirm_button: &'static str,
    /// Under the button.
    pub confirm_ignore: &'static str,
    /// Heading.
    pub confirmed: &'static str,
    /// What comes.
    pub confirmed_what: &'static str,
    /// Link.
    pub to_preferences: &'static str,
    /// Heading.
    pub preferences: &'static str,
    /// Under it, the address.
    pub preferences_of: fn(&str) -> String,
    /// Column.
    pub target: &'static str,
    /// Button.
    pub save: &'static str,
    /// Answer.
    pub saved: &'static str,
    /// Heading of the form that mails the link.
    pub ask: &'static str,
    /// Under it.
    pub ask_how: &'static str,
    /// Button.
    pub ask_button: &'static str,
    /// Label of the reader's language.
    pub language: &'static str,
    /// Heading.
    pub unsubscribe: &'static str,
    /// Under it.
    pub unsubscribe_what: &'static str,
    /// Button.
    pub unsubscribe_button: &'static str,
    /// Link.
    pub rather_less: &'static str,
    /// Heading.
    pub unsubscribed: &'static str,
    /// Under it.
    pub unsubscribed_what: &'static str,
    /// Link.
    pub again: &'static str,
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
    subscribe: SubscribePhrases {
        title: "邮件订阅",
        intro: "选好栏目，填上邮箱。我们先发一封确认信，您点了确认才会收到新闻。",
        email: "邮箱",
        email_hint: "例如 reader@example.cn",
        what: "订阅内容",
        digests: "定期摘要",
        how_often: "发送频率",
        breaking: "只要突发新闻",
        instant: "每篇即时发送",
        every: "每隔几小时汇总一次",
        daily: "每天一次",
        weekly: "每周一次",
        digest: "按摘要的时间",
        never: "不接收",
        send: "发送确认信",
        privacy: "邮箱只用来寄送您订阅的内容，每封信里都有退订链接。",
        trap: "此栏请留空",
        bad_email: "这不像一个邮箱地址，请检查后再试。",
        nothing_chosen: "请至少选择一项订阅内容。",
        stale: "表单放得太久，请再提交一次。",
        check_mail: "请查收邮件",
        check_mail_how: |address| format!("我们给 {address} 发了一封信，请打开信里的链接完成这一步。"),
        check_mail_spam: "几分钟后仍没有收到，请看看垃圾邮件箱，或检查邮箱有没有写错。",
        confirm: "确认订阅",
        confirm_what: "确认后，您会收到：",
        confirm_button: "确认订阅",
        confirm_ignore: "不是您本人申请的？关掉这一页就行，我们不会再来信。",
        confirmed: "订阅成功",
        confirmed_what: "从下一篇稿件起，您会收到：",
        to_preferences: "管理我的订阅",
        preferences: "管理订阅",
        preferences_of: |address| format!("{address} 的订阅"),
        target: "内容",
        save: "保存",
        saved: "已保存。",
        ask: "管理我的订阅",
        ask_how: "填上订阅用的邮箱，我们把管理链接寄给您。",
        ask_button: "寄给我",
        language: "邮件语言",
        unsubscribe: "退订",
        unsubscribe_what: "点一下按钮，以后不再给您寄送任何新闻邮件。",
        unsubscribe_button: "退订全部邮件",
        rather_less: "只想少收一些？调整订阅",
        unsubscribed: "已退订",
        unsubscribed_what: "您不会再收到我们的新闻邮件。",
        again: "重新订阅",
    },
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
    subscribe: SubscribePhrases {
        title: "Subscribe by e-mail",
        intro: "Choose what to follow and leave an address. We send one mail to confirm it; nothing else comes until you do.",
        email: "E-mail address",
        email_hint: "For example reader@example.com",
        what: "What to follow",
        digests: "Digests",
        how_often: "How often",
        breaking: "Breaking news only",
        instant: "Each article at once",
        every: "Every few hours, together",
        daily: "Once a day",
        weekly: "Once a week",
        digest: "At its own times",
        never: "No mail",
        send: "Send me the confirmation",
        privacy: "Your address is used for what you subscribe to and for nothing else. Every mail has a link to leave.",
        trap: "Leave this field empty",
        bad_email: "That does not look like a mail address. Please check it and try again.",
        nothing_chosen: "Please choose at least one thing to follow.",
        stale: "The form was open for too long. Please send it once more.",
        check_mail: "Check your mail",
        check_mail_how: |address| format!("We have written to {address}. Open the link in that mail to go on."),
        check_mail_spam: "Nothing after a few minutes? Look among the junk mail, or check the address for a typo.",
        confirm: "Confirm your subscription",
        confirm_what: "Once you confirm, you will get:",
        confirm_button: "Confirm",
        confirm_ignore: "Not you who asked? Just close this page, and we will not write again.",
        confirmed: "You are subscribed",
        confirmed_what: "From the next article on, you will get:",
        to_preferences: "Manage my subscriptions",
        preferences: "Your subscriptions",
        preferences_of: |address| format!("What {address} follows"),
        target: "What",
        save: "Save",
        saved: "Saved.",
        ask: "Manage my subscriptions",
        ask_how: "Enter the address you subscribed with, and we mail you the link.",
        ask_button: "Mail me the link",
        language: "Language of mails",
        unsubscribe: "Unsubscribe",
        unsubscribe_what: "One press of the button, and no more news mail comes to you.",
        unsubscribe_button: "Unsubscribe from everything",
        rather_less: "Only want less of it? Change your subscriptions",
        unsubscribed: "You are unsubscribed",
        unsubscribed_what: "You will get no more news mail from us.",
        again: "Subscribe again",
    },
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
