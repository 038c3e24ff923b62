import * as z from 'zod';
import { signInMethodSchema, signInTerminalSchema } from '../signIn.ts';
import { command } from './shapes.ts';

/** Ids of agents are names of folders too, where one is installed. */
const agentId = z.string().min(1).max(200);

/** An install that goes on. */
export const agentJobSchema = z.object({
  doing: z.enum(['install', 'update']),
  version: z.string(),
  step: z.enum(['downloading', 'unpacking', 'installing']),
  doneBytes: z.number().optional(),
  totalBytes: z.number().optional(),
});
export type AgentJob = z.infer<typeof agentJobSchema>;

/** An agent as `agent/list` gives it. */
export const agentEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Where the definition in use stands; later ones win: `registry`, `path`, `file`, `settings`. */
  source: z.enum(['builtin', 'registry', 'path', 'file', 'settings']),
  command: z.string().optional(),
  description: z.string().optional(),
  website: z.string().optional(),
  /** Whether a session can be made with it now. */
  usable: z.boolean().default(true),
  /** What the registry has for this platform; absent where it has nothing. */
  version: z.string().optional(),
  /** The version in the private folder. */
  installedVersion: z.string().optional(),
  /** Whether the registry has another version than the one installed. */
  updateAvailable: z.boolean().default(false),
  signIn: z.enum(['unknown', 'signedIn', 'required']).default('unknown'),
  /** Why it could not be installed, started or signed in to the last time. */
  lastError: z.string().optional(),
  /** Why its program cannot be started, before anybody tried: it is not where the definition says. */
  missing: z.string().optional(),
  job: agentJobSchema.optional(),
});
export type AgentEntry = z.output<typeof agentEntrySchema>;

const installed = z.object({
  agent: z.string(),
  version: z.string(),
  /** What the person should know of it, such as a hash that was not given. */
  warnings: z.array(z.string()).default([]),
});

/** Requests about agents: which there are, and getting and keeping them (A7, A8). See `methods.ts`. */
export const agentMethods = {
  'agent/sessions': {
    params: z.object({
      agent: z.string().min(1),
      cwd: z.string().min(1).optional(),
      cursor: z.string().optional(),
    }),
    result: z.object({
      sessions: z.array(
        z.object({
          agentSessionId: z.string(),
          cwd: z.string().optional(),
          title: z.string().optional(),
          /** As the agent wrote it: RFC 3339. */
          updatedAt: z.string().optional(),
        }),
      ),
      cursor: z.string().optional(),
    }),
    describe:
      'A page of the conversations that an agent itself knows, for those that were begun elsewhere; `cursor` means something to the ' +
      'agent alone. Starts the agent if need be. `session/create` with `agentSessionId` makes a session of one. `unsupported` where ' +
      'the agent has no such list.',
  },
  'agent/list': {
    params: z.object({
      /** Also those that could be installed. */
      available: z.boolean().default(false),
      /** Asks the registry's public index first, instead of at most once a day and beside. */
      refresh: z.boolean().default(false),
    }),
    result: z.object({
      agents: z.array(agentEntrySchema),
      problems: z.array(z.object({ agent: z.string(), source: z.string(), problem: z.string() })),
    }),
    describe:
      'The agents a session can be created with, with `available` also those that could be installed, and the definitions that ' +
      'could not be read.',
  },
  'agent/log': {
    params: z.object({
      agent: agentId,
      maxBytes: z
        .number()
        .int()
        .min(1)
        .max(1024 * 1024)
        .default(256 * 1024),
    }),
    result: z.object({ agent: z.string(), path: z.string(), text: z.string() }),
    describe:
      'The last of what an agent’s processes wrote to stderr, a line each with its time, without secrets; empty for one that wrote ' +
      'nothing. `path` is the file on the runtime’s machine.',
  },
  'agent/install': {
    params: z.object({ agent: agentId, ...command, version: z.string().min(1).max(100).optional() }),
    result: installed,
    describe:
      'Installs an agent of the registry into its private folder, in the registry’s version unless another is named; one that is there ' +
      'already stays. Two that ask at once share the work. Progress is told by `agent/progress`. Fails with `agentInstallFailed` or `aborted`, ' +
      'and then nothing has changed.',
  },
  'agent/update': {
    params: z.object({ agent: agentId, ...command }),
    result: installed,
    describe:
      'Installs the registry’s version of an agent that is installed in another. Sessions go on with the one they run.',
  },
  'agent/cancelInstall': {
    params: z.object({ agent: agentId }),
    result: z.object({ cancelled: z.boolean() }),
    describe: 'Gives up an install or update, for all that wait for it.',
  },
  'agent/remove': {
    params: z.object({ agent: agentId, ...command }),
    result: z.object({ agent: z.string(), removed: z.boolean() }),
    describe:
      'Takes an agent’s private folder away. Refused with `sessionBusy` while sessions use it. Definitions and programs elsewhere stay.',
  },
  'agent/authenticate': {
    params: z.object({
      agent: agentId,
      ...command,
      /** One of the methods; without it they are told. */
      methodId: z.string().min(1).optional(),
      /** Values for a method of kind `environment`; kept in the runtime's memory. */
      env: z.record(z.string(), z.string()).optional(),
      /** A method of kind `terminal` was done in a terminal. */
      done: z.boolean().default(false),
    }),
    result: z.object({
      state: z.enum(['choose', 'terminal', 'signedIn']),
      methods: z.array(signInMethodSchema).default([]),
      /** What to run in a terminal, then to be told by `done`. */
      terminal: signInTerminalSchema.optional(),
    }),
    describe:
      'Signs in to an agent (A7); sessions that wait for it go on. It may take as long as a person does. Fails with `signInFailed` in the ' +
      'agent’s words.',
  },
  'agent/logout': {
    params: z.object({ agent: agentId, ...command }),
    result: z.object({ agent: z.string() }),
    describe:
      'Signs out of an agent, and forgets the values that were given for it. `unsupported` where it offers no way.',
  },
} as const;

/** What clients are told of agents without asking. */
export const agentNotifications = {
  'agent/progress': {
    params: z.object({ agent: z.string(), job: agentJobSchema }),
    describe: 'How an install or update goes on, a few times a second at most.',
  },
  'agent/changed': {
    params: z.object({ agent: z.string().optional() }),
    describe: 'What `agent/list` gives for this agent, or for all, is another now.',
  },
} as const;
