create table second_opinions (
  reply_id bigint primary key,
  project_id bigint not null,
  item_id bigint not null,
  person_id bigint not null,
  decision varchar not null,
  reason varchar,
  comment varchar,
  given_at timestamptz not null
);
