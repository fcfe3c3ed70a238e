alter table arms add column examples bigint;
