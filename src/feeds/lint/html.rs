//! What validators and readers refuse in an article's HTML: scripts, handlers, styles, relative addresses.

/// Elements that act, load pages of their own, or style the reader around them.
const ACTIVE: &[&str] = &["script", "style", "iframe", "frame", "object", "embed", "applet", "form", "meta", "base", "link"];

/// Attributes whose value is an address.
const ADDRESSES: &[&str] = &["href", "src", "poster", "cite", "data", "action", "background"];

/// What an address may begin with.
const SCHEMES: &[&str] = &["http://", "https://", "mailto:", "tel:"];

/// What is wrong with HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HtmlFault {
    /// It acts.
    Active,
    /// It holds an address that is not absolute.
    Relative,
}

/// The first fault, in order of the text.
pub(super) fn fault_in(html: &str) -> Option<HtmlFault> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        if name.is_empty() {
            continue;
        }
        rest = &rest[name.len()..];
        if ACTIVE.contains(&name.to_ascii_lowercase().as_str()) {
            return Some(HtmlFault::Active);
        }
        while let Some((attribute, value, behind)) = next_attribute(rest) {
            rest = behind;
            if let Some(fault) = attribute_fault(&attribute.to_ascii_lowercase(), value) {
                return Some(fault);
            }
        }
    }
    None
}

fn attribute_fault(attribute: &str, value: &str) -> Option<HtmlFault> {
    let absolute = |address: &str| SCHEMES.iter().any(|scheme| address.trim_start().to_ascii_lowercase().starts_with(scheme));
    let is_relative = match attribute {
        "style" => return Some(HtmlFault::Active),
        _ if attribute.starts_with("on") => return Some(HtmlFault::Active),
        "srcset" => !value.split(", ").all(absolute),
        _ => ADDRESSES.contains(&attribute) && !absolute(value),
    };
    is_relative.then_some(HtmlFault::Relative)
}

/// The next attribute of an open tag, its value and what follows; `None` at the tag's end.
fn next_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    let (name, rest) = text.split_at(text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))?);
    if name.is_empty() {
        // `=` alone is no attribute: step over it, and stop at `>`.
        return rest.strip_prefix('=').and_then(next_attribute);
    }
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else { return Some((name, "", rest)) };
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let (value, rest) = value[1..].split_once(quote)?;
        return Some((name, value, rest));
    }
    let (value, rest) = value.split_at(value.find(|c: char| c.is_whitespace() || c == '>')?);
    Some((name, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SafeHtml;

    #[test]
    fn faults_are_found_however_they_are_written() {
        for html in
            ["<p><SCRIPT>", "<p onclick=x>", "<p class='a>b' STYLE = \"x\">", "<iframe src=//x>", "<img src=\"http://a/\" onerror=\"x\"/>"]
        {
            assert_eq!(fault_in(html), Some(HtmlFault::Active), "{html}");
        }
        for html in [
            "<a href=/x>",
            "<img src='i.jpg'>",
            "<video poster=\"//x/y\">",
            "<a href=\"javascript:x\">",
            "<img srcset=\"http://a/1 1x, b 2x\">",
        ] {
            assert_eq!(fault_in(html), Some(HtmlFault::Relative), "{html}");
        }
    }

    #[test]
    fn what_the_cleaner_lets_through_is_clean() {
        let html =
            "<p>1 < 2 onclick=</p><a href=http://a.cn/?a=1>x</a><img src=/i.jpg alt='a > b'><img srcset='https://a/1 1x, https://a/2 2x'>";
        let base = url::Url::parse("http://news.example.cn/a/").unwrap();
        assert_eq!(fault_in(SafeHtml::clean(html, Some(&base)).as_str()), None);
    }
}
