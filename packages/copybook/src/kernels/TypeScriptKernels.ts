/**
 * The kernels in plain TypeScript: what they do, written to be read. They stand in where
 * WebAssembly cannot be loaded, and the property tests hold the others equal to them.
 *
 * @since 0.1.0
 */
import { encodeTwin } from "./EncodeTwin.ts"
import { jsonTwin } from "./JsonTwin.ts"
import type { Kernels } from "./Kernels.ts"
import { Memory } from "./Memory.ts"
import { numberTwin } from "./NumberTwin.ts"
import { textTwin } from "./TextTwin.ts"

/**
 * Kernels in TypeScript. The first decoder, writer or encoder that they are given to takes their
 * memory; others make another one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Kernels => {
  const memory = new Memory()
  return {
    kind: "typescript",
    memory,
    another: make,
    reserve: (bytes) => memory.reserve(bytes),
    ...textTwin(memory),
    ...numberTwin(memory),
    ...encodeTwin(memory),
    ...jsonTwin(memory),
  }
}
