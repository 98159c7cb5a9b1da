-- A picture's copy: whether readers elsewhere are given the original, the copy's hash among the blobs, and when a copy was last tried.
alter table picture add column elsewhere boolean;
alter table picture add column copy {text};
alter table picture add column copy_at bigint;

-- Which articles show a copy, or once did: mails that were sent still name it. It is served while one of them is public.
create table media_use (hash {text} not null, article bigint not null references article (id), primary key (hash, article)) {rowless};
