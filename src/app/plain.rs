//! The plain structs that pure rooms declare, filled from the configuration.

use crate::config::Config;
use crate::mail::{self, Mailbox};
use crate::pages;

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

/// What pages say of the newsroom.
pub(super) fn page_site(config: &Config) -> pages::Site {
    let site = &config.site;
    pages::Site {
        title: site.title.clone(),
        zone: site.timezone,
        logo: site.logo.as_ref().map(ToString::to_string),
        organisation: site.organisation.clone(),
        address: site.address.clone(),
        phone: site.phone.clone(),
        contact: site.contact.clone(),
        icp: site.icp.clone(),
        police: site.police.clone(),
        licence: site.licence.clone(),
    }
}

/// What mails say of it.
pub(super) fn mail_newsroom(config: &Config) -> mail::Newsroom {
    let site = &config.site;
    mail::Newsroom {
        title: site.title.clone(),
        language: site.language,
        zone: site.timezone,
        organisation: text(site.organisation.as_ref()),
        address: text(site.address.as_ref()),
        phone: text(site.phone.as_ref()),
        contact: text(site.contact.as_ref()),
        icp: text(site.icp.as_ref()),
        police: text(site.police.as_ref()),
        from: Mailbox { name: config.mail.from_name.clone().unwrap_or_else(|| site.title.clone()), address: config.mail.from.clone() },
        host: site.base_url.host_str().unwrap_or("localhost").to_ascii_lowercase(),
    }
}
