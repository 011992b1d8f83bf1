/**
 * One connection to PostgreSQL and what the sink says over it.
 *
 * Promises, not effects: it is the driver's side. A session that fails in any way but a statement's
 * error is destroyed, never mended: the next one begins anew.
 *
 * @since 0.1.0
 */
import * as net from "node:net"
import { Client } from "pg"
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams"

/**
 * @category models
 * @since 0.1.0
 */
export interface PostgresSessionOptions {
  /** With the password. */
  readonly url: string
  readonly applicationName: string
  readonly connectMillisMax: number
  readonly statementMillisMax: number
  readonly lockMillisMax: number
  /** TLS with a server whose certificate this authority has signed. */
  readonly ssl?: { readonly ca: string }
}

/** A peer that went away without a word is noticed after about as long. */
const keepAliveMillis = 10_000
// The server gives up a silent client after 25 s, and with it the lock on a cursor.
const settings = `set timezone = 'UTC'; set tcp_keepalives_idle = 10;
  set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
  select pg_backend_pid(), backend_start::text, current_setting('server_encoding')
    from pg_stat_activity where pid = pg_backend_pid()`

/** What an ordered goodbye may take. */
const goodbyeMillisMax = 1_000

/** The database can't hold every record. */
class WrongEncoding extends Error {}

/**
 * @category models
 * @since 0.1.0
 */
export class PostgresSession {
  private readonly client: Client
  private readonly socket: net.Socket
  private isDead = false
  /** Which of the server's processes serves us, and since when. */
  private backend: ReadonlyArray<unknown> = []

  private constructor(client: Client, socket: net.Socket) {
    this.client = client
    this.socket = socket
    // Whoever waits for an answer is told by his own promise; an idle loss shows at the next use.
    client.on("error", () => this.destroy())
    client.once("end", () => this.destroy())
  }

  /** Connects; a connection that was not made in time, or is not wanted any more, is destroyed. */
  static async open(
    options: PostgresSessionOptions,
    signal: AbortSignal,
  ): Promise<PostgresSession> {
    // The socket is ours, so that it can be cut at any moment.
    const socket = new net.Socket()
    const client = new Client({
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: options.connectMillisMax,
      statement_timeout: options.statementMillisMax,
      lock_timeout: options.lockMillisMax,
      // A client that is gone must not hold the cursor's lock.
      idle_in_transaction_session_timeout: options.statementMillisMax,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMillis,
      stream: () => socket,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    })
    const session = new PostgresSession(client, socket)
    signal.addEventListener("abort", session.destroy, { once: true })
    try {
      await client.connect()
      const [found = []] = await session.script(settings)
      const [pid, start, encoding] = found
      if (encoding !== "UTF8") {
        throw new WrongEncoding(
          `the database has the encoding ${String(encoding)}: create one with the encoding UTF8`,
        )
      }
      session.backend = [pid, start]
      return session
    } catch (error) {
      session.destroy()
      throw error
    } finally {
      signal.removeEventListener("abort", session.destroy)
    }
  }

  get isAlive(): boolean {
    return !this.isDead
  }

  /** Cuts the connection at once. The server rolls back what was not committed. */
  readonly destroy = (): void => {
    this.isDead = true
    this.socket.destroy()
  }

  /** Says goodbye, and cuts where nobody answers. */
  async close(): Promise<void> {
    if (this.isDead) return
    const timer = setTimeout(this.destroy, goodbyeMillisMax)
    try {
      await this.client.end()
    } catch {
      // Nothing is under way that could be lost.
    } finally {
      clearTimeout(timer)
      this.destroy()
    }
  }

  /**
   * Ends the server's side of a session that was cut. Until the server notices the loss itself,
   * the dead transaction holds its locks.
   */
  async bury(dead: PostgresSession): Promise<void> {
    await this.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
         where pid = $1 and backend_start = $2 and usename = current_user`,
      dead.backend,
    )
  }

  /** The rows of one statement, each as a list. */
  async rows(text: string, values: ReadonlyArray<unknown> = []): Promise<Array<Array<unknown>>> {
    const { rows } = await this.client.query({ text, values: [...values], rowMode: "array" })
    return rows
  }

  /** Several statements in one round trip; the rows of the last. Takes no values. */
  async script(text: string): Promise<Array<Array<unknown>>> {
    // The driver gives one result for one statement and a list for several.
    const answer: unknown = await this.client.query({ text, rowMode: "array" })
    const last = Array.isArray(answer) ? answer.at(-1) : answer
    return (last as { readonly rows: Array<Array<unknown>> }).rows
  }

  /** Ends a transaction that failed. A session that can't even do that is destroyed. */
  async rollback(): Promise<void> {
    if (this.isDead) return
    try {
      await this.client.query("rollback")
    } catch {
      this.destroy()
    }
  }

  /** Sends chunks, made while the server stores those before. */
  async copy(statement: string, chunks: Iterable<Buffer>): Promise<void> {
    const stream: CopyStreamQuery = copyFrom(statement)
    const finished = new Promise<void>((resolve, reject) => {
      stream.once("finish", resolve)
      // Heard more than once: after a failure the stream may stumble over itself again.
      stream.on("error", reject)
      stream.once("close", () => reject(new Error("the connection was closed")))
    })
    // Awaited below; until then a failure must not count as unheard.
    finished.catch(() => undefined)
    this.client.query(stream)
    for (const chunk of chunks) {
      if (stream.write(chunk)) continue
      const drained = new Promise<void>((resolve) => stream.once("drain", resolve))
      await Promise.race([drained, finished])
    }
    stream.end()
    await finished
  }
}
