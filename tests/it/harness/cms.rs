//! A newsroom's site that a test edits: a listing, its articles, and every way in which both go wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono_tz::Asia::Shanghai;
use postrider::model::Millis;
use tokio::net::TcpListener;

/// An article as the site prints it.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// Its headline.
    pub(crate) title: String,
    /// Its time, as printed; empty: none.
    pub(crate) printed: String,
    /// Its paragraphs.
    pub(crate) body: Vec<String>,
}

/// What the site shows now.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Articles by path.
    pub(crate) stories: BTreeMap<String, Story>,
    /// Paths on the listing, the first first.
    pub(crate) listed: Vec<String>,
    /// What paths answer instead of what they should; `/` is the listing.
    pub(crate) answers: BTreeMap<String, u16>,
    /// How often each path was asked for.
    pub(crate) asked: BTreeMap<String, usize>,
}

/// The site on loopback.
#[derive(Clone)]
pub(crate) struct Cms {
    shown: Arc<Mutex<Shown>>,
    base: String,
}

impl Cms {
    /// Starts it with `count` articles, one for each day before `now`.
    pub(crate) async fn start(count: usize, now: Millis) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let cms = Self { shown: Arc::default(), base };
        for n in (1..=count).rev() {
            let day = std::time::Duration::from_hours(24 * n as u64);
            cms.publish(&format!("/xw/{}.html", 1000 - n), Millis(now.0 - day.as_millis() as i64));
        }
        let router = Router::new().fallback(answer).with_state(cms.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        cms
    }

    /// As `[[source]]`, with more keys.
    pub(crate) fn source(&self, more: &str) -> String {
        format!("[[source]]\nkind = \"site\"\nname = \"cms\"\nlisting = [\"{}/\"]\nsections = [\"news\"]\nown = true\n{more}", self.base)
    }

    /// What it shows.
    pub(crate) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap()
    }

    /// Puts an article on the site, on top of its listing; its headline.
    pub(crate) fn publish(&self, path: &str, at: Millis) -> String {
        let title = format!("云溪县第{}号通告：城乡客运班线今起调整", path.trim_matches(|c: char| !c.is_ascii_digit()));
        let printed = at.in_zone(Shanghai).format("%Y-%m-%d %H:%M").to_string();
        self.put(path, Story { title: title.clone(), printed, body: body(path) });
        title
    }

    /// The same with everything chosen.
    pub(crate) fn put(&self, path: &str, story: Story) {
        let mut shown = self.shown();
        shown.listed.insert(0, path.to_owned());
        shown.stories.insert(path.to_owned(), story);
    }

    /// Takes an article off the site: its page answers 404, and its listing knows it no more.
    pub(crate) fn take_off(&self, path: &str) {
        let mut shown = self.shown();
        shown.listed.retain(|listed| listed != path);
        shown.stories.remove(path);
    }
}

/// A body that no other article has.
pub(crate) fn body(path: &str) -> Vec<String> {
    let number: u64 = path.bytes().fold(7, |sum, byte| sum * 31 % 99_991 + u64::from(byte));
    (0..4u64)
        .map(|n| {
            let (line, bus, stop) = (number % 97 + n, number % 13 + 2 + n, number % 29 + 11 * n);
            format!(
                "　　据县交通运输局介绍，{line}路班线新增{bus}辆客车，沿途停靠{stop}个站点，早班车比往年提前半小时发出，末班车延后一小时收车，\
                 方便{}沿线村民进城赶集、学生上学和老人看病。",
                ["城东", "河西", "山南", "湖北"][(number as usize + n as usize) % 4]
            )
        })
        .collect()
}

async fn answer(State(cms): State<Cms>, uri: Uri) -> Response {
    let path = uri.path().to_owned();
    let mut shown = cms.shown();
    *shown.asked.entry(path.clone()).or_default() += 1;
    if let Some(status) = shown.answers.get(&path) {
        return StatusCode::from_u16(*status).unwrap().into_response();
    }
    let html = |html: String| ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if path == "/" {
        return html(listing(&shown));
    }
    match shown.stories.get(&path) {
        Some(story) => html(page(story)),
        None => (StatusCode::NOT_FOUND, "您访问的页面不存在").into_response(),
    }
}

fn listing(shown: &Shown) -> String {
    let mut rows = String::new();
    for path in &shown.listed {
        let Some(story) = shown.stories.get(path) else { continue };
        let day = story.printed.get(..10).unwrap_or_default();
        write!(rows, "<li><a href=\"{path}\">{}</a><span>{day}</span></li>", story.title).unwrap();
    }
    format!("<html><head><title>云溪网</title></head><body><div class=nav><a href=/>首页</a></div><ul class=list>{rows}</ul></body></html>")
}

fn page(story: &Story) -> String {
    let Story { title, printed, body } = story;
    let time = if printed.is_empty() { String::new() } else { format!("发布时间：{printed}　") };
    let body = format!("<p>{}</p>", body.join("</p><p>"));
    format!(
        "<html><head><title>{title}_云溪网</title></head><body><div class=article><h1>{title}</h1><div class=info>{time}来源：云溪县融媒体中心</div>\
         <div class=content>{body}</div></div><div class=foot>云溪县融媒体中心主办</div></body></html>"
    )
}
