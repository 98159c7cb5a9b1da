//! Who publishes a site, as its footer prints it.

use std::sync::LazyLock;

use regex::Regex;

/// A footer stands among the last lines of a page.
const LAST_LINES: usize = 60;
/// Longer values are sentences, not facts (characters).
const LONGEST: usize = 60;

/// What a footer told. Each field as printed, without its label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// Who publishes.
    pub organisation: Option<String>,
    /// Where it sits.
    pub address: Option<String>,
    /// By telephone.
    pub phone: Option<String>,
    /// A mail address.
    pub contact: Option<String>,
    /// ICP registration.
    pub icp: Option<String>,
    /// Public security registration.
    pub police: Option<String>,
    /// News service licence.
    pub licence: Option<String>,
}

fn pattern(form: &str) -> Regex {
    Regex::new(form).expect("a pattern written here compiles")
}

/// The province's sign, 5 to 8 digits, and the number of the site.
static ICP: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\p{Han}ICP[备证]\s*\d{5,8}\s*号(?:\s*-\s*\d{1,3})?)"));
static POLICE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\p{Han}公网安备\s*\d{8,16}\s*号?)"));
static LICENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:互联网新闻信息服务(?:许可证|登记备案号|许可|备案)(?:编?号)?|新闻信息服务许可证(?:编?号)?)\s*[:：]?\s*([\p{Han}\w][\w\p{Han}（）()\-－]{3,30})",
    )
});
static ORGANISATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:主办单位|主管单位|主办|承办单位|承办|版权所有|所有权|Published by|Copyright|©)\s*[:：]?\s*(?:©|\(c\)|&copy;)?\s*(?:\d{4}\s*(?:[-–—]\s*\d{4})?)?\s*(?:by\s+)?(\S.*)",
    )
});
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:地\s*址|办公地址|通讯地址|\baddress|\bpostal address)\s*[:：]\s*(\S.*)"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:联系电话|新闻热线|编辑部电话|办公电话|热线电话|热线|电\s*话|\btel(?:ephone)?|\bphone)\s*[:：.]?\s*(\+?[\d(（][\d\s()（）-]{5,20}\d)",
    )
});
static MAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b([\w.+-]{1,40}@[\w-]+(?:\.[\w-]+)+)"));
/// What begins the next fact on the same line.
static NEXT_FACT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*(?:邮\s*编|邮政编码|邮箱|电子邮[箱件]|联系电话|电\s*话|传\s*真|热线|地\s*址|主办|承办|协办|主管|技术支持|版权|备案|举报|[\p{Han}]ICP|[\p{Han}]公网安备|Copyright|All Rights|\btel\b|\bphone\b|\be-?mail\b|©|\|)",
    )
});
/// What a publisher's name ends with, where its label stands on other things too.
static PUBLISHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"((?:[\p{Han}]{2,20})(?:融媒体中心|广播电视台|电视台|报社|日报社|新闻社|新闻中心|传媒集团|宣传部|报业集团|传媒有限公司))")
});

impl Footer {
    /// Reads the last lines of a page.
    pub(super) fn of(lines: &[String]) -> Self {
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        let first = |form: &Regex| last.iter().find_map(|line| form.captures(line).map(|found| found[1].trim().to_owned()));
        let organisation = last.iter().find_map(|line| {
            let named = cut(ORGANISATION.captures(line)?.get(1)?.as_str());
            let named =
                named.trim_end_matches("版权所有").trim_end_matches(['.', '。', ' ']).trim_start_matches("归").trim_end_matches("所有");
            (named.chars().count() >= 3 && !named.contains(['，', '！', '!']) && fits(named)).then(|| named.to_owned())
        });
        let address = last.iter().find_map(|line| {
            // 网址, 邮箱地址 and IP地址 name no place.
            let found = ADDRESS.captures(line)?;
            let before = line[..found.get(0)?.start()].chars().last();
            let value = cut(found.get(1)?.as_str());
            (!matches!(before, Some('网' | '箱' | 'P' | 'p')) && !value.contains("http") && fits(value)).then(|| value.to_owned())
        });
        Self {
            organisation: organisation.or_else(|| first(&PUBLISHER)),
            address,
            phone: phone(last),
            contact: first(&MAIL),
            icp: first(&ICP).map(|icp| icp.replace(' ', "")),
            police: first(&POLICE),
            licence: first(&LICENCE),
        }
    }
}

/// The newsroom's number, not the one for complaints (举报).
fn phone(lines: &[String]) -> Option<String> {
    let numbers = lines.iter().flat_map(|line| {
        PHONE.captures_iter(line).map(|found| {
            let from = found.get(0).map_or(0, |all| all.start());
            let before: String = line[..from].chars().rev().take(6).collect();
            (found[1].trim().to_owned(), before.contains("报举") || before.contains("真传"))
        })
    });
    let numbers: Vec<(String, bool)> = numbers.collect();
    numbers.into_iter().find(|(_, complaints)| !complaints).map(|(number, _)| number)
}

/// A value up to the next fact on its line.
fn cut(value: &str) -> &str {
    let end = NEXT_FACT.find(value).map_or(value.len(), |next| next.start());
    value[..end].trim().trim_end_matches(['|', '-', '·', ',', '，', ';', '；'])
}

fn fits(value: &str) -> bool {
    (1..=LONGEST).contains(&value.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Footer {
        Footer::of(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_county_footer_gives_its_facts() {
        let footer = read(&[
            "主办单位：河口县融媒体中心 承办：河口网编辑部",
            "地址：河口县滨江路8号 邮编：400000 联系电话：0700-5550100 传真：0700-5550101",
            "违法和不良信息举报电话：0700-5550199 邮箱：news@hekou.example",
            "示ICP备 00000000号-1 示公网安备 00000000000000号",
            "互联网新闻信息服务许可证：00120260001 版权所有",
        ]);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(footer.organisation, some("河口县融媒体中心"));
        assert_eq!(footer.address, some("河口县滨江路8号"));
        assert_eq!(footer.phone, some("0700-5550100"));
        assert_eq!(footer.contact, some("news@hekou.example"));
        assert_eq!(footer.icp, some("示ICP备00000000号-1"));
        assert_eq!(footer.police, some("示公网安备 00000000000000号"));
        assert_eq!(footer.licence, some("00120260001"));
    }

    #[test]
    fn an_english_footer_gives_its_facts() {
        let footer = read(&[
            "© 2026 Alderwick Press Ltd. All rights reserved.",
            "Address: 2 Ropewalk Lane | Tel: +44 1632 960001",
            "desk@alderwick.example",
        ]);
        assert_eq!(footer.organisation.as_deref(), Some("Alderwick Press Ltd"));
        assert_eq!(footer.address.as_deref(), Some("2 Ropewalk Lane"));
        assert_eq!((footer.phone.as_deref(), footer.contact.as_deref()), (Some("+44 1632 960001"), Some("desk@alderwick.example")));
    }

    #[test]
    fn nothing_is_invented() {
        let footer =
            read(&["违法和不良信息举报电话：0700-5550199", "网址：http://www.hekou.example", "本站声明：转载请注明出处，违者必究！"]);
        assert_eq!(footer, Footer::default());
    }
}
