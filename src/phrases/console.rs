//! What the console says.

use crate::model::{EventType, Phase, State};

/// What the console says.
#[derive(Debug, Clone, Copy)]
pub struct ConsolePhrases {
    /// Name of the console.
    pub console: &'static str,
    /// The ledger.
    pub ledger: &'static str,
    /// Under it.
    pub ledger_is: &'static str,
    /// When the page was made.
    pub as_of: fn(&str) -> String,
    /// Where nothing was delivered yet.
    pub nothing: &'static str,
    /// Column.
    pub receiver: &'static str,
    /// Column.
    pub state: &'static str,
    /// Column.
    pub answer: &'static str,
    /// Column.
    pub next: &'static str,
    /// Nothing is planned.
    pub no_next: &'static str,
    /// As soon as its turn comes.
    pub at_once: &'static str,
    /// How many readers.
    pub readers: fn(u64) -> String,
    /// How often it was tried.
    pub tries: fn(i64) -> String,
    /// Link to older articles.
    pub older: &'static str,
    /// Nobody wanted to hear of an event.
    pub no_receiver: &'static str,
    /// Receivers are told nothing (contract.md, Silence).
    pub silent: &'static str,
    /// Heading of one article's deliveries.
    pub journey: &'static str,
    /// Column of an attempt.
    pub attempt: &'static str,
    /// Column of an attempt.
    pub began: &'static str,
    /// Column of an attempt.
    pub took: &'static str,
    /// Column of an attempt.
    pub came_to: &'static str,
    /// No attempt yet.
    pub no_attempt: &'static str,
    /// How long an exchange took.
    pub milliseconds: fn(i64) -> String,
    /// Heading.
    pub sign_in: &'static str,
    /// Under it.
    pub sign_in_how: &'static str,
    /// Label.
    pub code: &'static str,
    /// Button.
    pub enter: &'static str,
    /// The code is not or no longer good.
    pub bad_code: &'static str,
    /// Button.
    pub leave: &'static str,
    /// What happened to an article.
    pub event: fn(EventType) -> &'static str,
    /// Where a delivery stands.
    pub delivery: fn(State) -> &'static str,
    /// How far an exchange came.
    pub phase: fn(Phase) -> &'static str,
    /// Through what a receiver is reached.
    pub channels: ChannelPhrases,
}

/// Through what a receiver is reached.
#[derive(Debug, Clone, Copy)]
pub struct ChannelPhrases {
    /// A mailbox.
    pub mail: &'static str,
    /// An HTTP endpoint.
    pub webhook: &'static str,
    /// A group chat.
    pub chat: &'static str,
    /// A hub subscriber.
    pub hub: &'static str,
    /// A search engine.
    pub search: &'static str,
}

/// 中文.
pub(super) const CHINESE: ConsolePhrases = ConsolePhrases {
    console: "控制台",
    ledger: "投递",
    ledger_is: "每篇稿件去了哪里，对方怎么回答，下一步是什么。",
    as_of: |at| format!("截至 {at}"),
    nothing: "还没有投递。第一篇稿件发布后，这里会出现它的去向。",
    receiver: "接收方",
    state: "状态",
    answer: "最近一次回应",
    next: "下次尝试",
    no_next: "—",
    at_once: "排到即发",
    readers: |count| format!("{} 位读者", grouped(count)),
    tries: |count| format!("已试 {count} 次"),
    older: "更早的稿件",
    no_receiver: "没有接收方",
    silent: "静默入库，不通知接收方",
    journey: "稿件去向",
    attempt: "次序",
    began: "开始时间",
    took: "用时",
    came_to: "进行到",
    no_attempt: "还没有尝试。",
    milliseconds: |ms| format!("{ms} 毫秒"),
    sign_in: "登录控制台",
    sign_in_how: "在服务器上运行 postrider console link，把得到的一次性口令填在这里。",
    code: "一次性口令",
    enter: "进入",
    bad_code: "口令不对或已经用过，请再取一个。",
    leave: "退出",
    event: |what| match what {
        EventType::Published => "发布",
        EventType::Updated => "更新",
        EventType::Corrected => "更正",
        EventType::Withdrawn => "撤回",
    },
    delivery: |state| match state {
        State::Waiting => "等待中",
        State::Parked => "稍后再试",
        State::Sending => "发送中",
        State::Accepted => "已送达",
        State::Refused => "被拒收",
        State::Uncertain => "结果不明",
        State::Superseded => "已被新版取代",
        State::Expired => "已过时",
    },
    phase: |phase| match phase {
        Phase::Before => "未拨号",
        Phase::Connect => "连接",
        Phase::Request => "发送请求",
        Phase::Answer => "等待回应",
        Phase::Done => "收到回应",
    },
    channels: ChannelPhrases { mail: "邮件", webhook: "Webhook", chat: "群聊", hub: "WebSub", search: "搜索引擎" },
};

/// English.
pub(super) const ENGLISH: ConsolePhrases = ConsolePhrases {
    console: "Console",
    ledger: "Deliveries",
    ledger_is: "Where each article went, what each receiver said, and what comes next.",
    as_of: |at| format!("As of {at}"),
    nothing: "No deliveries yet. Once the first article is out, this page shows where it went.",
    receiver: "Receiver",
    state: "State",
    answer: "Last answer",
    next: "Next try",
    no_next: "—",
    at_once: "in its turn",
    readers: |count| if count == 1 { "1 reader".to_owned() } else { format!("{} readers", grouped(count)) },
    tries: |count| if count == 1 { "tried once".to_owned() } else { format!("tried {count} times") },
    older: "Older articles",
    no_receiver: "No receivers",
    silent: "Stored silently: no receiver is told",
    journey: "Where this article went",
    attempt: "Try",
    began: "Began",
    took: "Took",
    came_to: "Came to",
    no_attempt: "Not tried yet.",
    milliseconds: |ms| format!("{ms} ms"),
    sign_in: "Sign in to the console",
    sign_in_how: "Run postrider console link on the server and enter the one-time code that it prints.",
    code: "One-time code",
    enter: "Enter",
    bad_code: "That code is wrong or was used before. Please make another.",
    leave: "Sign out",
    event: |what| match what {
        EventType::Published => "Published",
        EventType::Updated => "Updated",
        EventType::Corrected => "Corrected",
        EventType::Withdrawn => "Withdrawn",
    },
    delivery: |state| match state {
        State::Waiting => "Waiting",
        State::Parked => "Trying later",
        State::Sending => "Sending",
        State::Accepted => "Delivered",
        State::Refused => "Refused",
        State::Uncertain => "Uncertain",
        State::Superseded => "Superseded",
        State::Expired => "Expired",
    },
    phase: |phase| match phase {
        Phase::Before => "not dialled",
        Phase::Connect => "connecting",
        Phase::Request => "sending",
        Phase::Answer => "awaiting the answer",
        Phase::Done => "answered",
    },
    channels: ChannelPhrases { mail: "E-mail", webhook: "Webhook", chat: "Chat", hub: "WebSub", search: "Search engine" },
};

/// A number with a comma after each three digits from the right: `1,204`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([0, 999, 1_204, 1_000_000].map(grouped), ["0", "999", "1,204", "1,000,000"]);
    }
}
