/** Readers with planted bugs that no `catch` can see: what the watchdog is tested with. */
import type { Target } from "./Fuzzer.ts"

const seeds = [Buffer.from("never")]
const kept: Array<Buffer> = []

export const targets: ReadonlyArray<Target> = [
  {
    name: "stuck",
    seeds,
    tokens: [],
    run: (input) => {
      while (input[0] !== 110);
      return "accepted"
    },
  },
  {
    name: "exiting",
    seeds,
    tokens: [],
    run: (input) => {
      if (input[0] !== 110) process.exit(1)
      return "accepted"
    },
  },
  {
    name: "hoarding",
    seeds,
    tokens: [],
    run: (input) => {
      const hoard: Array<ReadonlyArray<number>> = []
      // In the end it returns: only a limit tells.
      while (input[0] !== 110 && hoard.length < 128)
        hoard.push(Array.from<number>({ length: 2 ** 18 }).fill(0.5))
      return "accepted"
    },
  },
  {
    name: "bloated",
    seeds,
    tokens: [],
    run: (input) => {
      if (input[0] !== 110) kept.push(Buffer.alloc(2 ** 28))
      return "accepted"
    },
  },
  { name: "sane", seeds, tokens: [], run: () => "accepted" },
]
