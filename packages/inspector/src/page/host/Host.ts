/** Where the page runs: in a browser, or in a webview of an editor. All that differs is here. */
import type * as Layer from "effect/Layer"
import type * as Socket from "effect/socket/Socket"
import { browserHost } from "./BrowserHost.ts"
import { webviewHost } from "./WebviewHost.ts"

export interface Host {
  readonly kind: "browser" | "webview"
  /** Where the monitor's WebSocket is. */
  readonly url: string
  /** `undefined`: the address that the page was opened with had none. */
  readonly token: string | undefined
  /** Takes a token that somebody typed in, and begins anew. */
  readonly useToken: (token: string) => void
  /**
   * The status of a plain request to where the WebSocket is, which says why that was refused:
   * browsers keep it from a page. `undefined`: nobody answered.
   */
  readonly probe?: () => Promise<number | undefined>
  readonly sockets: Layer.Layer<Socket.WebSocketConstructor>
  /** What is remembered from one visit to the next; it survives nothing but the trail's own page. */
  readonly read: (key: string) => string | undefined
  readonly write: (key: string, value: string) => void
  /** Rejects where the browser forbids it. */
  readonly copy: (text: string) => Promise<void>
  /** Hands the user a file. */
  readonly save: (name: string, type: string, content: Uint8Array | string) => void
  /** What the permalink names at the start, such as `event/12`. */
  readonly link: () => string
  readonly setLink: (link: string) => void
  /** An editor asks for a view by its permalink. */
  readonly onLink: (open: (link: string) => void) => () => void
}

export const findHost = (): Host =>
  "acquireVsCodeApi" in globalThis ? webviewHost() : browserHost()
