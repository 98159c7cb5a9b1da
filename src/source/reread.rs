//! Pages that were kept, read again by today's rules. Nothing is fetched.

use std::sync::Arc;

use super::extract::ExtractError;
use super::{Spec, pages};
use crate::model::{Body, Candidate, CanonicalUrl, Millis, SourceMemory};

/// A page as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its address.
    pub url: CanonicalUrl,
    /// Its bytes as they came.
    pub bytes: Vec<u8>,
    /// The header's value.
    pub content_type: Option<String>,
}

/// Reads an article's first page, and joins the bodies and pictures of its further pages to it, in order. `seen_at`: when it was found, for
/// times like 3 小时前 and those without a year. It blocks.
///
/// # Errors
/// When a page is too large, takes too long or stops its reader.
pub fn reread(spec: &Spec, memory: &Arc<SourceMemory>, first: Kept, parts: Vec<Kept>, seen_at: Millis) -> Result<Candidate, ExtractError> {
    let read = |page: Kept| {
        let url = page.url.url();
        pages::read(page.bytes, Some(&url), page.content_type.as_deref(), spec, memory, seen_at).map(|read| read.candidate)
    };
    let mut candidate = read(first)?;
    for part in parts {
        let part = read(part)?;
        if let (Body::Html(body), Body::Html(more)) = (&mut candidate.body, part.body) {
            body.push('\n');
            body.push_str(&more);
        }
        let new = part.images.into_iter().filter(|image| !candidate.images.contains(image)).collect::<Vec<_>>();
        candidate.images.extend(new);
    }
    candidate.language.get_or_insert_with(|| spec.language.clone());
    Ok(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::loopback::{Server, answer};
    use super::*;
    use crate::model::SourceKind;

    #[tokio::test]
    async fn the_pages_of_an_article_are_one_article_again() {
        let spec = Server::start(|_| answer(404, "", b"")).await.spec(SourceKind::Site, &[]);
        let page = |n: usize, text: &str| {
            Kept {
            url: CanonicalUrl::parse(&format!("https://news.example.cn/7_{n}.html")).unwrap(),
            bytes: format!(
                "<html><head><title>渡口重新通航</title></head><body><h1>渡口重新通航</h1><p>2021-10-29 08:30</p><div><p>{text}</p></div></body></html>"
            )
            .into_bytes(),
            content_type: Some("text/html; charset=utf-8".to_owned()),
        }
        };
        let first = "云溪镇的渡口昨天清早重新通航，两岸的人不必再绕行上游的公路桥，赶集的人挑着担子上船。";
        let second = "镇里为渡口添了候船的棚子，棚子下面摆着长凳和茶桶，孩子们趴在栏杆上看水。";
        let read = reread(&spec, &Arc::default(), page(1, first), vec![page(2, second)], Millis(0)).unwrap();
        let Body::Html(body) = &read.body else { panic!("{:?}", read.body) };
        assert!(body.find(first).unwrap() < body.find(second).unwrap(), "{body}");
        assert_eq!(read.title.as_deref(), Some("渡口重新通航"));
    }
}
