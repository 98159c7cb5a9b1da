//! Secrets: in the file itself, better in a file of their own (`…_file`), best from the service manager's credentials.
//!
//! A credential has the key's path as its name, with a table's own name in place of its number: `endpoint.partner.secret`,
//! `mail.server.0.password`, `store.url`. Nothing here prints a secret.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Origin, Problem};
use super::reader::Reader;
use super::setting::Setting as _;
use crate::model::Secret;

/// A longer file is no secret but a mistake (bytes).
const LONGEST: u64 = 64 << 10;

/// What stands for a secret in print, as TOML.
pub(super) const MASKED: &str = "\"***\"";

impl Reader<'_> {
    /// A secret that may be missing. `name` is what its table is called, where it has a name.
    pub(super) fn secret(&mut self, key: &'static str, file_key: &'static str, name: Option<&str>) -> Option<Secret> {
        let (plain, plain_origin) = self.written::<String>(key);
        let (file, file_origin) = self.written::<PathBuf>(file_key);
        let credential = self.credential(key, name);
        let (plain_layer, file_layer) = (plain.as_ref().map(|_| layer(&plain_origin)), file.as_ref().map(|_| layer(&file_origin)));
        if plain_layer.is_some() && plain_layer == file_layer {
            self.complain(file_key, format!("stands beside {key}; keep one of them"));
        }
        // The strongest layer wins, as it does for every other key.
        let credential = credential.filter(|_| plain_layer.max(file_layer) < Some(CREDENTIAL));
        let file = file.filter(|_| credential.is_none() && plain_layer < file_layer).map(|file| self.notes.resolve(&file));
        let (secret, origin) = match (credential, &file, plain) {
            (Some((path, origin)), _, _) => (self.secret_of_credential(key, &path, &origin), origin),
            (None, Some(path), _) => (self.secret_of_file(file_key, path), Origin::Default),
            (None, None, Some(plain)) if plain.is_empty() => {
                self.complain(key, "is empty");
                (None, plain_origin)
            }
            (None, None, plain) => (plain.map(Secret::new), plain_origin),
        };
        // What a file gives is shown by the file's name alone, so that what is shown can be read again.
        let masked = secret.as_ref().filter(|_| file.is_none()).map(|_| MASKED.to_owned());
        self.show(key, masked, origin);
        self.show(file_key, file.as_ref().map(PathBuf::show), file_origin);
        secret
    }

    fn secret_of_file(&mut self, file_key: &'static str, path: &Path) -> Option<Secret> {
        match read(path) {
            Ok((secret, open_to_all)) => {
                if open_to_all {
                    let (at, path) = (self.path(file_key), path.display());
                    self.notes.advise(&at, format!("everyone on this machine can read {path}; chmod 600 {path}"));
                }
                Some(secret)
            }
            Err(why) => {
                self.complain(file_key, format!("{} {why}", path.display()));
                None
            }
        }
    }

    /// The file of a credential, where the service manager gives it.
    fn credential(&self, key: &str, name: Option<&str>) -> Option<(PathBuf, Origin)> {
        let table = match (name, self.place().rsplit_once('.')) {
            (Some(name), Some((kind, _))) => format!("{kind}.{name}"),
            _ => self.place().to_owned(),
        };
        let credential = format!("{table}.{key}");
        let path = self.notes.credentials.as_ref()?.join(&credential);
        path.exists().then_some((path, Origin::Credential(credential)))
    }

    fn secret_of_credential(&mut self, key: &str, path: &Path, origin: &Origin) -> Option<Secret> {
        let why = match read(path) {
            Ok((secret, _)) => return Some(secret),
            Err(why) => why,
        };
        let fault = Fault::Value { key: self.path(key), why };
        self.notes.problems.push(Problem { origin: origin.clone(), fault });
        None
    }
}

/// Where credentials stand among the layers.
const CREDENTIAL: u8 = 2;

/// The layer of an origin, the weakest first.
const fn layer(origin: &Origin) -> u8 {
    match origin {
        Origin::Default => 0,
        Origin::File { .. } => 1,
        Origin::Credential(_) => CREDENTIAL,
        Origin::Environment(_) => 3,
        Origin::Flag(_) => 4,
    }
}

/// Reads a secret's file without its last line break, and whether everyone on the machine may do so.
fn read(path: &Path) -> Result<(Secret, bool), String> {
    let failed = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err("is no file".to_owned());
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes"));
    }
    let secret = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.is_empty() { Err("is empty".to_owned()) } else { Ok((Secret::new(secret.to_owned()), open_to_all(&metadata))) }
}

#[cfg(unix)]
fn open_to_all(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    /// The bit that lets others read.
    const OTHERS_READ: u32 = 0o004;
    metadata.permissions().mode() & OTHERS_READ != 0
}

#[cfg(not(unix))]
fn open_to_all(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Desk, problems};
    use super::super::{Config, show};

    #[test]
    fn secrets_come_from_files_and_credentials_and_are_never_shown() {
        let desk = Desk::with(
            "[hold]\neditor = \"lihua@example.cn\"\n[mail]\nfrom = \"news@example.cn\"\n\
             [[mail.server]]\nurl = \"smtp://mail.example.cn\"\nuser = \"me\"\npassword_file = \"secret\"\n\
             [[endpoint]]\nname = \"partner\"\nurl = \"https://hook.example.cn/T0KEN\"\n",
        );
        desk.write("secret", "0pen sesame\r\n");
        desk.write("credentials/endpoint.partner.secret", "whsec_cred\n");
        desk.write("credentials/store.url", "postgres://me:dbpass@db/news");
        let credentials = desk.path("credentials").display().to_string();
        let config = desk
            .load(&[("CREDENTIALS_DIRECTORY", &credentials), ("POSTRIDER_OUTBOUND__PROXY", "http://me:pr0xy@proxy:3128")], &[])
            .unwrap();
        assert_eq!(config.mail.servers[0].password.as_ref().unwrap().expose(), "0pen sesame");
        assert_eq!(config.endpoints[0].secret.as_ref().unwrap().expose(), "whsec_cred");
        assert_eq!(config.store.url.expose(), "postgres://me:dbpass@db/news");
        let (shown, debug) = (show(&config), format!("{config:?}"));
        for secret in ["sesame", "T0KEN", "whsec_cred", "dbpass", "pr0xy"] {
            assert!(!shown.contains(secret), "{shown}");
            assert!(!debug.contains(secret), "{debug}");
        }
        assert!(!debug.contains("lihua"), "{debug}");
        assert!(shown.contains("url = \"postgres://me:***@db/news\"  # credential store.url"), "{shown}");
        assert!(shown.contains("secret = \"***\"  # credential endpoint.partner.secret"), "{shown}");
    }

    #[test]
    fn a_secret_of_a_stronger_layer_wins() {
        let server = "[[mail.server]]\nurl = \"folder:x\"\nuser = \"me\"\npassword_file = \"secret\"\n";
        let desk = Desk::with(&format!("[store]\nurl = \"sqlite:a.db\"\n{server}"));
        desk.write("secret", "file");
        desk.write("credentials/store.url", "postgres://db/news");
        desk.write("credentials/mail.server.0.password", "credential");
        let credentials = desk.path("credentials").display().to_string();
        let password = |config: &Config| config.mail.servers[0].password.as_ref().unwrap().expose().to_owned();
        assert_eq!(password(&desk.load(&[], &[]).unwrap()), "file");
        let credentials = ("CREDENTIALS_DIRECTORY", credentials.as_str());
        let config = desk.load(&[credentials], &[]).unwrap();
        assert_eq!((password(&config).as_str(), config.store.url.expose()), ("credential", "postgres://db/news"));
        let environment = ("POSTRIDER_MAIL__SERVER__0__PASSWORD", "environment");
        assert_eq!(password(&desk.load(&[credentials, environment], &[]).unwrap()), "environment");

        desk.write("credentials/store.url", "");
        let told = desk.told(&desk.load(&[credentials], &[]).unwrap_err());
        assert_eq!(told, ["credential store.url: store.url: is empty"]);
    }

    #[test]
    fn a_secret_that_cannot_be_read_stops_the_start() {
        let server = |line: &str| format!("[[mail.server]]\nurl = \"folder:x\"\nuser = \"me\"\n{line}\n");
        let told = problems(&server("password_file = \"none\""));
        assert!(told[0].starts_with("postrider.toml:4: mail.server.0.password_file: none cannot be read"), "{told:?}");
        let told = problems(&server("password_file = \".\""));
        assert!(told[0].starts_with("postrider.toml:4: mail.server.0.password_file: . is no file"), "{told:?}");
        let told = problems(&server("password = \"\""));
        assert!(told[0].starts_with("postrider.toml:4: mail.server.0.password: is empty"), "{told:?}");

        let desk = Desk::with(&server("password = \"a\"\npassword_file = \"secret\""));
        desk.write("secret", "\n");
        assert_eq!(desk.problems(), ["postrider.toml:5: mail.server.0.password_file: stands beside password; keep one of them"]);
        let desk = Desk::with(&server("password_file = \"secret\""));
        desk.write("secret", "\n");
        assert_eq!(desk.problems()[0], "postrider.toml:4: mail.server.0.password_file: secret is empty");
    }

    #[cfg(unix)]
    #[test]
    fn an_operator_is_warned_of_an_open_secret_and_of_an_empty_footer() {
        use std::os::unix::fs::PermissionsExt as _;
        let desk = Desk::with(
            "[site]\norganisation = \"o\"\n[mail]\nfrom = \"news@example.cn\"\n\
             [[mail.server]]\nurl = \"smtps://mail.example.cn\"\nuser = \"me\"\npassword_file = \"secret\"\n",
        );
        desk.write("secret", "x");
        let mode = |mode| std::fs::set_permissions(desk.path("secret"), std::fs::Permissions::from_mode(mode)).unwrap();
        let warnings = || desk.load(&[], &[]).unwrap().warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
        mode(0o644);
        let all = warnings();
        assert_eq!(all.len(), 3, "{all:#?}");
        assert!(all[0].contains("postrider.toml:8: everyone on this machine can read"), "{all:#?}");
        assert!(all[1].contains("postrider.toml:1: site.address is empty"), "{all:#?}");
        assert!(all[2].contains("site.contact is empty"), "{all:#?}");
        mode(0o640);
        assert_eq!(warnings().len(), 2);
    }
}
