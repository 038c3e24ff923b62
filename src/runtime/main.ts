import { existsSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { errorText } from '../base/errorText.ts';
import { buildManifestSchema, type LaunchReport } from '../protocol/discovery.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { createAgentPool } from './agent/pool.ts';
import { agentDefinitions } from './agent/definitions.ts';
import { AgentLogs } from './agentLogs.ts';
import { AgentCatalogue } from './agents/catalogue.ts';
import { REGISTRY_URL } from './agents/registry.ts';
import { openJournal } from './journal/openJournal.ts';
import { KnownSecrets } from './knownSecrets.ts';
import { LINGER_MS } from './linger.ts';
import { openLedger } from './work/ledger.ts';
import { personsEnvironment } from './work/loginEnvironment.ts';
import { listen } from './listener.ts';
import { takeLock } from './lock.ts';
import { fileLog, type Log } from './log.ts';
import { appear, newToken, type Presence } from './presence.ts';
import { RuleStore } from './ruleStore.ts';
import { Runtime } from './runtime.ts';
import { prepareHome, type RuntimeHome } from './runtimeHome.ts';
import { createLocalServer } from './server.ts';
import { emptyTemporary } from './temporaryFolder.ts';

/**
 * The runtime's process: `node runtime.mjs --home DIR`. Takes the lock, opens the journal, listens, recovers, and says in
 * one line on stdout how that went (see `launchReportSchema`). Leaves by itself when nobody needs it.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { home: { type: 'string' } } });
  if (values.home === undefined || !path.isAbsolute(values.home)) {
    throw new HoldfastError('homeUnusable', 'a runtime is started with --home and an absolute path');
  }
  const home = prepareHome(values.home);
  const lock = takeLock(home.lock);
  if (lock === undefined) return report({ taken: true });
  const secrets = new KnownSecrets();
  const log = secrets.redacting(fileLog(home.log));
  surviveStrays(log);
  emptyTemporary(home.temporary, log);
  await serve(home, log, secrets);
}

async function serve(home: RuntimeHome, log: Log, secrets: KnownSecrets): Promise<void> {
  const clock = systemClock;
  const buildId = ownBuildId();
  const { journal, notices } = openJournal({
    file: home.journal,
    clock,
    onError: (error) => log.error('the journal', error),
  });
  for (const notice of notices) log.warn(notice);
  const ledger = openLedger(home.processes, (error) => log.warn('the ledger of processes', error));
  const agentLogs = new AgentLogs(home.agentLogs, secrets);
  const pool = createAgentPool({
    clock,
    log,
    stderr: (agent) => agentLogs.sink(agent),
    secrets: () => secrets.process(),
    temporary: home.temporary,
  });
  const catalogue = new AgentCatalogue({
    folder: home.agentsFolder,
    registryUrl: registryFromEnvironment(),
    clock,
    log,
    environment: () => personsEnvironment({ clock, onProblem: (text) => log.warn(text) }),
  });
  const token = newToken();
  const shown: { presence?: Presence } = {};
  let leaving = false;

  const leave = async (reason: string): Promise<void> => {
    if (leaving) return;
    leaving = true;
    log.info(`leaving: ${reason}`);
    // Whoever looks from now on finds nobody, and waits for the lock: it is let go of whatever goes wrong.
    const steps = [
      () => shown.presence?.dispose(),
      () => runtime.dispose(reason),
      () => server.close(),
      () => journal.close(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        log.error('leaving', error);
      }
    }
    log.info('left');
    process.exit(0);
  };

  const runtime = new Runtime({
    journal,
    pool,
    definitions: agentDefinitions({ file: home.agents, below: catalogue }),
    catalogue,
    agentLogs,
    clock,
    log,
    secrets,
    home: home.home,
    temporary: home.temporary,
    buildId,
    lingerMs: Number(process.env['HOLDFAST_LINGER_MS'] ?? LINGER_MS),
    cancelGraceMs: msFromEnvironment('HOLDFAST_CANCEL_GRACE_MS'),
    stalledMs: msFromEnvironment('HOLDFAST_STALLED_MS'),
    rules: new RuleStore(home.permissions),
    documentWriteMs: msFromEnvironment('HOLDFAST_DOCUMENT_WRITE_MS'),
    sweep: async () => {
      const left = await ledger.sweep();
      if (left > 0) log.info(`ended what was left of ${left} processes of an earlier runtime`);
    },
    socket: () => shown.presence?.entry.socket ?? '',
    listen: (params, accept) => listen({ ...params, clock, log, onConnection: accept }),
    onRetired: (reason) => void leave(reason),
  });
  const server = createLocalServer({ token, log, onConnection: (socket) => runtime.accept(socket) });
  shown.presence = await appear({
    home,
    runtimeId: runtime.runtimeId,
    buildId,
    token,
    server,
    clock,
    log,
    onHomeGone: () => {
      log.error('the data directory is gone');
      void leave('the data directory is gone');
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void leave(signal));
  process.on('SIGHUP', () => log.info('a hang-up is not for a runtime'));
  log.info(
    `listening: pid ${process.pid}, build ${buildId}, node ${process.version}, sqlite ${process.versions['sqlite']}`,
  );
  report({ ready: shown.presence.entry });
  await runtime.recover();
}

/** One line for the launcher, written before anything else can happen; nobody may be reading any more. */
function report(line: LaunchReport): void {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // The launcher left; the discovery entry says the same.
  }
}

/** No stray error ends the sessions of everyone (S4): it is written down, and the runtime goes on. */
function surviveStrays(log: Log): void {
  process.on('uncaughtException', (error) => log.error('uncaught', error));
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', error));
}

/** The build's id from the manifest beside the bundle; a bundle without one says so in its id. */
function ownBuildId(): string {
  const manifest = fileURLToPath(new URL('./runtime.json', import.meta.url));
  if (!existsSync(manifest)) return 'unbuilt';
  return buildManifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8'))).buildId;
}

/** Where the index of agents is fetched from: a company may have its own, and `off` asks nobody. */
function registryFromEnvironment(): string | undefined {
  const given = process.env['HOLDFAST_REGISTRY_URL'] ?? REGISTRY_URL;
  return given === 'off' || given === '' ? undefined : given;
}

/** How long an agent may take to stop, a turn may be silent, a window may take to write; tests shorten them. */
function msFromEnvironment(name: string): number | undefined {
  const given = process.env[name];
  return given === undefined ? undefined : Number(given);
}

// The journal's worker is a thread of this same file, and begins elsewhere (`journal/worker.ts`).
if (isMainThread)
  main().catch((error: unknown) => {
    const kind = error instanceof HoldfastError ? error.kind : 'internalError';
    report({ failed: { kind, message: errorText(error) } });
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  });
