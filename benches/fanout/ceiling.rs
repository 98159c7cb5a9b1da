//! What the machine can do at most: wrk's POST rate into the sink, and what the disk takes to make a write last.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Connections of wrk: as many as deliveries are in flight by default.
const CONNECTIONS: &str = "-c128";
/// How long one round of it lasts.
const LASTS: &str = "-d3s";

/// Whether wrk is installed.
pub(crate) fn is_here() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

/// POSTs a second of this body, all answered with 200. wrk's one thread leaves the other core to the sink.
pub(crate) fn posts_a_second(url: &str, body: &str, folder: &Path) -> f64 {
    let script = folder.join("post.lua");
    let long = "=".repeat(8);
    let lua = format!("wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = [{long}[{body}]{long}]\n");
    std::fs::write(&script, lua).expect("the folder takes a file");
    let ran = Command::new("wrk").args(["-t1", CONNECTIONS, LASTS, "-s"]).arg(&script).arg(url).output().expect("wrk runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && !said.contains("Non-2xx"), "{said}");
    let rate = said.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).unwrap_or_else(|| panic!("wrk told no rate: {said}"))
}

/// The median time that the disk below a folder takes to make 4 KiB last.
pub(crate) fn fdatasync(folder: &Path) -> Duration {
    const TIMES: usize = 200;
    let mut file = std::fs::File::create(folder.join("fdatasync")).expect("the folder takes a file");
    let mut took: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("the disk takes a page");
            began.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[TIMES / 2]
}
