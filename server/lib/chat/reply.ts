/** Responses of the endpoints, and the form of refusals. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from './json.js';

/** An answer; without a body it is empty. */
export interface Reply {
  readonly status: number;
  readonly body?: JsonObject;
}

/** A value that was refused, and why. */
export interface Invalid {
  readonly name: string;
  readonly reason: string;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Payload too large',
  503: 'Service unavailable',
};

/** The codes that the hosted service uses for the same things, so that a client's own names for them fit. */
export type Code =
  | 'conversation:error:not-found'
  | 'conversation:error:duplicate-name'
  | 'conversation:error:member-not-found'
  | 'conversation:error:member-already-joined'
  | 'conversation:error:member-already-invited'
  | 'event:error:not-found'
  | 'user:error:not-found'
  | 'session:error:not-found'
  | 'paginator-builder:error:invalid-cursor'
  | 'http:error:validation-fail'
  | 'http:error:payload-too-large'
  | 'http:error:not-found'
  | 'http:error:internal'
  | 'voice:error:no_leg_found'
  | 'voice:error:no_call_found'
  | 'voice:error:already-knocked'
  | 'voice:error:already-answered'
  | 'voice:error:invalid-ssml'
  | 'voice:error:media-unavailable'
  | 'system:error:permission'
  | 'system:error:expired-token'
  | 'system:error:invalid-token';

/** A refusal. RFC 7807, with a code that programs can go by. */
export function problem(status: number, code: Code, detail: string, invalid: readonly Invalid[] = []): Reply {
  return {
    status,
    body: {
      type: 'about:blank',
      title: titles[status] ?? 'Failed',
      detail,
      instance: randomUUID(),
      code,
      ...(invalid.length > 0 ? { invalid_parameters: invalid.map(({ name, reason }) => ({ name, reason })) } : {}),
    },
  };
}

/** Refusal of a request with invalid parameters. */
export function invalid(...found: readonly Invalid[]): Reply {
  return problem(400, 'http:error:validation-fail', 'The request has invalid parameters.', found);
}

/** True for a response instead of a result. */
export function isReply(value: object): value is Reply {
  return 'status' in value && typeof value.status === 'number';
}
