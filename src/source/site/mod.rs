//! A newsroom's site: listing pages give links, pages give articles.

pub mod listing;
mod next;
mod outline;
mod rows;
