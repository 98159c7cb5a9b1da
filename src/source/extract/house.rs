//! Names of houses where a person's is looked for: the site's own, which is no author, and those of newsrooms.

use super::bylines::names_in;
use super::head::Head;
use super::words::{bare, len};

/// The names under which a site speaks of itself, bare.
pub(super) fn own_names(head: &Head) -> Vec<String> {
    let metas = head.all(&["og:site_name", "publisher", "application-name", "dc.publisher", "rights", "twitter:site"]);
    let publisher = head.article().and_then(|article| article.get("publisher")).map(|publisher| names_in(publisher, head));
    let sites = head.of_kind("WebSite").filter_map(|site| site.get("name")?.as_str());
    let title = head.title.as_deref().and_then(|title| title.rsplit(['|', '-', '–', '—', '»', '·']).next().filter(|last| *last != title));
    let names = metas.into_iter().chain(sites).chain(title).map(str::to_owned).chain(publisher.into_iter().flatten());
    names.map(|name| bare(&name)).filter(|name| len(name) >= 3).collect()
}

/// Whether a name is the site's own, alone or with a word for its newsroom: such an author is nobody.
pub(super) fn is_own(name: &str, own: &[String]) -> bool {
    let name = bare(name);
    let rest = |site: &String| name.strip_prefix(site.as_str()).or_else(|| name.strip_suffix(site.as_str())).map(str::to_owned);
    own.iter().filter_map(rest).any(|rest| rest.is_empty() || NEWSROOM.contains(&rest.as_str()))
}

/// Words for a newsroom beside a site's name, bare.
const NEWSROOM: &[&str] = &[
    "staff",
    "staffreporter",
    "staffwriter",
    "newsroom",
    "news",
    "newsdesk",
    "webdesk",
    "desk",
    "team",
    "editors",
    "editorial",
    "redaktion",
    "dieredaktion",
    "redaktionder",
    "redaktionvon",
    "redacción",
    "redaccion",
    "redação",
    "redazione",
    "rédaction",
    "larédaction",
    "redactie",
    "redaktionen",
    "com",
    "online",
    "the",
];

/// Agencies whose names are written as one word, bare.
const AGENCIES: &[&str] = &[
    "dpa",
    "afp",
    "reuters",
    "ap",
    "apa",
    "sda",
    "kna",
    "epd",
    "sid",
    "ansa",
    "adnkronos",
    "efe",
    "lusa",
    "tass",
    "ritzau",
    "ntb",
    "tt",
    "stt",
    "anp",
    "belga",
    "pap",
    "čtk",
    "tasr",
    "mti",
    "agerpres",
    "bta",
    "hina",
    "tanjug",
    "iha",
    "dha",
    "anka",
    "kyodo",
    "xinhua",
    "pti",
    "ani",
    "antara",
    "bernama",
    "yonhap",
    "interfax",
    "ukrinform",
];

/// Whether a name is an agency's.
pub(super) fn is_agency(name: &str) -> bool {
    len(name) <= 12 && AGENCIES.contains(&bare(name).as_str())
}

/// Whether a name is the site's or a newsroom's rather than a person's.
pub(super) fn is_house(name: &str, head: &Head) -> bool {
    let low = name.to_lowercase();
    let site = head.meta(&["og:site_name", "publisher", "application-name"]).unwrap_or_default().to_lowercase();
    low.contains('.') && !low.contains(' ')
        || !site.is_empty() && (site.contains(&low) || low.contains(&site))
        || ["redaktion", "nachrichten", "news", "staff", "newsroom", "redacción", "redazione", "editorial", "online", "agency"]
            .iter()
            .any(|word| low.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_no_author() {
        let page = dom_query::Document::from("<title>A landing mended | River News</title>");
        let own = own_names(&Head::read(&page, None));
        for (name, mine) in [
            ("River News", true),
            ("River News Staff", true),
            ("Staff River News", true),
            ("Ann Lee", false),
            ("Ministry of Rivers", false),
        ] {
            assert_eq!(is_own(name, &own), mine, "{name}");
        }
    }
}
