//! Credits whose roles stand behind the names: `王小川/文 李渡/图`, `□ 本报记者 成小里 文 柳 昕 摄`, `王小川 文/图`.

use std::sync::LazyLock;

use regex::Regex;

use super::names;
use super::people::{self, Credits};
use super::words::pattern;
use crate::model::{Byline, one_line};

/// Names, and the role behind them. A role of one character stands apart from them, by a slash or a space.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<names>\p{Han}[\p{Han}·•、，,\s]{1,40}?)(?P<apart>\s*[/／]\s*|\s+|)(?P<role>文\s?[/／、]\s?[图圖摄攝]|文[图圖摄攝]|[图圖][/／、]?文|文并摄|撰文|摄影|攝影|供图|绘图|制图|漫画|[文摄攝图圖])(?:[\s，,；;、]+|[）)】]*$)",
    )
});

/// What may stand before the first name.
pub(super) const ORNAMENTS: &[char] = &['□', '■', '○', '●', '◎', '◆', '◇', '△', '▲', '☆', '★', '*', '（', '(', '【', ' '];

/// Reads a line that is nothing but names with their roles behind them, somebody among them who wrote.
pub(super) fn credits(line: &str) -> Option<Credits> {
    // Most lines end otherwise, and a look is cheaper than any pattern.
    if !line.trim_end().ends_with(['文', '图', '圖', '摄', '攝', '影', '画', '）', ')', '】']) {
        return None;
    }
    let line = one_line(line);
    let mut rest = line.trim_start_matches(ORNAMENTS);
    let mut authors: Vec<Byline> = Vec::new();
    let (mut wrote, mut pictured, mut loose, mut touching) = (false, false, 0, false);
    while !rest.is_empty() {
        let found = SIGNED.captures(rest)?;
        let role = found["role"].to_owned();
        loose += usize::from(!found["apart"].contains(['/', '／']) && !role.contains(['/', '／']));
        let led = people::led(&found["names"]);
        let plain = || {
            let people = names::bare_names(&found["names"]);
            people.into_iter().map(|name| Byline { name, role: Some(role.clone()) }).collect::<Vec<_>>()
        };
        let people = led.clone().unwrap_or_else(plain);
        if people.is_empty() {
            return None;
        }
        wrote |= role.contains('文');
        pictured |= !role.contains('文');
        // `李静文` is a name; `王小川文 李渡摄` are two people and what they did.
        touching |= found["apart"].is_empty() && role == "文";
        // Who is told to be a reporter wrote; beside `文` and `摄` apart, `王小川 文` alone may be a heading.
        loose = if led.is_some() { 0 } else { loose };
        authors.extend(people);
        rest = &rest[found.get(0).map_or(rest.len(), |whole| whole.end())..];
    }
    (wrote && (pictured || !touching) && (loose == 0 || authors.len() > 1)).then(|| Credits {
        authors,
        whole: true,
        roles: true,
        ..Credits::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_stand_behind_names() {
        for (line, people) in [
            ("□ 本报记者 成小里 文 柳\u{3000}昕 摄", vec!["本报记者 成小里", "摄 柳昕"]),
            ("王小川/文 李渡/图", vec!["文 王小川", "图 李渡"]),
            ("王小川/文图", vec!["文图 王小川"]),
            ("王小川 文/图", vec!["文/图 王小川"]),
            ("（王小川 文/图）", vec!["文/图 王小川"]),
            ("王小川文 李渡摄", vec!["文 王小川", "摄 李渡"]),
            ("本报记者 王小川 李渡 文/摄", vec!["本报记者 王小川", "本报记者 李渡"]),
            ("河边日报记者 王小川 通讯员 李渡 文/图", vec!["记者 王小川", "通讯员 李渡"]),
        ] {
            let read = credits(line).map(|credits| credits.authors).unwrap_or_default();
            let read: Vec<String> = read.iter().map(|one| format!("{} {}", one.role.as_deref().unwrap_or("-"), one.name)).collect();
            assert_eq!(read, people, "{line}");
        }
    }

    #[test]
    fn photographers_and_headings_wrote_nothing() {
        for line in [
            "本报记者 王小川 摄",
            "渡口今貌 王小川/摄",
            "高中 作文",
            "王小川的文/图",
            "记者 李静文 王博文",
            "李静文 王博文",
            "安全 文",
            "关于发文",
        ] {
            assert_eq!(credits(line), None, "{line}");
        }
    }
}
