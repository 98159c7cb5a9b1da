//! How much a change weighs: nothing, a cosmetic one, or news; and whether it is the same article at all.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use ring::digest::{SHA256, digest};

use super::simhash::{changed, distance, words};
use crate::model::{Article, Image};

/// Bodies that differ in so few bits differ by a slip of the pen (simhash.rs has the figures).
const COSMETIC_BITS: u32 = 3;
/// A slip is short: eight characters in a row, put in or exchanged. A whole sentence more is news however long the article is (3-grams).
const COSMETIC_GRAMS: usize = 24;
/// Bodies that differ in at most so many bits are versions of one article, with up to a tenth of it rewritten.
pub(super) const SAME_BITS: u32 = 12;
/// Bodies that differ in so many bits have nothing to do with each other.
const OTHER_BITS: u32 = 18;
/// A body of fewer characters says too little to be compared: a gallery's caption, a film's one line.
const NEARLY_EMPTY: usize = 20;
/// A body of so many characters …
const WORTH_KEEPING: usize = 80;
/// … that shrinks to less than one part in so many was not edited.
const CUT_TO: usize = 3;
/// Headlines that share less than this part of their pairs of characters are other headlines; a town's name at their head is no more.
const SHARED_PAIRS: f64 = 0.25;
/// Chinese numerals: they tell facts as digits do.
const NUMERALS: &str = "〇零一二三四五六七八九十百千万亿两";

/// How much a new version differs from what stood before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Feeds are rendered again; it is no event.
    Cosmetic,
    /// An event.
    Material,
    /// An event of its own: the copy admits an error.
    Correction,
}

impl Weight {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Material => "material",
            Self::Correction => "correction",
        }
    }
}

/// Hash of everything a reader could see but its address and time, which a source does not always tell anew, and the sizes of
/// pictures, which are measured later. Equal hashes: the same copy.
pub(super) fn fingerprint(article: &Article) -> String {
    let seen_of = |image: &Image| (image.url.clone(), image.alt.clone());
    let images: Vec<_> = article.images.iter().map(seen_of).collect();
    let mut seen = serde_json::json!([
        article.title,
        article.sections,
        article.authors,
        article.editors,
        article.origin,
        article.summary,
        article.body,
        article.image.as_ref().map(seen_of),
        images,
        article.tags,
        article.kind,
        article.language,
        article.breaking,
    ]);
    if let (Some(kept), Some(list)) = (&article.kept, seen.as_array_mut()) {
        list.push(serde_json::json!(kept));
    }
    hashed(&seen.to_string())
}

/// Hash of the words of a version: what is doubted is known again by it, whatever stands around it on the page.
pub(super) fn copy_hash(article: &Article) -> String {
    hashed(&format!("{}\n{}", spelled(&article.title), words(&article.body.text()).iter().collect::<String>()))
}

fn hashed(text: &str) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// A headline without spaces, marks and capitals.
pub(super) fn spelled(title: &str) -> String {
    words(title).iter().collect()
}

/// A change of words is material; one of spaces, punctuation, markup, pictures, tags, placement or date is cosmetic, and so is a slip of the
/// pen in the body, unless it touched a number.
pub(super) fn weigh(before: &Article, after: &Article) -> Weight {
    if spelled(&before.title) != spelled(&after.title) {
        return Weight::Material;
    }
    let (old, new) = (uncounted(&before.body.text()), uncounted(&after.body.text()));
    if numbers(&old) != numbers(&new) {
        return Weight::Material;
    }
    let (old, new) = (words(&old), words(&new));
    let slip = old == new || (distance(&old, &new) <= COSMETIC_BITS && changed(&old, &new) <= COSMETIC_GRAMS);
    if slip { Weight::Cosmetic } else { Weight::Material }
}

/// Whether one copy is nothing of the other: another headline over another body; or hardly anything of the body is left, as on a page
/// whose database was away, or that was cut off on its way.
pub(super) fn is_other(before: &Article, after: &Article) -> bool {
    let (old, new) = (words(&before.body.text()), words(&after.body.text()));
    let cut = old.len() >= WORTH_KEEPING && new.len() * CUT_TO < old.len() && after.kind == before.kind;
    cut || (is_other_headline(&before.title, &after.title) && distance(&old, &new) >= OTHER_BITS)
}

/// Whether two headlines have nothing to do with each other.
pub(super) fn is_other_headline(before: &str, after: &str) -> bool {
    shared_pairs(before, after) < SHARED_PAIRS
}

/// Whether one copy lacks the headline or the body that the other has: what was read is not all that stands there.
pub(super) fn has_lost(before: &Article, after: &Article) -> bool {
    (after.title.is_empty() && !before.title.is_empty()) || (after.body.is_empty() && !before.body.is_empty())
}

/// Whether two copies under one headline are one article: near in their words, or both with hardly any and of one kind.
pub(super) fn is_near(before: &Article, after: &Article) -> bool {
    let (old, new) = (words(&before.body.text()), words(&after.body.text()));
    match (old.len() < NEARLY_EMPTY, new.len() < NEARLY_EMPTY) {
        (true, true) => before.kind == after.kind,
        (false, false) => distance(&old, &new) <= SAME_BITS,
        _ => false,
    }
}

/// A text without what counts its own readers: it is another one at every look.
fn uncounted(text: &str) -> String {
    static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
        let zh = r"(?:浏览|点击|阅读|访问|查看|评论|点赞|播放|转发)(?:次数|人数|总数|量|数)?\s*[:：]?\s*[\(（【\[]?\s*\d[\d,]*\s*[次人]?";
        let en = r"\b(?:views?|reads?|hits|comments?|shares|likes)\s*[:：(]\s*\d[\d,]*|\b\d[\d,]*\s+(?:views?|reads|hits|comments?|shares|likes)\b";
        Regex::new(&format!("(?i){zh}|{en}")).expect("a pattern written here compiles")
    });
    COUNTER.replace_all(text, "").into_owned()
}

/// Runs of digits and numerals, in order. Thousands may be set apart or not.
fn numbers(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.chars() {
        let is_number = c.is_numeric() || NUMERALS.contains(c);
        match (is_number, inside) {
            (true, true) => runs.last_mut().expect("a run has begun").push(c),
            (true, false) => runs.push(c.to_string()),
            (false, _) => {}
        }
        inside = is_number || (inside && matches!(c, ',' | '，' | ' ' | '\u{a0}'));
    }
    runs
}

/// The part of their pairs of characters that two headlines share (Dice's coefficient): 1 for the same, 0 for nothing in common.
fn shared_pairs(before: &str, after: &str) -> f64 {
    let pairs = |title: &str| -> HashSet<(char, char)> { words(title).windows(2).map(|pair| (pair[0], pair[1])).collect() };
    let (old, new) = (pairs(before), pairs(after));
    if old.is_empty() || new.is_empty() {
        return if spelled(before) == spelled(after) { 1.0 } else { 0.0 };
    }
    2.0 * old.intersection(&new).count() as f64 / (old.len() + new.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::super::fixture::article;
    use super::*;
    use crate::model::{Kind, SafeHtml};
    use proptest::prelude::*;

    const LONG: &str = "云溪镇的渡口昨天清早重新通航，两岸的人不必再绕行上游的公路桥。船工老范说，栏杆是秋收以前换好的，木料来自后山。\n\
        镇里为渡口添了候船的棚子，棚子下面摆着长凳和茶桶。赶集的人挑着担子上船，孩子们趴在栏杆上看水。\n\
        中学的老师带着学生来画渡船，画好的画挂在邮局的墙上。投递员说，往河西送信比从前快了半个时辰。\n\
        卫生院的大夫也坐船过河，给行动不便的老人量血压。下游的茶农盼着货船能早点靠岸，好把新茶运到县城去。\n\
        渡口的历史写在码头边的石碑上，字迹被雨水磨得浅了，文化站打算请石匠重新描一遍，让后来的人也看得清楚。";

    fn with(body: &str) -> Article {
        Article { body: SafeHtml::of_text(body), ..article("渡口重新通航") }
    }

    #[test]
    fn a_slip_of_the_pen_is_cosmetic_and_a_sentence_is_news() {
        let before = with(LONG);
        let weight = |from: &str, to: &str| weigh(&before, &with(&LONG.replace(from, to)));
        assert!(LONG.contains("木料来自后山") && LONG.contains("重新通航"));
        assert_eq!(weight("木料", "木枓"), Weight::Cosmetic);
        assert_eq!(weight("，", "， "), Weight::Cosmetic);
        assert_eq!(weight("木料来自后山。", "木料来自后山。镇长在仪式上讲了话，并代表镇里向船工们送上了锦旗和慰问金。"), Weight::Material);
        assert_eq!(weight("投递员说", "据悉本报记者从上游的公路桥管理处了解到并经多方核实"), Weight::Material);
        let renamed = Article { title: "渡口恢复通航".to_owned(), ..before.clone() };
        assert_eq!(weigh(&before, &renamed), Weight::Material);
        let marks = Article { title: "渡口重新通航！".to_owned(), ..before.clone() };
        assert_eq!(weigh(&before, &marks), Weight::Cosmetic);
    }

    #[test]
    fn a_number_is_a_fact() {
        let before = with(&format!("{LONG}\n全年产茶 12,000 斤，三户人家。"));
        let weight = |from: &str, to: &str| weigh(&before, &with(&format!("{LONG}\n全年产茶 12,000 斤，三户人家。").replace(from, to)));
        assert_eq!(weight("12,000", "13,000"), Weight::Material);
        assert_eq!(weight("三户", "五户"), Weight::Material);
        assert_eq!(weight("12,000", "12000"), Weight::Cosmetic);
    }

    #[test]
    fn what_counts_its_readers_is_no_news() {
        let counted = |count: &str| Article {
            body: SafeHtml::of_text(&format!("镇上的新桥今天通车。浏览次数：{count} 次")),
            ..article("新桥通车")
        };
        assert_eq!(weigh(&counted("12"), &counted("3418")), Weight::Cosmetic);
        let english =
            |count: &str| Article { body: SafeHtml::of_text(&format!("The bridge opens today. {count} views")), ..article("Bridge") };
        assert_eq!(weigh(&english("12"), &english("1,204")), Weight::Cosmetic);
        let votes = |count: &str| Article { body: SafeHtml::of_text(&format!("The motion had {count} votes.")), ..article("Bridge") };
        assert_eq!(weigh(&votes("12"), &votes("13")), Weight::Material);
    }

    #[test]
    fn a_body_of_which_hardly_anything_is_left_is_another() {
        let whole = "记者上午从县客运站获悉，受连日大雾影响，原定今天开通的班线推迟到下周一，票价和站点不变。".repeat(6);
        let of = |text: &str| Article { body: SafeHtml::of_text(text), ..article("班线推迟开通") };
        assert!(is_other(&of(&whole), &of("数据库连接失败，请联系管理员。错误代码：17")));
        assert!(is_other(&of(&whole), &of("")));
        let half: String = whole.chars().take(whole.chars().count() / 2).collect();
        assert!(!is_other(&of(&whole), &of(&half)), "an editor may cut");
        assert!(!is_other(&of("班线推迟。"), &of("")), "little is soon gone");
    }

    #[test]
    fn another_article_has_another_headline_over_another_body() {
        let before = with(LONG);
        let error = Article { title: "系统维护中".to_owned(), ..with("服务器正在升级，请稍后再来访问本网站。") };
        assert!(is_other(&before, &error));
        let rewritten = with(&"渡船停了四年，码头上的石阶长满了草，今天头一班船坐了十七个人。".repeat(LONG.chars().count() / 60));
        assert!(
            !is_other(&before, &Article { title: before.title.clone(), ..rewritten.clone() }),
            "under its own headline it was rewritten"
        );
        let edited = Article { title: "云溪渡口重新通航，两岸往来更便".to_owned(), ..rewritten };
        assert!(!is_other(&before, &edited), "a headline that was edited");
        assert!(!is_other(&before, &Article { title: "茶".to_owned(), ..before.clone() }), "the body tells");
    }

    #[test]
    fn two_bodies_are_near_or_both_hardly_there() {
        let before = with(LONG);
        assert!(is_near(&before, &with(&LONG.replace("老范", "老樊"))));
        assert!(!is_near(&before, &with("晴。")));
        let gallery = Article { kind: Kind::Gallery, ..with("图") };
        assert!(is_near(&gallery, &Article { kind: Kind::Gallery, ..with("") }));
        assert!(!is_near(&gallery, &with("图")));
    }

    proptest! {
        #[test]
        fn a_changed_digit_is_never_cosmetic(at in 0_usize..5, digit in 0_u32..10) {
            let told = |digit: u32| {
                let mut lines: Vec<String> = LONG.lines().map(str::to_owned).collect();
                lines[at] = format!("{}共 {digit} 人。", lines[at]);
                with(&lines.join("\n"))
            };
            let expected = if digit == 3 { Weight::Cosmetic } else { Weight::Material };
            prop_assert_eq!(weigh(&told(3), &told(digit)), expected);
        }

        #[test]
        fn the_same_words_in_other_markup_are_cosmetic(marks in prop::collection::vec("[ ，。！“”]{0,3}", 40)) {
            let mut spread = String::new();
            for (place, c) in LONG.chars().enumerate() {
                spread.push(c);
                if !c.is_alphanumeric() {
                    spread.push_str(&marks[place % marks.len()]);
                }
            }
            prop_assert_eq!(weigh(&with(LONG), &with(&spread)), Weight::Cosmetic);
        }
    }
}
