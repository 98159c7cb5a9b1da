//! The portal of a county that does not exist: UTF-8, relative addresses, menus within menus, a signpost at its root, and two kinds of
//! articles, of which one says where it stands and the other does not.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// A list: folder, name, number of its first article, whether its articles print a breadcrumb, titles.
type Column = (&'static str, &'static str, u32, bool, [&'static str; 5]);

const COLUMNS: [Column; 4] = [
    (
        "xwzx/bdxw",
        "本地新闻",
        1100,
        true,
        [
            "滨江步道贯通工程通过验收",
            "县城新增三条公交接驳线",
            "河口码头货运量创近年新高",
            "老城供水管网改造进入收尾",
            "县图书馆延长夜间开放时间",
        ],
    ),
    (
        "xwzx/xzdt",
        "乡镇动态",
        1200,
        true,
        [
            "柳林镇柑橘分拣线投入使用",
            "石桥镇集中整治河道漂浮物",
            "东岗镇文化礼堂排练忙",
            "青山镇护林员配上巡护终端",
            "沙洲镇渡口更换新浮桥",
        ],
    ),
    (
        "zwgk/gsgg",
        "公示公告",
        1300,
        false,
        [
            "关于滨江路夜间施工的通告",
            "城区停车泊位收费标准公示",
            "农村公路养护招标结果公示",
            "县属学校招聘教师公告",
            "水库下游泄洪安全提示公告",
        ],
    ),
    (
        "zwgk/zcjd",
        "政策解读",
        1400,
        false,
        ["农机购置补贴怎么申领", "城乡居民医保缴费问答", "老旧小区加装电梯指南", "小微企业贷款贴息说明", "新生儿落户一次办解读"],
    ),
];

/// The portal on loopback, until the test's process ends.
pub(super) struct Portal {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Portal {
    /// Starts it. `closed`: its robots.txt lets nobody in.
    pub(super) fn start(closed: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let mut pages = pages();
        if closed {
            pages.insert("/robots.txt".to_owned(), "User-agent: *\nDisallow: /\n".to_owned());
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let (status, body) = pages.get(&path).map_or((404, "没有这个页面"), |body| (200, body.as_str()));
                heard.lock().unwrap().push(path);
                let length = body.len();
                let kind = "text/html; charset=utf-8";
                let answer =
                    format!("HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                // A visitor that left is its own affair.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, asked }
    }

    /// Its front page.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What it was asked for, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Articles on the portal.
pub(super) const ARTICLES: usize = 20;

fn pages() -> HashMap<String, String> {
    let mut pages = HashMap::new();
    pages.insert("/".to_owned(), "<html><head><meta http-equiv=\"refresh\" content=\"0;url=index.shtml\"></head></html>".to_owned());
    pages.insert("/robots.txt".to_owned(), "User-agent: *\nDisallow: /admin/\nSitemap: /sitemap.xml\n".to_owned());
    pages.insert("/index.shtml".to_owned(), framed("河口县人民政府门户网站", "./", &front()));
    pages.insert("/xwzx/".to_owned(), framed("新闻中心 - 河口县人民政府门户网站", "../", &channel("新闻中心", "", &COLUMNS[..2])));
    pages.insert("/zwgk/".to_owned(), framed("政务公开 - 河口县人民政府门户网站", "../", "<p>依申请公开的受理点设在县政务大厅二楼。</p>"));
    pages.insert("/zjhk/".to_owned(), framed("走进河口 - 河口县人民政府门户网站", "../", ABOUT));
    for column in &COLUMNS {
        let (folder, name, first, crumbs, titles) = column;
        pages.insert(format!("/{folder}/"), framed(&format!("{name} - 河口县人民政府门户网站"), "../../", &list(column)));
        for (n, title) in titles.iter().enumerate() {
            let path = format!("/{folder}/{}", place(*first, n));
            let head = if folder.starts_with("xwzx") { "新闻中心" } else { "政务公开" };
            let crumb = format!(
                "<div class=\"dqwz\">当前位置：<a href=\"/\">首页</a> &gt; <a href=\"../../\">{head}</a> &gt; <a href=\"../\">{name}</a></div>"
            );
            let crumb = if *crumbs { crumb.as_str() } else { "" };
            pages.insert(path, framed(&format!("{title} - 河口县人民政府门户网站"), "../../../", &article(title, n, crumb)));
        }
    }
    pages
}

fn place(first: u32, n: usize) -> String {
    format!("202509/t202509{:02}_{}.shtml", 20 - n, first as usize + n)
}

fn rows(column: &Column, before: &str) -> String {
    let mut rows = String::new();
    for (n, title) in column.4.iter().enumerate() {
        writeln!(
            rows,
            "<li><a href=\"{before}{}\" title=\"{title}\">{title}</a><span>2025-09-{:02}</span></li>",
            place(column.2, n),
            20 - n
        )
        .unwrap();
    }
    rows
}

fn list(column: &Column) -> String {
    format!(
        "<div class=\"dqwz\">当前位置：<a href=\"/\">首页</a> &gt; {}</div><div class=\"gl\"><ul class=\"gl_list\">{}</ul>\
         <script>createPageHTML(1,0,\"index\",\"shtml\");</script></div>",
        column.1,
        rows(column, "./")
    )
}

fn channel(name: &str, before: &str, columns: &[Column]) -> String {
    let boxes = columns
        .iter()
        .map(|column| {
            let folder = column.0.rsplit('/').next().unwrap();
            let rows = rows(column, &format!("{before}./{folder}/"));
            format!("<div class=\"box\"><h3>{}<a class=\"gd\" href=\"{before}./{folder}/\">更多&gt;&gt;</a></h3><ul class=\"{folder}\">{rows}</ul></div>", column.1)
        })
        .collect::<Vec<_>>()
        .concat();
    format!("<h2>{name}</h2>{boxes}")
}

fn front() -> String {
    let news = channel("要闻", "./xwzx/", &COLUMNS[..2]);
    let notices = channel("公开", "./zwgk/", &COLUMNS[2..]);
    format!("{news}{notices}<div class=\"zt\"><a href=\"http://topic.elsewhere.example/2025/\">专题：防汛</a></div>")
}

fn article(title: &str, n: usize, crumb: &str) -> String {
    let day = 20 - n;
    format!(
        "{crumb}<div class=\"content\"><h1>{title}</h1><div class=\"info\"><span>发布时间：2025-09-{day:02} 09:{day:02}</span><span>来源：河口县融媒体中心</span></div>\
         <div class=\"TRS_Editor\"><p>　　{title}，这是河口县今年排定的一件实事。记者在现场看到，工作人员正在逐项核对清单，附近居民也来打听什么时候能用上。</p>\
         <p>　　负责这件事的同志介绍，前期一共走访了四百多户人家，收到的意见都登记在册，能马上办的当天就办，需要几个部门一起商量的也定了期限。</p>\
         <p>　　下一步，县里将把进展每周在公示栏和网站上公布一次，欢迎大家来信来电监督，发现问题及时纠正。</p></div>\
         <p class=\"bj\">责任编辑：何青</p></div>"
    )
}

/// A page about the county: an article in shape, and no section.
const ABOUT: &str = "<h1>走进河口</h1><p>河口县因两江在此汇合而得名，水路通达，柑橘和水产久负盛名，全县辖八个镇、三个乡。</p>";

fn framed(title: &str, root: &str, content: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><meta name=\"SiteName\" content=\"河口县人民政府\"></head><body>\n\
         <div id=\"header\"><div class=\"menu\"><ul>\n\
         <li><a href=\"{root}index.shtml\">网站首页</a></li>\n\
         <li><a href=\"{root}zjhk/\">走进河口</a></li>\n\
         <li><a href=\"{root}xwzx/\">新闻中心</a><ul><li><a href=\"{root}xwzx/bdxw/\">本地新闻</a></li><li><a href=\"{root}xwzx/xzdt/\">乡镇动态</a></li></ul></li>\n\
         <li><a href=\"{root}zwgk/\">政务公开</a><ul><li><a href=\"{root}zwgk/gsgg/\">公示公告</a></li><li><a href=\"{root}zwgk/zcjd/\">政策解读</a></li></ul></li>\n\
         <li><a href=\"{root}admin/login.jsp\">登录</a></li><li><a href=\"http://mail.elsewhere.example/\">邮箱</a></li>\n\
         </ul></div></div>\n<div class=\"main\">{content}</div>\n\
         <div class=\"footer\"><p><a href=\"{root}gywm/\">关于我们</a> | <a href=\"{root}wzdt/\">网站地图</a></p>\
         <p>主办单位：河口县人民政府办公室　承办单位：河口县融媒体中心</p><p>地址：河口县滨江路8号　邮编：000000　联系电话：0700-5550120</p>\
         <p>示ICP备00000001号-1　示公网安备 00000000000001号</p></div>\n</body></html>"
    )
}
