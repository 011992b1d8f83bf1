/**
 * A program that records events and hands them to a Redis stream, until it is killed or done.
 *
 * Run as `node StreamProducer.ts <directory> <url> <stream> <name> <first> <count> [<pause>]`. It
 * records the events `<name>-<first>` and on, waits after each hundred (milliseconds), prints
 * `done` once the stream has all of the trail, and stays until it is told to end.
 *
 * @since 0.1.0
 */
import { setTimeout as sleep } from "node:timers/promises"
import { openAudit } from "@countersign/core/NodeAudit"
import * as Effect from "effect/Effect"
import * as RedisStreamSink from "../redis/RedisStreamSink.ts"

const [
  ,
  ,
  directory = "",
  url = "",
  stream = "",
  name = "",
  first = "0",
  count = "0",
  pause = "0",
] = process.argv

const sink = await Effect.runPromise(
  RedisStreamSink.make({ url, stream, groups: ["collectors"], commandTimeout: 2_000 }),
)
const audit = await openAudit(
  { directory, origin: `example.org/${name}`, signals: true, sinks: [sink] },
  { env: {} },
)
const last = Number(first) + Number(count)
for (let n = Number(first); n < last; n++) {
  await audit.record({
    id: `${name}-${n}`,
    type: "load.event.written",
    class: "standard",
    actor: { id: name, type: "service" },
    outcome: "success",
    data: { n },
  })
  if (n % 100 === 99) await sleep(Number(pause))
}
// A record of this class is only accepted when its promise resolves.
await audit.flush()
const delivered = () => {
  const { durableSize, sinks } = audit.status()
  return sinks.every(({ cursor }) => cursor === durableSize)
}
while (!delivered()) await sleep(20)
process.stdout.write("done\n")
