create table check_rules (
  id bigint primary key,
  project_id bigint not null,
  number integer not null,
  rules varchar not null,
  person_id bigint not null,
  created_at timestamptz not null
);

create table accepted_findings (
  id bigint primary key,
  project_id bigint not null,
  item_id bigint not null,
  check_name varchar not null,
  finding_key varchar not null,
  reason varchar not null,
  person_id bigint not null,
  accepted_at timestamptz not null
);

create table near_pairs (
  project_id bigint,
  item_a bigint,
  item_b bigint,
  reply_a bigint not null,
  reply_b bigint not null,
  relation varchar not null,
  likeness double not null,
  weight double not null,
  finding_key varchar not null,
  primary key (project_id, item_a, item_b)
);

create table scans (
  project_id bigint primary key,
  n_compared bigint not null,
  n_contradictions bigint not null,
  n_other_replies bigint not null,
  n_repeats bigint not null,
  scanned_at timestamptz not null
);
