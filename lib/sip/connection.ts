import { Subscription } from 'rxjs';
import { fault } from '../core/fault.js';
import type { LineReport } from '../line/port.js';
import { openSocket } from '../wire/socket.js';
import type { Send } from './core.js';
import type { SipOptions } from './options.js';

/** The socket of the moment. */
export type Connection = {
  /** One attempt; a socket that is there is let go of first. */
  readonly open: () => void;
  /** Closes what is open or opening, and says `closed` in any case. */
  readonly close: () => void;
  /** True when there was a socket to send on. */
  readonly send: Send;
  /** Lets go without a word. */
  readonly release: () => void;
};

type Ears = {
  readonly report: (report: LineReport) => void;
  readonly onFrame: (frame: string | ArrayBuffer) => void;
  /** Fails the requests that were sent over this socket: no response will come. */
  readonly onClosed: () => void;
  /** The same for what was asked within calls, once it has been told that the line is gone. */
  readonly onGone: () => void;
};

/** SIP over one WebSocket at a time. RFC 7118 §5. */
export const createConnection = (
  { server, webSocket }: SipOptions,
  { report, onFrame, onClosed, onGone }: Ears,
): Connection => {
  let socket = Subscription.EMPTY;
  let transmit: ((text: string) => void) | undefined;

  const release = (): void => {
    transmit = undefined;
    socket.unsubscribe();
  };

  const attempt = (): Subscription =>
    // The socket lives as long as this subscription: until it closes, or `close` or the next `open` ends it.
    openSocket({ url: server, protocols: ['sip'], ...(webSocket === undefined ? {} : { webSocket }) }).subscribe(
      told => {
        if (told._tag === 'opened') {
          transmit = told.send;
          report({ _tag: 'opened' });
        } else if (told._tag === 'frame') {
          report({ _tag: 'heard' });
          onFrame(told.data);
        } else {
          transmit = undefined;
          onClosed();
          const message = told.reason === '' ? {} : { message: told.reason };
          report({ _tag: 'closed', code: told.code, fault: fault('line-lost', message) });
          onGone();
        }
      },
    );

  return {
    open: () => {
      release();
      socket = attempt();
    },
    close: () => {
      release();
      onClosed();
      report({ _tag: 'closed' });
      onGone();
    },
    send: text => {
      transmit?.(text);
      return transmit !== undefined;
    },
    release,
  };
};
