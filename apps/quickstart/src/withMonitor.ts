import { Audit } from "@countersign/core/Audit"
import { defaultRules } from "@countersign/monitor/detect/DefaultRules"
import { Prometheus } from "@countersign/monitor/metric/Prometheus"
import { Monitor } from "@countersign/monitor/Monitor"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const port = Number(process.env["METRICS_PORT"] ?? 9464)
const directory = "trail"
const detection = Monitor.detection({ rules: defaultRules, directory })
const monitored = Prometheus.layer({ port }).pipe(
  Layer.provideMerge(Monitor.layer({ detection })),
  Layer.provideMerge(Audit.layer({ directory, sinks: [detection.sink] })),
)

const program = Effect.gen(function* () {
  const audit = yield* Audit
  yield* audit.record({ type: "shop.order.placed", actor: { id: "u-17" }, outcome: "success" })
  yield* Console.log(`for five minutes: http://127.0.0.1:${port}/metrics, countersign top trail`)
  yield* Effect.sleep("5 minutes")
})

await Effect.runPromise(Effect.provide(program, monitored))
