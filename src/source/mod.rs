//! Where copy comes from: sites, feeds, folders; each look gives Finds, and nothing here knows the store.
//!
//! [`look`] visits what a source names and gives links, and whatever it gives at once; [`read`] gets the pages that the caller
//! chose among the links. Both return the memory as it should be saved together with what was accepted, and touch nothing else.

mod admission;
pub mod dates;
mod error;
pub mod extract;
pub mod feed;
mod fetch;
pub mod folder;
mod hosts;
mod joined;
#[cfg(test)]
mod loopback;
pub mod pages;
mod picture;
pub mod probe;
pub mod robots;
pub mod site;
mod turns;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use ring::digest::{SHA256, digest};
use url::Url;

use crate::clock::Clock;
use crate::config::{Entries, Overrides};
use crate::model::{Candidate, CanonicalUrl, Millis, PageMemory, SourceKind, SourceMemory, Validators, When};
use crate::outbound::{Outbound, Reach};

pub use error::{Advice, SourceError};
pub use folder::{Claim, Folders};
pub use picture::{Asker, Measure, measure, shown_elsewhere, take};
pub use site::is_listed;
pub use turns::Turns;

/// A source as configured.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// How copy comes in.
    pub kind: SourceKind,
    /// Listing pages of a site, or feeds.
    pub addresses: Vec<Url>,
    /// A folder's place.
    pub path: Option<PathBuf>,
    /// The zone of its printed times.
    pub zone: Tz,
    /// The newsroom's own: robots.txt is not asked.
    pub own: bool,
    /// Who we are: `Postrider/VERSION (+base_url)`.
    pub user_agent: String,
    /// What is special about reaching it.
    pub reach: Reach,
    /// Its language where copy tells none, BCP 47.
    pub language: String,
    /// Where fields stand on its pages, where the rules do not find them.
    pub overrides: Arc<Overrides>,
    /// How a feed's entries are taken.
    pub entries: Entries,
}

/// What every visit needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Net {
    /// The way out.
    pub outbound: Outbound,
    /// For schedules and printed times.
    pub clock: Clock,
    /// What is known of folders between two looks.
    pub folders: Folders,
    /// Who may ask which host next.
    pub turns: Turns,
}

/// A link on a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// As the listing words it.
    pub title: Option<String>,
    /// As the listing prints it.
    pub date: Option<When>,
}

/// A page as it was read, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPage {
    /// The address it was asked for by.
    pub url: CanonicalUrl,
    /// Its bytes, not compressed.
    pub bytes: Vec<u8>,
    /// The header's value, without which the bytes may be read wrongly.
    pub content_type: Option<String>,
    /// To ask with the next time.
    pub validators: Validators,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash: String,
}

/// What a source found: one piece of copy.
#[derive(Debug)]
pub struct Find {
    /// The copy.
    pub candidate: Candidate,
    /// The page it was read from.
    pub page: Option<RawPage>,
    /// Its further pages, in order, where the site cut it into several.
    pub parts: Vec<RawPage>,
    /// The file it was read from, to be settled after the copy was accepted or refused.
    pub claim: Option<Claim>,
}

/// What a look gave.
#[derive(Debug, Default)]
pub struct Look {
    /// Links of a site's listings, each once, in order.
    pub links: Vec<Link>,
    /// Copy that feeds and folders give at once.
    pub finds: Vec<Find>,
    /// The memory as it should be saved with what was accepted.
    pub memory: SourceMemory,
    /// Addresses and files that failed while others did not.
    pub failed: Vec<SourceError>,
    /// Look again after this time, whatever the interval: a file is still growing, or there were too many.
    pub again: Option<Duration>,
}

/// A page that the caller wants read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The link that led to it.
    pub link: Link,
    /// What is remembered of it; the default asks without conditions.
    pub memory: PageMemory,
}

/// What came of the wanted pages.
#[derive(Debug, Default)]
pub struct Reading {
    /// Pages that hold something new.
    pub finds: Vec<Find>,
    /// Pages that are as they were, by the server's word or by their bytes.
    pub unchanged: Vec<CanonicalUrl>,
    /// Pages that could not be had.
    pub failed: Vec<(CanonicalUrl, SourceError)>,
    /// Pages that were not asked for, because the site had stopped answering: they come again at the next look.
    pub unread: Vec<CanonicalUrl>,
    /// The memory as it should be saved with what was accepted.
    pub memory: SourceMemory,
}

/// Visits a source. A push source gives nothing: its copy comes by itself.
///
/// In the memory, `visited`, `failures` and `found_at` are the caller's to keep; validators, robots.txt and lines are kept here.
///
/// # Errors
/// When nothing of it could be read; a part that failed stands in [`Look::failed`].
pub async fn look(spec: &Spec, memory: &SourceMemory, net: &Net) -> Result<Look, SourceError> {
    let mut look = match spec.kind {
        SourceKind::Site => site::look(spec, memory, net).await?,
        SourceKind::Feed => feed::look(spec, memory, net).await?,
        SourceKind::Folder => folder::look(spec, memory, net).await?,
        SourceKind::Push => Look { memory: memory.clone(), ..Look::default() },
    };
    spec.tell_language(&mut look.finds);
    Ok(look)
}

/// Gets pages of a site, or of a feed's entries, one after the other. The order is the caller's.
pub async fn read(spec: &Spec, memory: &SourceMemory, pages: Vec<Wanted>, net: &Net) -> Reading {
    let mut reading = match spec.kind {
        SourceKind::Feed => feed::read(spec, memory, pages, net).await,
        _ => site::read(spec, memory, pages, net).await,
    };
    spec.tell_language(&mut reading.finds);
    reading
}

/// SHA-256, hexadecimal.
fn hash(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

impl Spec {
    /// Copy that tells no language of its own is in its source's.
    fn tell_language(&self, finds: &mut [Find]) {
        for find in finds {
            find.candidate.language.get_or_insert_with(|| self.language.clone());
        }
    }

    /// How an address that this source led to may be reached. The source's own door is for its own host, the LAN and its authority for
    /// its own host and those below: everything elsewhere gets the public internet.
    #[must_use]
    pub fn reach_towards(&self, url: &Url) -> Reach {
        let own_host = self.addresses.iter().any(|address| address.host() == url.host());
        let own_site = self.is_at_home(url);
        let Reach { private, connect, ca_file, proxy } = self.reach.clone();
        Reach { connect: connect.filter(|_| own_host), private: private && own_site, ca_file: ca_file.filter(|_| own_site), proxy }
    }

    /// Whether an address lies on one of the source's own hosts, or below it.
    fn is_at_home(&self, url: &Url) -> bool {
        self.addresses.iter().any(|address| hosts::is_below(address, url))
    }

    fn reading(&self, now: Millis) -> dates::Reading {
        dates::Reading { zone: self.zone, now }
    }
}

#[cfg(test)]
mod tests {
    use super::loopback::{Server, answer, net};
    use super::*;

    #[tokio::test]
    async fn looks_and_readings_run_as_tasks() {
        let server = Server::start(|_| answer(404, "", b"")).await;
        let (spec, net) = (server.spec(SourceKind::Push, &[]), net());
        let task = async move {
            let look = look(&spec, &SourceMemory::default(), &net).await.unwrap();
            let reading = read(&spec, &look.memory, Vec::new(), &net).await;
            (look.finds.len(), reading.finds.len())
        };
        assert_eq!(tokio::spawn(task).await.unwrap(), (0, 0));
        assert!(server.paths().is_empty());
    }
}
