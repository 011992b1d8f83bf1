/**
 * What happened in a simulation, as plain data: what the checkers judge, and what two runs of one
 * seed must have alike byte for byte.
 *
 * @since 0.1.0
 */
import type { Account } from "../engine/Ledger.ts"
import type { EventClass } from "../event/EventClass.ts"

/**
 * What a writer was told of its event.
 *
 * `refused`: it will never be in the trail. `unknown`: it may be.
 *
 * @category models
 * @since 0.1.0
 */
export type Told = "accepted" | "dropped" | "refused" | "unknown" | "durable" | "published"

/**
 * One thing that happened. `at` is in milliseconds, `process` the number of the process.
 *
 * @category models
 * @since 0.1.0
 */
export type Happening = { readonly at: number } & (
  | {
      readonly what: "opened"
      readonly process: number
      readonly fence: number
      readonly size: number
    }
  | { readonly what: "not opened"; readonly process: number; readonly error: string }
  | {
      readonly what: "offered"
      readonly process: number
      readonly id: string
      readonly writer: number
      readonly class: EventClass
    }
  | {
      readonly what: "told"
      readonly process: number
      readonly id: string
      readonly told: Told
      readonly sequence?: number
      /** For `published`: the size of the checkpoint on the disk at that moment. */
      readonly signed?: number
    }
  /** An action between its attempt and its outcome has succeeded. */
  | { readonly what: "acted"; readonly id: string; readonly class: EventClass }
  /** The caller of that action was told that its outcome is recorded. */
  | { readonly what: "returned"; readonly id: string; readonly class: EventClass }
  /** What was accepted before is durable now. */
  | {
      readonly what: "flushed"
      readonly process: number
      /** How many happenings there were when it was asked. */
      readonly since: number
      /** Events that the process had counted as lost. */
      readonly lost: number
    }
  | {
      readonly what: "closed"
      readonly process: number
      readonly accounts: ReadonlyArray<Account>
    }
  | { readonly what: "ended"; readonly process: number; readonly how: string }
  | { readonly what: "fault"; readonly fault: string }
  | {
      readonly what: "measured"
      readonly process: number
      readonly missing: number
      readonly laneBytes: number
      readonly laneBytesMax: number
      readonly slabs: number
      readonly slabsMax: number
      /** Segments of the log whose entries are all in full tiles. */
      readonly spent: number
      /** Only at rest, and where no call of this process's disk has failed. */
      readonly spentMax?: number
    }
  /** The checkpoint on the disk became another one. */
  | {
      readonly what: "checkpoint"
      readonly isSigned: boolean
      readonly origin: string
      readonly size: number
      /** In base64. */
      readonly root: string
    }
  /** What a recovery would find if the power went now: the ids by sequence, or why it refuses. */
  | { readonly what: "probed"; readonly ids: ReadonlyArray<string>; readonly error?: string }
)

/**
 * A happening before somebody notes when.
 *
 * @category models
 * @since 0.1.0
 */
export type Note<H = Happening> = H extends Happening ? Omit<H, "at"> : never

/**
 * A record as it is in the trail in the end.
 *
 * @category models
 * @since 0.1.0
 */
export interface FoundRecord {
  readonly id: string
  readonly type: string
  readonly outcome: string
  /** For an outcome: the id of its attempt. */
  readonly attempt?: string
  /** For the engine's own records: what they say. */
  readonly data?: Readonly<Record<string, unknown>>
  /** SHA-256 of the record's bytes, in hexadecimal. */
  readonly digest: string
  /** Hash of the tree's leaf, in base64. */
  readonly leaf: string
}

/**
 * What is at a sink in the end.
 *
 * @category models
 * @since 0.1.0
 */
export interface FoundSink {
  readonly name: string
  readonly isExactlyOnce: boolean
  /** In the order in which they were stored. */
  readonly stored: ReadonlyArray<{ readonly sequence: number; readonly digest: string }>
  /** Sequences of the dead letters. */
  readonly letters: ReadonlyArray<number>
  /** Ids of the records that it refuses. */
  readonly refuses: ReadonlyArray<string>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface History {
  readonly seed: number
  readonly origin: string
  readonly happenings: ReadonlyArray<Happening>
  /** The trail, by sequence. */
  readonly found: ReadonlyArray<FoundRecord>
  readonly sinks: ReadonlyArray<FoundSink>
  /** What the verifier says of it: `verified`, or what is wrong. */
  readonly verdict: string
  /** What kept the simulation from its end: a process that could not close, an error of no type. */
  readonly troubles: ReadonlyArray<string>
}
