//! Our own page of an article.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::config;
use crate::model::{ArticleKey, Standing};
use crate::pages::ArticlePage;
use crate::web::App;
use crate::web::respond::Problem;

use super::{PUBLIC, Visitor, page, redirect};

/// The article, or that it was taken back; one that is held is not here.
pub(super) async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("article");
    let key = ArticleKey::parse(&id).ok_or_else(unknown)?;
    let row = app.store.article(&key).await?.ok_or_else(unknown)?;
    let article = &row.article;
    match &article.standing {
        Standing::Held { .. } => Err(unknown()),
        Standing::Withdrawn(withdrawal) => {
            Ok(page(StatusCode::GONE, PUBLIC, app.pages.withdrawn(visitor.language, &article.title, withdrawal)))
        }
        Standing::Published => {
            if let (config::ArticlePage::Redirect, Some(url)) = (app.site.article_page, &article.url) {
                return redirect(StatusCode::FOUND, url.as_str());
            }
            let sections = app.store.sections().await?;
            let code = app.store.short_code(row.id, "").await?;
            let full = app.site.article_page == config::ArticlePage::Full;
            let shown = ArticlePage { article, sections: &sections, short_code: code.as_deref(), full };
            Ok(page(StatusCode::OK, PUBLIC, app.pages.article(visitor.language, &shown)))
        }
    }
}
