//! A Postfix of a test's own, from Debian's package: its configuration, queue, data and maildir lie in the test's folder.
//!
//! It listens on loopback alone, keeps every mail to `example.com` in one maildir, and passes nothing on. A shell stands between it and
//! us and ends it when our end of a pipe closes, which it does however we end: the death signal would not do, for the system takes it
//! back when a process changes its user, as Postfix's master does.

use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use postrider::demo::Mail;
use postrider::model::Millis;
use tempfile::TempDir;

use super::scratch;

/// Where Debian keeps what the master starts.
const DAEMONS: &str = "/usr/lib/postfix/sbin";
/// An address of loopback that no other test listens on: the port stays ours while the server is away.
const HOST: &str = "127.0.0.25";
/// A cold start on a busy machine; a quiet one takes a tenth of a second.
const WITHIN: Duration = Duration::from_secs(20);
/// How often a start or an end is looked for.
const LOOK: Duration = Duration::from_millis(5);
/// Postfix reads a configuration again and again, for seconds, until it is older than a moment.
const AGE: Duration = Duration::from_hours(1);
/// `nobody` of Debian, who owns the maildir.
const OWNER: u32 = 65534;
/// Ends the server, and with it all that it started, at the end of its own input. The server leads a group of its own, as it expects.
const GUARD: &str = r#"setsid "$@" </dev/null & read -r _; kill -TERM $!; wait $!"#;

/// The nearest that a mail server comes to the world. It is gone when this is dropped.
pub(crate) struct Postfix {
    folder: TempDir,
    address: SocketAddr,
    guard: Option<Child>,
}

impl Postfix {
    /// A server that runs, knows everybody at `example.com` whose name does not begin with `unknown`, and holds nobody up.
    pub(crate) fn start() -> Self {
        let address = TcpListener::bind((HOST, 0)).unwrap().local_addr().unwrap();
        let mut postfix = Self { folder: scratch::folder(), address, guard: None };
        postfix.furnish();
        postfix.hold_up(None);
        postfix.start_again();
        postfix
    }

    /// For `[[mail.server]]`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From the next start on, recipients whose names begin so get no answer to their RCPT.
    pub(crate) fn hold_up(&self, prefix: Option<&str>) {
        let pace = prefix.map_or_else(String::new, |prefix| format!("/^{prefix}/ sleep 600\n"));
        self.configure("pace", &pace);
    }

    /// Starts it where and as it was before.
    pub(crate) fn start_again(&mut self) {
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "sh"]).arg(Path::new(DAEMONS).join("master")).arg("-d").arg("-c").arg(self.place("config"));
        // A group of its own: an interrupt at the terminal reaches us alone, and the guard sees us go.
        guard.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("TZ", "UTC").process_group(0);
        let said = fs::File::create(self.place("said")).unwrap();
        guard.stdin(Stdio::piped()).stdout(said.try_clone().unwrap()).stderr(said);
        self.guard = Some(guard.spawn().unwrap());
        self.wait_until("greets", || {
            let Ok(mut stream) = TcpStream::connect(self.address) else { return false };
            let mut greeting = [0; 4];
            stream.read_exact(&mut greeting).is_ok() && &greeting == b"220 "
        });
    }

    /// Ends it at once, in the middle of whatever it does. What it took stays in its queue.
    pub(crate) fn stop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        drop(guard.stdin.take());
        guard.wait().unwrap();
        // Whoever of it still lives holds the port.
        self.wait_until("is gone", || TcpListener::bind(self.address).is_ok());
    }

    /// Every mail that was delivered, the oldest first. Lines end as Unix has them.
    pub(crate) fn delivered(&self) -> Vec<Mail> {
        let mut mails: Vec<(SystemTime, Mail)> = files(&self.place("mail/all/new")).iter().map(|file| read(file)).collect();
        mails.sort_by_key(|(at, _)| *at);
        mails.into_iter().map(|(_, mail)| mail).collect()
    }

    /// How many mails it took and has not delivered yet.
    pub(crate) fn queued(&self) -> usize {
        ["incoming", "active", "deferred"].iter().map(|queue| files(&self.place("queue").join(queue)).len()).sum()
    }

    /// How many connections it answered, those of its own start among them.
    pub(crate) fn connections(&self) -> usize {
        self.log().matches(": connect from ").count()
    }

    fn log(&self) -> String {
        ["said", "log"].map(|name| fs::read_to_string(self.place(name)).unwrap_or_default()).concat()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < WITHIN, "waited in vain until Postfix {what}: {}", self.log());
            std::thread::sleep(LOOK);
        }
    }

    /// Makes the folders that `postfix check` would make, and writes the configuration.
    fn furnish(&self) {
        let (user, drop) = (number("/etc/passwd", "postfix"), number("/etc/group", "postdrop"));
        let folder = |name: &str, owner: u32, group: u32, mode: u32| {
            fs::create_dir(self.place(name)).unwrap();
            chown(self.place(name), Some(owner), Some(group)).unwrap();
            fs::set_permissions(self.place(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        for name in ["config", "queue", "queue/pid"] {
            folder(name, 0, 0, 0o755);
        }
        for queue in ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"] {
            folder(&format!("queue/{queue}"), user, 0, 0o700);
        }
        folder("queue/public", user, drop, 0o710);
        folder("queue/maildrop", user, drop, 0o730);
        folder("data", user, 0, 0o700);
        folder("mail", OWNER, OWNER, 0o755);
        self.configure("main.cf", &main_cf(self.folder.path()));
        self.configure("master.cf", &master_cf(self.address));
        self.configure("readers", "!/^unknown/ all/\n");
    }

    fn configure(&self, name: &str, text: &str) {
        let file = self.place("config").join(name);
        fs::write(&file, text).unwrap();
        let written = fs::metadata(&file).unwrap().modified().unwrap();
        fs::File::options().append(true).open(&file).unwrap().set_modified(written - AGE).unwrap();
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("Postfix said:\n{}", self.log());
        }
        self.stop();
    }
}

/// The number of an account or a group, which stands third in its line.
fn number(file: &str, name: &str) -> u32 {
    let lines = fs::read_to_string(file).unwrap();
    let line = lines.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
    line.and_then(|line| line.split(':').nth(1)).unwrap_or_else(|| panic!("no {name} in {file}")).parse().unwrap()
}

/// Every file below a folder. Postfix moves them about while we look.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut look, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = look.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let into = if entry.file_type().is_ok_and(|kind| kind.is_dir()) { &mut look } else { &mut found };
            into.push(entry.path());
        }
    }
    found
}

fn read(file: &Path) -> (SystemTime, Mail) {
    let at = fs::metadata(file).unwrap().modified().unwrap();
    let millis = at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let mut mail = Mail { from: String::new(), to: Vec::new(), bytes: fs::read(file).unwrap(), at: Millis(millis.try_into().unwrap()) };
    // The envelope, as the delivery wrote it on top.
    let from = mail.header("Return-Path");
    from.trim_matches(['<', '>']).clone_into(&mut mail.from);
    mail.to = vec![mail.header("Delivered-To")];
    (at, mail)
}

fn main_cf(folder: &Path) -> String {
    let folder = folder.display();
    // The interface must be one that the system lists; where the server listens, master.cf says. Names are never looked up: there is no
    // network. Whoever connects has no rights, so that nothing is passed on.
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {folder}/queue\n\
         data_directory = {folder}/data\n\
         daemon_directory = {DAEMONS}\n\
         maillog_file = {folder}/log\n\
         maillog_file_prefixes = {folder}\n\
         myhostname = mx.example.com\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         mynetworks =\n\
         mydestination =\n\
         alias_maps =\n\
         local_recipient_maps =\n\
         smtpd_peername_lookup = no\n\
         smtpd_client_connection_count_limit = 0\n\
         smtpd_relay_restrictions = reject_unauth_destination\n\
         smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/config/pace\n\
         default_transport = error:5.7.1 nothing is passed on\n\
         relay_transport = error:5.7.1 nothing is passed on\n\
         virtual_mailbox_domains = example.com\n\
         virtual_mailbox_base = {folder}/mail\n\
         virtual_mailbox_maps = regexp:{folder}/config/readers\n\
         virtual_uid_maps = static:{OWNER}\n\
         virtual_gid_maps = static:{OWNER}\n"
    )
}

/// Service, type, private, unprivileged, chroot, wakeup, most processes, command.
fn master_cf(address: SocketAddr) -> String {
    format!(
        "{address} inet n - n - 50 smtpd\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         error unix - - n - - error\n\
         virtual unix - n n - - virtual\n\
         anvil unix - - n - 1 anvil\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
