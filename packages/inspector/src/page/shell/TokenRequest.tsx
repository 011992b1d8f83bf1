/** What stands in place of the page where nobody has shown a token. */
import type { Host } from "../host/Host.ts"

const tokenIn = (text: string): string => /token=([A-Za-z0-9_-]+)/.exec(text)?.[1] ?? text.trim()

export const TokenRequest = ({ host }: { readonly host: Host }) => (
  <main className="token-request">
    <h1>Countersign</h1>
    <p>
      This page needs the token of its monitor. The command that opened it has printed an address
      that carries one; paste the address, or the token alone.
    </p>
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const given = new FormData(event.currentTarget).get("token")
        if (typeof given === "string" && given !== "") host.useToken(tokenIn(given))
      }}
    >
      <label>
        Address or token
        <input name="token" type="password" autoComplete="off" required />
      </label>
      <button type="submit">Connect</button>
    </form>
  </main>
)
