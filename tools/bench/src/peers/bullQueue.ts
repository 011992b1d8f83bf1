/** BullMQ: the same events added as jobs, and processed by a worker in the same process. */
import { Queue, Worker } from "bullmq"

export interface BullQueueOptions {
  readonly port: number
  /** Jobs added in one call, and jobs that the worker has in hand at a time. */
  readonly batch: number
  readonly concurrency: number
}

/** Adds all events and resolves, with the seconds that it took, when each was processed. */
export const bullQueue = async (
  events: ReadonlyArray<object>,
  { batch, concurrency, port }: BullQueueOptions,
): Promise<number> => {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null }
  const queue = new Queue("audit", {
    connection,
    // What is done goes: a queue that keeps it fills the server.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  })
  await queue.waitUntilReady()
  let processed = 0
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const worker = new Worker(
    "audit",
    () => {
      processed += 1
      if (processed === events.length) finish()
      return Promise.resolve()
    },
    { connection, concurrency },
  )
  await worker.waitUntilReady()
  const from = performance.now()
  for (let at = 0; at < events.length; at += batch) {
    await queue.addBulk(events.slice(at, at + batch).map((data) => ({ name: "event", data })))
  }
  await finished
  const seconds = (performance.now() - from) / 1000
  await worker.close()
  await queue.obliterate({ force: true })
  await queue.close()
  return seconds
}
