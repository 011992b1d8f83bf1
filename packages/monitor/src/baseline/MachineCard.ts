/**
 * What a measurement was made on.
 *
 * @since 0.1.0
 */
import * as os from "node:os"
import * as Schema from "effect/Schema"

/**
 * @category schemas
 * @since 0.1.0
 */
export const MachineCard = Schema.Struct({
  architecture: Schema.String,
  /** The processor's model. */
  cpu: Schema.String,
  cores: Schema.Int,
  memoryGiB: Schema.Int,
  kernel: Schema.String,
  node: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type MachineCard = typeof MachineCard.Type

/** A figure of another one of these means nothing here. */
const decisive = ["architecture", "cpu", "cores", "memoryGiB"] as const
/** A change of these may be what made the difference, so it is said. */
const worthSaying = ["kernel", "node"] as const

/**
 * This machine.
 *
 * @category constructors
 * @since 0.1.0
 */
export const readMachineCard = (): MachineCard => {
  const processors = os.cpus()
  return {
    architecture: os.arch(),
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
  }
}

/**
 * What two cards differ in, in words; `isOther` where their figures can't be compared.
 *
 * @category numbers
 * @since 0.1.0
 */
export const differenceOf = (
  before: MachineCard,
  after: MachineCard,
): { readonly isOther: boolean; readonly differences: ReadonlyArray<string> } => {
  const differing = [...decisive, ...worthSaying].filter((name) => before[name] !== after[name])
  return {
    isOther: decisive.some((name) => differing.includes(name)),
    differences: differing.map((name) => `${name}: ${before[name]}, now ${after[name]}`),
  }
}
