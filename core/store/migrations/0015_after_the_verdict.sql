create table choices (
  id bigint primary key,
  project_id bigint not null,
  arm_id bigint not null,
  study_id bigint not null,
  reason varchar not null,
  replaces bigint,
  undoes bigint,
  person_id bigint not null,
  chosen_at timestamptz not null
);

create table wishes (
  item_id bigint primary key,
  project_id bigint not null,
  study_id bigint not null,
  nearness double not null,
  person_id bigint not null,
  wished_at timestamptz not null
);

create table judges (
  id bigint primary key,
  project_id bigint not null,
  study_id bigint not null,
  provider varchar not null,
  model varchar not null,
  person_id bigint not null,
  created_at timestamptz not null
);

create table judgements (
  judge_id bigint,
  item_id bigint,
  a_left boolean,
  outcome varchar not null,
  input_tokens bigint,
  output_tokens bigint,
  judged_at timestamptz not null,
  primary key (judge_id, item_id, a_left)
);

create table labour_rates (
  id bigint primary key,
  project_id bigint not null,
  per_hour double not null,
  person_id bigint not null,
  declared_at timestamptz not null
);
