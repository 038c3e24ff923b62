import type { runtimeMethods } from '../../protocol/methods/runtimeMethods.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { by } from './addressing.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests about the runtime itself and the processes it runs. */
export function runtimeHandlers(parts: HandlerParts): Handlers<keyof typeof runtimeMethods> {
  const { idempotency } = parts;
  return {
    'runtime/status': () => parts.status(),

    'runtime/retire': ({ force }) => parts.retire(force),

    'runtime/check': async () => {
      const { ok, problems } = await parts.journal.check();
      return { ok, problems: [...problems] };
    },

    'runtime/listen': async (params, caller) => {
      if (caller.isRemote) {
        const words = 'a connection over a port cannot open another port; ask on the machine itself';
        throw new HoldfastError('accessRefused', words);
      }
      const listener = await parts.listen(params);
      caller.own(listener);
      return { url: listener.url };
    },

    'runtime/stopProcess': (params, caller) =>
      idempotency.run(params.commandId, 'runtime/stopProcess', async () => {
        const { processId, force } = params;
        const stopped = await parts.stopProcess(processId, { force, by: by(caller, params) });
        return { kept: { processId, sessions: stopped } };
      }),
  };
}
