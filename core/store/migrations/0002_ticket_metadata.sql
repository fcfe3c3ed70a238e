alter table items add column asked_at timestamptz;
alter table items add column volume bigint;
alter table items add column language varchar;
alter table items add column details varchar;

alter table imports add column choices varchar;
alter table imports add column with_reply bigint;
alter table imports add column notes varchar;
