/**
 * What retention and row-level security need of the tables.
 *
 * - `countersign.dropped_partition` says which months were dropped, so that their rows are not
 *   taken for deleted ones.
 * - `countersign.drop_partitions` drops whole months, and nothing younger. It runs with its
 *   owner's rights, so a role that may call it needs none to delete a row.
 * - The policy shows a reader the records of the tenant that the session names, and no others. It
 *   holds once row-level security is switched on for the table, which `DatabaseRoles` does where
 *   there is to be such a reader: from then on a role that delivers has to bypass it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

const statements = (sql: SqlClient) => [
  sql`create table countersign.dropped_partition (
    month date primary key,
    records bigint not null,
    dropped_at timestamptz not null default now()
  )`,
  // Records that came late and were too old for a partition of their own lie in the default one:
  // they get their month first, and go with it.
  sql`create function countersign.drop_partitions(months_kept integer)
    returns table (dropped_month date, dropped_records bigint)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
    as $drop$
    declare
      first_kept date := date_trunc('month', now() - make_interval(months => months_kept))::date;
      partition text;
    begin
      if months_kept is null or months_kept < 1 then
        raise exception 'at least one month is kept' using errcode = '22023';
      end if;
      for dropped_month in
        select distinct date_trunc('month', "time")::date from countersign.audit_record_default
        where "time" < first_kept and isfinite("time")
      loop
        perform countersign.make_partition(dropped_month);
      end loop;
      for partition, dropped_month in
        select relname, to_date(right(relname, 7), 'YYYY_MM') from pg_inherits
        join pg_class on pg_class.oid = inhrelid
        where inhparent = 'countersign.audit_record'::regclass
          and relname ~ '^audit_record_[0-9]{4}_[0-9]{2}$'
        order by relname
      loop
        continue when dropped_month >= first_kept;
        execute format('lock table countersign.%I in access exclusive mode', partition);
        execute format('select count(*) from countersign.%I', partition) into dropped_records;
        execute format('drop table countersign.%I', partition);
        insert into countersign.dropped_partition as known (month, records)
          values (dropped_month, dropped_records)
          on conflict (month) do update
          set records = known.records + excluded.records, dropped_at = now();
        return next;
      end loop;
    end
    $drop$`,
  sql`revoke execute on function countersign.drop_partitions(integer) from public`,
  sql`alter table countersign.audit_record_default enable row level security`,
  sql`create policy tenant_reader on countersign.audit_record for select
    using (tenant = nullif(current_setting('countersign.tenant', true), ''))`,
]

/**
 * @category migrations
 * @since 0.1.0
 */
export const retentionMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach(statements(sql), (statement) => statement, { discard: true }),
)
