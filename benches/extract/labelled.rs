//! Sets of labelled pages: folders with a `truth.json`, and the project's own fixtures as one more.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;

/// A set.
pub struct Set {
    /// Its folder's name.
    pub name: String,
    /// Its pages, by id.
    pub pages: Vec<Labelled>,
}

/// A page, and what it should give.
pub struct Labelled {
    /// As received.
    pub bytes: Vec<u8>,
    /// What it should give.
    pub truth: Truth,
}

/// What a page should give. A field that is missing is not scored; authors that are an empty list must stay empty.
#[derive(Debug, Default, Deserialize)]
pub struct Truth {
    /// The page, beside the sets' folders; gzip.
    #[serde(default)]
    pub file: String,
    /// Where it was.
    #[serde(default)]
    pub url: Option<String>,
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// ISO 8601, with or without a time.
    #[serde(default)]
    pub date: Option<String>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// Lines of the page that are neither rewarded nor punished.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Names.
    #[serde(default)]
    pub author: Option<Names>,
    /// Names.
    #[serde(default)]
    pub editor: Option<Names>,
    /// 来源.
    #[serde(default)]
    pub source: Option<String>,
    /// The innermost section.
    #[serde(default)]
    pub section: Option<Names>,
}

/// One name or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Names {
    /// All of them.
    pub fn all(&self) -> Vec<&str> {
        match self {
            Self::One(name) => vec![name],
            Self::Many(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

/// The sets of a folder: every folder in it whose `truth.json` labels pages.
pub fn sets(folder: &Path) -> Vec<Set> {
    let mut found = Vec::new();
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        let Ok(text) = std::fs::read(folder.join(&name).join("truth.json")) else { continue };
        let Ok(truths) = serde_json::from_slice::<BTreeMap<String, Truth>>(&text) else { continue };
        let pages: Vec<Labelled> = truths.into_values().filter_map(|truth| labelled(folder, truth)).collect();
        if pages.iter().any(|page| page.truth.body.is_some()) {
            found.push(Set { name, pages });
        }
    }
    found
}

fn labelled(folder: &Path, truth: Truth) -> Option<Labelled> {
    let packed = std::fs::read(folder.join(&truth.file)).ok()?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).ok()?;
    Some(Labelled { bytes, truth })
}

/// The project's own pages: the Chinese, Japanese and Korean ones, and the others.
pub fn own() -> [Set; 2] {
    #[derive(Deserialize)]
    struct Own {
        language: Option<String>,
        url: Option<String>,
        title: Option<String>,
        published: Option<String>,
        authors: Vec<String>,
        editors: Vec<String>,
        origin: Option<String>,
        sections: Vec<String>,
        text: Vec<String>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    // `role name`, with a hyphen for no role.
    let names =
        |people: Vec<String>| Names::Many(people.iter().filter_map(|one| one.split_once(' ')).map(|(_, name)| name.to_owned()).collect());
    let pages = paths.iter().filter(|path| path.extension().is_some_and(|end| end != "json")).filter_map(|path| {
        let own: Own = serde_json::from_slice(&std::fs::read(path.with_extension("json")).ok()?).ok()?;
        let truth = Truth {
            url: own.url,
            title: own.title,
            date: own.published,
            body: (!own.text.is_empty()).then(|| own.text.join("\n")),
            author: Some(names(own.authors)),
            editor: Some(names(own.editors)),
            source: own.origin,
            section: own.sections.first().and_then(|path| path.rsplit('/').next()).map(|name| Names::One(name.to_owned())),
            ..Truth::default()
        };
        let eastern = own.language.is_some_and(|tag| ["zh", "ja", "ko"].iter().any(|one| tag.starts_with(one)));
        Some((eastern, Labelled { bytes: std::fs::read(path).ok()?, truth }))
    });
    let (east, west): (Vec<_>, Vec<_>) = pages.partition(|(eastern, _)| *eastern);
    let set =
        |name: &str, pages: Vec<(bool, Labelled)>| Set { name: name.to_owned(), pages: pages.into_iter().map(|(_, page)| page).collect() };
    [set("own pages, East", east), set("own pages, West", west)]
}
