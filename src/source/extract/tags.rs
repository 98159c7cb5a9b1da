//! Tags as the tokenizer sees them (WHATWG HTML, 13.2.5): where they begin and end, and what their names mean to the tree builder.

/// A tag's extent: its name, where it ends, its attributes.
pub(super) struct Tag<'a> {
    pub name: &'a str,
    pub end: usize,
    pub attributes: Vec<(usize, usize)>,
}

/// Reads a tag that begins at `at`, its name `skip` bytes later.
pub(super) fn read(html: &str, at: usize, skip: usize, most: usize) -> Tag<'_> {
    let bytes = html.as_bytes();
    let mut here = at + skip;
    while here < bytes.len() && !matches!(bytes[here], b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>') {
        here += 1;
    }
    let name = &html[at + skip..here];
    let mut attributes = Vec::new();
    loop {
        while here < bytes.len() && (bytes[here].is_ascii_whitespace() || bytes[here] == b'/') {
            here += 1;
        }
        if here >= bytes.len() {
            return Tag { name, end: bytes.len(), attributes };
        }
        if bytes[here] == b'>' {
            return Tag { name, end: here + 1, attributes };
        }
        let from = here;
        here = attribute_end(bytes, here);
        if attributes.len() <= most {
            attributes.push((from, here));
        }
    }
}

/// Where an attribute that begins at `at` ends (13.2.5.32 to 13.2.5.39).
fn attribute_end(bytes: &[u8], at: usize) -> usize {
    let stop = |here: usize, set: &[u8]| (here..bytes.len()).find(|&i| set.contains(&bytes[i])).unwrap_or(bytes.len());
    let space = |here: usize| (here..bytes.len()).find(|&i| !bytes[i].is_ascii_whitespace()).unwrap_or(bytes.len());
    let name = stop(at + 1, b" \t\n\r\x0c/>=");
    let equals = space(name);
    if bytes.get(equals) != Some(&b'=') {
        return name;
    }
    let value = space(equals + 1);
    match bytes.get(value) {
        Some(&quote @ (b'"' | b'\'')) => (stop(value + 1, &[quote]) + 1).min(bytes.len()),
        Some(b'>') | None => value.min(bytes.len()),
        Some(_) => stop(value, b" \t\n\r\x0c>"),
    }
}

/// Where a comment ends (13.2.5.43 to 13.2.5.51).
pub(super) fn comment_end(rest: &str) -> Option<usize> {
    if rest.starts_with("<!-->") {
        return Some(5);
    }
    if rest.starts_with("<!--->") {
        return Some(6);
    }
    let inside = &rest[4..];
    let plain = inside.find("-->");
    // Only before the plain end, so that a page of many comments is read once.
    let banged = inside[..plain.unwrap_or(inside.len())].find("--!>");
    banged.map(|at| at + 8).or(plain.map(|at| at + 7))
}

/// Where `</name` begins in raw text.
pub(super) fn find_close(rest: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        let here = at + found;
        let tail = rest.as_bytes().get(here + 2..here + 2 + name.len())?;
        let next = rest.as_bytes().get(here + 2 + name.len());
        if tail.eq_ignore_ascii_case(name.as_bytes()) && next.is_none_or(|c| c.is_ascii_whitespace() || matches!(c, b'>' | b'/')) {
            return Some(here);
        }
        at = here + 2;
    }
    None
}

pub(super) fn is_void(name: &str) -> bool {
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "image", "keygen",
        "bgsound", "basefont",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

pub(super) fn is_formatting(name: &str) -> bool {
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Elements that end an open paragraph and that a stray inline end tag does not reach across.
pub(super) fn is_block(low: &str) -> bool {
    matches!(
        low,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dd"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "ul"
    )
}
