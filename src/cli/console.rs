//! `postrider console link`: a one-time way in.

use clap::Subcommand;

use super::{Desk, Done, say};
use crate::model::Actor;
use crate::urls::encode;

#[derive(Debug, Subcommand)]
pub(super) enum Console {
    /// Prints a link that signs in once, within a quarter of an hour.
    Link,
}

impl Console {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let code = house.access.console_link(&Actor::Command).await?;
        say(&house.urls.at(&format!("console/sign-in?code={}", encode(code.expose()))));
        Ok(())
    }
}
