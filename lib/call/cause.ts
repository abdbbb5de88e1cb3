/**
 * Why a call ended, as one word: RFC 3261 response codes, the Reason of a CANCEL or BYE, and what this side
 * knows by itself. This list is closed; an application may switch over it.
 *
 * `busy` 486 or 600 · `declined` 603 · `redirected` any other 3xx · `client_error`, `server_error`,
 * `global_failure` what is left of 4xx, 5xx, 6xx · from `hung_up` on no response code stands behind the word.
 */
export type EndCause =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'request_timeout'
  | 'temporarily_unavailable'
  | 'address_incomplete'
  | 'busy'
  | 'request_terminated'
  | 'not_acceptable'
  | 'service_unavailable'
  | 'declined'
  | 'redirected'
  | 'client_error'
  | 'server_error'
  | 'global_failure'
  | 'hung_up'
  | 'cancelled'
  | 'no_answer'
  | 'answered_elsewhere'
  | 'transferred'
  | 'replaced'
  | 'session_expired'
  | 'line_lost'
  | 'media_failed';

/** One value of a Reason header: a SIP status code or an ISDN cause (ITU-T Q.850). RFC 3326, RFC 6432. */
export type Reason = { readonly protocol: 'SIP' | 'Q.850'; readonly cause: number; readonly text?: string };

/**
 * The signalling that ended a call.
 *
 * `statusCode` is the final response to the INVITE, when there was one; `method` is the request that ended the call,
 * when there was none. `reason` holds the Reason values of that same message, in order.
 */
export type Ending = {
  readonly statusCode?: number;
  readonly method?: 'BYE' | 'CANCEL';
  readonly reason?: readonly Reason[];
};

const byStatus: Readonly<Partial<Record<number, EndCause>>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  407: 'unauthorized',
  408: 'request_timeout',
  480: 'temporarily_unavailable',
  484: 'address_incomplete',
  486: 'busy',
  487: 'request_terminated',
  488: 'not_acceptable',
  503: 'service_unavailable',
  600: 'busy',
  603: 'declined',
  606: 'not_acceptable',
};

const byClass: Readonly<Partial<Record<number, EndCause>>> = {
  3: 'redirected',
  4: 'client_error',
  5: 'server_error',
  6: 'global_failure',
};

/**
 * ISDN causes with a specific meaning: RFC 3398 §7.2.4.1, but 19 and 26, for which this list has a more exact cause than
 * a response code. 16 and 31 are normal clearing and add nothing to the message.
 */
const byIsdn: Readonly<Partial<Record<number, EndCause>>> = {
  1: 'not_found',
  2: 'not_found',
  3: 'not_found',
  17: 'busy',
  18: 'request_timeout',
  19: 'no_answer',
  20: 'temporarily_unavailable',
  21: 'declined',
  22: 'client_error',
  23: 'client_error',
  26: 'answered_elsewhere',
  27: 'server_error',
  28: 'address_incomplete',
  29: 'server_error',
  34: 'service_unavailable',
  38: 'service_unavailable',
  41: 'service_unavailable',
  42: 'service_unavailable',
  47: 'service_unavailable',
  55: 'forbidden',
  57: 'forbidden',
  58: 'service_unavailable',
  65: 'not_acceptable',
  70: 'not_acceptable',
  79: 'server_error',
  87: 'forbidden',
  88: 'not_acceptable',
  102: 'server_error',
  111: 'server_error',
  127: 'server_error',
};

/** Codes that state the cause exactly; a gateway's Reason does not override them. */
const specific: ReadonlySet<number> = new Set([401, 403, 404, 407, 484, 486, 488, 600, 603, 606]);

/** Reasons of server-side calls that are more exact than their code. */
const byWord: Readonly<Partial<Record<string, EndCause>>> = {
  REMOTE_REJECT: 'busy',
  REMOTE_NO_ANSWER_TIMEOUT: 'no_answer',
  MEDIA_TIMEOUT: 'media_failed',
};

/** Cause of a server-side call's end: by a refusing code, else by its reason, else `hung_up`. */
export function causeOfRelease(statusCode: number | undefined, word: string | undefined): EndCause {
  const own = word !== undefined && Object.hasOwn(byWord, word) ? byWord[word] : undefined;
  if (statusCode !== undefined && specific.has(statusCode)) return causeOf({ statusCode });
  return own ?? (statusCode !== undefined && statusCode >= 300 ? causeOf({ statusCode }) : 'hung_up');
}

/**
 * Why an incoming server-side call stopped ringing: `declined` by another session of ours, `no_answer` when the service
 * gave up, else `cancelled`.
 */
export function causeOfWithdrawal(statusCode: number | undefined, word: string | undefined): EndCause {
  if (word === 'REMOTE_REJECT') return 'declined';
  return statusCode === 487 ? 'no_answer' : 'cancelled';
}

function ofStatus(code: number): EndCause | undefined {
  return byStatus[code] ?? byClass[Math.floor(code / 100)];
}

/** 200 on anything but a BYE means that another branch of a fork took the call (RFC 3326 §3.1). */
function ofSipReason(code: number, method: Ending['method']): EndCause | undefined {
  return code === 200 && method !== 'BYE' ? 'answered_elsewhere' : ofStatus(code);
}

function firstCause(
  reasons: readonly Reason[],
  protocol: Reason['protocol'],
  ofCode: (code: number) => EndCause | undefined,
): EndCause | undefined {
  return reasons
    .filter(reason => reason.protocol === protocol)
    .map(reason => ofCode(reason.cause))
    .find(cause => cause !== undefined);
}

/**
 * The one word for how a call ended.
 *
 * A specific response code stands; before a generic one a Q.850 cause is asked, then a SIP cause, then the code's
 * class. A BYE is `hung_up` unless its Reason names a failure; a CANCEL is `cancelled` unless its Reason says that the call
 * has been answered or declined elsewhere. Total: a number out of range is treated as if it were absent.
 */
export function causeOf(ending: Ending): EndCause {
  const cause = causeOfAny(ending);
  // Whatever else a CANCEL gives as its reason, the caller has given up.
  return ending.method === 'CANCEL' && cause !== 'answered_elsewhere' && cause !== 'declined' ? 'cancelled' : cause;
}

function causeOfAny({ statusCode, method, reason = [] }: Ending): EndCause {
  return (
    (statusCode !== undefined && specific.has(statusCode) ? byStatus[statusCode] : undefined) ??
    firstCause(reason, 'Q.850', code => byIsdn[code]) ??
    firstCause(reason, 'SIP', code => ofSipReason(code, method)) ??
    (statusCode === undefined ? undefined : ofStatus(statusCode)) ??
    'hung_up'
  );
}
