/** The real sip.js behind the gate: a user agent that accepts every call, so that dialogs and route sets are built too. */
import * as stock from 'sip.js/lib/core/index.js';
import { restoreUris } from '../../lib/sip/address.js';
import { gate, type Gated } from '../../lib/sip/gate.js';
import { NULL_TAG } from '../../lib/sip/rfc2543.js';
import { serialize, type SipMessage } from '../../lib/sip/message.js';
import { parse } from '../../lib/sip/parse.js';
import { parseSipUri } from '../../lib/sip/sip-uri.js';
import {
  IncomingRequestMessage,
  IncomingResponseMessage,
  LoggerFactory,
  UserAgentCore,
  type IncomingInviteRequest,
  type UserAgentCoreDelegate,
} from '../../lib/sip/sipjs.js';
import { plainOffer } from './sdp.js';

const loggerFactory = new LoggerFactory();
loggerFactory.builtinEnabled = false;
const silent = new stock.LoggerFactory();
silent.builtinEnabled = false;
const logger = silent.getLogger('spec');

export const uri = (text: string): NonNullable<ReturnType<typeof parseSipUri>> => parseSipUri(text)!;
export const contact = uri('sip:alice@abc.invalid;transport=ws');
export const body = { contentDisposition: 'session', contentType: 'application/sdp', content: plainOffer };

/** What it would send is in `sent`. */
export const userAgent = (delegate: UserAgentCoreDelegate = {}): { core: UserAgentCore; sent: string[] } => {
  const sent: string[] = [];
  const transport = {
    protocol: 'WSS',
    send: (text: string): Promise<void> => {
      sent.push(restoreUris(text));
      return Promise.resolve();
    },
  };
  const core = new UserAgentCore(
    {
      aor: uri('sip:alice@example.com'),
      contact: { uri: contact, pubGruu: undefined, tempGruu: undefined, toString: () => `<${contact.toString()}>` },
      displayName: 'Alice',
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: 'abcde',
      supportedOptionTags: [],
      supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: 'spec',
      viaForceRport: false,
      viaHost: 'abc.invalid',
      authenticationFactory: () => undefined,
      transportAccessor: () => transport,
    },
    delegate,
  );
  return { core, sent };
};

/** Answers a call, and every offer in it. */
export const answerAll = (request: IncomingInviteRequest): void => {
  request.trying();
  request.progress();
  const { session } = request.accept({ statusCode: 200, body });
  session.delegate = {
    onInvite: again => void again.accept({ statusCode: 200, body }),
    onInfo: info => void info.accept(),
  };
};

/** Lets 70 s go by, longer than any transaction lives: what it does then is seen at this input. Wants fake timers. */
export const close = (core: UserAgentCore): void => {
  try {
    jest.advanceTimersByTime(70_000);
  } finally {
    core.dispose();
    jest.clearAllTimers();
  }
};

/** Parameters have no order. */
const unordered = (address: string): readonly string[] => address.split(';').sort();

/** What a message says, as far as transactions and dialogs are made of it. */
const meaning = (message: ReturnType<typeof parse>): unknown => {
  if (message === undefined) return undefined;
  const { method, callId, cseq, fromTag, toTag, viaBranch, body: content } = message;
  const addresses = ['from', 'to', 'contact', 'record-route'].flatMap(name =>
    message.getHeaders(name).map((_, index) => unordered(String(message.parseHeader(name, index)))),
  );
  return {
    method,
    callId,
    cseq,
    fromTag: fromTag === NULL_TAG ? undefined : fromTag,
    toTag,
    viaBranch,
    content,
    addresses,
  };
};

/** Hands what passed to sip.js and says what became of it. It is to be read as sip.js's own parser reads it. */
export const receive = (core: UserAgentCore, source: SipMessage): 'request' | 'response' => {
  const text = serialize(source);
  const message = parse(source);
  const theirs = stock.Parser.parseMessage(text, logger);
  // Of a response sip.js reads, and wants, what nobody needs.
  if (message instanceof IncomingResponseMessage) {
    expect(theirs ?? message).toMatchObject({ viaBranch: message.viaBranch, method: message.method });
  } else expect(meaning(message)).toEqual(meaning(theirs));
  if (message === undefined) throw new Error(`Nobody can read ${JSON.stringify(text)}.`);
  if (message instanceof IncomingRequestMessage) {
    core.receiveIncomingRequestFromTransport(message);
    return 'request';
  }
  core.receiveIncomingResponseFromTransport(message);
  return 'response';
};

export const gated = (core: UserAgentCore, text: string): Gated =>
  gate(text, {
    hasDialog: (callId, local, remote) => core.dialogs.has(callId + local + remote),
    viaHost: 'abc.invalid',
  });
