create table suggestions (
  id bigint primary key,
  project_id bigint not null,
  item_id bigint not null,
  person_id bigint not null,
  model varchar not null,
  text varchar not null,
  taken boolean not null,
  suggested_at timestamptz not null
);
