//! A file's bytes as a candidate, by the kind that its name tells.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::GB18030;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::front_matter;
use crate::model::{ArticleJson, Body, Candidate, Evidence, Field, Kind, Millis, SourceMemory, one_line};
use crate::source::extract::decode::decode;
use crate::source::{Spec, pages};

/// Names that say nothing of what is inside; many articles have borne them.
const NAMELESS: [&str; 8] = ["新建", "未命名", "无标题", "new ", "untitled", "document", "index", "文档"];
/// Longer names are no id (bytes).
const LONGEST_ID: usize = 500;

/// Reads a dropped file; `relative` is its place below the folder. The error is for the person who dropped it.
pub(super) fn candidate(
    relative: &Path,
    bytes: Vec<u8>,
    spec: &Spec,
    memory: &Arc<SourceMemory>,
    now: Millis,
) -> Result<Candidate, String> {
    let kind = relative.extension().map(|kind| kind.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut candidate = match kind.as_str() {
        "txt" | "text" => page(bytes, "text/plain", spec, memory, now)?,
        "html" | "htm" | "shtml" | "xhtml" => page(bytes, "text/html", spec, memory, now)?,
        "md" | "markdown" => markdown(&decode(&bytes, None, None).text, spec)?,
        "json" => json(&decode(&bytes, None, None).text, spec)?,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "heic" => {
            return Err("pictures are not taken from the folder; name their addresses in the text".to_owned());
        }
        "" => return Err("its name has no kind; txt, html, md and json are read".to_owned()),
        _ => return Err(format!("files of the kind .{kind} are not read; txt, html, md and json are")),
    };
    if candidate.sections.is_empty()
        && let Some(section) = section(relative)
    {
        candidate.evidence.push(Evidence { field: Field::Sections, rule: "subfolder".to_owned(), line: section.clone() });
        candidate.sections.push(section);
    }
    if candidate.provenance.external_id.is_none() && candidate.url.is_none() {
        candidate.provenance.external_id = identity(relative, &candidate);
    }
    Ok(candidate)
}

fn page(bytes: Vec<u8>, content_type: &str, spec: &Spec, memory: &Arc<SourceMemory>, now: Millis) -> Result<Candidate, String> {
    pages::read(bytes, None, Some(content_type), spec, memory, now).map(|read| read.candidate).map_err(|error| error.to_string())
}

/// The subfolders as a path of slugs or titles.
fn section(relative: &Path) -> Option<String> {
    let parts: Vec<String> = relative.parent()?.iter().map(worded).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A name as people read it. Old archives bring names in GBK; marks that turn the writing round hide what a name says.
fn worded(name: &OsStr) -> String {
    let bytes = name.as_bytes();
    let name = match std::str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    };
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    one_line(&name.replace(turns, ""))
}

/// A file dropped again under its name is the same article revised, unless the name says nothing; then its title tells.
fn identity(relative: &Path, candidate: &Candidate) -> Option<String> {
    let stem = worded(relative.file_stem()?);
    let lower = stem.to_lowercase();
    // What nobody can read tells no two names apart.
    let nameless = stem.contains('\u{fffd}')
        || NAMELESS.iter().any(|name| lower.starts_with(name))
        || lower.bytes().all(|b| b.is_ascii_digit()) && lower.len() < 4;
    let name = if nameless { candidate.title.clone()? } else { stem };
    Some(section(relative).map_or_else(|| name.clone(), |section| format!("{section}/{name}"))).filter(|id| id.len() <= LONGEST_ID)
}

fn json(text: &str, spec: &Spec) -> Result<Candidate, String> {
    let json: ArticleJson = serde_json::from_str(text).map_err(|error| format!("not an article as JSON: {error}"))?;
    json.into_candidate(&spec.name, spec.zone).map_err(|error| error.to_string())
}

/// Front matter gives the fields, the text gives the body, and its first heading the title where nothing else does.
fn markdown(text: &str, spec: &Spec) -> Result<Candidate, String> {
    let (fields, text) = front_matter::split(text)?;
    let mut candidate = fields.into_candidate(&spec.name, spec.zone).map_err(|error| error.to_string())?;
    let mut events: Vec<Event> =
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES).collect();
    if candidate.title.is_none()
        && let Some((title, behind)) = first_heading(&events)
    {
        candidate.title = Some(title);
        events.drain(..behind);
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    if !body.trim().is_empty() {
        candidate.body = Body::Html(body);
    } else if matches!(candidate.body, Body::None) && candidate.kind == Kind::Text && candidate.title.is_none() {
        return Err("neither a title nor a text".to_owned());
    }
    Ok(candidate)
}

/// The text of a heading of the first level that everything else stands behind, and where it ends.
fn first_heading(events: &[Event]) -> Option<(String, usize)> {
    let Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) = events.first()? else { return None };
    let end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))))?;
    let words = events[..end].iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    });
    let title = one_line(&words.collect::<String>());
    (!title.is_empty()).then_some((title, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_nothing_is_no_id() {
        let mut candidate = Candidate::from_source("desk");
        candidate.title = Some("新桥通车".to_owned());
        let id = |place: &str| identity(Path::new(place), &candidate);
        assert_eq!(id("news/新建 文本文档.txt").as_deref(), Some("news/新桥通车"));
        assert_eq!(id("1.txt").as_deref(), Some("新桥通车"));
        assert_eq!(id("news/bridge.txt").as_deref(), Some("news/bridge"));
        assert_eq!(id("\u{202e}新闻\u{202c}/bridge.txt").as_deref(), Some("新闻/bridge"));
        let old = GB18030.encode("宜城新闻/大桥通车.txt").0;
        assert_eq!(identity(Path::new(OsStr::from_bytes(&old)), &candidate).as_deref(), Some("宜城新闻/大桥通车"));
        let unreadable = Path::new(OsStr::from_bytes(b"news/\xff\xff.txt"));
        assert_eq!(identity(unreadable, &candidate).as_deref(), Some("news/新桥通车"));
        candidate.title = None;
        assert_eq!(identity(Path::new("untitled.txt"), &candidate), None);
    }

    #[test]
    fn the_first_heading_is_the_title_and_leaves_the_body() {
        let spec_free = Parser::new("# 新桥 `通车`\n\n正文\n").collect::<Vec<_>>();
        let (title, behind) = first_heading(&spec_free).unwrap();
        assert_eq!(title, "新桥 通车");
        assert!(matches!(spec_free[behind], Event::Start(Tag::Paragraph)));
        assert_eq!(first_heading(&Parser::new("正文\n\n# 后面\n").collect::<Vec<_>>()), None);
    }
}
