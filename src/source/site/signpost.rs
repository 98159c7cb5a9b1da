//! Where a page that holds nothing itself sends its reader.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

fn pattern(form: &str) -> Regex {
    Regex::new(form).expect("a pattern written here compiles")
}

static REFRESH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)<meta[^>]{0,80}http-equiv\s*=\s*["']?refresh["']?[^>]{0,80}content\s*=\s*["']?\s*\d{1,2}\s*;\s*url\s*=\s*'?([^"'>\s]+)"#)
});
static FRAME: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)<frame\s[^>]{0,200}?src\s*=\s*["']?([^"'>\s]+)"#));
static SENT_ON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)(?:window|self|top|document)?\.?location(?:\.href)?\s*(?:=|\.replace\()\s*["']([^"']+)["']"#));

/// Where a page sends its reader: a refresh, a frame, or a script. What is not `bare` of copy of its own sends nobody.
pub(in crate::source) fn signpost(html: &str, base: &Url, bare: bool) -> Option<Url> {
    if !bare {
        return None;
    }
    let told = REFRESH.captures(html).or_else(|| FRAME.captures(html)).or_else(|| SENT_ON.captures(html))?;
    base.join(&told[1].replace("&amp;", "&")).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
