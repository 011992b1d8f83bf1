/**
 * Values into objects that have their keys already, sixteen keys at a time.
 *
 * An assignment in the code that meets one key only is several times as fast as one that meets
 * many. So each stands here by itself, and a function is given to one object's keys and to no
 * other's; when all are given away, a loop has to do.
 *
 * @since 0.1.0
 */

type Sixteen<A> = readonly [A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A]

type Column = ArrayLike<unknown>

/**
 * Puts the values of sixteen keys into objects.
 *
 * @category models
 * @since 0.1.0
 */
export type ObjectSites = (
  objects: ReadonlyArray<Record<string, unknown>>,
  keys: Sixteen<string>,
  columns: Sixteen<Column>,
) => void

const free: Array<ObjectSites> = [
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
  (objects, k, c) => {
    let at = 0
    for (const object of objects) {
      object[k[0]] = c[0][at]
      object[k[1]] = c[1][at]
      object[k[2]] = c[2][at]
      object[k[3]] = c[3][at]
      object[k[4]] = c[4][at]
      object[k[5]] = c[5][at]
      object[k[6]] = c[6][at]
      object[k[7]] = c[7][at]
      object[k[8]] = c[8][at]
      object[k[9]] = c[9][at]
      object[k[10]] = c[10][at]
      object[k[11]] = c[11][at]
      object[k[12]] = c[12][at]
      object[k[13]] = c[13][at]
      object[k[14]] = c[14][at]
      object[k[15]] = c[15][at]
      at++
    }
  },
]

/**
 * A function that no one else has; undefined where all are given away.
 *
 * @category constructors
 * @since 0.1.0
 */
export const take = (): ObjectSites | undefined => free.pop()

/** With fewer, what is put twice takes longer than a loop. */
const fewest = 4

/**
 * Sixteen of them, the last again and again where there are fewer; undefined where they are too
 * few.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sixteen = <A>(all: ReadonlyArray<A>, from: number): Sixteen<A> | undefined => {
  const some = all.slice(from, from + 16)
  const last = some.at(-1)
  if (last === undefined || some.length < fewest) return undefined
  while (some.length < 16) some.push(last)
  // As many as the type says, by the line above.
  return some as ReadonlyArray<A> as Sixteen<A>
}
