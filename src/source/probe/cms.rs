//! Which content system made a page: by its markup, else by how it spells addresses.

use std::sync::LazyLock;

use regex::RegexSet;

/// A content system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cms {
    /// 帝国
    Empire,
    /// 织梦
    Dede,
    /// PHPCMS
    Phpcms,
    /// 拓尔思
    Trs,
    /// 大汉
    Hanweb,
    /// 方正
    Founder,
    /// 长江云
    Cjyun,
    /// `WordPress`
    WordPress,
    /// Drupal
    Drupal,
    /// Joomla
    Joomla,
    /// Ghost
    Ghost,
    /// Hugo
    Hugo,
}

/// Each system with what its pages hold, and with how its addresses look. The first that fits counts.
const SIGNS: [(Cms, &str, &str); 12] = [
    (Cms::WordPress, r#"(?i)/wp-(?:content|includes|json)/|api\.w\.org|content=["']wordpress"#, r"/wp-content/|[?&](?:p|cat)=\d+$"),
    (Cms::Drupal, r#"(?i)content=["']drupal|data-drupal-|/sites/default/files/"#, r"/node/\d+"),
    (Cms::Joomla, r#"(?i)content=["']joomla|/media/jui/|option=com_content"#, r"option=com_content"),
    (Cms::Ghost, r#"(?i)content=["']ghost "#, r"^$"),
    (Cms::Hugo, r#"(?i)content=["']hugo "#, r"^$"),
    (Cms::Trs, r"(?i)createPageHTML\s*\(|TRS_Editor|trs_web|TRS_PreAppend", r"/20\d{4}/t20\d{6}_\d+\.s?html?"),
    (Cms::Hanweb, r"(?i)<datastore>|ZJEG_RSS|/module/web/jpage/|jcms_files", r"/art/20\d{2}/\d{1,2}/\d{1,2}/art_|/col/col\d+/"),
    (Cms::Founder, r"(?i)founder-(?:content|title|author)|<founder", r"/20\d{2}-\d{2}/\d{2}/(?:content|node)_"),
    (Cms::Cjyun, r"(?i)cjyun\.org|shareVariable\s*=|cjyun", r"^$"),
    (Cms::Empire, r"(?i)/e/(?:action|public|search|member|data)/|EmpireCMS", r"/e/action/"),
    (
        Cms::Dede,
        r"(?i)/plus/(?:search|view|list|count|digg_ajax|rssmap)|dedecms|/templets/",
        r"/plus/(?:view|list)\.php|/list_\d+_\d+\.html",
    ),
    (Cms::Phpcms, r"(?i)phpcms|m=content&(?:amp;)?c=index|/statics/(?:js|css|images)/", r"m=content&c=index|-\d+-\d+-\d+\.html$"),
];

static MARKUP: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(SIGNS.map(|(_, markup, _)| markup)).expect("patterns written here compile"));
static ADDRESSES: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(SIGNS.map(|(_, _, address)| address)).expect("patterns written here compile"));

impl Cms {
    /// Its name, as its makers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empire => "帝国 EmpireCMS",
            Self::Dede => "织梦 DedeCMS",
            Self::Phpcms => "PHPCMS",
            Self::Trs => "拓尔思 TRS WCM",
            Self::Hanweb => "大汉 jcms",
            Self::Founder => "方正",
            Self::Cjyun => "长江云 cjyun",
            Self::WordPress => "WordPress",
            Self::Drupal => "Drupal",
            Self::Joomla => "Joomla",
            Self::Ghost => "Ghost",
            Self::Hugo => "Hugo",
        }
    }

    /// The system that made a page, from its source and the addresses it links; an address counts where a third of them look like it.
    pub(super) fn of<'a>(html: &str, addresses: impl Iterator<Item = &'a str>) -> Option<Self> {
        if let Some(first) = MARKUP.matches(html).iter().next() {
            return Some(SIGNS[first].0);
        }
        let mut counts = [0_usize; SIGNS.len()];
        let mut all = 0;
        for address in addresses {
            all += 1;
            for sign in &ADDRESSES.matches(address) {
                counts[sign] += 1;
            }
        }
        let (at, count) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
        (*count > 0 && count * 3 >= all).then_some(SIGNS[at].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_by_markup_and_by_addresses() {
        let told = |html: &str, addresses: &[&str]| Cms::of(html, addresses.iter().copied());
        assert_eq!(told("<link href=https://x.example/wp-content/themes/a.css>", &[]), Some(Cms::WordPress));
        assert_eq!(told("<script>createPageHTML(3,0,'index','shtml')</script>", &[]), Some(Cms::Trs));
        assert_eq!(told("", &["http://a/202110/t20211029_12.shtml", "http://a/202110/t20211028_11.shtml", "http://a/"]), Some(Cms::Trs));
        assert_eq!(told("", &["http://a/art/2021/10/29/art_9_1.html"]), Some(Cms::Hanweb));
        assert_eq!(told("", &["http://a/e/action/ListInfo/?classid=3"]), Some(Cms::Empire));
        assert_eq!(told("<p>新闻</p>", &["http://a/1.html", "http://a/2.html"]), None);
    }
}
