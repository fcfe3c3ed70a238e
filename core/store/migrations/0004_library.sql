create table views (
  id bigint primary key,
  project_id bigint not null,
  person_id bigint not null,
  name varchar not null,
  filter varchar not null,
  created_at timestamptz not null
);

create table bulk_changes (
  id bigint primary key,
  project_id bigint not null,
  person_id bigint not null,
  action varchar not null,
  value varchar not null,
  filter varchar not null,
  state varchar not null,
  created_at timestamptz not null,
  version integer not null
);

create table bulk_items (
  bulk_id bigint,
  item_id bigint,
  before varchar,
  state varchar not null,
  primary key (bulk_id, item_id)
);
