create table writing_clock (
  item_id bigint,
  person_id bigint,
  seconds double not null,
  seen_at timestamptz not null,
  primary key (item_id, person_id)
);

create table reply_times (
  reply_id bigint primary key,
  seconds double not null
);
