-- What rechecks need to know of a page, and the pages that an article goes on to.
alter table page add column first_read bigint;
alter table page add column read_at bigint;
alter table page add column gone_since bigint;
-- Hash of copy that was not believed at its first sight.
alter table page add column doubted {text};
alter table page add column listed_title {text};
alter table page add column listed_date {text};
-- A further page of an article: the first one's url_key, and its place from 1. A first page has none.
alter table page add column part_of {text};
alter table page add column place bigint not null default 0;
create index page_article on page (article) where article is not null;
create index page_part on page (source, part_of) where part_of is not null;
create index page_gone on page (source) where gone_since is not null;
