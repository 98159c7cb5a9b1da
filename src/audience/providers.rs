//! Mail providers, as lanes: what one provider may take at once says nothing about another.

use crate::model::EmailAddress;

/// Domains of one provider share a lane; all others share `other`.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("qq", &["qq.com", "foxmail.com", "vip.qq.com"]),
    ("netease", &["163.com", "126.com", "yeah.net", "188.com", "vip.163.com"]),
    ("sina", &["sina.com", "sina.cn", "vip.sina.com"]),
    ("sohu", &["sohu.com"]),
    ("aliyun", &["aliyun.com"]),
    ("139", &["139.com"]),
    ("189", &["189.cn"]),
    ("gmail", &["gmail.com", "googlemail.com"]),
    ("microsoft", &["outlook.com", "hotmail.com", "live.com", "live.cn", "msn.com"]),
    ("yahoo", &["yahoo.com", "ymail.com", "yahoo.co.jp", "yahoo.co.uk", "aol.com"]),
    ("icloud", &["icloud.com", "me.com", "mac.com"]),
    ("gmx", &["gmx.de", "gmx.net", "gmx.com", "web.de"]),
    ("proton", &["proton.me", "protonmail.com", "pm.me"]),
    ("yandex", &["yandex.ru", "yandex.com", "ya.ru"]),
    ("mailru", &["mail.ru", "bk.ru", "inbox.ru", "list.ru"]),
];

/// The name of an address's lane.
pub(super) fn lane_of(address: &EmailAddress) -> String {
    let domain = address.domain();
    let provider = PROVIDERS.iter().find(|(_, domains)| domains.contains(&domain)).map_or("other", |(name, _)| name);
    format!("mail:{provider}")
}
