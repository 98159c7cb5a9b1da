//! robots.txt as RFC 9309 reads it.
//!
//! The longest matching rule wins, and a tie goes to `allow` (2.2.2). `*` stands for anything, a closing `$` for the end.
//! No file (4xx) allows everything, an unreachable one (5xx) nothing (2.3.1).

use std::time::Duration;

/// How long an answer stands (RFC 9309, 2.4).
pub const FRESH: Duration = Duration::from_hours(24);
/// How long an unreachable file keeps us out before we ask again: an outage of minutes must not cost a day.
pub const UNREACHABLE: Duration = Duration::from_mins(15);
/// Bytes of a file that are read (RFC 9309, 2.5).
pub const LONGEST: usize = 500 * 1024;
/// A longer wait between two pages is not kept: a listing of thirty pages would never be read.
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// One robots.txt as it concerns one crawler.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Robots {
    rules: Vec<Rule>,
    /// Wait between two pages; not in the RFC, but written by many and meant.
    pub delay: Duration,
    closed: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allow: bool,
    path: String,
}

impl Robots {
    /// Nothing may be read.
    #[must_use]
    pub fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// Whether the file could not be had, rather than being clear.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Reads a file for the crawler that calls itself `agent` (its product token, without a version).
    #[must_use]
    pub fn parse(text: &str, agent: &str) -> Self {
        let groups = groups(text);
        let mine = |group: &&Group| group.agents.iter().any(|name| name.eq_ignore_ascii_case(agent));
        let everyone = |group: &&Group| group.agents.iter().any(|name| name == "*");
        // 2.2.1: groups of one agent are read as one; the one for all counts only where none names us.
        let mut chosen: Vec<&Group> = groups.iter().filter(mine).collect();
        if chosen.is_empty() {
            chosen = groups.iter().filter(everyone).collect();
        }
        let delay = chosen.iter().filter_map(|group| group.delay).max().unwrap_or_default().min(LONGEST_DELAY);
        Self { rules: chosen.into_iter().flat_map(|group| group.rules.clone()).collect(), delay, closed: false }
    }

    /// Whether an address on this host may be read: its path with the query.
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = spelled(path);
        let best = self.rules.iter().filter(|rule| matches(&rule.path, &path)).max_by_key(|rule| (rule.path.len(), rule.allow));
        !self.closed && best.is_none_or(|rule| rule.allow)
    }
}

/// A file without its comments, blank lines and sitemaps: what is worth remembering.
#[must_use]
pub fn condensed(text: &str) -> String {
    let mut condensed = String::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let key = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        if matches!(key.as_str(), "user-agent" | "allow" | "disallow" | "crawl-delay") {
            condensed.push_str(line);
            condensed.push('\n');
        }
    }
    condensed
}

#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut naming = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            if !naming {
                groups.push(Group::default());
            }
            naming = true;
            if let Some(group) = groups.last_mut() {
                group.agents.push(product(value).to_owned());
            }
            continue;
        }
        let Some(group) = groups.last_mut() else { continue };
        match key.as_str() {
            // An empty rule says nothing.
            "allow" | "disallow" if !value.is_empty() => group.rules.push(Rule { allow: key == "allow", path: spelled(value) }),
            "crawl-delay" => group.delay = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            "allow" | "disallow" => {}
            // Sitemaps and unknown lines belong to no group and close none.
            _ => continue,
        }
        naming = false;
    }
    groups
}

/// `Postrider/1.0 (+…)` names the product `Postrider`; `*` stays.
fn product(value: &str) -> &str {
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_*".contains(c))).unwrap_or(value.len());
    &value[..end]
}

/// One spelling of a path: what is not ASCII as percent triplets, triplets in upper case (2.2.2).
fn spelled(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut bytes = path.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                out.push('%');
                for _ in 0..2 {
                    if let Some(digit) = bytes.next_if(u8::is_ascii_hexdigit) {
                        out.push(digit.to_ascii_uppercase() as char);
                    }
                }
            }
            byte if byte.is_ascii() => out.push(byte as char),
            byte => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    out
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or_default().to_ascii_uppercase()
}

/// Whether a rule's path matches from the beginning. Takes the leftmost place for every part, so its time is linear in stars.
fn matches(rule: &str, path: &str) -> bool {
    let (rule, to_the_end) = rule.strip_suffix('$').map_or((rule, false), |rule| (rule, true));
    let mut parts = rule.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return !to_the_end || rest.is_empty() };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    if to_the_end { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_wins_and_a_tie_allows() {
        let robots = Robots::parse("User-agent: *\nDisallow: /news/\nAllow: /news/public\nDisallow: /same\nAllow: /same\n", "Postrider");
        assert!(!robots.allows("/news/1.html"));
        assert!(robots.allows("/news/public/1.html"));
        assert!(robots.allows("/same"));
        assert!(robots.allows("/other"));
    }

    #[test]
    fn our_own_group_replaces_the_one_for_all() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: postrider/2.0\nUser-agent: other\nDisallow: /admin\nCrawl-delay: 2.5\n";
        let robots = Robots::parse(text, "Postrider");
        assert!(robots.allows("/news"));
        assert!(!robots.allows("/admin/x"));
        assert_eq!(robots.delay, Duration::from_millis(2500));
        assert!(!Robots::parse(text, "Someone").allows("/news"));
    }

    #[test]
    fn stars_and_the_end_sign_work() {
        let robots = Robots::parse("user-agent:*\ndisallow: /*.php$\ndisallow: /a*b*c\ndisallow: /新闻\n", "Postrider");
        assert!(!robots.allows("/index.php"));
        assert!(robots.allows("/index.php?id=3"));
        assert!(!robots.allows("/a1b2c3"));
        assert!(robots.allows("/a1c2b3"));
        assert!(!robots.allows("/%e6%96%b0%e9%97%bb/1"));
    }

    #[test]
    fn what_is_remembered_says_the_same() {
        let text = "# us\nUser-Agent: * # all\n\nSitemap: http://x/\nDisallow: /a\nHost: x\n";
        assert_eq!(condensed(text), "User-Agent: *\nDisallow: /a\n");
        assert_eq!(Robots::parse(&condensed(text), "Postrider"), Robots::parse(text, "Postrider"));
    }

    #[test]
    fn odd_files_close_nothing() {
        assert!(Robots::parse("<html>not found</html>", "Postrider").allows("/x"));
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "Postrider").allows("/x"));
        assert!(Robots::parse("Disallow: /\n", "Postrider").allows("/x"));
        assert!(!Robots::closed().allows("/x"));
        assert!(Robots::closed().allows("/robots.txt"));
        assert_eq!(Robots::parse("User-agent: *\nCrawl-delay: 86400\n", "Postrider").delay, LONGEST_DELAY);
        assert_eq!(Robots::parse("User-agent: *\nCrawl-delay: nan\n", "Postrider").delay, Duration::ZERO);
    }
}
