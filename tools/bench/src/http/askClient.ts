/** The other end of the load client's process. */
import { type ChildProcess, fork } from "node:child_process"
import type { LoadAnswer, LoadOrder } from "./loadClient.ts"

/** A client that ends with its parent, or when it is disconnected. */
export const startClient = (): ChildProcess => fork(new URL("./loadClient.ts", import.meta.url))

/** One answer to one order, or why there is none. */
export const ask = (
  client: ChildProcess,
  order: LoadOrder,
): Promise<{ answered: number; total: number }> =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => settle(() => reject(new Error("the client gave no answer"))),
      order.settleMillis + order.millis + 30_000,
    )
    const onExit = (): void => settle(() => reject(new Error("the client ended")))
    const onMessage = (answer: LoadAnswer): void =>
      settle(() => {
        if (answer._tag === "Done") resolve(answer)
        else reject(new Error(answer.detail))
      })
    const settle = (then: () => void): void => {
      clearTimeout(limit)
      client.off("exit", onExit)
      client.off("message", onMessage)
      then()
    }
    client.on("exit", onExit)
    client.on("message", onMessage)
    client.send(order)
  })
