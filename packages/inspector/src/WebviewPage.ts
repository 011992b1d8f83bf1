/**
 * The built page as a document for an editor's webview: the same files, under a policy that lets it
 * load them and nothing else.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface WebviewPageOptions {
  /** The built `index.html`. */
  readonly index: string
  /** Where the webview finds a file of the build, by its name such as `assets/index-1234.js`. */
  readonly addressOf: (file: string) => string
  /** What the editor calls its own sources in a content policy. */
  readonly cspSource: string
  /** New for each document, of letters and digits. */
  readonly nonce: string
  /** Permalink of what is shown first; empty: what was shown last. */
  readonly link: string
  /** Names what the page looks at, and comes back when the editor restores the webview. */
  readonly target: string
  /** Files that threads are made of, by name: a webview may start none from an address. */
  readonly workers: ReadonlyMap<string, string>
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)

/** Nothing in it ends the element that it stands in. */
const asJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c")

const filePattern = /(?:src|href)="\.\/(assets\/[\w.-]+\.(js|css))"/g

/** No `connect-src`: the extension holds every connection. */
const policyOf = (cspSource: string, nonce: string): string =>
  [
    "default-src 'none'",
    `script-src ${cspSource} 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "worker-src blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ")

/**
 * The document.
 *
 * @category constructors
 * @since 0.1.0
 */
export const webviewPage = (options: WebviewPageOptions): string => {
  const { addressOf, cspSource, index, link, nonce, target, workers } = options
  const files = Array.from(index.matchAll(filePattern), ([, file = "", kind]) => ({
    address: escaped(addressOf(file)),
    kind,
  }))
  const tags = files.map(({ address, kind }) =>
    kind === "css"
      ? `<link rel="stylesheet" href="${address}">`
      : `<script type="module" nonce="${nonce}" src="${address}"></script>`,
  )
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escaped(policyOf(cspSource, nonce))}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Countersign</title>
    ${tags.join("\n    ")}
  </head>
  <body data-link="${escaped(link)}" data-target="${escaped(target)}">
    <div id="root"></div>
    <script type="application/json" id="threads" nonce="${nonce}">${asJson(Object.fromEntries(workers))}</script>
  </body>
</html>
`
}
