create table loss_marks (
  id bigint primary key,
  project_id bigint not null,
  study_id bigint not null,
  topic varchar not null,
  n_prompts integer not null,
  loss_rate double not null,
  disagreement double,
  person_id bigint not null,
  marked_at timestamptz not null
);
