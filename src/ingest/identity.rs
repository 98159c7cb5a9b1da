//! Which article copy belongs to: by its id at its source, its address, its guid, or its headline and day.

use crate::model::{Article, ArticleKey, Candidate, CanonicalUrl, Millis, SourceKind};
use crate::store::write::ingest::{Identity, by_key, find, under_headline};
use crate::store::{ArticleRow, StoreError, Tx};

use super::Door;
use super::weigh::{copy_hash, is_near, spelled};

/// What a candidate is known by, and whom it belongs to.
#[derive(Debug)]
pub(super) struct Known {
    /// Its names, the surest first.
    pub(super) names: Vec<Identity>,
    /// The article that it belongs to.
    pub(super) row: Option<ArticleRow>,
    /// The article that its address names already.
    pub(super) at_address: Option<ArticleRow>,
}

/// By what an article is known, the surest first: its id at its source, its address, and where it has neither its headline and day. A feed's
/// guid stands behind the address, for systems change it and give it twice.
pub(super) fn names(candidate: &Candidate, door: &Door, now: Millis) -> Vec<Identity> {
    let id = candidate.provenance.external_id.as_ref().map(|id| ("external", format!("{}\n{id}", door.source)));
    let url = candidate.url.as_ref().map(|url| ("url", url.to_string()));
    let names: Vec<Identity> = if door.kind == SourceKind::Feed { [url, id] } else { [id, url] }.into_iter().flatten().collect();
    if names.is_empty() { vec![("headline", nameless(candidate, door, now))] } else { names }
}

/// The public name that a new article of this copy has: of its address, else of its id at its source, else of what it is known by there.
pub(super) fn key_of(candidate: &Candidate, door: &Door, now: Millis) -> ArticleKey {
    match (&candidate.url, &candidate.provenance.external_id) {
        (Some(url), _) => ArticleKey::of_url(url),
        (None, Some(id)) => ArticleKey::of_external(&door.source, id),
        (None, None) => ArticleKey::of_external(&door.source, &nameless(candidate, door, now)),
    }
}

/// Headline, day and sections: the same headline of another day, or in another section, is another article.
fn nameless(candidate: &Candidate, door: &Door, now: Millis) -> String {
    let at = candidate.published.map_or(now, |when| when.instant(door.zone, Millis(0)));
    let (day, sections) = (at.in_zone(door.zone).format("%Y-%m-%d"), candidate.sections.join(" "));
    format!("{}\n{}\n{day}\n{sections}", door.source, candidate.title.as_deref().unwrap_or_default())
}

/// The name under which an article of a polled source is looked for when a redesign changed its address: a list of all under one headline.
fn headline(door: &Door, title: &str, at: Millis) -> String {
    format!("{}\n{}\n{}\n", door.source, at.in_zone(door.zone).format("%Y-%m-%d"), spelled(title))
}

/// The same, for one of them.
pub(super) fn headline_of(article: &Article, door: &Door) -> Option<Identity> {
    let tells = door.is_polled() && !spelled(&article.title).is_empty();
    tells.then(|| ("day", format!("{}{}", headline(door, &article.title, article.published), article.key)))
}

/// Looks for the article that a candidate belongs to. `as_article` makes the candidate an article, to be compared by.
pub(super) async fn look_up(
    tx: &mut Tx,
    candidate: &Candidate,
    door: &Door,
    now: Millis,
    as_article: impl FnOnce() -> Article,
) -> Result<Known, StoreError> {
    let names = names(candidate, door, now);
    let at_address = match &candidate.url {
        Some(url) => find(tx, &[("url", url.to_string())]).await?,
        None => None,
    };
    let mut row = match &at_address {
        Some(row) if door.kind == SourceKind::Feed => Some(row.clone()),
        _ => find(tx, &names).await?,
    };
    // Two addresses that stand in one look are two articles, whatever else they share.
    if door.is_polled() && at_address.is_none() && row.as_ref().is_some_and(|row| stands_beside(row, candidate, door)) {
        row = None;
    }
    if row.is_none()
        && door.is_polled()
        && let Some(title) = &candidate.title
    {
        let day = candidate.published.map(|when| when.instant(door.zone, now));
        row = match (&candidate.url, day) {
            (Some(url), Some(day)) => moved(tx, url, &headline(door, title, day), door, as_article).await?,
            (Some(_), None) => None,
            (None, day) => told_again(tx, &headline(door, title, day.unwrap_or(now)), door, as_article).await?,
        };
    }
    // An article that came from a file may have kept its public name alone.
    if row.is_none() {
        row = by_key(tx, key_of(candidate, door, now).as_str()).await?;
    }
    Ok(Known { names, row, at_address })
}

/// Whether an article's own address is met in the same look, beside the candidate's.
fn stands_beside(row: &ArticleRow, candidate: &Candidate, door: &Door) -> bool {
    let other = row.article.url.as_ref().filter(|url| Some(*url) != candidate.url.as_ref());
    other.is_some_and(|url| door.seen.contains(url))
}

/// The article that moved to a new address: same source, headline and day, a body near to the candidate's, and its own address gone.
async fn moved(
    tx: &mut Tx,
    url: &CanonicalUrl,
    headline: &str,
    door: &Door,
    as_article: impl FnOnce() -> Article,
) -> Result<Option<ArticleRow>, StoreError> {
    if spelled(headline.rsplit('\n').nth(1).unwrap_or_default()).is_empty() {
        return Ok(None);
    }
    let rows = under_headline(tx, "day", headline).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let copy = as_article();
    let is_it = |row: &ArticleRow| {
        let own = row.article.url.as_ref();
        row.article.source == door.source && own.is_none_or(|own| own != url && !door.seen.contains(own)) && is_near(&row.article, &copy)
    };
    Ok(rows.into_iter().find(is_it))
}

/// The article of the same source, headline, day and words that has no address either: some feeds make up ids anew at every call.
async fn told_again(
    tx: &mut Tx,
    headline: &str,
    door: &Door,
    as_article: impl FnOnce() -> Article,
) -> Result<Option<ArticleRow>, StoreError> {
    let rows = under_headline(tx, "day", headline).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let copy = copy_hash(&as_article());
    let is_it = |row: &ArticleRow| row.article.source == door.source && row.article.url.is_none() && copy_hash(&row.article) == copy;
    Ok(rows.into_iter().find(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_stands_behind_the_address() {
        let mut candidate = Candidate::from_source("x");
        candidate.provenance.external_id = Some("7".to_owned());
        candidate.url = CanonicalUrl::parse("https://news.example.cn/1.html").ok();
        let kinds = |kind| {
            let door = Door { kind, ..Door::push(chrono_tz::Asia::Shanghai) };
            names(&candidate, &door, Millis(0)).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(SourceKind::Push), ["external", "url"]);
        assert_eq!(kinds(SourceKind::Feed), ["url", "external"]);
    }

    #[test]
    fn a_headline_is_looked_for_by_its_day_in_the_sources_zone() {
        let door = Door { kind: SourceKind::Site, ..Door::push(chrono_tz::Asia::Shanghai) };
        let late = Millis(1_635_436_800_000 - 1);
        assert_eq!(headline(&door, "公 告！", late), "push\n2021-10-28\n公告\n");
        assert_eq!(headline(&door, "公告", late.plus(std::time::Duration::from_millis(1))), "push\n2021-10-29\n公告\n");
    }
}
