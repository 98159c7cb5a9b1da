//! One SMTP session, from greeting to QUIT (RFC 5321; PIPELINING RFC 2920, SIZE RFC 1870, 8BITMIME RFC 6152).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{Inner, Mail, Mishap};
use crate::lifecycle::Lifecycle;

/// The largest mail taken, in bytes: far above any edition, small enough to keep a few in memory.
const LARGEST_MAIL: usize = 16 * 1024 * 1024;
/// The longest command line, in bytes: 512 by RFC 5321 (4.5.3.1.4), and room for the parameters of extensions.
const LONGEST_COMMAND: u64 = 2048;
/// The longest line within a mail, in bytes: a thousand by RFC 5321 (4.5.3.1.6); some senders need more, none needs this.
const LONGEST_LINE: u64 = 1024 * 1024;
/// Recipients of one mail; RFC 5321 (4.5.3.1.8) asks for at least a hundred.
const MOST_RECIPIENTS: usize = 1000;

/// Why a session ends before its QUIT.
enum End {
    /// The peer left, or the script broke the line.
    Gone,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// Holds a session until it ends or the stop comes.
pub(super) async fn hold(stream: TcpStream, inner: Arc<Inner>, lifecycle: Lifecycle) {
    let (reader, writer) = stream.into_split();
    let mut session =
        Session { reader: BufReader::new(reader), writer: BufWriter::new(writer), inner, from: None, to: Vec::new(), greeted: false };
    tokio::select! {
        // However the peer leaves, the session is over.
        _ = session.run() => return,
        () = lifecycle.stopping() => {}
    }
    // 421 says "closing" (RFC 5321, 3.8); a peer that has gone need not hear it.
    let _ = session.writer.write_all(b"421 4.3.2 the mailbox is closing\r\n").await;
    let _ = session.writer.flush().await;
}

struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
    inner: Arc<Inner>,
    from: Option<String>,
    to: Vec<String>,
    greeted: bool,
}

impl Session {
    async fn run(&mut self) -> Result<(), End> {
        self.say("220 mailbox.demo ESMTP").await?;
        loop {
            // What a pipelining peer sent in one go is answered in one go (RFC 2920, 3.2).
            if self.reader.buffer().is_empty() {
                self.writer.flush().await?;
            }
            let Some(line) = self.line(LONGEST_COMMAND).await? else {
                self.say("500 5.5.2 the line is too long").await?;
                continue;
            };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.reset();
                    self.greeted = true;
                    let size = format!("250-SIZE {LARGEST_MAIL}");
                    for one in ["250-mailbox.demo", "250-PIPELINING", "250-8BITMIME", "250-ENHANCEDSTATUSCODES", &size, "250 HELP"] {
                        self.write(one).await?;
                    }
                    self.pace().await;
                }
                "HELO" => {
                    self.reset();
                    self.greeted = true;
                    self.say("250 mailbox.demo").await?;
                }
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.reset();
                    self.say("250 2.0.0 forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 still here").await?,
                "HELP" => self.say("214 2.0.0 EHLO MAIL RCPT DATA RSET NOOP QUIT").await?,
                "VRFY" => self.say("252 2.5.0 send and see").await?,
                "QUIT" => {
                    self.say("221 2.0.0 goodbye").await?;
                    return Ok(self.writer.flush().await?);
                }
                _ => self.say("502 5.5.1 not spoken here").await?,
            }
        }
    }

    async fn mail(&mut self, rest: &str) -> Result<(), End> {
        if !self.greeted {
            return self.say("503 5.5.1 EHLO first").await;
        }
        if self.from.is_some() {
            return self.say("503 5.5.1 a mail is open already").await;
        }
        let Some((path, parameters)) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address>").await;
        };
        let size = parameters.split_whitespace().find_map(|one| {
            let (name, value) = one.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().ok())?
        });
        if size.is_some_and(|size| size > LARGEST_MAIL) {
            return self.say("552 5.3.4 the mail is too large").await;
        }
        self.from = Some(path);
        self.say("250 2.1.0 go on").await
    }

    async fn rcpt(&mut self, rest: &str) -> Result<(), End> {
        if self.from.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        let Some((path, _)) = path(rest, "TO:").filter(|(path, _)| !path.is_empty()) else {
            return self.say("501 5.5.4 RCPT TO:<address>").await;
        };
        if self.to.len() >= MOST_RECIPIENTS {
            return self.say("452 4.5.3 too many recipients").await;
        }
        let refused = self.inner.script().refused.get(&path.to_ascii_lowercase()).copied();
        if let Some(code) = refused {
            return self.say(&format!("{code} {}.1.1 this recipient is refused", code / 100)).await;
        }
        self.to.push(path);
        self.say("250 2.1.5 go on").await
    }

    async fn data(&mut self) -> Result<(), End> {
        if self.from.is_none() || self.to.is_empty() {
            return self.say("503 5.5.1 MAIL and RCPT first").await;
        }
        let mishap = self.inner.script().mishaps.pop_front().unwrap_or(Mishap::None);
        self.say("354 end with a dot alone").await?;
        self.writer.flush().await?;
        if mishap == Mishap::DropAfterData {
            return Err(End::Gone);
        }
        let content = self.content().await?;
        let (from, to) = (self.from.take().unwrap_or_default(), std::mem::take(&mut self.to));
        let Some(bytes) = content else {
            return self.say("552 5.3.4 the mail is too large").await;
        };
        if let Mishap::Late(span) = mishap {
            tokio::time::sleep(span).await;
        }
        if let Mishap::Refuse(code) = mishap {
            return self.say(&format!("{code} {}.3.0 this mail is refused", code / 100)).await;
        }
        if mishap != (Mishap::DropAfterDot { kept: false }) {
            let at = self.inner.clock.now();
            self.inner.mails.send_modify(|mails| mails.push(Mail { from, to, bytes, at }));
        }
        if matches!(mishap, Mishap::DropAfterDot { .. }) {
            return Err(End::Gone);
        }
        self.say("250 2.0.0 kept").await
    }

    /// The mail's lines up to the dot, unstuffed (RFC 5321, 4.5.2). Only CRLF dot CRLF ends it (4.1.1.4): a bare LF is content. `None` when it was too large; it is read to its end all the same.
    async fn content(&mut self) -> Result<Option<Vec<u8>>, End> {
        let mut bytes = Some(Vec::new());
        loop {
            let line = self.line(LONGEST_LINE).await?;
            if line.as_deref() == Some(b".\r\n") {
                return Ok(bytes);
            }
            let kept = bytes.take().zip(line);
            bytes = kept.filter(|(so_far, line)| so_far.len() + line.len() <= LARGEST_MAIL).map(|(mut so_far, line)| {
                so_far.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                so_far
            });
        }
    }

    /// The next line with its end. `None` when it was longer than `most`; its rest is read and forgotten.
    async fn line(&mut self, most: u64) -> Result<Option<Vec<u8>>, End> {
        let mut line = Vec::new();
        let mut short = true;
        loop {
            let read = (&mut self.reader).take(most).read_until(b'\n', &mut line).await?;
            if read == 0 {
                return Err(End::Gone);
            }
            if line.ends_with(b"\n") {
                return Ok(short.then_some(line));
            }
            short = false;
            line.clear();
        }
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn pace(&self) {
        let pace = self.inner.script().pace;
        if pace > Duration::ZERO {
            tokio::time::sleep(pace).await;
        }
    }

    async fn say(&mut self, reply: &str) -> Result<(), End> {
        self.pace().await;
        self.write(reply).await
    }

    async fn write(&mut self, reply: &str) -> Result<(), End> {
        self.writer.write_all(reply.as_bytes()).await?;
        Ok(self.writer.write_all(b"\r\n").await?)
    }
}

/// The path and the parameters of `FROM:<path> parameters` (RFC 5321, 4.1.2); a source route before the colon is forgotten.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(String, &'a str)> {
    let head = rest.get(..keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let rest = rest[keyword.len()..].trim_start().strip_prefix('<')?;
    let (path, parameters) = rest.split_once('>')?;
    Some((path.to_owned(), parameters))
}
