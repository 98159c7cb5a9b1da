//! The fields above a Markdown text: TOML between `+++`, or the plain part of YAML between `---`.
//!
//! Of YAML, `key: value`, quoted values, `[a, b]` and lists of `- value` are read: what people write above an article. The keys
//! are the API's, and the usual other words for them.

use serde_json::{Map, Value};

use crate::model::ArticleJson;

/// Other words for the API's keys.
const OTHER_WORDS: [(&str, &str); 22] = [
    ("标题", "title"),
    ("date", "published"),
    ("pubdate", "published"),
    ("日期", "published"),
    ("时间", "published"),
    ("lastmod", "updated"),
    ("author", "authors"),
    ("作者", "authors"),
    ("记者", "authors"),
    ("editor", "editors"),
    ("编辑", "editors"),
    ("source", "origin"),
    ("来源", "origin"),
    ("description", "summary"),
    ("摘要", "summary"),
    ("cover", "image"),
    ("category", "section"),
    ("categories", "sections"),
    ("栏目", "section"),
    ("keywords", "tags"),
    ("标签", "tags"),
    ("lang", "language"),
];
/// Fields that are lists.
const LISTS: [&str; 5] = ["authors", "editors", "sections", "tags", "images"];

/// Takes a text apart into its fields and the rest. A text without front matter has none.
pub(super) fn split(text: &str) -> Result<(ArticleJson, &str), String> {
    for fence in ["---", "+++"] {
        let Some(rest) = text.trim_start().strip_prefix(fence) else { continue };
        // A rule of dashes begins a text as well; front matter goes on with a line break.
        let Some(rest) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) else { continue };
        let Some((head, body)) = at_fence(rest, fence) else {
            if rest.lines().next().is_some_and(|line| is_field(line, fence)) {
                return Err(format!("front matter: it begins with {fence} and never ends; a line {fence} belongs below the fields"));
            }
            continue;
        };
        let fields = if fence == "+++" { toml_fields(head)? } else { yaml_fields(head)? };
        let fields = Value::from(named(fields));
        let fields = serde_json::from_value(fields).map_err(|error| format!("front matter: {error}"))?;
        return Ok((fields, body));
    }
    Ok((ArticleJson::default(), text))
}

/// Whether a line is a field rather than the beginning of a text: a short word, and a value behind it.
fn is_field(line: &str, fence: &str) -> bool {
    let marks: &[char] = if fence == "+++" { &['='] } else { &[':', '：'] };
    line.split_once(marks).is_some_and(|(key, _)| {
        let key = key.trim();
        !key.is_empty() && key.chars().count() <= 20 && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}

fn at_fence<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == fence {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

fn toml_fields(head: &str) -> Result<Map<String, Value>, String> {
    let table: toml::Table = head.parse().map_err(|error: toml::de::Error| format!("front matter: {}", error.message()))?;
    Ok(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
}

/// Dates of TOML as the text they were.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(plain).collect(),
        toml::Value::Table(table) => Value::from(table.into_iter().map(|(key, value)| (key, plain(value))).collect::<Map<_, _>>()),
        other => serde_json::to_value(other).unwrap_or(Value::Null),
    }
}

fn yaml_fields(head: &str) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    let mut last: Option<String> = None;
    for line in head.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if let (Some(value), Some(key)) = (bare.strip_prefix("- ").or_else(|| (bare == "-").then_some("")), &last) {
            let list = fields.entry(key.clone()).or_insert(Value::Null);
            if list.is_null() {
                *list = Value::Array(Vec::new());
            }
            list.as_array_mut().ok_or_else(|| format!("front matter: {key} is a value and a list"))?.push(scalar(value));
            continue;
        }
        let (key, value) = bare.split_once([':', '：']).ok_or_else(|| format!("front matter: no field in the line {bare:?}"))?;
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        let list = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        let value = match list {
            Some(list) => Value::Array(list.split([',', '，']).map(scalar).filter(|value| value != "").collect()),
            None if value.is_empty() => Value::Null,
            None => scalar(value),
        };
        fields.insert(key.clone(), value);
        last = Some(key);
    }
    Ok(fields)
}

fn scalar(text: &str) -> Value {
    let text = text.trim();
    let quoted = ['"', '\''].iter().find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote));
    match (quoted, text) {
        (Some(quoted), _) => quoted.replace("\\\"", "\"").replace("''", "'").into(),
        (None, "true") => true.into(),
        (None, "false") => false.into(),
        (None, "null" | "~") => Value::Null,
        (None, text) => text.into(),
    }
}

/// The API's names and shapes: one name where a list is meant is a list of one, and `draft` waits for an editor.
fn named(fields: Map<String, Value>) -> Map<String, Value> {
    let mut named = Map::new();
    for (key, value) in fields {
        if key == "draft" {
            if value == true {
                named.insert("status".to_owned(), "held".into());
            }
            continue;
        }
        let key = OTHER_WORDS.iter().find(|(other, _)| *other == key).map_or(key, |(_, name)| (*name).to_owned());
        let value = match value {
            Value::Null => continue,
            Value::String(text) if LISTS.contains(&key.as_str()) => {
                text.split([',', '，', '、']).map(|part| part.trim().to_owned()).collect()
            }
            value => value,
        };
        named.entry(key).or_insert(value);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BylineJson;

    #[test]
    fn toml_and_plain_yaml_say_the_same() {
        let yaml = "---\ntitle: \"一：二\"\ndate: 2021-10-29\nauthors: [熊毅, 石涛]\ntags:\n  - 民生\n  - 交通\nbreaking: true\ndraft: true\n---\n正文\n";
        let toml = "+++\ntitle = \"一：二\"\ndate = 2021-10-29\nauthors = [\"熊毅\", \"石涛\"]\ntags = [\"民生\", \"交通\"]\nbreaking = true\ndraft = true\n+++\n正文\n";
        let (fields, body) = split(yaml).unwrap();
        assert_eq!((fields.clone(), body), split(toml).unwrap());
        assert_eq!(body, "正文\n");
        assert_eq!(fields.title.as_deref(), Some("一：二"));
        assert_eq!(fields.published.as_deref(), Some("2021-10-29"));
        assert_eq!(fields.authors, [BylineJson::Name("熊毅".into()), BylineJson::Name("石涛".into())]);
        assert_eq!(fields.tags, ["民生", "交通"]);
        assert_eq!(fields.status.as_deref(), Some("held"));
        assert!(fields.breaking);
    }

    #[test]
    fn a_text_that_begins_with_a_rule_has_no_fields() {
        let text = "---\n\nonly a rule above\n";
        assert_eq!(split(text).unwrap(), (ArticleJson::default(), text));
        assert_eq!(split("plain").unwrap().1, "plain");
        assert!(split("---\ntitle: 新桥通车\n\n正文\n").unwrap_err().contains("never ends"));
        assert!(split("+++\ntitle = \"新桥通车\"\n").unwrap_err().contains("never ends"));
    }

    #[test]
    fn bad_front_matter_says_where() {
        assert!(split("---\nno field here\n---\n").unwrap_err().contains("no field here"));
        assert!(split("+++\na = \n+++\n").unwrap_err().starts_with("front matter: "));
        assert!(split("---\ntitle: a\n- b\n---\n").unwrap_err().contains("title"));
    }
}
