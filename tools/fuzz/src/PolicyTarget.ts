import * as Cosignature from "@countersign/core/witness/Cosignature"
import * as WitnessPolicy from "@countersign/core/witness/WitnessPolicy"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { fuzzKey } from "./FuzzKeys.ts"

const keyOf = (index: number): string =>
  Cosignature.formatWitnessKey(`w${index}.example`, SignedNote.publicKeyOf(fuzzKey(index)))
const log = SignedNote.formatVerifierKey("example.org/fuzz", SignedNote.publicKeyOf(fuzzKey(7)))

const text = `# three of whom two are enough
log ${log} https://log.example
witness one ${keyOf(1)} https://w1.example/
witness two ${keyOf(2)}
witness three ${keyOf(3)} http://127.0.0.1:8080
group pair 2 one two three
quorum pair
`

/** The policy that says who must have cosigned. */
export const policyTarget: Target = {
  name: "policy",
  tokens: [
    "log ",
    "witness ",
    "group ",
    "quorum ",
    "any",
    "all",
    "none",
    "1",
    "\n",
    "\t",
    "#",
    "one",
  ],
  seeds: [text, `witness a ${keyOf(4)}\nquorum a\n`].map((each) => Buffer.from(each)),
  run: (input) => {
    const parsed = WitnessPolicy.parse(input)
    if (Result.isFailure(parsed)) return "refused"
    const policy = parsed.success
    const all = new Set(policy.witnesses.map(({ name }) => name))
    insist(!WitnessPolicy.isQuorum(policy, new Set()), "nobody is no quorum")
    insist(WitnessPolicy.isQuorum(policy, all), "all are a quorum")
    return "accepted"
  },
}
