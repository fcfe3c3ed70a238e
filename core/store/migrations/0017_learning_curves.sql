create table sweeps (
  id bigint primary key,
  project_id bigint not null,
  dataset_id varchar not null,
  base_model varchar not null,
  sizes varchar not null,
  draws integer not null,
  token varchar not null,
  person_id bigint not null,
  created_at timestamptz not null
);

create table sweep_points (
  sweep_id bigint,
  size integer,
  draw integer,
  marks varchar,
  error varchar,
  trained_at timestamptz not null,
  primary key (sweep_id, size, draw)
);
