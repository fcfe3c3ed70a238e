create table migrations (
  name varchar primary key,
  applied_at timestamptz not null
);

create table journal_position (
  id integer primary key,
  seq bigint not null,
  line varchar not null,
  line_end bigint not null,
  sums varchar not null,
  engine_version varchar not null
);
insert into journal_position values (1, 0, '', 0, '{}', '');

create table counters (
  table_name varchar primary key,
  next_id bigint not null
);

create table people (
  id bigint primary key,
  email varchar not null,
  name varchar not null,
  created_at timestamptz not null,
  version integer not null
);

create table projects (
  id bigint primary key,
  name varchar not null,
  kind varchar not null,
  instructions varchar not null,
  labels varchar not null,
  created_at timestamptz not null,
  version integer not null
);

create table roles (
  project_id bigint,
  person_id bigint,
  role varchar,
  primary key (project_id, person_id, role)
);

create table guidelines (
  id bigint primary key,
  project_id bigint not null,
  number integer not null,
  text varchar not null,
  person_id bigint not null,
  created_at timestamptz not null
);

create table imports (
  id bigint primary key,
  project_id bigint not null,
  file_name varchar not null,
  file_blob varchar not null,
  format varchar not null,
  encoding varchar not null,
  mapping varchar not null,
  target_state varchar not null,
  row_count bigint,
  taken bigint,
  duplicates bigint,
  rejected varchar,
  person_id bigint not null,
  created_at timestamptz not null
);

create table items (
  id bigint primary key,
  project_id bigint not null,
  import_id bigint,
  question varchar not null,
  conversation varchar,
  topic varchar,
  ticket varchar,
  customer varchar,
  fingerprint varchar not null,
  state varchar not null,
  reply_id bigint,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  version integer not null
);

create table replies (
  id bigint primary key,
  item_id bigint not null,
  number integer not null,
  text varchar not null,
  origin varchar not null,
  author_id bigint not null,
  written_at timestamptz not null,
  reviewer_id bigint,
  decided_at timestamptz,
  decision varchar,
  reason varchar,
  comment varchar,
  version integer not null
);

create table history (
  id bigint primary key,
  project_id bigint not null,
  item_id bigint not null,
  reply_id bigint,
  person_id bigint not null,
  action varchar not null,
  state_from varchar,
  state_to varchar not null,
  reason varchar,
  comment varchar,
  happened_at timestamptz not null
);

create table drafts (
  item_id bigint,
  person_id bigint,
  text varchar not null,
  saved_at timestamptz not null,
  primary key (item_id, person_id)
);

create table item_locks (
  item_id bigint primary key,
  person_id bigint not null,
  held_until timestamptz not null
);

create table datasets (
  id varchar primary key,
  project_id bigint not null,
  number integer not null,
  sha256 varchar not null,
  seed bigint not null,
  split varchar not null,
  instructions varchar not null,
  n_train integer not null,
  n_validation integer not null,
  n_test integer not null,
  person_id bigint not null,
  created_at timestamptz not null
);

create table dataset_rows (
  dataset_id varchar,
  position integer,
  item_id bigint not null,
  reply_id bigint not null,
  split varchar not null,
  primary key (dataset_id, position)
);

create table runs (
  id bigint primary key,
  project_id bigint not null,
  dataset_id varchar not null,
  provider varchar not null,
  base_model varchar not null,
  n_epochs integer,
  seed bigint not null,
  token varchar not null,
  state varchar not null,
  cancel_asked_at timestamptz,
  training_file varchar,
  validation_file varchar,
  job_id varchar,
  model varchar,
  untuned_model varchar,
  trained_tokens bigint,
  error varchar,
  person_id bigint not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  version integer not null
);

create table metric_points (
  run_id bigint,
  step integer,
  total_steps integer,
  train_loss double,
  valid_loss double,
  train_accuracy double,
  valid_accuracy double,
  primary key (run_id, step)
);

create table run_events (
  run_id bigint,
  event_id varchar,
  position integer not null,
  level varchar not null,
  message varchar not null,
  happened_at timestamptz not null,
  primary key (run_id, event_id)
);

create table arms (
  id bigint primary key,
  project_id bigint not null,
  kind varchar not null,
  name varchar not null,
  provider varchar not null,
  model varchar not null,
  instructions varchar not null,
  temperature double,
  run_id bigint,
  created_at timestamptz not null
);

create table answers (
  dataset_id varchar,
  arm_id bigint,
  item_id bigint,
  text varchar,
  seconds double,
  input_tokens bigint,
  output_tokens bigint,
  matched_question varchar,
  similarity double,
  error varchar,
  answered_at timestamptz not null,
  primary key (dataset_id, arm_id, item_id)
);

create table studies (
  id bigint primary key,
  project_id bigint not null,
  dataset_id varchar not null,
  arm_a bigint not null,
  arm_b bigint not null,
  raters integer not null,
  secret varchar not null,
  state varchar not null,
  person_id bigint not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  version integer not null
);

create table study_prompts (
  study_id bigint,
  position integer,
  item_id bigint not null,
  question varchar not null,
  conversation varchar,
  text_a varchar not null,
  text_b varchar not null,
  identical boolean not null,
  primary key (study_id, position)
);

create table duels (
  id bigint primary key,
  study_id bigint not null,
  rater_id bigint not null,
  position integer not null,
  item_id bigint not null,
  left_arm bigint not null,
  right_arm bigint not null
);

create table votes (
  duel_id bigint primary key,
  study_id bigint not null,
  rater_id bigint not null,
  outcome varchar not null,
  seconds double,
  voted_at timestamptz not null
);

create table undone_votes (
  id bigint primary key,
  duel_id bigint not null,
  rater_id bigint not null,
  outcome varchar not null,
  undone_at timestamptz not null
);

create table jobs (
  id bigint primary key,
  kind varchar not null,
  project_id bigint,
  subject varchar not null,
  state varchar not null,
  outcome varchar,
  attempts integer not null,
  person_id bigint not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  version integer not null
);
