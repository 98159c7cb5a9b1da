//! What a picture is: its type, its bytes, its pixels, from its first bytes alone. Nothing is decoded, and nothing is guessed.
//! And whether strangers get it, and the whole file where a copy is wanted.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, LOCATION, REFERER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use imagesize::{Compression, ImageType};
use url::Url;

use super::extract::ExtractError;
use super::{Net, SourceError};
use crate::outbound::{Answer, Beyond, Limits, Reach, Request};

/// The size of a picture stands in its first kilobytes; behind a camera's notes and a thumbnail it may come late.
const LIMITS: Limits = Limits {
    total: Duration::from_secs(15),
    wire_cap: 512 * 1024,
    read_cap: 512 * 1024,
    beyond: Beyond::Stop,
    decode: false,
    ..Limits::PAGE
};
/// A whole picture of the largest size comes within this over a poor line.
const WHOLE_WITHIN: Duration = Duration::from_secs(30);
/// A page of nobody's (RFC 2606): whoever refuses strangers refuses those who come from it.
const ELSEWHERE: &str = "https://reader.example/";
/// Chains of redirects longer than this lead nowhere.
const MOST_HOPS: usize = 3;
/// More bytes than this are no picture of an article, and no reader loads them.
const MOST_BYTES: u64 = 20 * 1024 * 1024;
/// A side of one pixel is a counter, not a picture.
const SMALLEST: usize = 2;
/// Longer sides than this are a mistake or an attack (pixels).
const LARGEST: usize = 30_000;

/// A picture, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// By its bytes, whatever its server says.
    pub media_type: &'static str,
    /// The whole file; `None` where the server does not tell.
    pub bytes: Option<u64>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Who asks for a picture.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who we are.
    pub user_agent: String,
    /// The page that shows it, for sites that give pictures to their own pages only.
    pub page: Option<Url>,
}

/// Measures a picture. It is asked for once, as a reader's browser would; robots.txt speaks of pages to be searched and is not asked.
///
/// # Errors
/// When it cannot be had, or is no picture that readers know. [`SourceError::advice`] says whether to try again.
pub async fn measure(url: &Url, asker: &Asker, reach: impl Fn(&Url) -> Reach, net: &Net) -> Result<Measure, SourceError> {
    let (here, answer) = ask(url, asker, reach, net, &LIMITS).await?;
    judged(here, answer).await
}

/// Takes a whole picture, of at most so many bytes, with its measure.
///
/// # Errors
/// When it cannot be had, is larger, or is no picture that readers know.
pub async fn take(url: &Url, asker: &Asker, reach: impl Fn(&Url) -> Reach, net: &Net, most: u64) -> Result<(Measure, Bytes), SourceError> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let limits = Limits { total: WHOLE_WITHIN, wire_cap: most, read_cap: most, beyond: Beyond::Refuse, ..LIMITS };
    let (here, answer) = ask(url, asker, reach, net, &limits).await?;
    if answer.headers.contains_key(CONTENT_ENCODING) {
        return Err(SourceError::Kind { url: here, kind: "a picture that is compressed on the way".to_owned() });
    }
    let body = Bytes::from(answer.body.clone());
    Ok((judged(here, answer).await?, body))
}

/// Whether pages of other sites may show a picture: whoever comes from there is given the same bytes, over TLS.
///
/// # Errors
/// When the picture cannot be had from its own page either, or its server does not say.
pub async fn shown_elsewhere(url: &Url, asker: &Asker, reach: impl Fn(&Url) -> Reach, net: &Net) -> Result<bool, SourceError> {
    let stranger = Asker { page: Url::parse(ELSEWHERE).ok(), ..asker.clone() };
    let (end, own) = ask(url, asker, &reach, net, &LIMITS).await?;
    if url.scheme() == "https" && end.scheme() == "http" {
        return Ok(false);
    }
    match ask(url, &stranger, &reach, net, &LIMITS).await {
        Ok((_, given)) => Ok(given.body == own.body),
        // A refusal or a way round in circles is an answer; a server that is ill or busy gives none.
        Err(SourceError::Status { status, .. }) if (400..500).contains(&status) && !matches!(status, 408 | 425 | 429) => Ok(false),
        Err(SourceError::Redirects { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Asks for a picture and follows where it went: the address that answered, and its answer.
async fn ask(url: &Url, asker: &Asker, reach: impl Fn(&Url) -> Reach, net: &Net, limits: &Limits) -> Result<(Url, Answer), SourceError> {
    let mut here = url.clone();
    for _ in 0..=MOST_HOPS {
        let request = Request { method: Method::GET, url: here.clone(), headers: headers(asker), body: Bytes::new() };
        // A page's picture is asked of the same server as the page, and one request at a time is what it was promised.
        let turn = net.turns.take(&here, Duration::ZERO, &net.clock).await;
        let turn = turn.map_err(|until| SourceError::Resting { url: here.clone(), until })?;
        let answer = net.outbound.exchange(request, &reach(&here), limits).await;
        turn.asked(net.clock.now());
        let answer = answer.map_err(|failure| SourceError::Exchange { url: here.clone(), failure })?;
        match answer.status {
            200 => return Ok((here, answer)),
            301 | 302 | 303 | 307 | 308 => {
                let next = answer.headers.get(LOCATION).and_then(|to| here.join(to.to_str().ok()?.trim()).ok());
                here = next
                    .filter(|next| matches!(next.scheme(), "http" | "https"))
                    .ok_or_else(|| SourceError::Redirects { url: url.clone() })?;
            }
            status => return Err(SourceError::Status { url: here, status, again: None }),
        }
    }
    Err(SourceError::Redirects { url: url.clone() })
}

fn headers(asker: &Asker) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(USER_AGENT, &asker.user_agent);
    put(ACCEPT, "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.8");
    if let Some(page) = &asker.page {
        put(REFERER, page.as_str());
    }
    headers
}

async fn judged(url: Url, answer: Answer) -> Result<Measure, SourceError> {
    let told = answer.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let whole = if answer.truncated { told } else { Some(answer.body.len() as u64) };
    // What is compressed on the way is another number of bytes than the file has.
    let bytes = whole.filter(|bytes| *bytes <= MOST_BYTES && !answer.headers.contains_key(CONTENT_ENCODING));
    let refused = |kind: &str| SourceError::Kind { url: url.clone(), kind: kind.to_owned() };
    let body = answer.body;
    let read = tokio::task::spawn_blocking(move || Some((imagesize::image_type(&body).ok()?, imagesize::blob_size(&body).ok()?)));
    let read = read.await.map_err(|_| SourceError::Page { url: url.clone(), error: ExtractError::Stopped })?;
    let (kind, size) = read.ok_or_else(|| refused("no picture, or one whose size does not stand in its beginning"))?;
    let media_type = match kind {
        ImageType::Jpeg => "image/jpeg",
        ImageType::Png => "image/png",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        ImageType::Heif(Compression::Av1) => "image/avif",
        _ => return Err(refused("a picture of a kind that readers do not show")),
    };
    let fits = |side: usize| (SMALLEST..=LARGEST).contains(&side);
    if !fits(size.width) || !fits(size.height) {
        return Err(refused("a counter or a monster"));
    }
    if whole.is_some_and(|bytes| bytes > MOST_BYTES) {
        return Err(refused("a picture that no reader loads"));
    }
    Ok(Measure { media_type, bytes, width: size.width as u32, height: size.height as u32 })
}

#[cfg(test)]
mod tests {
    use super::super::loopback::{Server, answer, net, path};
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        [b"GIF89a".as_slice(), &width.to_le_bytes(), &height.to_le_bytes(), &[0, 0, 0, 0x3b]].concat()
    }

    fn jpeg(width: u16, height: u16, notes: usize) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        for _ in 0..notes {
            bytes.extend([0xff, 0xe1, 0xff, 0xff]);
            bytes.extend(vec![0; 0xfffd]);
        }
        bytes.extend([0xff, 0xc0, 0, 17, 8]);
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
        bytes
    }

    fn webp(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        bytes.extend(&(width - 1).to_le_bytes()[..3]);
        bytes.extend(&(height - 1).to_le_bytes()[..3]);
        bytes.extend([0; 8]);
        bytes
    }

    async fn measured(server: &Server, place: &str) -> Result<Measure, SourceError> {
        let asker = Asker { user_agent: "Postrider/0".to_owned(), page: Some(server.base.join("/1.html").unwrap()) };
        let reach = Reach { private: true, ..Reach::default() };
        measure(&server.base.join(place).unwrap(), &asker, |_| reach.clone(), &net()).await
    }

    #[tokio::test]
    async fn pictures_are_what_their_bytes_say() {
        let server = Server::start(|head| match path(head) {
            "/a.png" => answer(200, "content-type: text/html\r\n", &png(640, 480)),
            "/b.gif" => answer(200, "", &gif(320, 200)),
            "/c.jpg" if !head.to_lowercase().contains("referer: http://") => answer(403, "", b""),
            "/c.jpg" => answer(200, "content-type: image/png\r\n", &jpeg(1200, 800, 4)),
            "/d.webp" => answer(200, "", &webp(900, 600)),
            "/moved" => answer(302, "location: /a.png\r\n", b""),
            "/large.jpg" => answer(200, "", &[jpeg(4000, 3000, 1), vec![0; 3 * 1024 * 1024]].concat()),
            _ => answer(404, "", b""),
        })
        .await;
        for (place, media_type, bytes, width, height) in [
            ("/a.png", "image/png", png(1, 1).len(), 640, 480),
            ("/moved", "image/png", png(1, 1).len(), 640, 480),
            ("/b.gif", "image/gif", gif(1, 1).len(), 320, 200),
            ("/c.jpg", "image/jpeg", jpeg(1, 1, 4).len(), 1200, 800),
            ("/d.webp", "image/webp", webp(2, 2).len(), 900, 600),
            ("/large.jpg", "image/jpeg", jpeg(1, 1, 1).len() + 3 * 1024 * 1024, 4000, 3000),
        ] {
            let wanted = Measure { media_type, bytes: Some(bytes as u64), width, height };
            assert_eq!(measured(&server, place).await.unwrap(), wanted, "{place}");
        }
        assert!(measured(&server, "/gone.png").await.unwrap_err().is_gone());
    }

    #[tokio::test]
    async fn what_is_no_picture_of_an_article_is_refused() {
        let server = Server::start(|head| match path(head) {
            "/page.jpg" => answer(200, "content-type: image/jpeg\r\n", b"<html>not for strangers</html>"),
            "/pixel.gif" => answer(200, "", &gif(1, 1)),
            "/monster.png" => answer(200, "", &png(100_000, 3)),
            "/cut.jpg" => answer(200, "", &jpeg(10, 10, 12)),
            "/drawing.svg" => answer(200, "content-type: image/svg+xml\r\n", b"<svg width='9' height='9'><script/></svg>"),
            "/heavy.png" => answer(200, "", &[png(640, 480), vec![0; 21 * 1024 * 1024]].concat()),
            "/round" => answer(302, "location: /round\r\n", b""),
            _ => answer(200, "", b""),
        })
        .await;
        for place in ["/page.jpg", "/pixel.gif", "/monster.png", "/cut.jpg", "/drawing.svg", "/heavy.png", "/empty"] {
            assert!(matches!(measured(&server, place).await, Err(SourceError::Kind { .. })), "{place}");
        }
        assert!(matches!(measured(&server, "/round").await, Err(SourceError::Redirects { .. })));
        let asker = Asker { user_agent: "Postrider/0".to_owned(), page: None };
        let inside = measure(&Url::parse("http://10.0.0.1/a.png").unwrap(), &asker, |_| Reach::default(), &net()).await;
        assert!(matches!(inside, Err(SourceError::Exchange { .. })));
    }

    #[tokio::test]
    async fn a_server_that_turns_strangers_away_is_found_out() {
        let server = Server::start(|head| {
            let own = head.to_lowercase().contains("referer: http://127.");
            match path(head) {
                "/open.png" => answer(200, "", &png(640, 480)),
                "/closed.png" | "/sent-away.png" | "/busy.png" if own => answer(200, "", &png(640, 480)),
                "/closed.png" => answer(403, "", b""),
                "/swapped.png" => answer(200, "", &png(640, if own { 480 } else { 100 })),
                "/sent-away.png" => answer(302, "location: /swapped.png\r\n", b""),
                _ => answer(503, "", b""),
            }
        })
        .await;
        let asker = Asker { user_agent: "Postrider/0".to_owned(), page: Some(server.base.join("/1.html").unwrap()) };
        let reach = Reach { private: true, ..Reach::default() };
        for (place, shown) in [
            ("/open.png", Some(true)),
            ("/closed.png", Some(false)),
            ("/swapped.png", Some(false)),
            ("/sent-away.png", Some(false)),
            ("/busy.png", None),
            ("/ill.png", None),
        ] {
            let told = shown_elsewhere(&server.base.join(place).unwrap(), &asker, |_| reach.clone(), &net()).await;
            assert_eq!(told.ok(), shown, "{place}");
        }
    }

    #[tokio::test]
    async fn a_picture_waits_for_its_hosts_turn() {
        let server = Server::start(|_| answer(200, "content-type: image/png\r\n", b"x")).await;
        let (net, asker) = (net(), Asker { user_agent: "Postrider/1".to_owned(), page: None });
        let url = server.base.join("/a.png").unwrap();
        let turn = net.turns.take(&url, Duration::ZERO, &net.clock).await.unwrap();
        let reach = |_: &Url| Reach { private: true, ..Reach::default() };
        let asked = tokio::time::timeout(Duration::from_millis(200), measure(&url, &asker, reach, &net)).await;
        assert!(asked.is_err() && server.paths().is_empty(), "somebody else is being served");
        turn.asked(net.clock.now());
        let _ = measure(&url, &asker, reach, &net).await;
        assert_eq!(server.paths(), ["/a.png"]);
    }

    #[tokio::test]
    async fn a_copy_is_the_whole_file_or_nothing() {
        let large = [png(640, 480), vec![7; 600 * 1024]].concat();
        let sent = large.clone();
        let server = Server::start(move |head| match path(head) {
            "/large.png" => answer(200, "content-type: text/html\r\n", &sent),
            "/packed.png" => answer(200, "content-encoding: gzip\r\n", &png(640, 480)),
            "/short.png" => [b"HTTP/1.1 200 x\r\ncontent-length: 900\r\n\r\n".as_slice(), &png(640, 480)].concat(),
            "/drawing.png" => answer(200, "content-type: image/png\r\n", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
            _ => answer(200, "content-type: image/png\r\n", b"<html></html>"),
        })
        .await;
        let asker = Asker { user_agent: "Postrider/0".to_owned(), page: None };
        let reach = Reach { private: true, ..Reach::default() };
        let taken = async |place: &str, most| take(&server.base.join(place).unwrap(), &asker, |_| reach.clone(), &net(), most).await;
        let (measure, bytes) = taken("/large.png", 1 << 20).await.unwrap();
        assert!(bytes == large && measure.media_type == "image/png" && measure.bytes == Some(large.len() as u64));
        assert!(taken("/large.png", 64 << 10).await.is_err(), "larger than it may be");
        for place in ["/packed.png", "/short.png", "/drawing.png", "/page.png"] {
            assert!(taken(place, 1 << 20).await.is_err(), "{place}");
        }
    }
}
