//! A PostgreSQL server of our own, from the installed binaries: started once a process, gone with it however it ends.
//!
//! It listens on a socket in a temporary folder alone, and runs as nobody where the tests run as root, which it refuses to be.
//! A migrated template is cloned for each test.
#![expect(
    unsafe_code,
    reason = "a child that dies with this process needs prctl between fork and exec, and a hook at exit to end it in order"
)]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use postrider::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::{OnceCell, oneshot};

use super::{peers, scratch};

const BINARIES: &str = "/usr/lib/postgresql/15/bin";
const TEMPLATE: &str = "newsroom_template";
/// A cold start on a busy machine; a quiet one takes a second.
const START_WITHIN: Duration = Duration::from_mins(1);

/// What the server promises of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Nothing after a crash of the machine, and fast.
    Quick,
    /// Everything.
    Durable,
}

/// A database that goes when this is dropped.
pub(crate) struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    /// As `[store] url` takes it.
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The keeper drops it while the next test runs. If the keeper is gone, so is the server.
        self.server.done.send(self.name.clone()).ok();
    }
}

/// A migrated database that nobody has written to.
pub(crate) async fn fresh(flavour: Flavour) -> Database {
    static QUICK: OnceCell<Server> = OnceCell::const_new();
    static DURABLE: OnceCell<Server> = OnceCell::const_new();
    let cell = match flavour {
        Flavour::Quick => &QUICK,
        Flavour::Durable => &DURABLE,
    };
    let server = cell.get_or_init(|| Server::start(flavour)).await;
    let name = format!("newsroom_{}", server.count.fetch_add(1, Ordering::Relaxed));
    server.admin(&format!("create database {name} template {TEMPLATE} strategy file_copy")).await;
    Database { server, name }
}

struct Server {
    socket: PathBuf,
    count: AtomicU32,
    done: mpsc::Sender<String>,
}

impl Server {
    async fn start(flavour: Flavour) -> Self {
        let (ready, started) = oneshot::channel();
        let (done, names) = mpsc::channel();
        // The death signal follows the thread that spawned the server, so that thread must never end: it keeps the databases.
        std::thread::spawn(move || {
            let socket = launch(flavour);
            ready.send(socket.clone()).expect("the test waits for its server");
            keep(&socket, &names);
        });
        let socket = started.await.expect("the server starts");
        let server = Self { socket, count: AtomicU32::new(0), done };
        server.admin(&format!("create database {TEMPLATE}")).await;
        Store::open(&server.url(TEMPLATE)).await.unwrap().close().await;
        server.admin(&format!("alter database {TEMPLATE} allow_connections false")).await;
        server
    }

    fn url(&self, database: &str) -> String {
        url(&self.socket, database)
    }

    async fn admin(&self, sql: &str) {
        admin(&self.socket, sql).await.unwrap();
    }
}

fn url(socket: &Path, database: &str) -> String {
    format!("postgres:///{database}?host={}&user=postrider", socket.display())
}

async fn admin(socket: &Path, sql: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(&url(socket, "postgres")).await?;
    connection.execute(AssertSqlSafe(sql.to_owned())).await?;
    connection.close().await
}

/// Drops databases that tests are done with, for ever.
fn keep(socket: &Path, names: &mpsc::Receiver<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    while let Ok(name) = names.recv() {
        // By force: a test that failed left its connections open. What cannot be dropped goes with the folder.
        runtime.block_on(admin(socket, &format!("drop database if exists {name} with (force)"))).ok();
    }
    loop {
        std::thread::park();
    }
}

/// Makes a cluster and starts its server; the folder of its socket.
fn launch(flavour: Flavour) -> PathBuf {
    // The hook at exit removes it: nothing in a static is ever dropped.
    let folder = scratch::folder().keep();
    let account = account();
    if let Some((user, group)) = account {
        chown(&folder, Some(user), Some(group)).unwrap();
    }
    let cluster = folder.join("cluster");
    let mut initdb = program("initdb", account);
    initdb.args(["--username=postrider", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"]).arg(&cluster);
    let made = initdb.output().unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let log = File::create(folder.join("log")).unwrap();
    let durable = if flavour == Flavour::Durable { "on" } else { "off" };
    let mut server = program("postgres", account);
    server.arg("-D").arg(&cluster).arg("-k").arg(&folder);
    for setting in ["listen_addresses=", "max_connections=500", "shared_buffers=32MB", "autovacuum=off"] {
        server.args(["-c", setting]);
    }
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        server.arg("-c").arg(format!("{setting}={durable}"));
    }
    server.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    die_with_us(&mut server);
    let mut child = server.spawn().unwrap();
    end_at_exit(&child, folder.clone());
    wait_until_ready(&mut child, &cluster, &folder.join("log"));
    folder
}

fn program(name: &str, account: Option<(u32, u32)>) -> Command {
    let mut program = Command::new(Path::new(BINARIES).join(name));
    program.env_clear().env("LC_ALL", "C").env("TZ", "UTC").current_dir("/");
    if let Some((user, group)) = account {
        program.uid(user).gid(group);
    }
    program
}

/// User and group to run as instead of root; `None` where the tests are not root.
fn account() -> Option<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let nobody = || accounts.lines().find_map(|line| line.strip_prefix("nobody:")).expect("there is a user called nobody");
    peers::we_are_root().then(|| {
        let mut numbers = nobody().split(':').skip(1).map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    })
}

/// The server stops at once when this process dies, whatever kills it.
fn die_with_us(server: &mut Command) {
    let us = std::process::id();
    let ask = move || {
        // SAFETY: prctl with these arguments touches no memory of ours. The library sets user and group before this, which would
        // otherwise clear the signal.
        if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // If we died before that, nobody will tell.
        if parent_id() == us { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: between fork and exec the closure allocates nothing and takes no lock: two system calls.
    unsafe { server.pre_exec(ask) };
}

static RUNNING: Mutex<Vec<(libc::pid_t, PathBuf)>> = Mutex::new(Vec::new());

fn end_at_exit(child: &Child, folder: PathBuf) {
    let mut running = RUNNING.lock().unwrap();
    if running.is_empty() {
        // SAFETY: `end_all` unwinds nowhere and outlives the process's own code.
        unsafe { libc::atexit(end_all) };
    }
    running.push((child.id().cast_signed(), folder));
}

extern "C" fn end_all() {
    let Ok(running) = RUNNING.lock() else { return };
    for (server, folder) in running.iter() {
        // SAFETY: the number is our own child's, which nobody has waited for, so it cannot be anybody else's.
        unsafe {
            libc::kill(*server, libc::SIGQUIT);
            libc::waitpid(*server, std::ptr::null_mut(), 0);
        }
        fs::remove_dir_all(folder).ok();
    }
}

/// The server writes `ready` into its lock file once it takes connections.
fn wait_until_ready(child: &mut Child, cluster: &Path, log: &Path) {
    let began = Instant::now();
    let said = || fs::read_to_string(log).unwrap_or_default();
    while !fs::read_to_string(cluster.join("postmaster.pid")).is_ok_and(|lock| lock.lines().any(|line| line.trim() == "ready")) {
        assert!(child.try_wait().unwrap().is_none(), "PostgreSQL ended: {}", said());
        assert!(began.elapsed() < START_WITHIN, "PostgreSQL is not ready after {START_WITHIN:?}: {}", said());
        std::thread::sleep(Duration::from_millis(10));
    }
}
