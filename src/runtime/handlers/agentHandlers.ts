import type { agentMethods } from '../../protocol/methods/agentMethods.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests about agents: which there are, and getting and keeping them. */
export function agentHandlers(parts: HandlerParts): Handlers<keyof typeof agentMethods> {
  const { idempotency, catalogue } = parts;
  return {
    'agent/list': async ({ available, refresh }, caller) => {
      await catalogue.look({ index: available, refresh });
      const { agents, problems } = parts.listAgents(caller.agents);
      return { agents: catalogue.describe(agents, { available }), problems };
    },

    'agent/sessions': ({ agent, ...page }, caller) => {
      parts.refuseNewWork();
      return parts.agentSessions(parts.resolveAgent(agent, caller.agents), page);
    },

    'agent/log': ({ agent, maxBytes }) => ({
      agent,
      ...(parts.agentLogs?.read(agent, maxBytes) ?? { path: '', text: '' }),
    }),

    'agent/install': ({ commandId, agent, version }) =>
      idempotency.run(commandId, 'agent/install', async () => {
        parts.refuseNewWork();
        await catalogue.look();
        return { kept: await catalogue.install(agent, version) };
      }),

    'agent/update': ({ commandId, agent }) =>
      idempotency.run(commandId, 'agent/update', async () => {
        parts.refuseNewWork();
        return { kept: await catalogue.update(agent) };
      }),

    'agent/cancelInstall': async ({ agent }) => ({ cancelled: await catalogue.cancel(agent) }),

    'agent/remove': ({ commandId, agent }) =>
      idempotency.run(commandId, 'agent/remove', async () => {
        await parts.stopUnused(agent);
        return { kept: { agent, removed: await catalogue.remove(agent) } };
      }),

    // What is answered may hold values of a definition: it is kept nowhere, and asking again does no harm.
    'agent/authenticate': async ({ agent, methodId, env, done }, caller) => {
      await parts.lookFor(agent, caller.agents);
      return parts.signIns.authenticate(parts.resolveAgent(agent, caller.agents), { methodId, env, done });
    },

    'agent/logout': ({ commandId, agent }, caller) =>
      idempotency.run(commandId, 'agent/logout', async () => {
        await parts.lookFor(agent, caller.agents);
        await parts.signIns.signOut(parts.resolveAgent(agent, caller.agents));
        return { kept: { agent } };
      }),
  };
}
