//! Names to addresses, once: with a hard budget, remembered for a few seconds, and vetted before anyone may dial them.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout};

use super::GuardRefusal;
use super::guard::Guard;
use super::reach::Inside;

/// How long a name may take. A resolver that needs longer is broken, and a delivery's whole connect budget is 5 s.
const RESOLVE_BUDGET: Duration = Duration::from_secs(2);

/// How long an answer, or the lack of one, holds. Long enough for the thousand deliveries of one article, short enough to follow a
/// receiver that moves.
const REMEMBERED: Duration = Duration::from_secs(5);

/// How many names are remembered at once; beyond it the stale ones go, then all. A name is about 100 bytes.
const NAMES_KEPT: usize = 4_096;

/// How many lookups run at once. The system's resolver blocks a thread for as long as it likes and cannot be stopped; the runtime has
/// 512 such threads, and half of them are for others.
const LOOKUPS_AT_ONCE: usize = 256;

type Found = Result<Arc<[IpAddr]>, GuardRefusal>;

/// The names of the daemon; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Names {
    from: From,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
    turns: Arc<Semaphore>,
}

#[derive(Debug, Clone)]
enum From {
    System,
    #[cfg(test)]
    Script(Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>),
}

#[derive(Debug, Clone)]
struct Kept {
    since: Instant,
    /// Whoever asks first looks it up; whoever asks meanwhile waits for the same answer.
    found: Arc<OnceCell<Found>>,
    /// Whether a thread still waits for the system's answer. Until it is back no second one is sent, so a name server that never
    /// answers costs one thread a name.
    out: Arc<AtomicBool>,
}

impl Names {
    /// Asks the system's resolver.
    pub(super) fn system() -> Self {
        Self::from(From::System)
    }

    /// Each host's answers in their order; the last one stays.
    #[cfg(test)]
    pub(super) fn script(host: &str, answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Self::from(From::Script(Arc::new(Mutex::new(HashMap::from([(host.to_owned(), answers)])))))
    }

    /// As if the time of every answer had passed.
    #[cfg(test)]
    pub(super) fn age(&self) {
        self.kept.lock().unwrap().values_mut().for_each(|kept| kept.since -= REMEMBERED);
    }

    fn from(from: From) -> Self {
        Self { from, kept: Arc::default(), turns: Arc::new(Semaphore::new(LOOKUPS_AT_ONCE)) }
    }

    /// All addresses of a host, never an empty list. An address in numbers is its own answer.
    pub(super) async fn look_up(&self, host: &str) -> Found {
        if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(Arc::new([ip]));
        }
        let host = loopback_name(host);
        let kept = self.kept(host);
        let asked = kept.found.get_or_init(|| async {
            let found = timeout(RESOLVE_BUDGET, self.ask(host, &kept.out)).await.unwrap_or_default();
            if found.is_empty() { Err(GuardRefusal::Unresolved) } else { Ok(found.into()) }
        });
        asked.await.clone()
    }

    fn kept(&self, host: &str) -> Kept {
        let now = Instant::now();
        let fresh = |kept: &Kept| now.duration_since(kept.since) < REMEMBERED || kept.out.load(Ordering::Acquire);
        let mut names = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = names.get(host).filter(|kept| fresh(kept)) {
            return kept.clone();
        }
        if names.len() >= NAMES_KEPT {
            names.retain(|_, kept| fresh(kept));
        }
        if names.len() >= NAMES_KEPT {
            names.clear();
        }
        let kept = Kept { since: now, found: Arc::default(), out: Arc::default() };
        names.insert(host.to_owned(), kept.clone());
        kept
    }

    async fn ask(&self, host: &str, out: &Arc<AtomicBool>) -> Vec<IpAddr> {
        match &self.from {
            From::System => {
                let Ok(turn) = Arc::clone(&self.turns).acquire_owned().await else { return Vec::new() };
                let (host, out) = (host.to_owned(), Arc::clone(out));
                out.store(true, Ordering::Release);
                // The turn goes with the thread, not with the wait: a lookup that outlives its budget still holds a thread.
                let lookup = tokio::task::spawn_blocking(move || {
                    let found = ask_system(&host);
                    out.store(false, Ordering::Release);
                    drop(turn);
                    found
                });
                lookup.await.unwrap_or_default()
            }
            #[cfg(test)]
            From::Script(script) => {
                let mut script = script.lock().unwrap();
                let answers = script.get_mut(host).unwrap();
                if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
            }
        }
    }
}

/// Asks the system, once for each address.
fn ask_system(host: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for ip in (host, 0).to_socket_addrs().into_iter().flatten().map(|addr| addr.ip()) {
        if !found.contains(&ip) {
            found.push(ip);
        }
    }
    found
}

/// RFC 6761, 6.3: every name below `localhost` is loopback, with or without the root's dot; resolvers differ on the longer spellings.
fn loopback_name(host: &str) -> &str {
    let bare = host.strip_suffix('.').unwrap_or(host);
    if bare == "localhost" || bare.ends_with(".localhost") { "localhost" } else { host }
}

/// What the HTTP client asks when it is about to dial a name: it gets vetted addresses or none.
#[derive(Debug, Clone)]
pub(super) struct Vetted {
    pub(super) names: Names,
    pub(super) rule: Rule,
}

/// Which addresses one client may dial.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// Public ones and allowed ones.
    Web(Guard),
    /// Allowed ones only: for ports that are none of the web's.
    Allowed(Guard),
    /// Always this one, which the operator named.
    Inside(Inside),
    /// The proxy, which the operator named: it stands outside the address rules.
    Proxy,
}

impl Vetted {
    async fn addresses(self, host: &str) -> Found {
        match &self.rule {
            Rule::Web(guard) => self.names.vetted(guard, host, true).await,
            Rule::Allowed(guard) => self.names.vetted(guard, host, false).await,
            Rule::Inside(inside) => self.names.look_up(inside.host()).await,
            Rule::Proxy => self.names.look_up(host).await,
        }
    }
}

impl Names {
    /// The addresses of a host, when the guard lets every one of them pass.
    pub(super) async fn vetted(&self, guard: &Guard, host: &str, web_port: bool) -> Found {
        let found = self.look_up(host).await?;
        guard.vet(&found, web_port)?;
        Ok(found)
    }
}

impl reqwest::dns::Resolve for Vetted {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let vetted = self.clone();
        Box::pin(async move {
            let found = vetted.addresses(name.as_str()).await?;
            // Port 0 stands for the URL's own.
            let dialled: Vec<SocketAddr> = found.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
            Ok(Box::new(dialled.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_holds_for_a_while_and_no_longer() {
        let names = Names::script("news.example", &[&["1.1.1.1"], &[], &["1.0.0.1"]]);
        let first: Found = Ok(Arc::new(["1.1.1.1".parse().unwrap()]));
        assert_eq!(names.look_up("news.example").await, first);
        assert_eq!(names.clone().look_up("news.example").await, first);
        names.age();
        assert_eq!(names.look_up("news.example").await, Err(GuardRefusal::Unresolved));
        assert_eq!(names.look_up("news.example").await, Err(GuardRefusal::Unresolved));
        names.age();
        assert_eq!(*names.look_up("news.example").await.unwrap(), ["1.0.0.1".parse::<IpAddr>().unwrap()]);
    }

    #[tokio::test]
    async fn while_the_system_is_asked_nobody_asks_again() {
        let names = Names::script("slow.example", &[&["1.1.1.1"]]);
        let asked = names.kept("slow.example");
        asked.out.store(true, Ordering::Release);
        names.age();
        assert!(Arc::ptr_eq(&names.kept("slow.example").found, &asked.found));
        asked.out.store(false, Ordering::Release);
        assert!(!Arc::ptr_eq(&names.kept("slow.example").found, &asked.found));
    }

    #[tokio::test]
    async fn many_names_do_not_pile_up() {
        let names = Names::system();
        (0..3 * NAMES_KEPT).for_each(|n| drop(names.kept(&format!("h{n}.example"))));
        assert!(names.kept.lock().unwrap().len() <= NAMES_KEPT);
    }

    #[tokio::test]
    async fn the_system_knows_localhost_in_every_spelling() {
        for host in ["localhost", "localhost.", "a.localhost"] {
            let found = Names::system().look_up(host).await.unwrap();
            assert!(found.iter().all(IpAddr::is_loopback), "{host}");
        }
    }
}
