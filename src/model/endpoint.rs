//! Receivers that are programs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventType, ReceiverId, Rev, Sealed, Section, Slug};

/// A webhook, or a chat's bot.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Its row and, being alone in it, its lane.
    pub id: ReceiverId,
    /// Its public name.
    pub public: Uuid,
    /// What the configuration file calls it, where that declares it.
    pub name: Option<String>,
    /// Its address: for many channels the address is the secret.
    pub url: Sealed,
    /// Its signing secrets, the newest first.
    pub secrets: Vec<Sealed>,
    /// How it is spoken to.
    pub preset: Preset,
    /// What it wants.
    pub filters: Filters,
    /// Whether it gets anything.
    pub state: EndpointState,
    /// Why not, for the operator.
    pub why: Option<String>,
    /// Who is told when it fails.
    pub owner: Option<String>,
    /// When it last changed.
    pub rev: Rev,
}

/// How an endpoint is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Standard Webhooks 1.0.
    #[default]
    Standard,
    /// Feishu and Lark.
    Feishu,
    /// 钉钉.
    Dingtalk,
    /// 企业微信.
    Wecom,
    /// Slack.
    Slack,
    /// Discord.
    Discord,
    /// Telegram.
    Telegram,
    /// Mastodon.
    Mastodon,
    /// Bluesky.
    Bluesky,
    /// The operator's own JSON.
    Template,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 10] = [
        Self::Standard,
        Self::Feishu,
        Self::Dingtalk,
        Self::Wecom,
        Self::Slack,
        Self::Discord,
        Self::Telegram,
        Self::Mastodon,
        Self::Bluesky,
        Self::Template,
    ];

    /// As API, configuration and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Feishu => "feishu",
            Self::Dingtalk => "dingtalk",
            Self::Wecom => "wecom",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::Mastodon => "mastodon",
            Self::Bluesky => "bluesky",
            Self::Template => "template",
        }
    }
}

impl TryFrom<String> for Preset {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or_else(|| format!("no preset: {text}"))
    }
}

/// Whether an endpoint gets anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointState {
    /// News goes to it.
    Live,
    /// A partner's, not yet proven: only `endpoint.test` goes to it until a 2xx.
    Unproven,
    /// Switched off, by a person or by its own 410.
    Disabled,
}

impl EndpointState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Live, Self::Unproven, Self::Disabled];

    /// As API and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Unproven => "unproven",
            Self::Disabled => "disabled",
        }
    }
}

impl TryFrom<String> for EndpointState {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("no state of an endpoint: {text}"))
    }
}

/// What a receiver wants. An empty list asks for everything of its kind; the lists are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// With what lies below them.
    pub sections: Vec<Slug>,
    /// Any of these.
    pub tags: Vec<String>,
    /// Any of these.
    pub authors: Vec<String>,
    /// BCP 47; `zh` takes `zh-CN`.
    pub languages: Vec<String>,
    /// Which kinds of event.
    pub events: Vec<EventType>,
}

impl Filters {
    /// Whether it wants everything, so that nothing needs to be compared.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it wants an event of this type about an article with these marks.
    #[must_use]
    pub fn want(&self, what: EventType, sections: &[Slug], tags: &[String], authors: &[String], language: &str) -> bool {
        let any = |wanted: &[String], there: &[String]| wanted.is_empty() || there.iter().any(|mark| wanted.contains(mark));
        let in_language = |wanted: &String| {
            language.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted))
                && matches!(language.as_bytes().get(wanted.len()), None | Some(b'-'))
        };
        (self.events.is_empty() || self.events.contains(&what))
            && (self.sections.is_empty() || sections.iter().any(|there| self.sections.iter().any(|wanted| there.is_within(wanted))))
            && any(&self.tags, tags)
            && any(&self.authors, authors)
            && (self.languages.is_empty() || self.languages.iter().any(in_language))
    }

    /// Whether it names only sections that exist.
    #[must_use]
    pub fn unknown_section(&self, sections: &[Section]) -> Option<&Slug> {
        self.sections.iter().find(|wanted| !sections.iter().any(|section| section.slug == **wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_join_by_and_and_sections_include_what_lies_below() {
        let filters = Filters { sections: vec![Slug::parse("news").unwrap()], languages: vec!["zh".into()], ..Filters::default() };
        let below = [Slug::parse("news/yicheng").unwrap()];
        assert!(filters.want(EventType::Published, &below, &[], &[], "zh-CN"));
        assert!(!filters.want(EventType::Published, &below, &[], &[], "en"));
        assert!(!filters.want(EventType::Published, &[Slug::parse("sport").unwrap()], &[], &[], "zh-CN"));
    }
}
