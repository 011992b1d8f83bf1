/** `countersign witness`: cosign the checkpoints of others' trails. */
import * as KeySigner from "@countersign/core/signer/KeySigner"
import { Signer } from "@countersign/core/signer/Signer"
import { formatWitnessKey } from "@countersign/core/witness/Cosignature"
import * as Witness from "@countersign/core/witness/Witness"
import * as WitnessServer from "@countersign/core/witness/WitnessServer"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const keyFile = Flag.String("key").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "The witness's private key (PKCS #8 PEM, mode 0600); made where it is absent",
  ),
)

const name = Flag.String("name").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("The key's name in cosignatures: a URL without its scheme"),
  Flag.filter(
    (value) => /^[^\s+]{1,255}$/.test(value),
    (value) => `"${value}" is no name of a key: it has spaces or plus signs, or is too long`,
  ),
  Flag.withDefault("countersign.local/witness"),
)

const listenPattern = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/

const addressOf = (text: string): Effect.Effect<{ host: string; port: number }, UsageError> => {
  const [, bracketed, bare = "", digits] = listenPattern.exec(text) ?? []
  const port = Number(digits)
  return Number.isInteger(port) && port < 65_536
    ? Effect.succeed({ host: bracketed ?? bare, port })
    : Effect.fail(
        new UsageError({
          parameter: "--listen",
          detail: `"${text}" is no address with a port, such as 127.0.0.1:8642 or [::1]:8642`,
        }),
      )
}

const logKey = (text: string) =>
  Parameters.parseKey(text).pipe(
    Effect.mapError(({ detail }) => new UsageError({ parameter: "--log", detail })),
  )

const witnessKeyCommand = Command.make(
  "key",
  { keyFile, name, json: Parameters.json },
  Effect.fnUntraced(function* ({ json, keyFile, name }) {
    const output = yield* Output
    const { isNew, publicKey } = yield* Effect.provide(
      Effect.service(Signer),
      KeySigner.layerFile(keyFile),
    )
    if (isNew) yield* output.say(`countersign: made a new key, ${keyFile}`)
    const key = formatWitnessKey(name, publicKey)
    yield* json ? output.document({ key, name, file: keyFile, isNew }) : output.lines(key)
  }),
).pipe(
  Command.withDescription(
    "Print the witness's verifier key, which goes into the policies of those who trust it. Makes the private key where there is none",
  ),
  Command.withShortDescription("Make a witness's key, print its verifier key"),
)

const serveCommand = Command.make(
  "serve",
  {
    keyFile,
    name,
    state: Flag.String("state").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription(
        "Where it keeps what it has seen. Never put this directory back to an older state: the witness would forget",
      ),
    ),
    logs: Flag.String("log").pipe(
      Flag.withMetavar("VKEY|FILE"),
      Flag.withDescription("A verifier key of a log that it serves; again for each further key"),
      Flag.atLeast(1),
    ),
    listen: Flag.String("listen").pipe(
      Flag.withMetavar("HOST:PORT"),
      Flag.withDescription("Where it listens; port 0 takes a free one"),
      Flag.withDefault("127.0.0.1:8642"),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ json, keyFile, listen, logs: texts, name, state }) {
    const output = yield* Output
    const address = yield* addressOf(listen)
    const logs = yield* Effect.forEach(texts, logKey)
    const witness = yield* Witness.open({ name, directory: state, logs }).pipe(
      Effect.provide(KeySigner.layerFile(keyFile)),
    )
    const url = yield* WitnessServer.serve(witness, address)
    const { verifierKey } = witness
    yield* output.say(`countersign: cosigns for ${Text.counted(logs.length, "key")} of logs`)
    // The line that a policy takes.
    yield* json
      ? output.document({ url, verifierKey, logs: logs.map((log) => log.name) })
      : output.lines(`witness ${name.slice(name.lastIndexOf("/") + 1)} ${verifierKey} ${url}`)
    return yield* Effect.never
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Serve C2SP tlog-witness: cosign a log's checkpoint if it continues the last one, refuse a rollback or a fork. Run it where the log's owner can't reach it. Prints the line for a policy",
  ),
  Command.withShortDescription("Cosign logs' checkpoints over HTTP"),
)

export const witnessCommand = Command.make("witness").pipe(
  Command.withDescription("Be a witness, who remembers what a trail has shown"),
  Command.withShortDescription("Cosign the checkpoints of trails"),
  Command.withSubcommands([serveCommand, witnessKeyCommand]),
)
