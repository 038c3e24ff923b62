import * as z from 'zod';
import { eventSchemas } from './eventSchemas.ts';
import type { Envelope, EventType, SessionEvent } from './events.ts';
import { commandIdSchema, sessionIdSchema, turnIdSchema } from './idSchemas.ts';

export const bySchema = z.object({
  client: z.string(),
  name: z.string(),
  commandId: commandIdSchema.optional(),
});

/** An envelope on the wire; the event's body is read apart, so that one bad body never costs the others. */
export const envelopeSchema = z.object({
  sessionId: sessionIdSchema,
  seq: z.number().int().min(1),
  from: z.number().int().min(1).optional(),
  at: z.number(),
  turnId: turnIdSchema.optional(),
  by: bySchema.optional(),
  event: z.unknown(),
});

/** Reads an event's body; what cannot be read is kept as `unknown`, never an error (ARCHITECTURE.md). */
export function parseEvent(body: unknown): SessionEvent {
  if (typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string') {
    if (Object.hasOwn(eventSchemas, body.type)) {
      const parsed = eventSchemas[body.type as EventType].safeParse(body);
      if (parsed.success) return { type: body.type, ...parsed.data } as SessionEvent;
    }
    if (body.type === 'unknown' && 'body' in body) return { type: 'unknown', body: body.body };
  }
  return { type: 'unknown', body };
}

/** Reads an envelope from the wire or from a database row. Throws a zod error when its place cannot be read. */
export function parseEnvelope(value: unknown): Envelope {
  const { event, ...place } = envelopeSchema.parse(value);
  return { ...place, event: parseEvent(event) };
}
