create table notification_settings (
  project_id bigint,
  occasion varchar,
  webhook varchar,
  by_mail boolean not null,
  person_id bigint not null,
  changed_at timestamptz not null,
  primary key (project_id, occasion)
);

create table notices (
  occasion varchar,
  subject_id bigint,
  happened_at timestamptz,
  project_id bigint not null,
  primary key (occasion, subject_id, happened_at)
);

create table messages (
  id bigint primary key,
  project_id bigint not null,
  occasion varchar not null,
  channel varchar not null,
  person_id bigint,
  subject_id bigint,
  n_subjects integer not null,
  is_test boolean not null,
  happened_at timestamptz not null,
  written_at timestamptz not null,
  due_at timestamptz,
  attempts integer not null,
  state varchar not null,
  outcome varchar,
  tried_at timestamptz
);
