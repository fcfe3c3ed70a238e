create table study_plans (
  study_id bigint primary key,
  claim varchar not null,
  margin double,
  alpha double not null,
  form varchar not null,
  quality varchar,
  rubric varchar not null,
  prompts integer,
  practice integer not null,
  repeats double not null,
  left_out varchar,
  sealed varchar,
  sha256 varchar,
  sealed_at timestamptz
);

alter table study_prompts add column practice boolean;

create table looks (
  id bigint primary key,
  study_id bigint not null,
  person_id bigint not null,
  n_votes integer not null,
  last_vote timestamptz,
  seen varchar not null,
  looked_at timestamptz not null
);
