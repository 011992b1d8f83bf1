/** Asks for the token of a monitor: in place of the page, or over it where the old one is refused. */
import { useEffect, useRef } from "react"
import type { Host } from "../host/Host.ts"
import { tokenIn } from "./Token.ts"

const TokenForm = ({ host }: { readonly host: Host }) => {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <form
      className="token-form"
      onSubmit={(event) => {
        event.preventDefault()
        const given = new FormData(event.currentTarget).get("token")
        const token = typeof given === "string" ? tokenIn(given) : undefined
        if (token !== undefined) return host.useToken(token)
        field.current?.setCustomValidity("That is neither an address with a token nor a token")
        field.current?.reportValidity()
      }}
    >
      <label>
        Address or token
        <input
          ref={field}
          name="token"
          type="password"
          autoComplete="off"
          required
          onInput={(event) => event.currentTarget.setCustomValidity("")}
        />
      </label>
      <button type="submit">Connect</button>
    </form>
  )
}

const where = (
  <p>
    The command that opened it has printed an address that carries one: paste the address, or the
    token alone. <code>countersign inspect &lt;directory&gt;</code> prints a new one.
  </p>
)

export const TokenRequest = ({
  detail,
  host,
}: {
  readonly host: Host
  /** Why the one that there was is of no use; `undefined`: there was none. */
  readonly detail?: string | undefined
}) => (
  <main className="token-request">
    <h1>Countersign</h1>
    {detail === undefined ? (
      <p>This page needs the token of its monitor.</p>
    ) : (
      <p role="alert">This page can&apos;t connect: {detail}.</p>
    )}
    {where}
    <TokenForm host={host} />
  </main>
)

export const TokenDialog = ({
  close,
  host,
}: {
  readonly host: Host
  readonly close: () => void
}) => (
  <div className="dialog" role="dialog" aria-modal="true" aria-labelledby="token-title">
    <h2 id="token-title">Connect with another token</h2>
    {where}
    <TokenForm host={host} />
    <div className="dialog-buttons">
      <button type="button" onClick={close}>
        Close
      </button>
    </div>
  </div>
)
