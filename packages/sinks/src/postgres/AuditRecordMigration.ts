/**
 * The tables that records are delivered into.
 *
 * - `countersign.trail` gives each trail a short number.
 * - `countersign.audit_record` holds the records, a partition a month of `time` in UTC.
 * - `countersign.sink_cursor` says which sequence of a trail is wanted next. It changes in the
 *   transaction that brings the records, and that makes delivery exactly once.
 *
 * `time` is what the application said, so it may lie anywhere: what has no month of its own goes
 * to the default partition, and moves out of it when its month is made.
 *
 * The functions run with their owner's rights: a role that delivers needs no right to delete,
 * nor to create, and can still make the partitions it needs.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

const tables = (sql: SqlClient) => [
  sql`create table countersign.trail (
    id integer generated always as identity primary key,
    origin text not null unique,
    created_at timestamptz not null default now()
  )`,
  sql`create table countersign.sink_cursor (
    trail integer primary key references countersign.trail (id),
    next bigint not null check (next >= 0),
    updated_at timestamptz not null default now()
  )`,
  // Query columns may be null: the bytes are the record, and the columns only say where to look.
  sql`create table countersign.audit_record (
    trail integer not null,
    sequence bigint not null,
    "time" timestamptz not null,
    id text,
    type text,
    class text,
    outcome text,
    classification text,
    actor_id text,
    actor_type text,
    tenant text,
    targets text[],
    action text,
    session text,
    correlation text,
    severity text,
    entry bytea not null,
    primary key (trail, sequence, "time")
  ) partition by range ("time")`,
  sql`create table countersign.audit_record_default
    partition of countersign.audit_record default`,
]

const indexes = (sql: SqlClient) => [
  sql`create index audit_record_time on countersign.audit_record ("time", trail, sequence)`,
  sql`create index audit_record_actor on countersign.audit_record (actor_id, "time", trail, sequence)`,
  sql`create index audit_record_type on countersign.audit_record (type, "time", trail, sequence)`,
  sql`create index audit_record_classification
    on countersign.audit_record (classification, "time", trail, sequence)`,
  sql`create index audit_record_tenant
    on countersign.audit_record (tenant, "time", trail, sequence)`,
  sql`create index audit_record_targets on countersign.audit_record using gin (targets)`,
]

const functions = (sql: SqlClient) => [
  // Locks first, in one order: two that make partitions wait for each other, and nobody adds a
  // row to the default partition between the move and the attaching.
  sql`create function countersign.make_partition(month date) returns boolean
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $make$
    declare
      lower_bound timestamptz := date_trunc('month', month)::timestamptz;
      upper_bound timestamptz := (date_trunc('month', month) + interval '1 month')::timestamptz;
      partition text := 'audit_record_' || to_char(month, 'YYYY_MM');
    begin
      if to_regclass('countersign.' || partition) is not null then return false; end if;
      lock table only countersign.audit_record in share update exclusive mode;
      if to_regclass('countersign.' || partition) is not null then return false; end if;
      lock table countersign.audit_record_default in access exclusive mode;
      execute format('create table countersign.%I (like countersign.audit_record)', partition);
      -- Only through the table, whose policies do not hold for who asks the partition.
      execute format('alter table countersign.%I enable row level security', partition);
      execute format(
        'with moved as (
           delete from countersign.audit_record_default
           where "time" >= %L and "time" < %L returning *
         ) insert into countersign.%I select * from moved',
        lower_bound, upper_bound, partition);
      execute format(
        'alter table countersign.audit_record attach partition countersign.%I
           for values from (%L) to (%L)',
        partition, lower_bound, upper_bound);
      return true;
    end
    $make$`,
  // From this month on each month gets its partition; an earlier one where the net holds its rows.
  // Looking into the net takes a lock on it, so the lock that keeps others out comes before.
  sql`create function countersign.make_partitions(months_back integer, months_ahead integer)
    returns setof date
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $make$
    declare
      this_month timestamptz := date_trunc('month', now());
      month timestamptz;
    begin
      lock table only countersign.audit_record in share update exclusive mode;
      for month in
        select generate_series(
          this_month - make_interval(months => months_back),
          this_month + make_interval(months => months_ahead),
          interval '1 month')
      loop
        if to_regclass('countersign.audit_record_' || to_char(month, 'YYYY_MM')) is not null then
          continue;
        end if;
        if month < this_month and not exists (
          select from countersign.audit_record_default
          where "time" >= month and "time" < month + interval '1 month'
        ) then
          continue;
        end if;
        if countersign.make_partition(month::date) then return next month::date; end if;
      end loop;
    end
    $make$`,
  sql`revoke execute on function countersign.make_partition(date),
    countersign.make_partitions(integer, integer) from public`,
]

/**
 * @category migrations
 * @since 0.1.0
 */
export const auditRecordMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach([...tables(sql), ...indexes(sql), ...functions(sql)], (statement) => statement, {
    discard: true,
  }),
)
