/** Readers with planted bugs that no `catch` can see: what the watchdog is tested with. */
import type { Target } from "./Fuzzer.ts"

const seeds = [Buffer.from("never")]

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
  { name: "sane", seeds, tokens: [], run: () => "accepted" },
]
