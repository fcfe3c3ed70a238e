create table erasures (
  id bigint primary key,
  reason varchar not null,
  n_items integer not null,
  n_replies integer not null,
  n_answers integer not null,
  n_files integer not null,
  n_mentions integer not null,
  state varchar not null,
  person_id bigint not null,
  erased_at timestamptz not null,
  version integer not null
);

create table erased_datasets (
  erasure_id bigint,
  dataset_id varchar,
  n_train integer not null,
  n_validation integer not null,
  n_test integer not null,
  primary key (erasure_id, dataset_id)
);

create table erased_runs (
  erasure_id bigint,
  run_id bigint,
  state varchar not null,
  note varchar not null,
  primary key (erasure_id, run_id)
);
