//! Where copy speaks of itself: that it errs, or that it was taken back.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::words::{is_prose, len, pattern};

/// Who takes an article back leaves a line; a page with more text than this tells a story (characters).
const LONGEST_NOTICE: usize = 80;

/// A paragraph that admits an error: its label stands in front of it, in brackets or with a mark behind it; a day may stand between.
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[【\[（(*]?\s*(?:更正|更正启事|更正说明|更正声明|勘误|致歉更正|更正与致歉|訂正|更正啟事|(?i:editor[’']s note \(correction\)|corrections?|this article has been corrected|berichtigung|korrektur|rectificatif|correctif|corrección|rectificación|fe de errata|correzione|rettifica|rectificatie|correção))(?:\s*[,，(（][^:：]{0,30})?\s*(?:[】\])）*]\s*[:：]?|[:：])\s*(.+)$",
    )
});

/// Words in which a page says that its article is gone.
static TAKEN_BACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:稿件|文章|新闻|信息|内容|报道|网页|页面|该文|本文|此文|頁面)\s*(?:已经|已被|已|被)\s*(?:作者|编辑|发布者|管理员)?\s*(?:撤稿|撤销|撤回|撤下|撤|删除|刪除|移除|下线|下架|不存在|失效)|(?:页面|网页|文章|内容|信息|稿件|頁面)\s*(?:不存在|找不到|未找到)|找不到(?:您|你)?.{0,10}(?:页面|网页|文章|内容|頁面)|(?i:\b(?:article|story|page|post|content)\s+(?:has\s+been|was|is)\s+(?:removed|deleted|withdrawn|retracted|unpublished|no longer available)|\bpage (?:not found|doesn[’']t exist|does not exist)\b|\b404\b.{0,12}\bnot found\b)",
    )
});

/// The line in which a text admits an error, without its label; of several the last, which is the newest.
pub(super) fn correction(text: &str) -> Option<Found<String>> {
    let found = |line: &str| Some(CORRECTION.captures(line.trim())?.get(1)?.as_str().trim().to_owned());
    let (line, value) = text.lines().rev().find_map(|line| Some((line, found(line)?)))?;
    Some(Found { value, rule: "label 更正".to_owned(), line: line.to_owned() })
}

/// Lines before the notice: a greeting, the name of the site.
const BEFORE_NOTICE: usize = 4;

/// The line that says that the article was taken back, where the page says hardly anything else: nothing that runs on beside it.
pub(super) fn taken_back(title: Option<&str>, text: &str) -> Option<Found<String>> {
    let says = |line: &&str| len(line) <= LONGEST_NOTICE && TAKEN_BACK.is_match(line);
    let short = len(text) <= LONGEST_NOTICE;
    let lines = || text.lines().map(str::trim);
    let told = if short { lines().chain(title).find(says) } else { lines().take(BEFORE_NOTICE).find(says) };
    let line = told.filter(|told| short || !lines().any(|line| line != *told && is_prose(line)))?;
    Some(Found { value: line.to_owned(), rule: "a notice in place of the text".to_owned(), line: line.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_admitted_in_a_line_of_its_own() {
        let told = |text: &str| correction(text).map(|found| found.value);
        assert_eq!(told("第一段。\n更正：文中“五人”应为“六人”。").as_deref(), Some("文中“五人”应为“六人”。"));
        assert_eq!(told("【更正】名字写错了。\n第一段。").as_deref(), Some("名字写错了。"));
        assert_eq!(told("县里更正：了一处路牌。"), None);
        assert_eq!(told("更正工作今天开始。"), None);
        assert_eq!(told("The mill reopened.\nCorrection, 3 May: the mill has four wheels.").as_deref(), Some("the mill has four wheels."));
        assert_eq!(told("Corrections officers met on Monday: they were tired."), None);
    }

    #[test]
    fn a_notice_stands_in_place_of_the_text() {
        assert!(taken_back(Some("稿件已撤"), "").is_some());
        assert!(taken_back(None, "该稿件已撤，请浏览其他内容。\n返回首页").is_some());
        assert!(taken_back(Some("桥修好了"), "对不起，您访问的文章已被删除。").is_some());
        assert!(taken_back(Some("稿件已撤"), &"桥修好了，大家都来看。".repeat(10)).is_none());
        assert!(taken_back(Some("404 Not Found"), "").is_some());
        let list = "老码头的吊机要留下来 2025-12-13\n象馆冬天怎么取暖 2025-12-13\n".repeat(6);
        assert!(taken_back(Some("提示信息"), &format!("该稿件已撤，您访问的文章已删除或不存在。\n{list}")).is_some());
        assert!(taken_back(None, "抱歉，您访问的页面不存在。").is_some());
        assert!(taken_back(None, "This article has been removed at the author's request.").is_some());
        assert!(taken_back(Some("路障已撤"), "桥上的路障昨天撤了。").is_none());
    }
}
