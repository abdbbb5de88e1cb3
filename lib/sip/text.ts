import type { IncomingMessageRequest, IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { isLeft, left, right, type Either } from '../kernel/either.js';
import type { Failure } from '../kernel/port.js';
import type { Headers } from '../call/model.js';
import type { TextOrder } from '../call/calling.js';
import type { Agent } from './agent.js';
import { failureOf, read } from './failure.js';
import { identityOf } from './identity.js';
import { failed, type Settle } from './ledger.js';
import { headerValue } from './message.js';
import { requestUri } from './target.js';
import { safeHeaderValue } from './uri.js';

const type = /^[\w\-.!%*+`'~]+\/[\w\-.!%*+`'~]+[ \t]*(?:;\P{Cc}*)?$/u;

/** The header lines of a text, each checked. */
const linesOf = (headers: Headers): Either<Failure, readonly string[]> => {
  const lines = Object.entries(headers).map(([name, value]) => ({ name, safe: safeHeaderValue(name, value) }));
  return lines.some(({ safe }) => isLeft(safe))
    ? left(failed('invalid-header'))
    : right(lines.flatMap(({ name, safe }) => (isLeft(safe) ? [] : [`${name}: ${safe.right}`])));
};

/** Sends a text outside of any call; whoever is responsible for it says 2xx. RFC 3428 §4. */
export const sendText = (agent: Agent, order: TextOrder, settle: Settle<undefined>): void => {
  const { core, account } = agent;
  const uri = requestUri(agent, order);
  if (isLeft(uri)) {
    settle(uri);
    return;
  }
  const lines =
    account.isSound && type.test(order.contentType) ? linesOf(order.headers) : left(failed('invalid-header'));
  if (isLeft(lines)) {
    settle(lines);
    return;
  }
  const message = core.makeOutgoingRequestMessage('MESSAGE', uri.right, account.aor, uri.right, {}, [...lines.right], {
    contentDisposition: 'render',
    contentType: order.contentType,
    content: order.body,
  });
  const refused = ({ message: response }: { readonly message: IncomingResponseMessage }): void => {
    settle(left(failureOf(response)));
  };
  core.message(message, {
    onAccept: () => {
      settle(right(undefined));
    },
    onRedirect: refused,
    onReject: refused,
  });
};

/** A text from outside of any call: what a person can read is taken, the rest refused. RFC 3428 §7. */
export const receiveText = ({ report }: Agent, request: IncomingMessageRequest): void => {
  const message = read(request.message);
  const contentType = headerValue(message, 'content-type') ?? '';
  const isPlain = /^(?:identity)?$/i.test(headerValue(message, 'content-encoding') ?? '');
  if (!contentType.startsWith('text/') || !isPlain) {
    const wanted = isPlain ? 'Accept: text/plain, text/*' : 'Accept-Encoding: identity';
    request.reject({ statusCode: 415, extraHeaders: [wanted] });
    return;
  }
  request.accept();
  report({ _tag: 'text', from: identityOf(message), body: request.message.body, contentType });
};
