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

/// Whether an address lies on a source's own host or below it: nearer than [`same_site`], for what an operator grants one source must
/// not reach whoever shares a registry with it.
pub(super) fn is_below(own: &Url, url: &Url) -> bool {
    match (own.host(), url.host()) {
        (Some(Host::Domain(own)), Some(Host::Domain(host))) => {
            let own = own.strip_prefix("www.").unwrap_or(own);
            host.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        (own, host) => own == host,
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

    #[test]
    fn what_a_source_is_granted_ends_with_its_own_host() {
        let below = |own: &str, url: &str| is_below(&Url::parse(own).unwrap(), &Url::parse(url).unwrap());
        assert!(below("http://yicheng.hb.example/", "https://yicheng.hb.example:8443/a"));
        assert!(
            below("http://www.hekou.example/", "http://video.hekou.example/")
                && below("http://www.hekou.example/", "http://hekou.example/")
        );
        assert!(!below("http://yicheng.hb.example/", "http://evil.hb.example:2375/"));
        assert!(
            !below("http://hekou.example/", "http://xhekou.example/") && !below("http://video.hekou.example/", "http://hekou.example/")
        );
        assert!(below("http://10.0.0.1/", "http://10.0.0.1:81/") && !below("http://10.0.0.1/", "http://10.0.0.2/"));
    }
}
