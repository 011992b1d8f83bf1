import type { Files } from "./sample.ts"

/** One thing that an attacker, or a bad disk, does to a trail. */
export interface Mutation {
  /** The entry of the list that it belongs to: `T1` to `T11`. */
  readonly id: string
  readonly sentence: string
  /** The trail before. */
  readonly files: Files
  /** What becomes of its files; `undefined` deletes one. */
  readonly edits: ReadonlyMap<string, Buffer | undefined>
}
