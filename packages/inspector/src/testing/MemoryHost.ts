/**
 * A host without a browser.
 *
 * @since 0.1.0
 */
import * as Socket from "effect/socket/Socket"
import type { Host } from "../page/host/Host.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MemoryHost extends Host {
  readonly kept: Map<string, string>
  readonly copied: Array<string>
}

/**
 * Remembers in memory; what is copied stands in `copied`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const memoryHost = (over: Partial<Host> = {}): MemoryHost => {
  const kept = new Map<string, string>()
  const copied: Array<string> = []
  let link = ""
  return {
    kind: "browser",
    url: "ws://127.0.0.1:1/monitor",
    token: "token",
    useToken: () => undefined,
    sockets: Socket.layerWebSocketConstructorGlobal,
    read: (key) => kept.get(key),
    write: (key, value) => void kept.set(key, value),
    copy: async (text) => void copied.push(text),
    save: () => undefined,
    link: () => link,
    setLink: (next) => {
      link = next
    },
    onLink: () => () => undefined,
    ...over,
    kept,
    copied,
  }
}
