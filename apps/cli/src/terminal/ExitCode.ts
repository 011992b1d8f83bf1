/** What the process says with its exit code; every command draws from this one list. */
export const ExitCode = {
  ok: 0,
  /** The answer is no: tampered, refused, not found. */
  no: 1,
  /** There is nothing to judge. */
  incomplete: 2,
  /** All agrees with itself, but no key says who made it. */
  unverifiable: 3,
  /** The disk, the output or the engine failed. */
  fault: 4,
  /** The command line is wrong (`EX_USAGE` of sysexits.h). Apart from the codes that judge a trail. */
  usage: 64,
  /** A defect of this program (`EX_SOFTWARE`). */
  defect: 70,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
