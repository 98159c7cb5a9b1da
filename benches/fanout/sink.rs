//! The other side of the wire: a receiver that only counts, in a process of its own, as wrk's target is too.

use std::process::Stdio;
use std::time::Duration;

use postrider::clock::Clock;
use postrider::demo::{Keep, Receiver};
use postrider::lifecycle::Lifecycle;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The argument that makes this program a sink.
pub(crate) const ARGUMENT: &str = "--sink";
/// A round takes seconds; past this something is stuck.
const STUCK: Duration = Duration::from_mins(2);

/// Is the sink, until its input ends. Says its address; for a line with a number it waits for so many
/// hooks and says so; 0 makes it count from the start again.
pub(crate) async fn be() {
    let lifecycle = Lifecycle::default();
    let receiver = Receiver::start(Keep::Count, Clock::System, &lifecycle).await.expect("a port is free");
    println!("{}", receiver.address());
    // Blocks this thread alone: the runtime's own threads take the hooks.
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.parse() {
            Ok(0) => receiver.clear(),
            Ok(wanted) => println!("{}", if receiver.wait_for_count(STUCK, wanted).await { "came" } else { "stuck" }),
            Err(_) => return,
        }
    }
}

/// A running sink. It ends when this is dropped.
pub(crate) struct Sink {
    address: String,
    ask: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Sink {
    /// Starts one.
    pub(crate) async fn start() -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let mut sink = Command::new(this);
        let mut child = sink.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
        let ask = child.stdin.take().expect("it was piped");
        let mut said = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let address = said.next_line().await.expect("it speaks").expect("it says its address");
        Self { address, ask, said, _child: child }
    }

    /// The address of one endpoint.
    pub(crate) fn url(&self, n: usize) -> String {
        format!("http://{}/hook/{n}", self.address)
    }

    /// Counts from zero.
    pub(crate) async fn clear(&mut self) {
        self.ask.write_all(b"0\n").await.expect("it listens");
    }

    /// Waits until so many hooks have come since the last clearing.
    pub(crate) async fn has(&mut self, hooks: usize) {
        self.ask.write_all(format!("{hooks}\n").as_bytes()).await.expect("it listens");
        let said = self.said.next_line().await.expect("it speaks");
        assert_eq!(said.as_deref(), Some("came"), "{hooks} hooks did not come");
    }
}
