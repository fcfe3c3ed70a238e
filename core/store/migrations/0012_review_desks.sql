create table review_desks (
  person_id bigint primary key,
  item_id bigint not null,
  held_until timestamptz not null
);
