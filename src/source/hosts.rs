//! Which hosts belong together.

use url::{Host, Url};

/// Whether two addresses belong to one site: hosts that share what their owner registered, for a newsroom spreads its columns
/// over hosts below it. An IP address is a site of its own.
pub(super) fn same_site(one: &Url, other: &Url) -> bool {
    match (one.host(), other.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other))) => registered(one) == registered(other),
        (one, other) => one == other,
    }
}

/// The last two labels of a host, or three below `com.cn` and its like.
fn registered(host: &str) -> &str {
    const SHARED: [&str; 7] = ["com", "net", "org", "gov", "edu", "ac", "co"];
    let mut labels = host.rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let count = if top.len() == 2 && SHARED.contains(&second) { 3 } else { 2 };
    host.rmatch_indices('.').nth(count - 1).map_or(host, |(at, _)| &host[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_owner_are_one_site() {
        let same = |one: &str, other: &str| same_site(&Url::parse(one).unwrap(), &Url::parse(other).unwrap());
        assert!(same("http://www.hekou.example/a", "https://video.hekou.example/b"));
        assert!(same("http://www.hekou.gov.cn/", "http://hekou.gov.cn/"));
        assert!(!same("http://www.hekou.gov.cn/", "http://www.other.gov.cn/"));
        assert!(!same("http://hekou.cn/", "http://other.cn/"));
        assert!(same("http://127.0.0.1:1/", "http://127.0.0.1:2/"));
        assert!(!same("http://127.0.0.1/", "http://10.0.0.1/"));
    }
}
