//! What share rows say.

/// What share rows say. Names of networks that are the same everywhere stand in `share`.
#[derive(Debug, Clone, Copy)]
pub struct SharePhrases {
    /// Heading of the row.
    pub share: &'static str,
    /// Opens the rest of the networks.
    pub more: &'static str,
    /// Under the QR picture, and its text for those who cannot see it.
    pub scan: &'static str,
    /// What the QR picture is for.
    pub scan_how: &'static str,
    /// Label of the address that can be copied.
    pub address: &'static str,
    /// 微博
    pub weibo: &'static str,
    /// QQ 好友
    pub qq: &'static str,
    /// QQ 空间
    pub qzone: &'static str,
    /// 豆瓣
    pub douban: &'static str,
    /// 微信
    pub wechat: &'static str,
    /// A mail.
    pub email: &'static str,
}

/// 中文.
pub(super) const CHINESE: SharePhrases = SharePhrases {
    share: "分享到",
    more: "更多",
    scan: "微信扫一扫",
    scan_how: "打开微信“扫一扫”，即可分享给朋友或朋友圈",
    address: "文章地址，可复制",
    weibo: "微博",
    qq: "QQ 好友",
    qzone: "QQ 空间",
    douban: "豆瓣",
    wechat: "微信",
    email: "邮件",
};

/// English.
pub(super) const ENGLISH: SharePhrases = SharePhrases {
    share: "Share",
    more: "More",
    scan: "Scan to share",
    scan_how: "Point a phone’s camera or WeChat at the code to open the article there",
    address: "The article’s address, to copy",
    weibo: "Weibo",
    qq: "QQ",
    qzone: "Qzone",
    douban: "Douban",
    wechat: "WeChat",
    email: "E-mail",
};
