//! What the demo says.

mod terminal;

use std::time::Duration;

pub use terminal::TerminalPhrases;

/// What the demo says.
#[derive(Debug, Clone, Copy)]
pub struct DemoPhrases {
    /// The stage page's headline.
    pub title: &'static str,
    /// The sentence under it.
    pub line: &'static str,
    /// Heading: where the copy comes from.
    pub sites: &'static str,
    /// The legacy site's name.
    pub legacy: &'static str,
    /// What it is.
    pub legacy_line: &'static str,
    /// The English site's name.
    pub english: &'static str,
    /// What it is.
    pub english_line: &'static str,
    /// The link to the English site's feed.
    pub feed: &'static str,
    /// How many articles a site has, and how many it has still to publish.
    pub stock: fn(usize, usize) -> String,
    /// Heading: the daemon's own addresses.
    pub daemon: &'static str,
    /// Heading: the mails that came.
    pub mails: fn(usize) -> String,
    /// Said where no mail has come.
    pub no_mail: &'static str,
    /// A mail without a subject.
    pub no_subject: &'static str,
    /// Heading: the webhooks that came.
    pub hooks: fn(usize) -> String,
    /// Said where no webhook has come.
    pub no_hook: &'static str,
    /// A webhook whose body tells no title.
    pub no_title: &'static str,
    /// Said under a list of which only the newest are shown.
    pub only_newest: fn(usize) -> String,
    /// How long ago something came.
    pub ago: fn(Duration) -> String,
    /// Verdict: the signature is right.
    pub good: &'static str,
    /// Verdict: there is no secret to check it by.
    pub no_secret: &'static str,
    /// Verdict: there is no signature.
    pub unsigned: &'static str,
    /// Verdict: the signature is wrong.
    pub wrong: &'static str,
    /// Verdict: the signature is right and too old.
    pub stale: &'static str,
    /// What a webhook was answered with; 0 for nothing.
    pub answered: fn(u16) -> String,
    /// The label before a mail's recipients.
    pub to: &'static str,
    /// The label before a mail's sender.
    pub from: &'static str,
    /// Heading over a mail's HTML part.
    pub html_part: &'static str,
    /// Heading over a mail's text part.
    pub text_part: &'static str,
    /// The link back to the stage page.
    pub back: &'static str,
    /// Said of the page itself.
    pub refreshes: fn(u64) -> String,
    /// Said where there is no such page.
    pub missing: &'static str,
    /// What it says on the terminal.
    pub terminal: TerminalPhrases,
}

/// 中文.
pub(super) const CHINESE: DemoPhrases = DemoPhrases {
    title: "驿使演示",
    line: "左手两家小新闻网站，右手一个邮箱和一个 Webhook 接收端，驿使在中间送信。全部只在本机。",
    sites: "新闻从这里来",
    legacy: "云溪网",
    legacy_line: "一家老式县级新闻网站：GB18030 编码，没有订阅源，分享按钮早已失效。",
    english: "The Alderwick Courier",
    english_line: "一家英文小镇网站，自带 RSS 订阅源。",
    feed: "它的订阅源",
    stock: |printed, left| format!("已发 {printed} 篇，待发 {left} 篇"),
    daemon: "驿使",
    mails: |count| format!("收到的邮件（{count}）"),
    no_mail: "还没有邮件。在订阅页填任意地址，邮件都会到这里。",
    no_subject: "（无主题）",
    hooks: |count| format!("收到的 Webhook（{count}）"),
    no_hook: "还没有 Webhook。网站发出下一篇文章后就会到。",
    no_title: "（正文未写标题）",
    only_newest: |shown| format!("只列最新 {shown} 条。"),
    ago: |span| match span.as_secs() {
        0..=1 => "刚刚".to_owned(),
        seconds @ 2..=59 => format!("{seconds} 秒前"),
        seconds @ 60..=3599 => format!("{} 分钟前", seconds / 60),
        seconds => format!("{} 小时前", seconds / 3600),
    },
    good: "签名正确",
    no_secret: "没有密钥可验",
    unsigned: "没有签名",
    wrong: "签名错误",
    stale: "签名已过期",
    answered: |status| if status == 0 { "未作回应".to_owned() } else { format!("回应 {status}") },
    to: "收件人",
    from: "发件人",
    html_part: "网页部分",
    text_part: "文字部分",
    back: "返回演示首页",
    refreshes: |seconds| format!("本页每 {seconds} 秒自动刷新。"),
    missing: "没有这个页面。",
    terminal: terminal::CHINESE,
};

/// English.
pub(super) const ENGLISH: DemoPhrases = DemoPhrases {
    title: "Postrider demo",
    line: "Two small news sites on one side, a mailbox and a webhook receiver on the other, and Postrider riding between them. All on this machine.",
    sites: "Where the news comes from",
    legacy: "云溪网 (Yunxi)",
    legacy_line: "A legacy Chinese county news site: GB18030, no feed, share buttons that died years ago.",
    english: "The Alderwick Courier",
    english_line: "A small English town site with an RSS feed of its own.",
    feed: "its feed",
    stock: |printed, left| format!("{printed} published, {left} to come"),
    daemon: "Postrider",
    mails: |count| format!("Mail received ({count})"),
    no_mail: "No mail yet. Subscribe with any address at all: its mail arrives here.",
    no_subject: "(no subject)",
    hooks: |count| format!("Webhooks received ({count})"),
    no_hook: "No webhook yet. The next article that a site publishes brings one.",
    no_title: "(the body tells no title)",
    only_newest: |shown| format!("Only the newest {shown} are listed."),
    ago: |span| match span.as_secs() {
        0..=1 => "just now".to_owned(),
        seconds @ 2..=59 => format!("{seconds} s ago"),
        seconds @ 60..=3599 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3600),
    },
    good: "signature good",
    no_secret: "no secret to check by",
    unsigned: "not signed",
    wrong: "signature wrong",
    stale: "signature too old",
    answered: |status| if status == 0 { "not answered".to_owned() } else { format!("answered {status}") },
    to: "To",
    from: "From",
    html_part: "HTML part",
    text_part: "Text part",
    back: "Back to the demo",
    refreshes: |seconds| format!("This page refreshes every {seconds} seconds."),
    missing: "There is no such page.",
    terminal: terminal::ENGLISH,
};
