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

/** Tags that each reading asks for, since somebody has lately asked for them: at most so many. */
const knownTagsMax = 256

type Waiting = Deferred.Deferred<Reading, QueryFailed>

/** What one round trip told. */
interface Reading {
  /** When it began. Units: milliseconds since 1970. */
  readonly atMillis: number
  readonly tags: ReadonlySet<string>
  readonly row: SnapshotRow
  readonly originOf: ReadonlyMap<number, string>
  readonly marks: Marks
}

/** The reading after the one that is under way: for these tags, and whoever waits for it. */
interface Next {
  readonly tags: Set<string>
  readonly waiting: Waiting
}

/**
 * Reads the marks: for each question, or at most every so often.
 *
 * However many ask at once, and for whatever tags, one reading is under way and one is to follow.
 * Who comes while one is under way shares the one that follows, since the first may have begun
 * before a record was delivered that the asker knows of.
 *
 * @category models
 * @since 0.1.0
 */
export class HighWater {
  private readonly runner: QueryRunner
  private readonly scope: Scope.Scope
  private readonly maxAgeMillis: number
  private forgotten = 0
  private turn: { next: Next | undefined } | undefined
  private held: Reading | undefined
  /** Only where marks may be old: otherwise each reading is for those alone who wait for it. */
  private readonly knownTags = new LRUCache<string, true>({ max: knownTagsMax })

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
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (this.mayBeOld) for (const tag of tags) this.knownTags.set(tag, true)
      const { held } = this
      if (!isAnew && held !== undefined && now - held.atMillis < this.maxAgeMillis) {
        if (tags.every((tag) => held.tags.has(tag))) return Effect.succeed(marksOf(held, tags))
      }
      const told = (waiting: Waiting) =>
        Effect.map(Deferred.await(waiting), (reading) => marksOf(reading, tags))
      const { turn } = this
      if (turn !== undefined) {
        turn.next ??= { tags: new Set(), waiting: Deferred.makeUnsafe() }
        for (const tag of tags) turn.next.tags.add(tag)
        return told(turn.next.waiting)
      }
      const waiting: Waiting = Deferred.makeUnsafe()
      return Effect.andThen(this.begin({ tags: new Set(tags), waiting }), told(waiting))
    })
  }

  /** Reads all anew from now on. */
  forget(): void {
    this.forgotten += 1
    this.held = undefined
  }

  private begin({ tags, waiting }: Next): Effect.Effect<void> {
    const turn: { next: Next | undefined } = { next: undefined }
    this.turn = turn
    return this.ask(tags).pipe(
      Effect.onExit((exit) =>
        Effect.suspend(() => {
          Deferred.doneUnsafe(waiting, exit)
          this.turn = undefined
          return turn.next === undefined ? Effect.void : this.begin(turn.next)
        }),
      ),
      // Not the asker's child: others wait for it too.
      Effect.forkIn(this.scope, { startImmediately: true }),
      Effect.asVoid,
    )
  }

  private ask(wanted: ReadonlySet<string>) {
    return Effect.flatMap(Clock.currentTimeMillis, (atMillis) => {
      const { forgotten } = this
      // What others have lately asked about, too: otherwise each of them has a round trip of its own.
      const tags = new Set([...wanted, ...this.knownTags.keys()])
      // A tenant's right to see rows says nothing of trails, so none is set here.
      return Effect.map(
        this.runner.read<SnapshotRow>(snapshot([...tags]), { tenant: undefined }),
        ([row = { source: [], trails: [], generations: {} }]) => {
          const { trails } = row
          const reading: Reading = {
            atMillis,
            tags,
            row,
            marks: trails.map(([trail, , next]) => [trail, next] as const),
            originOf: new Map(trails.map(([trail, origin]) => [trail, origin])),
          }
          if (this.mayBeOld && forgotten === this.forgotten) this.held = reading
          return reading
        },
      )
    })
  }
}

/** For these tags alone: what others ask about changes no key. */
const marksOf = (
  { marks, originOf, row }: Reading,
  tags: ReadonlyArray<string>,
): HighWaterMarks => {
  const { source } = row
  const generations: Record<string, number> = {}
  for (const tag of tags) {
    const generation = row.generations[tag]
    if (generation !== undefined) generations[tag] = generation
  }
  return { source, marks, originOf, generations }
}

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
