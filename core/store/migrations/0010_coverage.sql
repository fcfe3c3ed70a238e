create table item_worth (
  item_id bigint primary key,
  project_id bigint not null,
  worth double not null,
  nearness double not null
);

create table surveys (
  project_id bigint primary key,
  n_open bigint not null,
  n_approved bigint not null,
  surveyed_at timestamptz not null
);
