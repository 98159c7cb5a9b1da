//! What `probe` and `init` say on the terminal.

/// What `probe` and `init` say on the terminal.
#[derive(Debug, Clone, Copy)]
pub struct TalkPhrases {
    /// A page that is being read: its number and address.
    pub reading: fn(usize, &str) -> String,
    /// Pages of `probe`: a listing of so many links.
    pub is_listing: fn(usize) -> String,
    /// A front page with so many doors.
    pub is_front: fn(usize) -> String,
    /// An article.
    pub is_article: &'static str,
    /// A feed with so many articles.
    pub is_feed: fn(usize) -> String,
    /// Nothing.
    pub is_nothing: &'static str,
    /// Why these links: place, how many, how many dated, average length, others.
    pub why: fn(&str, usize, usize, usize, usize) -> String,
    /// The next page.
    pub next_page: &'static str,
    /// No next page.
    pub no_next_page: &'static str,
    /// Before an article that was read.
    pub sample: &'static str,
    /// Before one that could not be.
    pub failed: &'static str,
    /// An undated link.
    pub undated: &'static str,
    /// More rows that are not shown.
    pub and_more: fn(usize) -> String,
    /// The encoding, with what told it.
    pub encoding: fn(&str, &str) -> String,
    /// The content system.
    pub cms: fn(&str) -> String,
    /// A feed, with its number of articles.
    pub feed: fn(&str, usize) -> String,
    /// A sitemap.
    pub sitemap: fn(&str) -> String,
    /// What to do with a front page.
    pub try_init: fn(&str) -> String,
    /// What was found of the site: name, language, zone, pages.
    pub found: fn(&str, &str, &str, usize) -> String,
    /// Columns: section, slug, listed, dated, says so itself.
    pub columns: [&'static str; 5],
    /// A section without a list of its own.
    pub no_list: &'static str,
    /// Of so many articles, so many say where they stand.
    pub of: fn(usize, usize) -> String,
    /// Above what is not sure.
    pub unsure: &'static str,
    /// No name was found.
    pub no_title: &'static str,
    /// The zone is a guess.
    pub zone_guessed: fn(&str) -> String,
    /// The site has no name on the network.
    pub number_for_name: &'static str,
    /// A list gathers from elsewhere.
    pub gathers: fn(&str, &str) -> String,
    /// A section with few articles.
    pub few: fn(&str, usize) -> String,
    /// No article of it could be read.
    pub no_sample: fn(&str) -> String,
    /// A link that is no section: its name and why.
    pub passed: fn(&str, &str) -> String,
    /// It lists nothing.
    pub passed_no_list: &'static str,
    /// It is an article.
    pub passed_article: &'static str,
    /// It lists what another one lists.
    pub passed_twin: fn(&str) -> String,
    /// It was not visited.
    pub passed_unvisited: &'static str,
    /// Footer fields that are missing.
    pub footer_missing: fn(&str) -> String,
    /// Whether to write the file.
    pub ask: fn(&str) -> String,
    /// Nothing was written.
    pub left: &'static str,
    /// The file is there.
    pub written: fn(&str) -> String,
    /// The file to finish by hand is there.
    pub written_by_hand: fn(&str) -> String,
    /// The file stands already.
    pub exists: fn(&str) -> String,
    /// Above the token.
    pub token: &'static str,
    /// While the archive fills: sources done, all, articles.
    pub filling: fn(usize, usize, usize) -> String,
    /// It is full.
    pub filled: fn(usize) -> String,
    /// A source could not be read: its name and why.
    pub not_filled: fn(&str, &str) -> String,
    /// A daemon runs on the store.
    pub is_served: &'static str,
    /// What comes next.
    pub then: fn(&str) -> String,
}

/// 中文.
pub(super) const CHINESE: TalkPhrases = TalkPhrases {
    reading: |count, url| format!("{count:>4}  {url}"),
    is_listing: |count| format!("这是一个列表页，有 {count} 篇稿件："),
    is_front: |count| format!("这是网站首页，有 {count} 个像栏目的链接："),
    is_article: "这是一篇稿件：",
    is_feed: |count| format!("这是一个订阅源，有 {count} 篇稿件。"),
    is_nothing: "这里没有可以读的稿件：",
    why: |place, count, dated, length, others| {
        format!("选中的是 {place} 处的 {count} 个链接：{dated} 个带日期，标题平均 {length} 字；同站的其他 {others} 个链接不像稿件。")
    },
    next_page: "下一页：",
    no_next_page: "没有找到下一页。",
    sample: "读了一篇：",
    failed: "没读出来：",
    undated: "没有日期  ",
    and_more: |count| format!("……还有 {count} 个"),
    encoding: |name, rule| {
        let told = match rule {
            "bom" => "字节序标记",
            "valid utf-8" => "字节本身",
            "header" => "响应头",
            "meta" => "页面声明",
            _ => "字节特征",
        };
        format!("编码 {name}（根据{told}）")
    },
    cms: |name| format!("像是 {name} 做的网站"),
    feed: |url, count| format!("订阅源 {url}（{count} 篇）"),
    sitemap: |url| format!("站点地图 {url}"),
    try_init: |url| format!("要把整个网站接进来，运行：postrider init {url}"),
    found: |title, language, zone, pages| format!("{title}：{language}，{zone}，看了 {pages} 页。"),
    columns: ["栏目", "slug", "列表稿件", "带日期", "自报栏目"],
    no_list: "—",
    of: |named, read| format!("{named}/{read}"),
    unsure: "拿不准的（文件里标着“待核”或写在注释里）：",
    no_title: "没有找到网站的名称。",
    zone_guessed: |zone| format!("时区是猜的：{zone}。"),
    number_for_name: "网站没有域名，稿件编号的前缀暂用地址。",
    gathers: |title, other| format!("“{title}”列表里的稿件自称属于“{other}”。"),
    few: |title, count| format!("“{title}”只列出 {count} 篇稿件。"),
    no_sample: |title| format!("“{title}”的稿件一篇也没读出来。"),
    passed: |title, why| format!("“{title}”没有作为栏目：{why}"),
    passed_no_list: "没有稿件列表。",
    passed_article: "它本身是一篇稿件。",
    passed_twin: |other| format!("和“{other}”列出的是同一批稿件。"),
    passed_unvisited: "没有去看，页数到了上限（--max-requests）。",
    footer_missing: |fields| format!("页脚里没有找到：{fields}。"),
    ask: |file| format!("写入 {file}？[Y/n] "),
    left: "什么也没有写。",
    written: |file| format!("已写入 {file}。"),
    written_by_hand: |file| format!("已写入 {file}，请照注释补完。"),
    exists: |file| format!("{file} 已经存在，没有动它；加 --force 才会覆盖，或用 --out 换个文件名。"),
    token: "API 令牌，可读写稿件，只显示这一次，请收好：",
    filling: |done, all, articles| format!("正在静默入库：来源 {done}/{all}，稿件 {articles} 篇"),
    filled: |articles| format!("库里有 {articles} 篇稿件，没有通知任何人。"),
    not_filled: |name, why| format!("来源 {name} 没读出来：{why}"),
    is_served: "这个库上已经有 postrider serve 在运行，入库由它来做。",
    then: |file| format!("下一步：postrider --config {file} serve"),
};

/// English.
pub(super) const ENGLISH: TalkPhrases = TalkPhrases {
    reading: |count, url| format!("{count:>4}  {url}"),
    is_listing: |count| format!("This is a listing of {count} article{}:", plural(count)),
    is_front: |count| format!("This is a front page with {count} link{} that may be sections:", plural(count)),
    is_article: "This is an article:",
    is_feed: |count| format!("This is a feed of {count} article{}.", plural(count)),
    is_nothing: "There is no copy to be had here:",
    why: |place, count, dated, length, others| {
        format!(
            "{count} links at {place} were chosen: {dated} bear a date, their titles have {length} letters on average; {others} other links of this site look less like articles."
        )
    },
    next_page: "Next page: ",
    no_next_page: "No next page was found.",
    sample: "An article, read: ",
    failed: "Could not be read: ",
    undated: "undated   ",
    and_more: |count| format!("… and {count} more"),
    encoding: |name, rule| format!("Encoding {name} (by {rule})"),
    cms: |name| format!("It looks like {name}"),
    feed: |url, count| format!("Feed {url} ({count} article{})", plural(count)),
    sitemap: |url| format!("Sitemap {url}"),
    try_init: |url| format!("To take in the whole site, run: postrider init {url}"),
    found: |title, language, zone, pages| format!("{title}: {language}, {zone}, {pages} pages looked at."),
    columns: ["section", "slug", "listed", "dated", "says so"],
    no_list: "—",
    of: |named, read| format!("{named}/{read}"),
    unsure: "Not sure (marked CHECK in the file, or told in a comment):",
    no_title: "No name of the site was found.",
    zone_guessed: |zone| format!("The zone is a guess: {zone}."),
    number_for_name: "The site has no name on the network; its number stands in the articles' ids.",
    gathers: |title, other| format!("Articles listed by \"{title}\" say that they stand in \"{other}\"."),
    few: |title, count| format!("\"{title}\" lists {count} article{} only.", plural(count)),
    no_sample: |title| format!("None of the articles of \"{title}\" could be read."),
    passed: |title, why| format!("\"{title}\" is no section: {why}"),
    passed_no_list: "it lists no articles.",
    passed_article: "it is an article itself.",
    passed_twin: |other| format!("it lists the same as \"{other}\"."),
    passed_unvisited: "it was not looked at; --max-requests was reached.",
    footer_missing: |fields| format!("Not found in the footer: {fields}."),
    ask: |file| format!("Write {file}? [Y/n] "),
    left: "Nothing was written.",
    written: |file| format!("{file} is written."),
    written_by_hand: |file| format!("{file} is written; please finish it as its comments say."),
    exists: |file| format!("{file} exists and was left alone; --force overwrites it, --out names another file."),
    token: "API token, for reading and for articles. It is shown this once:",
    filling: |done, all, articles| format!("filling the archive silently: {done} of {all} sources, {articles} articles"),
    filled: |articles| format!("The archive holds {articles} article{}; nobody was told.", plural(articles)),
    not_filled: |name, why| format!("The source {name} could not be read: {why}"),
    is_served: "A `postrider serve` runs on this store already, and fills the archive itself.",
    then: |file| format!("Next: postrider --config {file} serve"),
};

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
