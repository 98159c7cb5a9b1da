//! The configuration file of the demo's newsroom, as an operator would write it: it lies in the temporary folder, so that every other
//! command works beside the demo.

use std::net::SocketAddr;

use crate::demo::Stage;
use crate::model::Language;
use crate::phrases::{CHINESE, ENGLISH, Phrases};

/// The file's name in the folder.
pub(super) const FILE: &str = "postrider.toml";
/// Where the English site's articles stand.
pub(super) const COURIER: &str = "courier";
/// Where the legacy site's articles stand, in sections of their own.
pub(super) const NEWS: &str = "news";

/// The file for a newsroom that listens at `address` and is found at `base`, between the peers of the stage.
pub(super) fn text(stage: &Stage, address: SocketAddr, base: &str, language: Language) -> String {
    let words = &Phrases::of(language).demo.terminal;
    let zone = match language {
        Language::Chinese => "Asia/Shanghai",
        Language::English => "Europe/London",
    };
    let [(first, _), (second, _)] = stage.legacy.listings();
    let sections = [NEWS, "news/yunxi", "news/xiangzhen", COURIER].iter().enumerate().map(|(place, slug)| {
        // Breadcrumbs of the legacy site are Chinese, whatever the newsroom speaks.
        let (title, alias) = (words.sections[place], [CHINESE, ENGLISH].map(|other| other.demo.terminal.sections[place]));
        format!("[[section]]\nslug = \"{slug}\"\ntitle = \"{title}\"\naliases = [\"{}\"]\n\n", alias.join("\", \""))
    });
    format!(
        "[site]\ntitle = \"{title}\"\nbase_url = \"{base}\"\nlanguage = \"{tag}\"\ntimezone = \"{zone}\"\n\
         organisation = \"{publisher}\"\naddress = \"{street}\"\ncontact = \"news@newsroom.example\"\n\n\
         [store]\nurl = \"sqlite:postrider.db\"\n\n[keys]\nfile = \"keys\"\n\n[http]\nlisten = \"{address}\"\n\n\
         {sections}\
         # A site without a feed: its listing pages are read, then the articles that are new.\n\
         [[source]]\nkind = \"site\"\nname = \"yunxi\"\nlisting = [\"{first}\", \"{second}\"]\nevery = \"2s\"\n\
         timezone = \"Asia/Shanghai\"\nlanguage = \"zh-CN\"\nsections = [\"{NEWS}\"]\n\n\
         # A site with a feed of its own.\n\
         [[source]]\nkind = \"feed\"\nname = \"alderwick\"\nurl = \"{feed}\"\nevery = \"2s\"\n\
         timezone = \"Europe/London\"\nlanguage = \"en\"\nsections = [\"{COURIER}\"]\n\n\
         [mail]\nfrom = \"news@newsroom.example\"\n\n[[mail.server]]\nurl = \"{mailbox}\"\n\n\
         # Everything on the stage is on this machine, which is else refused.\n\
         [outbound]\nallow = [\"127.0.0.0/8\"]\n\n[limits]\ngrace = \"3s\"\n",
        title = words.newsroom,
        publisher = words.publisher,
        street = words.street,
        tag = language.tag(),
        sections = sections.collect::<String>(),
        feed = stage.english.feed_url(),
        mailbox = stage.mailbox.url(),
    )
}
