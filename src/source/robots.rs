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

    /// Reads a file for the crawler that calls itself `agent`: what stands behind its product token does not count.
    #[must_use]
    pub fn parse(text: &str, agent: &str) -> Self {
        let (groups, agent) = (groups(text), product(agent));
        let is_mine = |name: &String| !name.is_empty() && name.eq_ignore_ascii_case(agent);
        // 2.2.1: groups of one agent are read as one; the one for all counts only where none names us.
        if groups.iter().any(|group| group.agents.iter().any(is_mine)) {
            Self::of(groups, is_mine)
        } else {
            Self::of(groups, |name| name == "*")
        }
    }

    fn of(groups: Vec<Group>, is_meant: impl Fn(&String) -> bool) -> Self {
        let mut robots = Self::default();
        for group in groups.into_iter().filter(|group| group.agents.iter().any(&is_meant)) {
            let delays = group.delays.iter().filter(|(names, _)| group.agents[..*names].iter().any(&is_meant));
            robots.delay = delays.map(|(_, delay)| (*delay).min(LONGEST_DELAY)).max().unwrap_or_default().max(robots.delay);
            robots.rules.extend(group.rules);
        }
        robots
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
    for line in lines(text) {
        let line = line.trim();
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
    /// Waits, each with the number of agents that had been named before it: those it is for.
    delays: Vec<(usize, Duration)>,
}

/// Lines without their comments. They end with CR, LF or both (2.2, `EOL`).
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').split(['\r', '\n']).map(|line| line.split('#').next().unwrap_or_default())
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut naming = false;
    for line in lines(text) {
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
            "allow" | "disallow" => {}
            // 2.2.4: other lines must not come between the names of a group and its rules.
            "crawl-delay" => {
                let delay = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                group.delays.extend(delay.map(|delay| (group.agents.len(), delay)));
                continue;
            }
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

/// One spelling of a path (2.2.2): the unreserved characters of RFC 3986, 2.3, as themselves, the reserved ones as they are written, and
/// everything else as percent triplets in upper case.
fn spelled(path: &str) -> String {
    const RESERVED: &[u8] = b":/?#[]@!$&'()*+,;=";
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (*byte, triplet(behind)) {
            (b'%', Some(byte)) => {
                rest = &behind[2..];
                if is_unreserved(byte) { out.push(byte as char) } else { out.extend(['%', hex(byte >> 4), hex(byte & 15)]) }
            }
            (b'%', None) => out.push('%'),
            (byte, _) if is_unreserved(byte) || RESERVED.contains(&byte) => out.push(byte as char),
            (byte, _) => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    out
}

/// The byte that two digits behind a percent sign stand for.
fn triplet(behind: &[u8]) -> Option<u8> {
    let digit = |at: usize| (*behind.get(at)? as char).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
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
    fn one_path_has_one_spelling() {
        // The table of RFC 9309, 2.2.2, both ways, and what else is written.
        for (rule, path) in [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar"),
            ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
            ("/~li/", "/%7Eli/a.html"),
            ("/a b/", "/a%20b/"),
            ("/100%/", "/100%/"),
        ] {
            let robots = Robots::parse(&format!("User-agent: *\nDisallow: {rule}\n"), "Postrider");
            assert!(!robots.allows(path), "{rule} {path}");
        }
        // A reserved character and its triplet are two.
        let robots = Robots::parse("User-agent: *\nDisallow: /a%2Fb\nDisallow: /c%2A\n", "Postrider");
        assert!(robots.allows("/a/b") && !robots.allows("/a%2fb") && robots.allows("/cd") && !robots.allows("/c%2Ad"));
    }

    #[test]
    fn lines_end_as_they_like() {
        let text = "User-agent: *\rDisallow: /a\r\nDisallow: /b # so\nDisallow: /c";
        for text in [text, &condensed(text)] {
            let robots = Robots::parse(text, "Postrider");
            assert!(["/a", "/b", "/c"].iter().all(|path| !robots.allows(path)), "{text:?}");
        }
    }

    #[test]
    fn other_lines_do_not_part_names_from_their_rules() {
        let text = "User-agent: Postrider\nCrawl-delay: 5\nSitemap: /s.xml\nUser-agent: Other\nDisallow: /x/\n";
        let (ours, others) = (Robots::parse(text, "Postrider"), Robots::parse(text, "Other"));
        assert!(!ours.allows("/x/1") && !others.allows("/x/1"));
        assert_eq!((ours.delay, others.delay), (Duration::from_secs(5), Duration::ZERO));
        let shared = "User-agent: a\nUser-agent: b\nDisallow: /x\nCrawl-delay: 3\nCrawl-delay: 2\n";
        assert_eq!(Robots::parse(shared, "a").delay, Duration::from_secs(3));
    }

    #[test]
    fn a_crawler_is_known_by_its_first_word() {
        let text = "User-agent: yichengbot\nDisallow: /x/\n";
        for agent in ["YichengBot", "YichengBot/2.1", "YichengBot (+http://yicheng.example/)", "YichengBot/1 (+mailto:a)"] {
            assert!(!Robots::parse(text, agent).allows("/x/1"), "{agent}");
        }
        assert!(Robots::parse("User-agent:\nDisallow: /\n", "(+http://e.cn/)").allows("/x"));
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
