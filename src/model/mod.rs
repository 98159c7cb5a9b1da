//! Pure values: what Postrider talks about, and what may be said of it.
//!
//! Nothing here reads a clock, a file, a socket or a table. Every other room may use this one; it uses none.
//! A value that exists here is valid: a [`CanonicalUrl`] parsed, a [`SafeHtml`] cleaned, an [`EmailAddress`] checked.

mod actor;
mod article;
mod article_json;
mod candidate;
mod canonical_url;
mod delivery;
mod edition;
mod email_address;
mod endpoint;
mod event;
mod ids;
mod language;
mod safe_html;
mod sealed;
mod section;
mod settlement;
mod short_code;
mod source_memory;
mod subject;
mod subscriber;
mod time;

pub use actor::Actor;
pub use article::{Article, Byline, Image, KeptId, Kind, Origin, Standing, Withdrawal};
pub use article_json::{ArticleJson, BylineJson, FieldError, ImageJson, LONGEST_TITLE, OriginJson};
pub use candidate::{Body, Candidate, Evidence, Field, Provenance, When, Wish};
pub use canonical_url::{CanonicalUrl, UrlError};
pub use delivery::{Class, Delivery, State};
pub use edition::{Edition, EditionKind, EditionState, Letter, LetterKind};
pub use email_address::{AddressError, EmailAddress};
pub use endpoint::{Endpoint, EndpointState, Filters, Preset};
pub use event::{Event, EventType, PriorStanding};
pub use ids::{ArticleId, ArticleKey, Fence, LaneId, ReceiverId, Rev, Revision, Seq, Slot};
pub use language::Language;
pub use safe_html::{SafeHtml, one_line, plain_text, without_controls};
pub use sealed::{Sealed, Secret};
pub use section::{Section, SectionId, Slug, SlugError};
pub use settlement::{Attempt, Effect, Exchange, Outcome, Phase, Settlement, Why};
pub use short_code::{CODE_BYTES, parse_code, short_code};
pub use source_memory::{Drift, EntryMemory, Listed, PageMemory, Seen, Sign, SourceKind, SourceMemory, Usual, Validators};
pub use subject::Subject;
pub use subscriber::{Cadence, Subscriber, SubscriberState, Subscription, Target};
pub use time::Millis;
