//! The pages of the living site, in both of its designs.
//!
//! The old one is a content system of the two-thousands: tables, a share row, an info line. The new one is made of boxes, with
//! other classes, other words and other places for everything.

use super::ZONE;
use super::story::{COLUMNS, Column, Manner, Version};
use crate::model::{Byline, Kind, Millis};

/// Rows on a listing page.
pub(super) const ROWS: usize = 15;
/// Added to an article's number in the addresses of the new design.
const RENUMBERED: u32 = 700_000;
/// What link posts lead to: a house that only the text knows.
const ELSEWHERE: &str = "https://www.example.org/yunxi";

/// Which templates the site uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Design {
    /// Until the redesign.
    Tables,
    /// From then on.
    Boxes,
}

/// What an address asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The front page.
    Home,
    /// A page of a listing, from 1.
    Listing(Column, usize),
    /// A page of an article, from 1.
    Article(u32, usize),
}

/// How the moment colours every page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub design: Design,
    pub charset: &'static str,
    /// Everything older than this carries the date of `today`.
    pub redated_before: Option<Millis>,
    pub today: Millis,
}

impl Design {
    /// Reads a path.
    pub fn route(path: &str) -> Option<(Self, Asked)> {
        if matches!(path, "/" | "/index.html") {
            return Some((Self::Boxes, Asked::Home));
        }
        let (design, rest) = match (path.strip_prefix("/xinwen/"), path.strip_prefix("/channel/"), path.strip_prefix("/content/")) {
            (Some(rest), ..) => (Self::Tables, rest),
            (_, Some(rest), _) | (_, _, Some(rest)) => (Self::Boxes, rest),
            _ => return None,
        };
        let (head, file) = rest.rsplit_once('/')?;
        let page = |tail: &str| tail.parse::<usize>().ok().filter(|page| *page > 1);
        if let Some(column) = COLUMNS.into_iter().find(|column| column.folder == head) {
            let number = if file.is_empty() { 1 } else { page(file.strip_prefix("index_")?.strip_suffix(".html")?)? };
            return Some((design, Asked::Listing(column, number)));
        }
        let (number, part) =
            file.strip_suffix(".html").map(|name| name.split_once('_').map_or((name, "1"), |(name, part)| (name, part)))?;
        let number = if design == Self::Tables {
            number.parse().ok()?
        } else {
            number.strip_prefix('c')?.parse::<u32>().ok()?.checked_sub(RENUMBERED)?
        };
        Some((design, Asked::Article(number, part.parse().ok()?)))
    }

    pub fn listing_path(self, column: Column, number: usize) -> String {
        let root = if self == Self::Tables { "xinwen" } else { "channel" };
        let file = if number == 1 { String::new() } else { format!("index_{number}.html") };
        format!("/{root}/{}/{file}", column.folder)
    }

    pub fn article_path(self, copy: &Version, part: usize) -> String {
        let (local, part) = (copy.at.in_zone(ZONE), if part == 1 { String::new() } else { format!("_{part}") });
        match self {
            Self::Tables => format!("/xinwen/{}/{}/{}{part}.html", copy.column.folder, local.format("%Y-%m-%d"), copy.number),
            Self::Boxes => format!("/content/{}/c{}{part}.html", local.format("%Y%m/%d"), copy.number + RENUMBERED),
        }
    }
}

impl Look {
    /// When the site says that it was published.
    fn printed(&self, copy: &Version) -> Millis {
        let moved = self.redated_before.is_some_and(|before| copy.at < before);
        if moved { self.today } else { copy.at }
    }

    fn time(&self, copy: &Version) -> String {
        let day = if self.design == Design::Tables { "%Y-%m-%d" } else { "%Y年%m月%d日" };
        let format = if copy.day_only { day.to_owned() } else { format!("{day} %H:%M") };
        self.printed(copy).in_zone(ZONE).format(&format).to_string()
    }

    fn row(&self, copy: &Version) -> String {
        let (path, title) = (self.design.article_path(copy, 1), &copy.title);
        let day = self.printed(copy).in_zone(ZONE).format("%Y-%m-%d");
        match self.design {
            Design::Tables => {
                format!("<li><span class=\"date\">{day}</span><a href=\"{path}\" title=\"{title}\" target=\"_blank\">{title}</a></li>\n")
            }
            Design::Boxes => format!("<div class=\"story-row\"><h3><a href=\"{path}\">{title}</a></h3><time>{day}</time></div>\n"),
        }
    }

    /// A page of a listing; `copies` are its rows.
    pub fn listing(&self, column: Column, copies: &[&Version], number: usize, last: usize) -> String {
        let rows: String = copies.iter().map(|copy| self.row(copy)).collect();
        let link = |number: usize, word: &str| {
            if (1..=last).contains(&number) {
                format!("<a href=\"{}\">{word}</a>", self.design.listing_path(column, number))
            } else {
                word.to_owned()
            }
        };
        let name = column.name;
        let main = match self.design {
            Design::Tables => format!(
                "<table width=\"760\" class=\"box\"><tr><td class=\"place\">您所在的位置: <a href=\"/\">云溪网</a> &gt; {name}</td></tr>\n\
                 <tr><td><ul class=\"newslist\">\n{rows}</ul></td></tr>\n\
                 <tr><td class=\"pages\">第{number}页/共{last}页 {} {}</td></tr></table>",
                link(number - 1, "上一页"),
                link(number + 1, "下一页")
            ),
            Design::Boxes => format!(
                "<main class=\"channel\"><div class=\"crumbs\">当前位置：<a href=\"/\">首页</a> / {name}</div>\n<div class=\"story-list\">\n{rows}</div>\n\
                 <div class=\"pager\">{} <b>{number}</b> {}</div></main>",
                link(number - 1, "上一页"),
                link(number + 1, "下一页")
            ),
        };
        self.frame(&format!("{name}-云溪网"), &main)
    }

    /// The front page: the newest of all.
    pub fn home(&self, copies: &[&Version]) -> String {
        let rows: String = copies.iter().take(ROWS).map(|copy| self.row(copy)).collect();
        self.frame("云溪网-云溪县新闻门户", &format!("<div class=\"newest\"><ul>{rows}</ul></div>"))
    }

    /// A page of an article, between its neighbours.
    pub fn article(&self, copy: &Version, part: usize, newer: Option<&Version>, older: Option<&Version>) -> String {
        match copy.kind {
            Kind::Link => return self.redirect(copy),
            _ if copy.withdrawn == Some(Manner::Notice) => return self.taken_back(),
            _ => {}
        }
        let (title, name, time) = (&copy.title, copy.column.name, self.time(copy));
        let (body, turn) = (self.body(copy, part), self.turn(copy, part));
        let near = |copy: Option<&Version>| {
            copy.map_or("没有了".to_owned(), |copy| format!("<a href=\"{}\">{}</a>", self.design.article_path(copy, 1), copy.title))
        };
        let (newer, older, origin) = (near(newer), near(older), copy.origin.unwrap_or_default());
        let listing = self.design.listing_path(copy.column, 1);
        let main = match self.design {
            Design::Tables => format!(
                "<table width=\"710\" class=\"box\"><tr><td class=\"place\">您所在的位置: <a href=\"/\">云溪网</a> &gt; <a href=\"{listing}\">{name}</a></td></tr>\n\
                 <tr><td align=\"center\" class=\"headline\">{title}</td></tr>\n\
                 <tr><td align=\"center\" class=\"info\">发布时间:{time} 来源:{origin}<div class=\"sharebox\"><span>分享到:</span>\
                 <a class=\"bds_qzone\" href=\"#\"></a></div></td></tr>\n\
                 <tr><td class=\"content\"><div id=\"zoom\">\n{body}</div>{turn}</td></tr>\n\
                 <tr><td class=\"near\">上一篇：{newer}<br />\n下一篇：{older}</td></tr></table>"
            ),
            Design::Boxes => {
                let origin = if origin.is_empty() { String::new() } else { format!("<span>来源：{origin}</span>") };
                format!(
                    "<main><div class=\"crumbs\">当前位置：<a href=\"/\">首页</a> / <a href=\"{listing}\">{name}</a> / 正文</div>\n\
                     <article class=\"story\"><h1>{title}</h1>\n<div class=\"meta\"><span>时间：{time}</span>{origin}</div>\n\
                     <div class=\"story-text\">\n{body}</div>{turn}</article>\n\
                     <nav class=\"around\"><p>上一篇：{newer}</p><p>下一篇：{older}</p></nav></main>"
                )
            }
        };
        self.frame(&format!("{title}-{name}-云溪网"), &main)
    }

    /// Byline, text, correction and editors, as far as they stand on this page.
    fn body(&self, copy: &Version, part: usize) -> String {
        let half = copy.paragraphs.len().div_ceil(2);
        let paragraphs = match (copy.cut, part) {
            (true, 1) => &copy.paragraphs[..half],
            (true, _) => &copy.paragraphs[half..],
            (false, _) => &copy.paragraphs[..],
        };
        let (first, last) = (part == 1, part == parts(copy));
        let mut lines = Vec::new();
        if first && !copy.authors.is_empty() {
            lines.push(authors(&copy.authors));
        }
        lines.extend(paragraphs.iter().cloned());
        if let Some(note) = copy.correction.as_ref().filter(|_| last) {
            lines.push(format!("更正：{note}"));
        }
        let text: String = lines.iter().map(|line| self.paragraph(line)).collect();
        let pictures = match copy.kind {
            Kind::Gallery => (1..=4).map(|n| picture(copy, n)).collect(),
            Kind::Video => format!("<video controls src=\"/uploads/{0}.mp4\" poster=\"/uploads/{0}.jpg\"></video>\n", copy.number),
            Kind::Text | Kind::Link => String::new(),
        };
        let signed = if last && !copy.editors.is_empty() { self.signature(&copy.editors) } else { String::new() };
        text + &pictures + &signed
    }

    /// `(编辑:何青  编审:罗汀)`.
    fn signature(&self, editors: &[Byline]) -> String {
        let names: Vec<String> = editors.iter().map(|one| format!("{}:{}", one.role.as_deref().unwrap_or_default(), one.name)).collect();
        let place = if self.design == Design::Tables { " align=\"right\"" } else { " class=\"sign\"" };
        format!("<p{place}>({})</p>\n", names.join("  "))
    }

    fn paragraph(&self, text: &str) -> String {
        if self.design == Design::Tables { format!("<p>　　{text}</p>\n") } else { format!("<p>{text}</p>\n") }
    }

    /// Where the other pages of an article are.
    fn turn(&self, copy: &Version, part: usize) -> String {
        match (parts(copy), part) {
            (1, _) => String::new(),
            (_, 1) => {
                format!("<div class=\"turn\">1 <a href=\"{0}\">2</a> <a href=\"{0}\">下一页</a></div>", self.design.article_path(copy, 2))
            }
            _ => format!("<div class=\"turn\"><a href=\"{0}\">上一页</a> <a href=\"{0}\">1</a> 2</div>", self.design.article_path(copy, 1)),
        }
    }

    fn redirect(&self, copy: &Version) -> String {
        format!(
            "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={}\" /><script type=\"text/javascript\">\
             window.location.href=\"{ELSEWHERE}/{}.html\";</script></head><body></body></html>",
            self.charset, copy.number
        )
    }

    /// What stands in an article's place once it was taken back.
    fn taken_back(&self) -> String {
        self.frame("稿件已撤-云溪网", "<div class=\"content\"><p>该稿件已撤，请浏览其他内容。</p><p><a href=\"/\">返回首页</a></p></div>")
    }

    /// What a server with a broken database says, with a status that lies.
    pub fn broken(&self) -> String {
        self.frame("系统提示", "<div class=\"error\"><h2>系统繁忙</h2><p>数据库连接失败，请稍后再试。</p></div>")
    }

    /// What surrounds every page.
    fn frame(&self, title: &str, main: &str) -> String {
        let charset = self.charset;
        let links: String =
            COLUMNS.map(|column| format!("<a href=\"{}\">{}</a> ", self.design.listing_path(column, 1), column.name)).concat();
        match self.design {
            Design::Tables => format!(
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
                 <html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\" /><title>{title}</title></head><body>\n\
                 <table width=\"960\"><tr><td class=\"banner\"><b>云溪网</b></td></tr><tr><td class=\"nav\"><a href=\"/\">首页</a> {links}</td></tr></table>\n\
                 {main}\n<table width=\"960\" class=\"footer\"><tr><td>地址:云溪县融媒体中心(云溪县长堤路1号) 联系电话:0700-5550100</td></tr>\
                 <tr><td>工信部备案编号:示ICP备00000000号-1</td></tr></table></body></html>"
            ),
            Design::Boxes => format!(
                "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"{charset}\"><title>{title}</title></head><body>\n\
                 <header class=\"top\"><a class=\"logo\" href=\"/\">云溪网</a><nav class=\"channels\">{links}</nav></header>\n{main}\n\
                 <footer><p>云溪县融媒体中心 版权所有</p><p>示ICP备00000000号-1 联系电话:0700-5550100</p></footer></body></html>"
            ),
        }
    }
}

/// How many pages an article has.
pub(super) fn parts(copy: &Version) -> usize {
    if copy.cut { 2 } else { 1 }
}

/// `通讯员赵禾 孙渡 记者周砚`.
fn authors(all: &[Byline]) -> String {
    let mut role = "";
    let said = all.iter().map(|one| {
        let own = one.role.as_deref().unwrap_or_default();
        let said = if own == role { "" } else { own };
        role = own;
        format!("{said}{}", one.name)
    });
    said.collect::<Vec<_>>().join(" ")
}

fn picture(copy: &Version, number: usize) -> String {
    format!(
        "<p align=\"center\"><img src=\"/uploads/{}-{number}.jpg\" alt=\"图{number}\" width=\"600\" height=\"400\" /></p>\n",
        copy.number
    )
}
