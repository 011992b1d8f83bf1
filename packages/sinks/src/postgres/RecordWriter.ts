/**
 * Brings batches of records into the tables, each exactly once.
 *
 * The cursor's row is locked, compared, and moved in the transaction that brings the records.
 * Whatever dies, and wherever, both are there or neither; what comes again is below the cursor
 * and is cut off; of two processes that deliver the same trail, one waits and then cuts off.
 * What is cut off is compared with what is stored: it may be of another trail that has the same
 * origin, and then nothing of it is there.
 *
 * @since 0.1.0
 */
import { type DeliveredBatch, endOf, slice } from "@countersign/core/engine/Sink"
import { copyStatement, CopyRows } from "./CopyRows.ts"
import { faultOf } from "./PostgresFault.ts"
import type { PostgresSession } from "./PostgresSession.ts"
import { monthOf } from "./RecordColumns.ts"

/**
 * What one delivery did.
 *
 * @category models
 * @since 0.1.0
 */
export interface Written {
  /** The sequence wanted next. */
  readonly next: number
  /** Months of the records, such as `2026-11`. */
  readonly months: ReadonlySet<string>
}

/**
 * A record that the database holds otherwise than the trail that delivers it.
 *
 * @category models
 * @since 0.1.0
 */
export interface DisputedRecord {
  readonly trail: string
  readonly sequence: number
  /** As the trail has it; a copy. */
  readonly entry: Uint8Array
}

/**
 * The database is not what it was: it has less than was committed, or another record.
 *
 * @category models
 * @since 0.1.0
 */
export class Contradiction extends Error {
  readonly disputed: DisputedRecord | undefined

  constructor(message: string, disputed?: DisputedRecord) {
    super(message)
    this.disputed = disputed
  }
}

const dispute = (disputed: DisputedRecord): Contradiction =>
  new Contradiction(
    `the database holds another record ${disputed.sequence} of ${disputed.trail} than the trail. ` +
      `Does another trail of the same origin deliver here? Then set origin, for each its own; ` +
      `else countersign reconcile shows and repairs it`,
    disputed,
  )

const target = "countersign.audit_record"
const noSequences: ReadonlySet<number> = new Set()

const uniqueViolation = "23505"
/** Somebody has made the partition while the rows were on their way into the default one. */
const checkViolation = "23514"

/**
 * @category models
 * @since 0.1.0
 */
export class RecordWriter {
  private readonly session: PostgresSession
  /** Numbers of trails in this database. */
  private readonly trails = new Map<string, number>()

  constructor(session: PostgresSession) {
    this.session = session
  }

  /** The sequence wanted next of a trail; 0 of one that was never seen. */
  async position(origin: string): Promise<number> {
    const [found] = await this.session.rows(
      `select next from countersign.sink_cursor
         join countersign.trail on trail.id = sink_cursor.trail where origin = $1`,
      [origin],
    )
    return found === undefined ? 0 : Number(found[0])
  }

  /**
   * Stores what of the batch is not stored yet.
   *
   * @param known the sequence that the database said it wants next, or more, as far as is known
   */
  async write(batch: DeliveredBatch, known: number): Promise<Written> {
    const trail = this.trails.get(batch.trail) ?? (await this.register(batch.trail))
    const load = (rows: DeliveredBatch) => this.load(trail, rows)
    try {
      return await this.inTransaction(trail, batch, known, load)
    } catch (error) {
      const { sqlState } = faultOf(error)
      if (sqlState === checkViolation) return await this.inTransaction(trail, batch, known, load)
      if (sqlState !== uniqueViolation) throw error
      // Rows that the cursor does not know of, as after somebody has set it back.
      return await this.inTransaction(trail, batch, known, (rows) => this.complete(trail, rows))
    }
  }

  /** Stores what of the batch is not there, and leaves the cursor as it is. */
  async restore(batch: DeliveredBatch): Promise<Written> {
    const trail = this.trails.get(batch.trail) ?? (await this.register(batch.trail))
    try {
      const next = await this.begin(trail)
      const months = await this.complete(trail, batch)
      // Answers were given without these rows, under marks that counted them in.
      await this.session.script("select countersign.invalidate_queries(); commit")
      return { next, months }
    } catch (error) {
      await this.session.rollback()
      throw error
    }
  }

  private async register(origin: string): Promise<number> {
    // Two processes may do so at once: who comes second finds the other's.
    const find = () =>
      this.session.rows(
        `select trail.id, sink_cursor.trail is not null from countersign.trail
           left join countersign.sink_cursor on sink_cursor.trail = trail.id where origin = $1`,
        [origin],
      )
    let [found] = await find()
    if (found?.[1] !== true) {
      await this.session.rows(
        "insert into countersign.trail (origin) values ($1) on conflict (origin) do nothing",
        [origin],
      )
      await this.session.rows(
        `insert into countersign.sink_cursor (trail, next)
           select id, 0 from countersign.trail where origin = $1 on conflict (trail) do nothing`,
        [origin],
      )
      found = (await find())[0]
    }
    const id = Number(found?.[0])
    this.trails.set(origin, id)
    return id
  }

  private async inTransaction(
    trail: number,
    batch: DeliveredBatch,
    known: number,
    load: (rows: DeliveredBatch) => Promise<ReadonlySet<string>>,
  ): Promise<Written> {
    try {
      const next = await this.begin(trail)
      if (next < known) {
        throw new Contradiction(
          next < 0
            ? `the database has forgotten ${batch.trail}`
            : `the database wants record ${next} of ${batch.trail} next, and wanted ${known} before; ` +
                `has it been restored from an older copy?`,
        )
      }
      const cut = next - batch.firstSequence
      if (cut > 0) await this.compare(trail, slice(batch, 0, cut))
      const rows = slice(batch, cut, batch.entries.length)
      if (next >= endOf(batch)) {
        await this.session.rollback()
        return { next, months: new Set() }
      }
      const months = await load(rows)
      await this.session.script(
        `update countersign.sink_cursor set next = ${endOf(batch)}, updated_at = now()
           where trail = ${trail}; commit`,
      )
      return { next: endOf(batch), months }
    } catch (error) {
      await this.session.rollback()
      throw error
    }
  }

  /** Begins a transaction that holds the cursor; -1 where there is none any more. */
  private async begin(trail: number): Promise<number> {
    const [row] = await this.session.script(
      `begin; select next from countersign.sink_cursor where trail = ${trail} for update`,
    )
    return row === undefined ? -1 : Number(row[0])
  }

  /** The ordinary way: straight into the table. */
  private async load(trail: number, rows: DeliveredBatch, without = noSequences) {
    const months = new Set<string>()
    await this.session.copy(copyStatement, chunksOf(trail, rows, months, without))
    return months
  }

  /** The careful way: what is there already is compared, and only the rest is added. */
  private async complete(trail: number, rows: DeliveredBatch): Promise<ReadonlySet<string>> {
    return this.load(trail, rows, await this.compare(trail, rows))
  }

  /** The sequences that are there already, each with the very bytes; else a contradiction. */
  private async compare(trail: number, rows: DeliveredBatch): Promise<ReadonlySet<number>> {
    const { entries, firstSequence } = rows
    // The bounds say the same as the join, and keep its other side small whatever is planned.
    const found = await this.session.rows(
      `select sequence, bool_or(r.entry <> i.entry)
         from ${target} r join unnest($4::bigint[], $5::bytea[]) i (sequence, entry) using (sequence)
         where r.trail = $1 and r.sequence >= $2 and r.sequence < $3 group by 1 order by 1`,
      [
        trail,
        firstSequence,
        endOf(rows),
        entries.map((_, index) => firstSequence + index),
        entries,
      ],
    )
    const stored = new Set<number>()
    for (const [at, isOther] of found) {
      const sequence = Number(at)
      if (isOther === true) {
        const entry = Uint8Array.from(entries[sequence - firstSequence] ?? [])
        throw dispute({ trail: rows.trail, sequence, entry })
      }
      stored.add(sequence)
    }
    return stored
  }

  /** The last sequence of a trail that is stored below this one. */
  async lastBefore(origin: string, next: number): Promise<number | undefined> {
    const [found] = await this.session.rows(
      `select sequence from ${target} where sequence < $2
         and trail = (select id from countersign.trail where origin = $1)
         order by sequence desc limit 1`,
      [origin, next],
    )
    return found === undefined ? undefined : Number(found[0])
  }

  /** Fails with the contradiction again, as long as the database holds that other record. */
  async settle(disputed: DisputedRecord): Promise<void> {
    const others = await this.session.rows(
      `select from ${target} r join countersign.trail on trail.id = r.trail
         where origin = $1 and sequence = $2 and entry <> $3 limit 1`,
      [disputed.trail, disputed.sequence, disputed.entry],
    )
    if (others.length > 0) throw dispute(disputed)
  }
}

function* chunksOf(
  trail: number,
  batch: DeliveredBatch,
  months: Set<string>,
  without: ReadonlySet<number>,
): Generator<Buffer> {
  const rows = new CopyRows(trail)
  let monthFrom = 0
  let monthTo = 0
  let next = batch.firstSequence
  for (const entry of batch.entries) {
    const sequence = next++
    if (without.size > 0 && without.has(sequence)) continue
    const { millis } = rows.add(sequence, entry)
    // Neighbours lie in the same month nearly always: a comparison, not a text, for each.
    if (millis !== undefined && !(millis >= monthFrom && millis < monthTo)) {
      const date = new Date(millis)
      monthFrom = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
      monthTo = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
      months.add(monthOf(millis))
    }
    if (rows.isFull) yield rows.takeChunk()
  }
  yield rows.takeLast()
}
