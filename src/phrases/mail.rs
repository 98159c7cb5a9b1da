//! What mails say.

use chrono::{DateTime, Datelike as _};
use chrono_tz::Tz;

/// What mails say.
#[derive(Debug, Clone, Copy)]
pub struct MailPhrases {
    /// In front of the headline of breaking news.
    pub breaking: &'static str,
    /// In front of the headline of a corrected article, and over its note.
    pub correction: &'static str,
    /// In front of the headline of a withdrawn article.
    pub withdrawn: &'static str,
    /// Above a correction's note.
    pub correction_lead: &'static str,
    /// Above a withdrawal's reason.
    pub withdrawal_lead: &'static str,
    /// Before the newsroom's reason.
    pub reason: &'static str,
    /// The link to the whole article.
    pub read_on: &'static str,
    /// The link to the corrected article.
    pub read_corrected: &'static str,
    /// The link to an article that the mail holds whole.
    pub read_on_site: &'static str,
    /// Between a label and what it labels.
    pub colon: &'static str,
    /// Between two names.
    pub comma: &'static str,
    /// Before the name of whom copy was taken from.
    pub origin: &'static str,
    /// A day and a minute, in the newsroom's zone.
    pub moment: fn(DateTime<Tz>) -> String,
    /// A day.
    pub day: fn(DateTime<Tz>) -> String,
    /// How many articles a digest holds.
    pub stories: fn(usize) -> String,
    /// How many articles found no room in a digest.
    pub more: fn(usize) -> String,
    /// The link to the mail as a page.
    pub browser: &'static str,
    /// The link to leave.
    pub unsubscribe: &'static str,
    /// The link to the subscriptions.
    pub preferences: &'static str,
    /// Why the reader gets this, by the newsroom's title.
    pub because: fn(&str) -> String,
    /// Before the post address.
    pub address: &'static str,
    /// Before the telephone number.
    pub phone: &'static str,
    /// Before the contact.
    pub contact: &'static str,
    /// What letters say.
    pub letters: LetterPhrases,
}

/// What letters to one person say.
#[derive(Debug, Clone, Copy)]
pub struct LetterPhrases {
    /// Subject of a confirmation, by the newsroom's title.
    pub confirm_subject: fn(&str) -> String,
    /// Its first sentence, by the newsroom's title.
    pub confirm_lead: fn(&str) -> String,
    /// Above the names of what was asked for.
    pub confirm_topics: &'static str,
    /// Its button.
    pub confirm_button: &'static str,
    /// What to do when it was somebody else.
    pub confirm_ignore: &'static str,
    /// Subject of the letter with the link to the preferences, by the newsroom's title.
    pub preferences_subject: fn(&str) -> String,
    /// Its first sentence.
    pub preferences_lead: &'static str,
    /// Its button.
    pub preferences_button: &'static str,
    /// What to do when it was somebody else.
    pub preferences_ignore: &'static str,
    /// Subject of a test, by the newsroom's title.
    pub test_subject: fn(&str) -> String,
    /// What it proves, by the minute it was written.
    pub test_lead: fn(&str) -> String,
    /// Subject of the letter about a held article, by its headline.
    pub held_subject: fn(&str) -> String,
    /// Its first sentence.
    pub held_lead: &'static str,
    /// Its button.
    pub held_button: &'static str,
    /// Subject of the letter about a source that is not itself, by its name.
    pub drift_subject: fn(&str) -> String,
    /// Its first paragraph.
    pub drift_lead: &'static str,
    /// Under a button: what to do when it cannot be pressed.
    pub copy_link: &'static str,
}

/// 中文.
pub(super) const CHINESE: MailPhrases = MailPhrases {
    breaking: "快讯",
    correction: "更正",
    withdrawn: "撤稿",
    correction_lead: "我们此前发给您的这篇报道有误，现予更正，并向您致歉。",
    withdrawal_lead: "我们已撤回此前发给您的这篇报道，请不要再引用或转发。",
    reason: "原因",
    read_on: "阅读全文",
    read_corrected: "阅读更正后的全文",
    read_on_site: "到网站阅读",
    colon: "：",
    comma: "、",
    origin: "来源",
    moment: |at| format!("{}年{}月{}日 {}", at.year(), at.month(), at.day(), at.format("%H:%M")),
    day: |at| format!("{}年{}月{}日", at.year(), at.month(), at.day()),
    stories: |count| format!("本期共 {count} 篇"),
    more: |count| format!("另有 {count} 篇，请到网站阅读"),
    browser: "在浏览器中查看",
    unsubscribe: "退订",
    preferences: "管理订阅",
    because: |title| format!("您收到这封邮件，是因为您订阅了{title}的新闻。"),
    address: "地址",
    phone: "电话",
    contact: "联系",
    letters: LetterPhrases {
        confirm_subject: |title| format!("请确认订阅{title}"),
        confirm_lead: |title| format!("有人用这个邮箱订阅了{title}的新闻。如果是您本人，请在下面确认；确认之前，我们不会发送新闻。"),
        confirm_topics: "订阅内容",
        confirm_button: "确认订阅",
        confirm_ignore: "如果不是您本人，请不必理会这封邮件，我们不会再给您写信。",
        preferences_subject: |title| format!("管理您在{title}的订阅"),
        preferences_lead: "在下面可以查看、更改或取消您的订阅。",
        preferences_button: "管理订阅",
        preferences_ignore: "如果不是您本人要求的，请不必理会这封邮件，您的订阅不会改变。请不要转发它。",
        test_subject: |title| format!("{title}：邮件测试"),
        test_lead: |moment| format!("这是一封测试邮件，写于{moment}。您能读到它，说明邮件可以发出。"),
        held_subject: |headline| format!("稿件待审：{headline}"),
        held_lead: "一篇稿件被留下，等待编辑处理；在那之前它不会发布，也不会发送给任何人。",
        held_button: "到控制台处理",
        drift_subject: |source| format!("来源异常：{source}"),
        drift_lead: "一个来源与以往不同。在恢复正常之前，可疑的新稿件会留下等待编辑处理，不会发送给任何人；其余的照常进行。",
        copy_link: "按钮无效时，请把这个地址复制到浏览器",
    },
};

/// English.
pub(super) const ENGLISH: MailPhrases = MailPhrases {
    breaking: "Breaking",
    correction: "Correction",
    withdrawn: "Withdrawn",
    correction_lead: "The article that we sent you contained an error. We apologise, and correct it here.",
    withdrawal_lead: "We have withdrawn an article that we sent you. Please do not quote or forward it any more.",
    reason: "Reason",
    read_on: "Read the full article",
    read_corrected: "Read the corrected article",
    read_on_site: "Read on our site",
    colon: ": ",
    comma: ", ",
    origin: "Source",
    moment: |at| at.format("%-d %B %Y, %H:%M").to_string(),
    day: |at| at.format("%-d %B %Y").to_string(),
    stories: |count| if count == 1 { "One article".to_owned() } else { format!("{count} articles") },
    more: |count| if count == 1 { "One more article on our site".to_owned() } else { format!("{count} more articles on our site") },
    browser: "View in browser",
    unsubscribe: "Unsubscribe",
    preferences: "Manage subscriptions",
    because: |title| format!("You receive this mail because you subscribed to news from {title}."),
    address: "Address",
    phone: "Telephone",
    contact: "Contact",
    letters: LetterPhrases {
        confirm_subject: |title| format!("Please confirm your subscription to {title}"),
        confirm_lead: |title| {
            format!(
                "Somebody subscribed this address to news from {title}. If it was you, please confirm below; we send no news before that."
            )
        },
        confirm_topics: "What was asked for",
        confirm_button: "Confirm subscription",
        confirm_ignore: "If it was not you, ignore this mail and you will not hear from us again.",
        preferences_subject: |title| format!("Your subscriptions at {title}"),
        preferences_lead: "Below you can see, change or end your subscriptions.",
        preferences_button: "Manage subscriptions",
        preferences_ignore: "If you did not ask for this, ignore it and nothing changes. Please do not forward it.",
        test_subject: |title| format!("{title}: mail test"),
        test_lead: |moment| format!("This is a test, written on {moment}. That you can read it shows that mail goes out."),
        held_subject: |headline| format!("Waiting for an editor: {headline}"),
        held_lead: "An article was held and waits for an editor. Until then it is neither published nor sent to anybody.",
        held_button: "Open the console",
        drift_subject: |source| format!("A source is not itself: {source}"),
        drift_lead: "A source is unlike what it was. Until it is well again, new articles that look wrong wait for an editor and are sent to nobody; \
                     all else goes on as usual.",
        copy_link: "If the button does not work, copy this address into your browser",
    },
};
