//! Share links, short codes, QR pictures, and what a page tells the programs that preview it. Pure.
//!
//! Every address is made by one rule: a value is encoded once, strictly (RFC 3986, 2.3), parameters keep their order, empty
//! ones are dropped, and a text is cut between two characters that a reader sees, never inside the shared address.

mod metadata;
mod networks;
mod qr;
mod text;

pub use crate::model::{CODE_BYTES, parse_code, short_code};
pub use metadata::{JsonLd, Newsroom, news_article};
pub use networks::{Network, ShareLink, Shared, links};
pub use qr::{qr_spelling, qr_svg};

/// What cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// A QR symbol of level M holds at most 2,331 bytes (ISO/IEC 18004, table 7).
    #[error("an address of {0} bytes does not fit into a QR symbol")]
    TooLongForQr(usize),
}
