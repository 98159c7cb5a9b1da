//! Who writes.

use chrono_tz::Tz;

use crate::model::{EmailAddress, Language};

/// A name and an address.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// What the reader sees.
    pub name: String,
    /// Where answers go.
    pub address: EmailAddress,
}

/// The newsroom as its mails show it. An empty text is left out of the footer.
#[derive(Debug, Clone)]
pub struct Newsroom {
    /// `[site] title`.
    pub title: String,
    /// The language of mails to nobody in particular: tests, letters to editors.
    pub language: Language,
    /// The zone in which moments are printed.
    pub zone: Tz,
    /// Who is answerable.
    pub organisation: String,
    /// Post address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// How else to reach it.
    pub contact: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// `[mail] from`.
    pub from: Mailbox,
    /// The host of Message-ID and List-ID: ASCII, lower case.
    pub host: String,
}
