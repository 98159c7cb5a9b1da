//! What the tests stand on: a fresh store on either backend, rows to begin with, and the truth about what could not run.

pub(crate) mod cms;
pub(crate) mod daemon;
mod http;
mod log;
pub(crate) mod newsroom;
pub(crate) mod peers;
pub(crate) mod postfix;
pub(crate) mod postgres;
pub(crate) mod rows;
pub(crate) mod scratch;
mod store_url;

pub(crate) use http::{Answer, Ask};
pub(crate) use newsroom::Newsroom;
pub(crate) use store_url::Backend;

/// Writes a test once and runs it on both stores: `name::sqlite` and `name::postgres`. Attributes (`#[ignore = "make soak"]`) go to both.
macro_rules! backends {
    ($($(#[$attribute:meta])* async fn $name:ident($backend:ident: Backend) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn run($backend: $crate::harness::Backend) $body

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::harness::Backend::Sqlite).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::harness::peers::POSTGRES.is_here_for(concat!(module_path!(), "::postgres")) {
                    run($crate::harness::Backend::Postgres).await;
                }
            }
        }
    )*};
}
