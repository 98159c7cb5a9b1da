//! A file per subcommand; stdout is data, stderr is talk. Exit 0: done; 1: failed; 2: usage or configuration.

mod article;
mod check;
mod config;
mod console;
mod deliveries;
mod demo;
mod digest;
mod doctor;
mod endpoint;
mod export;
mod extract;
mod feed;
mod health;
mod import;
mod ingest;
mod mail;
mod re_extract;
mod serve;
mod share;
mod source;
mod subscriber;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::app::{AppError, House};
use crate::clock::{Clock, Ids};
use crate::config::{Config, ConfigErrors, environment, find};

/// Postrider (驿使) carries a newsroom's articles to feed readers, mailboxes, webhooks and share links.
#[derive(Debug, Parser)]
#[command(name = "postrider", version, arg_required_else_help = true)]
struct Cli {
    /// The configuration file. Else $`POSTRIDER_CONFIG`, ./postrider.toml, /etc/postrider/postrider.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets one key, over everything else: site.title=News
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    sets: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything live on one screen, with nothing configured: news sites, a mailbox, a webhook receiver, and the daemon between them.
    Demo(demo::Demo),
    /// The daemon.
    Serve,
    /// Checks the configuration, then the tests of its sources: all problems at once.
    Check(check::Check),
    /// Reads a page or a text, and gives the article as the API takes it.
    Extract(extract::Extract),
    /// The links of a listing page.
    Links(extract::Links),
    /// A feed's articles, as the API takes them.
    ParseFeed(extract::ParseFeed),
    /// Takes files in by hand, and announces them.
    Ingest(ingest::Ingest),
    /// Takes what another newsroom has, and tells nobody.
    #[command(subcommand)]
    Import(import::Import),
    /// Gives what is here.
    #[command(subcommand)]
    Export(export::Export),
    /// Reads kept pages again, after a change of rules; tells nobody.
    ReExtract(re_extract::ReExtract),
    /// Where copy comes from.
    #[command(subcommand)]
    Source(source::Source),
    /// A feed's bytes.
    Feed(feed::Feed),
    /// Share links of an address.
    Share(share::Share),
    /// Articles that are here.
    #[command(subcommand)]
    Article(article::Article),
    /// Readers.
    #[command(subcommand)]
    Subscriber(subscriber::Subscriber),
    /// Named digests.
    #[command(subcommand)]
    Digest(digest::Digest),
    /// Mail.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Webhook receivers.
    #[command(subcommand)]
    Endpoint(endpoint::Endpoint),
    /// The ledger: where did it go, what did each receiver say, what comes next?
    Deliveries(deliveries::Deliveries),
    /// Sends deliveries again.
    Replay(deliveries::Replay),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// The operator's console.
    #[command(subcommand)]
    Console(console::Console),
    /// Checks of the installation.
    #[command(subcommand)]
    Doctor(doctor::Doctor),
    /// Whether a daemon answers on the configured address.
    Healthcheck,
    /// The configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// The manual page, in roff.
    Man,
}

/// How a command failed.
#[derive(Debug)]
enum Failure {
    /// The configuration is wrong: exit 2.
    Config(ConfigErrors),
    /// What was asked cannot be: exit 2.
    Usage(String),
    /// It was tried and failed: exit 1.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Done = Result<(), Failure>;

/// What every command may ask for.
struct Desk {
    config: Option<PathBuf>,
    sets: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Desk {
    /// The configuration, wholly checked. Warnings go to stderr.
    fn config(&self) -> Result<Config, Failure> {
        let path = self.config.clone().or_else(|| find(&self.environment));
        let config = Config::load(path.as_deref(), self.environment.iter().cloned(), &self.sets).map_err(Failure::Config)?;
        for warning in &config.warnings {
            eprintln!("warning: {warning}");
        }
        Ok(config)
    }

    /// Every room over the configured store.
    async fn house(&self) -> Result<House, Failure> {
        House::open(self.config()?, Clock::System, Ids::default()).await.map_err(startup)
    }

    fn env(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is wrong with the configuration's values, and shows only when they are used, exits like the rest of it.
fn startup(error: AppError) -> Failure {
    match error {
        AppError::Base(_) | AppError::TagAuthority { .. } | AppError::Allow(_) | AppError::Proxy(_) | AppError::MailServer(_) => {
            Failure::Usage(error.to_string())
        }
        AppError::Declare(error) => Failure::Usage(format!("[[endpoint]]: {error}")),
        error => Failure::Failed(error.into()),
    }
}

/// Says that a row waits for the daemon, where none runs.
fn mind_the_daemon(house: &House) {
    if house.store.is_served() == Some(false) {
        eprintln!("no `postrider serve` runs on this store: it goes out once one does");
    }
}

/// Writes a line of data; a reader that went away (`| head`) ends the command quietly.
fn say(line: &str) {
    use std::io::Write as _;
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Writes data as it is; a reader that went away ends the command quietly.
fn pour(bytes: &[u8]) -> Done {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        poured => Ok(poured?),
    }
}

/// Runs the command of the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = environment();
    let desk = Desk { config: cli.config, sets: cli.sets, environment };
    // The demo tells on stdout what happens; its log would tell it again.
    let usual = matches!(cli.command, Command::Demo(_)).then_some("warn");
    crate::telemetry::log_to_stderr(desk.env("RUST_LOG").or(usual));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: start the runtime: {error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(run(cli.command, &desk)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Config(errors)) => {
            eprintln!("{errors}");
            ExitCode::from(2)
        }
        Err(Failure::Usage(what)) => {
            eprintln!("error: {what}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}

async fn run(command: Command, desk: &Desk) -> Done {
    match command {
        Command::Demo(demo) => demo.run(desk).await,
        Command::Serve => serve::run(desk).await,
        Command::Check(check) => check.run(desk).await,
        Command::Extract(extract) => extract.run(desk).await,
        Command::Links(links) => links.run(desk),
        Command::ParseFeed(parse) => parse.run(desk),
        Command::Ingest(ingest) => ingest.run(desk).await,
        Command::Import(import) => import.run(desk).await,
        Command::Export(export) => export.run(desk).await,
        Command::ReExtract(re_extract) => re_extract.run(desk).await,
        Command::Source(source) => source.run(desk).await,
        Command::Feed(feed) => feed.run(desk).await,
        Command::Share(share) => share.run(),
        Command::Article(article) => article.run(desk).await,
        Command::Subscriber(subscriber) => subscriber.run(desk).await,
        Command::Digest(digest) => digest.run(desk).await,
        Command::Mail(mail) => mail.run(desk).await,
        Command::Endpoint(endpoint) => endpoint.run(desk).await,
        Command::Deliveries(deliveries) => deliveries.run(desk).await,
        Command::Replay(replay) => replay.run(desk).await,
        Command::Token(token) => token.run(desk).await,
        Command::Console(console) => console.run(desk).await,
        Command::Doctor(doctor) => doctor.run(desk).await,
        Command::Healthcheck => health::run(desk).await,
        Command::Config(command) => command.run(desk),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "postrider", &mut script);
            pour(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            pour(&page)
        }
    }
}
