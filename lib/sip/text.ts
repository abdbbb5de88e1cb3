import type { IncomingMessageRequest, IncomingResponseMessage } from './sipjs.js';
import { isLeft, left, right } from '../core/either.js';
import type { TextOrder } from '../call/calling.js';
import { type SipContext, failed, type Settle } from './context.js';
import { failureOf, read } from './failure.js';
import { identityOf } from './identity.js';
import { headerValue } from './message.js';
import { requestUri } from './target.js';
import { headerLines } from './prepare.js';

const type = /^[\w\-.!%*+`'~]+\/[\w\-.!%*+`'~]+[ \t]*(?:;\P{Cc}*)?$/u;

/** Sends a MESSAGE. A 2xx may come from a server, not from the recipient. RFC 3428 §4. */
export function sendText(agent: SipContext, order: TextOrder, settle: Settle<undefined>): void {
  const { core, account } = agent;
  const uri = requestUri(agent, order);
  if (isLeft(uri)) {
    settle(uri);
    return;
  }
  const lines =
    account.isSound && type.test(order.contentType)
      ? headerLines(Object.entries(order.headers), order.body)
      : left(failed('invalid-header'));
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
}

/** Accepts a MESSAGE with unencoded text; others get 415. RFC 3428 §7. */
export function receiveText({ report }: SipContext, request: IncomingMessageRequest): void {
  const message = read(request.message);
  const contentType = headerValue(message, 'content-type') ?? '';
  const { body } = request.message;
  // An empty MESSAGE checks reachability: answered and not reported.
  if (body === '') {
    request.accept();
    return;
  }
  const isPlain = /^(?:identity)?$/i.test(headerValue(message, 'content-encoding') ?? '');
  if (!contentType.startsWith('text/') || !isPlain) {
    const wanted = isPlain ? 'Accept: text/plain, text/*' : 'Accept-Encoding: identity';
    request.reject({ statusCode: 415, extraHeaders: [wanted] });
    return;
  }
  request.accept();
  report({ _tag: 'text', from: identityOf(message), body, contentType });
}
