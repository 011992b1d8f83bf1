/** A tab of a browser, on the server that the monitor itself is. */
import * as Socket from "effect/socket/Socket"
import type { Host } from "./Host.ts"

const tokenKey = "countersign.token"
const tokenPart = /^#?token=([A-Za-z0-9_-]+)(?:&(.*))?$/

/** What may throw where a browser keeps nothing: the page then forgets, and works. */
const remembered = (storage: () => Storage) => ({
  read: (key: string): string | undefined => {
    try {
      return storage().getItem(key) ?? undefined
    } catch {
      return undefined
    }
  },
  write: (key: string, value: string): void => {
    try {
      storage().setItem(key, value)
    } catch {
      // Full or forbidden.
    }
  },
})

const download = (name: string, type: string, content: Uint8Array | string): void => {
  // A copy, since a view of shared memory is no part of a Blob.
  const url = URL.createObjectURL(
    new Blob([typeof content === "string" ? content : Uint8Array.from(content)], { type }),
  )
  const anchor = document.createElement("a")
  anchor.href = url
  anchor.download = name
  anchor.click()
  URL.revokeObjectURL(url)
}

/**
 * The token comes in the fragment, which no browser sends anywhere, and leaves the address at once:
 * an address is shown, shared and remembered. A reload finds it in the tab's own storage.
 */
const takeToken = (session: ReturnType<typeof remembered>): string | undefined => {
  const [, token, link] = tokenPart.exec(location.hash) ?? []
  if (token === undefined) return session.read(tokenKey)
  session.write(tokenKey, token)
  history.replaceState(null, "", `#${link ?? ""}`)
  return token
}

export const browserHost = (): Host => {
  const session = remembered(() => sessionStorage)
  const local = remembered(() => localStorage)
  const url = new URL("/monitor", location.href)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  url.hash = ""
  return {
    kind: "browser",
    url: url.href,
    token: takeToken(session),
    useToken: (token) => {
      session.write(tokenKey, token)
      location.reload()
    },
    sockets: Socket.layerWebSocketConstructorGlobal,
    read: (key) => local.read(`countersign.${key}`),
    write: (key, value) => local.write(`countersign.${key}`, value),
    copy: (text) => navigator.clipboard.writeText(text),
    save: download,
    link: () => location.hash.slice(1),
    setLink: (link) => history.replaceState(null, "", `#${link}`),
    onLink: (open) => {
      const changed = () => open(location.hash.slice(1))
      addEventListener("hashchange", changed)
      return () => removeEventListener("hashchange", changed)
    },
  }
}
