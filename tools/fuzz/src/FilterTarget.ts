import { matches } from "@countersign/core/query/Filter"
import { parse } from "@countersign/core/query/FilterSyntax"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"

const event: unknown = JSON.parse(
  '{"type":"a.b","actor":{"id":"u"},"target":[{"id":"p"},null,[1]],"time":"2026-11-20T08:00:00.123Z","data":{"n":1,"__proto__":{"x":true}}}',
)

export const filterTarget: Target = {
  name: "filter",
  tokens:
    '( ) and or not exists = != < <= > >= ~ like in , . * "a*" "\\u0000" "** type actor.id target.id time data.n __proto__ constructor -7d 1e999 -0 2026-11-20T08:00:00Z true null \\'.split(
      " ",
    ),
  seeds: ["type = a.b", "type = a.b and not (actor.id = u or data.n > 1)", "time > -7d"].map(
    (text) => Buffer.from(text),
  ),
  run: (input) => {
    const text = input.toString("utf8")
    const parsed = parse(text)
    if (Result.isFailure(parsed)) return "refused"
    for (const value of [event, null, [], "text", 0]) {
      const negated = { _tag: "Not", filter: parsed.success } as const
      insist(
        matches(parsed.success, value, 0) !== matches(negated, value, 0),
        "a filter and its negation differ",
      )
    }
    return "accepted"
  },
}
