//! What the demo says on the terminal, and what its newsroom calls itself.

use crate::model::State;

/// What the demo says on the terminal.
#[derive(Debug, Clone, Copy)]
pub struct TerminalPhrases {
    /// The newsroom's title.
    pub newsroom: &'static str,
    /// Who publishes it, for the footer.
    pub publisher: &'static str,
    /// Where the publisher sits.
    pub street: &'static str,
    /// Its sections: all of the legacy site, that site's two, the English site.
    pub sections: [&'static str; 4],
    /// What the two sites are called: the legacy one, the English one.
    pub sites: [&'static str; 2],
    /// The link to the subscribe form.
    pub subscribe: &'static str,
    /// The link to the feed of everything.
    pub feed_door: &'static str,
    /// The link into the console.
    pub console: &'static str,
    /// While everything starts.
    pub starting: &'static str,
    /// Before the one address.
    pub open_first: &'static str,
    /// Where the configuration file is, for other commands.
    pub beside: fn(&str) -> String,
    /// How it ends.
    pub ends: &'static str,
    /// While it ends.
    pub stopping: &'static str,
    /// How many archived articles were taken in without telling anybody.
    pub archived: fn(usize) -> String,
    /// A site published an article: site, headline.
    pub published: fn(&str, &str) -> String,
    /// Both sites have nothing left.
    pub supply_ends: &'static str,
    /// The table's head: time, channel, receiver, outcome, how long, headline.
    pub columns: [&'static str; 6],
    /// Channel.
    pub feed: &'static str,
    /// Channel.
    pub mail: &'static str,
    /// Channel.
    pub webhook: &'static str,
    /// In place of the headline of a letter to one reader.
    pub letter: &'static str,
    /// What came of a delivery.
    pub state: fn(State) -> &'static str,
    /// So many articles are everywhere.
    pub all_there: fn(usize) -> String,
    /// This did not come in time.
    pub too_late: fn(&str) -> String,
    /// This was old and somebody was told of it.
    pub not_silent: fn(&str) -> String,
}

/// 中文.
pub(super) const CHINESE: TerminalPhrases = TerminalPhrases {
    newsroom: "云溪新闻台",
    publisher: "云溪县融媒体中心（演示）",
    street: "云溪县长堤路1号",
    sections: ["新闻", "云溪新闻", "乡镇动态", "奥德威克信使报"],
    sites: ["云溪网", "The Alderwick Courier"],
    subscribe: "邮件订阅",
    feed_door: "订阅源（RSS）",
    console: "管理台：每一次投递",
    starting: "驿使演示：正在搭台，读者在确认订阅……",
    open_first: "先打开",
    beside: |file| format!("  另开一个终端，其他命令照常可用，例如：\n  postrider --config {file} deliveries"),
    ends: "  按 Ctrl-C 结束，什么也不留下。",
    stopping: "正在收尾……",
    archived: |count| format!("两家网站的 {count} 篇旧文已进订阅源，没有惊动任何人。"),
    published: |site, headline| format!("{site} 发布：{headline}"),
    supply_ends: "两家网站的稿件已发完，页面仍可查看。按 Ctrl-C 结束。",
    columns: ["时间", "渠道", "接收方", "结果", "耗时", "标题"],
    feed: "订阅源",
    mail: "邮件",
    webhook: "Webhook",
    letter: "（确认订阅）",
    state: |state| match state {
        State::Waiting => "等待",
        State::Parked => "稍后再试",
        State::Sending => "发送中",
        State::Accepted => "已送达",
        State::Refused => "被拒收",
        State::Uncertain => "结果不明",
        State::Superseded => "已被新版取代",
        State::Expired => "已过期",
    },
    all_there: |count| format!("{count} 篇文章，订阅源、邮箱和 Webhook 都已收到，签名无误。"),
    too_late: |what| format!("一分钟内没有送到：{what}"),
    not_silent: |headline| format!("旧文不该投递，却投递了：{headline}"),
};

/// English.
pub(super) const ENGLISH: TerminalPhrases = TerminalPhrases {
    newsroom: "Alderwick & Yunxi News",
    publisher: "Alderwick & Yunxi News (a demo)",
    street: "2 Ropewalk Lane, Alderwick",
    sections: ["News", "Yunxi news", "Villages", "The Alderwick Courier"],
    sites: ["云溪网 (Yunxi)", "The Alderwick Courier"],
    subscribe: "Subscribe by mail",
    feed_door: "The feed of everything (RSS)",
    console: "Console: every delivery",
    starting: "Postrider demo: setting the stage, readers are confirming…",
    open_first: "Open this first",
    beside: |file| format!("  Every other command works beside it, in a second terminal:\n  postrider --config {file} deliveries"),
    ends: "  Ctrl-C ends it and leaves nothing behind.",
    stopping: "Stopping…",
    archived: |count| format!("{count} old articles of the two sites are in the feeds, and nobody was disturbed."),
    published: |site, headline| format!("{site} publishes: {headline}"),
    supply_ends: "The two sites have published all they had; the pages stay open. Ctrl-C ends it.",
    columns: ["time", "channel", "receiver", "outcome", "took", "headline"],
    feed: "feed",
    mail: "mail",
    webhook: "webhook",
    letter: "(confirm the subscription)",
    state: |state| match state {
        State::Waiting => "waiting",
        State::Parked => "parked",
        State::Sending => "sending",
        State::Accepted => "accepted",
        State::Refused => "refused",
        State::Uncertain => "uncertain",
        State::Superseded => "superseded",
        State::Expired => "expired",
    },
    all_there: |count| format!("{count} articles reached the feed, the mailbox and the webhook, whose signature was good."),
    too_late: |what| format!("not delivered within a minute: {what}"),
    not_silent: |headline| format!("an old article should reach nobody, and did: {headline}"),
};
