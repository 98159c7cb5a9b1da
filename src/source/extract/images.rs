//! Pictures: their real addresses behind lazy loading, and which of them are none.

use dom_query::NodeRef;
use url::Url;

use crate::model::{Image, one_line};

/// A picture as found in a body.
pub(super) type Picture = Image;

/// Where lazy loaders keep the address; these go before `src`, which then holds a placeholder.
const LAZY: &[&str] = &[
    "data-src",
    "data-original",
    "data-original-src",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
    "data-actualsrc",
    "data-real-src",
    "data-img",
    "data-hi-res-src",
    "_src",
    "real_src",
    "original",
];

/// What a placeholder, a counter or an ornament is called.
const NO_PICTURE: &[&str] = &[
    "placeholder",
    "loading.",
    "blank.",
    "spacer",
    "1px",
    "1x1",
    "pixel",
    "transparent",
    "grey.gif",
    "default.gif",
    "lazy.",
    "cnzz",
    "hm.baidu",
    "51.la",
    "stats.",
    "feedsportal",
    "qrcode",
    "erweima",
    "ewm",
    "icon",
    "logo",
    "avatar",
    "emoji",
    "share_",
    "arrow",
];

/// Folders of what belongs to the site: portraits of its users, its signs.
const NO_FOLDER: &[&str] =
    &["avatar", "avatars", "emoji", "emojis", "emoticon", "smiley", "smilies", "icon", "icons", "logo", "logos", "qrcode", "qrcodes"];

/// A picture that is so many times wider than high is a banner or a rule between paragraphs.
const BANNER: f32 = 4.5;

/// Smaller pictures are ornaments (pixels, either side).
const SMALLEST: u32 = 32;

/// Reads an `<img>`; `None` where it is no picture of the article.
pub(super) fn read(img: &NodeRef<'_>, base: Option<&Url>) -> Option<Picture> {
    let side = |name: &str| img.attr(name).and_then(|value| value.trim().trim_end_matches("px").parse::<u32>().ok());
    let (width, height) = (side("width"), side("height"));
    if width.is_some_and(|width| width < SMALLEST) || height.is_some_and(|height| height < SMALLEST) {
        return None;
    }
    // A picture with areas to click is a map of the page, as of a newspaper's. Editors for accounts tell height by width.
    let told = img.attr("data-ratio").and_then(|ratio| ratio.trim().parse::<f32>().ok());
    let flat = told.is_some_and(|ratio| ratio > 0.0 && ratio * BANNER < 1.0);
    if img.has_attr("usemap") || flat {
        return None;
    }
    // A portrait of the author is no picture of the article.
    let names = img.attr_or("class", "").to_ascii_lowercase();
    if ["avatar", "author-", "gravatar"].iter().any(|word| names.contains(word)) {
        return None;
    }
    let lazy = LAZY.iter().filter_map(|name| img.attr(name)).map(|value| value.to_string());
    let set = ["data-srcset", "srcset"].into_iter().filter_map(|name| img.attr(name)).filter_map(|set| largest(&set));
    let plain = img.attr("src").map(|value| value.to_string());
    let address = lazy.chain(plain).chain(set).find_map(|address| absolute(&address, base))?;
    let alt = img.attr("alt").map(|alt| one_line(&alt)).filter(|alt| !alt.is_empty());
    Some(Image { url: address, alt, width, height, media_type: None, bytes: None, copy: None })
}

/// An address without the width or density that stands behind it in a set of pictures: one of a set may be taken for the only one.
fn without_width(address: &str) -> &str {
    let is_width = |word: &str| word.strip_suffix(['w', 'x']).is_some_and(|count| count.parse::<f32>().is_ok());
    address.rsplit_once(' ').filter(|(_, word)| is_width(word)).map_or(address, |(address, _)| address.trim_end())
}

/// An address that a reader can load; `None` for placeholders.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let address = without_width(address.trim());
    if address.is_empty() || address.starts_with("data:") || address.starts_with("blob:") || address.starts_with('#') {
        return None;
    }
    let url = match base {
        Some(base) => base.join(address).ok()?,
        None if address.starts_with("//") => Url::parse(&format!("https:{address}")).ok()?,
        None => Url::parse(address).ok()?,
    };
    let name = url.path().to_ascii_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    let none = NO_PICTURE.iter().any(|word| file.contains(word) || host.starts_with(word.trim_end_matches('.')));
    let none = none || name.rsplit('/').skip(1).any(|folder| NO_FOLDER.contains(&folder));
    (matches!(url.scheme(), "http" | "https") && !none).then(|| url.into())
}

/// The largest picture of a `srcset`.
fn largest(set: &str) -> Option<String> {
    let candidates = set.split(", ").filter_map(|part| {
        let mut words = part.split_whitespace();
        let address = words.next()?;
        let size = words.next().and_then(|size| size.trim_end_matches(['w', 'x']).parse::<f32>().ok()).unwrap_or(1.0);
        Some((size, address))
    });
    candidates.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, address)| address.trim_end_matches(',').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dom_query::Document;

    fn picture(html: &str) -> Option<String> {
        let base = Url::parse("https://news.example.cn/a/b/c.html").unwrap();
        let document = Document::from(html);
        let img = document.select("img");
        read(img.nodes().first().unwrap(), Some(&base)).map(|picture| picture.url)
    }

    #[test]
    fn the_real_address_is_found() {
        assert_eq!(picture("<img src=/loading.gif data-original=../x.jpg>").unwrap(), "https://news.example.cn/a/x.jpg");
        assert_eq!(picture("<img src=//img.example.cn/x.jpg>").unwrap(), "https://img.example.cn/x.jpg");
        assert_eq!(picture("<img srcset='/s.jpg 300w, /l.jpg 1200w'>").unwrap(), "https://news.example.cn/l.jpg");
    }

    #[test]
    fn ornaments_are_none() {
        assert_eq!(picture("<img src=/x.gif width=1 height=1>"), None);
        assert_eq!(picture("<img src=data:image/gif;base64,R0lGOD>"), None);
        assert_eq!(picture("<img src=/images/qrcode.png>"), None);
        assert_eq!(picture("<img src=/avatar/7.png>"), None);
        assert_eq!(picture("<img src=/res/page05.jpg usemap='#map'>"), None);
        assert_eq!(picture("<img data-src=/top/0 data-ratio=0.2 data-w=1080>"), None);
        assert!(picture("<img data-src=/top/0 data-ratio=0.66 data-w=1080>").is_some());
    }
}
