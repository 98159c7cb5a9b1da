//! What feeds say.

/// What feeds say.
#[derive(Debug, Clone, Copy)]
pub struct FeedsPhrases {
    /// The title of a section's feed: of the newsroom's name and the section's.
    pub section_title: fn(newsroom: &str, section: &str) -> String,
    /// What the feed of everything holds: of the newsroom's name. Short: `SmartNews` cuts at 30 characters.
    pub about_all: fn(newsroom: &str) -> String,
    /// What a section's feed holds: of the section's path of titles.
    pub about_section: fn(path: &str) -> String,
    /// What the extension of JSON Feed holds, for whoever reads the JSON.
    pub about_extension: &'static str,
}

/// 中文.
pub(super) const CHINESE: FeedsPhrases = FeedsPhrases {
    section_title: |newsroom, section| format!("{newsroom} - {section}"),
    about_all: |newsroom| format!("{newsroom}最新文章"),
    about_section: |path| format!("{path}栏目最新文章"),
    about_extension: "Postrider：署名及其身份、编辑、来源、栏目",
};

/// English.
pub(super) const ENGLISH: FeedsPhrases = FeedsPhrases {
    section_title: |newsroom, section| format!("{newsroom} - {section}"),
    about_all: |newsroom| format!("The latest from {newsroom}"),
    about_section: |path| format!("The latest in {path}"),
    about_extension: "Postrider: authors and editors with their roles, origin, sections",
};
