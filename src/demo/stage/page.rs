//! The stage's pages: the overview, and one mail.

use askama::Template;

use super::View;
use crate::demo::{Hook, Mail, Verdict};
use crate::phrases::{DemoPhrases, Phrases};

/// The overview is fetched again this often, in seconds: short enough to feel live, long enough to read a line.
const REFRESH: u64 = 4;
/// Rows shown of each list; the newest are what a demo is about.
const SHOWN: usize = 12;

/// The overview.
pub(super) fn index(view: &View) -> String {
    let now = view.clock.now();
    let words = &Phrases::of(view.language).demo;
    let (mails, hooks) = (view.mailbox.received(), view.receiver.received());
    let sites = [
        Site {
            name: words.legacy,
            line: words.legacy_line,
            url: view.legacy.url(),
            feed: None,
            stock: (words.stock)(view.legacy.articles().len(), view.legacy.left()),
        },
        Site {
            name: words.english,
            line: words.english_line,
            url: view.english.url(),
            feed: Some(view.english.feed_url()),
            stock: (words.stock)(view.english.articles().len(), view.english.left()),
        },
    ];
    let mail_rows = mails.iter().enumerate().rev().take(SHOWN).map(|(place, mail)| MailRow {
        number: place + 1,
        subject: or(mail.subject(), words.no_subject),
        to: mail.to.join(", "),
        ago: (words.ago)(now.since(mail.at)),
    });
    let hook_rows = hooks.iter().rev().take(SHOWN).map(|hook| HookRow {
        title: or(hook.title.clone(), words.no_title),
        event_type: hook.event_type.clone(),
        path: hook.path.clone(),
        good: hook.verified(),
        verdict: verdict(words, hook),
        answered: (words.answered)(hook.answered),
        ago: (words.ago)(now.since(hook.at)),
    });
    print(&Index {
        tag: view.language.tag(),
        words,
        sites,
        doors: view.doors.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone(),
        mails: mail_rows.collect(),
        mail_count: mails.len(),
        hooks: hook_rows.collect(),
        hook_count: hooks.len(),
    })
}

/// One mail: its envelope, its HTML in a frame, its text.
pub(super) fn mail(view: &View, number: usize, mail: &Mail) -> String {
    let words = &Phrases::of(view.language).demo;
    print(&MailPage {
        tag: view.language.tag(),
        words,
        number,
        subject: or(mail.subject(), words.no_subject),
        from: mail.from.clone(),
        to: mail.to.join(", "),
        ago: (words.ago)(view.clock.now().since(mail.at)),
        html: !mail.html().is_empty(),
        text: mail.text(),
    })
}

/// Said where there is no such page.
pub(super) fn missing(view: &View) -> String {
    print(&Missing { tag: view.language.tag(), words: &Phrases::of(view.language).demo })
}

/// A mail's HTML whose links open in a new tab: within the frame they would lead nowhere.
pub(super) fn in_new_tabs(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    let lower = html.to_ascii_lowercase();
    // Behind the head's tag where there is one; before the doctype it would put the page into quirks mode.
    let head = lower.find("<head").and_then(|at| lower[at..].find('>').map(|end| at + end + 1));
    let (before, after) = html.split_at(head.unwrap_or(0));
    format!("{before}{BASE}{after}")
}

fn verdict(words: &DemoPhrases, hook: &Hook) -> &'static str {
    match hook.verdict {
        Verdict::Good => words.good,
        Verdict::NoSecret => words.no_secret,
        Verdict::Unsigned => words.unsigned,
        Verdict::Wrong => words.wrong,
        Verdict::Stale => words.stale,
    }
}

fn or(text: String, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { text }
}

fn print(page: &impl Template) -> String {
    page.render().expect("the stage's pages are written into memory")
}

struct Site {
    name: &'static str,
    line: &'static str,
    url: String,
    feed: Option<String>,
    stock: String,
}

struct MailRow {
    number: usize,
    subject: String,
    to: String,
    ago: String,
}

struct HookRow {
    title: String,
    event_type: String,
    path: String,
    good: bool,
    verdict: &'static str,
    answered: String,
    ago: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{{ REFRESH }}"><title>{{ words.title }}</title><style>{{ STYLE|safe }}</style></head><body>
<header><h1>{{ words.title }}</h1><p>{{ words.line }}</p></header>
<main>
{% if !doors.is_empty() %}<section class="wide"><h2>{{ words.daemon }}</h2><p class="doors">{% for (name, url) in doors %}<a href="{{ url }}">{{ name }}</a>{% endfor %}</p></section>
{% endif %}<section class="wide"><h2>{{ words.sites }}</h2><div class="pair">{% for site in sites %}
<div class="site"><h3><a href="{{ site.url }}">{{ site.name }}</a></h3><p>{{ site.line }}</p><p class="dim"><span>{{ site.stock }}</span>{% if let Some(feed) = site.feed %}<a href="{{ feed }}">{{ words.feed }}</a>{% endif %}</p></div>{% endfor %}
</div></section>
<section><h2>{{ (words.mails)(*mail_count) }}</h2>{% if mails.is_empty() %}<p class="dim">{{ words.no_mail }}</p>{% else %}
<ul>{% for row in mails %}<li><a href="/mail/{{ row.number }}">{{ row.subject }}</a><p class="dim"><span>{{ row.to }}</span><span>{{ row.ago }}</span></p></li>{% endfor %}</ul>
{% if mail_count > SHOWN %}<p class="dim">{{ (words.only_newest)(SHOWN) }}</p>{% endif %}{% endif %}</section>
<section><h2>{{ (words.hooks)(*hook_count) }}</h2>{% if hooks.is_empty() %}<p class="dim">{{ words.no_hook }}</p>{% else %}
<ul>{% for row in hooks %}<li><span class="title">{{ row.title }}</span><p class="dim"><span class="{% if row.good %}good{% else %}bad{% endif %}">{% if row.good %}✓{% else %}✗{% endif %} {{ row.verdict }}</span>{% if !row.event_type.is_empty() %}<code>{{ row.event_type }}</code>{% endif %}<code>{{ row.path }}</code><span>{{ row.answered }}</span><span>{{ row.ago }}</span></p></li>{% endfor %}</ul>
{% if hook_count > SHOWN %}<p class="dim">{{ (words.only_newest)(SHOWN) }}</p>{% endif %}{% endif %}</section>
</main>
<footer class="dim">{{ (words.refreshes)(REFRESH) }}</footer>
</body></html>
"##
)]
struct Index<'a> {
    tag: &'static str,
    words: &'a DemoPhrases,
    sites: [Site; 2],
    doors: Vec<(String, String)>,
    mails: Vec<MailRow>,
    mail_count: usize,
    hooks: Vec<HookRow>,
    hook_count: usize,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ subject }}</title><style>{{ STYLE|safe }}</style></head><body>
<header><p><a href="/">← {{ words.back }}</a></p><h1>{{ subject }}</h1>
<p class="dim"><span>{{ words.from }} {{ from }}</span><span>{{ words.to }} {{ to }}</span><span>{{ ago }}</span></p></header>
<main>
{% if html %}<section class="wide"><h2>{{ words.html_part }}</h2><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="{{ words.html_part }}" src="/mail/{{ number }}/html"></iframe></section>
{% endif %}<section class="wide"><h2>{{ words.text_part }}</h2><pre>{{ text }}</pre></section>
</main>
</body></html>
"##
)]
struct MailPage<'a> {
    tag: &'static str,
    words: &'a DemoPhrases,
    number: usize,
    subject: String,
    from: String,
    to: String,
    ago: String,
    html: bool,
    text: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ words.title }}</title><style>{{ STYLE|safe }}</style></head><body>
<header><h1>{{ words.missing }}</h1><p><a href="/">← {{ words.back }}</a></p></header>
</body></html>
"##
)]
struct Missing<'a> {
    tag: &'static str,
    words: &'a DemoPhrases,
}

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:light-dark(#f6f3ec,#16181b);--card:light-dark(#fff,#202327);--ink:light-dark(#23211c,#e8e6e1);\
--dim:light-dark(#6b675d,#a3a099);--rule:light-dark(#e3ddd0,#34383e);--link:light-dark(#a12a18,#f0a08c);--good:light-dark(#1d6b3a,#7fd19b);--bad:light-dark(#a3201d,#ff9a92)}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}\
header,main,footer{max-width:66rem;margin:0 auto;padding:0 1rem}header{padding-top:1.6rem;padding-bottom:.6rem}h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem;overflow-wrap:anywhere}\
header p{margin:.2rem 0;max-width:46rem}h2{font-size:1.05rem;margin:0 0 .6rem}h3{font-size:1.05rem;margin:0}a{color:var(--link);text-underline-offset:.2em}\
main{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}section{background:var(--card);border:1px solid var(--rule);border-radius:.6rem;padding:1rem 1.1rem}\
.pair{display:grid;gap:1rem}.site p{margin:.2rem 0}.doors{display:flex;flex-wrap:wrap;gap:.5rem 1.2rem;margin:0}ul{list-style:none;margin:0;padding:0}\
li{padding:.55rem 0;border-top:1px solid var(--rule)}li:first-child{border-top:0;padding-top:0}li a,.title{overflow-wrap:anywhere}\
.dim{color:var(--dim);font-size:.875rem}p.dim{display:flex;flex-wrap:wrap;gap:.1rem .8rem;margin:.15rem 0 0}.dim span,.dim code{overflow-wrap:anywhere}\
code{font:.8125rem/1.6 ui-monospace,'Noto Sans Mono CJK SC',monospace}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:.9375rem/1.7 ui-monospace,'Noto Sans Mono CJK SC',monospace}\
iframe{display:block;width:100%;height:34rem;border:1px solid var(--rule);border-radius:.4rem;background:#fff}footer{padding-top:1rem;padding-bottom:2rem}\
@media(min-width:52rem){main{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.wide{grid-column:1/-1}.pair{grid-template-columns:1fr 1fr}}";
