//! What is said of copy that comes in: why it was withdrawn, why it waits.

use crate::model::Sign;

/// What is said of copy that comes in.
#[derive(Debug, Clone, Copy)]
pub struct IngestPhrases {
    /// Why an article was withdrawn whose page answers with this status.
    pub gone: fn(u16) -> String,
    /// Why an article was withdrawn whose page says so, with the page's own line.
    pub taken_back: fn(&str) -> String,
    /// Why new copy waits, and what an editor is told of its source.
    pub drift: fn(Sign) -> &'static str,
}

/// 中文.
pub(super) const CHINESE: IngestPhrases = IngestPhrases {
    gone: |status| format!("原网页已撤下（网站答复 {status}）"),
    taken_back: |line| format!("原网页注明：{line}"),
    drift: |sign| match sign {
        Sign::Empty => "来源异常：列表页上原有文章链接，现在一条也没有",
        Sign::Paths => "来源异常：列表页上的链接全都指向从未见过的地址，网站可能已经改版",
        Sign::Dates => "来源异常：新稿件全都没有日期，或者日期全是今天，与以往不同",
        Sign::Length => "来源异常：正文长度与以往相差太大",
    },
};

/// English.
pub(super) const ENGLISH: IngestPhrases = IngestPhrases {
    gone: |status| format!("The page was taken off the site, which answers {status}"),
    taken_back: |line| format!("The page says: {line}"),
    drift: |sign| match sign {
        Sign::Empty => "drift: a listing that had links to articles has none now",
        Sign::Paths => "drift: every link of the listing leads to addresses of a kind never seen before; the site may have been redesigned",
        Sign::Dates => "drift: all new articles have no date, or today's alone, unlike those before",
        Sign::Length => "drift: the body is far shorter or longer than any before",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_signs_are_said_alike() {
        for phrases in [CHINESE, ENGLISH] {
            let said: std::collections::BTreeSet<&str> = Sign::ALL.into_iter().map(phrases.drift).collect();
            assert_eq!(said.len(), Sign::ALL.len());
        }
    }
}
