//! The pages of the legacy site, as a content system of the two-thousands prints them.

use askama::Template;

use super::{COLUMNS, Column, ROWS, ZONE};
use crate::demo::press::{Block, Printed};

/// `/xinwen/yunxi/`, `/xinwen/yunxi/index_2.html`.
pub(super) fn listing_path(column: Column, number: usize) -> String {
    if number == 1 { format!("/xinwen/{}/", column.folder) } else { format!("/xinwen/{}/index_{number}.html", column.folder) }
}

/// The listing page at a path, with its number.
pub(super) fn listing_at(path: &str) -> Option<(Column, usize)> {
    let (folder, file) = path.strip_prefix("/xinwen/")?.split_once('/')?;
    let column = COLUMNS.into_iter().find(|column| column.folder == folder)?;
    let number = match file {
        "" | "index.html" => 1,
        _ => file.strip_prefix("index_")?.strip_suffix(".html")?.parse().ok()?,
    };
    Some((column, number))
}

/// `/xinwen/yunxi/2026-11-23/11215.html`.
pub(super) fn article_path(printed: &Printed) -> String {
    format!("/xinwen/{}/{}/{}.html", printed.story.section, day(printed), printed.number)
}

/// The front page.
pub(super) fn home(printed: &[Printed]) -> String {
    let boxes = COLUMNS.map(|column| Listed {
        column,
        path: listing_path(column, 1),
        rows: printed.iter().filter(|one| one.story.section == column.folder).take(ROWS).map(Row::of).collect(),
    });
    print(&Home { boxes })
}

/// One page of a listing, newest first.
pub(super) fn listing(column: Column, rows: &[&Printed], number: usize, last: usize) -> String {
    let link = |number: usize| (1..=last).contains(&number).then(|| listing_path(column, number));
    let rows = rows.iter().map(|one| Row::of(one)).collect();
    print(&Listing { column, rows, number, last, newer: link(number - 1), older: link(number + 1) })
}

/// The article at a place among all of them.
pub(super) fn article(all: &[Printed], place: usize) -> String {
    let printed = &all[place];
    let column = COLUMNS.into_iter().find(|column| column.folder == printed.story.section).unwrap_or(COLUMNS[0]);
    let near = |place: Option<usize>| place.and_then(|place| all.get(place)).map(Row::of);
    print(&Article {
        headline: printed.story.headline,
        listing: listing_path(column, 1),
        column,
        at: printed.at.in_zone(ZONE).format("%Y-%m-%d %H:%M").to_string(),
        byline: printed.story.byline,
        editors: printed.story.editors,
        body: &printed.story.body,
        newer: near(place.checked_sub(1)),
        older: near(Some(place + 1)),
        hot: all.iter().skip(1).step_by(2).take(5).map(Row::of).collect(),
    })
}

/// Letters of a headline that a listing has room for; the whole stands in the link's title.
const ROOM: usize = 22;

/// A line of a list.
struct Row {
    path: String,
    whole: &'static str,
    cut: String,
    day: String,
}

impl Row {
    fn of(printed: &Printed) -> Self {
        let whole = printed.story.headline;
        let cut = if whole.chars().count() > ROOM { whole.chars().take(ROOM - 1).chain(['…']).collect() } else { whole.to_owned() };
        Self { path: article_path(printed), whole, cut, day: day(printed) }
    }
}

/// One section's newest on the front page.
struct Listed {
    column: Column,
    path: String,
    rows: Vec<Row>,
}

fn day(printed: &Printed) -> String {
    printed.at.in_zone(ZONE).format("%Y-%m-%d").to_string()
}

/// The frame around every page: banner, navigation, footer.
fn print(page: &impl Template) -> String {
    page.render().expect("the legacy pages are written into memory")
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{{ TOP|safe }}<title>云溪网-云溪县新闻门户</title>
</head><body>
{{ BANNER|safe }}
<table width="960" border="0" cellspacing="0" cellpadding="0" align="center"><tr valign="top">
{% for one in boxes %}<td width="480"><table width="470" border="0" cellspacing="0" cellpadding="0" class="box" align="center">
<tr><td class="boxhead"><a href="{{ one.path }}">{{ one.column.name }}</a><span class="more"><a href="{{ one.path }}">更多&gt;&gt;</a></span></td></tr>
<tr><td><ul class="newslist">{% for row in one.rows %}
<li><span class="date">{{ row.day }}</span><a href="{{ row.path }}" title="{{ row.whole }}" target="_blank">{{ row.cut }}</a></li>{% endfor %}
</ul></td></tr></table></td>
{% endfor %}</tr></table>
<div class="links">友情链接：云溪县图书馆 | 云溪县气象台 | 云溪县公共交通</div>
{{ FOOTER|safe }}
</body></html>
"##
)]
struct Home {
    boxes: [Listed; 2],
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{{ TOP|safe }}<title>{{ column.name }}-新闻-云溪网</title>
</head><body>
{{ BANNER|safe }}
<table width="960" border="0" cellspacing="0" cellpadding="0" align="center"><tr valign="top">
<td width="200"><table width="190" border="0" cellspacing="0" cellpadding="0" class="box"><tr><td class="boxhead">新闻</td></tr>
<tr><td class="side"><a href="/xinwen/yunxi/">云溪新闻</a><br /><a href="/xinwen/xiangzhen/">乡镇动态</a></td></tr></table></td>
<td width="760"><table width="760" border="0" cellspacing="0" cellpadding="0" class="box">
<tr><td class="place">您所在的位置: <a href="/">云溪网</a> &gt; <a href="/xinwen/yunxi/">新闻</a> &gt; {{ column.name }}</td></tr>
<tr><td><ul class="newslist">{% for row in rows %}
<li><span class="date">{{ row.day }}</span><a href="{{ row.path }}" title="{{ row.whole }}" target="_blank">{{ row.cut }}</a></li>{% endfor %}
</ul></td></tr>
<tr><td class="pages">第{{ number }}页/共{{ last }}页 {% if let Some(path) = newer %}<a href="{{ path }}">上一页</a>{% else %}上一页{% endif %}
{% if let Some(path) = older %}<a href="{{ path }}">下一页</a>{% else %}下一页{% endif %}</td></tr>
</table></td></tr></table>
{{ FOOTER|safe }}
</body></html>
"##
)]
struct Listing {
    column: Column,
    rows: Vec<Row>,
    number: usize,
    last: usize,
    newer: Option<String>,
    older: Option<String>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{{ TOP|safe }}<title>{{ headline }}-{{ column.name }}-云溪网</title>
</head><body>
{{ BANNER|safe }}
<table width="960" border="0" cellspacing="0" cellpadding="0" align="center"><tr valign="top">
<td width="710"><table width="710" border="0" cellspacing="0" cellpadding="0" class="box">
<tr><td class="place">您所在的位置: <a href="/">云溪网</a> &gt; <a href="/xinwen/yunxi/">新闻</a> &gt; <a href="{{ listing }}">{{ column.name }}</a></td></tr>
<tr><td align="center" class="headline">{{ headline }}</td></tr>
<tr><td align="center" class="info">发布时间:{{ at }} 来源:<div class="sharebox"><span>分享到:</span><div id="bdshare" class="bdshare_t bds_tools">
<a class="bds_qzone" href="#"></a><a class="bds_tsina" href="#"></a><a class="bds_renren" href="#"></a></div><script type="text/javascript" src="/js/bdshare.js"></script></div></td></tr>
<tr><td class="content"><div id="zoom">
{% if !byline.is_empty() %}<p>　　{{ byline }}</p>
{% endif %}{% for block in body %}{% match block %}{% when Block::Heading(text) %}<p align="center"><strong><font color="#333333">{{ text }}</font></strong></p>
{% when Block::Paragraph(text) %}<p>　　{{ text }}</p>
{% endmatch %}{% endfor %}{% if !editors.is_empty() %}<p align="right">({{ editors }})</p>
{% endif %}</div></td></tr>
<tr><td class="near">{% if let Some(row) = newer %}上一篇：<a href="{{ row.path }}">{{ row.whole }}</a>{% else %}上一篇：没有了{% endif %}<br />
{% if let Some(row) = older %}下一篇：<a href="{{ row.path }}">{{ row.whole }}</a>{% else %}下一篇：没有了{% endif %}</td></tr>
</table></td>
<td width="250"><table width="240" border="0" cellspacing="0" cellpadding="0" class="box" align="right"><tr><td class="boxhead">热点排行</td></tr>
<tr><td class="side">{% for row in hot %}<a href="{{ row.path }}" title="{{ row.whole }}">{{ row.cut }}</a><br />{% endfor %}</td></tr></table></td>
</tr></table>
{{ FOOTER|safe }}
</body></html>
"##
)]
struct Article<'a> {
    headline: &'a str,
    column: Column,
    listing: String,
    at: String,
    byline: &'a str,
    editors: &'a str,
    body: &'a [Block],
    newer: Option<Row>,
    older: Option<Row>,
    hot: Vec<Row>,
}

/// It says gb2312, as such pages do, and is GB18030.
const TOP: &str = r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />
<meta name="keywords" content="云溪,云溪网,云溪新闻" />
<link href="/css/style.css" rel="stylesheet" type="text/css" />
"#;

const BANNER: &str = r##"<table width="960" border="0" cellspacing="0" cellpadding="0" align="center">
<tr><td height="90" class="banner"><font size="6" color="#ffffff"><b>云溪网</b></font> <font color="#ffe9c8">云溪县融媒体中心主办</font></td></tr>
<tr><td height="34" class="nav"><a href="/">首页</a> | <a href="/xinwen/yunxi/">云溪新闻</a> | <a href="/xinwen/xiangzhen/">乡镇动态</a> | <a href="/admin/">投稿</a></td></tr>
<tr><td height="28" class="notice">公告：欢迎广大读者来稿来电，反映身边的新鲜事。</td></tr>
</table>"##;

const FOOTER: &str = r##"<table width="960" border="0" cellspacing="0" cellpadding="0" align="center" class="footer">
<tr><td align="center"><a href="#">关于我们</a> | <a href="#">版权声明</a></td></tr>
<tr><td align="center">地址:云溪县融媒体中心(云溪县长堤路1号) 邮编:000000</td></tr>
<tr><td align="center">联系电话:0700-5550100 违法和不良信息举报电话:0700-5550110</td></tr>
<tr><td align="center">工信部备案编号:示ICP备00000000号-1</td></tr>
<tr><td align="center">互联网新闻信息服务登记备案号:示新网备0000号</td></tr>
</table>"##;

pub(super) const STYLE: &str = "body{margin:0;background:#f3f3f3;font:14px/1.8 SimSun,'Noto Serif CJK SC',serif;color:#222}a{color:#222;text-decoration:none}\
a:hover{color:#b1191a}.banner{background:#b1191a;padding:0 20px}.nav{background:#8f1213;color:#fff;padding:0 20px}.nav a{color:#fff}\
.notice{background:#fff8e8;padding:0 20px;font-size:12px}.box{background:#fff;border:1px solid #ddd;margin:10px 0}\
.boxhead{background:#f6e6e0;color:#b1191a;font-weight:bold;padding:4px 12px}.more{float:right;font-size:12px}.newslist{margin:8px 12px;padding:0;list-style:none}\
.newslist li{border-bottom:1px dotted #ccc;height:30px;line-height:30px;overflow:hidden}.date{float:right;color:#999;font-size:12px}\
.place{padding:8px 16px;border-bottom:1px solid #eee;font-size:12px}.headline{font-size:24px;font-weight:bold;padding:20px 16px 8px}\
.info{color:#888;font-size:12px;border-bottom:1px dashed #ccc;padding-bottom:8px}.content{padding:16px 28px;font-size:16px;line-height:2}\
.near,.side,.pages{padding:10px 16px;font-size:13px}.pages{text-align:center}.links{width:958px;margin:0 auto;background:#fff;border:1px solid #ddd;\
text-indent:12px;font-size:12px}.footer{background:#e8e8e8;font-size:12px;margin-top:10px;padding:10px}";
