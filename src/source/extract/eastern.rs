//! Bylines of Japanese and Korean pages: `（記者・榊原 千鶴）`, `取材・文／榊原千鶴`, `설다온 기자`, `(영주=늘봄뉴스) 설다온·김하나 기자 =`.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::Line;
use super::words::{is_kana_or_hangul, len, pattern};
use crate::model::{Byline, one_line};

/// A line of credits is shorter (characters).
const LONGEST: usize = 80;

/// A Korean dateline stands among the first characters of its paragraph.
const DATELINE: usize = 40;

/// Roles that stand before Japanese names. A mark stands between.
const WROTE: &str =
    "取材・文|取材・構成|取材・執筆|文・写真|写真・文|文と写真|記者|取材|執筆|筆者|著者|ライター|聞き手|構成|寄稿|翻訳|撮影|写真|文";

/// Roles of those who edited.
const EDITED: &str = "編集長|編集者|編集|校閲|校正|監修";

/// A Japanese name: ideographs and kana, in two parts or one.
const NAME: &str =
    r"[\p{Han}々ヶ]{1,4}[\s・]?[\p{Han}\p{Hiragana}\p{Katakana}々ー]{1,6}|[\p{Katakana}ー]{2,10}[\s・＝][\p{Katakana}ー]{2,10}";

static JAPANESE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^[（(【\[]?\s*(?:(?P<wrote>{WROTE})|(?P<edited>{EDITED}))\s*[・:：＝=/／|｜]\s*(?P<names>(?:{NAME})(?:\s*[、，,／/]\s*(?:{NAME}))*)\s*[）)】\]]?$"
    ))
});

/// A name alone in brackets, with the space between its parts that tells it from other words: `（榊原 千鶴）`. The reporter's bureau may
/// stand before it: `（岬支局・榊原 千鶴）`.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[（(【\[](?:[\p{Han}々ヶ\p{Katakana}ー]{1,10}(?:支局|支社|総局|本社|通信部|報道部|社会部|取材班)\s?[・＝=:：／/]?\s?)?(?P<name>[\p{Han}々ヶ]{1,3}\s[\p{Han}\p{Hiragana}々]{1,4})[）)】\]]$",
    )
});

/// `榊原 千鶴記者` alone on its line.
static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[（(【\[]?(?P<name>[\p{Han}々ヶ]{1,3}\s?[\p{Han}\p{Hiragana}々]{1,4})\s*(?P<role>記者|編集委員|論説委員)[）)】\]]?$")
});

static KOREAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<before>[\[(【<][^\])】>]{1,24}[\])】>]\s*)?[\[(【]?(?P<names>[가-힣]{2,4}(?:\s?[·ㆍ‧,/]\s?[가-힣]{2,4}){0,5})\s(?P<role>(?:선임|수습|인턴|객원|전문|시민|사진)?\s?기자|특파원|논설위원|통신원|칼럼니스트|앵커)[\])】]?(?P<behind>\s*=\s|\s*[|ㅣ]?\s*[\w.+-]+@[\w.-]+\s*$|\s*$)",
    )
});

/// Words that stand before 기자 and are no name.
const NO_NAMES: &[&str] = &["취재", "담당", "사진", "현장", "시민", "동료", "우리", "인턴", "수습", "전문", "다른", "본지", "편집", "해당"];

/// People of a line of credits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Credits {
    /// Who wrote or photographed it.
    pub authors: Vec<Byline>,
    /// Who edited it.
    pub editors: Vec<Byline>,
}

/// Whether lines are Japanese or Korean.
pub(super) fn is_eastern(lines: &[Line]) -> bool {
    lines.iter().filter(|line| line.is_prose()).take(4).any(|line| line.text.chars().any(is_kana_or_hangul))
}

/// The people of a line that names nobody but them, of a paragraph that a Korean reporter leads, or of a signature behind Japanese text.
pub(super) fn credits(line: &str) -> Option<Credits> {
    let line = one_line(line);
    if let Some(found) = KOREAN.captures(&line) {
        let leads = found["behind"].contains('=') && line[..found.get(0).map_or(0, |whole| whole.end())].chars().count() <= DATELINE;
        let role = found["role"].trim();
        let names: Vec<&str> = found["names"].split(['·', 'ㆍ', '‧', ',', '/']).map(str::trim).collect();
        let real = !names.iter().any(|name| NO_NAMES.contains(name));
        return (real && (leads || len(&line) <= LONGEST))
            .then(|| Credits { authors: names.into_iter().map(|name| person(name, Some(role))).collect(), ..Credits::default() });
    }
    if len(&line) > LONGEST {
        return None;
    }
    if let Some(found) = JAPANESE.captures(&line) {
        let role = found.name("wrote").or_else(|| found.name("edited")).map(|role| role.as_str());
        let people = found["names"].split(['、', '，', ',', '／', '/']).map(|name| person(name, role)).collect();
        let edited = found.name("edited").is_some();
        return Some(if edited {
            Credits { editors: people, ..Credits::default() }
        } else {
            Credits { authors: people, ..Credits::default() }
        });
    }
    let found = REPORTER.captures(&line)?;
    Some(Credits { authors: vec![person(&found["name"], Some(&found["role"]))], ..Credits::default() })
}

/// The same of a line whose page is not known to be Japanese or Korean: it must show it itself.
pub(super) fn credits_anywhere(line: &str) -> Option<Credits> {
    let own = ["編集", "取材", "執筆", "写真", "撮影", "監修", "校閲"];
    let shows = line.chars().any(is_kana_or_hangul) || own.iter().any(|role| line.starts_with(role));
    if shows { credits(line) } else { None }
}

/// Who signed the last paragraph of a Japanese text.
pub(super) fn signature(line: &str) -> Option<Byline> {
    SIGNED.captures(line.trim()).map(|found| person(&found["name"], None))
}

/// Names are written without the space that prints them evenly; the mark between the parts of a foreign one stays.
fn person(name: &str, role: Option<&str>) -> Byline {
    Byline { name: name.split_whitespace().collect(), role: role.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<String> {
        let credits = credits(line).unwrap_or_default();
        credits.authors.iter().chain(&credits.editors).map(|one| format!("{} {}", one.role.as_deref().unwrap_or("-"), one.name)).collect()
    }

    #[test]
    fn bylines_are_read() {
        for (line, people) in [
            ("（記者・榊原 千鶴）", vec!["記者 榊原千鶴"]),
            ("取材・文／榊原千鶴", vec!["取材・文 榊原千鶴"]),
            ("文：川辺みなと、佐々木わたる", vec!["文 川辺みなと", "文 佐々木わたる"]),
            ("写真＝川辺みなと", vec!["写真 川辺みなと"]),
            ("編集：川辺みなと", vec!["編集 川辺みなと"]),
            ("榊原 千鶴記者", vec!["記者 榊原千鶴"]),
            ("설다온 기자", vec!["기자 설다온"]),
            ("[설다온 기자]", vec!["기자 설다온"]),
            ("설다온·김하나 기자", vec!["기자 설다온", "기자 김하나"]),
            ("설다온 기자 seoldaon@neulbom.example", vec!["기자 설다온"]),
            ("설다온 선임기자", vec!["선임기자 설다온"]),
            ("(강변=늘봄뉴스) 설다온 기자 = 오래된 나루터가 어제 다시 문을 열었다.", vec!["기자 설다온"]),
        ] {
            assert_eq!(read(line), people, "{line}");
        }
        assert_eq!(signature("（岬支局・榊原 千鶴）").map(|one| one.name).as_deref(), Some("榊原千鶴"));
        assert_eq!(signature("両岸の人がまた船で渡れるようになった。（榊原 千鶴）").map(|one| one.name).as_deref(), Some("榊原千鶴"));
    }

    #[test]
    fn other_lines_name_nobody() {
        for line in
            ["記者会見", "写真特集", "취재 기자", "기자 간담회", "記者団に答えた。", "文：", "다른 기자 이야기", "設備を取材する記者"]
        {
            assert!(read(line).is_empty(), "{line}: {:?}", read(line));
        }
        for line in ["渡し場が直りました。（共同）", "渡し場が直りました。（終わり）", "渡し場が直りました。（敬称略）"]
        {
            assert_eq!(signature(line), None, "{line}");
        }
    }
}
