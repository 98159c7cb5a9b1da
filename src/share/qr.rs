//! QR symbols as SVG pictures (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};
use url::Url;

use super::ShareError;

/// Empty modules on each side, as the standard asks (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;

/// Pixels of a module in a picture that nobody scales: sharp on a poster, and over 160 pixels for the smallest symbol.
const MODULE_PIXELS: usize = 8;

/// A QR symbol of level M as an SVG document: dark on white whatever the page's colours, `title` for those who cannot see it.
///
/// # Errors
/// When the address is longer than a symbol can hold.
pub fn qr_svg(address: &str, title: &str) -> Result<String, ShareError> {
    let symbol = symbol(&qr_spelling(address))?;
    let side = symbol.width() + 2 * QUIET_ZONE;
    let pixels = side * MODULE_PIXELS;
    let title = escape(title);
    let path = dark_modules(&symbol);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" viewBox=\"0 0 {side} {side}\" role=\"img\">\
         <title>{title}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"{path}\"/></svg>\n"
    ))
}

/// How an address is spelled in a symbol: scheme and host in upper case where that makes the symbol smaller, for the
/// alphanumeric mode needs 5.5 bits a character instead of 8. Both mean the same in either case (RFC 3986, 6.2.2.1).
#[must_use]
pub fn qr_spelling(address: &str) -> String {
    let upper = upper_origin(address);
    match (symbol(address), upper.as_deref().map(symbol)) {
        (Ok(plain), Some(Ok(smaller))) if smaller.width() < plain.width() => upper.unwrap_or_default(),
        (Err(_), Some(Ok(_))) => upper.unwrap_or_default(),
        _ => address.to_owned(),
    }
}

fn upper_origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty())?;
    let host = url.host_str()?;
    let end = address.find(host)? + host.len();
    Some(format!("{}{}", address[..end].to_ascii_uppercase(), &address[end..]))
}

fn symbol(text: &str) -> Result<QrCode, ShareError> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| ShareError::TooLongForQr(text.len()))
}

/// One subpath for each run of dark modules, row by row.
fn dark_modules(symbol: &QrCode) -> String {
    use std::fmt::Write as _;
    let width = symbol.width();
    let mut path = String::new();
    for (y, row) in symbol.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                write!(path, "M{left} {top}h{length}v1h-{length}z").expect("a string takes everything");
            }
            x += run.len();
        }
    }
    path
}

fn escape(text: &str) -> String {
    crate::model::one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_a_quiet_zone_a_white_ground_and_a_title() {
        let svg = qr_svg("https://news.example.cn/s/01234567", "微信扫一扫 <分享> & 转发").unwrap();
        assert!(svg.contains("<title>微信扫一扫 &lt;分享&gt; &amp; 转发</title>"), "{svg}");
        // Version 2 has 25 modules; with four on each side that is 33.
        assert!(svg.contains("viewBox=\"0 0 33 33\""), "{svg}");
        assert!(svg.contains("<path fill=\"#fff\" d=\"M0 0h33v33H0z\"/>"));
        // The first row of a finder pattern is seven dark modules, in the corner of the quiet zone.
        assert!(svg.contains("d=\"M4 4h7v1h-7z"), "{svg}");
    }

    #[test]
    fn scheme_and_host_are_upper_case_where_that_saves_modules() {
        // 37 bytes need version 3 (42 bytes at M); 37 alphanumeric characters fit version 2 (38 at M).
        let address = "https://news.yicheng.example.cn/S/01A";
        assert_eq!(address.len(), 37);
        assert_eq!(qr_spelling(address), "HTTPS://NEWS.YICHENG.EXAMPLE.CN/S/01A");
        let path_matters = "http://a.cn/Ab?c=宜城";
        assert!(qr_spelling(path_matters).ends_with("/Ab?c=宜城"));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let long = format!("https://news.example.cn/{}", "a".repeat(2400));
        assert_eq!(qr_svg(&long, ""), Err(ShareError::TooLongForQr(2424)));
    }
}
