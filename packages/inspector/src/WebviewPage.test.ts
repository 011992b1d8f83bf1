import { assert, describe, it } from "@effect/vitest"
import { webviewPage } from "./WebviewPage.ts"

const index = `<!doctype html><html><head>
<script type="module" crossorigin src="./assets/index-BBMexcoy.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index-CxWVdD5s.css"></head></html>`

const made = (over: { readonly link?: string; readonly worker?: string } = {}) =>
  webviewPage({
    index,
    addressOf: (file) => `https://files.example/${file}?a=1&b=2`,
    cspSource: "https://files.example",
    nonce: "abc123",
    link: over.link ?? "event?sequence=12",
    target: "trail:/srv/trail",
    workers: new Map([["Worker-1.js", over.worker ?? "postMessage(1)"]]),
  })

describe("the document of a webview", () => {
  it("loads the files of the build from where the editor has them", () => {
    const page = made()
    assert.include(page, 'src="https://files.example/assets/index-BBMexcoy.js?a=1&amp;b=2"')
    assert.include(page, 'href="https://files.example/assets/index-CxWVdD5s.css?a=1&amp;b=2"')
    assert.include(page, 'data-link="event?sequence=12"')
    assert.include(page, 'data-target="trail:/srv/trail"')
  })

  it("may load those files, and reach nobody", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(made())?.[1] ?? ""
    assert.include(policy, "default-src &#39;none&#39;")
    assert.include(policy, "connect-src &#39;none&#39;")
    assert.include(policy, "script-src https://files.example &#39;nonce-abc123&#39;")
    assert.notMatch(policy, /unsafe|\*/)
  })

  it("takes nothing that it is given for markup", () => {
    const page = made({ link: `"><script>x</script>`, worker: "</script><script>y" })
    assert.notInclude(page, "<script>x")
    assert.notInclude(page, "<script>y")
    assert.include(page, "\\u003c/script>\\u003cscript>y")
  })
})
