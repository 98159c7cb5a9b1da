//! Comments of the configuration file that `init` writes.

/// Comments of the configuration file that `init` writes.
#[derive(Debug, Clone, Copy)]
pub struct FilePhrases {
    /// The head: site, day, how many pages were read.
    pub head: fn(&str, &str, usize) -> String,
    /// Where all keys are explained.
    pub all_keys: &'static str,
    /// Before what a person should look at.
    pub check: &'static str,
    /// Above the title.
    pub title: &'static str,
    /// Where no title was found.
    pub no_title: &'static str,
    /// Above `base_url`.
    pub base_url: &'static str,
    /// Above `tag_authority`.
    pub authority: &'static str,
    /// The authority is a number, for the site has no name.
    pub authority_is_number: &'static str,
    /// Above the language and the zone.
    pub zone: &'static str,
    /// The zone is a guess.
    pub zone_guessed: &'static str,
    /// Above `auto_sections`.
    pub auto_sections: &'static str,
    /// Above the footer.
    pub footer: &'static str,
    /// Above the fields that were not found.
    pub footer_missing: &'static str,
    /// Above the sections.
    pub sections: &'static str,
    /// A section that only breadcrumbs name.
    pub only_named: &'static str,
    /// A section that only its menu holds together.
    pub only_menu: &'static str,
    /// A list whose articles name another section.
    pub gathers: fn(&str) -> String,
    /// A section with very few articles.
    pub few: fn(usize) -> String,
    /// No article of a section could be read.
    pub no_sample: &'static str,
    /// Above the source whose articles say where they stand.
    pub one_source: &'static str,
    /// Above a source of one section, whose articles do not say where they stand.
    pub section_source: &'static str,
    /// Above the source of a front page.
    pub front_source: &'static str,
    /// Above a source that `probe` wrote.
    pub probed: fn(&str) -> String,
    /// Above `sections` of a source.
    pub fallback: &'static str,
    /// Above `own`.
    pub own: &'static str,
    /// Above `allow_private`.
    pub private: &'static str,
    /// Above the tests.
    pub tests: &'static str,
    /// Above a feed that could be a source.
    pub feed: fn(usize) -> String,
    /// Above the links that were left out.
    pub passed: &'static str,
    /// Above receivers.
    pub receivers: &'static str,
    /// In a file that a person must finish: why.
    pub by_hand: fn(&str) -> String,
    /// The example section.
    pub example_section: &'static str,
}

/// 中文.
pub(super) const CHINESE: FilePhrases = FilePhrases {
    head: |url, day, pages| {
        format!(
            "驿使的配置，{day} 从 {url} 读出（看了 {pages} 页）。请从头看一遍，改好标着“待核”的地方；然后运行 postrider check，再运行 postrider serve。"
        )
    },
    all_keys: "其余的设置都有默认值；全部设置和说明见 postrider config default。",
    check: "待核：",
    title: "网站的名称，用在订阅源、邮件和公开页面上。",
    no_title: "待核：网站没有说自己叫什么。",
    base_url: "读者从外面访问驿使的网址，订阅源和邮件里的链接都以它开头。不设就只能在本机打开。给驿使一个域名，或者让网站的一个目录转给它；定了以后不要再改：",
    authority: "稿件永久编号的前缀：一个属于本单位的域名，加上启用的年份。定了以后永远不改，否则所有阅读器会把旧稿当成新稿。",
    authority_is_number: "待核：网站没有域名，暂用地址代替。正式使用之前换成本单位的域名，并删掉 data 目录重来。",
    zone: "页面和邮件用的语言；页面上没写时区的时间按哪个时区读，定时也按它。",
    zone_guessed: "待核：页面没有说清时区，这里是猜的。",
    auto_sections: "网站没有栏目页，栏目只写在稿件里：以后出现的新栏目自动建立。",
    footer: "公开页面和邮件的页脚，取自网站自己的页脚。",
    footer_missing: "页脚里没有找到的，请补上再去掉行首的 #：",
    sections: "栏目，名称照网站上的写法，按面包屑和导航分层。slug 是栏目订阅源网址的一部分，启用后再改，要把旧的写进 was。aliases 是面包屑里的其他叫法。",
    only_named: "只在面包屑里出现，没有自己的列表页。",
    only_menu: "只在导航里出现，自己没有稿件列表，用来归拢下面的栏目。",
    gathers: |other| format!("待核：这个列表里的稿件自称属于“{other}”，会归到那个栏目；不需要就删掉这一栏和它的列表页。"),
    few: |count| format!("待核：列表里只有 {count} 篇稿件。"),
    no_sample: "待核：列表里的稿件一篇也没读出来，用 postrider probe 看看原因。",
    one_source: "稿件来源：这些列表页上的稿件自己写明了属于哪个栏目（面包屑），所以合成一个来源，同一时刻只用一个连接访问网站。",
    section_source: "这个列表页上的稿件没有写明属于哪个栏目，所以单独作一个来源，稿件都放进下面写的栏目。",
    front_source: "首页自己就是稿件列表。",
    probed: |url| format!("用 postrider probe 从 {url} 读出。"),
    fallback: "稿件没写明栏目，或者写了一个没见过的栏目时，放在这里。",
    own: "如果这是本单位自己的网站，去掉下一行的 #，就不再受 robots.txt 的限制。",
    private: "网站在内网或本机：允许这个来源访问私有地址。",
    tests: "用一篇读过的稿件作检验：网站改版以后，postrider check 会指出哪里读得不对。请核对一遍，以后换成新的稿件也可以。",
    feed: |count| format!("网站自己有订阅源（现有 {count} 篇）。上面的来源读全文，一般更好；想直接用订阅源，就用下面这段代替。"),
    passed: "下面这些链接看过，没有作为栏目：",
    receivers: "收稿的一方（邮件、Webhook、合作单位的订阅源）还没有设，写法见 postrider config default 的 [mail]、[[digest]] 和 [[endpoint]]。",
    by_hand: |why| format!("网站没能读出来：{why}"),
    example_section: "新闻",
};

/// English.
pub(super) const ENGLISH: FilePhrases = FilePhrases {
    head: |url, day, pages| {
        format!(
            "Postrider's configuration, read from {url} on {day} ({pages} pages were looked at). Please go through it once and settle what is \
             marked CHECK; then run `postrider check`, and `postrider serve`."
        )
    },
    all_keys: "Everything else has a default; `postrider config default` shows and explains all of it.",
    check: "CHECK: ",
    title: "The site's name, for feeds, mails and public pages.",
    no_title: "CHECK: the site does not say what it is called.",
    base_url: "Where readers find Postrider from outside: every link in feeds and mails begins with it. Without it only this machine can open it. \
               Give Postrider a name of its own, or let the site pass on a folder; do not change it later:",
    authority: "The beginning of every article's permanent id: a name that belongs to you, and the year you began. It never changes, or every reader \
                would take old articles for new ones.",
    authority_is_number: "CHECK: the site has no name, so its number stands here. Before real use put in a name of yours, and begin again without the \
                          folder data.",
    zone: "The language of pages and mails; the zone of printed times that name none, and of schedules.",
    zone_guessed: "CHECK: the pages do not tell their zone; this is a guess.",
    auto_sections: "The site has no pages of sections; only its articles name them. A name that comes later makes a section by itself.",
    footer: "The footer of public pages and mails, taken from the site's own.",
    footer_missing: "Not found in the footer; fill in what applies and remove the #:",
    sections: "Sections, named as the site names them, nested as its breadcrumbs and menus nest them. The slug is part of a section's feed address: once in \
               use, put the old one into was = [\"old-slug\"] when you change it. aliases are other names in breadcrumbs.",
    only_named: "Named by articles alone: it has no listing page of its own.",
    only_menu: "Named by the menu alone: it lists no articles and holds the sections below together.",
    gathers: |other| {
        format!(
            "CHECK: the articles of this list say that they stand in \"{other}\", and that is where they go; remove this section and its listing if you do not want it."
        )
    },
    few: |count| format!("CHECK: it lists {count} article{} only.", if count == 1 { "" } else { "s" }),
    no_sample: "CHECK: none of the articles it lists could be read; `postrider probe` tells why.",
    one_source: "Where copy comes from: articles of these listings say which section they stand in, so one source reads them all, over one connection at a time.",
    section_source: "Articles of this listing do not say which section they stand in, so it is a source of its own; they go to the section named below.",
    front_source: "The front page itself lists the articles.",
    probed: |url| format!("Read from {url} by `postrider probe`."),
    fallback: "Where an article stands that names no section, or one that is not known.",
    own: "If this is your own site, remove the # of the next line: robots.txt does not bind you then.",
    private: "The site lies on a private network or on this machine: this source may reach private addresses.",
    tests: "An article that was read, as a test: when the site is rebuilt, `postrider check` tells what is read wrongly. Please look it over.",
    feed: |count| {
        format!(
            "The site has a feed of its own ({count} article{} now). The source above reads whole articles, which is mostly better; to take the feed \
             instead, use this.",
            if count == 1 { "" } else { "s" }
        )
    },
    passed: "Links that were looked at and are no sections:",
    receivers: "Nobody receives anything yet: `postrider config default` shows [mail], [[digest]] and [[endpoint]].",
    by_hand: |why| format!("The site could not be read: {why}"),
    example_section: "News",
};
