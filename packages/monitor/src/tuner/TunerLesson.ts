/**
 * What the tuner remembers of what did not help: each time that it fails again it is left alone for
 * twice as long.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Lesson {
  /** In a row. */
  readonly failures: number
  /** Not tried before. Units: milliseconds since 1970. */
  readonly untilMillis: number
}

/**
 * By what was tried.
 *
 * @category models
 * @since 0.1.0
 */
export type Lessons = ReadonlyMap<string, Lesson>

/**
 * @category models
 * @since 0.1.0
 */
export interface CoolDown {
  /** After the first failure. Units: milliseconds. */
  readonly coolDownMillis: number
  /** At most. A lesson that has been over for as long is forgotten. Units: milliseconds. */
  readonly coolDownMaxMillis: number
}

/**
 * @category getters
 * @since 0.1.0
 */
export const isCooling = (lessons: Lessons, key: string, now: number): boolean =>
  now < (lessons.get(key)?.untilMillis ?? -Infinity)

const remembered = (lessons: Lessons, now: number, { coolDownMaxMillis }: CoolDown): Lessons =>
  new Map([...lessons].filter(([, { untilMillis }]) => now < untilMillis + coolDownMaxMillis))

/**
 * @category running
 * @since 0.1.0
 */
export const failed = (lessons: Lessons, key: string, now: number, options: CoolDown): Lessons => {
  const { coolDownMaxMillis, coolDownMillis } = options
  const failures = (lessons.get(key)?.failures ?? 0) + 1
  const wait = Math.min(coolDownMaxMillis, coolDownMillis * 2 ** (failures - 1))
  return new Map(remembered(lessons, now, options)).set(key, { failures, untilMillis: now + wait })
}

/**
 * Left alone for the shortest time, since nothing was learned.
 *
 * @category running
 * @since 0.1.0
 */
export const postponed = (lessons: Lessons, key: string, now: number, options: CoolDown): Lessons =>
  new Map(remembered(lessons, now, options)).set(key, {
    failures: lessons.get(key)?.failures ?? 0,
    untilMillis: now + options.coolDownMillis,
  })

/**
 * @category running
 * @since 0.1.0
 */
export const helped = (lessons: Lessons, key: string): Lessons =>
  new Map([...lessons].filter(([other]) => other !== key))
