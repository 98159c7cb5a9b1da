-- What was measured of a picture; without a type it could not be.
create table picture (url {text} primary key, type {text}, bytes bigint, width bigint, height bigint, at bigint not null) {rowless};
