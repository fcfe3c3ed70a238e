create table duels_in_turn (
  id bigint primary key,
  study_id bigint not null,
  rater_id bigint not null,
  position integer not null,
  item_id bigint not null,
  left_arm bigint not null,
  right_arm bigint not null,
  turn integer not null,
  again boolean not null
);

insert into duels_in_turn
select id, study_id, rater_id, position, item_id, left_arm, right_arm,
  row_number() over (partition by study_id, rater_id order by position) - 1, false
from duels;

drop table duels;

alter table duels_in_turn rename to duels;

alter table votes add column reason varchar;
alter table votes add column left_score integer;
alter table votes add column right_score integer;

create table duel_notes (
  duel_id bigint primary key,
  study_id bigint not null,
  rater_id bigint not null,
  note varchar,
  passage varchar,
  side varchar,
  written_at timestamptz not null
);

create table practice_votes (
  study_id bigint,
  rater_id bigint,
  number integer,
  outcome varchar not null,
  voted_at timestamptz not null,
  primary key (study_id, rater_id, number)
);

create table guesses (
  duel_id bigint primary key,
  study_id bigint not null,
  rater_id bigint not null,
  side varchar not null,
  guessed_at timestamptz not null
);
