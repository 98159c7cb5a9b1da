//! Chinese names that stand alone or in brackets: `（记者 李锋）` in the dateline, `（李楠）` behind the last sentence, `□ 王小川` under
//! the headline.

use std::sync::LazyLock;

use regex::Regex;

use super::behind;
use super::furniture::is_photo_credit;
use super::lines::Line;
use super::names;
use super::people;
use super::words::{is_han, is_prose, len, pattern};
use super::{Found, bylines::unique};
use crate::model::Byline;

/// What stands in brackets.
pub(super) static BRACKETS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[（(【\[〔]([^（()）【】\[\]〔〕]{2,80})[）)】\]〕]"));

/// A dateline's people stand among the first characters of its paragraph.
const DATELINE: usize = 40;

/// A line that is a name alone is shorter (characters).
const LONGEST: usize = 45;

type Authors = Option<Found<Vec<Byline>>>;

/// `（记者 李锋 通讯员 熊毅）` in a paragraph; at the end, a bracket with a name alone too.
pub(super) fn in_brackets(lines: &[Line], rule: &str, last: bool) -> Authors {
    for line in lines {
        for found in BRACKETS.captures_iter(&line.text) {
            let whole = found.get(0).expect("a match has a whole");
            let at_end = line.text[whole.end()..].trim().is_empty();
            let inner = &found[1];
            let credits = people::credits(inner);
            let placed = if last { at_end } else { line.text[..whole.start()].chars().count() <= DATELINE };
            // `中新网河边10月29日电 (王小川 李渡)`.
            let wire = !last && placed && !credits.roles && line.text[..whole.start()].trim_end().ends_with(['电', '讯', '電', '訊']);
            if let Some(found) = wire.then(|| alone(inner, line, rule)).flatten() {
                return Some(found);
            }
            if credits.whole && !credits.authors.is_empty() && placed && !is_photo_credit(inner) {
                return Some(Found { value: unique(credits.authors), rule: rule.to_owned(), line: whole.as_str().to_owned() });
            }
        }
    }
    // What is signed is running text; its own mark of the end stands before the bracket.
    let signed = |line: &&Line| line.is_prose() || line.text.rfind(['（', '(']).is_some_and(|at| is_prose(&line.text[..at]));
    let signed = lines.iter().rev().find(signed).filter(|_| last)?;
    let inner =
        BRACKETS.captures_iter(&signed.text).last().filter(|found| found.get(0).is_some_and(|whole| whole.end() == signed.text.len()))?;
    // `（王小川摄）` names who took a picture.
    if is_photo_credit(&inner[1]) { None } else { alone(&inner[1], &Line::plain(&inner[0]), rule) }
}

/// `（宗政 敏）` on a line of its own, the last of the text.
pub(super) fn alone_at_the_end(ending: &[Line]) -> Authors {
    let line = ending.iter().rev().find(|line| !line.text.is_empty() && line.judged().is_none())?;
    let inner = line.spaced.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?;
    alone(inner, line, "signature")
}

/// `□ 王小川` under the headline: newspapers put an ornament before who wrote, and markup says so where it is written alone.
pub(super) fn ornamented<'a>(lines: impl Iterator<Item = &'a Line>) -> Authors {
    lines.filter(|line| len(&line.spaced) <= LONGEST).find_map(|line| {
        let name = line.spaced.trim_start_matches(behind::ORNAMENTS);
        let marked = line.spaced.starts_with(behind::ORNAMENTS) || line.byline;
        alone(name, line, "byline under the headline")
            .filter(|_| marked && name.chars().any(is_han) && !line.spaced.ends_with(['）', ')', '】']))
    })
}

/// Names that stand alone.
fn alone(text: &str, line: &Line, rule: &str) -> Authors {
    let names = names::bare_names(text);
    (!names.is_empty()).then(|| Found {
        value: names.into_iter().map(|name| Byline { name, role: None }).collect(),
        rule: rule.to_owned(),
        line: line.spaced.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::bylines::{Places, authors};
    use super::super::head::Head;

    fn wrote(info: &str, body: &str, tail: &str) -> Vec<String> {
        let lines = super::super::lines::of_text;
        let (info, body, tail) = (lines(info), lines(body), lines(tail));
        let found = authors(&Places { info: &info, body: &body, tail: &tail }, &Head::default(), true);
        found.map(|found| found.value.into_iter().map(|one| one.name).collect()).unwrap_or_default()
    }

    #[test]
    fn a_name_alone_is_signed_or_ornamented() {
        let text = "昨天，河边的老渡口修好了，两岸同庆，热闹了一整天。";
        assert_eq!(wrote("□ 东方小白", text, ""), ["东方小白"]);
        assert_eq!(wrote("■王小川 李渡", text, ""), ["王小川", "李渡"]);
        assert_eq!(wrote("", &format!("{text}\n（宗政 敏）"), ""), ["宗政敏"]);
        assert_eq!(wrote("", &format!("{text}（王小川）"), ""), ["王小川"]);
        assert_eq!(wrote("", &format!("{text}\n■王小川"), ""), ["王小川"]);
        assert_eq!(wrote("", &format!("河边网10月29日电 (王小川 李渡){text}"), ""), ["王小川", "李渡"]);
        for info in ["□ 时评", "● 相关链接", "王小川", "■ 本报讯", "◎ 核心提示", "◆ 关注", "★ 收藏", "（图）"]
        {
            assert!(wrote(info, text, "").is_empty(), "{info}: {:?}", wrote(info, text, ""));
        }
        for last in ["（完）", "（图）", "（江苏）", "（未完待续）", "（下）"] {
            assert!(wrote("", &format!("{text}\n{last}"), "").is_empty(), "{last}");
        }
    }
}
