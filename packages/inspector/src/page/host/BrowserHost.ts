/** A tab of a browser, on the server that the monitor itself is. */
import * as Socket from "effect/socket/Socket"
import type { Host } from "./Host.ts"

const tokenKey = "countersign.token"
/** Units: milliseconds. */
const probeMillis = 5000
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

const probe = async (url: URL, token: string | undefined): Promise<number | undefined> => {
  try {
    const headers = { authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(probeMillis)
    return (await fetch(url, { headers, signal, cache: "no-store", redirect: "error" })).status
  } catch {
    return undefined
  }
}

export const browserHost = (): Host => {
  const session = remembered(() => sessionStorage)
  const local = remembered(() => localStorage)
  const token = takeToken(session)
  // An address that was pasted over this one loads nothing: its token is taken by a page that begins.
  addEventListener("hashchange", () => {
    if (tokenPart.test(location.hash)) location.reload()
  })
  const plain = new URL("/monitor", location.origin)
  const url = new URL(plain)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return {
    kind: "browser",
    url: url.href,
    token,
    useToken: (given) => {
      session.write(tokenKey, given)
      // A browser that keeps nothing finds it in the address, and takes it out of there again.
      if (session.read(tokenKey) !== given) location.hash = `token=${given}`
      location.reload()
    },
    probe: () => probe(plain, token),
    sockets: Socket.layerWebSocketConstructorGlobal,
    read: (key) => local.read(`countersign.${key}`),
    write: (key, value) => local.write(`countersign.${key}`, value),
    copy: async (text) => navigator.clipboard.writeText(text),
    save: download,
    link: () => location.hash.slice(1),
    setLink: (link) => history.replaceState(null, "", `#${link}`),
    onLink: (open) => {
      const changed = () => {
        if (!tokenPart.test(location.hash)) open(location.hash.slice(1))
      }
      addEventListener("hashchange", changed)
      return () => removeEventListener("hashchange", changed)
    },
  }
}
