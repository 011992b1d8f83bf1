/** The bytes that are hashed, as they lie in the trail. */
import { toHex } from "../proof/Bytes.ts"
import { hexLines } from "./HexLines.ts"
import type { ShownEvent } from "./UseEvent.ts"

export const BytesPart = ({ event: { checked } }: { readonly event: ShownEvent }) => (
  <div className="page">
    <h3>Canonical bytes</h3>
    <p>
      {checked.bytes.length.toLocaleString("en")} bytes; SHA-256 of <code>0x00</code> and these is
      the leaf hash <code className="event-hash">{toHex(checked.leaf)}</code>
    </p>
    <pre className="event-hex" tabIndex={0} aria-label="Bytes in hexadecimal digits and as text">
      {hexLines(checked.bytes).join("\n")}
    </pre>
  </div>
)
