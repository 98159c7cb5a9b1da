//! `postrider healthcheck`: for containers without a shell.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::{Desk, Done, Failure};
use crate::outbound::{Limits, Outbound, Policy, Reach, Request};

/// A container's health check gives up after half a minute; this leaves it time to say so.
const WITHIN: Duration = Duration::from_secs(5);

pub(super) async fn run(desk: &Desk) -> Done {
    let config = desk.config()?;
    let mut address = config.http.listen;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { std::net::Ipv4Addr::LOCALHOST.into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    let path = config.site.base_url.path();
    let url = url::Url::parse(&format!("http://{address}{path}readyz"))?;
    let outbound = Outbound::new(Policy::default())?;
    let reach = Reach { private: true, ..Reach::default() };
    let limits = Limits { total: WITHIN, ..Limits::DELIVERY };
    let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() };
    match outbound.exchange(request, &reach, &limits).await {
        Ok(answer) if answer.status == 200 => Ok(()),
        Ok(answer) => Err(Failure::Failed(anyhow::anyhow!("answered {}", answer.status))),
        Err(failure) => Err(Failure::Failed(anyhow::anyhow!("{}", failure.why))),
    }
}
