//! Names in a feed's fields. An address is no name, and no person's address is kept.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Byline, one_line};

/// More names than this are a staff list, no byline.
const MOST: usize = 20;
/// Longer names are sentences (characters).
const LONGEST: usize = 100;

/// Words for what a person did, as Chinese papers print them before the name.
const ROLES: [&str; 18] = [
    "见习记者",
    "实习记者",
    "特约记者",
    "本报记者",
    "全媒体记者",
    "特约通讯员",
    "责任编辑",
    "记者",
    "通讯员",
    "作者",
    "编辑",
    "责编",
    "编审",
    "摄影",
    "供稿",
    "撰稿",
    "评论员",
    "校对",
];

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[<(\[]?\s*(?:mailto:)?[^\s<>()\[\]]+@[^\s<>()\[\]]+\s*[>)\]]?").expect("a pattern written here compiles")
});

/// Adds the people that a field names.
pub(super) fn add(bylines: &mut Vec<Byline>, field: &str, role: Option<&str>) {
    let line = ADDRESS.replace_all(field, " ");
    let line = one_line(&line);
    // `mail (Name)` of RFC 822 leaves the name in brackets.
    let line = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')).unwrap_or(&line);
    let line = line.strip_prefix("By ").or_else(|| line.strip_prefix("by ")).unwrap_or(line);
    let mut told = role.map(str::to_owned);
    for part in apart(line) {
        let (own, name) = role_of(&part);
        // `记者 甲、乙`: the role holds for those behind it.
        told = own.or(told);
        let fits = !name.is_empty() && name.chars().count() <= LONGEST && name.chars().any(char::is_alphanumeric) && !name.contains("://");
        if fits && bylines.len() < MOST && bylines.iter().all(|known| known.name != name) {
            bylines.push(Byline { name, role: told.clone() });
        }
    }
}

fn role_of(part: &str) -> (Option<String>, String) {
    for role in ROLES {
        if let Some(rest) = part.strip_prefix(role) {
            let name = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '/' | '|'));
            // A family name may begin like a role; a role stands apart, or before two characters at least.
            if name.len() < rest.len() || name.chars().count() >= 2 {
                return (Some(role.to_owned()), name.to_owned());
            }
        }
    }
    (None, part.to_owned())
}

/// One field, several names. A comma parts them only where each side is a whole name: `Doe, Jane` is one.
fn apart(line: &str) -> Vec<String> {
    let mut names: Vec<String> = vec![line.to_owned()];
    let whole = |parts: &[&str]| parts.len() > 1 && parts.iter().all(|part| part.trim().contains(' ') || !part.trim().is_ascii());
    for mark in [", and ", " and ", " & ", ", ", ","] {
        names = names
            .into_iter()
            .flat_map(|line| {
                let parts: Vec<&str> = line.split(mark).filter(|part| !part.trim().is_empty()).collect();
                if whole(&parts) { parts.into_iter().map(str::to_owned).collect() } else { vec![line] }
            })
            .collect();
    }
    names.iter().flat_map(|line| line.split(['、', '，', '；', ';', '|'])).map(one_line).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Vec<String> {
        let mut bylines = Vec::new();
        add(&mut bylines, field, None);
        bylines.into_iter().map(|byline| byline.role.map_or(byline.name.clone(), |role| format!("{role}:{}", byline.name))).collect()
    }

    #[test]
    fn the_forms_of_a_field_give_names_and_no_addresses() {
        for (field, wanted) in [
            ("jane@news.example (Jane Roe)", vec!["Jane Roe"]),
            ("Jane Roe <jane@news.example>", vec!["Jane Roe"]),
            ("Jane Roe (mailto:jane@news.example)", vec!["Jane Roe"]),
            ("jane@news.example", vec![]),
            ("By Jane Roe and John Doe", vec!["Jane Roe", "John Doe"]),
            ("Jane Roe, John Doe, and Max Mu", vec!["Jane Roe", "John Doe", "Max Mu"]),
            ("Roe, Jane", vec!["Roe, Jane"]),
            ("Sports and Games Desk", vec!["Sports and Games Desk"]),
            ("沈望、柯桥", vec!["沈望", "柯桥"]),
            ("记者 沈望 ， 柯桥；通讯员：韩燕", vec!["记者:沈望", "记者:柯桥", "通讯员:韩燕"]),
            ("编辑", vec!["编辑"]),
        ] {
            assert_eq!(read(field), wanted, "{field}");
        }
    }
}
