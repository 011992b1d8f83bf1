/**
 * How far each trail has been delivered, and how often the tags of a query were invalidated: the
 * part of a cached answer's key that changes by itself.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { LRUCache } from "lru-cache"
import { NotDelivered, type QueryFailed, QueryInvalid } from "./QueryError.ts"
import type { QueryRunner } from "./QueryRunner.ts"
import { type Marks, snapshot } from "./QueryStatement.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface HighWaterMarks {
  /** Server, database and role: others have other rows, or may see others of them. */
  readonly source: ReadonlyArray<string>
  /** By trail number, ascending. */
  readonly marks: Marks
  readonly originOf: ReadonlyMap<number, string>
  /** By tag; a tag that was never invalidated is not in it. */
  readonly generations: Readonly<Record<string, number>>
}

interface SnapshotRow {
  readonly source: ReadonlyArray<string>
  readonly trails: ReadonlyArray<readonly [number, string, number]>
  readonly generations: Readonly<Record<string, number>>
}

/** Combinations of tags whose marks are remembered. */
const rememberedMax = 1_000

type Waiting = Deferred.Deferred<HighWaterMarks, QueryFailed>

/**
 * Reads the marks: for each question, or at most every so often.
 *
 * However many ask at once, one reading is under way and one is to follow. Who comes while one is
 * under way shares the one that follows, since the first may have begun before a record was
 * delivered that the asker knows of.
 *
 * @category models
 * @since 0.1.0
 */
export class HighWater {
  private readonly runner: QueryRunner
  private readonly scope: Scope.Scope
  private readonly maxAgeMillis: number
  private forgotten = 0
  private readonly underWay = new Map<string, { next: Waiting | undefined }>()
  private readonly remembered = new LRUCache<
    string,
    { readonly atMillis: number; readonly marks: HighWaterMarks }
  >({ max: rememberedMax })

  /**
   * @param scope readings end with it at the latest
   * @param maxAgeMillis how old marks may be. 0: they are read for each question
   */
  constructor(runner: QueryRunner, scope: Scope.Scope, maxAgeMillis: number) {
    this.runner = runner
    this.scope = scope
    this.maxAgeMillis = maxAgeMillis
  }

  /** Whether what was read may be older than what another process has seen since. */
  get mayBeOld(): boolean {
    return this.maxAgeMillis > 0
  }

  /** @param isAnew whether what is remembered won't do */
  read(tags: ReadonlyArray<string>, isAnew = false): Effect.Effect<HighWaterMarks, QueryFailed> {
    const key = tags.join("\0")
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const held = isAnew ? undefined : this.remembered.get(key)
      if (held !== undefined && now - held.atMillis < this.maxAgeMillis) {
        return Effect.succeed(held.marks)
      }
      const other = this.underWay.get(key)
      if (other !== undefined) {
        other.next ??= Deferred.makeUnsafe()
        return Deferred.await(other.next)
      }
      const waiting: Waiting = Deferred.makeUnsafe()
      return Effect.andThen(this.begin(key, tags, waiting), Deferred.await(waiting))
    })
  }

  /** Reads all anew from now on. */
  forget(): void {
    this.forgotten += 1
    this.remembered.clear()
  }

  private begin(key: string, tags: ReadonlyArray<string>, waiting: Waiting): Effect.Effect<void> {
    const turn: { next: Waiting | undefined } = { next: undefined }
    this.underWay.set(key, turn)
    return this.ask(key, tags).pipe(
      Effect.onExit((exit) =>
        Effect.suspend(() => {
          Deferred.doneUnsafe(waiting, exit)
          this.underWay.delete(key)
          return turn.next === undefined ? Effect.void : this.begin(key, tags, turn.next)
        }),
      ),
      // Not the asker's child: others wait for it too.
      Effect.forkIn(this.scope, { startImmediately: true }),
      Effect.asVoid,
    )
  }

  private ask(key: string, tags: ReadonlyArray<string>) {
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const { forgotten } = this
      // A tenant's right to see rows says nothing of trails, so none is set here.
      return Effect.map(
        this.runner.read<SnapshotRow>(snapshot(tags), { tenant: undefined }),
        ([row]) => {
          const marks = marksOf(row ?? { source: [], trails: [], generations: {} })
          if (this.maxAgeMillis > 0 && forgotten === this.forgotten) {
            this.remembered.set(key, { atMillis: now, marks })
          }
          return marks
        },
      )
    })
  }
}

const marksOf = ({ generations, source, trails }: SnapshotRow): HighWaterMarks => ({
  source,
  marks: trails.map(([trail, , next]) => [trail, next] as const),
  originOf: new Map(trails.map(([trail, origin]) => [trail, origin])),
  generations,
})

/**
 * The marks of checkpoints, which have been delivered, by trail number as all marks.
 *
 * @param asOf origins and sizes
 * @category decoding
 * @since 0.1.0
 */
export const marksAsOf = (
  asOf: Readonly<Record<string, number>>,
  { marks, originOf }: HighWaterMarks,
): Effect.Effect<Marks, NotDelivered | QueryInvalid> => {
  const known = new Map(marks.map(([trail, next]) => [originOf.get(trail), [trail, next] as const]))
  return Effect.forEach(
    Object.entries(asOf),
    ([origin, asked]): Effect.Effect<Marks[number], NotDelivered | QueryInvalid> => {
      const [trail, delivered] = known.get(origin) ?? []
      if (trail === undefined || delivered === undefined) {
        const detail = `names ${origin}, of which nothing was delivered`
        return Effect.fail(new QueryInvalid({ field: "asOf", detail }))
      }
      return asked > delivered
        ? Effect.fail(new NotDelivered({ trail: origin, asked, delivered }))
        : Effect.succeed([trail, asked])
    },
  ).pipe(Effect.map((found) => found.toSorted(([one], [other]) => one - other)))
}

/**
 * The marks that a page before this one was drawn from, if the rows are still there: a server
 * that was put back to an older state has to catch up first.
 *
 * @category decoding
 * @since 0.1.0
 */
export const marksOfPage = (
  asked: Marks,
  { marks, originOf }: HighWaterMarks,
): Effect.Effect<Marks, NotDelivered> => {
  const known = new Map(marks)
  const missing = asked.find(([trail, size]) => size > (known.get(trail) ?? 0))
  if (missing === undefined) return Effect.succeed(asked)
  const [trail, size] = missing
  return Effect.fail(
    new NotDelivered({
      trail: originOf.get(trail) ?? `trail ${trail}`,
      asked: size,
      delivered: known.get(trail) ?? 0,
    }),
  )
}

/**
 * Marks by origin, as answers show them.
 *
 * @category encoding
 * @since 0.1.0
 */
export const byOrigin = (
  marks: Marks,
  { originOf }: HighWaterMarks,
): Readonly<Record<string, number>> =>
  Object.fromEntries(marks.map(([trail, size]) => [originOf.get(trail) ?? String(trail), size]))
