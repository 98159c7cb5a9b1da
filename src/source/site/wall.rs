//! Pages that stand in front of an article: a check for robots, a form to log in, a notice that the site is busy.
//!
//! They come with status 200 and look like copy. However often such a page is repeated, it is never the article.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Candidate, Kind};

/// A page with more text than this has copy of its own, whatever it speaks of (characters).
const LONGEST: usize = 300;
/// The same where no headline of a list says what should stand there: short notices tell readers to log in somewhere (characters).
const UNANNOUNCED: usize = 100;
/// A page with a form to log in and no more text than this has nothing else (characters).
const BESIDE_A_FORM: usize = 100;

/// What such pages say.
static SAYS: LazyLock<Regex> = LazyLock::new(|| {
    let chinese = "(?:安全|人机|访问|身份)验证|滑动.{0,8}验证|完成.{0,6}验证|输入.{0,6}验证码|登录后(?:才能|可|即可)?(?:查看|访问|阅读|继续)|请(?:您?先|重新)登录|请登录(?:后|[。！!]|$)|用户登录\
                   |访问(?:过于频繁|受限|被拒绝|异常|太快)|拒绝访问|系统(?:正在|升级)?维护|正在维护|浏览器.{0,4}检查";
    let english = r"verify (?:that )?you(?:'|’)?(?: a)?re (?:a )?human|not a robot|are you a robot|just a moment|attention required|checking (?:if|your) \w+|access denied|enable javascript and cookies|unusual traffic|(?:log|sign) ?in to (?:continue|view|read)|please (?:log|sign) ?in|security check|too many requests|under maintenance";
    Regex::new(&format!("(?i)(?:{chinese}|{english})")).expect("a pattern written here compiles")
});

/// A field for a password.
static PASSWORD: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    regex::bytes::Regex::new(r#"(?i)<input\b[^>]{0,300}type\s*=\s*["']?password"#).expect("a pattern written here compiles")
});

/// Whether a page is such a wall. `listed` is the headline by which it was linked: a page that bears it is the article.
pub(super) fn is_wall(candidate: &Candidate, listed: Option<&str>, html: &[u8]) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let title = candidate.title.as_deref().unwrap_or_default();
    if let Some(listed) = listed.map(bare).filter(|listed| !listed.is_empty())
        && !title.is_empty()
        && (bare(title).contains(&listed) || listed.contains(&bare(title)))
    {
        return false;
    }
    let text = candidate.body.cleaned(None).text();
    let length = text.chars().filter(|c| !c.is_whitespace()).count();
    let most = if listed.is_some() { LONGEST } else { UNANNOUNCED };
    let says = (length <= LONGEST && SAYS.is_match(title)) || (length <= most && SAYS.is_match(&text));
    // Old systems have a box for members on every page: albums and films stand beside it as well.
    let bare_form = length <= BESIDE_A_FORM && candidate.kind == Kind::Text && candidate.images.is_empty();
    says || (bare_form && PASSWORD.is_match(html))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Body;

    fn page(title: &str, text: &str) -> Candidate {
        Candidate { title: Some(title.to_owned()), body: Body::Text(text.to_owned()), ..Candidate::from_source("x") }
    }

    #[test]
    fn checks_and_forms_are_walls() {
        for (title, text) in [
            ("安全验证", "您的访问过于频繁，请完成下面的验证后继续。"),
            ("Just a moment...", "Verify you are human by completing the action below."),
            ("云溪网", "系统维护中，请稍后再试。"),
            ("请登录后查看", ""),
        ] {
            assert!(is_wall(&page(title, text), Some("镇上的新桥今天通车"), b""), "{title}");
            assert!(is_wall(&page(title, text), None, b""), "{title}");
        }
        assert!(is_wall(&page("云溪网会员", "欢迎回来"), None, b"<form><input name=p type='password'></form>"));
    }

    #[test]
    fn an_article_about_one_is_none() {
        let title = "人机验证难倒老人";
        assert!(!is_wall(&page(title, "县里的挂号系统要做人机验证。"), Some(title), b""));
        assert!(!is_wall(&page("挂号难", &"系统维护了三天，挂号窗口排起长队。".repeat(30)), None, b""));
        let beside = b"<form><input type=password></form>";
        assert!(!is_wall(&page("新桥通车", &"镇上的新桥今天通车，行人可以走。".repeat(8)), None, beside));
        let notice = format!("{}报名请登录县教育局官网，逾期不再受理。", "今年的中考报名从下周一开始，请考生带好户口簿。".repeat(4));
        assert!(!is_wall(&page("中考报名", &notice), None, b""));
        let gallery = Candidate { kind: Kind::Gallery, ..page("渡口晨光", "") };
        assert!(!is_wall(&gallery, None, beside), "an album beside a form");
    }
}
