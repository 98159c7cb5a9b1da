//! One folder of migrations for both databases; applied files never change.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::dialect::Dialect;

/// Version, title, the only database it is for, text.
const FILES: [(i64, &str, Option<Dialect>, &str); 5] = [
    (1, "tables", None, include_str!("migrations/0001_tables.sql")),
    (2, "json_each", Some(Dialect::Postgres), include_str!("migrations/0002_json_each.postgres.sql")),
    (3, "pages", None, include_str!("migrations/0003_pages.sql")),
    (5, "pictures", None, include_str!("migrations/0005_pictures.sql")),
    (6, "media", None, include_str!("migrations/0006_media.sql")),
];

/// The migrations of one database. Running them twice changes nothing; a changed or missing applied file is an error.
pub(super) fn migrator(dialect: Dialect) -> Migrator {
    let for_us = FILES.iter().filter(|(_, _, only, _)| only.is_none_or(|only| only == dialect));
    let migrations = for_us.map(|(version, title, _, text)| {
        let sql = AssertSqlSafe(dialect.speak(text)).into_sql_str();
        Migration::new(*version, Cow::Borrowed(title), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}
