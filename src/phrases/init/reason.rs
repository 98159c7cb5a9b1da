//! Why a page could not be read, and what a person can do then.

/// Why a page could not be read, each with what to do.
#[derive(Debug, Clone, Copy)]
pub struct ReasonPhrases {
    /// robots.txt closes it.
    pub robots: &'static str,
    /// robots.txt could not be had.
    pub robots_away: &'static str,
    /// The guard refuses the address: why.
    pub guard: fn(&str) -> String,
    /// An answer that is no page.
    pub status: fn(u16) -> String,
    /// No complete answer: what the network said.
    pub no_answer: fn(&str) -> String,
    /// Signposts without end.
    pub elsewhere: &'static str,
    /// No page: its media type.
    pub kind: fn(&str) -> String,
    /// Nothing on it.
    pub empty: &'static str,
    /// A shell for a script.
    pub script: &'static str,
    /// Neither articles nor lists.
    pub no_news: &'static str,
    /// Too large or too odd.
    pub unreadable: &'static str,
    /// The bound on pages.
    pub enough: &'static str,
}

/// 中文.
pub(super) const CHINESE: ReasonPhrases = ReasonPhrases {
    robots: "robots.txt 不允许读取。如果这是本单位自己的网站，加上 --own 再试；否则请先征得对方同意。",
    robots_away: "robots.txt 暂时取不到（服务器出错），按规矩先不读。过一刻钟再试；如果是本单位自己的网站，可以加 --own。",
    guard: |why| {
        format!(
            "地址不许访问（{why}）。如果网站就在内网或本机，加上 --allow-private；端口不常见的公网网站，用 --set outbound.ports=[端口] 放行。"
        )
    },
    status: |status| match status {
        401 | 403 => {
            format!("服务器回答 {status}，不让读。请网站管理员放行 Postrider，或者让 CMS 把稿件推送过来（POST /api/v1/articles）。")
        }
        404 | 410 => format!("服务器回答 {status}，没有这个页面。请核对网址。"),
        429 => "服务器回答 429，嫌访问太频繁。过一阵再试。".to_owned(),
        _ => format!("服务器回答 {status}。过一阵再试；一直这样就请网站管理员看看。"),
    },
    no_answer: |why| format!("没有得到回应（{why}）。请核对网址，确认这台机器能打开它；只能从内部地址进的网站，在来源里写 connect。"),
    elsewhere: "页面一再转到别处，没有尽头。请把浏览器里最后停下的网址给驿使。",
    kind: |kind| format!("这不是网页（{kind}）。"),
    empty: "页面是空的。请核对网址。",
    script: "页面内容全靠脚本生成，驿使不运行脚本。找找网站的手机版、订阅源或站点地图，或者让 CMS 推送稿件（POST /api/v1/articles）、把稿件放进文件夹。",
    no_news: "页面上既没有稿件，也没有稿件列表。请给驿使一个栏目的列表页。",
    unreadable: "页面太大或太怪，读不了。",
    enough: "已经到了允许读取的页数（--max-requests）。",
};

/// English.
pub(super) const ENGLISH: ReasonPhrases = ReasonPhrases {
    robots: "robots.txt does not allow it. If this is your own site, try again with --own; else ask its owners first.",
    robots_away: "robots.txt cannot be had (the server is out of order), so nothing is read for now. Try again in a quarter of an hour; for your own site there is --own.",
    guard: |why| {
        format!(
            "The address is not allowed ({why}). If the site lies on your network or on this machine, add --allow-private; for a public site on \
             an unusual port, --set outbound.ports=[PORT]."
        )
    },
    status: |status| match status {
        401 | 403 => {
            format!(
                "The server answered {status} and lets nobody read. Ask its administrators to let Postrider in, or let the CMS push articles (POST /api/v1/articles)."
            )
        }
        404 | 410 => format!("The server answered {status}: there is no such page. Please check the address."),
        429 => "The server answered 429: too many requests. Try again later.".to_owned(),
        _ => format!("The server answered {status}. Try again later; if it stays so, ask its administrators."),
    },
    no_answer: |why| {
        format!(
            "There was no answer ({why}). Check the address, and whether this machine can open it; for a site with an inside door there is `connect`."
        )
    },
    elsewhere: "The page leads from address to address without end. Give the address at which your browser stops.",
    kind: |kind| format!("This is no page ({kind})."),
    empty: "The page is empty. Please check the address.",
    script: "Only a script fills this page, and Postrider runs none. Look for a mobile site, a feed or a sitemap, or let the CMS push articles (POST /api/v1/articles) or drop files into a folder.",
    no_news: "The page holds neither an article nor a list of articles. Give the listing page of a section.",
    unreadable: "The page is too large or too odd to be read.",
    enough: "As many pages were read as --max-requests allows.",
};
