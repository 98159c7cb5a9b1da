-- Every `rev` and `seq` comes from log_head, which whoever writes copy, receivers, editions or letters takes first and holds to the
-- commit: a reader of `> last` never misses a late commit.
create table log_head (id bigint primary key, seq bigint not null);
insert into log_head (id, seq) values (1, 0);

create table slot (n bigint primary key, owner {text} not null, fence bigint not null, until bigint not null);
insert into slot (n, owner, fence, until)
    with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 255) select n, '', 0, 0 from numbers;

create table setting (key {text} primary key, value {text} not null);

create table section (
    id bigint primary key, slug {text} not null unique, parent bigint references section (id), title {text} not null,
    aliases {json} not null, origin {text} not null, rev bigint not null
);

-- `spec` is what the configuration declares, `memory` what was learned; both are read by whoever owns the slot.
create table source (
    id bigint primary key, name {text} not null unique, kind {text} not null, spec {json} not null, slot bigint not null,
    paused boolean not null, next_at bigint, memory {json} not null, health {json} not null, origin {text} not null, rev bigint not null
);

create table article (
    id bigint primary key, key {text} not null unique, url_key {text} unique, kind {text} not null, revision bigint not null,
    standing {text} not null, why_held {text}, release_at bigint, published bigint not null, revised bigint not null,
    first_seen bigint not null, language {text} not null, breaking boolean not null, announce boolean not null,
    digest {text} not null, doc {json} not null, rev bigint not null
);
create index article_rev on article (rev);
create index article_latest on article (published, id);
create index article_release on article (release_at) where release_at is not null;

create table article_identity (
    kind {text} not null, value {text} not null, article bigint not null references article (id), primary key (kind, value)
) {rowless};

create table article_revision (
    article bigint not null references article (id), revision bigint not null, doc {json} not null, weight {text} not null, note {text},
    evidence {json} not null, raw {text}, actor {text} not null, at bigint not null, primary key (article, revision)
) {rowless};

-- Ancestors are stored, so that a section's feed is one index range, the newest at its end.
create table article_section (
    section bigint not null references section (id), published bigint not null, article bigint not null references article (id),
    own boolean not null, primary key (section, published, article)
) {rowless};
create index article_section_article on article_section (article);

create table article_term (
    kind {text} not null, term {text} not null, published bigint not null, article bigint not null references article (id),
    primary key (kind, term, published, article)
) {rowless};
create index article_term_article on article_term (article);

create table blob (hash {text} primary key, kind {text} not null, type {text} not null, bytes {blob} not null, used_at bigint not null);

create table page (
    source bigint not null references source (id), url_key {text} not null, url {text} not null, article bigint, etag {text},
    modified {text}, next_check bigint, tries bigint not null, content_hash {text}, raw {text}, primary key (source, url_key)
) {rowless};
create index page_check on page (source, next_check) where next_check is not null;

-- `fanned`: the last receiver that has its delivery; 9223372036854775807 once all have.
create table event (
    seq bigint primary key, id {id} not null unique, type {text} not null, article bigint not null references article (id),
    key {text} not null, revision bigint not null, at bigint not null, announce boolean not null, fanned bigint not null, body {json} not null
);
create index event_article on event (article, seq);
create index event_fanning on event (seq) where fanned < 9223372036854775807;

create table lane (
    id bigint primary key, name {text} not null unique, channel {text} not null, slot bigint not null, open_until bigint,
    streak bigint not null, pace {json} not null, rev bigint not null
);

-- `everything`: no filter, so that fan-out compares nothing.
create table endpoint (
    id bigint primary key references lane (id), public {id} not null unique, name {text} unique, url {blob} not null,
    secrets {json} not null, preset {text} not null, filters {json} not null, everything boolean not null, state {text} not null,
    why {text}, owner {text}, origin {text} not null, created_at bigint not null, rev bigint not null
);
create index endpoint_rev on endpoint (rev);

create table subscriber (
    id bigint primary key, email {text}, email_key {text} not null unique, state {text} not null, language {text} not null,
    zone {text} not null, lane bigint not null references lane (id), next_digest_at bigint, bounces bigint not null,
    token_epoch bigint not null, paused_until bigint, created_at bigint not null, confirmed_at bigint, erased_at bigint, rev bigint not null
);
create table subscription (
    subscriber bigint not null references subscriber (id), target {text} not null, cadence {text} not null, hours bigint, at {text},
    confirmed_seq bigint not null, cut_to bigint not null, primary key (subscriber, target)
) {rowless};
create index subscription_target on subscription (target, cadence, subscriber);
create table consent (
    id bigint primary key, email_key {text} not null, what {text} not null, wording {text} not null, actor {text} not null, at bigint not null
);
create index consent_of on consent (email_key, at);
create table suppression (email_key {text} primary key, reason {text} not null, until bigint, evidence {text} not null, at bigint not null);

create table lease (
    id bigint primary key, scope {text} not null, format {text} not null, callback {text} not null, secret {blob}, state {text} not null,
    until bigint not null, rev bigint not null, unique (scope, format, callback)
);
create table engine_site (id bigint primary key, engine {text} not null, host {text} not null, rev bigint not null, unique (engine, host));
create table host_proof (host {text} primary key, key {text} not null, proved_at bigint not null);

create table digest (
    id bigint primary key, name {text} not null unique, spec {json} not null, next_at bigint, cut_to bigint not null,
    origin {text} not null, rev bigint not null
);
create table edition (
    id bigint primary key, kind {text} not null, idem {text} not null unique, parent bigint, target {text} not null, title {text} not null,
    cut_from bigint not null, cut_to bigint not null, state {text} not null, version bigint not null, send_after bigint not null,
    candidates bigint not null, excluded {json} not null, cursor bigint not null, at bigint not null, rev bigint not null
);
create index edition_addressing on edition (id) where state = 'addressing';
create table edition_article (
    edition bigint not null references edition (id), version bigint not null, place bigint not null, article bigint not null,
    revision bigint not null, primary key (edition, version, place)
) {rowless};
create table edition_part (
    edition bigint not null references edition (id), version bigint not null, language {text} not null, section {text} not null,
    composed {json} not null, primary key (edition, version, language, section)
) {rowless};
create table letter (id bigint primary key, kind {text} not null, payload {blob} not null, expires_at bigint, at bigint not null);

-- A subject whose deliveries are all written, until none of them waits. Replays open a subject again.
create table open_subject (rev bigint primary key, kind {text} not null, subject bigint not null);

-- Identity is (subject, receiver). The lane stands in the key so that a lane's fresh rows of a subject are one range. There is no
-- index over everything due: it would cost more than the row.
create table delivery (
    subject bigint not null, lane bigint not null, receiver bigint not null, kind {text} not null, slot bigint not null,
    class bigint not null, state {text} not null, due bigint, tries bigint not null, carried bigint, order_key bigint, posted {text},
    why {text}, settled_at bigint, primary key (subject, lane, receiver)
) {rowless};
create index delivery_parked on delivery (lane, class, due) where state = 'parked';
create index delivery_receiver on delivery (receiver, settled_at);
create table attempt (
    subject bigint not null, receiver bigint not null, n bigint not null, at bigint not null, ms bigint not null, phase {text} not null,
    code bigint, why {text}, response {text}, primary key (subject, receiver, n)
) {rowless};

create table inbound (digest {text} primary key, subject bigint, receiver bigint, verdict {text} not null, at bigint not null);
create table budget (key {text} not null, span bigint not null, used bigint not null, primary key (key, span)) {rowless};
create table token (
    hash {text} primary key, name {text} not null unique, scope {text} not null, section {text}, created_at bigint not null,
    used_at bigint, revoked_at bigint
);
create table session (hash {text} primary key, person {text} not null, role {text} not null, until bigint not null);
create table idempotency (
    token {text} not null, key {text} not null, request {text} not null, status bigint not null, response {text} not null, at bigint not null,
    primary key (token, key)
) {rowless};
create table audit (
    seq bigint primary key, actor {text} not null, action {text} not null, target {text} not null, detail {text} not null, at bigint not null
);
create table short_link (code {text} primary key, article bigint not null references article (id), channel {text} not null, unique (article, channel));
create table link_day (day {text} not null, code {text} not null, channel {text} not null, n bigint not null, primary key (day, code, channel)) {rowless};
create table feed_day (day {text} not null, feed {text} not null, reader {text} not null, n bigint not null, primary key (day, feed, reader)) {rowless};
