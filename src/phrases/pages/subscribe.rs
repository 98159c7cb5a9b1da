//! What the pages around subscriptions say.

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

/// 中文.
pub(super) const CHINESE: SubscribePhrases = SubscribePhrases {
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
};

/// English.
pub(super) const ENGLISH: SubscribePhrases = SubscribePhrases {
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
};
