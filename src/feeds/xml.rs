//! What the XML writers leave to be done: the declaration, and the escapes that RSS readers want.

/// How XML feeds begin. Nothing may stand before it, not even a byte order mark.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

/// The RSS profile's spelling of `&` and `<` in plain text (RSS Best Practices Profile, Character Data): readers that decode
/// twice take a title `A &amp;amp; B` for markup otherwise. CDATA sections stay as they are.
pub(super) fn in_profile_spelling(xml: &str) -> String {
    let mut spelled = String::with_capacity(xml.len() + xml.len() / 64);
    let mut rest = xml;
    while !rest.is_empty() {
        let (text, cdata) = rest.split_at(rest.find(CDATA).unwrap_or(rest.len()));
        spell(text, &mut spelled);
        let (cdata, behind) = cdata.split_at(cdata.find(CDATA_END).map_or(cdata.len(), |at| at + CDATA_END.len()));
        spelled.push_str(cdata);
        rest = behind;
    }
    spelled
}

fn spell(mut text: &str, spelled: &mut String) {
    while let Some(at) = text.find('&') {
        spelled.push_str(&text[..at]);
        let entity = &text[at..];
        let (spelling, length) = match entity {
            _ if entity.starts_with("&amp;") => ("&#x26;", "&amp;".len()),
            _ if entity.starts_with("&lt;") => ("&#x3C;", "&lt;".len()),
            _ => ("&", 1),
        };
        spelled.push_str(spelling);
        text = &entity[length..];
    }
    spelled.push_str(text);
}

/// A plain text as HTML: an RSS `description` is HTML to every reader.
pub(super) fn as_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_spelled_and_cdata_is_not() {
        let xml = "<t a=\"1&amp;2\">&amp;&lt;b&gt;&amp;lt;</t><d><![CDATA[&amp;&lt;]]]]><![CDATA[>&amp;]]></d><e>&quot;&amp;</e>";
        let spelled = "<t a=\"1&#x26;2\">&#x26;&#x3C;b&gt;&#x26;lt;</t><d><![CDATA[&amp;&lt;]]]]><![CDATA[>&amp;]]></d><e>&quot;&#x26;</e>";
        assert_eq!(in_profile_spelling(xml), spelled);
    }
}
