/**
 * What retention and row-level security need of the tables.
 *
 * - `countersign.dropped_partition` says which months were dropped, so that their rows are not
 *   taken for deleted ones.
 * - `countersign.old_months` names what is old, `countersign.count_month` counts it, and
 *   `countersign.drop_month` drops one, and nothing younger. They run with their owner's rights, so
 *   a role that may call them needs none to read or delete a row.
 * - The policy shows a reader the records of the tenant that the session names, and no others. It
 *   holds once row-level security is switched on for the table, which `DatabaseRoles` does where
 *   there is to be such a reader: from then on a role that delivers has to bypass it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

const tables = (sql: SqlClient) => [
  sql`create table countersign.dropped_partition (
    month date primary key,
    records bigint not null,
    dropped_at timestamptz not null default now()
  )`,
]

const finding = (sql: SqlClient) => [
  sql`create function countersign.first_kept_month(months_kept integer) returns date
    language plpgsql stable
    set search_path = pg_catalog, pg_temp set timezone = 'UTC'
    as $kept$
    begin
      if months_kept is null or months_kept < 1 then
        raise exception 'at least one month is kept' using errcode = '22023';
      end if;
      return date_trunc('month', now() - make_interval(months => months_kept))::date;
    end
    $kept$`,
  sql`create function countersign.old_months(months_kept integer) returns setof date
    language sql stable security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $old$
      select month from (
        select to_date(right(relname, 7), 'YYYY_MM') as month from pg_inherits
        join pg_class on pg_class.oid = inhrelid
        where inhparent = 'countersign.audit_record'::regclass
          and relname ~ '^audit_record_[0-9]{4}_[0-9]{2}$'
        union select distinct date_trunc('month', "time")::date
        from countersign.audit_record_default where isfinite("time")
      ) as months
      where month < countersign.first_kept_month(months_kept) order by month
    $old$`,
  // In a statement of its own: whoever counts holds a lock, and nobody is to wait for that.
  sql`create function countersign.count_month(month date) returns bigint
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $count$
    declare
      partition text := 'audit_record_' || to_char(month, 'YYYY_MM');
      records bigint;
    begin
      if to_regclass('countersign.' || partition) is null then
        partition := 'audit_record_default';
      end if;
      execute format(
        'select count(*) from countersign.%I where "time" >= $1 and "time" < $2', partition)
        into records using date_trunc('month', month)::timestamptz,
          (date_trunc('month', month) + interval '1 month')::timestamptz;
      return records;
    end
    $count$`,
]

const dropping = (sql: SqlClient) => [
  // Readers lock the table before its partitions, and so does this: the other way round both would
  // wait for each other. Records that came late and were too old for a partition of their own lie
  // in the default one, from which they are deleted without keeping anybody out.
  sql`create function countersign.drop_month(month date, months_kept integer, counted bigint)
    returns bigint
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $drop$
    declare
      first_day date := date_trunc('month', month)::date;
      next_day date := (first_day + interval '1 month')::date;
      partition text := 'audit_record_' || to_char(month, 'YYYY_MM');
      dropped bigint := counted;
    begin
      if first_day is null or first_day >= countersign.first_kept_month(months_kept) then
        raise exception 'the month % is kept', first_day using errcode = '22023';
      end if;
      if to_regclass('countersign.' || partition) is null then
        delete from countersign.audit_record_default
          where "time" >= first_day::timestamptz and "time" < next_day::timestamptz;
        get diagnostics dropped = row_count;
      else
        lock table only countersign.audit_record in access exclusive mode;
        execute format('drop table countersign.%I', partition);
      end if;
      insert into countersign.dropped_partition as known (month, records)
        values (first_day, dropped)
        on conflict on constraint dropped_partition_pkey do update
        set records = known.records + excluded.records, dropped_at = now();
      return dropped;
    end
    $drop$`,
  sql`revoke execute on function countersign.first_kept_month(integer),
    countersign.old_months(integer), countersign.count_month(date),
    countersign.drop_month(date, integer, bigint) from public`,
]

const policies = (sql: SqlClient) => [
  sql`alter table countersign.audit_record_default enable row level security`,
  sql`create policy tenant_reader on countersign.audit_record for select
    using (tenant = nullif(current_setting('countersign.tenant', true), ''))`,
]

/**
 * @category migrations
 * @since 0.1.0
 */
export const retentionMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach(
    [...tables(sql), ...finding(sql), ...dropping(sql), ...policies(sql)],
    (statement) => statement,
    { discard: true },
  ),
)
