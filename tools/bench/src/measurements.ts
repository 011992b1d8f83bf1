/** Every measurement, in the order of the table. */
import type { Measurement } from "./Line.ts"
import { alertLatency } from "./rows/alertLatency.ts"
import { aead } from "./rows/aead.ts"
import { caller } from "./rows/caller.ts"
import { clinic } from "./rows/clinic.ts"
import { copybook } from "./rows/copybook.ts"
import { copybookAudit } from "./rows/copybookAudit.ts"
import { copybookCommand } from "./rows/copybookCommand.ts"
import { copybookScale } from "./rows/copybookScale.ts"
import { detection } from "./rows/detection.ts"
import { durable } from "./rows/durable.ts"
import { endToEnd } from "./rows/endToEnd.ts"
import { http } from "./rows/http.ts"
import { durableLatency, publishedLatency } from "./rows/latency.ts"
import { inspector } from "./rows/inspector.ts"
import { pageVerification } from "./rows/pageVerification.ts"
import { loadGenerator } from "./rows/loadGenerator.ts"
import { memory } from "./rows/memory.ts"
import { metricUpdates } from "./rows/metricUpdates.ts"
import { monitorAttached, monitorDetecting } from "./rows/monitorAttached.ts"
import { postgresLoad } from "./rows/postgresLoad.ts"
import { postgresPath } from "./rows/postgresPath.ts"
import { published } from "./rows/published.ts"
import { query } from "./rows/query.ts"
import { redisQueue } from "./rows/redisQueue.ts"
import { redisStream } from "./rows/redisStream.ts"
import { sizes } from "./rows/sizes.ts"
import { verification } from "./rows/verification.ts"

export const measurements: ReadonlyArray<Measurement> = [
  durable,
  published,
  caller,
  durableLatency,
  publishedLatency,
  memory,
  http,
  verification,
  sizes,
  postgresLoad,
  postgresPath,
  redisStream,
  redisQueue,
  query,
  endToEnd,
  clinic,
  copybook,
  copybookAudit,
  copybookCommand,
  copybookScale,
  loadGenerator,
  alertLatency,
  detection,
  metricUpdates,
  monitorAttached,
  monitorDetecting,
  inspector,
  pageVerification,
  aead,
]
